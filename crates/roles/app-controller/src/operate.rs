//! Operations: begun, carried on, finished, tried again.

use std::time::Duration;

use bowline_core_crd::Time;
use bowline_core_crd::{
    ApplicationConditionType as Kind, OperationPhase as Phase, OperationState, RevisionHistory, SyncOperationResult,
};
use bowline_core_ports::{BoxFuture, Freshness};
use bowline_core_project::is_source_permitted;
use bowline_core_types::GroupKind;
use bowline_live_cache::Knowledge;
use bowline_plan_ignore::respect;
use bowline_plan_planner::{
    Guard, Input, Limits, Live, ManagedNamespace, Next, Plan, Progress, Resource, SyncOptions, plan, plan_termination,
};
use bowline_plan_windows::Decision as Window;
use bowline_sync_executor::{Executor, Pause, Unrevealed};
use jiff::{SignedDuration, Timestamp};

use crate::autosync::{Decision, Facts, decide, retry_delay};
use crate::compare::Compared;
use crate::desired::{Asked, Desired, Target, desired};
use crate::operation_state::{asked, begun, phase, progress, results};
use crate::reconcile::{Pass, Scene};
use crate::view::ClusterView;

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
        (None, Some(operation)) => begun(operation.clone(), now),
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
    drive(pass, scene, target, state).await
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
        Decision::Later(wait) => Err(wait),
        Decision::Refuse(message) => {
            pass.conditions.add(Kind::SyncError, message);
            Ok(None)
        }
        Decision::Sync(operation) => {
            let window = crate::windows::decide(&scene.project.spec, &pass.stored, false, None, now);
            if let Window::Blocked { reason, until } = window {
                tracing::debug!(application = %pass.name, reason, "automated sync waits for a window");
                let wait = until.map(|until| duration(until.duration_since(now)));
                return wait.map_or(Ok(None), Err);
            }
            tracing::info!(application = %pass.name, revisions = target.revisions.join(", "), "automated sync");
            Ok(Some(begun(*operation, now)))
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

/// What an operation is about, once it is known that it can be carried out.
struct Job {
    desired: Desired,
    options: SyncOptions,
    managed_namespace: ManagedNamespace,
}

/// Plans and carries out, step after step, until the operation has ended or must wait.
async fn drive(pass: &mut Pass<'_>, scene: &Scene, target: &Desired, mut state: OperationState) -> Operated {
    let job = match prepare(pass, scene, target, &mut state).await {
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
        state.message = format!("Sync operation {reason}");
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
    let guard = settings.deletion_guard.then(Guard::default);
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
                state.message.clone_from(&wait.message);
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

/// Finds out what the operation is for, and whether it may.
async fn prepare(
    pass: &mut Pass<'_>,
    scene: &Scene,
    target: &Desired,
    state: &mut OperationState,
) -> Result<Job, String> {
    let Some(sync) = state.operation.sync.clone() else {
        return Err("Invalid operation request: no operation specified".to_string());
    };
    if !sync.manifests.is_empty() {
        return Err("operation.sync.manifests (a sync of local manifests) is not supported yet".to_string());
    }
    let own = pass.stored.spec.sources();
    let sources = match (&sync.sources[..], &sync.source) {
        ([], Some(source)) => vec![source.clone()],
        ([], None) => own.clone(),
        (several, _) => several.to_vec(),
    };
    for source in &sources {
        if !is_source_permitted(&scene.project.spec, &source.repo_url) {
            let project = &scene.project.metadata.name;
            return Err(format!("application repo {} is not permitted in project '{project}'", source.repo_url));
        }
    }
    let pinned = state.sync_result.as_ref().map(|result| match result.revisions.is_empty() {
        true => vec![result.revision.clone()],
        false => result.revisions.clone(),
    });
    let revisions = pinned.unwrap_or(match sync.revisions.is_empty() {
        true => vec![sync.revision.clone()],
        false => sync.revisions.clone(),
    });
    let named = revisions.iter().any(|r| !r.is_empty());
    let desired = if sources == own && (!named || revisions == target.revisions) {
        if pass.conditions.has_errors() {
            return Err(pass.conditions.error_text());
        }
        target.clone()
    } else {
        let target = Target { sources: sources.clone(), revisions };
        let instance = pass.name.instance(&pass.shared.config.namespace);
        let asked = Asked {
            instance: &instance,
            project: pass.stored.spec.project(),
            namespace: &pass.stored.spec.destination.namespace,
            freshness: if named { Freshness::Known } else { Freshness::Now },
            hard: false,
        };
        let memory = &mut pass.state.operation_desired;
        desired(pass.shared, &scene.destination, &target, asked, memory)
            .await
            .map_err(|reason| format!("ComparisonError: Failed to load target state: {reason}"))?
    };
    let (options, wrong) = SyncOptions::parse(sync.sync_options.iter().map(String::as_str));
    if !wrong.is_empty() {
        let reasons: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        return Err(reasons.join("; "));
    }
    let policy = pass.stored.spec.sync_policy.as_ref();
    let managed = policy.and_then(|p| p.managed_namespace_metadata.clone());
    let several = sources.len() > 1 || pass.stored.spec.has_multiple_sources();
    state.sync_result.get_or_insert_with(|| SyncOperationResult {
        revision: if several { String::new() } else { desired.revisions.first().cloned().unwrap_or_default() },
        revisions: if several { desired.revisions.clone() } else { Vec::new() },
        source: if several { Default::default() } else { sources.first().cloned().unwrap_or_default() },
        sources: if several { sources.clone() } else { Vec::new() },
        managed_namespace_metadata: managed.clone(),
        ..SyncOperationResult::default()
    });
    let managed = managed.unwrap_or_default();
    let managed_namespace = ManagedNamespace { labels: managed.labels, annotations: managed.annotations };
    Ok(Job { desired, options, managed_namespace })
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
    // With RespectIgnoreDifferences what is ignored is left as it is live.
    let respected = |item: &crate::compare::Item| match (&item.desired, &item.live) {
        (Some(desired), Some(live)) if job.options.respect_ignored && !scene.comparing.ignored.is_empty() => {
            Some(respect(desired, &live.object, &scene.comparing.ignored))
        }
        (desired, _) => desired.clone(),
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
        project: &scene.project.spec,
        project_name: &scene.project.metadata.name,
        memory: &pass.state.memory,
        now: pass.now(),
    };
    let revision = job.desired.revisions.first().map(String::as_str).unwrap_or_default();
    let operation = asked(state, revision, pass.now());
    let incomplete = incomplete(pass, scene, compared);
    let confirmed = pass
        .app
        .metadata
        .annotations
        .get(bowline_core_types::annotation::DELETION_APPROVED)
        .and_then(|text| text.parse::<Time>().ok())
        .is_some_and(|approved| state.started_at.is_some_and(|started| approved >= started));
    let input = Input {
        operation: &operation,
        options: &job.options,
        resources: &resources,
        hooks: &job.desired.hooks,
        complete: incomplete.as_deref().map_or(Ok(()), Err),
        namespace: &pass.stored.spec.destination.namespace,
        managed_namespace: &job.managed_namespace,
        shared: &compared.shared,
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

/// Why deletions would not be decided from complete knowledge. A kind of which the application has objects to prune, or had objects
/// when it was synced or looked at last, may hide some where it is not seen whole; and what is hidden is not counted.
fn incomplete(pass: &Pass<'_>, scene: &Scene, compared: &Compared) -> Option<String> {
    let status = &pass.stored.status;
    let synced = status.operation_state.as_ref().and_then(|state| state.sync_result.as_ref());
    let before = status.resources.iter().map(|r| (&r.group, &r.kind));
    let synced = synced.into_iter().flat_map(|result| &result.resources).map(|r| (&r.group, &r.kind));
    let mut known = before.chain(synced).map(|(group, kind)| GroupKind::new(group.as_str(), kind.as_str()));
    let extra: Vec<GroupKind> =
        compared.items.iter().filter(|item| item.desired.is_none()).map(|item| item.key.group_kind()).collect();
    if extra.is_empty() {
        return None;
    }
    let knowledge = |kind: &GroupKind| scene.destination.cache.knowledge(kind);
    // A kind that is not served any more has gone with its objects, and hides none.
    let hides =
        |kind: &GroupKind| !matches!(knowledge(kind), Knowledge::Current | Knowledge::NotServed | Knowledge::Excluded);
    let unseen = extra.iter().find(|kind| knowledge(kind) != Knowledge::Current).cloned();
    let kind = unseen.or_else(|| known.find(hides))?;
    Some(format!("what the cluster holds of {kind} is not known completely"))
}

/// Carries a step out and takes in what came of it.
async fn carry_out(pass: &mut Pass<'_>, scene: &Scene, step: &bowline_plan_planner::Step, progress: &mut Progress) {
    let executor = Executor {
        cluster: scene.cluster.as_ref(),
        reveal: &Unrevealed,
        pause: &Sleep,
        parallel: pass.shared.world.settings().apply_parallelism,
    };
    let stop = pass.shared.tasks.cancel_token().clone();
    let report = executor.run(step, || stop.is_cancelled()).await;
    let now = pass.now();
    pass.state.memory.take_in(&report, progress, now);
}

/// Time passes as it does.
struct Sleep;

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
        pass.shared.metrics.synced(&pass.app, server, state.phase.as_str(), sync.dry_run);
        if state.phase == Phase::Succeeded && !sync.dry_run && sync.resources.is_empty() {
            record_history(pass, &state, now);
        }
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

fn duration(signed: SignedDuration) -> Duration {
    Duration::try_from(signed).unwrap_or(Duration::ZERO)
}
