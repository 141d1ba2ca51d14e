//! [`Engine`]: what the controller and the renderers know of an application, for those who show it.

use std::pin::Pin;
use std::sync::Arc;

use bowline_base_tree::Tree;
use bowline_base_value::Value;
use bowline_core_crd::{Application, ApplicationTree, ResourceDiff};
use bowline_core_types::{AppName, Object};
use futures::Stream;

use crate::{BoxFuture, Cluster, Pods};

/// What is known of applications and their clusters. Who may see it is decided before.
pub trait Engine: Send + Sync {
    /// The application's objects and all that they own, as the cluster told last.
    fn tree<'a>(&'a self, app: &'a AppName) -> BoxFuture<'a, Result<ApplicationTree, EngineError>>;

    /// Every object of the application, desired beside live, as they were compared last. What Secrets hold is hidden.
    fn managed<'a>(&'a self, app: &'a AppName) -> BoxFuture<'a, Result<Vec<ResourceDiff>, EngineError>>;

    /// Gives an item at once, and then whenever the tree or the managed objects may have changed (changes that meet are one).
    fn changes(&self, app: &AppName) -> Pin<Box<dyn Stream<Item = ()> + Send>>;

    /// What the application's sources, or those of `origin`, render to for its destination. What Secrets hold is hidden.
    fn manifests<'a>(&'a self, app: &'a Application, origin: Origin) -> BoxFuture<'a, Result<Manifests, EngineError>>;

    /// What a sync of the application as it is given would do, at this moment and with nothing written, as JSON that `docs/plan.md`
    /// describes. What Secrets hold is digests.
    fn plan<'a>(&'a self, app: &'a Application, asked: PlanAsked) -> BoxFuture<'a, Result<Value, EngineError>>;

    /// The way to the application's cluster.
    fn reach<'a>(&'a self, app: &'a Application) -> BoxFuture<'a, Result<Reached, EngineError>>;

    /// What is known of a cluster, by its URL; `None` where nobody deploys to it.
    fn cluster<'a>(&'a self, server: &'a str) -> BoxFuture<'a, Option<ClusterFacts>>;

    /// Forgets what is known of a cluster: all of it is listed anew.
    fn invalidate<'a>(&'a self, server: &'a str) -> BoxFuture<'a, ()>;
}

/// Where manifests come from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The application's own sources, with a revision for each in place of their own (empty: their own).
    Sources {
        /// The revisions, by the place of the source; may be shorter.
        revisions: Vec<String>,
        /// Render anew, whatever is remembered.
        anew: bool,
    },
    /// The application's source, with these files in place of the repository.
    Files(Tree),
}

/// Which sync a plan is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanAsked {
    /// A revision for each source in place of its own (empty: its own); may be shorter.
    pub revisions: Vec<String>,
    /// Whether it deletes what is no longer declared; nothing for what automated syncs of the application do.
    pub prune: Option<bool>,
    /// Whether the deletions that wait for a person are confirmed.
    pub confirmed: bool,
    /// Only these objects: `GROUP:KIND:NAME` or `GROUP:KIND:NAMESPACE/NAME`, `!` in front leaves out; all where there are none.
    pub resources: Vec<String>,
}

/// What sources render to.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// The objects, hooks too.
    pub objects: Vec<Object>,
    /// The commit or version of each source.
    pub revisions: Vec<String>,
    /// The renderer of each source: `Directory`, `Helm`, `Kustomize`, `Plugin`.
    pub source_types: Vec<String>,
}

/// The way to a cluster.
#[derive(Clone)]
pub struct Reached {
    /// Reads and writes of objects.
    pub cluster: Arc<dyn Cluster>,
    /// What only a cluster's pods and events have.
    pub pods: Arc<dyn Pods>,
    /// Its URL.
    pub server: String,
    /// Its name.
    pub name: String,
}

/// What is known of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterFacts {
    /// `Successful`, `Failed` or `Unknown`.
    pub status: &'static str,
    /// Why it failed.
    pub message: String,
    /// The version of the API server, such as `1.36`.
    pub version: String,
    /// Objects that are known.
    pub objects: usize,
    /// Kinds that are watched.
    pub kinds: usize,
    /// `group/version` and `group/version/Kind` of all that it serves.
    pub api_versions: Vec<String>,
}

/// Why the engine cannot tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    /// The class, which decides what is told.
    pub kind: EngineErrorKind,
    /// What happened.
    pub message: String,
}

/// Classes of [`EngineError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineErrorKind {
    /// There is no such application, or no such cluster.
    NotFound,
    /// It is not known yet: it will be in a moment.
    NotYet,
    /// What was asked for cannot be.
    Invalid,
    /// Something else failed, such as a source or a cluster.
    Failed,
}

// === impl EngineError ===

impl EngineError {
    /// An error of class `kind`.
    pub fn new(kind: EngineErrorKind, message: impl Into<String>) -> EngineError {
        EngineError { kind, message: message.into() }
    }
}
