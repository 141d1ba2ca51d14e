//! [`Sources`]: where desired state comes from.

use bowline_base_tree::{ObjectId, Tree};

use crate::BoxFuture;

/// Repositories, by URL. Who may read which is decided before.
pub trait Sources: Send + Sync {
    /// The commit that `revision` names (empty means `HEAD`; a branch, tag, SHA, full ref or semver range).
    /// `project` chooses among project-scoped credentials.
    fn resolve<'a>(
        &'a self,
        url: &'a str,
        project: &'a str,
        revision: &'a str,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Resolved, SourceError>>;

    /// The tree of a commit that [`Sources::resolve`] gave.
    fn tree<'a>(&'a self, url: &'a str, project: &'a str, commit: ObjectId)
    -> BoxFuture<'a, Result<Tree, SourceError>>;

    /// Author, date and message of a commit.
    fn metadata<'a>(
        &'a self,
        url: &'a str,
        project: &'a str,
        commit: ObjectId,
    ) -> BoxFuture<'a, Result<RevisionMetadata, SourceError>>;
}

/// How old an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// From what is in memory, however old; ask the remote only where nothing is known.
    Known,
    /// Not older than this many milliseconds.
    Within(u64),
    /// Ask the remote now (requests that meet are answered together).
    Now,
}

/// What a revision resolved to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The commit.
    pub commit: ObjectId,
    /// The full ref or tag it was found under, where it was no SHA.
    pub reference: Option<String>,
}

/// A commit for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionMetadata {
    /// `Name <mail>`.
    pub author: String,
    /// Seconds since the epoch.
    pub date: i64,
    /// The whole message.
    pub message: String,
    /// Tags on the commit.
    pub tags: Vec<String>,
}

/// Why a source could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SourceError {
    /// The class, which decides what is done about it.
    pub kind: SourceErrorKind,
    /// What happened, without secrets.
    pub message: String,
}

/// Classes of [`SourceError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceErrorKind {
    /// The URL is of a form or protocol that is not allowed.
    Refused,
    /// The remote could not be reached, or broke off.
    Unreachable,
    /// The remote did not accept who we are, or shows no such repository.
    Authentication,
    /// The repository has no such revision.
    NoSuchRevision,
    /// The local copy is damaged.
    Damaged,
}

// === impl SourceError ===

impl SourceError {
    /// An error of class `kind`.
    pub fn new(kind: SourceErrorKind, message: impl Into<String>) -> SourceError {
        SourceError { kind, message: message.into() }
    }
}
