//! The operation state of the contract, and the planner's progress: the same facts in two shapes.

use bowline_core_crd::Time;
use bowline_core_crd::{
    Operation, OperationPhase as Phase, OperationState, ResourceResult, ResultCode as Code, SyncOperationResult,
};
use bowline_core_types::{HookType, ResourceKey};
use bowline_plan_planner::{
    Operation as Asked, OperationPhase, Progress, ResultCode, Selector, Strategy, SyncPhase, TaskResult,
};
use jiff::Timestamp;

/// An operation that begins now.
pub fn begun(operation: Operation, now: Timestamp) -> OperationState {
    OperationState { operation, phase: Phase::Running, started_at: Some(Time::new(now)), ..OperationState::default() }
}

/// What the planner is asked.
pub fn asked(state: &OperationState, revision: &str, now: Timestamp) -> Asked {
    let sync = state.operation.sync.clone().unwrap_or_default();
    let strategy = sync.sync_strategy.as_ref();
    let apply = strategy.and_then(|s| s.apply.as_ref());
    let hook = strategy.and_then(|s| s.hook.as_ref()).map(|hook| &hook.apply);
    Asked {
        revision: revision.to_string(),
        prune: sync.prune,
        dry_run: sync.dry_run,
        force: apply.or(hook).is_some_and(|strategy| strategy.force),
        strategy: if apply.is_some() { Strategy::Apply } else { Strategy::Hook },
        selectors: sync
            .resources
            .iter()
            .map(|r| Selector {
                group: r.group.clone(),
                kind: r.kind.clone(),
                name: r.name.clone(),
                namespace: r.namespace.clone(),
            })
            .collect(),
        started_at: state.started_at.map_or(now, Time::timestamp),
        retries: u64::try_from(state.retry_count).unwrap_or(0),
    }
}

/// The progress that an operation's state keeps: what a process that starts anew goes on from.
pub fn progress(result: Option<&SyncOperationResult>) -> Progress {
    let results = result.map(|r| r.resources.as_slice()).unwrap_or_default();
    Progress { results: results.iter().filter_map(task_result).collect(), ..Progress::default() }
}

/// The results as the contract shows them.
pub fn results(progress: &Progress) -> Vec<ResourceResult> {
    progress.results.iter().map(resource_result).collect()
}

/// A phase in the contract's words.
pub fn phase(phase: OperationPhase) -> Phase {
    Phase::from(phase.as_str())
}

fn task_result(result: &ResourceResult) -> Option<TaskResult> {
    let hook_type = match result.hook_type.as_str() {
        "" => None,
        word => Some(
            [HookType::PreSync, HookType::Sync, HookType::PostSync, HookType::SyncFail]
                .into_iter()
                .find(|hook| hook.as_str() == word)?,
        ),
    };
    Some(TaskResult {
        key: ResourceKey::new(
            result.group.as_str(),
            result.kind.as_str(),
            result.namespace.as_str(),
            result.name.as_str(),
        ),
        version: result.version.clone(),
        sync_phase: SyncPhase::from_word(&result.sync_phase).unwrap_or(SyncPhase::Sync),
        status: ResultCode::from_word(result.status.as_str()),
        hook_type,
        hook_phase: OperationPhase::from_word(result.hook_phase.as_str()),
        message: result.message.clone(),
        images: result.images.clone(),
    })
}

fn resource_result(result: &TaskResult) -> ResourceResult {
    ResourceResult {
        group: result.key.group.to_string(),
        version: result.version.clone(),
        kind: result.key.kind.to_string(),
        namespace: result.key.namespace.to_string(),
        name: result.key.name.to_string(),
        status: result.status.map(|s| Code::from(s.as_str())).unwrap_or_default(),
        message: result.message.clone(),
        hook_type: result.hook_type.map(|h| h.as_str().to_string()).unwrap_or_default(),
        hook_phase: result.hook_phase.map(phase).unwrap_or_default(),
        sync_phase: result.sync_phase.as_str().to_string(),
        images: result.images.clone(),
    }
}
