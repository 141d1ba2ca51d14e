//! Changing an application: as a whole, its spec, or by a patch.

use bowline_core_crd::{Application, ApplicationSpec, apply_merge_patch};
use bowline_core_rbac::{Allowed, action, object};
use bowline_web_admin::{Caller, Context, Done, denied};
use bowline_web_wire::application::{ApplicationPatchRequest, ApplicationUpdateRequest, ApplicationUpdateSpecRequest};
use bowline_web_wire::tonic::Status;
use serde_json::Value as Json;

use super::find::{Named, about, find, text};
use super::validate::{normalize, validate};
use crate::store;

/// The proof that the caller may change the application, and move it to `project` where that is another one.
pub(crate) fn permit_update(
    context: &Context,
    caller: &Caller,
    app: &Application,
    project: &str,
) -> Result<Allowed<action::Update, object::Application>, Status> {
    let enforcer = caller.enforcer();
    let object = |project: &str| {
        object::Application::new(project, &app.metadata.namespace, &app.metadata.name, context.world.namespace())
    };
    if app.spec.project() != project {
        let _may = enforcer.permit(action::Create, object(project)).map_err(denied)?;
    }
    enforcer.permit(action::Update, object(app.spec.project())).map_err(denied)
}

/// Gives the application this spec, these labels, annotations and finalizers.
pub(crate) async fn update(
    context: &Context,
    caller: &Caller,
    request: ApplicationUpdateRequest,
) -> Result<Application, Status> {
    let mut app = request.application.ok_or_else(|| Status::invalid_argument("the application is missing"))?;
    normalize(&mut app);
    let named = Named {
        name: &app.metadata.name,
        namespace: &app.metadata.namespace,
        project: request.project.as_deref().unwrap_or_default(),
    };
    let found = find(context, caller, named)?;
    let may = permit_update(context, caller, &found.app, app.spec.project())?;
    app.metadata.namespace = found.name.namespace.to_string();
    validate(context, &app, request.validate.unwrap_or(true)).await?;
    let updated = store::change(context, &may, &found.name, |stored: &mut Application| {
        take_over(stored, &app);
        Ok(())
    })
    .await?;
    tell(context, caller, &updated).await;
    Ok(updated)
}

/// Gives the application this spec.
pub(crate) async fn update_spec(
    context: &Context,
    caller: &Caller,
    request: ApplicationUpdateSpecRequest,
) -> Result<ApplicationSpec, Status> {
    let found = find(context, caller, &request)?;
    let spec = request.spec.ok_or_else(|| Status::invalid_argument("the spec is missing"))?;
    let mut app = Application { spec, ..Application::clone(&found.app) };
    normalize(&mut app);
    let may = permit_update(context, caller, &found.app, app.spec.project())?;
    validate(context, &app, request.validate.unwrap_or(true)).await?;
    let stored = store::change(context, &may, &found.name, |stored: &mut Application| {
        stored.spec = app.spec.clone();
        Ok(())
    })
    .await?;
    tell(context, caller, &stored).await;
    Ok(stored.spec)
}

/// Patches the application. Of what the patch changes, spec, labels, annotations and finalizers count.
pub(crate) async fn patch(
    context: &Context,
    caller: &Caller,
    request: ApplicationPatchRequest,
) -> Result<Application, Status> {
    let found = find(context, caller, &request)?;
    let parsed: Json = serde_json::from_str(text(&request.patch))
        .map_err(|error| Status::invalid_argument(format!("the patch is no JSON: {error}")))?;
    let kind = text(&request.patch_type);
    let patched = |app: &Application| patched(app, &parsed, kind);
    let app = patched(&found.app)?;
    let may = permit_update(context, caller, &found.app, app.spec.project())?;
    validate(context, &app, true).await?;
    // On the newest state, whatever was written since.
    let updated = store::change(context, &may, &found.name, |stored: &mut Application| {
        let after = patched(stored)?;
        if after.spec.project() != app.spec.project() {
            return Err(Status::aborted("the application's project changed meanwhile"));
        }
        take_over(stored, &after);
        Ok(())
    })
    .await?;
    tell(context, caller, &updated).await;
    Ok(updated)
}

fn patched(app: &Application, patch: &Json, kind: &str) -> Result<Application, Status> {
    let invalid = |error: String| Status::invalid_argument(format!("the patch cannot be applied: {error}"));
    let mut value = serde_json::to_value(app).map_err(|error| Status::internal(error.to_string()))?;
    match kind {
        "json" | "" => {
            let operations: json_patch::Patch =
                serde_json::from_value(patch.clone()).map_err(|error| invalid(error.to_string()))?;
            json_patch::patch(&mut value, &operations).map_err(|error| invalid(error.to_string()))?;
        }
        "merge" => apply_merge_patch(&mut value, patch),
        _ => {
            let message = format!("Patch type {kind:?} is not supported: use json or merge");
            return Err(Status::invalid_argument(message));
        }
    }
    let mut after: Application = serde_json::from_value(value).map_err(|error| invalid(error.to_string()))?;
    normalize(&mut after);
    let (before, now) = (&app.metadata, &after.metadata);
    if (&before.name, &before.namespace) != (&now.name, &now.namespace) {
        return Err(Status::invalid_argument("a patch cannot give an application another name or namespace"));
    }
    Ok(after)
}

async fn tell(context: &Context, caller: &Caller, updated: &Application) {
    context.tell(caller, about(updated), Done::Updated, "updated application spec").await;
}

fn take_over(stored: &mut Application, app: &Application) {
    stored.spec = app.spec.clone();
    stored.metadata.labels = app.metadata.labels.clone();
    stored.metadata.annotations = app.metadata.annotations.clone();
    stored.metadata.finalizers = app.metadata.finalizers.clone();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(patch: &str, kind: &str) -> Result<String, String> {
        let mut app = Application::new("argocd", "a");
        app.spec.project = "p".into();
        app.metadata.labels.insert("a".into(), "b".into());
        let after = patched(&app, &serde_json::from_str(patch).unwrap(), kind).map_err(|s| s.message().to_string())?;
        Ok(format!("{} {:?}", after.spec.project, after.metadata.labels))
    }

    #[test]
    fn patches_of_both_kinds_are_applied() {
        let json = r#"[{"op":"replace","path":"/spec/project","value":"q"}]"#;
        assert_eq!(check(json, "json").unwrap(), r#"q {"a": "b"}"#);
        assert_eq!(check(json, "").unwrap(), r#"q {"a": "b"}"#);
        assert_eq!(check(r#"{"metadata":{"labels":{"a":null}}}"#, "merge").unwrap(), "p {}");
        assert_eq!(
            check("{}", "strategic").unwrap_err(),
            "Patch type \"strategic\" is not supported: use json or merge"
        );
        assert!(check(r#"{"metadata":{"name":"b"}}"#, "merge").unwrap_err().contains("another name"));
        assert!(check(r#"[{"op":"remove","path":"/spec/nothing"}]"#, "json").is_err());
    }
}
