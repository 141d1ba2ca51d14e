//! [`Executor`].

use std::time::Duration;

use bowline_core_ports::{BoxFuture, Cluster, ClusterError};
use bowline_plan_planner::{Action, ActionKind, Outcome, Progress, Purpose, Step};
use futures::StreamExt as _;
use jiff::Timestamp;

use crate::{Overlay, apply, hook, prune};

/// Lets time pass: the executor has no clock of its own.
pub trait Pause: Send + Sync {
    /// Comes back after `time`.
    fn pause(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// Carries out steps on one cluster.
#[derive(Clone, Copy)]
pub struct Executor<'a> {
    /// The cluster, with whom it acts as.
    pub cluster: &'a dyn Cluster,
    /// How time passes.
    pub pause: &'a dyn Pause,
    /// How many calls are made at once.
    pub parallel: usize,
}

/// What came of a step.
#[derive(Clone, Debug)]
pub struct Report {
    /// Each call that was made, in the plan's order.
    pub outcomes: Vec<(Action, Outcome)>,
    /// Whether the step was broken off because it was asked to stop.
    pub stopped: bool,
    purpose: Purpose,
}

/// How often a call is made that fails for reasons which pass.
const ATTEMPTS: u32 = 4;

// === impl Executor ===

impl Executor<'_> {
    /// Makes the calls of a step. After a group in which one failed, or when `stop` says so, the groups that follow are left.
    pub async fn run(&self, step: &Step, stop: impl Fn() -> bool) -> Report {
        let mut report = Report { outcomes: Vec::new(), stopped: false, purpose: step.purpose };
        for group in &step.groups {
            if stop() {
                report.stopped = true;
                break;
            }
            // Boxed, so that the whole future can be sent between threads whatever the lifetimes of the actions.
            let calls: Vec<BoxFuture<'_, (Action, Outcome)>> = group.iter().map(|action| self.call(action)).collect();
            let outcomes: Vec<_> = futures::stream::iter(calls).buffered(self.parallel.max(1)).collect().await;
            let failed = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed(_)));
            report.outcomes.extend(outcomes);
            if failed {
                break;
            }
        }
        report
    }

    fn call<'a>(&'a self, action: &'a Action) -> BoxFuture<'a, (Action, Outcome)> {
        Box::pin(async move { (action.clone(), self.act(action).await) })
    }

    async fn act(&self, action: &Action) -> Outcome {
        let outcome = match &action.kind {
            ActionKind::Check { .. } => apply::check(self, action).await,
            ActionKind::Apply { .. } => apply::apply(self, action).await,
            ActionKind::Prune { .. } => prune::prune(self, action).await,
            ActionKind::ReleaseHook => hook::release(self, action).await,
            ActionKind::DeleteHook => hook::delete(self, action).await,
        };
        outcome.unwrap_or_else(|error| Outcome::Failed(error.message))
    }

    /// Makes a call again, a few times, where it failed for a reason that passes.
    pub(crate) async fn steadily<'a, T>(
        &self,
        call: impl Fn() -> BoxFuture<'a, Result<T, ClusterError>>,
    ) -> Result<T, ClusterError> {
        let mut attempt = 1;
        loop {
            match call().await {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                    self.pause.pause(Duration::from_millis(100) * 4u32.pow(attempt - 1)).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }
}

// === impl Report ===

impl Report {
    /// Puts what was done on record, and what came of it into the overlay.
    pub fn record(&self, progress: &mut Progress, overlay: &mut Overlay, now: Timestamp) {
        let mut failed = self.stopped;
        for (action, outcome) in &self.outcomes {
            progress.record(action, outcome, now);
            failed |= matches!(outcome, Outcome::Failed(_));
            overlay.take_in(action, outcome, now);
        }
        progress.checked |= self.purpose == Purpose::Check && !failed;
    }
}
