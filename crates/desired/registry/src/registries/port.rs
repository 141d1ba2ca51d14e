//! The [`Charts`] port.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_tree::Tree;
use bowline_core_ports::{BoxFuture, ChartVersions, Charts, Freshness, Place, ResolvedChart, SourceError};

use super::{Dependency, Door, LISTED, Registries, Target, meaning, parse, registry, target};
use crate::disk::{Kind, key};
use crate::failure;
use crate::helm::blocking;
use crate::oci::{self, Name, Repository};

impl Charts for Registries {
    fn resolve<'a>(
        &'a self,
        place: Place<'a>,
        revision: &'a str,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<ResolvedChart, SourceError>> {
        Box::pin(async move {
            let target = self.target(place)?;
            self.resolve_at(&target, place.chart, revision.trim(), freshness).await
        })
    }

    fn tree<'a>(&'a self, place: Place<'a>, resolved: &'a ResolvedChart) -> BoxFuture<'a, Result<Tree, SourceError>> {
        Box::pin(async move {
            let target = self.target(place)?;
            self.tree_at(&target, place.chart, &resolved.artifact, place.pass_credentials).await
        })
    }

    fn annotations<'a>(
        &'a self,
        place: Place<'a>,
        resolved: &'a ResolvedChart,
    ) -> BoxFuture<'a, Result<BTreeMap<String, String>, SourceError>> {
        Box::pin(async move {
            let (door, name, chart) = match self.target(place)? {
                Target::Http(door) => {
                    return Err(failure::refused(format!("{} is a Helm repository, and no registry", door.url)));
                }
                Target::Chart(door, name) => (door, name, true),
                Target::Artifact(door, name) => (door, name, false),
            };
            let repository = Repository { shared: &self.shared, door: &door, name: &name };
            repository.annotations(&resolved.artifact, chart).await
        })
    }

    fn forget(&self, place: Place<'_>, revision: &str) {
        let Ok(target) = self.target(place) else { return };
        let forget = |note: &str| self.shared.disk.remove(Kind::Note, note);
        match target {
            Target::Http(door) => {
                let url = door.url.to_string();
                forget(&meaning(&door, &url, place.chart, revision));
                forget(&key(&["content", &door.scope, &url, place.chart, revision]));
            }
            Target::Chart(door, name) => forget(&meaning(&door, &name.to_string(), "", revision)),
            Target::Artifact(..) => {}
        }
    }

    fn dependency<'a>(
        &'a self,
        repository: &'a str,
        name: &'a str,
        version: &'a str,
        project: &'a str,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Tree, SourceError>> {
        Box::pin(async move {
            let Dependency { url, access, permitted } = self.shared.repositories.dependency(repository, project)?;
            let fetched = async {
                let target = match target(&url, name, access)? {
                    // A chart beside others of a registry is below its URL.
                    Target::Artifact(door, _) => {
                        Target::Chart(door, Name::parse(&url, name).map_err(failure::refused)?)
                    }
                    target => target,
                };
                let resolved = self.resolve_at(&target, name, version.trim(), freshness).await?;
                self.tree_at(&target, name, &resolved.artifact, false).await
            };
            fetched.await.map_err(|mut error| {
                if !permitted {
                    let message = error.message;
                    error.message = format!("helm repos {url} are not permitted in project '{project}': {message}");
                }
                error
            })
        })
    }

    fn file<'a>(&'a self, url: &'a str, freshness: Freshness) -> BoxFuture<'a, Result<Arc<[u8]>, SourceError>> {
        Box::pin(self.fetch_file(url, freshness))
    }

    fn list<'a>(&'a self, url: &'a str, project: &'a str) -> BoxFuture<'a, Result<Vec<ChartVersions>, SourceError>> {
        Box::pin(async move {
            let door = Door::new(parse(url)?, self.shared.repositories.access(url, project)?);
            let index = self.index(&door, Freshness::Within(LISTED)).await?.index;
            let listed = blocking(move || {
                let versions = |name: String| {
                    let versions = index.versions(&name)?.unwrap_or_default();
                    Ok(ChartVersions { versions: versions.iter().map(|v| v.version.clone()).collect(), name })
                };
                index.names().into_iter().map(versions).collect::<Result<Vec<_>, String>>()
            });
            let listed = listed.await.and_then(|listed| listed);
            listed.map_err(|e| failure::damaged(format!("{}: {e}", door.url)))
        })
    }

    fn tags<'a>(&'a self, url: &'a str, project: &'a str) -> BoxFuture<'a, Result<Vec<String>, SourceError>> {
        Box::pin(async move {
            let (door, name) = registry(url, "", self.shared.repositories.access(url, project)?)?;
            let tags = Registries::tags(self, &door, &name, Freshness::Within(LISTED)).await?;
            Ok(oci::versions(&tags))
        })
    }
}
