//! What becomes of objects that Git no longer has.

use crate::{Action, ActionKind, Deletion, Input, ResultCode, Task, TaskKind, Withheld};

/// What is done about a prune task when its wave comes.
pub(crate) enum Verdict {
    /// It is left, with this message.
    Skip(String),
    /// Someone must confirm it first.
    Confirm,
    /// It is being deleted already, or gone.
    Gone,
    /// It is deleted.
    Delete(Box<Action>),
}

/// Decides about a prune task. An object that is not there any more counts as pruned.
pub(crate) fn decide(input: &Input<'_>, task: &Task, withheld: &[Withheld]) -> Verdict {
    debug_assert_eq!(task.kind, TaskKind::Prune);
    if !input.operation.prune {
        return Verdict::Skip("ignored (requires pruning)".to_string());
    }
    if task.options.prune == Deletion::Never {
        return Verdict::Skip("ignored (no prune)".to_string());
    }
    if let Some(held) = withheld.iter().find(|w| w.key == task.key) {
        return Verdict::Skip(held.reason.clone());
    }
    if task.options.prune == Deletion::Confirm && !input.confirmed && !input.operation.dry_run {
        return Verdict::Confirm;
    }
    let Some(live) = task.live.as_ref().filter(|l| l.object.deletion_timestamp().is_none()) else {
        return Verdict::Gone;
    };
    Verdict::Delete(Box::new(Action {
        key: task.key.clone(),
        gvk: task.gvk.clone(),
        phase: task.phase,
        is_hook: false,
        images: Vec::new(),
        kind: ActionKind::Prune {
            propagation: input.options.propagation,
            uid: live.object.uid().to_string(),
            dry_run: input.operation.dry_run,
        },
        reason: "it is not in Git any more".to_string(),
    }))
}

/// The result code of a verdict that needs no call.
pub(crate) fn code(verdict: &Verdict) -> ResultCode {
    match verdict {
        Verdict::Skip(_) => ResultCode::PruneSkipped,
        _ => ResultCode::Pruned,
    }
}
