//! Actions on objects: what people do to workloads without changing what is declared.

use bowline_base_value::Value;
use bowline_core_crd::{Application, GROUP, Resource as _, ResourceAction, ResourceActionParam, SyncPolicyAutomated};
use bowline_core_rbac::action;
use bowline_core_types::{Object, ResourceKey};
use bowline_web_admin::{Caller, Context, Done, hidden};
use bowline_web_wire::application::{
    ApplicationResourceRequest, ResourceActionParameters, ResourceActionRunRequestV2, ResourceActionsListResponse,
};
use bowline_web_wire::tonic::Status;
use serde_json::json;

use super::find::{Found, find, text};
use super::resource::{Asked, Reachable, reach, reach_if};
use crate::{error, store};

/// What restarts the pods of a workload: its template gets this annotation, as `kubectl rollout restart` gives it.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// What turns an application's automated sync on and off.
const TOGGLE: &str = "toggle-auto-sync";

/// The actions that an object offers. The application itself counts as one of its objects.
pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    request: &ApplicationResourceRequest,
) -> Result<ResourceActionsListResponse, Status> {
    let asked = Asked::from(request);
    let found = find(context, caller, asked.app)?;
    if asked.is_itself(&found) {
        return Ok(ResourceActionsListResponse { actions: vec![toggle()] });
    }
    let Reachable { reached, gvk, key, .. } = reach(context, caller, request).await?;
    let object = reached.cluster.get(&gvk, &key.namespace, &key.name).await.map_err(error::cluster)?;
    let object = object.ok_or_else(|| Status::not_found(format!("{} {:?} not found", key.kind, key.name)))?;
    Ok(ResourceActionsListResponse { actions: offered(&object) })
}

/// Runs an action.
pub(crate) async fn run(
    context: &Context,
    caller: &Caller,
    request: &ResourceActionRunRequestV2,
) -> Result<(), Status> {
    let name = text(&request.action);
    let asked = Asked::from(request);
    let found = find(context, caller, asked.app)?;
    if asked.is_itself(&found) {
        return run_on_itself(context, caller, &found, name).await;
    }
    let may = |found: &Found, key: &ResourceKey| {
        let (group, kind) = (key.group.to_string(), key.kind.to_string());
        let act = action::RunAction { group, kind, action: name.to_string() };
        caller.enforcer().permit(act, found.object(context)).map(drop).map_err(|_| hidden())
    };
    let Reachable { found, reached, gvk, key, .. } = reach_if(context, caller, request, may).await?;
    let object = reached.cluster.get(&gvk, &key.namespace, &key.name).await.map_err(error::cluster)?;
    let object = object.ok_or_else(|| Status::not_found(format!("{} {:?} not found", key.kind, key.name)))?;
    let offer = offered(&object).into_iter().find(|offer| offer.name == name).ok_or_else(|| {
        Status::invalid_argument(format!("action {name:?} is not available for {}/{}", key.group, key.kind))
    })?;
    if offer.disabled {
        return Err(Status::invalid_argument(format!(
            "action {name:?} is disabled for {} {:?} now",
            key.kind, key.name
        )));
    }
    let now = context.clock.now().to_string();
    let patch = patch(name, &request.resource_action_parameters, &now)?;
    reached.cluster.patch(&gvk, &key, &Value::from(patch), false).await.map_err(error::cluster)?;
    let what = format!("ran action {name} on resource {} '{}'", key.kind, key.name);
    context.tell(caller, found.about(), Done::ActionRan, &what).await;
    Ok(())
}

/// What the application itself offers.
fn toggle() -> ResourceAction {
    ResourceAction {
        name: TOGGLE.to_string(),
        icon_class: "fa fa-fw fa-toggle-on".to_string(),
        ..ResourceAction::default()
    }
}

async fn run_on_itself(context: &Context, caller: &Caller, found: &Found, name: &str) -> Result<(), Status> {
    let (group, kind) = (GROUP.to_string(), Application::KIND.to_string());
    let act = action::RunAction { group, kind, action: name.to_string() };
    let may = caller.enforcer().permit(act, found.object(context)).map_err(|_| hidden())?;
    if name != TOGGLE {
        return Err(Status::invalid_argument(format!("action {name:?} is not available for an application")));
    }
    store::change(context, &may, &found.name, |stored: &mut Application| {
        toggle_auto_sync(stored);
        Ok(())
    })
    .await?;
    context.tell(caller, found.about(), Done::ActionRan, &format!("ran action {name}")).await;
    Ok(())
}

/// Switches automated sync off where it is in force, and on where it is not; what else its policy says stays.
fn toggle_auto_sync(app: &mut Application) {
    let enabled = !app.spec.is_automated();
    let automated = &mut app.spec.sync_policy.get_or_insert_default().automated;
    automated.get_or_insert_with(SyncPolicyAutomated::default).enabled = Some(enabled);
}

fn offered(object: &Object) -> Vec<ResourceAction> {
    let action = |name: &str, icon: &str, disabled: bool| ResourceAction {
        name: name.to_string(),
        icon_class: icon.to_string(),
        disabled,
        ..ResourceAction::default()
    };
    let scale = || ResourceAction {
        params: vec![ResourceActionParam { name: "replicas".to_string() }],
        ..action("scale", "fa fa-fw fa-arrows-v", false)
    };
    let restart = || action("restart", "fa fa-fw fa-repeat", false);
    match (object.group(), object.kind()) {
        ("apps", "Deployment") => {
            let paused = object.value().get_path(&["spec", "paused"]).and_then(Value::as_bool).unwrap_or_default();
            vec![
                action("pause", "fa fa-fw fa-pause-circle", paused),
                restart(),
                action("resume", "fa fa-fw fa-play-circle", !paused),
                scale(),
            ]
        }
        ("apps", "StatefulSet") => vec![restart(), scale()],
        ("apps", "DaemonSet") => vec![restart()],
        _ => Vec::new(),
    }
}

/// The merge patch that an action is.
fn patch(name: &str, parameters: &[ResourceActionParameters], now: &str) -> Result<serde_json::Value, Status> {
    match name {
        "restart" => Ok(json!({"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: now}}}}})),
        "pause" => Ok(json!({"spec": {"paused": true}})),
        "resume" => Ok(json!({"spec": {"paused": null}})),
        "scale" => {
            let replicas = parameters.iter().find(|parameter| text(&parameter.name) == "replicas");
            let replicas = replicas.and_then(|parameter| text(&parameter.value).parse::<u32>().ok());
            let replicas = replicas.ok_or_else(|| {
                Status::invalid_argument("action \"scale\" needs the parameter replicas, a whole number")
            })?;
            Ok(json!({"spec": {"replicas": replicas}}))
        }
        _ => Err(Status::invalid_argument(format!("action {name:?} is not known"))),
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    #[test]
    fn workloads_offer_what_fits_their_state() {
        let offers = |json: &str| {
            let object = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
            let shown = |a: &ResourceAction| format!("{}{}", a.name, if a.disabled { "!" } else { "" });
            offered(&object).iter().map(shown).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(offers(r#"{"apiVersion":"apps/v1","kind":"Deployment"}"#), "pause restart resume! scale");
        assert_eq!(
            offers(r#"{"apiVersion":"apps/v1","kind":"Deployment","spec":{"paused":true}}"#),
            "pause! restart resume scale"
        );
        assert_eq!(offers(r#"{"apiVersion":"apps/v1","kind":"DaemonSet"}"#), "restart");
        assert_eq!(offers(r#"{"apiVersion":"v1","kind":"ConfigMap"}"#), "");
    }

    #[test]
    fn a_scale_needs_a_number() {
        let parameter =
            |value: &str| [ResourceActionParameters { name: Some("replicas".into()), value: Some(value.into()) }];
        assert_eq!(patch("scale", &parameter("3"), "").unwrap(), json!({"spec": {"replicas": 3}}));
        assert!(patch("scale", &parameter("-1"), "").is_err());
        assert!(patch("scale", &[], "").is_err());
    }
}
