//! [`Hints`]: news from outside that something may have changed.

/// A push to a repository, or of an artifact to a registry, as its sender told it. It is a hint: who gets it looks for himself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// URLs under which the sender knows the repository; for artifacts one `oci://host/path`.
    pub urls: Vec<String>,
    /// The branch or tag that moved, without `refs/…/`; `None` where it may be any.
    pub revision: Option<String>,
    /// Whether the default branch moved, or may have.
    pub head: bool,
    /// Whether an artifact of a registry was pushed.
    pub artifact: bool,
    /// Files that the commits touched, as far as the sender told and they are few; empty where that is not known.
    pub files: Vec<String>,
    /// Whether the sender proved that it knows the secret. Who does not may only ask now and then.
    pub verified: bool,
}

/// Takes hints.
pub trait Hints: Send + Sync {
    /// Takes a hint in and returns at once.
    fn pushed(&self, pushed: Pushed) -> Result<(), HintsFull>;
}

/// More hints wait than are kept; the senders may try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more hints wait than are kept")]
pub struct HintsFull;
