//! What comes before the first write.

use crate::planner::board::Board;
use crate::planner::fail::with_reasons;
use crate::planner::wave;
use crate::{
    Input, Next, OperationPhase, Purpose, ResultCode, Step, TaskKind,
    namespace::makes_destination,
    prune::{self, Verdict},
};

/// Why the operation is impossible as it was asked: it ends with nothing written.
pub(crate) fn refusal(input: &Input<'_>, board: &mut Board) -> Option<Next> {
    if input.options.fail_on_shared
        && let Some(shared) = shared(input)
    {
        return Some(Next::Done { phase: OperationPhase::Failed, message: format!("Shared resource found: {shared}") });
    }
    let refused = std::mem::take(&mut board.refused);
    if refused.is_empty() {
        return None;
    }
    let mut reasons: Vec<String> = refused.iter().map(|(_, why)| why.clone()).collect();
    for (i, why) in refused {
        let task = &mut board.tasks[i];
        (task.status, task.message) = (Some(ResultCode::SyncFailed), why);
        let result = task.result();
        board.progress.put(result);
    }
    reasons.sort();
    reasons.dedup();
    let message = format!("one or more synchronization tasks are not valid: {}", reasons.join("; "));
    Some(Next::Done { phase: OperationPhase::Failed, message })
}

fn shared(input: &Input<'_>) -> Option<String> {
    let named: Vec<String> =
        input.shared.iter().map(|(key, owner)| format!("{key} is part of applications {owner} and this one")).collect();
    (!named.is_empty()).then(|| named.join(", "))
}

/// The destination namespace comes before the check: nothing in it could be checked without it.
pub(crate) fn namespace(input: &Input<'_>, board: &mut Board) -> Option<Next> {
    if is_checked(board) || input.operation.dry_run {
        return None;
    }
    let task = board.tasks.iter().find(|t| makes_destination(t, input.namespace))?;
    if task.has_failed() {
        let message = format!("the namespace failed to apply, reason: {}", task.message);
        return Some(Next::Done { phase: OperationPhase::Failed, message });
    }
    if !task.is_pending() || task.live.is_some() {
        return None;
    }
    let reason = match task.kind {
        TaskKind::Namespace => "the application asks for its destination namespace (CreateNamespace)",
        _ => "the destination namespace must be there before anything in it can be checked",
    };
    let action = task.apply_action(false, false, reason);
    Some(Next::Run(Step {
        purpose: Purpose::Namespace,
        groups: vec![vec![action]],
        message: format!("creating namespace {}", input.namespace),
    }))
}

/// Whether the check is done: it is remembered, or something beyond the namespace was done.
fn is_checked(board: &Board) -> bool {
    let done = |r: &crate::TaskResult| &*r.key.kind != "Namespace" && r.status != Some(ResultCode::SyncFailed);
    board.progress.checked || board.progress.results.iter().any(done)
}

/// The check of everything that is to be written, or `None` where it is done. A refusal there ends the operation, and no
/// hooks run for it.
pub(crate) fn all(input: &Input<'_>, board: &mut Board) -> Option<Next> {
    if is_checked(board) {
        return None;
    }
    let refused: Vec<_> = board.tasks.iter().filter(|t| t.has_failed()).collect();
    if !refused.is_empty() {
        let message = with_reasons("one or more objects failed to apply (dry run)", &refused);
        return Some(Next::Done { phase: OperationPhase::Failed, message });
    }
    let actions: Vec<_> = board
        .tasks
        .iter()
        .filter(|t| t.desired.is_some() && t.is_pending() && !t.skip_dry_run && !t.checked && !t.in_sync)
        // A namespace that comes with this sync is not there for the check of what will live in it; that is checked when it is
        // written.
        .filter(|t| !lives_in_new_namespace(board, t))
        .map(|t| t.check_action(input.operation.force))
        .collect();
    if actions.is_empty() {
        board.progress.checked = true;
        return None;
    }
    let message = format!("checking {} objects before the first write", actions.len());
    Some(Next::Run(Step { purpose: Purpose::Check, groups: vec![actions], message }))
}

fn lives_in_new_namespace(board: &Board, task: &crate::Task) -> bool {
    let name = &task.key.namespace;
    !name.is_empty() && board.tasks.iter().any(|t| makes_destination(t, name) && t.live.is_none() && t.is_pending())
}

/// A dry run: every task is asked about once, and that is all.
pub(crate) fn dry_run(input: &Input<'_>, board: &mut Board) -> Next {
    let mut actions = Vec::new();
    for i in 0..board.tasks.len() {
        let task = &board.tasks[i];
        if !task.is_pending() {
            continue;
        }
        if task.kind == TaskKind::Prune {
            let verdict = prune::decide(input, task, &board.withheld);
            let message = match &verdict {
                Verdict::Skip(why) => why.clone(),
                _ => "pruned (dry run)".to_string(),
            };
            board.set(i, Some(prune::code(&verdict)), OperationPhase::Succeeded, &message);
        } else if task.skip_dry_run || lives_in_new_namespace(board, task) {
            let message = "not asked about, because its kind or namespace comes with this sync (dry run)";
            board.set(i, Some(ResultCode::Synced), OperationPhase::Succeeded, message);
        } else if wave::is_left_out(task) {
            continue;
        } else {
            actions.push(task.apply_action(input.operation.force, true, "the operation is a dry run"));
        }
    }
    if !actions.is_empty() {
        let message = format!("asking about {} objects (dry run)", actions.len());
        return Next::Run(Step { purpose: Purpose::DryRun, groups: vec![actions], message });
    }
    let failed: Vec<_> = board.tasks.iter().filter(|t| t.has_failed()).map(|t| t.message.clone()).collect();
    match failed.is_empty() {
        true => {
            Next::Done { phase: OperationPhase::Succeeded, message: "successfully synced (all tasks run)".to_string() }
        }
        false => Next::Done {
            phase: OperationPhase::Failed,
            message: format!("one or more objects failed to apply, reason: {}", failed.join(",")),
        },
    }
}
