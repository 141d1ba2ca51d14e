//! Applications at a server.

use std::ops::ControlFlow;
use std::time::Duration;

use bowline_base_value::{Value, to_json};
use bowline_core_crd::{Application, ApplicationSpec, ApplicationWatchEvent, Operation};
use bowline_web_wire::application::{
    ApplicationCreateRequest, ApplicationDeleteRequest, ApplicationPatchRequest, ApplicationQuery,
    ApplicationRollbackRequest, ApplicationSyncRequest, ApplicationSyncWindowsQuery, ApplicationUpdateRequest,
    ApplicationUpdateSpecRequest, OperationTerminateRequest, SyncOptions,
};
use bowline_web_wire::cluster::SettingsQuery;
use bowline_web_wire::tonic::{Code, Streaming};

use super::super::print::Served;
use super::stored::{Made, Propagation, Stored, Wanted, gone};
use crate::error::CliError;
use crate::kube::{Selector, to_raw};
use crate::link::Remote;

/// How long a refresh may take where nobody said: a first clone of a large repository takes its time.
const REFRESH: Duration = Duration::from_secs(600);
/// How long is waited before a watch that broke off is begun again.
const AGAIN: Duration = Duration::from_secs(1);

/// The Applications of a server.
pub struct ServerApps {
    remote: Remote,
    /// The namespace that is meant where none is named: the server knows its own.
    home: String,
}

// === impl ServerApps ===

impl ServerApps {
    /// The Applications of a server. A namespace called `home` is the server's own.
    pub fn new(remote: Remote, home: &str) -> ServerApps {
        ServerApps { remote, home: home.to_string() }
    }

    /// The server.
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// A namespace as requests name it: not at all where it is the server's own.
    pub fn namespace(&self, namespace: &str) -> Option<String> {
        Some(namespace.to_string()).filter(|name| !name.is_empty() && *name != self.home)
    }

    fn query(&self, namespace: &str, name: &str) -> ApplicationQuery {
        ApplicationQuery {
            name: Some(name.to_string()),
            app_namespace: self.namespace(namespace),
            ..ApplicationQuery::default()
        }
    }

    pub(super) async fn find(&self, namespace: &str, name: &str) -> Result<Option<Stored>, CliError> {
        let query = self.query(namespace, name);
        match self.remote.try_call(async || self.remote.applications().get(query.clone()).await).await {
            Ok(app) => stored(app).map(Some),
            // Missing and forbidden look the same.
            Err(status) if matches!(status.code(), Code::NotFound | Code::PermissionDenied) => Ok(None),
            Err(status) => Err(self.remote.refused(&status)),
        }
    }

    /// One Application, which must be there.
    pub async fn get(&self, namespace: &str, name: &str) -> Result<Stored, CliError> {
        self.ask(self.query(namespace, name)).await
    }

    async fn ask(&self, query: ApplicationQuery) -> Result<Stored, CliError> {
        let asked = self.remote.try_call(async || self.remote.applications().get(query.clone()).await).await;
        let app = asked.map_err(|status| {
            let error = self.remote.refused(&status);
            match status.code() {
                Code::NotFound | Code::PermissionDenied => error.hint("bowline app list shows those that you may see"),
                _ => error,
            }
        })?;
        stored(app)
    }

    pub(super) async fn served(&self, app: &Application) -> Result<Served, CliError> {
        let metadata = &app.metadata;
        let query = ApplicationSyncWindowsQuery {
            name: Some(metadata.name.clone()),
            app_namespace: self.namespace(&metadata.namespace),
            project: Some(app.spec.project().to_string()),
        };
        let windows = self
            .remote
            .call(async || self.remote.applications().get_application_sync_windows(query.clone()).await)
            .await?;
        let settings = self.remote.call(async || self.remote.settings().get(SettingsQuery {}).await).await?;
        let at = match settings.url.as_str() {
            "" => {
                let server = self.remote.server();
                let scheme = if server.plaintext { "http" } else { "https" };
                format!("{scheme}://{}", server.address)
            }
            url => url.to_string(),
        };
        let namespace = match metadata.namespace.as_str() {
            namespace if namespace.is_empty() || namespace == settings.controller_namespace => String::new(),
            namespace => format!("{namespace}/"),
        };
        let url = format!("{}/applications/{namespace}{}", at.trim_end_matches('/'), metadata.name);
        Ok(Served { url, windows })
    }

    pub(super) async fn list(&self, namespace: &str, selector: Option<&Selector>) -> Result<Vec<Stored>, CliError> {
        let query = ApplicationQuery {
            selector: selector.map(|s| s.as_str().to_string()),
            app_namespace: self.namespace(namespace),
            ..ApplicationQuery::default()
        };
        let mut list = self.remote.call(async || self.remote.applications().list(query.clone()).await).await?;
        list.items
            .sort_by(|a, b| (&a.metadata.namespace, &a.metadata.name).cmp(&(&b.metadata.namespace, &b.metadata.name)));
        list.items.into_iter().map(stored).collect()
    }

    pub(super) async fn create(&self, wanted: &Wanted<'_>) -> Result<Made, CliError> {
        let mut app = wanted.app.clone();
        let before = self.find(&app.metadata.namespace, &app.metadata.name).await?;
        app.metadata.namespace = self.namespace(&app.metadata.namespace).unwrap_or_default();
        let request = ApplicationCreateRequest {
            application: Some(app),
            upsert: Some(wanted.upsert),
            validate: Some(wanted.validate),
        };
        let made = self.remote.try_call(async || self.remote.applications().create(request.clone()).await).await;
        let made = made.map_err(|status| {
            let error = self.remote.refused(&status);
            match status.message().contains("use upsert flag") {
                true => error.hint("use --upsert to change it"),
                false => error,
            }
        })?;
        Ok(match before {
            None => Made::Created,
            Some(before) if before.app.metadata.resource_version == made.metadata.resource_version => Made::Unchanged,
            Some(_) => Made::Updated,
        })
    }

    pub(super) async fn update(&self, before: &Stored, after: &Application, validate: bool) -> Result<bool, CliError> {
        if before.app == *after {
            return Ok(false);
        }
        let metadata = &after.metadata;
        if before.app.metadata == *metadata {
            let request = ApplicationUpdateSpecRequest {
                name: Some(metadata.name.clone()),
                spec: Some(ApplicationSpec::clone(&after.spec)),
                validate: Some(validate),
                app_namespace: self.namespace(&metadata.namespace),
                project: None,
            };
            self.remote.call(async || self.remote.applications().update_spec(request.clone()).await).await?;
            return Ok(true);
        }
        let request =
            ApplicationUpdateRequest { application: Some(after.clone()), validate: Some(validate), project: None };
        self.remote.call(async || self.remote.applications().update(request.clone()).await).await?;
        Ok(true)
    }

    pub(super) async fn start(&self, stored: &Stored, operation: Operation) -> Result<(), CliError> {
        let metadata = &stored.app.metadata;
        let sync = operation.sync.unwrap_or_default();
        let named = sync.revisions.iter().enumerate().filter(|(_, revision)| !revision.is_empty());
        let (positions, revisions): (Vec<i64>, Vec<String>) =
            named.map(|(place, revision)| (place as i64 + 1, revision.clone())).unzip();
        let request = ApplicationSyncRequest {
            name: Some(metadata.name.clone()),
            revision: Some(sync.revision),
            dry_run: Some(sync.dry_run),
            prune: Some(sync.prune),
            strategy: sync.sync_strategy,
            resources: sync.resources,
            manifests: sync.manifests,
            infos: operation.info,
            retry_strategy: Some(operation.retry).filter(|retry| *retry != Default::default()),
            sync_options: Some(SyncOptions { items: sync.sync_options }).filter(|options| !options.items.is_empty()),
            app_namespace: self.namespace(&metadata.namespace),
            project: None,
            source_positions: positions,
            revisions,
        };
        // Not tried again: a sync that was begun is not begun twice.
        let begun = self.remote.applications().sync(request).await;
        begun.map(drop).map_err(|status| self.remote.refused(&status))
    }

    pub(super) async fn roll_back(&self, stored: &Stored, id: i64, operation: &Operation) -> Result<(), CliError> {
        let metadata = &stored.app.metadata;
        let request = ApplicationRollbackRequest {
            name: Some(metadata.name.clone()),
            id: Some(id),
            dry_run: None,
            prune: operation.sync.as_ref().map(|sync| sync.prune),
            app_namespace: self.namespace(&metadata.namespace),
            project: None,
        };
        let begun = self.remote.applications().rollback(request).await;
        begun.map(drop).map_err(|status| self.remote.refused(&status))
    }

    pub(super) async fn terminate(&self, namespace: &str, name: &str) -> Result<(), CliError> {
        let request = OperationTerminateRequest {
            name: Some(name.to_string()),
            app_namespace: self.namespace(namespace),
            project: None,
        };
        self.remote.call(async || self.remote.applications().terminate_operation(request.clone()).await).await?;
        Ok(())
    }

    pub(super) async fn patch(
        &self,
        namespace: &str,
        name: &str,
        patch: &Value,
        is_json: bool,
    ) -> Result<Value, CliError> {
        let request = ApplicationPatchRequest {
            name: Some(name.to_string()),
            patch: Some(to_json(patch, false)),
            patch_type: Some(if is_json { "json" } else { "merge" }.to_string()),
            app_namespace: self.namespace(namespace),
            project: None,
        };
        let patched = self.remote.applications().patch(request).await;
        Ok(stored(patched.map_err(|status| self.remote.refused(&status))?.into_inner())?.raw)
    }

    pub(super) async fn delete(&self, stored: &Stored, cascade: Option<Propagation>) -> Result<(), CliError> {
        let metadata = &stored.app.metadata;
        let policy = cascade.map(|policy| match policy {
            Propagation::Foreground => "foreground",
            Propagation::Background => "background",
        });
        let request = ApplicationDeleteRequest {
            name: Some(metadata.name.clone()),
            cascade: Some(cascade.is_some()),
            propagation_policy: policy.map(String::from),
            app_namespace: self.namespace(&metadata.namespace),
            project: None,
        };
        self.remote.call(async || self.remote.applications().delete(request.clone()).await).await?;
        Ok(())
    }

    pub(super) async fn refresh(
        &self,
        namespace: &str,
        name: &str,
        hard: bool,
        limit: Option<Duration>,
    ) -> Result<Stored, CliError> {
        let kind = if hard { "hard" } else { "normal" };
        let query = ApplicationQuery { refresh: Some(kind.to_string()), ..self.query(namespace, name) };
        match tokio::time::timeout(limit.unwrap_or(REFRESH), self.ask(query)).await {
            Ok(stored) => stored,
            Err(_) => Err(CliError::failed(format!("application '{name}' was not refreshed in time"))),
        }
    }

    pub(super) async fn follow(
        &self,
        namespace: &str,
        name: &str,
        limit: Option<Duration>,
        mut see: impl FnMut(&Stored) -> ControlFlow<()>,
    ) -> Result<bool, CliError> {
        let until = async {
            // One that is not there would be waited for for ever.
            self.get(namespace, name).await?;
            let mut events = Events::new(self, namespace, name);
            loop {
                let (kind, app) = events.next().await?;
                if kind == "DELETED" {
                    return Err(gone(namespace, name));
                }
                if see(&app).is_break() {
                    return Ok(true);
                }
            }
        };
        match limit {
            Some(limit) => tokio::time::timeout(limit, until).await.unwrap_or(Ok(false)),
            None => until.await,
        }
    }

    pub(super) async fn until_gone(&self, namespace: &str, name: &str) -> Result<(), CliError> {
        let mut events = Events::new(self, namespace, name);
        // The watch first, then the look: what goes in between is not missed.
        events.open().await?;
        while self.find(namespace, name).await?.is_some() {
            let (kind, _) = events.next().await?;
            if kind == "DELETED" {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// What is told of one Application. A watch that breaks off is begun again.
struct Events<'a> {
    apps: &'a ServerApps,
    query: ApplicationQuery,
    stream: Option<Streaming<ApplicationWatchEvent>>,
}

// === impl Events ===

impl<'a> Events<'a> {
    fn new(apps: &'a ServerApps, namespace: &str, name: &str) -> Events<'a> {
        Events { apps, query: apps.query(namespace, name), stream: None }
    }

    async fn open(&mut self) -> Result<(), CliError> {
        let remote = &self.apps.remote;
        self.stream = Some(remote.call(async || remote.applications().watch(self.query.clone()).await).await?);
        Ok(())
    }

    async fn next(&mut self) -> Result<(String, Stored), CliError> {
        loop {
            let Some(stream) = &mut self.stream else {
                self.open().await?;
                continue;
            };
            match stream.message().await {
                Ok(Some(event)) => return Ok((event.type_, stored(event.application)?)),
                Err(status) if !matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Internal) => {
                    return Err(self.apps.remote.refused(&status));
                }
                Ok(None) | Err(_) => {
                    self.stream = None;
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }
}

/// An Application as commands print it: kind and version do not travel.
fn stored(mut app: Application) -> Result<Stored, CliError> {
    app.api_version = bowline_core_crd::API_VERSION.to_string();
    app.kind = "Application".to_string();
    Ok(Stored { raw: to_raw(&app)?, app })
}
