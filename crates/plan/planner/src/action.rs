//! [`Plan`]: what is done next.

use bowline_core_types::{Gvk, Object, ResourceKey};
use jiff::Timestamp;

use crate::{OperationPhase, Progress, Propagation, SyncPhase, Task, Withheld};

/// What an operation does next.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Every task of the operation in its order, for people and for `what would this do`.
    pub tasks: Vec<Task>,
    /// What is known now of what has been done. Where it differs from before it must be written to the operation's state
    /// before `next` is carried out: a hook must not go before its result is on record.
    pub progress: Progress,
    /// Deletions that are held back, with the way to have them done.
    pub withheld: Vec<Withheld>,
    /// What to do.
    pub next: Next,
}

/// What to do.
#[derive(Clone, Debug)]
pub enum Next {
    /// Carry this out, then plan again.
    Run(Step),
    /// Do nothing until something changes or the time has come, then plan again.
    Wait(Wait),
    /// The operation has ended.
    Done {
        /// How: succeeded, failed or error.
        phase: OperationPhase,
        /// Why, for people.
        message: String,
    },
}

/// Why something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The destination namespace is made, so that the rest can be checked.
    Namespace,
    /// Everything is checked before the first write.
    Check,
    /// The operation only asks what it would do.
    DryRun,
    /// Hooks that have ended are let go, or deleted as their policy says.
    SettleHooks,
    /// Hooks of earlier runs make room.
    ClearHooks,
    /// A wave is carried out.
    Wave(SyncPhase, i64),
    /// The operation was terminated: running hooks are stopped.
    Terminate,
}

/// What is done before planning again.
#[derive(Clone, Debug)]
pub struct Step {
    /// Why.
    pub purpose: Purpose,
    /// One after the other; what is in one group may be done at the same time. After a group in which something failed the
    /// rest is left undone.
    pub groups: Vec<Vec<Action>>,
    /// For people.
    pub message: String,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// In the words of the contract: `waiting for healthy state of apps/Deployment/web`.
    pub message: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when at most; then what is waited for counts as failed.
    pub until: Timestamp,
    /// The objects.
    pub keys: Vec<ResourceKey>,
    /// Whether a kind is waited for: what the cluster serves must be looked at anew meanwhile.
    pub for_kinds: bool,
}

/// One call to the cluster.
#[derive(Clone, Debug)]
pub struct Action {
    /// What names the object.
    pub key: ResourceKey,
    /// Its kind, with the version to write.
    pub gvk: Gvk,
    /// The phase it belongs to.
    pub phase: SyncPhase,
    /// Whether it is a hook.
    pub is_hook: bool,
    /// Container images of the object, for the record.
    pub images: Vec<String>,
    /// What is done.
    pub kind: ActionKind,
    /// Why, for people.
    pub reason: String,
}

/// What an [`Action`] does.
#[derive(Clone, Debug)]
pub enum ActionKind {
    /// Asks whether the object would be accepted.
    Check {
        /// The object.
        object: Object,
        /// How it would be written.
        mode: WriteMode,
        /// Whether unknown fields are refused.
        validate: bool,
        /// Whether the live object will have gone before it is written: that it cannot be changed in place does not matter.
        anew: bool,
        /// Whether it is made anew where it cannot be changed in place.
        force: bool,
    },
    /// Writes the object.
    Apply {
        /// The object.
        object: Object,
        /// How.
        mode: WriteMode,
        /// Whether unknown fields are refused.
        validate: bool,
        /// Delete and make anew what cannot be changed in place.
        force: bool,
        /// Managers of client-side applies whose fields are taken over first.
        migrate: Vec<String>,
        /// Only ask.
        dry_run: bool,
        /// The resource version of the live object, empty where there is none: what a write leaves there changed nothing.
        version_before: String,
    },
    /// Deletes an object that Git no longer has.
    Prune {
        /// What becomes of its dependents.
        propagation: Propagation,
        /// The object that is meant, and no other of its name.
        uid: String,
        /// Only ask.
        dry_run: bool,
    },
    /// Takes our finalizer from a hook.
    ReleaseHook,
    /// Deletes a hook.
    DeleteHook,
}

/// How an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteMode {
    /// Server-side apply.
    Apply,
    /// Replace the whole of the live object.
    Replace,
    /// Create: there is no live object, and replacing was asked for.
    Create,
}

/// How kubectl names an object: `deployment.apps/web`.
pub fn kubectl_name(key: &ResourceKey) -> String {
    let kind = key.kind.to_lowercase();
    if key.group.is_empty() { format!("{kind}/{}", key.name) } else { format!("{kind}.{}/{}", key.group, key.name) }
}

// === impl ActionKind ===

impl ActionKind {
    /// One word for people and tests.
    pub fn verb(&self) -> &'static str {
        match self {
            ActionKind::Check { .. } => "check",
            ActionKind::Apply { mode: WriteMode::Apply, .. } => "apply",
            ActionKind::Apply { mode: WriteMode::Replace, .. } => "replace",
            ActionKind::Apply { mode: WriteMode::Create, .. } => "create",
            ActionKind::Prune { .. } => "prune",
            ActionKind::ReleaseHook => "release",
            ActionKind::DeleteHook => "delete",
        }
    }
}
