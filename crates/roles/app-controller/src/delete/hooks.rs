//! Hooks of a deletion: run, waited for, cleaned up.

use std::time::Duration;

use bowline_core_crd::AppProject;
use bowline_core_types::HookType;
use bowline_plan_planner::{
    DeletionHooks, Limits, Next as Plan, OperationPhase, Progress, Step, View as _, hook_cleanup, plan_deletion_hooks,
};
use bowline_sync_executor::Executor;

use super::{Deleting, LOOK_AGAIN, Site};
use crate::desired::Desired;
use crate::operate::Sleep;
use crate::reconcile::Pass;
use crate::view::ClusterView;

/// Steps of one pass: each deletes or makes hooks that are not made again.
const STEPS: usize = 1_000;

/// Runs the hooks of one type, as far as they go now.
pub(super) async fn run(
    pass: &mut Pass<'_>,
    site: &Site,
    desired: &Desired,
    which: HookType,
    finalizer: &str,
) -> Deleting {
    if let Some(reason) = refused(pass, site, desired, which) {
        return Deleting::Stuck(blocked(which, finalizer, &reason));
    }
    for _ in 0..STEPS {
        match plan(pass, site, desired, which) {
            Plan::Run(step) => {
                if let Some(failed) = carry_out(pass, site, &step).await {
                    return Deleting::Stuck(blocked(which, finalizer, &failed));
                }
            }
            Plan::Wait(wait) => {
                let since = pass.state.deletion_waits.get_or_insert((which, wait.since)).1;
                let left = Duration::try_from(wait.until.duration_since(pass.now())).unwrap_or(LOOK_AGAIN);
                let message = format!("{} since {since}, until {}", wait.message, wait.until);
                return Deleting::Waiting(left.min(LOOK_AGAIN), message);
            }
            Plan::Done { phase: OperationPhase::Succeeded, .. } => {
                pass.state.deletion_waits = None;
                return Deleting::Done;
            }
            Plan::Done { message, .. } => {
                return Deleting::Stuck(format!(
                    "{message}; delete the hook's object to have it run again, or take the finalizer {finalizer} off the Application to go on without it"
                ));
            }
        }
    }
    Deleting::Waiting(LOOK_AGAIN, format!("{} hooks are being made", which.as_str()))
}

/// Deletes the hooks of one type, as their policies say after they have ended well.
pub(super) async fn clean_up(pass: &mut Pass<'_>, site: &Site, desired: &Desired, which: HookType) -> Deleting {
    let step = with_input(pass, site, desired, which, |input| hook_cleanup(input, OperationPhase::Succeeded));
    let Some(step) = step else { return Deleting::Done };
    match carry_out(pass, site, &step).await {
        Some(failed) => {
            Deleting::Stuck(format!("{} hooks that have ended cannot be deleted: {failed}", which.as_str()))
        }
        // They may be there for a while; nothing waits for that.
        None => Deleting::Done,
    }
}

/// What is said where hooks cannot run.
pub(super) fn blocked(which: HookType, finalizer: &str, reason: &str) -> String {
    format!(
        "{} hooks cannot run: {reason}; mend that, or take the finalizer {finalizer} off the Application to go on without them",
        which.as_str()
    )
}

fn plan(pass: &Pass<'_>, site: &Site, desired: &Desired, which: HookType) -> Plan {
    with_input(pass, site, desired, which, plan_deletion_hooks)
}

fn with_input<T>(
    pass: &Pass<'_>,
    site: &Site,
    desired: &Desired,
    which: HookType,
    ask: impl FnOnce(&DeletionHooks<'_>) -> T,
) -> T {
    let none = AppProject::default();
    let view = ClusterView {
        destination: &site.destination,
        project: site.project.as_deref().unwrap_or(&none),
        memory: &pass.state.memory,
        now: pass.now(),
    };
    let deleted_at = pass.stored.metadata.deletion_timestamp.map_or(pass.now(), bowline_core_crd::Time::timestamp);
    ask(&DeletionHooks {
        desired: &desired.hooks,
        which,
        deleted_at,
        limit: Limits::default().hook,
        waiting_since: pass.state.deletion_waits.filter(|(of, _)| *of == which).map(|(_, since)| since),
        view: &view,
        now: pass.now(),
    })
}

/// Why a hook may not be made.
fn refused(pass: &Pass<'_>, site: &Site, desired: &Desired, which: HookType) -> Option<String> {
    let Some(project) = &site.project else {
        return Some(format!("Application referencing project {} which does not exist", pass.stored.spec.project()));
    };
    let view = ClusterView { destination: &site.destination, project, memory: &pass.state.memory, now: pass.now() };
    let hooks = desired.hooks.iter().filter(|hook| HookType::of(hook).contains(&which));
    hooks.into_iter().find_map(|hook| match view.kind(&hook.gvk()) {
        Err(reason) => Some(reason),
        Ok(None) => Some(format!("the cluster does not serve {}", hook.gvk())),
        Ok(Some(scope)) => view.permitted(hook, scope).err(),
    })
}

/// Carries a step out; what failed.
async fn carry_out(pass: &mut Pass<'_>, site: &Site, step: &Step) -> Option<String> {
    let executor = Executor {
        cluster: site.cluster.as_ref(),
        pause: &Sleep,
        parallel: pass.shared.world.settings().apply_parallelism,
    };
    let stop = pass.shared.tasks.cancel_token().clone();
    let report = executor.run(step, || stop.is_cancelled()).await;
    let now = pass.now();
    // A deletion keeps no results but what the objects themselves show.
    let mut progress = Progress::default();
    pass.state.memory.take_in(&report, &mut progress, now);
    report.outcomes.iter().find_map(|(action, outcome)| match outcome {
        bowline_plan_planner::Outcome::Failed(error) => Some(format!("{}: {error}", action.key)),
        bowline_plan_planner::Outcome::Done { .. } => None,
    })
}
