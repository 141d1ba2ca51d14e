//! [`Progress`]: what an operation has done so far, in the form that its state keeps.

use bowline_core_types::{HookType, Object, ResourceKey};
use jiff::Timestamp;

use crate::{Action, ActionKind, OperationPhase, ResultCode, SyncPhase};

/// What became of one task: a `ResourceResult` of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskResult {
    /// What names the object.
    pub key: ResourceKey,
    /// Its API version, without the group.
    pub version: String,
    /// The phase it was done in.
    pub sync_phase: SyncPhase,
    /// What became of it; `None` where only its phase is known.
    pub status: Option<ResultCode>,
    /// The hook type, for hooks.
    pub hook_type: Option<HookType>,
    /// How it stands; also of objects that are no hooks.
    pub hook_phase: Option<OperationPhase>,
    /// For people.
    pub message: String,
    /// Container images of the object.
    pub images: Vec<String>,
}

/// What an operation has done so far. The results stand in the operation's state and outlive the process; the rest is
/// rebuilt when it is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// In the order in which they were first recorded.
    pub results: Vec<TaskResult>,
    /// Whether all objects were checked in a dry run.
    pub checked: bool,
    /// What is waited for, and since when.
    pub waiting: Option<(String, Timestamp)>,
    /// When something was last written.
    pub last_write: Option<Timestamp>,
}

/// What came of an action.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was done; the message for people, and the object where one came of it.
    Done {
        /// For people, such as `configmap/a created`.
        message: String,
        /// What the cluster now holds.
        object: Option<Object>,
    },
    /// It was refused, or failed: the server's words.
    Failed(String),
}

// === impl Progress ===

impl Progress {
    /// The result of a task.
    pub fn find(&self, key: &ResourceKey, phase: SyncPhase) -> Option<&TaskResult> {
        self.results.iter().find(|r| r.sync_phase == phase && r.key == *key)
    }

    /// Sets the result of a task, in its place or at the end. An empty message keeps the one before.
    pub fn put(&mut self, mut result: TaskResult) {
        match self.results.iter_mut().find(|r| r.sync_phase == result.sync_phase && r.key == result.key) {
            Some(old) => {
                if result.message.is_empty() {
                    result.message = std::mem::take(&mut old.message);
                }
                *old = result;
            }
            None => self.results.push(result),
        }
    }

    /// Takes in what came of an action.
    pub fn record(&mut self, action: &Action, outcome: &Outcome, now: Timestamp) {
        let mut result = TaskResult {
            key: action.key.clone(),
            version: action.gvk.version.to_string(),
            sync_phase: action.phase,
            status: None,
            hook_type: action.is_hook.then(|| action.phase.hook_type()),
            hook_phase: None,
            message: String::new(),
            images: action.images.clone(),
        };
        match outcome {
            Outcome::Failed(error) => {
                result.message.clone_from(error);
                (result.status, result.hook_phase) = match action.kind {
                    ActionKind::ReleaseHook | ActionKind::DeleteHook => {
                        result.message = format!("failed to delete hook: {error}");
                        let before = self.find(&action.key, action.phase).and_then(|r| r.status);
                        (before, Some(OperationPhase::Error))
                    }
                    _ => (Some(ResultCode::SyncFailed), Some(OperationPhase::Failed)),
                };
            }
            Outcome::Done { message, .. } => {
                result.message.clone_from(message);
                (result.status, result.hook_phase) = match &action.kind {
                    // Checks leave a trace only where they fail; releasing and deleting hooks changes no result.
                    ActionKind::Check { .. } | ActionKind::ReleaseHook | ActionKind::DeleteHook => return,
                    ActionKind::Apply { dry_run: true, .. } => {
                        (Some(ResultCode::Synced), Some(OperationPhase::Succeeded))
                    }
                    ActionKind::Apply { .. } => (Some(ResultCode::Synced), Some(OperationPhase::Running)),
                    ActionKind::Prune { .. } => (Some(ResultCode::Pruned), Some(OperationPhase::Succeeded)),
                };
                self.last_write = Some(now);
            }
        }
        self.put(result);
    }
}
