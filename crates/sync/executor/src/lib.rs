//! Carries out the steps of a plan.
//!
//! [`Executor::run`] makes the calls that a [`Step`] names, group by group, some of a group at once, and tells what came of
//! each; it decides nothing. [`Overlay`] keeps what the calls returned until the watches have caught up, so that the next plan
//! sees what was done. [`act`] does what an action on one object comes to, which is no part of a plan.

mod act;
mod apply;
mod executor;
mod hook;
mod overlay;
mod prune;
mod wording;

pub use act::act;
pub use apply::may_pass_later;
pub use executor::{Executor, Pause, Report};
pub use overlay::Overlay;

#[cfg(doc)]
use bowline_plan_planner::Step;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
