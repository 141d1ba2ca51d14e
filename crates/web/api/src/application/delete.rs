//! Deleting an application.

use bowline_core_rbac::action;
use bowline_core_types::annotation;
use bowline_web_wire::application::ApplicationDeleteRequest;
use bowline_web_wire::tonic::Status;

use super::find::{Named, find, text};
use crate::caller::{Caller, refused};
use crate::{Ground, store};

/// Asks for the deletion; unless `cascade` is off, with what the application deployed.
pub(crate) async fn delete(ground: &Ground, caller: &Caller, request: &ApplicationDeleteRequest) -> Result<(), Status> {
    let named =
        Named { name: text(&request.name), namespace: text(&request.app_namespace), project: text(&request.project) };
    let found = find(ground, caller, named)?;
    let may = caller.enforcer().permit(action::Delete, found.object(ground)).map_err(refused)?;
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
    store::change(ground, &may, &found.name, |app| {
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
    store::delete(ground, &may, &found.name).await
}
