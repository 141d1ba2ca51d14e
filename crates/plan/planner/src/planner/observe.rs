//! What is seen of what was begun, and what is waited for.

use bowline_live_health::HealthStatus;

use crate::planner::board::Board;
use crate::{Input, OperationPhase, ResultCode, Task, TaskKind, Wait};

/// Brings running tasks up to date by the health of their live objects.
pub(crate) fn running(board: &mut Board) {
    for i in 0..board.tasks.len() {
        let task = &board.tasks[i];
        if !task.is_running() {
            continue;
        }
        let Some(live) = &task.live else { continue };
        let status = task.status;
        let (state, message) = match (&live.health, task.is_hook()) {
            (None, true) => (OperationPhase::Succeeded, format!("{} created", task.key.name)),
            (None, false) => (OperationPhase::Succeeded, String::new()),
            (Some(health), hook) => {
                let state = match health.status {
                    HealthStatus::Healthy => OperationPhase::Succeeded,
                    HealthStatus::Degraded => OperationPhase::Failed,
                    // Nobody can tell how the hook went; an object may still become something that can be told.
                    HealthStatus::Unknown if hook => OperationPhase::Failed,
                    _ => OperationPhase::Running,
                };
                (state, health.message.clone())
            }
        };
        if state != OperationPhase::Running || task.is_hook() && !message.is_empty() && message != task.message {
            board.set(i, status, state, &message);
        }
    }
}

/// Whether the end or the health of a task is waited for before the sync goes on. Nothing comes after the last wave: its objects are
/// applied and that is that, unless hooks run beside them.
pub(crate) fn gates(board: &Board, task: &Task) -> bool {
    let applied = matches!(task.kind, TaskKind::Apply | TaskKind::Namespace);
    let comes_before = || board.is_multi_step() && (!board.is_in_last_wave(task) || board.last_wave_has_hooks());
    task.is_hook() || applied && comes_before()
}

/// What is waited for before anything else may happen: hooks, objects of waves that came before, deletions. What has gone, or
/// has taken too long, counts as failed and is not waited for.
pub(crate) fn waits(input: &Input<'_>, board: &mut Board) -> Option<Wait> {
    let waited: Vec<usize> =
        (0..board.tasks.len()).filter(|i| board.tasks[*i].is_running() && gates(board, &board.tasks[*i])).collect();
    for i in &waited {
        let task = &board.tasks[*i];
        if task.live.is_none() {
            let message = format!("Resource {} is missing, it might have been deleted", task.named());
            board.set(*i, Some(ResultCode::SyncFailed), OperationPhase::Error, &message);
        }
    }
    let waited: Vec<usize> = waited.into_iter().filter(|i| board.tasks[*i].is_running()).collect();
    if !waited.is_empty() {
        let hooks = waited.iter().any(|i| board.tasks[*i].is_hook());
        let (what, limit) = match hooks {
            true => ("completion of hook", input.limits.hook),
            false => ("healthy state of", input.limits.health),
        };
        let message = board.waiting_for(what, &waited);
        let keys = waited.iter().map(|i| board.tasks[*i].key.clone()).collect();
        let wait = board.wait(input, message, keys, limit);
        if input.now < wait.until {
            return Some(wait);
        }
        for i in waited {
            let task = &board.tasks[i];
            let what = if task.is_hook() { "did not end" } else { "did not become healthy" };
            let message = format!("{} {what} by {}: {}", task.named(), wait.until, task.message);
            let message = message.trim_end_matches([':', ' ']).to_string();
            board.set(i, board.tasks[i].status, OperationPhase::Failed, &message);
        }
        return None;
    }
    deletions(input, board)
}

/// Pruned objects that are still there, held by their finalizers.
fn deletions(input: &Input<'_>, board: &mut Board) -> Option<Wait> {
    let pending: Vec<usize> = (0..board.tasks.len())
        .filter(|i| {
            let task = &board.tasks[*i];
            let deleted = task.live.as_ref().is_some_and(|l| l.object.deletion_timestamp().is_some());
            task.status == Some(ResultCode::Pruned) && !task.has_failed() && deleted
        })
        .collect();
    if pending.is_empty() {
        return None;
    }
    let message = board.waiting_for("deletion of", &pending);
    let keys = pending.iter().map(|i| board.tasks[*i].key.clone()).collect();
    let wait = board.wait(input, message, keys, input.limits.deletion);
    if input.now < wait.until {
        return Some(wait);
    }
    for i in pending {
        let message = format!("{} is not gone by {}: its finalizers hold it", board.tasks[i].named(), wait.until);
        board.set(i, Some(ResultCode::SyncFailed), OperationPhase::Failed, &message);
    }
    None
}
