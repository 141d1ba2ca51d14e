//! The ports: every way in which a stage touches the world, as a trait. Adapters implement them (`desired/git`,
//! `sync/apply`), tests fake them, and only roles wire one to the other.

mod charts;
mod cluster;
mod engine;
mod hint;
mod pods;
mod remotes;
mod source;

use std::pin::Pin;

pub use charts::{ChartVersions, Charts, Place, ResolvedChart};
pub use cluster::{
    Applied, ApplyOptions, Cluster, ClusterError, ClusterErrorKind, DeleteOptions, FieldValidation, KindInfo,
    Propagation, Write,
};
pub use engine::{ClusterFacts, Engine, EngineError, EngineErrorKind, Manifests, Origin, PlanAsked, Reached};
pub use hint::{Hints, HintsFull, Pushed};
pub use pods::{LogLines, LogQuery, Pods, Program, Screen, Shown, Typed, Typing};
pub use remotes::{Fields, Refs, Remotes, Rotated};
pub use source::{Freshness, Resolved, RevisionMetadata, SourceError, SourceErrorKind, Sources};

/// A future that a port gives: boxed, so that ports can be `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
