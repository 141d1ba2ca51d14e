//! An ApplicationSet and its applications as a tree.

use std::collections::BTreeMap;

use bowline_core_control::World;
use bowline_core_crd::{
    Application, ApplicationSet, ApplicationSetTree, GROUP, HealthStatus, Resource, ResourceNode, ResourceRef, VERSION,
};

/// The applications that the set's status tells of, and those that name the set as their owner, by name.
pub(crate) fn tree(world: &World, set: &ApplicationSet) -> ApplicationSetTree {
    let mut health: BTreeMap<&str, Option<HealthStatus>> = BTreeMap::new();
    for listed in &set.status.resources {
        health.insert(&listed.name, listed.health.clone());
    }
    let all = world.applications().list();
    let owned = all.iter().filter(|app| {
        app.object.metadata.namespace == set.metadata.namespace
            && app.object.metadata.owner_references.iter().any(|owner| owner.uid == set.metadata.uid)
    });
    for app in owned {
        let known = &app.object.status.health;
        let known = HealthStatus {
            status: known.status.clone(),
            last_transition_time: known.last_transition_time,
            ..HealthStatus::default()
        };
        health.insert(&app.object.metadata.name, Some(known));
    }
    let parent = reference(ApplicationSet::KIND, &set.metadata.namespace, &set.metadata.name, &set.metadata.uid);
    let node = |(name, health): (&str, Option<HealthStatus>)| ResourceNode {
        resource_ref: reference(Application::KIND, &set.metadata.namespace, name, ""),
        parent_refs: vec![parent.clone()],
        health,
        ..ResourceNode::default()
    };
    ApplicationSetTree { nodes: health.into_iter().map(node).collect() }
}

fn reference(kind: &str, namespace: &str, name: &str, uid: &str) -> ResourceRef {
    ResourceRef {
        group: GROUP.to_string(),
        version: VERSION.to_string(),
        kind: kind.to_string(),
        namespace: namespace.to_string(),
        name: name.to_string(),
        uid: uid.to_string(),
    }
}
