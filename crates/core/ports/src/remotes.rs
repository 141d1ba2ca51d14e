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

    /// Whether a repository answers that is reached as `repository` says, whatever is stored.
    fn check<'a>(&'a self, repository: &'a Fields) -> BoxFuture<'a, Result<(), SourceError>>;

    /// The branches and tags of a Git repository, asked for now, with what is stored for it.
    fn refs<'a>(&'a self, url: &'a str, project: &'a str) -> BoxFuture<'a, Result<Refs, SourceError>>;
}

/// Branches and tags, by their short names, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    /// Branches.
    pub branches: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
}
