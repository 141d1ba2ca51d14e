//! The [`Remotes`] port as the controller has it.

mod rotation;

use std::sync::Arc;
use std::time::Duration;

use bowline_base_kube::{Client, Runtime};
use bowline_base_value::Value;
use bowline_core_ports::{BoxFuture, Fields, Refs, Remotes, Rotated, SourceError, SourceErrorKind};
use bowline_core_settings::{ClusterSecret, RepositoryKind, RepositorySecret, secret_text};
use bowline_core_types::Object;
use bowline_desired_git::{Access, redact};

use crate::Shared;
use crate::clusters::config;

/// How long a cluster has to answer somebody who waits for it.
const PATIENCE: Duration = Duration::from_secs(15);

/// The port, for who asks about remotes.
pub struct Asked(pub(crate) Arc<Shared>);

impl Remotes for Asked {
    fn cluster_version<'a>(&'a self, cluster: &'a Fields) -> BoxFuture<'a, Result<String, String>> {
        Box::pin(async move {
            let cluster = read(cluster)?;
            let version = self.ask(&cluster, async |client| client.get_path::<Value>("/version").await).await?;
            let version = version.map_err(|e| e.to_string())?;
            let text = |field| version.str_at(&[field]).unwrap_or_default();
            Ok(format!("{}.{}", text("major"), text("minor").trim_end_matches('+')))
        })
    }

    fn rotate<'a>(&'a self, cluster: &'a Fields) -> BoxFuture<'a, Result<Rotated, String>> {
        Box::pin(async move {
            let cluster = read(cluster)?;
            let account = rotation::Account::of(cluster.auth.bearer_token.expose())?;
            self.ask(&cluster, async |client| rotation::make(client, &account).await).await?
        })
    }

    fn retire<'a>(&'a self, cluster: &'a Fields, rotated: &'a Rotated) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(
            async move { self.ask(&read(cluster)?, async |client| rotation::retire(client, rotated).await).await? },
        )
    }

    fn check<'a>(&'a self, repository: &'a Fields) -> BoxFuture<'a, Result<(), SourceError>> {
        Box::pin(async move {
            let refused = |reason: String| SourceError::new(SourceErrorKind::Refused, reason);
            let secret = object(repository).map_err(refused)?;
            let secret = RepositorySecret::from_secret(&secret, false).map_err(|e| refused(e.to_string()))?;
            if secret.kind != RepositoryKind::Git {
                let access = bowline_desired_registry::Access::from_secrets(Some(&secret), None);
                let access = access.map_err(|e| refused(format!("{}: {e}", redact(&secret.url))))?;
                return self.0.charts.check(&secret.url, access).await;
            }
            // What the settings trust counts for what is not stored yet, too.
            let stored = crate::access(&self.0.world, &secret.url, &secret.project)?;
            let mut access = Access::from_secrets(Some(&secret), None).map_err(|e| refused(e.to_string()))?;
            access.credentials.known_hosts = stored.credentials.known_hosts;
            access.credentials.ca = stored.credentials.ca;
            self.0.sources.check(&secret.url, &access).await
        })
    }

    fn refs<'a>(&'a self, url: &'a str, project: &'a str) -> BoxFuture<'a, Result<Refs, SourceError>> {
        Box::pin(async move {
            let (branches, tags) = self.0.sources.refs(url, project).await?;
            Ok(Refs { branches, tags })
        })
    }
}

// === impl Asked ===

impl Asked {
    /// Asks a cluster something, within the time that somebody waits. The connections end with it.
    async fn ask<T>(&self, cluster: &ClusterSecret, question: impl AsyncFnOnce(&Client) -> T) -> Result<T, String> {
        let runtime = Runtime { tasks: self.0.tasks.scope(), ..self.0.runtime.clone() };
        let client = Client::new(&config(cluster)?, &runtime).map_err(|e| e.to_string())?;
        let asked = tokio::time::timeout(PATIENCE, question(&client)).await;
        runtime.tasks.cancel();
        asked.map_err(|_| format!("no answer within {} s", PATIENCE.as_secs()))
    }
}

/// The cluster that these fields tell of.
fn read(cluster: &Fields) -> Result<ClusterSecret, String> {
    ClusterSecret::from_secret(&object(cluster)?).map_err(|e| e.to_string())
}

/// The Secret that these fields would be stored as.
fn object(fields: &Fields) -> Result<Object, String> {
    let data: Value = fields.iter().map(|(key, value)| (key.as_str(), Value::from(value.expose().as_str()))).collect();
    let secret: Value =
        [("apiVersion", Value::from("v1")), ("kind", "Secret".into()), ("stringData", data)].into_iter().collect();
    let object = Object::new(secret).map_err(|e| e.to_string())?;
    secret_text(&object).map_err(|e| e.to_string())?;
    Ok(object)
}
