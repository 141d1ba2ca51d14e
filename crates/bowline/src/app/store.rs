//! [`Apps`]: the Applications, at a server or in a cluster. Commands are written once, over this.

mod core;
mod server;
mod stored;

use std::ops::ControlFlow;
use std::time::Duration;

use bowline_base_value::Value;
use bowline_core_crd::{Application, Operation};

pub use self::core::CoreApps;
pub use self::server::ServerApps;
pub use self::stored::{Made, Propagation, Stored, Wanted, typed};
use super::print::Served;
use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Kube, Selector};
use crate::link::Link;

/// The Applications.
pub enum Apps {
    /// In a cluster.
    Core(CoreApps),
    /// At a server.
    Server(ServerApps),
}

// === impl Apps ===

impl Apps {
    /// The Applications where the flags and the current login lead to.
    pub async fn connect(global: &Global) -> Result<Apps, CliError> {
        Ok(match Link::connect(global).await? {
            Link::Core(kube) => Apps::Core(CoreApps::new(kube)),
            Link::Server(remote) => Apps::Server(ServerApps::new(remote, &global.namespace)),
        })
    }

    /// The Applications of the cluster that the flags name, whatever login there is.
    pub async fn core(global: &Global) -> Result<CoreApps, CliError> {
        Ok(CoreApps::new(Kube::connect(global).await?))
    }

    /// One Application, which must be there.
    pub async fn get(&self, namespace: &str, name: &str) -> Result<Stored, CliError> {
        match self {
            Apps::Core(apps) => apps.get(namespace, name).await,
            Apps::Server(apps) => apps.get(namespace, name).await,
        }
    }

    /// What a server knows of an Application beside what is stored of it.
    pub async fn served(&self, app: &Application) -> Result<Option<Served>, CliError> {
        match self {
            Apps::Core(_) => Ok(None),
            Apps::Server(apps) => apps.served(app).await.map(Some),
        }
    }

    /// All Applications with these labels, by name.
    pub async fn list(&self, namespace: &str, selector: Option<&Selector>) -> Result<Vec<Stored>, CliError> {
        match self {
            Apps::Core(apps) => apps.list(namespace, selector).await,
            Apps::Server(apps) => apps.list(namespace, selector).await,
        }
    }

    /// Makes an Application, or with `upsert` gives the one that is there this spec.
    pub async fn create(&self, wanted: &Wanted<'_>) -> Result<Made, CliError> {
        match self {
            Apps::Core(apps) => apps.create(wanted).await,
            Apps::Server(apps) => apps.create(wanted).await,
        }
    }

    /// Sends what changed between the two; whether anything did. A server checks it first where `validate` says so.
    pub async fn update(&self, before: &Stored, after: &Application, validate: bool) -> Result<bool, CliError> {
        match self {
            Apps::Core(apps) => Ok(apps.update(before, after).await?.is_some()),
            Apps::Server(apps) => apps.update(before, after, validate).await,
        }
    }

    /// Stores a spec that somebody wrote, checked; refused where the Application changed since `before` was read.
    pub async fn rewrite(&self, before: &Stored, after: &Application) -> Result<(), CliError> {
        match self {
            Apps::Core(apps) => {
                apps.validate(after).await?;
                apps.update_exactly(before, after).await
            }
            Apps::Server(apps) => apps.update(before, after, true).await.map(drop),
        }
    }

    /// Asks for an operation.
    pub async fn start(&self, stored: &Stored, operation: Operation) -> Result<(), CliError> {
        match self {
            Apps::Core(apps) => apps.start(stored, operation).await,
            Apps::Server(apps) => apps.start(stored, operation).await,
        }
    }

    /// Asks for the sync of what the past sync `id` deployed; `operation` is the same in full.
    pub async fn roll_back(&self, stored: &Stored, id: i64, operation: Operation) -> Result<(), CliError> {
        match self {
            Apps::Core(apps) => apps.start(stored, operation).await,
            Apps::Server(apps) => apps.roll_back(stored, id, &operation).await,
        }
    }

    /// Asks for the end of the operation under way.
    pub async fn terminate(&self, namespace: &str, name: &str) -> Result<(), CliError> {
        match self {
            Apps::Core(apps) => apps.terminate(namespace, name).await,
            Apps::Server(apps) => apps.terminate(namespace, name).await,
        }
    }

    /// Sends a JSON patch, or a merge patch, and gives what came of it.
    pub async fn patch(&self, namespace: &str, name: &str, patch: &Value, is_json: bool) -> Result<Value, CliError> {
        match self {
            Apps::Core(apps) => apps.patch(namespace, name, patch, is_json).await,
            Apps::Server(apps) => apps.patch(namespace, name, patch, is_json).await,
        }
    }

    /// Asks for the deletion, of what it deployed too where a policy says how.
    pub async fn delete(&self, stored: &Stored, cascade: Option<Propagation>) -> Result<(), CliError> {
        match self {
            Apps::Core(apps) => apps.delete(stored, cascade).await,
            Apps::Server(apps) => apps.delete(stored, cascade).await,
        }
    }

    /// Asks for a refresh and waits until it was done.
    pub async fn refresh(
        &self,
        namespace: &str,
        name: &str,
        hard: bool,
        limit: Option<Duration>,
    ) -> Result<Stored, CliError> {
        match self {
            Apps::Core(apps) => apps.refresh(namespace, name, hard, limit).await,
            Apps::Server(apps) => apps.refresh(namespace, name, hard, limit).await,
        }
    }

    /// Hands over every state of an Application until `see` has seen enough (then `true`) or the time is up (`false`).
    pub async fn follow(
        &self,
        namespace: &str,
        name: &str,
        limit: Option<Duration>,
        see: impl FnMut(&Stored) -> ControlFlow<()>,
    ) -> Result<bool, CliError> {
        match self {
            Apps::Core(apps) => apps.follow(namespace, name, limit, see).await,
            Apps::Server(apps) => apps.follow(namespace, name, limit, see).await,
        }
    }

    /// Waits until an Application is gone.
    pub async fn until_gone(&self, namespace: &str, name: &str, limit: Option<Duration>) -> Result<(), CliError> {
        let gone = async {
            match self {
                Apps::Core(apps) => apps.until_gone(namespace, name).await,
                Apps::Server(apps) => apps.until_gone(namespace, name).await,
            }
        };
        let Some(limit) = limit else { return gone.await };
        tokio::time::timeout(limit, gone).await.unwrap_or_else(|_| {
            let seconds = limit.as_secs();
            let text = format!("timed out ({seconds}s): application '{namespace}/{name}' is still there");
            Err(CliError::failed(text).hint(format!("bowline app get {name} says what holds it")))
        })
    }
}
