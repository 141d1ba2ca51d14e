//! Actions on objects: what people do to live objects without changing what is declared.

use bowline_core_crd::{API_VERSION, Application, GROUP, Resource as _, ResourceAction, ResourceActionParam};
use bowline_core_project::{Destination, permit_object};
use bowline_core_rbac::action;
use bowline_core_types::{Object, ResourceKey};
use bowline_live_actions::{ActionError, Change, Offer, Order, merge_patch};
use bowline_live_lua::ActionScripts;
use bowline_sync_executor::act;
use bowline_web_admin::{Caller, Context, Done, hidden};
use bowline_web_wire::application::{
    ApplicationResourceRequest, ResourceActionRunRequestV2, ResourceActionsListResponse,
};
use bowline_web_wire::tonic::Status;

use super::find::{Found, find, text};
use super::resource::{Asked, Reachable, reach, reach_if};
use crate::{error, store};

/// Where `argocd-cm` says which actions there are besides the built-in ones.
const PREFIX: &str = "resource.customizations";

/// The actions that an object offers. The application itself counts as one of its objects.
pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    request: &ApplicationResourceRequest,
) -> Result<ResourceActionsListResponse, Status> {
    let asked = Asked::from(request);
    let found = find(context, caller, asked.app)?;
    let object = if asked.is_itself(&found) {
        itself(&found.app)?
    } else {
        let Reachable { reached, gvk, key, .. } = reach(context, caller, request).await?;
        let object = reached.cluster.get(&gvk, &key.namespace, &key.name).await.map_err(error::cluster)?;
        object.ok_or_else(|| absent(&key))?
    };
    let own = own(context, &object)?;
    let offers = ActionScripts::offers(own.as_ref(), &object, context.clock.now()).map_err(told)?;
    Ok(ResourceActionsListResponse { actions: offers.into_iter().map(shown).collect() })
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
    let parameters = request.resource_action_parameters.iter();
    let parameters: Vec<(String, String)> =
        parameters.map(|given| (text(&given.name).to_string(), text(&given.value).to_string())).collect();
    let order = Order { action: name, parameters: &parameters, now: context.clock.now() };
    if asked.is_itself(&found) {
        return run_on_itself(context, caller, &found, &order).await;
    }
    let may = |found: &Found, key: &ResourceKey| {
        let (group, kind) = (key.group.to_string(), key.kind.to_string());
        let act = action::RunAction { group, kind, action: name.to_string() };
        caller.enforcer().permit(act, found.object(context)).map(drop).map_err(|_| hidden())
    };
    let Reachable { found, reached, gvk, key, .. } = reach_if(context, caller, request, may).await?;
    let object = reached.cluster.get(&gvk, &key.namespace, &key.name).await.map_err(error::cluster)?;
    let object = object.ok_or_else(|| absent(&key))?;
    let changes = changes(context, &object, &order)?;
    let project = found.app.spec.project();
    let project = context.world.project(project).ok_or_else(|| {
        Status::failed_precondition(format!("Application referencing project {project} which does not exist"))
    })?;
    let known = context.world.destination(&reached.server, "").ok();
    let to = Destination {
        server: &reached.server,
        name: &reached.name,
        namespace: "",
        scoped_to_project: known.is_some_and(|known| known.project == project.metadata.name),
    };
    for change in &changes {
        let (Change::Patch(object) | Change::Create(object)) = change;
        let namespaced = reached.cluster.kind(&object.gvk()).is_none_or(|kind| kind.namespaced);
        permit_object(&project, to, object, namespaced).map_err(Status::permission_denied)?;
    }
    act(reached.cluster.as_ref(), &object, &changes).await.map_err(error::cluster)?;
    let what = format!("ran action {name} on resource {} '{}'", key.kind, key.name);
    context.tell(caller, found.about(), Done::ActionRan, &what).await;
    Ok(())
}

/// What an action comes to. One that makes no sense now is refused.
fn changes(context: &Context, object: &Object, order: &Order<'_>) -> Result<Vec<Change>, Status> {
    let own = own(context, object)?;
    let offers = ActionScripts::offers(own.as_ref(), object, order.now).map_err(told)?;
    if offers.iter().any(|offer| offer.name == order.action && offer.disabled) {
        let (action, kind, name) = (order.action, object.kind(), object.name());
        return Err(Status::invalid_argument(format!("action {action:?} is disabled for {kind} {name:?} now")));
    }
    ActionScripts::run(own.as_ref(), object, order).map_err(told)
}

/// Actions of users' own for the object's kind.
fn own(context: &Context, object: &Object) -> Result<Option<ActionScripts>, Status> {
    let settings = context.world.config_under("argocd-cm", PREFIX);
    ActionScripts::of(&settings, object.group(), object.kind()).map_err(Status::failed_precondition)
}

fn absent(key: &ResourceKey) -> Status {
    Status::not_found(format!("{} {:?} not found", key.kind, key.name))
}

fn told(error: ActionError) -> Status {
    Status::invalid_argument(error.to_string())
}

fn shown(offer: Offer) -> ResourceAction {
    ResourceAction {
        name: offer.name,
        params: offer.parameters.into_iter().map(|name| ResourceActionParam { name }).collect(),
        disabled: offer.disabled,
        icon_class: offer.icon,
        display_name: offer.display_name,
    }
}

/// The application as an object.
fn itself(app: &Application) -> Result<Object, Status> {
    let wrong = |error: &dyn std::fmt::Display| Status::internal(format!("the application is no object: {error}"));
    let mut value = serde_json::to_value(app).map_err(|error| wrong(&error))?;
    (value["apiVersion"], value["kind"]) = (API_VERSION.into(), Application::KIND.into());
    Object::new(value.into()).map_err(|error| wrong(&error))
}

async fn run_on_itself(context: &Context, caller: &Caller, found: &Found, order: &Order<'_>) -> Result<(), Status> {
    let (group, kind) = (GROUP.to_string(), Application::KIND.to_string());
    let act = action::RunAction { group, kind, action: order.action.to_string() };
    let may = caller.enforcer().permit(act, found.object(context)).map_err(|_| hidden())?;
    // It is changed as it is stored when it is written.
    store::change(context, &may, &found.name, |stored: &mut Application| {
        let object = itself(stored)?;
        for change in changes(context, &object, order)? {
            let Change::Patch(after) = change else {
                return Err(Status::invalid_argument("an action on an application can change nothing but itself"));
            };
            if merge_patch(object.value(), after.value()).is_some() {
                let after = serde_json::to_value(after.value()).and_then(serde_json::from_value);
                *stored = after.map_err(|error| Status::invalid_argument(format!("the action's result: {error}")))?;
            }
        }
        Ok(())
    })
    .await?;
    context.tell(caller, found.about(), Done::ActionRan, &format!("ran action {}", order.action)).await;
    Ok(())
}
