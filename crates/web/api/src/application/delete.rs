//! Deleting an application.

use bowline_core_crd::Application;
use bowline_core_rbac::action;
use bowline_core_types::annotation;
use bowline_web_admin::{Caller, Context, Done, denied};
use bowline_web_wire::application::ApplicationDeleteRequest;
use bowline_web_wire::tonic::Status;

use super::find::{find, text};
use crate::store;

/// Asks for the deletion; unless `cascade` is off, with what the application deployed.
pub(crate) async fn delete(
    context: &Context,
    caller: &Caller,
    request: &ApplicationDeleteRequest,
) -> Result<(), Status> {
    let found = find(context, caller, request)?;
    let may = caller.enforcer().permit(action::Delete, found.object(context)).map_err(denied)?;
    let policy = text(&request.propagation_policy);
    let cascade = request.cascade.unwrap_or(true);
    if !cascade && !policy.is_empty() {
        return Err(Status::invalid_argument("cannot set propagation policy when cascading is disabled"));
    }
    let finalizer = match policy {
        "" | "foreground" => annotation::RESOURCES_FINALIZER,
        "background" => annotation::BACKGROUND_FINALIZER,
        other => {
            let message = format!("invalid propagation policy: {other}; use foreground or background");
            return Err(Status::invalid_argument(message));
        }
    };
    store::change(context, &may, &found.name, |app: &mut Application| {
        let finalizers = &mut app.metadata.finalizers;
        if !cascade || !policy.is_empty() {
            finalizers.retain(|known| !known.starts_with(annotation::RESOURCES_FINALIZER));
        }
        if cascade && !finalizers.iter().any(|known| known.starts_with(annotation::RESOURCES_FINALIZER)) {
            finalizers.push(finalizer.to_string());
        }
        Ok(())
    })
    .await?;
    store::delete::<Application>(context, &may, &found.name).await?;
    context.tell(caller, found.about(), Done::Deleted, "deleted application").await;
    Ok(())
}
