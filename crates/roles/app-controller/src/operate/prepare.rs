//! What an operation is for, and whether it may.

use bowline_core_crd::{OperationState, SyncOperationResult};
use bowline_core_ports::Freshness;
use bowline_core_project::is_source_permitted;
use bowline_plan_planner::{ManagedNamespace, SyncOptions};

use crate::desired::{Asked, Desired, Target, desired, given};
use crate::reconcile::{Pass, Scene};
use crate::rules::migration_manager;

/// What an operation is about, once it is known that it can be carried out.
pub(super) struct Job {
    pub desired: Desired,
    pub options: SyncOptions,
    pub managed_namespace: ManagedNamespace,
}

/// Finds out what the operation is for, and whether it may.
pub(super) async fn prepare(
    pass: &mut Pass<'_>,
    scene: &Scene,
    target: &Desired,
    state: &mut OperationState,
) -> Result<Job, String> {
    let Some(sync) = state.operation.sync.clone() else {
        return Err("Invalid operation request: no operation specified".to_string());
    };
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
    // A try that is for the newest revision asks for it, once.
    let anew = state.operation.retry.refresh && state.retry_count > 0 && !named;
    let desired = if !sync.manifests.is_empty() {
        let instance = pass.name.instance(&pass.shared.config.namespace);
        let namespace = &pass.stored.spec.destination.namespace;
        given(pass.shared, &scene.destination, &sync.manifests, &instance, namespace, &target.revisions)
            .map_err(|reason| format!("ComparisonError: Failed to load target state: {reason}"))?
    } else if !anew && sources == own && (!named || revisions == target.revisions) {
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
    let (mut options, wrong) = SyncOptions::parse(sync.sync_options.iter().map(String::as_str));
    if !wrong.is_empty() {
        let reasons: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        return Err(reasons.join("; "));
    }
    options.legacy_managers.extend(migration_manager(&pass.stored));
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
