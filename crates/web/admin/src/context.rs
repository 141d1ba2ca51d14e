//! [`Context`]: what all services stand on.

use std::sync::Arc;
use std::time::Duration;

use bowline_base_clock::Clock;
use bowline_base_kube::{ApiResource, Class, Client, Patch, WriteOptions};
use bowline_base_value::Value;
use bowline_core_control::World;
use bowline_core_ports::{Charts, Engine, Remotes, Sources};
use bowline_web_auth::Authenticator;
use bowline_web_wire::tonic::Status;

use crate::failure::failed;

/// How long what was written is waited for; then it is answered although our own watch has not told it yet. The contract's time.
const SETTLES: Duration = Duration::from_secs(2);
/// How often a change of an object that others change too is tried.
const TRIES: u32 = 5;
/// As whom the API server writes.
const FIELD_MANAGER: &str = "argocd-server";

/// What all services stand on. Cloning it costs counters.
#[derive(Clone)]
pub struct Context {
    /// What the control namespace says.
    pub world: Arc<World>,
    /// The way to the cluster that holds it.
    pub client: Client,
    /// Who asks.
    pub auth: Arc<Authenticator>,
    /// What is known of clusters and what they hold.
    pub engine: Arc<dyn Engine>,
    /// The way to clusters and repositories that somebody asks about.
    pub remotes: Arc<dyn Remotes>,
    /// The repositories that applications come from.
    pub sources: Arc<dyn Sources>,
    /// The Helm repositories and registries that charts come from.
    pub charts: Arc<dyn Charts>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

// === impl Context ===

impl Context {
    /// Waits until the world is as `so` says, so that the next request finds what this one wrote.
    pub(crate) async fn settle(&self, so: impl Fn(&World) -> bool) {
        let mut configured = self.world.configured();
        let wait = async {
            loop {
                configured.mark_unchanged();
                if so(&self.world) || configured.changed().await.is_err() {
                    return;
                }
            }
        };
        if tokio::time::timeout(SETTLES, wait).await.is_err() {
            tracing::debug!("a write was answered before the watch told of it");
        }
    }

    /// Changes an object of the control namespace: `change` makes a merge patch of what is stored, or nothing where that is right
    /// already. Where somebody else was faster, it is asked again. Gives what is stored then; `None` where there is no such object.
    pub(crate) async fn change(
        &self,
        resource: &ApiResource,
        name: &str,
        mut change: impl FnMut(&Value) -> Result<Option<Value>, Status>,
    ) -> Result<Option<Value>, Status> {
        let namespace = self.world.namespace();
        let mut tries = 0;
        loop {
            tries += 1;
            let Some(stored) = self.client.find::<Value>(resource, namespace, name).await.map_err(failed)? else {
                return Ok(None);
            };
            let Some(mut patch) = change(&stored)? else { return Ok(Some(stored)) };
            if let (Some(place), Some(version)) =
                (patch.ensure_path(&["metadata", "resourceVersion"]), stored.str_at(&["metadata", "resourceVersion"]))
            {
                *place = Value::from(version);
            }
            match self.client.patch(resource, namespace, name, "", Patch::Merge(&patch), &options()).await {
                Ok(answer) => return Ok(Some(answer.value)),
                Err(error) if tries < TRIES && error.is(Class::Conflict) => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// Makes an object of the control namespace.
    pub(crate) async fn create(
        &self,
        resource: &ApiResource,
        object: &Value,
    ) -> Result<Value, bowline_base_kube::Error> {
        let created = self.client.create(resource, self.world.namespace(), object, &options()).await?;
        Ok(created.value)
    }
}

/// How the API server writes: under its own name.
pub fn options() -> WriteOptions {
    WriteOptions { field_manager: FIELD_MANAGER.to_string(), ..WriteOptions::default() }
}

/// Secrets, as the API serves them.
pub(crate) fn secrets() -> ApiResource {
    ApiResource::new("", "v1", "Secret", "secrets", true)
}

/// ConfigMaps, as the API serves them.
pub(crate) fn config_maps() -> ApiResource {
    ApiResource::new("", "v1", "ConfigMap", "configmaps", true)
}
