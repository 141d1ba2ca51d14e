//! What a sync does next, and why.
//!
//! [`plan`] is a pure function: from what is desired, what is live, what the operation asks and what it has done so far, it
//! says what to do now ([`Next::Run`]), what is waited for and until when ([`Next::Wait`]), or how the operation ended
//! ([`Next::Done`]). It is asked again at each tick, so a process that died in between goes on from what is true.
//!
//! The words and the order are those of the contract: phases PreSync, Sync, PostSync and SyncFail; waves within them, each
//! healthy before the next begins; within a wave first prunes, then kinds in Helm's order.

mod action;
mod deadline;
mod deletion;
mod guard;
mod hook;
mod input;
mod namespace;
mod operation;
mod options;
mod order;
mod phase;
mod planner;
mod preview;
mod progress;
mod prune;
mod task;

pub use action::{Action, ActionKind, Next, Plan, Purpose, Step, Wait, WriteMode, kubectl_name};
pub use deadline::Limits;
pub use deletion::{DeletionHooks, hook_cleanup, plan_deletion_hooks};
pub use guard::{Guard, LEFT_ALONE, WITHHELD, Withheld};
pub use hook::{ATTEMPT, attempt_id, hook_objects};
pub use input::{Input, Live, Resource, Scope, View};
pub use namespace::ManagedNamespace;
pub use operation::{Operation, Selector, Strategy};
pub use options::{Deletion, OptionError, Propagation, SyncOptions};
pub use order::kind_order;
pub use phase::{OperationPhase, ResultCode, SyncPhase};
pub use planner::{plan, plan_termination};
pub use preview::{Foreseen, Foresight, Preview, preview};
pub use progress::{Outcome, Progress, TaskResult};
pub use task::{Task, TaskKind};

#[cfg(test)]
mod tests;
