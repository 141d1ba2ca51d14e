//! What an application's cluster holds of it: its managed objects and what these own, told from lists.

use std::collections::{BTreeMap, BTreeSet};

use bowline_base_kube::{ApiResource, ListOptions};
use bowline_base_value::Value;
use bowline_core_crd::Application;
use bowline_core_types::{Object, ResourceKey};
use futures::StreamExt;

use crate::control::Destination;
use crate::files;

/// Lists at once.
const AT_ONCE: usize = 8;

/// One object of a cluster.
#[derive(Clone, Debug)]
pub struct Node {
    /// What names it.
    pub key: ResourceKey,
    /// Its uid.
    pub uid: String,
    /// Uids of its owners; a Service owns the Endpoints of its name.
    pub owners: Vec<String>,
    /// The object, Secrets aside.
    pub object: Object,
}

/// All namespaced objects of the namespaces that the application has objects in, and its own objects outside of namespaces. Kinds that
/// cannot be listed are told on standard error.
pub async fn nodes(destination: &Destination, app: &Application, kinds: Option<&[&str]>) -> Vec<Node> {
    let mut namespaces: BTreeSet<String> =
        app.status.resources.iter().map(|r| r.namespace.clone()).filter(|n| !n.is_empty()).collect();
    namespaces.extend(Some(app.spec.destination.namespace.clone()).filter(|n| !n.is_empty()));
    let mut wanted: BTreeMap<(String, String), &ApiResource> = BTreeMap::new();
    for resource in destination.discovery.all() {
        let named = kinds.is_none_or(|kinds| kinds.contains(&&*resource.kind));
        // What happened is no object of anybody, and metrics are none at all.
        let counts = &*resource.kind != "Event" && !resource.group.ends_with("metrics.k8s.io");
        let lists = resource.verbs.iter().any(|verb| &**verb == "list");
        if resource.namespaced && lists && named && counts {
            let preferred = destination.discovery.preferred(&resource.group, &resource.kind).unwrap_or(resource);
            wanted.insert((resource.group.to_string(), resource.kind.to_string()), preferred);
        }
    }
    let lists = wanted.into_values().flat_map(|resource| namespaces.iter().map(move |namespace| (resource, namespace)));
    let lists = lists.map(|(resource, namespace)| async move {
        match destination.client.list_all(resource, namespace, &ListOptions::default()).await {
            Ok(page) => page.items,
            Err(error) => {
                files::warn(&format!("{} of {namespace} cannot be listed: {error}", resource.plural));
                Vec::new()
            }
        }
    });
    let found: Vec<Vec<Value>> = futures::stream::iter(lists).buffered(AT_ONCE).collect().await;
    let objects = found.into_iter().flatten().filter_map(|value| Object::new(value).ok());
    let mut nodes: Vec<Node> = objects.map(node).collect();
    let services: BTreeMap<(String, String), String> = nodes
        .iter()
        .filter(|node| &*node.key.kind == "Service" && node.key.group.is_empty())
        .map(|node| ((node.key.namespace.to_string(), node.key.name.to_string()), node.uid.clone()))
        .collect();
    for node in nodes.iter_mut().filter(|node| &*node.key.kind == "Endpoints" && node.owners.is_empty()) {
        let service = (node.key.namespace.to_string(), node.key.name.to_string());
        node.owners.extend(services.get(&service).cloned());
    }
    nodes
}

/// The managed objects among the nodes, and everything that these own, however far down.
pub fn of_application<'a>(nodes: &'a [Node], app: &Application) -> Vec<&'a Node> {
    let managed: BTreeSet<(&str, &str, &str, &str)> = app
        .status
        .resources
        .iter()
        .map(|r| (r.group.as_str(), r.kind.as_str(), r.namespace.as_str(), r.name.as_str()))
        .collect();
    let name = |key: &'a ResourceKey| (&*key.group, &*key.kind, &*key.namespace, &*key.name);
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut chosen: Vec<&Node> = Vec::new();
    loop {
        let before = chosen.len();
        for node in nodes {
            let mine = managed.contains(&name(&node.key)) || node.owners.iter().any(|uid| known.contains(uid.as_str()));
            if mine && known.insert(&node.uid) {
                chosen.push(node);
            }
        }
        if chosen.len() == before {
            return chosen;
        }
    }
}

fn node(object: Object) -> Node {
    let owners = object.value().get_path(&["metadata", "ownerReferences"]).and_then(Value::as_array);
    let owners = owners.unwrap_or_default().iter().filter_map(|o| o.str_at(&["uid"])).map(String::from).collect();
    Node { key: object.key(), uid: object.uid().to_string(), owners, object }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;
    use bowline_core_crd::ResourceStatus;

    use super::*;

    #[test]
    fn what_managed_objects_own_is_the_applications() {
        let make = |kind: &str, name: &str, owner: &str| {
            let json = format!(
                r#"{{"apiVersion":"v1","kind":"{kind}","metadata":{{"name":"{name}","namespace":"n","uid":"{name}","ownerReferences":[{{"uid":"{owner}"}}]}}}}"#
            );
            node(Object::new(from_json(json.as_bytes()).unwrap()).unwrap())
        };
        // Whatever the order of the lists.
        let nodes = [
            make("Pod", "pod", "set"),
            make("ReplicaSet", "set", "deployment"),
            make("Deployment", "deployment", ""),
            make("Pod", "other", "elsewhere"),
        ];
        let mut app = Application::default();
        app.status.resources.push(ResourceStatus {
            kind: "Deployment".into(),
            namespace: "n".into(),
            name: "deployment".into(),
            ..ResourceStatus::default()
        });
        let mut names: Vec<&str> = of_application(&nodes, &app).iter().map(|n| n.uid.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["deployment", "pod", "set"]);
    }
}
