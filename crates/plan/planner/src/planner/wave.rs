//! The wave that is due.

use bowline_core_types::HookDeletePolicy;

use crate::planner::board::Board;
use crate::planner::observe;
use crate::prune::{self, Verdict};
use crate::{
    Input, Next, OperationPhase, Purpose, ResultCode, Step, SyncPhase, Task, TaskKind, Wait, kind_order, kubectl_name,
};

/// What is to be done next, where anything is: the first wave that has pending tasks, or what that wave waits for.
pub(crate) fn due(input: &Input<'_>, board: &mut Board) -> Option<Next> {
    loop {
        let first = board.tasks.iter().find(|t| is_due(t))?;
        let (phase, wave) = (first.phase, first.wave);
        let due: Vec<usize> = (0..board.tasks.len())
            .filter(|i| is_due(&board.tasks[*i]) && (board.tasks[*i].phase, board.tasks[*i].wave) == (phase, wave))
            .collect();
        if let Some(next) = delay(input, board, phase, wave) {
            return Some(next);
        }
        if let Some(next) = confirmation(input, board, &due) {
            return Some(next);
        }
        due.iter().for_each(|i| pass_over(board, *i));
        if let Some(next) = old_hooks(input, board, &due) {
            return Some(next);
        }
        let mut groups = Vec::new();
        let prunes = prunes(input, board, &due);
        if !prunes.is_empty() {
            groups.push(prunes);
        }
        match creations(input, board, &due) {
            Ok(creations) => groups.extend(creations),
            Err(wait) if groups.is_empty() => return Some(wait),
            Err(_) => {}
        }
        if board.has_failed() {
            return Some(super::fail::failed(input, board));
        }
        if groups.is_empty() {
            // All of the wave was settled without a call: once it is healthy, the next one is due.
            observe::running(board);
            if let Some(wait) = observe::waits(input, board) {
                return Some(Next::Wait(wait));
            }
            if board.has_failed() {
                return Some(super::fail::failed(input, board));
            }
            continue;
        }
        let message = "one or more tasks are running".to_string();
        return Some(Next::Run(Step { purpose: Purpose::Wave(phase, wave), groups, message }));
    }
}

/// Whether a task waits for its turn. Hooks for failures have none in a sync that goes well.
fn is_due(task: &Task) -> bool {
    task.phase != SyncPhase::SyncFail && task.is_pending() && !is_left_out(task)
}

/// Whether the object is left out altogether, because only what is out of sync was asked for.
pub(crate) fn is_left_out(task: &Task) -> bool {
    task.options.out_of_sync_only && task.in_sync && task.kind == TaskKind::Apply
}

/// An object that applying would not change is not applied: it counts as applied, and its health counts for its wave.
fn pass_over(board: &mut Board, i: usize) {
    let task = &board.tasks[i];
    if is_due(task) && is_passed_over(task) {
        let message = format!("{} unchanged", kubectl_name(&task.key));
        board.set(i, Some(ResultCode::Synced), OperationPhase::Running, &message);
    }
}

/// Whether applying the object would change nothing, and no option asks for it to be written all the same.
pub(crate) fn is_passed_over(task: &Task) -> bool {
    let plain = !task.options.replace && !task.options.force;
    task.in_sync && plain && matches!(task.kind, TaskKind::Apply | TaskKind::Namespace)
}

/// The delay between waves, where a setting asks for one.
fn delay(input: &Input<'_>, board: &mut Board, phase: SyncPhase, wave: i64) -> Option<Next> {
    let before = board.tasks.iter().any(|t| !t.is_pending() && (t.phase, t.wave) < (phase, wave));
    let last = board.progress.last_write.filter(|_| before && input.limits.wave_delay.is_positive())?;
    let until = last.checked_add(input.limits.wave_delay).unwrap_or(jiff::Timestamp::MAX);
    if input.now >= until {
        return None;
    }
    let message = format!("waiting for the delay before wave {wave} of {phase}");
    let mut wait = board.wait(input, message, Vec::new(), input.limits.wave_delay);
    (wait.since, wait.until) = (last, until);
    Some(Next::Wait(wait))
}

/// A wave with an object whose deletion someone must confirm waits whole, before any of it is done.
fn confirmation(input: &Input<'_>, board: &mut Board, due: &[usize]) -> Option<Next> {
    let unconfirmed: Vec<usize> = due
        .iter()
        .copied()
        .filter(|i| {
            let task = &board.tasks[*i];
            task.needs_confirmation() && matches!(prune::decide(input, task, &board.withheld), Verdict::Confirm)
        })
        .collect();
    if unconfirmed.is_empty() {
        return None;
    }
    let message = board.waiting_for("pruning confirmation of", &unconfirmed);
    let keys = unconfirmed.iter().map(|i| board.tasks[*i].key.clone()).collect();
    let wait = board.wait(input, message, keys, input.limits.confirmation);
    if input.now < wait.until {
        return Some(Next::Wait(wait));
    }
    for i in unconfirmed {
        board.set(i, Some(ResultCode::PruneSkipped), OperationPhase::Succeeded, "ignored (not confirmed in time)");
    }
    None
}

/// Hooks that an earlier run left make room for those of this one.
fn old_hooks(input: &Input<'_>, board: &mut Board, due: &[usize]) -> Option<Next> {
    let old = |i: &&usize| {
        let task = &board.tasks[**i];
        task.live.is_some() && task.has_policy(HookDeletePolicy::BeforeHookCreation)
    };
    let old: Vec<usize> = due.iter().filter(old).copied().collect();
    let reason = "it is from an earlier run, and its delete policy is BeforeHookCreation";
    let actions: Vec<_> = old.iter().filter_map(|i| board.tasks[*i].hook_action(true, reason)).collect();
    if !actions.is_empty() {
        let message = board.waiting_for("deletion of hook", &old);
        return Some(Next::Run(Step { purpose: Purpose::ClearHooks, groups: vec![actions], message }));
    }
    if old.is_empty() {
        return None;
    }
    let message = board.waiting_for("deletion of hook", &old);
    let keys = old.iter().map(|i| board.tasks[*i].key.clone()).collect();
    let wait = board.wait(input, message, keys, input.limits.deletion);
    if input.now < wait.until {
        return Some(Next::Wait(wait));
    }
    for i in old {
        let message = format!("the {} of an earlier run is not gone by {}", board.tasks[i].named(), wait.until);
        board.set(i, Some(ResultCode::SyncFailed), OperationPhase::Failed, &message);
    }
    Some(super::fail::failed(input, board))
}

/// The deletions of the wave. What needs no call is put on record at once.
fn prunes(input: &Input<'_>, board: &mut Board, due: &[usize]) -> Vec<crate::Action> {
    let mut actions = Vec::new();
    for i in due.iter().copied() {
        if board.tasks[i].kind != TaskKind::Prune || !board.tasks[i].is_pending() {
            continue;
        }
        let verdict = prune::decide(input, &board.tasks[i], &board.withheld);
        let code = prune::code(&verdict);
        match verdict {
            Verdict::Delete(action) => actions.push(*action),
            Verdict::Skip(why) => board.set(i, Some(code), OperationPhase::Succeeded, &why),
            Verdict::Gone => board.set(i, Some(code), OperationPhase::Succeeded, "pruned"),
            Verdict::Confirm => {}
        }
    }
    actions
}

/// The objects and hooks of the wave that can be written now, one group a kind. Where the first of them is of a kind that is
/// not served yet, that is waited for.
fn creations(input: &Input<'_>, board: &mut Board, due: &[usize]) -> Result<Vec<Vec<crate::Action>>, Next> {
    let mut groups: Vec<Vec<crate::Action>> = Vec::new();
    for i in due.iter().copied().filter(|i| board.tasks[*i].desired.is_some() && board.tasks[*i].is_pending()) {
        let task = &board.tasks[i];
        if !matches!(input.view.kind(&task.gvk), Ok(Some(_))) {
            if groups.is_empty() {
                return unserved(input, board, i).map_or(Ok(groups), Err);
            }
            // What comes before it in the wave may bring its kind.
            break;
        }
        let reason = task.why();
        let action = task.apply_action(input.operation.force, false, &reason);
        match groups.last_mut() {
            Some(group) if same_kind(&group[0], &action) => group.push(action),
            _ => groups.push(vec![action]),
        }
    }
    Ok(groups)
}

fn same_kind(a: &crate::Action, b: &crate::Action) -> bool {
    a.key.kind == b.key.kind && kind_order(&a.key.kind) == kind_order(&b.key.kind)
}

fn unserved(input: &Input<'_>, board: &mut Board, i: usize) -> Option<Next> {
    let (key, named) = (board.tasks[i].key.clone(), board.tasks[i].named());
    let message = format!("waiting for the cluster to serve the kind of {named}");
    let wait = Wait { for_kinds: true, ..board.wait(input, message, vec![key], input.limits.kind) };
    if input.now < wait.until {
        return Some(Next::Wait(wait));
    }
    let message = format!("the cluster does not serve {} by {}: is its CRD installed?", board.tasks[i].gvk, wait.until);
    board.set(i, Some(ResultCode::SyncFailed), OperationPhase::Failed, &message);
    None
}
