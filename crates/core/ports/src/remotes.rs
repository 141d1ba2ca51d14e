//! [`Remotes`]: clusters and repositories that somebody asks about, apart from any application.

use std::collections::BTreeMap;

use bowline_core_types::Sensitive;

use crate::{BoxFuture, SourceError};

/// What a Secret of a cluster or repository holds, by key.
pub type Fields = BTreeMap<String, Sensitive<String>>;

/// Looks at remotes. Who may is decided before.
pub trait Remotes: Send + Sync {
    /// The version of the API server that is reached as `cluster` says, such as `1.36`; a sentence where it does not answer.
    fn cluster_version<'a>(&'a self, cluster: &'a Fields) -> BoxFuture<'a, Result<String, String>>;

    /// Makes a new token for the service account whose token `cluster` logs in with. The old one is good until [`Remotes::retire`];
    /// a sentence where it has no such token, or the cluster gives none.
    fn rotate<'a>(&'a self, cluster: &'a Fields) -> BoxFuture<'a, Result<Rotated, String>>;

    /// Takes back the token that was there before, reaching the cluster as `cluster` says now.
    fn retire<'a>(&'a self, cluster: &'a Fields, rotated: &'a Rotated) -> BoxFuture<'a, Result<(), String>>;

    /// Whether a repository answers that is reached as `repository` says, whatever is stored.
    fn check<'a>(&'a self, repository: &'a Fields) -> BoxFuture<'a, Result<(), SourceError>>;

    /// The branches and tags of a Git repository, asked for now, with what is stored for it.
    fn refs<'a>(&'a self, url: &'a str, project: &'a str) -> BoxFuture<'a, Result<Refs, SourceError>>;
}

/// A token that was made in another's place.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// The new token.
    pub token: Sensitive<String>,
    /// Namespace of the service account and of the Secrets.
    pub namespace: String,
    /// The Secret of the old token; `None` where it has none.
    pub old: Option<String>,
}

/// Branches and tags, by their short names, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    /// Branches.
    pub branches: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
}
