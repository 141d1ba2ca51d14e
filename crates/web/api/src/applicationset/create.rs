//! Making an ApplicationSet, and saying what one would make.

use std::sync::Arc;

use bowline_core_crd::{
    API_VERSION, AppProject, Application, ApplicationSet, GROUP, Resource, ResourceStatus, VERSION,
};
use bowline_core_rbac::{Allowed, action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{About, Caller, Context, Done, denied};
use bowline_web_wire::applicationset::{
    ApplicationSetCreateRequest, ApplicationSetGenerateRequest, ApplicationSetGenerateResponse,
};
use bowline_web_wire::tonic::{Code, Status};

use super::find::{guarded, project};
use super::generate::applications;
use crate::application::find::check_namespace;
use crate::store::{self, Kept};

/// Makes it, or, with `upsert`, gives the one that is there this spec. A dry run stores nothing and tells in `status.resources`
/// which applications would be made.
pub(crate) async fn create(
    context: &Context,
    caller: &Caller,
    request: ApplicationSetCreateRequest,
) -> Result<ApplicationSet, Status> {
    let (may, set, project) = admit(context, caller, request.applicationset)?;
    if request.dry_run {
        let made = applications(context, &set, &project).await?;
        let mut shown = set.bare();
        shown.status.resources = made.iter().map(status).collect();
        return Ok(shown);
    }
    let refusal = match store::create(context, &may, &set).await {
        Ok(created) => {
            tell(context, caller, &created, Done::Created, "created ApplicationSet").await;
            return Ok(created);
        }
        Err(status) if status.code() == Code::AlreadyExists => status,
        Err(status) => return Err(status),
    };
    let name = AppName::new(set.metadata.namespace.as_str(), set.metadata.name.as_str());
    let Some(there) = context.world.application_sets().get(&name) else { return Err(refusal) };
    if is_same(&there.object, &set) {
        return Ok(there.object.bare());
    }
    if !request.upsert {
        let message = "existing ApplicationSet spec is different, use upsert flag to force update";
        return Err(Status::invalid_argument(message));
    }
    // In the project that it is in, and in the one that it moves to.
    let _there = caller.enforcer().permit(action::Update, guarded(context, &there.object)).map_err(denied)?;
    let may = caller.enforcer().permit(action::Update, guarded(context, &set)).map_err(denied)?;
    let changed = store::change(context, &may, &name, |stored: &mut ApplicationSet| {
        stored.spec = set.spec.clone();
        stored.metadata.labels.extend(set.metadata.labels.clone());
        stored.metadata.annotations.extend(set.metadata.annotations.clone());
        stored.metadata.finalizers.clone_from(&set.metadata.finalizers);
        Ok(())
    })
    .await?;
    tell(context, caller, &changed, Done::Updated, "updated ApplicationSets spec").await;
    Ok(changed)
}

/// The applications that a set would make, by name.
pub(crate) async fn preview(
    context: &Context,
    caller: &Caller,
    request: ApplicationSetGenerateRequest,
) -> Result<ApplicationSetGenerateResponse, Status> {
    let (_may, set, project) = admit(context, caller, request.application_set)?;
    let mut applications = applications(context, &set, &project).await?;
    applications.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
    Ok(ApplicationSetGenerateResponse { applications })
}

/// What came of [`admit`].
type Admitted = (Allowed<action::Create, object::ApplicationSet>, ApplicationSet, Arc<AppProject>);

/// The set in the form that is stored, where it makes sense and the caller may make it.
fn admit(context: &Context, caller: &Caller, set: Option<ApplicationSet>) -> Result<Admitted, Status> {
    let invalid = |reason: String| Status::invalid_argument(format!("error validating ApplicationSets: {reason}"));
    let mut set = set
        .ok_or_else(|| Status::invalid_argument("error creating ApplicationSets: ApplicationSets is nil in request"))?;
    if set.metadata.namespace.is_empty() {
        set.metadata.namespace = context.world.namespace().to_string();
    }
    check_namespace(context, &set.metadata.namespace)?;
    if set.spec.template.spec.project.contains("{{") {
        return Err(invalid(
            "the Argo CD API does not currently support creating ApplicationSets with templated `project` fields"
                .into(),
        ));
    }
    if let Some(place) = set.spec.generators.iter().position(|generator| *generator == Default::default()) {
        return Err(invalid(format!("spec.generators[{place}] names no generator that is known here")));
    }
    // How it stands is not the caller's to say.
    set.status = Default::default();
    set.api_version = API_VERSION.to_string();
    set.kind = ApplicationSet::KIND.to_string();
    let may = caller.enforcer().permit(action::Create, guarded(context, &set)).map_err(denied)?;
    let name = project(&set);
    let project = context.world.project(name).ok_or_else(|| {
        Status::invalid_argument(format!("ApplicationSet references project {name} which does not exist"))
    })?;
    Ok((may, set, project))
}

fn is_same(a: &ApplicationSet, b: &ApplicationSet) -> bool {
    a.spec == b.spec
        && a.metadata.labels == b.metadata.labels
        && a.metadata.annotations == b.metadata.annotations
        && a.metadata.finalizers == b.metadata.finalizers
}

/// An application as the set's status lists it.
fn status(app: &Application) -> ResourceStatus {
    ResourceStatus {
        group: GROUP.to_string(),
        version: VERSION.to_string(),
        kind: Application::KIND.to_string(),
        namespace: app.metadata.namespace.clone(),
        name: app.metadata.name.clone(),
        ..ResourceStatus::default()
    }
}

pub(super) async fn tell(context: &Context, caller: &Caller, set: &ApplicationSet, done: Done, action: &str) {
    let about = About { kind: ApplicationSet::KIND, metadata: &set.metadata };
    context.tell(caller, about, done, action).await;
}
