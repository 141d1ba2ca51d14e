//! Whether an application syncs by itself now. Pure: the facts go in, a decision comes out.

use std::time::Duration;

use bowline_core_crd::{
    Application, Backoff, Operation, OperationInitiator, OperationPhase, ResourceResult, ResourceStatus, ResultCode,
    RetryStrategy, SyncOperation, SyncOperationResource, SyncStatusCode, Time,
};
use bowline_core_settings::Settings;
use bowline_core_types::annotation;
use bowline_plan_planner::{LEFT_ALONE, WITHHELD};
use jiff::Timestamp;

/// Retries of an automated sync where the application says nothing, as the contract has it.
const DEFAULT_RETRIES: i64 = 5;

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Nothing; the reason is for the log.
    No(&'static str),
    /// Not yet, and why: a self-heal follows the one before too closely.
    Later(Duration, String),
    /// Nothing, and people are to know why: a SyncError condition with this message.
    Refuse(String),
    /// Sync.
    Sync(Box<Operation>),
}

/// The facts besides the application itself.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The comparison's verdict.
    pub status: &'a SyncStatusCode,
    /// Commits compared with: one, or one a source.
    pub revisions: &'a [String],
    /// Every object.
    pub resources: &'a [ResourceStatus],
    /// The time.
    pub now: Timestamp,
}

/// Decides, as Argo CD's `autoSync` does.
pub fn decide(app: &Application, facts: Facts<'_>, settings: &Settings) -> Decision {
    let Some(automated) = app.spec.automated() else {
        return Decision::No("automated sync is off");
    };
    if app.operation.is_some() {
        return Decision::No("another operation is in progress");
    }
    if app.metadata.deletion_timestamp.is_some() {
        return Decision::No("the application is being deleted");
    }
    if *facts.status != SyncStatusCode::OutOfSync {
        return Decision::No("the application is not OutOfSync");
    }
    let out_of_sync = || facts.resources.iter().filter(|r| r.status != SyncStatusCode::Synced);
    if !automated.prunes() && out_of_sync().all(|r| r.requires_pruning) {
        return Decision::No("only prunes are left and automated prune is off");
    }

    let mut operation = operation(app, facts.revisions, automated.prunes());
    match attempted(app, facts.revisions) {
        Attempt::None => {}
        Attempt::Failed(message) => {
            let revisions = facts.revisions.join(", ");
            return Decision::Refuse(format!("Failed last sync attempt to [{revisions}]: {message}"));
        }
        // Deletions that were held back are done once they are confirmed; trying them again before that changes nothing.
        Attempt::Succeeded if is_left(app, out_of_sync()) => {
            if !automated.prunes() || !is_approved_anew(app) {
                return Decision::No("only deletions that wait for confirmation are left");
            }
        }
        Attempt::Succeeded if !automated.self_heals() && left_alone(app).is_empty() => {
            return Decision::No("this revision was synced already and self-heal is off");
        }
        Attempt::Succeeded => {
            let state = app.status.operation_state.as_ref();
            let before = state.and_then(|s| s.operation.sync.as_ref()).map_or(0, |s| s.auto_heal_attempts_count);
            let wait = self_heal_wait(app, before, facts.now, settings);
            if !wait.is_zero() {
                let times = if before == 1 { "once".to_string() } else { format!("{before} times") };
                return Decision::Later(
                    wait,
                    format!("self-heal to this revision was tried {times} and it differs again"),
                );
            }
            if let Some(sync) = operation.sync.as_mut() {
                sync.auto_heal_attempts_count = before + 1;
                sync.resources = out_of_sync().map(selected).collect();
            }
        }
    }
    if automated.prunes() && !automated.allows_empty() && facts.resources.iter().all(|r| r.requires_pruning) {
        let revisions = facts.revisions.join(", ");
        return Decision::Refuse(format!(
            "Skipping sync attempt to [{revisions}]: auto-sync will wipe out all resources"
        ));
    }
    Decision::Sync(Box::new(operation))
}

/// Whether nothing but deletions that the last sync had to leave is out of sync.
fn is_left<'a>(app: &Application, out_of_sync: impl Iterator<Item = &'a ResourceStatus>) -> bool {
    let withheld = withheld(app);
    let mut out_of_sync = out_of_sync.peekable();
    out_of_sync.peek().is_some()
        && out_of_sync.all(|resource| {
            let same = |w: &ResourceResult| {
                (&w.group, &w.kind, &w.namespace, &w.name)
                    == (&resource.group, &resource.kind, &resource.namespace, &resource.name)
            };
            resource.requires_pruning && withheld.iter().any(|w| same(w))
        })
}

/// What the last sync would have deleted and was made to leave until someone confirms it.
pub fn withheld(app: &Application) -> Vec<&ResourceResult> {
    skipped(app, WITHHELD)
}

/// What the last sync would have deleted, had it known all that there is.
pub fn left_alone(app: &Application) -> Vec<&ResourceResult> {
    skipped(app, LEFT_ALONE)
}

fn skipped<'a>(app: &'a Application, why: &str) -> Vec<&'a ResourceResult> {
    let result = app.status.operation_state.as_ref().and_then(|state| state.sync_result.as_ref());
    let results = result.map(|result| result.resources.as_slice()).unwrap_or_default();
    results.iter().filter(|r| r.status == ResultCode::PruneSkipped && r.message.starts_with(why)).collect()
}

/// When someone approved deletions.
pub fn approved_at(app: &Application) -> Option<Time> {
    app.metadata.annotations.get(annotation::DELETION_APPROVED)?.parse().ok()
}

/// Whether someone approved the deletions that the last sync had to leave, after it began.
pub fn is_approved_anew(app: &Application) -> bool {
    let began = app.status.operation_state.as_ref().and_then(|state| state.started_at);
    !withheld(app).is_empty() && approved_at(app).zip(began).is_some_and(|(approved, began)| approved >= began)
}

fn operation(app: &Application, revisions: &[String], prune: bool) -> Operation {
    let several = app.spec.has_multiple_sources();
    let policy = app.spec.sync_policy.as_ref();
    let sync = SyncOperation {
        revision: if several { String::new() } else { revisions.first().cloned().unwrap_or_default() },
        revisions: if several { revisions.to_vec() } else { Vec::new() },
        source: if several { None } else { app.spec.source.clone() },
        sources: if several { app.spec.sources.clone() } else { Vec::new() },
        prune,
        sync_options: policy.map(|p| p.sync_options.clone()).unwrap_or_default(),
        ..SyncOperation::default()
    };
    let retry = policy.and_then(|p| p.retry.clone());
    Operation {
        sync: Some(sync),
        initiated_by: OperationInitiator { automated: true, ..OperationInitiator::default() },
        retry: retry.unwrap_or(RetryStrategy { limit: DEFAULT_RETRIES, ..RetryStrategy::default() }),
        ..Operation::default()
    }
}

fn selected(resource: &ResourceStatus) -> SyncOperationResource {
    SyncOperationResource {
        group: resource.group.clone(),
        kind: resource.kind.clone(),
        name: resource.name.clone(),
        namespace: resource.namespace.clone(),
    }
}

enum Attempt {
    None,
    Succeeded,
    Failed(String),
}

/// Whether the last operation was a sync of the same sources to the same commits, and how it ended.
fn attempted(app: &Application, revisions: &[String]) -> Attempt {
    let Some(state) = &app.status.operation_state else { return Attempt::None };
    let (Some(sync), Some(result)) = (&state.operation.sync, &state.sync_result) else { return Attempt::None };
    let same = if app.spec.has_multiple_sources() {
        result.revisions == revisions && sync.sources == app.spec.sources
    } else {
        // A sync of another source than the one that is desired now says nothing about this one.
        let source = sync.source.as_ref().unwrap_or(&result.source);
        revisions.first() == Some(&result.revision) && Some(source) == app.spec.source.as_ref()
    };
    match same {
        false => Attempt::None,
        true if state.phase == OperationPhase::Succeeded => Attempt::Succeeded,
        true => Attempt::Failed(state.message.clone()),
    }
}

/// How long to wait before the next self-heal: `2s × 3^attempts`, capped, counted from the end of the last one; or a fixed time
/// where the settings give one.
fn self_heal_wait(app: &Application, attempts: i64, now: Timestamp, settings: &Settings) -> Duration {
    let Some(finished) = app.status.operation_state.as_ref().and_then(|s| s.finished_at.as_ref()) else {
        return Duration::ZERO;
    };
    let delay = if !settings.self_heal_timeout.is_zero() {
        settings.self_heal_timeout
    } else if attempts == 0 {
        Duration::ZERO
    } else {
        let exponent = u32::try_from(attempts - 1).unwrap_or(u32::MAX).min(16);
        let factor = u32::try_from(settings.self_heal_backoff_factor).unwrap_or(u32::MAX).saturating_pow(exponent);
        settings.self_heal_backoff.saturating_mul(factor).min(settings.self_heal_backoff_cap)
    };
    let elapsed = now.as_second().saturating_sub(finished.timestamp().as_second()).max(0).unsigned_abs();
    delay.saturating_sub(Duration::from_secs(elapsed))
}

/// When a failed sync is tried again: the delay after try number `retries` (from 0).
pub fn retry_delay(backoff: Option<&Backoff>, retries: i64) -> Duration {
    let parse = |text: Option<&str>, default: u64| {
        text.filter(|t| !t.is_empty())
            .and_then(|t| bowline_core_settings::parse_duration(t).ok())
            .unwrap_or(Duration::from_secs(default))
    };
    // Argo CD's defaults: 5 s, doubled each time, at most 3 min.
    let base = parse(backoff.map(|b| b.duration.as_str()), 5);
    let longest = parse(backoff.map(|b| b.max_duration.as_str()), 180);
    let factor = backoff.and_then(|b| b.factor).filter(|f| *f > 0).unwrap_or(2);
    let exponent = u32::try_from(retries).unwrap_or(0).min(32);
    let factor = u32::try_from(factor).unwrap_or(u32::MAX).saturating_pow(exponent);
    base.saturating_mul(factor).min(longest)
}
