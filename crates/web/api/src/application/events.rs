//! The events of an application, or of one of its objects.

use bowline_web_wire::application::ApplicationResourceEventsQuery;
use bowline_web_wire::events::EventList;
use bowline_web_wire::tonic::Status;

use super::find::{Named, find, text};
use crate::caller::Caller;
use crate::{Ground, error, events};

/// Lists them.
pub(crate) async fn list(
    ground: &Ground,
    caller: &Caller,
    query: &ApplicationResourceEventsQuery,
) -> Result<EventList, Status> {
    let named = Named { name: text(&query.name), namespace: text(&query.app_namespace), project: text(&query.project) };
    let found = find(ground, caller, named)?;
    let (name, uid) = (text(&query.resource_name), text(&query.resource_uid));
    if name.is_empty() && uid.is_empty() {
        return events::about_ours(ground, &found.name.namespace, &found.name.name, &found.app.metadata.uid).await;
    }
    let namespace = text(&query.resource_namespace);
    let tree = ground.engine.tree(&found.name).await.map_err(error::engine)?;
    let is_it = |node: &bowline_core_crd::ResourceNode| {
        let of = &node.resource_ref;
        of.name == name && of.namespace == namespace && of.uid == uid
    };
    if !tree.nodes.iter().chain(&tree.orphaned_nodes).any(is_it) {
        return Err(Status::invalid_argument(format!("{name} not found as part of application {}", found.name.name)));
    }
    let reached = ground.engine.reach(&found.app).await.map_err(error::engine)?;
    events::about(&*reached.pods, namespace, name, uid).await
}
