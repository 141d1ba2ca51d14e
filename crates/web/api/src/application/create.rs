//! Making an application.

use bowline_core_crd::Application;
use bowline_core_rbac::{action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{Caller, Context, Done, denied};
use bowline_web_wire::application::ApplicationCreateRequest;
use bowline_web_wire::tonic::Status;

use super::find::{about, check_namespace};
use super::update::permit_update;
use super::validate::{normalize, validate};
use crate::store::{self, Kept};

/// Makes it, or, with `upsert`, gives the one that is there this spec.
pub(crate) async fn create(
    context: &Context,
    caller: &Caller,
    request: ApplicationCreateRequest,
) -> Result<Application, Status> {
    let mut app = request.application.ok_or_else(|| Status::invalid_argument("the application is missing"))?;
    let control = context.world.namespace();
    if app.metadata.namespace.is_empty() {
        app.metadata.namespace = control.to_string();
    }
    check_namespace(context, &app.metadata.namespace)?;
    normalize(&mut app);
    // What an application is asked to do, and how it stands, is not the caller's to say.
    app.operation = None;
    app.status = Default::default();
    let wanted = {
        let metadata = &app.metadata;
        object::Application::new(app.spec.project(), &metadata.namespace, &metadata.name, control)
    };
    let may = caller.enforcer().permit(action::Create, wanted).map_err(denied)?;
    validate(context, &app, request.validate.unwrap_or(true)).await?;

    let name = AppName::new(app.metadata.namespace.as_str(), app.metadata.name.as_str());
    let refusal = match store::create(context, &may, &app).await {
        Ok(created) => {
            context.tell(caller, about(&created), Done::Created, "created application").await;
            return Ok(created);
        }
        Err(status) if status.code() == bowline_web_wire::tonic::Code::AlreadyExists => status,
        Err(status) => return Err(status),
    };
    let Some(there) = context.world.app(&name) else { return Err(refusal) };
    if is_same(&there, &app) {
        return Ok(there.bare());
    }
    if !request.upsert.unwrap_or_default() {
        return Err(Status::invalid_argument(
            "existing application spec is different, use upsert flag to force update",
        ));
    }
    let may = permit_update(context, caller, &there, app.spec.project())?;
    let updated = store::change(context, &may, &name, |stored: &mut Application| {
        stored.spec = app.spec.clone();
        stored.metadata.labels.extend(app.metadata.labels.clone());
        stored.metadata.annotations.extend(app.metadata.annotations.clone());
        stored.metadata.finalizers.clone_from(&app.metadata.finalizers);
        Ok(())
    })
    .await?;
    context.tell(caller, about(&updated), Done::Updated, "updated application spec").await;
    Ok(updated)
}

fn is_same(a: &Application, b: &Application) -> bool {
    a.spec == b.spec
        && a.metadata.labels == b.metadata.labels
        && a.metadata.annotations == b.metadata.annotations
        && a.metadata.finalizers == b.metadata.finalizers
}
