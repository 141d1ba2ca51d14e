//! Applications over the Kubernetes API itself.

use std::ops::ControlFlow;
use std::time::Duration;

use bowline_base_kube::{Event, Patch, Watch, WatchOptions, WriteOptions};
use bowline_base_value::Value;
use bowline_core_crd::{Application, Operation, OperationPhase, Resource as _, patch};
use bowline_core_types::annotation;

use super::stored::{Made, Propagation, Stored, Wanted, gone, stored};
use crate::error::CliError;
use crate::kube::{FIELD_MANAGER, Kube, Resource, Selector, from_raw};

/// The Applications of a cluster.
pub struct CoreApps {
    kube: Kube,
}

// === impl CoreApps ===

impl CoreApps {
    /// The Applications of a cluster.
    pub fn new(kube: Kube) -> CoreApps {
        CoreApps { kube }
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

    /// Makes an Application, or with `upsert` gives the one that is there this spec.
    pub async fn create(&self, wanted: &Wanted<'_>) -> Result<Made, CliError> {
        let app = wanted.app;
        if wanted.validate {
            self.validate(app).await?;
        }
        let (namespace, name) = (&app.metadata.namespace, &app.metadata.name);
        let Some(stored) = self.find(namespace, name).await? else {
            self.make(wanted.raw, app).await?;
            return Ok(Made::Created);
        };
        let mut changed = stored.app.clone();
        changed.spec = app.spec.clone();
        changed.metadata.labels.extend(app.metadata.labels.clone());
        changed.metadata.annotations.extend(app.metadata.annotations.clone());
        changed.metadata.finalizers.extend(app.metadata.finalizers.clone());
        changed.metadata.finalizers.sort();
        changed.metadata.finalizers.dedup();
        if changed == stored.app {
            return Ok(Made::Unchanged);
        }
        if !wanted.upsert {
            let text = format!("application '{namespace}/{name}' is there already and its spec is different");
            return Err(CliError::failed(text).hint("use --upsert to change it"));
        }
        self.update(&stored, &changed).await?;
        Ok(Made::Updated)
    }

    /// `raw` is what a file said of it, so that what this version does not know survives.
    async fn make(&self, raw: &Value, app: &Application) -> Result<(), CliError> {
        let before: Application = from_raw(raw).unwrap_or_default();
        let mut value = Value::from(patch::update(&raw.into(), &before, app));
        if let Some(map) = value.as_object_mut() {
            // A status of another server says nothing here.
            map.remove("status");
            map.insert("apiVersion", bowline_core_crd::API_VERSION);
            map.insert("kind", Application::KIND);
        }
        self.kube.create(Resource::Applications, &app.metadata.namespace, &value).await?;
        Ok(())
    }

    /// Asks for an operation.
    pub async fn start(&self, stored: &Stored, operation: Operation) -> Result<(), CliError> {
        let mut changed = stored.app.clone();
        changed.operation = Some(operation);
        self.update_exactly(stored, &changed).await
    }

    /// Asks for the end of the operation under way.
    pub async fn terminate(&self, namespace: &str, name: &str) -> Result<(), CliError> {
        let app = self.get(namespace, name).await?.app;
        let runs = app.status.operation_state.as_ref().is_some_and(|state| !state.phase.is_completed());
        if app.operation.is_none() || !runs {
            return Err(CliError::failed("Unable to terminate operation. No operation is in progress"));
        }
        let mut patch = Value::object();
        if let Some(phase) = patch.ensure_path(&["status", "operationState", "phase"]) {
            *phase = Value::from(OperationPhase::Terminating.as_str());
        }
        self.kube.merge(Resource::Applications, namespace, name, &patch).await?;
        Ok(())
    }

    /// Sends a patch.
    pub async fn patch(&self, namespace: &str, name: &str, patch: &Value, is_json: bool) -> Result<Value, CliError> {
        let patch = if is_json { Patch::Json(patch) } else { Patch::Merge(patch) };
        let options = WriteOptions { field_manager: FIELD_MANAGER.to_string(), ..WriteOptions::default() };
        let api = Resource::Applications.api();
        let answer = self.kube.client().patch(&api, namespace, name, "", patch, &options).await;
        Ok(answer.map_err(crate::kube::failed)?.value)
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

    /// Like [`CoreApps::update`], and refused where the Application changed since `before` was read.
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

    /// Asks for the deletion, of what it deployed too where a policy says how.
    pub async fn delete(&self, stored: &Stored, cascade: Option<Propagation>) -> Result<(), CliError> {
        let mut changed = stored.app.clone();
        changed.metadata.finalizers.retain(|f| !f.starts_with(annotation::RESOURCES_FINALIZER));
        match cascade {
            Some(Propagation::Foreground) => {
                changed.metadata.finalizers.push(annotation::RESOURCES_FINALIZER.to_string())
            }
            Some(Propagation::Background) => {
                changed.metadata.finalizers.push(annotation::BACKGROUND_FINALIZER.to_string())
            }
            None => {}
        }
        self.update(stored, &changed).await?;
        let metadata = &stored.app.metadata;
        self.kube.delete(Resource::Applications, &metadata.namespace, &metadata.name).await
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
    pub async fn until_gone(&self, namespace: &str, name: &str) -> Result<(), CliError> {
        let mut watch = self.watch(namespace, name);
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
