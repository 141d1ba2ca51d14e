//! Asking for a sync, a rollback, or the end of one.

use bowline_core_crd::{
    Application, ApplicationSource, Operation, OperationInitiator, OperationPhase, RetryStrategy, SyncOperation,
    SyncStrategy,
};
use bowline_core_ports::Freshness;
use bowline_core_rbac::{Allowed, action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{Caller, Context, Done, denied};
use bowline_web_wire::application::{ApplicationRollbackRequest, ApplicationSyncRequest, OperationTerminateRequest};
use bowline_web_wire::tonic::Status;

use super::find::{Found, find, text};
use super::windows;
use crate::setting::switch;
use crate::{error, store};

/// Asks for a sync.
pub(crate) async fn sync(
    context: &Context,
    caller: &Caller,
    request: ApplicationSyncRequest,
) -> Result<Application, Status> {
    let found = find(context, caller, &request)?;
    let enforcer = caller.enforcer();
    let may = enforcer.permit(action::Sync, found.object(context)).map_err(denied)?;
    let app = &found.app;
    let dry_run = request.dry_run.unwrap_or_default();
    if !request.manifests.is_empty() {
        let _may = enforcer.permit(action::Override, found.object(context)).map_err(denied)?;
        if app.spec.is_automated() && !dry_run {
            return Err(Status::failed_precondition(
                "cannot use local sync when Automatic Sync Policy is enabled unless for dry run",
            ));
        }
    }
    if app.metadata.deletion_timestamp.is_some() {
        return Err(Status::failed_precondition("application is deleting"));
    }
    windows::check(context, &found)?;

    let revisions = Revisions::asked(app, &request)?;
    if let Some((wanted, own)) = revisions.differing(app) {
        if app.spec.is_automated() && !dry_run {
            return Err(Status::failed_precondition(format!(
                "Cannot sync to {wanted}: auto-sync currently set to {own}"
            )));
        }
        if switch(context, "application.sync.requireOverridePrivilegeForRevisionSync", false) {
            let _may = enforcer.permit(action::Override, found.object(context)).map_err(denied)?;
        }
    }
    let resolved = revisions.resolved(context, app).await?;
    let several = app.spec.has_multiple_sources();
    let sources = app.spec.sources();
    let options = match request.sync_options {
        Some(options) => options.items,
        None => app.spec.sync_policy.as_ref().map(|policy| policy.sync_options.clone()).unwrap_or_default(),
    };
    let operation = Operation {
        sync: Some(SyncOperation {
            revision: if several { String::new() } else { resolved.first().cloned().unwrap_or_default() },
            revisions: if several { resolved } else { Vec::new() },
            source: if several { None } else { sources.first().cloned() },
            sources: if several { sources } else { Vec::new() },
            prune: request.prune.unwrap_or_default(),
            dry_run,
            sync_strategy: request.strategy,
            resources: request.resources,
            manifests: request.manifests,
            sync_options: options,
            ..SyncOperation::default()
        }),
        initiated_by: OperationInitiator { username: caller.username().to_string(), ..OperationInitiator::default() },
        info: request.infos,
        retry: request.retry_strategy.or_else(|| own_retry(app)).unwrap_or_default(),
    };
    let what = initiated(&operation);
    let started = start(context, &may, &found.name, operation).await?;
    context.tell(caller, found.about(), Done::Started, &what).await;
    Ok(started)
}

/// What the event of a sync says.
fn initiated(operation: &Operation) -> String {
    let sync = operation.sync.clone().unwrap_or_default();
    let partial = if sync.resources.is_empty() { "" } else { "partial " };
    let to = if sync.revisions.is_empty() { sync.revision } else { sync.revisions.join(",") };
    match sync.manifests.is_empty() {
        true => format!("initiated {partial}sync to {to}"),
        false => format!("initiated {partial}sync locally"),
    }
}

/// Asks for a sync to what a past sync deployed.
pub(crate) async fn rollback(
    context: &Context,
    caller: &Caller,
    request: ApplicationRollbackRequest,
) -> Result<Application, Status> {
    let found = find(context, caller, &request)?;
    let enforcer = caller.enforcer();
    let app = &found.app;
    let id = request.id.unwrap_or_default();
    let operation = || {
        if app.metadata.deletion_timestamp.is_some() {
            return Err(Status::failed_precondition("application is deleting"));
        }
        if app.spec.is_automated() {
            return Err(Status::failed_precondition("rollback cannot be initiated when auto-sync is enabled"));
        }
        let past = app.status.history.iter().find(|past| past.id == id).ok_or_else(|| {
            Status::invalid_argument(format!("application {} does not have deployment with id {id}", found.name.name))
        })?;
        let several = !past.sources.is_empty();
        if !several && past.source == ApplicationSource::default() {
            return Err(Status::failed_precondition(
                "rollback to revision deployed with Argo CD v0.10 or lower is unsupported. sync to revision instead.",
            ));
        }
        Ok(Operation {
            sync: Some(SyncOperation {
                revision: past.revision.clone(),
                revisions: past.revisions.clone(),
                source: if several { None } else { Some(past.source.clone()) },
                sources: past.sources.clone(),
                prune: request.prune.unwrap_or_default(),
                dry_run: request.dry_run.unwrap_or_default(),
                sync_strategy: Some(SyncStrategy { apply: Some(Default::default()), ..SyncStrategy::default() }),
                sync_options: app
                    .spec
                    .sync_policy
                    .as_ref()
                    .map(|policy| policy.sync_options.clone())
                    .unwrap_or_default(),
                ..SyncOperation::default()
            }),
            initiated_by: OperationInitiator {
                username: caller.username().to_string(),
                ..OperationInitiator::default()
            },
            ..Operation::default()
        })
    };
    let started = if switch(context, "server.rbac.rollback.enforce.enable", false) {
        let may = enforcer.permit(action::Rollback, found.object(context)).map_err(denied)?;
        windows::check(context, &found)?;
        start(context, &may, &found.name, operation()?).await?
    } else {
        let may = enforcer.permit(action::Sync, found.object(context)).map_err(denied)?;
        windows::check(context, &found)?;
        start(context, &may, &found.name, operation()?).await?
    };
    context.tell(caller, found.about(), Done::Started, &format!("initiated rollback to {id}")).await;
    Ok(started)
}

/// Asks the operation that runs to end.
pub(crate) async fn terminate(
    context: &Context,
    caller: &Caller,
    request: &OperationTerminateRequest,
) -> Result<(), Status> {
    let found = find(context, caller, request)?;
    let Found { name, app, .. } = &found;
    let object = object::Application::new(app.spec.project(), &name.namespace, &name.name, context.world.namespace());
    let may = caller.enforcer().permit(action::Sync, object).map_err(denied)?;
    store::change(context, &may, name, |app: &mut Application| {
        let running = app.operation.is_some()
            || app.status.operation_state.as_ref().is_some_and(|state| !state.phase.is_completed());
        let none = || Status::invalid_argument("Unable to terminate operation. No operation is in progress");
        if !running {
            return Err(none());
        }
        match app.status.operation_state.as_mut().filter(|state| !state.phase.is_completed()) {
            Some(state) => state.phase = OperationPhase::Terminating,
            // It was asked for and has not begun: it is taken back.
            None => app.operation = None,
        }
        Ok(())
    })
    .await?;
    context.tell(caller, found.about(), Done::Updated, "terminated running operation").await;
    Ok(())
}

/// Puts the operation into the application, unless another one is there.
async fn start<A: store::Writing>(
    context: &Context,
    may: &Allowed<A, object::Application>,
    name: &AppName,
    operation: Operation,
) -> Result<Application, Status> {
    store::change(context, may, name, |app: &mut Application| {
        if app.operation.is_some() {
            return Err(Status::failed_precondition("another operation is already in progress"));
        }
        app.operation = Some(operation.clone());
        app.status.operation_state = None;
        Ok(())
    })
    .await
}

fn own_retry(app: &Application) -> Option<RetryStrategy> {
    app.spec.sync_policy.as_ref()?.retry.clone()
}

/// The revision that was asked for, for each source; empty where its own counts.
pub(crate) struct Revisions(Vec<String>);

// === impl Revisions ===

impl Revisions {
    pub(crate) fn asked(app: &Application, request: &ApplicationSyncRequest) -> Result<Revisions, Status> {
        let count = app.spec.sources().len();
        let mut revisions = vec![String::new(); count];
        if request.source_positions.len() != request.revisions.len() {
            return Err(Status::invalid_argument("sourcePositions and revisions must be of the same length"));
        }
        if !app.spec.has_multiple_sources() {
            if let Some(first) = revisions.first_mut() {
                *first = text(&request.revision).to_string();
            }
            return Ok(Revisions(revisions));
        }
        for (position, revision) in request.source_positions.iter().zip(&request.revisions) {
            let place = usize::try_from(*position).ok().and_then(|position| position.checked_sub(1));
            let known = place.and_then(|place| revisions.get_mut(place)).ok_or_else(|| {
                Status::invalid_argument(format!("source position {position} is out of range: there are {count}"))
            })?;
            known.clone_from(revision);
        }
        Ok(Revisions(revisions))
    }

    /// The revisions.
    pub(crate) fn into_list(self) -> Vec<String> {
        self.0
    }

    /// The first one that is another than the source's own, with that.
    pub(crate) fn differing(&self, app: &Application) -> Option<(String, String)> {
        let own = |source: &ApplicationSource| match source.target_revision.as_str() {
            "" => "HEAD".to_string(),
            revision => revision.to_string(),
        };
        let sources = app.spec.sources();
        let pairs = self.0.iter().zip(sources.iter().map(own));
        pairs.into_iter().find(|(wanted, own)| !wanted.is_empty() && *wanted != own).map(|(w, o)| (w.clone(), o))
    }

    /// The commit of each source. Versions of charts are left as they are named: the controller resolves them.
    async fn resolved(&self, context: &Context, app: &Application) -> Result<Vec<String>, Status> {
        let mut resolved = Vec::with_capacity(self.0.len());
        for (wanted, source) in self.0.iter().zip(app.spec.sources()) {
            let revision = if wanted.is_empty() { &source.target_revision } else { wanted };
            if source.is_helm_chart() || source.repo_url.starts_with("oci://") {
                resolved.push(revision.clone());
                continue;
            }
            let project = app.spec.project();
            let found = context.sources.resolve(&source.repo_url, project, revision, Freshness::Now).await;
            resolved.push(found.map_err(error::source)?.commit.to_string());
        }
        Ok(resolved)
    }
}
