//! Operations: begun, carried on, finished, tried again.

mod complete;
mod drive;
mod prepare;

use std::time::Duration;

use bowline_core_crd::Time;
use bowline_core_crd::{
    Application, ApplicationConditionType as Kind, Info, Operation, OperationPhase as Phase, OperationState,
    RevisionHistory,
};
use bowline_core_types::annotation;
use bowline_plan_windows::Decision as Window;
use jiff::{SignedDuration, Timestamp};

use crate::autosync::{Decision, Facts, approved_at, decide, is_approved_anew, retry_delay};
use crate::compare::Compared;
use crate::conditions;
use crate::desired::Desired;
use crate::events::Notice;
use crate::operation_state::begun;
use crate::reconcile::{Pass, Scene};

pub use drive::Sleep;

/// What a look at operations came to.
pub enum Operated {
    /// Nothing was done.
    Nothing {
        /// Look again after this.
        wait: Option<Duration>,
    },
    /// Something was done: what is live is to be looked at again.
    Changed {
        /// Look again after this.
        wait: Option<Duration>,
    },
    /// The Application changed meanwhile: begin anew.
    Outdated,
}

/// Steps of one operation in one pass. Each step does something that is not done again, so this is never reached; it stands between
/// a fault of ours and a loop that writes for ever.
const STEPS: usize = 10_000;

/// Carries on the operation under way, or begins the one that is asked for, or one that is due by itself.
pub async fn operate(pass: &mut Pass<'_>, scene: &Scene, target: &Desired, compared: &Compared) -> Operated {
    let now = pass.now();
    let under_way = pass.app.status.operation_state.clone().filter(|state| !state.phase.is_completed());
    let mut state = match (under_way, &pass.app.operation) {
        (Some(state), _) => state,
        (None, Some(operation)) => begin(&pass.app, operation.clone(), now),
        (None, None) => match automated(pass, scene, target, compared, now) {
            Ok(Some(state)) => state,
            Ok(None) => return Operated::Nothing { wait: None },
            Err(wait) => return Operated::Nothing { wait: Some(wait) },
        },
    };

    // A failed operation that is to be tried again has ended and is running.
    if state.phase == Phase::Running
        && let Some(finished) = state.finished_at
    {
        let delay = retry_delay(state.operation.retry.backoff.as_ref(), state.retry_count - 1);
        let waited = duration(now.duration_since(finished.timestamp()));
        let newer = is_superseded(&state, target);
        if waited < delay && !newer {
            return Operated::Nothing { wait: Some(delay - waited) };
        }
        if newer {
            // A newer commit goes first; trying the old one again helps nobody.
            pass.state.progress = None;
            state = match automated(pass, scene, target, compared, now) {
                Ok(Some(state)) => state,
                _ => retried(state),
            };
        } else {
            state = retried(state);
        }
    }
    let timeout = pass.shared.world.settings().sync_timeout;
    let running = state.started_at.map(|at| duration(now.duration_since(at.timestamp()))).unwrap_or_default();
    if state.phase == Phase::Running && !timeout.is_zero() && running >= timeout {
        state.phase = Phase::Terminating;
        state.message = "operation is terminating due to timeout".to_string();
    }
    drive::drive(pass, scene, target, state).await
}

/// An operation that begins. Deletions that the one before had to leave are confirmed for this one, where someone has said so
/// since: that is on record in the operation, so that it outlives a restart.
fn begin(app: &Application, mut operation: Operation, now: Timestamp) -> OperationState {
    if let Some(approved) = approved_at(app).filter(|_| is_approved_anew(app)) {
        operation.info.retain(|info| info.name != annotation::DELETION_APPROVED);
        operation.info.push(Info { name: annotation::DELETION_APPROVED.to_string(), value: approved.to_string() });
    }
    begun(operation, now)
}

/// Fails an operation that was asked for and cannot be carried out, because of the errors among the conditions.
pub fn refuse(pass: &mut Pass<'_>) {
    let Some(operation) = pass.app.operation.clone() else { return };
    if pass.app.status.operation_state.as_ref().is_some_and(|state| !state.phase.is_completed()) {
        // What is under way goes on when it can be told again how things stand.
        return;
    }
    let mut state = begun(operation, pass.now());
    state.phase = Phase::Error;
    state.message = pass.conditions.error_text();
    state.finished_at = Some(pass.time());
    pass.app.operation = None;
    pass.app.status.operation_state = Some(state);
}

/// The operation that is due by itself; how long to wait where one is due later.
fn automated(
    pass: &mut Pass<'_>,
    scene: &Scene,
    target: &Desired,
    compared: &Compared,
    now: Timestamp,
) -> Result<Option<OperationState>, Duration> {
    if pass.conditions.has_errors() {
        return Ok(None);
    }
    let settings = pass.shared.world.settings();
    let mut status = pass.app.status.clone();
    crate::status::put_comparison(&mut status, &pass.stored, target, compared, false, Time::new(now));
    let facts = Facts { status: &status.sync.status, revisions: &target.revisions, resources: &status.resources, now };
    match decide(&pass.app, facts, &settings) {
        Decision::No(reason) => {
            tracing::trace!(application = %pass.name, reason, "no automated sync");
            Ok(None)
        }
        Decision::Later(wait, why) => {
            let again = now.checked_add(SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX));
            let until = again.unwrap_or(Timestamp::MAX);
            pass.conditions.add(conditions::sync_waits(), format!("{why}; it is tried again at {}", Time::new(until)));
            Err(wait)
        }
        Decision::Refuse(message) => {
            pass.conditions.add(Kind::SyncError, message);
            Ok(None)
        }
        Decision::Sync(operation) => {
            let window = crate::windows::decide(&scene.project.spec, &pass.stored, false, None, now);
            if let Window::Blocked { reason, until } = window {
                let end = until.map_or("no end is in sight".to_string(), |until| format!("until {until}"));
                pass.conditions.add(conditions::sync_waits(), format!("automated sync is {reason}: {end}"));
                let wait = until.map(|until| duration(until.duration_since(now)));
                return wait.map_or(Ok(None), Err);
            }
            tracing::info!(application = %pass.name, revisions = target.revisions.join(", "), "automated sync");
            pass.notices.push(Notice::started(&target.revisions));
            Ok(Some(begin(&pass.app, *operation, now)))
        }
    }
}

fn retried(mut state: OperationState) -> OperationState {
    let latest = match (state.operation.retry.refresh, state.operation.sync.as_mut()) {
        (true, Some(sync)) => {
            sync.revision.clear();
            sync.revisions.clear();
            " with latest revisions"
        }
        _ => "",
    };
    state.message = format!("Retrying operation{latest}. Attempt #{}", state.retry_count);
    state.finished_at = None;
    state.sync_result = None;
    state
}

/// Whether an automated operation is for another commit than the one that is desired by now.
fn is_superseded(state: &OperationState, target: &Desired) -> bool {
    let Some(sync) = state.operation.sync.as_ref().filter(|_| state.operation.initiated_by.automated) else {
        return false;
    };
    match sync.sources.is_empty() {
        true => !sync.revision.is_empty() && target.revisions.first() != Some(&sync.revision),
        false => !sync.revisions.is_empty() && target.revisions != sync.revisions,
    }
}

/// The operation goes on later: it is on record as running.
async fn keep(pass: &mut Pass<'_>, state: OperationState, changed: bool, wait: Option<Duration>) -> Operated {
    pass.app.operation.get_or_insert_with(|| state.operation.clone());
    pass.app.status.operation_state = Some(state);
    if changed { Operated::Changed { wait } } else { Operated::Nothing { wait } }
}

/// The operation has ended, unless it is to be tried again.
fn finish(pass: &mut Pass<'_>, scene: &Scene, mut state: OperationState, changed: bool) -> Operated {
    pass.state.progress = None;
    let now = pass.time();
    let failed = matches!(state.phase, Phase::Failed | Phase::Error);
    let limit = state.operation.retry.limit;
    let terminated = pass.stored.status.operation_state.as_ref().is_some_and(|s| s.phase == Phase::Terminating);
    let mut wait = None;
    if failed && !terminated && (limit < 0 || state.retry_count < limit) {
        let delay = retry_delay(state.operation.retry.backoff.as_ref(), state.retry_count);
        let at = pass.now().checked_add(delay).unwrap_or(Timestamp::MAX);
        state.phase = Phase::Running;
        state.finished_at = Some(now);
        state.retry_count += 1;
        state.message =
            format!("{}. Retrying attempt #{} at {}.", state.message, state.retry_count, at.strftime("%-I:%M%p"));
        pass.app.operation.get_or_insert_with(|| state.operation.clone());
        wait = Some(delay);
    } else {
        if failed && state.retry_count > 0 {
            state.message = format!("{} (retried {} times).", state.message, state.retry_count);
        }
        state.finished_at = Some(now);
        let sync = state.operation.sync.clone().unwrap_or_default();
        let server = &scene.destination.reference.server;
        let took = state.started_at.map(|at| duration(pass.now().duration_since(at.timestamp()))).unwrap_or_default();
        pass.shared.metrics.synced(&pass.app, server, state.phase.as_str(), sync.dry_run, took);
        if state.phase == Phase::Succeeded && !sync.dry_run && sync.resources.is_empty() {
            record_history(pass, &state, now);
        }
        if failed && state.operation.initiated_by.automated {
            // The next look says that this commit is not tried again by itself.
            wait = Some(Duration::ZERO);
        }
        pass.notices.push(Notice::completed(&state));
        pass.app.operation = None;
        tracing::info!(application = %pass.name, phase = %state.phase, message = state.message, "operation finished");
    }
    pass.app.status.operation_state = Some(state);
    if changed { Operated::Changed { wait } } else { Operated::Nothing { wait } }
}

fn record_history(pass: &mut Pass<'_>, state: &OperationState, now: Time) {
    let Some(result) = state.sync_result.clone() else { return };
    let limit = pass.app.spec.revision_history_limit();
    let history = &mut pass.app.status.history;
    history.push(RevisionHistory {
        id: history.last().map_or(0, |last| last.id + 1),
        revision: result.revision,
        revisions: result.revisions,
        source: result.source,
        sources: result.sources,
        deployed_at: Some(now),
        deploy_started_at: state.started_at,
        initiated_by: state.operation.initiated_by.clone(),
    });
    let excess = history.len().saturating_sub(limit);
    history.drain(..excess);
}

pub(super) fn duration(signed: SignedDuration) -> Duration {
    Duration::try_from(signed).unwrap_or(Duration::ZERO)
}
