//! What lives in an application's namespace and belongs to no application.

use std::sync::Arc;

use bowline_core_crd::{AppProject, Application};
use bowline_core_project::is_orphaned;
use bowline_core_types::AppName;
use bowline_live_cache::Node;

use crate::Shared;
use crate::clusters::Destination;

/// The top-level objects of the destination namespace that no application manages, where the project watches for them. An object
/// that is marked as that of an application which is not there any more is one of them.
pub fn orphaned(shared: &Shared, app: &Application, project: &AppProject, destination: &Destination) -> Vec<Arc<Node>> {
    let namespace = &app.spec.destination.namespace;
    if namespace.is_empty() || project.spec.orphaned_resources.is_none() {
        return Vec::new();
    }
    let belongs =
        |instance: &str| shared.world.app(&AppName::from_instance(instance, &shared.config.namespace)).is_some();
    let mut nodes = destination.cache.top_level(namespace);
    nodes.retain(|node| !node.instance.as_deref().is_some_and(belongs) && is_orphaned(&project.spec, &node.key));
    nodes
}
