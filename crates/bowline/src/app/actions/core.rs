//! Actions with no server: on Kubernetes itself.

use std::sync::Arc;

use bowline_core_control::World;
use bowline_core_crd::{AppProject, Application, ResourceDiff};
use bowline_core_ports::Cluster as _;
use bowline_core_project::{Destination as To, permit_object};
use bowline_core_types::{Gvk, Object};
use bowline_live_actions::{ActionError, Change, Order, merge_patch};
use bowline_live_lua::ActionScripts;
use bowline_roles_app_controller::foresee::default_project;
use bowline_sync_executor::act;

use super::{Choice, Found, RunArgs, itself};
use crate::app::reference::AppRef;
use crate::app::store::CoreApps;
use crate::control::{self, Destination};
use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Resource, from_raw, now};

/// An application with the way to its objects.
struct Site {
    app: Application,
    world: Arc<World>,
    destination: Destination,
}

/// An object of it, or itself.
struct Chosen {
    item: ResourceDiff,
    object: Object,
    is_itself: bool,
}

/// The actions that the chosen objects offer.
pub(super) async fn list(global: &Global, apps: &CoreApps, app: &AppRef, choice: &Choice) -> Result<Found, CliError> {
    let (site, chosen) = choose(global, apps, app, choice).await?;
    let mut found = Vec::new();
    for Chosen { item, object, .. } in chosen {
        let own = site.own(&object)?;
        for offer in ActionScripts::offers(own.as_ref(), &object, now()).map_err(failed)? {
            found.push((item.clone(), offer.name, offer.disabled));
        }
    }
    Ok(found)
}

/// Runs an action on the chosen objects.
pub(super) async fn run(global: &Global, apps: &CoreApps, args: &RunArgs) -> Result<(), CliError> {
    let parameters = args.parameters()?;
    let (site, chosen) = choose(global, apps, &args.app, &args.choice).await?;
    args.check(chosen.len(), &site.app.metadata.name)?;
    let project = project(global, apps, &site.app).await?;
    for Chosen { object, is_itself, .. } in chosen {
        let order = Order { action: &args.action, parameters: &parameters, now: now() };
        let changes = site.changes(&object, &order)?;
        if is_itself {
            on_itself(apps, &object, &changes).await?;
            continue;
        }
        for change in &changes {
            site.permit(&project, change)?;
        }
        let acted = act(&site.destination.cluster, &object, &changes).await;
        acted.map_err(|error| CliError::failed(format!("{}: {error}", object.key())))?;
    }
    Ok(())
}

fn failed(error: ActionError) -> CliError {
    CliError::failed(error.to_string())
}

async fn choose(
    global: &Global,
    apps: &CoreApps,
    app: &AppRef,
    choice: &Choice,
) -> Result<(Site, Vec<Chosen>), CliError> {
    let (namespace, name) = app.resolve(global);
    let app = apps.get(&namespace, &name).await?.app;
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let mut chosen = Vec::new();
    for resource in &app.status.resources {
        let item = ResourceDiff {
            group: resource.group.clone(),
            kind: resource.kind.clone(),
            namespace: resource.namespace.clone(),
            name: resource.name.clone(),
            ..ResourceDiff::default()
        };
        if !choice.matches(&item) {
            continue;
        }
        let gvk = Gvk::new(resource.group.as_str(), resource.version.as_str(), resource.kind.as_str());
        let object = destination.cluster.get(&gvk, &item.namespace, &item.name).await;
        let object = object.map_err(|error| CliError::failed(format!("{gvk} {}: {error}", item.name)))?;
        chosen.extend(object.map(|object| Chosen { item, object, is_itself: false }));
    }
    // The application itself is one of its objects here.
    let item = itself(&app);
    if choice.matches(&item) {
        let raw = apps.kube().get(Resource::Applications, &namespace, &name).await?;
        let object = Object::new(raw).map_err(|error| CliError::failed(format!("application '{name}': {error}")))?;
        chosen.push(Chosen { item, object, is_itself: true });
    }
    Ok((Site { app, world, destination }, chosen))
}

async fn project(global: &Global, apps: &CoreApps, app: &Application) -> Result<AppProject, CliError> {
    let name = app.spec.project();
    match apps.kube().find(Resource::AppProjects, &global.namespace, name).await? {
        Some(raw) => from_raw(&raw).map_err(CliError::failed),
        None if name == "default" => Ok(default_project()),
        None => Err(CliError::failed(format!("Application referencing project {name} which does not exist"))
            .hint("bowline proj list shows the projects")),
    }
}

async fn on_itself(apps: &CoreApps, object: &Object, changes: &[Change]) -> Result<(), CliError> {
    for change in changes {
        let Change::Patch(after) = change else {
            return Err(CliError::failed("an action on an application can change nothing but itself"));
        };
        if let Some(patch) = merge_patch(object.value(), after.value()) {
            apps.patch(object.namespace(), object.name(), &patch, false).await?;
        }
    }
    Ok(())
}

// === impl Site ===

impl Site {
    /// Actions of users' own for the object's kind.
    fn own(&self, object: &Object) -> Result<Option<ActionScripts>, CliError> {
        let settings = self.world.config_under("argocd-cm", "resource.customizations");
        ActionScripts::of(&settings, object.group(), object.kind()).map_err(CliError::failed)
    }

    /// What an action comes to. One that makes no sense now is refused.
    fn changes(&self, object: &Object, order: &Order<'_>) -> Result<Vec<Change>, CliError> {
        let own = self.own(object)?;
        let offers = ActionScripts::offers(own.as_ref(), object, order.now).map_err(failed)?;
        if offers.iter().any(|offer| offer.name == order.action && offer.disabled) {
            let (action, kind, name) = (order.action, object.kind(), object.name());
            return Err(CliError::failed(format!("action {action:?} is disabled for {kind} {name:?} now")));
        }
        ActionScripts::run(own.as_ref(), object, order).map_err(|error| {
            let app = &self.app.metadata.name;
            failed(error).hint(format!("bowline app actions list {app} shows the actions that there are"))
        })
    }

    fn permit(&self, project: &AppProject, change: &Change) -> Result<(), CliError> {
        let (Change::Patch(object) | Change::Create(object)) = change;
        let to = &self.app.spec.destination;
        let reference = self.world.destination(&to.server, &to.name).map_err(CliError::failed)?;
        let to = To {
            server: &reference.server,
            name: &reference.name,
            namespace: "",
            scoped_to_project: reference.project == project.metadata.name,
        };
        let namespaced = self.destination.cluster.kind(&object.gvk()).is_none_or(|kind| kind.namespaced);
        permit_object(project, to, object, namespaced).map_err(CliError::failed)
    }
}
