//! [`plan`]: one tick of an operation.

pub(crate) mod board;
pub(crate) mod check;
mod fail;
pub(crate) mod observe;
mod terminate;
pub(crate) mod wave;

use bowline_core_types::HookDeletePolicy;

use crate::planner::board::Board;
use crate::{Input, Next, OperationPhase, Plan, Purpose, Step};

pub use terminate::plan_termination;

/// What the operation does next. Read from top to bottom, each line is a reason to stop here: something is wrong with the
/// request, not everything is checked, something is waited for, something failed, a wave is due, all is done.
pub fn plan(input: &Input<'_>) -> Plan {
    let mut board = Board::new(input);
    let next = next(input, &mut board);
    if !matches!(next, Next::Wait(_)) {
        board.progress.waiting = None;
    }
    Plan { tasks: board.tasks, progress: board.progress, withheld: board.withheld, next }
}

fn next(input: &Input<'_>, board: &mut Board) -> Next {
    if let Some(refusal) = check::refusal(input, board) {
        return refusal;
    }
    if let Some(next) = check::namespace(input, board) {
        return next;
    }
    if input.operation.dry_run {
        return check::dry_run(input, board);
    }
    if let Some(next) = check::all(input, board) {
        return next;
    }
    observe::running(board);
    if let Some(wait) = observe::waits(input, board) {
        return Next::Wait(wait);
    }
    if let Some(step) = settle(board, "hooks that have ended are let go", |t| t.holds_finalizer(), false) {
        return Next::Run(step);
    }
    if board.has_failed() {
        return fail::failed(input, board);
    }
    if let Some(next) = wave::due(input, board) {
        return next;
    }
    let succeeded = |t: &crate::Task| t.live.is_some() && t.has_policy(HookDeletePolicy::HookSucceeded);
    if let Some(step) = settle(board, "hooks are deleted, because the sync succeeded", succeeded, true) {
        return Next::Run(step);
    }
    let nothing = board.tasks.is_empty() && board.progress.results.is_empty();
    let message = match board.last_wave_has_hooks() || nothing {
        true => "successfully synced (no more tasks)",
        false => "successfully synced (all tasks run)",
    };
    Next::Done { phase: OperationPhase::Succeeded, message: message.to_string() }
}

/// A step that lets go of, or deletes, the hooks that `which` chooses and that have ended.
fn settle(board: &Board, why: &str, which: impl Fn(&crate::Task) -> bool, delete: bool) -> Option<Step> {
    let chosen = board.tasks.iter().filter(|t| t.is_hook() && t.is_completed() && which(t));
    let actions: Vec<_> = chosen.filter_map(|t| t.hook_action(delete, why)).collect();
    (!actions.is_empty()).then(|| Step {
        purpose: Purpose::SettleHooks,
        groups: vec![actions],
        message: why.to_string(),
    })
}
