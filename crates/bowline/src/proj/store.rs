//! [`Projects`]: the projects, at a server or in a cluster.

use bowline_base_value::Value;
use bowline_core_crd::{AppProject, patch};
use bowline_web_wire::project::{ProjectCreateRequest, ProjectQuery, ProjectUpdateRequest};

use super::print::Scoped;
use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Kube, Resource, from_raw, to_raw};
use crate::link::{Link, Remote};

/// The projects.
pub struct Projects {
    link: Link,
    namespace: String,
}

/// A project as it is stored, and the typed view of it.
pub struct StoredProject {
    /// Everything.
    pub raw: Value,
    /// What is known of it.
    pub project: AppProject,
}

// === impl Projects ===

impl Projects {
    /// The projects where the flags and the current login lead to.
    pub async fn connect(global: &Global) -> Result<Projects, CliError> {
        Ok(Projects { link: Link::connect(global).await?, namespace: global.namespace.clone() })
    }

    /// The server; an error in core mode, for what only a server does.
    pub fn remote(&self) -> Result<&Remote, CliError> {
        match &self.link {
            Link::Server(remote) => Ok(remote),
            Link::Core(_) => Err(CliError::failed("tokens are signed by a server, and none is named")
                .hint("bowline login SERVER logs in to one")),
        }
    }

    /// A project, which must be there.
    pub async fn get(&self, name: &str) -> Result<StoredProject, CliError> {
        match &self.link {
            Link::Core(kube) => stored(kube.get(Resource::AppProjects, &self.namespace, name).await?),
            Link::Server(remote) => {
                let query = ProjectQuery { name: name.to_string() };
                told(remote.call(async || remote.projects().get(query.clone()).await).await?)
            }
        }
    }

    /// What belongs to a project alone, as a server knows it; without one nothing is told.
    pub async fn scoped(&self, name: &str) -> Result<Scoped, CliError> {
        let Link::Server(remote) = &self.link else { return Ok(Scoped::default()) };
        let query = ProjectQuery { name: name.to_string() };
        let said = remote.call(async || remote.projects().get_detailed_project(query.clone()).await).await?;
        Ok(Scoped {
            repositories: said.repositories.into_iter().map(|repository| repository.repo).collect(),
            clusters: said.clusters.into_iter().map(|cluster| cluster.server).collect(),
        })
    }

    /// All projects, by name.
    pub async fn list(&self) -> Result<Vec<StoredProject>, CliError> {
        match &self.link {
            Link::Core(kube) => {
                let found = kube.list(Resource::AppProjects, &self.namespace, "").await?;
                found.into_iter().map(stored).collect()
            }
            Link::Server(remote) => {
                let query = ProjectQuery::default();
                let mut list = remote.call(async || remote.projects().list(query.clone()).await).await?;
                list.items.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
                list.items.into_iter().map(told).collect()
            }
        }
    }

    /// Makes a project, or with `upsert` gives the one that is there this spec.
    pub async fn create(&self, mut project: AppProject, upsert: bool) -> Result<(), CliError> {
        let kube = match &self.link {
            Link::Core(kube) => kube,
            Link::Server(remote) => {
                project.metadata.namespace.clear();
                let request = ProjectCreateRequest { project: Some(project), upsert };
                let made = remote.try_call(async || remote.projects().create(request.clone()).await).await;
                return made.map(drop).map_err(|status| {
                    let error = remote.refused(&status);
                    if status.message().contains("use upsert flag") {
                        error.hint("use --upsert to change it")
                    } else {
                        error
                    }
                });
            }
        };
        project.api_version = bowline_core_crd::API_VERSION.to_string();
        project.kind = "AppProject".to_string();
        project.metadata.namespace.clone_from(&self.namespace);
        let name = project.metadata.name.clone();
        let Some(raw) = kube.find(Resource::AppProjects, &self.namespace, &name).await? else {
            kube.create(Resource::AppProjects, &self.namespace, &to_raw(&project)?).await?;
            return Ok(());
        };
        let before = stored(raw)?;
        let after = AppProject { spec: project.spec, ..before.project.clone() };
        if !upsert && before.project.spec != after.spec {
            return Err(CliError::failed(format!("project '{name}' is there already and its spec is different"))
                .hint("use --upsert to change it"));
        }
        self.update(&before, &after).await
    }

    /// Sends what changed between the two.
    pub async fn update(&self, before: &StoredProject, after: &AppProject) -> Result<(), CliError> {
        if before.project == *after {
            return Ok(());
        }
        match &self.link {
            Link::Core(kube) => {
                let Some(patch) = patch::patch(&(&before.raw).into(), &before.project, after) else { return Ok(()) };
                let mut patch = Value::from(patch);
                // Lists are sent whole: what somebody else added meanwhile must not be lost.
                if let Some(version) = patch.ensure_path(&["metadata", "resourceVersion"]) {
                    *version = Value::from(before.project.metadata.resource_version.as_str());
                }
                kube.merge(Resource::AppProjects, &self.namespace, &after.metadata.name, &patch).await?;
                Ok(())
            }
            Link::Server(remote) => {
                let request = ProjectUpdateRequest { project: Some(after.clone()) };
                remote.call(async || remote.projects().update(request.clone()).await).await.map(drop)
            }
        }
    }

    /// Deletes a project, unless it is used.
    pub async fn delete(&self, name: &str) -> Result<(), CliError> {
        match &self.link {
            Link::Core(kube) => delete(kube, &self.namespace, name).await,
            Link::Server(remote) => {
                let query = ProjectQuery { name: name.to_string() };
                remote.call(async || remote.projects().delete(query.clone()).await).await.map(drop)
            }
        }
    }

    /// Changes a project's spec: reads it, hands it over, and sends what became of it.
    pub async fn change(
        &self,
        name: &str,
        change: impl FnOnce(&mut AppProject) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let before = self.get(name).await?;
        let mut after = before.project.clone();
        change(&mut after)?;
        self.update(&before, &after).await
    }
}

async fn delete(kube: &Kube, namespace: &str, name: &str) -> Result<(), CliError> {
    if name == "default" {
        return Err(CliError::failed("project 'default' cannot be deleted"));
    }
    let users: Vec<String> = kube
        .list(Resource::Applications, namespace, "")
        .await?
        .iter()
        .filter(|app| app.str_at(&["spec", "project"]) == Some(name))
        .map(|app| app.str_at(&["metadata", "name"]).unwrap_or_default().to_string())
        .collect();
    if !users.is_empty() {
        return Err(CliError::failed(format!("project '{name}' is referenced by {} applications", users.len()))
            .hint(format!("they are: {}", users.join(", "))));
    }
    kube.delete(Resource::AppProjects, namespace, name).await
}

fn stored(raw: Value) -> Result<StoredProject, CliError> {
    let project = from_raw(&raw).map_err(CliError::failed)?;
    Ok(StoredProject { raw, project })
}

/// A project as commands print it: kind and version do not travel.
fn told(mut project: AppProject) -> Result<StoredProject, CliError> {
    project.api_version = bowline_core_crd::API_VERSION.to_string();
    project.kind = "AppProject".to_string();
    Ok(StoredProject { raw: to_raw(&project)?, project })
}
