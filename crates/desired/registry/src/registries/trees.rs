//! What was resolved becomes a tree: fetched, proven, unpacked once and kept.

use std::io;
use std::sync::Arc;

use bowline_base_tree::Tree;
use bowline_core_ports::{Freshness, SourceError};

use super::{Door, Registries, Target, Unpacked, last};
use crate::archive::{Root, Rules, unpack};
use crate::disk::{Kind, key};
use crate::helm::{self, Archive, Location, blocking};
use crate::oci::{Name, Reference, Repository};
use crate::pack::Pack;
use crate::{Credentials, failure};

// === impl Registries ===

impl Registries {
    pub(super) async fn tree_at(
        &self,
        target: &Target,
        chart: &str,
        artifact: &str,
        pass: bool,
    ) -> Result<Tree, SourceError> {
        match target {
            Target::Http(door) => self.http_tree(door, chart, artifact, pass).await,
            Target::Chart(door, name) => self.layer_tree(door, name, artifact, Some(last(&name.repository))).await,
            Target::Artifact(door, name) => self.layer_tree(door, name, artifact, None).await,
        }
    }

    async fn http_tree(&self, door: &Door, chart: &str, artifact: &str, pass: bool) -> Result<Tree, SourceError> {
        let url = door.url.to_string();
        let note = key(&["content", &door.scope, &url, chart, artifact]);
        let known = || {
            let place = self.shared.disk.text(Kind::Note, &note)?;
            self.pack(&place)
        };
        if let Some(pack) = known() {
            return Ok(pack.tree());
        }
        let flight = self.flights.of(&note);
        let _one = flight.lock().await;
        if let Some(pack) = known() {
            return Ok(pack.tree());
        }
        let index = self.index(door, Freshness::Known).await?;
        let version = match helm::fetched(&index, door, chart, artifact) {
            Err(_) => helm::fetched(&self.index(door, Freshness::Now).await?, door, chart, artifact)?,
            version => version?,
        };
        let archive = match helm::location(door, chart, &version)? {
            Location::Oci(reference) => {
                let tree = self.elsewhere(door, &reference, &version.version, pass).await?;
                return Ok(tree);
            }
            Location::Http(from) => {
                let digest = version.digest.strip_prefix("sha256:").unwrap_or(&version.digest).to_ascii_lowercase();
                let place = key(&["pack", &door.scope, &url, chart, &digest]);
                if helm::is_sha256(&digest)
                    && let Some(pack) = self.pack(&place)
                {
                    self.note(&note, &place);
                    return Ok(pack.tree());
                }
                let _slot = self.slots.acquire().await;
                helm::download(&self.shared, door, &from, &version.digest, pass).await?
            }
        };
        let place = key(&["pack", &door.scope, &url, chart, &archive.digest]);
        let what = format!("error untarring chart {chart:?} version {artifact:?} of {}", door.url);
        let root =
            Unpacked { chart: Some(last(chart).to_string()), gzip: true, most: self.shared.limits().chart_bytes };
        let pack = self.unpack(archive, root, &place, &what).await?;
        self.note(&note, &place);
        Ok(pack.tree())
    }

    /// A chart that a Helm repository's index says is in a registry: the repository's credentials go there only where they may.
    async fn elsewhere(&self, door: &Door, reference: &str, version: &str, pass: bool) -> Result<Tree, SourceError> {
        let Reference { name, tag, digest } = Reference::parse(reference).map_err(failure::damaged)?;
        let plain = door.access.plain_http;
        let url = name.url(plain).map_err(failure::damaged)?;
        let access = match pass {
            true => door.access.clone(),
            false => Credentials {
                ca: self.shared.repositories.trust(&url.origin().host),
                proxies: door.access.proxies.clone(),
                ..Credentials::default()
            },
        };
        let door = Door { url, scope: door.scope.clone(), access };
        let digest = match digest {
            Some(digest) => digest,
            None => {
                let tag = tag.unwrap_or_else(|| version.to_string()).replace('+', "_");
                self.digest(&door, &name, &tag, Freshness::Known).await?
            }
        };
        self.layer_tree(&door, &name, &digest, Some(last(&name.repository))).await
    }

    async fn layer_tree(
        &self,
        door: &Door,
        name: &Name,
        digest: &str,
        chart: Option<&str>,
    ) -> Result<Tree, SourceError> {
        let place = key(&["pack", &door.scope, &name.to_string(), digest, chart.unwrap_or_default()]);
        if let Some(pack) = self.pack(&place) {
            return Ok(pack.tree());
        }
        let flight = self.flights.of(&place);
        let _one = flight.lock().await;
        if let Some(pack) = self.pack(&place) {
            return Ok(pack.tree());
        }
        let _slot = self.slots.acquire().await;
        let repository = Repository { shared: &self.shared, door, name };
        let layer = repository.content(digest, chart.is_some()).await?;
        let limits = self.shared.limits();
        let most = if layer.chart { limits.chart_bytes } else { limits.artifact_bytes };
        let archive = repository.download(&layer, most).await?;
        let what = format!("cannot extract contents of oci image {name} with revision {digest}");
        let name = chart.map(String::from).or_else(|| layer.chart.then(String::new));
        let pack = self.unpack(archive, Unpacked { chart: name, gzip: layer.gzip, most }, &place, &what).await?;
        Ok(pack.tree())
    }

    async fn unpack(&self, archive: Archive, how: Unpacked, place: &str, what: &str) -> Result<Arc<Pack>, SourceError> {
        let damaged = |reason: String| failure::damaged(format!("{what}: {reason}"));
        let out = self.shared.disk.temporary().map_err(|e| damaged(e.to_string()))?;
        let entries = self.shared.settings.entries;
        let unpacked = blocking(move || {
            let root = match how.chart.as_deref() {
                None => Root::All,
                Some("") => Root::Only,
                Some(name) => Root::Chart(name),
            };
            let rules = Rules { gzip: how.gzip, bytes: how.most, entries, root };
            let packed = archive.file.reopen().map_err(|e| e.to_string())?;
            let to = io::BufWriter::with_capacity(256 << 10, out.as_file());
            unpack(packed, rules, to).map_err(|e| e.to_string())?;
            Ok::<_, String>(out)
        });
        let file = unpacked.await.and_then(|unpacked| unpacked).map_err(damaged)?;
        let file = self.shared.disk.keep(Kind::Pack, place, file).map_err(|e| damaged(e.to_string()))?;
        let pack = Arc::new(Pack::open(file, self.blobs.clone()).map_err(damaged)?);
        self.packs.insert(place.to_string(), pack.clone(), pack.weight());
        Ok(pack)
    }

    /// A pack that is there already.
    fn pack(&self, place: &str) -> Option<Arc<Pack>> {
        if let Some(pack) = self.packs.get(&place.to_string()) {
            return Some(pack);
        }
        let file = self.shared.disk.open_file(Kind::Pack, place)?;
        match Pack::open(file, self.blobs.clone()) {
            Ok(pack) => {
                let pack = Arc::new(pack);
                self.packs.insert(place.to_string(), pack.clone(), pack.weight());
                Some(pack)
            }
            Err(reason) => {
                tracing::warn!(reason, "a file of the registry cache is damaged and is made anew");
                self.shared.disk.remove(Kind::Pack, place);
                None
            }
        }
    }

    /// Notes something for the next time; the cache is a help, so where it cannot be written it is found out again.
    pub(super) fn note(&self, place: &str, text: &str) {
        if let Err(error) = self.shared.disk.keep_text(Kind::Note, place, text) {
            tracing::warn!(%error, "the registry cache cannot be written");
        }
    }
}
