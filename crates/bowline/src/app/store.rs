//! Applications over the Kubernetes API.

use std::ops::ControlFlow;
use std::time::Duration;

use bowline_base_kube::{Event, Watch, WatchOptions};
use bowline_base_value::Value;
use bowline_core_crd::{Application, Resource as _, patch};
use bowline_core_types::annotation;

use crate::cli::Global;
use crate::error::CliError;
use crate::kube::{Kube, Resource, Selector, from_raw};

/// The Applications of a cluster.
pub struct Apps {
    kube: Kube,
}

/// An Application as it is stored, and the typed view of it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Everything.
    pub raw: Value,
    /// What is known of it.
    pub app: Application,
}

/// The typed view of an Application.
pub fn typed(raw: &Value) -> Result<Application, String> {
    from_raw(raw).map_err(|e| {
        let name = raw.str_at(&["metadata", "name"]).unwrap_or_default();
        format!("application '{name}': {e}")
    })
}

// === impl Apps ===

impl Apps {
    /// The Applications of the cluster that the flags name.
    pub async fn connect(global: &Global) -> Result<Apps, CliError> {
        Ok(Apps { kube: Kube::connect(global).await? })
    }

    /// The cluster.
    pub fn kube(&self) -> &Kube {
        &self.kube
    }

    /// One Application, or `None`.
    pub async fn find(&self, namespace: &str, name: &str) -> Result<Option<Stored>, CliError> {
        self.kube.find(Resource::Applications, namespace, name).await?.map(stored).transpose()
    }

    /// One Application, which must be there.
    pub async fn get(&self, namespace: &str, name: &str) -> Result<Stored, CliError> {
        stored(self.kube.get(Resource::Applications, namespace, name).await?)
    }

    /// All Applications with these labels, by name.
    pub async fn list(&self, namespace: &str, selector: Option<&Selector>) -> Result<Vec<Stored>, CliError> {
        let labels = selector.map_or("", Selector::as_str);
        self.kube.list(Resource::Applications, namespace, labels).await?.into_iter().map(stored).collect()
    }

    /// Makes an Application; `raw` is what a file said of it, so that what this version does not know survives.
    pub async fn create(&self, raw: &Value, app: &Application) -> Result<Stored, CliError> {
        let before: Application = from_raw(raw).unwrap_or_default();
        let mut value = Value::from(patch::update(&raw.into(), &before, app));
        if let Some(map) = value.as_object_mut() {
            // A status of another server says nothing here.
            map.remove("status");
            map.insert("apiVersion", bowline_core_crd::API_VERSION);
            map.insert("kind", Application::KIND);
        }
        stored(self.kube.create(Resource::Applications, &app.metadata.namespace, &value).await?)
    }

    /// Sends what changed between the two; `None` where nothing did.
    pub async fn update(&self, before: &Stored, after: &Application) -> Result<Option<Stored>, CliError> {
        let Some(patch) = patch::patch(&(&before.raw).into(), &before.app, after) else {
            return Ok(None);
        };
        let (namespace, name) = (&before.app.metadata.namespace, &before.app.metadata.name);
        let raw = self.kube.merge(Resource::Applications, namespace, name, &Value::from(patch)).await?;
        stored(raw).map(Some)
    }

    /// Like [`Apps::update`], and refused where the Application changed since `before` was read.
    pub async fn update_exactly(&self, before: &Stored, after: &Application) -> Result<(), CliError> {
        let Some(patch) = patch::patch(&(&before.raw).into(), &before.app, after) else {
            return Ok(());
        };
        let mut patch = Value::from(patch);
        if let Some(version) = patch.ensure_path(&["metadata", "resourceVersion"]) {
            *version = Value::from(before.app.metadata.resource_version.as_str());
        }
        let (namespace, name) = (&before.app.metadata.namespace, &before.app.metadata.name);
        self.kube.merge(Resource::Applications, namespace, name, &patch).await?;
        Ok(())
    }

    /// Asks for the deletion.
    pub async fn delete(&self, namespace: &str, name: &str) -> Result<(), CliError> {
        self.kube.delete(Resource::Applications, namespace, name).await
    }

    /// Whether repository and destination of a spec are such that the server could use them: what can be told without asking them.
    pub async fn validate(&self, app: &Application) -> Result<(), CliError> {
        let sources = app.spec.sources();
        if sources.is_empty() || sources.iter().any(|s| s.repo_url.is_empty()) {
            return Err(CliError::usage(
                "an application needs a source: --repo URL and --path PATH (or --helm-chart NAME)",
            ));
        }
        let destination = &app.spec.destination;
        if destination.server.is_empty() && destination.name.is_empty() {
            return Err(CliError::usage(
                "an application needs a destination: --dest-server URL or --dest-name NAME, and --dest-namespace",
            ));
        }
        let project = if app.spec.project.is_empty() { "default" } else { &app.spec.project };
        let namespace = &app.metadata.namespace;
        if project != "default" && self.kube.find(Resource::AppProjects, namespace, project).await?.is_none() {
            return Err(CliError::failed(format!("project '{project}' does not exist"))
                .hint("bowline proj list shows the projects; --validate=false creates the application all the same"));
        }
        Ok(())
    }

    /// Asks for a refresh and waits until it was done.
    pub async fn refresh(
        &self,
        namespace: &str,
        name: &str,
        hard: bool,
        limit: Option<Duration>,
    ) -> Result<Stored, CliError> {
        let mut patch = Value::object();
        if let Some(annotations) = patch.ensure_path(&["metadata", "annotations"]) {
            let kind = if hard { "hard" } else { "normal" };
            *annotations = [(annotation::REFRESH, Value::from(kind))].into_iter().collect();
        }
        let mut last = stored(self.kube.merge(Resource::Applications, namespace, name, &patch).await?)?;
        let limit = limit.or(Some(Duration::from_secs(60)));
        let done = self
            .follow(namespace, name, limit, |stored| {
                last = stored.clone();
                match stored.app.metadata.annotations.contains_key(annotation::REFRESH) {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            })
            .await?;
        if !done {
            return Err(CliError::failed(format!("application '{name}' was not refreshed in time"))
                .hint("is the server running? `bowline server` refreshes applications"));
        }
        Ok(last)
    }

    /// Hands over every state of an Application until `see` has seen enough (then `true`) or the time is up (`false`).
    pub async fn follow(
        &self,
        namespace: &str,
        name: &str,
        limit: Option<Duration>,
        mut see: impl FnMut(&Stored) -> ControlFlow<()>,
    ) -> Result<bool, CliError> {
        let mut watch = self.watch(namespace, name);
        let until = async {
            let mut seen = false;
            loop {
                let states = match watch.next().await {
                    Event::Listed(items) => items,
                    Event::Applied(item) => vec![item],
                    Event::Deleted(_) => return Err(gone(namespace, name)),
                    Event::Complete if !seen => return Err(gone(namespace, name)),
                    Event::Complete | Event::Listing | Event::Resumed => continue,
                    Event::Failed { error, .. } if !error.is_transient() => return Err(crate::kube::failed(error)),
                    Event::Failed { .. } => continue,
                };
                for raw in states {
                    seen = true;
                    if see(&stored(raw)?).is_break() {
                        return Ok(true);
                    }
                }
            }
        };
        match limit {
            Some(limit) => tokio::time::timeout(limit, until).await.unwrap_or(Ok(false)),
            None => until.await,
        }
    }

    /// Waits until an Application is gone.
    pub async fn until_gone(&self, namespace: &str, name: &str, limit: Option<Duration>) -> Result<(), CliError> {
        let mut watch = self.watch(namespace, name);
        let until = async {
            let mut seen = false;
            loop {
                match watch.next().await {
                    Event::Listed(items) => seen = seen || !items.is_empty(),
                    Event::Complete if !seen => return Ok(()),
                    Event::Deleted(_) => return Ok(()),
                    Event::Failed { error, .. } if !error.is_transient() => return Err(crate::kube::failed(error)),
                    Event::Listing => seen = false,
                    _ => {}
                }
            }
        };
        match limit {
            None => until.await,
            Some(limit) => tokio::time::timeout(limit, until).await.unwrap_or_else(|_| {
                let seconds = limit.as_secs();
                Err(CliError::failed(format!(
                    "timed out ({seconds}s): application '{namespace}/{name}' is still there"
                ))
                .hint(format!("bowline app get {name} says what holds it")))
            }),
        }
    }

    fn watch(&self, namespace: &str, name: &str) -> Watch {
        let options = WatchOptions {
            fields: format!("metadata.name={name}"),
            skip_managed_fields: true,
            ..WatchOptions::default()
        };
        Watch::new(self.kube.client(), &Resource::Applications.api(), namespace, options)
    }
}

fn stored(raw: Value) -> Result<Stored, CliError> {
    let app = typed(&raw).map_err(CliError::failed)?;
    Ok(Stored { raw, app })
}

fn gone(namespace: &str, name: &str) -> CliError {
    CliError::failed(format!("application '{namespace}/{name}' does not exist (any more)"))
}
