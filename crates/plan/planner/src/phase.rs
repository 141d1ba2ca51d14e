//! The phases and result codes of the contract.

use std::fmt;

use bowline_core_types::HookType;

/// A part of a sync; the order is that in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyncPhase {
    /// Hooks that come first, and the creation of the namespace.
    PreSync,
    /// The objects, and hooks among them.
    Sync,
    /// Hooks that come after everything is healthy.
    PostSync,
    /// Hooks that come after a failure.
    SyncFail,
}

/// How an operation, or one task of it, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationPhase {
    /// Not yet ended.
    Running,
    /// Asked to end.
    Terminating,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed,
    /// Ended by something that has nothing to do with what was applied.
    Error,
}

/// What became of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResultCode {
    /// Applied.
    Synced,
    /// Not applied, or not deleted.
    SyncFailed,
    /// Deleted.
    Pruned,
    /// Should have been deleted, and was not.
    PruneSkipped,
}

// === impl SyncPhase ===

impl SyncPhase {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            SyncPhase::PreSync => "PreSync",
            SyncPhase::Sync => "Sync",
            SyncPhase::PostSync => "PostSync",
            SyncPhase::SyncFail => "SyncFail",
        }
    }

    /// The phase that a word names.
    pub fn from_word(word: &str) -> Option<SyncPhase> {
        use SyncPhase::*;
        [PreSync, Sync, PostSync, SyncFail].into_iter().find(|p| p.as_str() == word)
    }

    /// The phase in which a hook of this type runs; none for types that do not run in a sync.
    pub fn of_hook(hook: HookType) -> Option<SyncPhase> {
        match hook {
            HookType::PreSync => Some(SyncPhase::PreSync),
            HookType::Sync => Some(SyncPhase::Sync),
            HookType::PostSync => Some(SyncPhase::PostSync),
            HookType::SyncFail => Some(SyncPhase::SyncFail),
            HookType::Skip | HookType::PreDelete | HookType::PostDelete => None,
        }
    }

    /// The hook type that runs in it.
    pub fn hook_type(self) -> HookType {
        match self {
            SyncPhase::PreSync => HookType::PreSync,
            SyncPhase::Sync => HookType::Sync,
            SyncPhase::PostSync => HookType::PostSync,
            SyncPhase::SyncFail => HookType::SyncFail,
        }
    }
}

impl fmt::Display for SyncPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl OperationPhase ===

impl OperationPhase {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            OperationPhase::Running => "Running",
            OperationPhase::Terminating => "Terminating",
            OperationPhase::Succeeded => "Succeeded",
            OperationPhase::Failed => "Failed",
            OperationPhase::Error => "Error",
        }
    }

    /// The phase that a word names.
    pub fn from_word(word: &str) -> Option<OperationPhase> {
        use OperationPhase::*;
        [Running, Terminating, Succeeded, Failed, Error].into_iter().find(|p| p.as_str() == word)
    }

    /// Whether it has ended.
    pub fn is_completed(self) -> bool {
        matches!(self, OperationPhase::Succeeded | OperationPhase::Failed | OperationPhase::Error)
    }
}

impl fmt::Display for OperationPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl ResultCode ===

impl ResultCode {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            ResultCode::Synced => "Synced",
            ResultCode::SyncFailed => "SyncFailed",
            ResultCode::Pruned => "Pruned",
            ResultCode::PruneSkipped => "PruneSkipped",
        }
    }

    /// The code that a word names.
    pub fn from_word(word: &str) -> Option<ResultCode> {
        use ResultCode::*;
        [Synced, SyncFailed, Pruned, PruneSkipped].into_iter().find(|c| c.as_str() == word)
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
