//! The events of an application, or of one of its objects.

use bowline_core_types::{Gvk, Object};
use bowline_web_admin::{Caller, Context, read_events};
use bowline_web_wire::application::ApplicationResourceEventsQuery;
use bowline_web_wire::events::EventList;
use bowline_web_wire::tonic::Status;

use super::find::{find, text};
use crate::error;

/// Lists them.
pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    query: &ApplicationResourceEventsQuery,
) -> Result<EventList, Status> {
    let found = find(context, caller, query)?;
    let (name, uid) = (text(&query.resource_name), text(&query.resource_uid));
    if name.is_empty() && uid.is_empty() {
        return context.events_of(&found.app.metadata).await;
    }
    let namespace = text(&query.resource_namespace);
    let tree = context.engine.tree(&found.name).await.map_err(error::engine)?;
    let is_it = |node: &bowline_core_crd::ResourceNode| {
        let of = &node.resource_ref;
        of.name == name && of.namespace == namespace && of.uid == uid
    };
    if !tree.nodes.iter().chain(&tree.orphaned_nodes).any(is_it) {
        return Err(Status::invalid_argument(format!("{name} not found as part of application {}", found.name.name)));
    }
    let reached = context.engine.reach(&found.app).await.map_err(error::engine)?;
    let about = format!("involvedObject.name={name},involvedObject.uid={uid},involvedObject.namespace={namespace}");
    // Events about cluster-scoped objects stand in the namespace default.
    let home = if namespace.is_empty() { "default" } else { namespace };
    let events = reached.pods.list(&Gvk::new("", "v1", "Event"), home, "", &about).await.map_err(error::cluster)?;
    read_events(events.iter().map(Object::value))
}
