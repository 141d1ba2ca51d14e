//! [`Operation`]: what a sync was asked to do.

use bowline_core_types::{Object, ResourceKey};
use jiff::Timestamp;

/// How a sync works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Objects and hooks (the default).
    #[default]
    Hook,
    /// Objects only.
    Apply,
}

/// One entry of the list of a selective sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// API group, empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Namespace; empty means any.
    pub namespace: String,
}

/// What a sync was asked to do, and when it began.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The commit (or chart version) that is synced, resolved; for several sources the first.
    pub revision: String,
    /// Whether objects that Git no longer has are deleted.
    pub prune: bool,
    /// Only say what would come of it.
    pub dry_run: bool,
    /// Delete and make anew what cannot be changed in place.
    pub force: bool,
    /// How it works.
    pub strategy: Strategy,
    /// Only these objects, where it is not empty.
    pub selectors: Vec<Selector>,
    /// When it began.
    pub started_at: Timestamp,
    /// How often it was tried again.
    pub retries: u64,
}

// === impl Selector ===

impl Selector {
    /// Whether it names this object.
    pub fn matches(&self, key: &ResourceKey) -> bool {
        *self.group == *key.group
            && *self.kind == *key.kind
            && *self.name == *key.name
            && (self.namespace.is_empty() || *self.namespace == *key.namespace)
    }
}

// === impl Operation ===

impl Operation {
    /// Whether it is for some of the objects only. Such a sync runs no hooks and leaves no history.
    pub fn is_selective(&self) -> bool {
        !self.selectors.is_empty()
    }

    /// Whether hooks run.
    pub fn runs_hooks(&self) -> bool {
        self.strategy == Strategy::Hook && !self.is_selective()
    }

    /// Whether it is for this object. A live object that was moved between groups is meant by either name.
    pub(crate) fn selects(&self, key: &ResourceKey, desired: Option<&Object>) -> bool {
        self.selectors.is_empty()
            || self.selectors.iter().any(|s| s.matches(key) || desired.is_some_and(|d| s.matches(&d.key())))
    }
}
