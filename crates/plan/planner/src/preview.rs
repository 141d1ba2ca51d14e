//! [`preview`]: what a sync would do, from its beginning to its end.

use crate::planner::board::Board;
use crate::planner::{check, observe, wave};
use crate::prune::{self, Verdict};
use crate::{Input, Next, SyncPhase, Task, TaskKind};

/// What would become of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// It would be made.
    Create,
    /// It would be changed in place.
    Change,
    /// It would be replaced whole.
    Replace,
    /// It is as it should be.
    Nothing,
    /// It would run as a hook.
    Run,
    /// It would run as a hook if the sync failed.
    RunOnFailure,
    /// It would be deleted.
    Prune,
    /// It would be left, although Git does not have it.
    Keep,
}

/// One object of a [`Preview`].
#[derive(Clone, Debug)]
pub struct Foresight {
    /// The object with its phase and wave.
    pub task: Task,
    /// What would become of it.
    pub foreseen: Foreseen,
    /// Why, in the words of the plan.
    pub reason: String,
    /// Whether the sync goes on only when this has ended or is healthy, where its kind has such a thing.
    pub gates: bool,
}

/// What a sync would do, in its order, if all of it went well.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Every object and hook.
    pub steps: Vec<Foresight>,
    /// Why the sync would be refused, with nothing written; `None` where it would not be.
    pub refused: Option<String>,
}

// === impl Foreseen ===

impl Foreseen {
    /// One word for people and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Foreseen::Create => "create",
            Foreseen::Change => "change",
            Foreseen::Replace => "replace",
            Foreseen::Nothing => "unchanged",
            Foreseen::Run => "run",
            Foreseen::RunOnFailure => "run on failure",
            Foreseen::Prune => "prune",
            Foreseen::Keep => "keep",
        }
    }

    /// Whether the cluster would be another one.
    pub fn is_change(self) -> bool {
        matches!(self, Foreseen::Create | Foreseen::Change | Foreseen::Replace | Foreseen::Prune)
    }
}

// === impl Preview ===

/// What the sync that `input` describes would do, were it begun now. The same tasks, order, options, guard and reasons as those of
/// [`plan`](crate::plan); what only time shows (health, hooks that fail) is taken to go well.
pub fn preview(input: &Input<'_>) -> Preview {
    let mut board = Board::new(input);
    let refused = match check::refusal(input, &mut board) {
        Some(Next::Done { message, .. }) => Some(message),
        _ => None,
    };
    let steps = board.tasks.iter().map(|task| foresee(input, &board, task)).collect();
    Preview { steps, refused }
}

fn foresee(input: &Input<'_>, board: &Board, task: &Task) -> Foresight {
    let (foreseen, reason) = match (task.kind, &task.live) {
        (TaskKind::Prune, _) => match prune::decide(input, task, &board.withheld) {
            Verdict::Delete(action) => (Foreseen::Prune, action.reason),
            Verdict::Gone => (Foreseen::Prune, "it is not in Git any more and is being deleted".to_string()),
            Verdict::Skip(why) => (Foreseen::Keep, why),
            Verdict::Confirm => (Foreseen::Keep, "its deletion waits for confirmation (Prune=confirm)".to_string()),
        },
        (TaskKind::Hook, _) if task.phase == SyncPhase::SyncFail => (Foreseen::RunOnFailure, task.why()),
        (TaskKind::Hook, _) => (Foreseen::Run, task.why()),
        (_, Some(_)) if task.in_sync && (wave::is_left_out(task) || wave::is_passed_over(task)) => {
            (Foreseen::Nothing, "it is as Git says".to_string())
        }
        (_, None) => (Foreseen::Create, task.why()),
        (_, Some(_)) if task.options.replace => (Foreseen::Replace, task.why()),
        (_, Some(_)) => (Foreseen::Change, task.why()),
    };
    Foresight {
        task: task.clone(),
        foreseen,
        reason,
        gates: observe::gates(board, task) && task.phase != SyncPhase::SyncFail,
    }
}
