//! [`plan_termination`].

use crate::planner::board::Board;
use crate::planner::{observe, settle};
use crate::{Input, Next, OperationPhase, Plan, Purpose, Step};

/// What a terminated operation does next: hooks that run are let go and deleted, and then it has failed. It does not wait for
/// them to be gone.
pub fn plan_termination(input: &Input<'_>) -> Plan {
    let mut board = Board::new(input);
    let next = next(&mut board);
    board.progress.waiting = None;
    Plan { tasks: board.tasks, progress: board.progress, withheld: Vec::new(), next }
}

fn next(board: &mut Board) -> Next {
    observe::running(board);
    if let Some(step) = settle(board, "hooks that have ended are let go", |t| t.holds_finalizer(), false) {
        return Next::Run(step);
    }
    let reason = "the operation was terminated";
    let running: Vec<usize> =
        (0..board.tasks.len()).filter(|i| board.tasks[*i].is_hook() && board.tasks[*i].is_running()).collect();
    let actions: Vec<_> = running.iter().filter_map(|i| board.tasks[*i].hook_action(true, reason)).collect();
    if !actions.is_empty() {
        return Next::Run(Step {
            purpose: Purpose::Terminate,
            groups: vec![actions],
            message: "stopping hooks that run".to_string(),
        });
    }
    for i in running {
        board.set(i, board.tasks[i].status, OperationPhase::Failed, "Terminated");
    }
    let errors = board.tasks.iter().any(|t| t.is_hook() && t.state == Some(OperationPhase::Error));
    match errors {
        true => Next::Done { phase: OperationPhase::Error, message: "Operation termination had errors".to_string() },
        false => Next::Done { phase: OperationPhase::Failed, message: "Operation terminated".to_string() },
    }
}
