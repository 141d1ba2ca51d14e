//! The application's objects and all that they own, as the contract shows them.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_core_crd::{
    ApplicationTree, HealthStatus, HealthStatusCode, InfoItem, LoadBalancerIngress, ResourceNetworkingInfo,
    ResourceNode, ResourceRef, Time,
};
use bowline_core_types::ResourceKey;
use bowline_live_cache::{Cache, Info, Labels, Network, Node};
use bowline_live_health::Health;

use crate::compare::Item;

/// The tree. What Git has and the cluster does not is in it too: without uid, and Missing.
pub fn tree<'a>(cache: &Cache, instance: &str, items: impl Iterator<Item = &'a Item>) -> ApplicationTree {
    let found = cache.tree(instance);
    let there: HashSet<&ResourceKey> = found.iter().map(|found| &found.node.key).collect();
    let missing = items.filter(|item| item.live.is_none() && !there.contains(&item.key)).map(missing);
    let parent = |key: &ResourceKey| match cache.get(key) {
        Some(parent) => reference(key, &parent.version, &parent.uid.to_string()),
        None => reference(key, "", ""),
    };
    let present = found
        .iter()
        .map(|found| ResourceNode { parent_refs: found.parents.iter().map(parent).collect(), ..node(&found.node) });
    ApplicationTree { nodes: present.chain(missing).collect(), ..ApplicationTree::default() }
}

/// Objects and all that they own.
pub fn with_owned(cache: &Cache, roots: Vec<Arc<Node>>) -> Vec<ResourceNode> {
    let mut seen: HashSet<ResourceKey> = roots.iter().map(|node| node.key.clone()).collect();
    let mut nodes: Vec<ResourceNode> = roots.iter().map(|root| node(root)).collect();
    let mut open = roots;
    while let Some(owner) = open.pop() {
        let parent = reference(&owner.key, &owner.version, &owner.uid.to_string());
        for child in cache.children(&owner.key) {
            if seen.insert(child.key.clone()) {
                nodes.push(ResourceNode { parent_refs: vec![parent.clone()], ..node(&child) });
                open.push(child);
            }
        }
    }
    nodes
}

/// A node without its parents.
pub fn node(node: &Node) -> ResourceNode {
    let info = node.info.as_deref();
    ResourceNode {
        resource_ref: reference(&node.key, &node.version, &node.uid.to_string()),
        info: info.map(items).unwrap_or_default(),
        networking_info: info.and_then(networking).map(Box::new),
        resource_version: node.resource_version.to_string(),
        images: info.map(|info| info.images.iter().map(|image| image.to_string()).collect()).unwrap_or_default(),
        health: node.health.as_deref().map(health),
        created_at: node.created.map(Time::new),
        ..ResourceNode::default()
    }
}

fn missing(item: &Item) -> ResourceNode {
    let version = item.desired.as_ref().map(|object| object.gvk().version.to_string()).unwrap_or_default();
    ResourceNode {
        resource_ref: reference(&item.key, &version, ""),
        health: Some(HealthStatus { status: HealthStatusCode::Missing, ..HealthStatus::default() }),
        ..ResourceNode::default()
    }
}

fn reference(key: &ResourceKey, version: &str, uid: &str) -> ResourceRef {
    ResourceRef {
        group: key.group.to_string(),
        version: version.to_string(),
        kind: key.kind.to_string(),
        namespace: key.namespace.to_string(),
        name: key.name.to_string(),
        uid: uid.to_string(),
    }
}

fn health(health: &Health) -> HealthStatus {
    HealthStatus {
        status: HealthStatusCode::from(health.status.as_str()),
        message: health.message.clone(),
        last_transition_time: None,
    }
}

fn items(info: &Info) -> Vec<InfoItem> {
    info.items.iter().map(|(name, value)| InfoItem { name: name.to_string(), value: value.to_string() }).collect()
}

fn networking(info: &Info) -> Option<ResourceNetworkingInfo> {
    let none = Network::default();
    let network = info.network.as_deref().unwrap_or(&none);
    let labels = |labels: &Labels| labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let shown = ResourceNetworkingInfo {
        target_labels: labels(&network.target_labels),
        target_refs: network.targets.iter().map(|key| reference(key, "", "")).collect(),
        labels: labels(&network.labels),
        ingress: network
            .balancers
            .iter()
            .map(|balancer| LoadBalancerIngress {
                ip: balancer.ip.to_string(),
                hostname: balancer.hostname.to_string(),
                ..LoadBalancerIngress::default()
            })
            .collect(),
        external_urls: info.urls.iter().map(|url| url.to_string()).collect(),
    };
    (shown != ResourceNetworkingInfo::default()).then_some(shown)
}
