//! Steps of an operation: planned, carried out, planned anew.

use std::time::Duration;

use bowline_core_crd::{OperationPhase as Phase, OperationState, Time};
use bowline_core_ports::BoxFuture;
use bowline_core_types::annotation;
use bowline_plan_planner::{Guard, Input, Limits, Live, Next, Plan, Progress, Resource, plan, plan_termination};
use bowline_plan_windows::Decision as Window;
use bowline_sync_executor::{Executor, Pause};
use jiff::SignedDuration;

use super::complete::incomplete;
use super::prepare::{self, Job};
use super::{Operated, STEPS, duration, finish, is_superseded, keep};
use crate::autosync::approved_at;
use crate::compare::Compared;
use crate::counted::Counted;
use crate::desired::Desired;
use crate::operation_state::{asked, phase, progress, results};
use crate::reconcile::{Pass, Scene};
use crate::rules::{deployed, guard};
use crate::view::ClusterView;

/// Plans and carries out, step after step, until the operation has ended or must wait.
pub(super) async fn drive(pass: &mut Pass<'_>, scene: &Scene, target: &Desired, mut state: OperationState) -> Operated {
    let job = match prepare::prepare(pass, scene, target, &mut state).await {
        Ok(job) => job,
        Err(reason) => {
            state.phase = Phase::Error;
            state.message = reason;
            return finish(pass, scene, state, false);
        }
    };
    let manual = !state.operation.initiated_by.automated;
    // Only a sync that was on record as running began at a time when it was allowed.
    let recorded = pass.stored.status.operation_state.as_ref().filter(|s| s.started_at == state.started_at);
    let started = recorded.and_then(|s| s.started_at).map(Time::timestamp);
    let window = crate::windows::decide(&scene.project.spec, &pass.stored, manual, started, pass.now());
    if let Window::Blocked { reason, until } = window
        && state.phase == Phase::Running
    {
        let end = until.map_or("no end is in sight".to_string(), |until| format!("until {until}"));
        state.message = format!("Sync operation {reason}: {end}");
        let wait = until.map(|until| duration(until.duration_since(pass.now())));
        return keep(pass, state, false, wait).await;
    }
    let key = (state.started_at, state.retry_count);
    let mut done = match pass.state.progress.take() {
        Some((started, retries, progress)) if (started, retries) == key => progress,
        _ => progress(state.sync_result.as_ref()),
    };
    let settings = pass.shared.world.settings();
    let limits = Limits {
        wave_delay: SignedDuration::try_from(settings.wave_delay).unwrap_or(SignedDuration::ZERO),
        ..Limits::default()
    };
    let guard = guard(&settings);
    let mut changed = false;
    for _ in 0..STEPS {
        let compared = match pass.compared(scene, &job.desired).await {
            Ok(compared) => compared,
            Err(reason) => {
                state.message = reason;
                pass.state.progress = Some((key.0, key.1, done));
                return keep(pass, state, changed, Some(Duration::from_secs(5))).await;
            }
        };
        let plan = planned(pass, scene, &job, &compared, &state, &done, &limits, guard.as_ref());
        let news = plan.progress != done;
        done = plan.progress;
        put_results(&mut state, &done);
        let has_hooks = plan.tasks.iter().any(bowline_plan_planner::Task::is_hook);
        match plan.next {
            Next::Run(step) => {
                state.message.clone_from(&step.message);
                // What must not happen twice is on record before it happens.
                if has_hooks && news_to_record(pass, &state, news) {
                    pass.app.status.operation_state = Some(state.clone());
                    pass.app.operation.get_or_insert_with(|| state.operation.clone());
                    match pass.write().await {
                        Ok(true) => {}
                        Ok(false) => return Operated::Outdated,
                        Err(error) => {
                            tracing::warn!(application = %pass.name, %error, "the operation cannot be recorded: it waits");
                            pass.state.progress = Some((key.0, key.1, done));
                            return Operated::Changed { wait: Some(Duration::from_secs(5)) };
                        }
                    }
                }
                changed = true;
                carry_out(pass, scene, &step, &mut done).await;
            }
            Next::Wait(wait) => {
                if is_superseded(&state, target) && !hooks_run(&done) {
                    state.phase = Phase::Failed;
                    state.operation.retry.limit = 0;
                    let newer = target.revisions.first().map(String::as_str).unwrap_or_default();
                    state.message = format!("superseded by revision {newer} while {}", wait.message);
                    finish(pass, scene, state, changed);
                    return Operated::Changed { wait: Some(Duration::ZERO) };
                }
                state.message = format!("{} since {}, until {} at most", wait.message, wait.since, wait.until);
                let until = duration(wait.until.duration_since(pass.now()));
                pass.state.progress = Some((key.0, key.1, done));
                // Changes wake the application; the deadline does where none come.
                return keep(pass, state, changed, Some(until.max(Duration::from_millis(50)))).await;
            }
            Next::Done { phase: ended, message } => {
                state.phase = phase(ended);
                state.message = message;
                return finish(pass, scene, state, changed);
            }
        }
    }
    state.phase = Phase::Error;
    state.message = format!("the operation did not end within {STEPS} steps; this is a fault of the server");
    finish(pass, scene, state, changed)
}

fn hooks_run(progress: &Progress) -> bool {
    progress.results.iter().any(|r| r.hook_type.is_some() && r.hook_phase.is_some_and(|p| !p.is_completed()))
}

/// Whether what is on record is not what is known.
fn news_to_record(pass: &Pass<'_>, state: &OperationState, news: bool) -> bool {
    news || pass.stored.status.operation_state.as_ref().is_none_or(|stored| {
        stored.started_at != state.started_at
            || stored.retry_count != state.retry_count
            || stored.sync_result != state.sync_result
            || stored.phase != state.phase
    })
}

/// Asks the planner.
#[expect(clippy::too_many_arguments, reason = "a plan is made from everything that is known")]
fn planned(
    pass: &Pass<'_>,
    scene: &Scene,
    job: &Job,
    compared: &Compared,
    state: &OperationState,
    progress: &Progress,
    limits: &Limits,
    guard: Option<&Guard>,
) -> Plan {
    let respected = |item: &crate::compare::Item| {
        let live = item.live.as_ref().map(|live| &live.object);
        Some(scene.comparing.respected(&job.options, item.desired.as_ref()?, live))
    };
    let resources: Vec<Resource> = compared
        .items
        .iter()
        .map(|item| Resource {
            key: item.key.clone(),
            desired: respected(item),
            live: item.live.as_ref().map(|l| Live { object: l.object.clone(), health: l.health.clone() }),
            in_sync: item.comparison == bowline_plan_diff::Comparison::InSync,
            checked: item.checked,
        })
        .collect();
    let view = ClusterView {
        destination: &scene.destination,
        project: &scene.project,
        memory: &pass.state.memory,
        now: pass.now(),
    };
    let revision = job.desired.revisions.first().map(String::as_str).unwrap_or_default();
    let operation = asked(state, revision, pass.now());
    let extra = compared.items.iter().filter(|item| item.desired.is_none()).map(|item| &item.key);
    let incomplete = incomplete(&pass.stored.status, extra, |kind| scene.destination.cache.knowledge(kind));
    let mut deployed = deployed(&pass.stored.status);
    deployed.extend(pass.state.memory.applied().cloned());
    let confirmed = approved_at(&pass.app).is_some_and(|at| state.started_at.is_some_and(|started| at >= started))
        || state.operation.info.iter().any(|info| info.name == annotation::DELETION_APPROVED);
    let input = Input {
        operation: &operation,
        options: &job.options,
        resources: &resources,
        hooks: &job.desired.hooks,
        complete: incomplete.as_deref().map_or(Ok(()), Err),
        namespace: &pass.stored.spec.destination.namespace,
        managed_namespace: &job.managed_namespace,
        shared: &compared.shared,
        deployed: &deployed,
        confirmed,
        guard,
        limits,
        progress,
        view: &view,
        now: pass.now(),
    };
    match state.phase {
        Phase::Terminating => plan_termination(&input),
        _ => plan(&input),
    }
}

/// Carries a step out and takes in what came of it.
async fn carry_out(pass: &mut Pass<'_>, scene: &Scene, step: &bowline_plan_planner::Step, progress: &mut Progress) {
    let counted = Counted {
        cluster: scene.cluster.as_ref(),
        metrics: &pass.shared.metrics,
        app: &pass.stored,
        server: &scene.destination.reference.server,
    };
    let executor =
        Executor { cluster: &counted, pause: &Sleep, parallel: pass.shared.world.settings().apply_parallelism };
    let stop = pass.shared.tasks.cancel_token().clone();
    let report = executor.run(step, || stop.is_cancelled()).await;
    let now = pass.now();
    pass.state.memory.take_in(&report, progress, now);
}

/// Time passes as it does.
pub struct Sleep;

impl Pause for Sleep {
    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

fn put_results(state: &mut OperationState, progress: &Progress) {
    if let Some(result) = state.sync_result.as_mut() {
        result.resources = results(progress);
    }
}
