//! What happens after something failed.

use bowline_core_types::HookDeletePolicy;

use crate::planner::board::Board;
use crate::planner::settle;
use crate::{Input, Next, OperationPhase, Purpose, ResultCode, Step, SyncPhase, Task};

/// Hooks for the failure run, hooks that go after a failure go, and then the operation has failed.
pub(crate) fn failed(input: &Input<'_>, board: &mut Board) -> Next {
    let own = |t: &&Task| t.phase != SyncPhase::SyncFail;
    let not_applied: Vec<&Task> =
        board.tasks.iter().filter(own).filter(|t| t.status == Some(ResultCode::SyncFailed)).collect();
    let ended_badly: Vec<&Task> = board.tasks.iter().filter(own).filter(|t| t.has_failed()).collect();
    let mut message = match not_applied.is_empty() {
        false => with_reasons("one or more objects failed to apply", &not_applied),
        true => with_reasons("one or more synchronization tasks completed unsuccessfully", &ended_badly),
    };

    let pending: Vec<&Task> = board.tasks.iter().filter(|t| t.phase == SyncPhase::SyncFail && t.is_pending()).collect();
    if let Some(wave) = pending.iter().map(|t| t.wave).min() {
        let due = pending.into_iter().filter(|t| t.wave == wave);
        let reason = "the sync failed";
        let actions = due.map(|t| t.apply_action(input.operation.force, false, reason)).collect();
        return Next::Run(Step { purpose: Purpose::Wave(SyncPhase::SyncFail, wave), groups: vec![actions], message });
    }
    let failed_hooks: Vec<&Task> =
        board.tasks.iter().filter(|t| t.phase == SyncPhase::SyncFail && t.has_failed()).collect();
    if !failed_hooks.is_empty() {
        message = format!("{message}\n{}", with_reasons("one or more SyncFail hooks failed", &failed_hooks));
    }
    let gone = |t: &Task| t.live.is_some() && t.has_policy(HookDeletePolicy::HookFailed);
    if let Some(step) = settle(board, "hooks are deleted, because the sync failed", gone, true) {
        return Next::Run(step);
    }
    Next::Done { phase: OperationPhase::Failed, message }
}

/// `what`, and the messages of the tasks, each once.
pub(crate) fn with_reasons(what: &str, tasks: &[&Task]) -> String {
    let mut reasons: Vec<&str> = tasks.iter().map(|t| t.message.as_str()).filter(|m| !m.is_empty()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    if reasons.is_empty() { what.to_string() } else { format!("{what}, reason: {}", reasons.join(",")) }
}
