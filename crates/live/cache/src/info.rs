//! What people want to see of some kinds: images, addresses, a pod's state.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash};
use std::sync::Arc;

use bowline_base_value::{Map, Value};
use bowline_core_types::{Object, is_safe_url};

use crate::fingerprint;
use crate::intern::Interner;

mod network;

pub use network::{Balancer, Labels, Network};

/// Annotations that add a link: `link.argocd.argoproj.io/<any>: [<title>|]<url>`.
const LINK: &str = "link.argocd.argoproj.io/";
/// Leaves out the addresses that are read from the object.
const NO_LINKS: &str = "argocd.argoproj.io/ignore-default-links";

/// What people want to see of an object in the resource tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Info {
    /// Images of a pod's containers.
    pub images: Vec<Arc<str>>,
    /// Addresses where it can be visited.
    pub urls: Vec<Arc<str>>,
    /// Name and value, in the order to show them.
    pub items: Vec<(&'static str, Arc<str>)>,
    /// How traffic finds its way, for kinds that it knows.
    pub network: Option<Box<Network>>,
    /// Names of a StatefulSet's claim templates: its claims are known by them.
    pub claim_templates: Vec<Arc<str>>,
}

/// Reads what there is to see; `None` where there is nothing.
pub(crate) fn read(object: &Object, interner: &mut Interner) -> Option<Info> {
    let mut info = Info { network: network::read(object, interner).map(Box::new), ..Info::default() };
    match (object.group(), object.kind()) {
        ("", "Pod") => pod(object, &mut info),
        ("apps", "ReplicaSet") => {
            if let Some(revision) = object.annotation("deployment.kubernetes.io/revision") {
                info.items.push(("Revision", format!("Rev:{revision}").into()));
            }
        }
        ("apps", "StatefulSet") => {
            let templates = list(object.value(), &["spec", "volumeClaimTemplates"]);
            info.claim_templates = templates.filter_map(|t| t.str_at(&["metadata", "name"])).map(Arc::from).collect();
        }
        ("networking.k8s.io" | "extensions", "Ingress") if object.annotation(NO_LINKS) != Some("true") => {
            info.urls = ingress(object).into_iter().map(Arc::from).collect();
        }
        _ => {}
    }
    let annotations = object.value().get_path(&["metadata", "annotations"]).and_then(Value::as_object);
    let links = annotations.into_iter().flat_map(Map::iter).filter(|(key, _)| key.starts_with(LINK));
    // A title may stand before the address.
    let is_safe = |link: &&str| is_safe_url(link.split_once('|').map_or(*link, |(_, url)| url));
    info.urls.extend(links.filter_map(|(_, link)| link.as_str()).filter(is_safe).map(Arc::from));
    (info != Info::default()).then_some(info)
}

/// What discovery depends on: changes of it make the cache ask again what the cluster serves.
pub(crate) fn hash_definitions(object: &Object, hasher: &mut DefaultHasher) {
    if is_definition(object.group(), object.kind()) {
        for path in [["spec", "names"], ["spec", "versions"], ["spec", "version"], ["status", "storedVersions"]] {
            match (path, object.value().get_path(&path)) {
                // Schemas are large, and what is served does not depend on them.
                (["spec", "versions"], Some(versions)) => {
                    for version in versions.as_array().unwrap_or_default() {
                        version.str_at(&["name"]).hash(hasher);
                        version.get("served").and_then(Value::as_bool).hash(hasher);
                    }
                }
                (_, Some(value)) => fingerprint::value(value, hasher),
                (_, None) => {}
            }
        }
        for condition in list(object.value(), &["status", "conditions"]) {
            (condition.str_at(&["type"]), condition.str_at(&["status"])).hash(hasher);
        }
    }
}

/// Whether objects of the kind decide what the cluster serves.
pub(crate) fn is_definition(group: &str, kind: &str) -> bool {
    matches!(
        (group, kind),
        ("apiextensions.k8s.io", "CustomResourceDefinition") | ("apiregistration.k8s.io", "APIService")
    )
}

fn list<'a>(value: &'a Value, path: &[&str]) -> impl DoubleEndedIterator<Item = &'a Value> + use<'a> {
    value.get_path(path).and_then(Value::as_array).unwrap_or_default().iter()
}

/// A pod as `kubectl get pods` tells it.
fn pod(object: &Object, info: &mut Info) {
    let value = object.value();
    let text = |path: &[&str]| value.str_at(path).unwrap_or_default();
    let containers = || list(value, &["spec", "initContainers"]).chain(list(value, &["spec", "containers"]));
    let images: BTreeSet<&str> = containers().filter_map(|c| c.str_at(&["image"])).collect();
    info.images = images.into_iter().map(Arc::from).collect();

    let statuses = || list(value, &["status", "containerStatuses"]);
    let restarts = |s: &Value| s.get("restartCount").and_then(Value::as_i64).unwrap_or_default();
    let ready = statuses().filter(|s| s.get("ready").and_then(Value::as_bool).unwrap_or_default()).count();
    let total = list(value, &["spec", "containers"]).count();
    let restarted: i64 = statuses().map(restarts).sum();

    let reason = pod_reason(object);
    if !reason.is_empty() {
        info.items.push(("Status Reason", reason.into()));
    }
    let node = text(&["spec", "nodeName"]);
    if !node.is_empty() {
        info.items.push(("Node", node.into()));
    }
    info.items.push(("Containers", format!("{ready}/{total}").into()));
    if restarted > 0 {
        info.items.push(("Restart Count", restarted.to_string().into()));
    }
}

/// The STATUS column: the phase, unless a container has something more exact to say.
fn pod_reason(object: &Object) -> String {
    let value = object.value();
    let text = |path: &[&str]| value.str_at(path).unwrap_or_default().to_string();
    let own = text(&["status", "reason"]);
    let mut reason = if own.is_empty() { text(&["status", "phase"]) } else { own.clone() };
    let inits = list(value, &["spec", "initContainers"]).count();
    let mut initializing = false;
    for (i, status) in list(value, &["status", "initContainerStatuses"]).enumerate() {
        let ended = status.get_path(&["state", "terminated"]);
        if ended.is_some_and(|t| t.get("exitCode").and_then(Value::as_i64) == Some(0)) {
            continue;
        }
        // A sidecar that has started does not hold the others up.
        if status.get("started").and_then(Value::as_bool) == Some(true) && ended.is_none() {
            continue;
        }
        let waiting =
            status.str_at(&["state", "waiting", "reason"]).filter(|r| !r.is_empty() && *r != "PodInitializing");
        reason = match (ended.map(end), waiting) {
            (Some(end), _) => format!("Init:{end}"),
            (None, Some(waiting)) => format!("Init:{waiting}"),
            (None, None) => format!("Init:{i}/{inits}"),
        };
        initializing = true;
        break;
    }
    if !initializing {
        let mut running = false;
        for status in list(value, &["status", "containerStatuses"]).rev() {
            if let Some(waiting) = status.str_at(&["state", "waiting", "reason"]).filter(|r| !r.is_empty()) {
                reason = waiting.to_string();
            } else if let Some(ended) = status.get_path(&["state", "terminated"]) {
                reason = end(ended);
            } else if status.get("ready").and_then(Value::as_bool) == Some(true) {
                running = true;
            }
        }
        if reason == "Completed" && running {
            reason = "Running".into();
        }
    }
    if object.deletion_timestamp().is_some() {
        return if own == "NodeLost" { "Unknown".into() } else { "Terminating".into() };
    }
    reason
}

/// How a container ended.
fn end(terminated: &Value) -> String {
    let number = |field| terminated.get(field).and_then(Value::as_i64).unwrap_or_default();
    match terminated.str_at(&["reason"]).filter(|reason| !reason.is_empty()) {
        Some(reason) => reason.to_string(),
        None if number("signal") != 0 => format!("Signal:{}", number("signal")),
        None => format!("ExitCode:{}", number("exitCode")),
    }
}

/// Addresses of an Ingress: its hosts (its load balancers where a rule names none) with its paths.
fn ingress(object: &Object) -> BTreeSet<String> {
    let value = object.value();
    let tls: Vec<&Value> = list(value, &["spec", "tls"]).collect();
    let secure = |host: &str| {
        tls.iter().any(|tls| match tls.get("hosts").and_then(Value::as_array) {
            None | Some([]) => true,
            Some(hosts) => hosts.iter().any(|h| h.as_str() == Some(host)),
        })
    };
    let balancers: Vec<&str> = list(value, &["status", "loadBalancer", "ingress"])
        .filter_map(|b| b.str_at(&["hostname"]).filter(|h| !h.is_empty()).or_else(|| b.str_at(&["ip"])))
        .collect();
    let mut urls = BTreeSet::new();
    for rule in list(value, &["spec", "rules"]) {
        let own = rule.str_at(&["host"]).filter(|host| !host.is_empty());
        let hosts = own.map_or_else(|| balancers.clone(), |host| vec![host]);
        for host in hosts {
            let scheme = if secure(host) { "https" } else { "http" };
            for path in list(rule, &["http", "paths"]) {
                let path = path.str_at(&["path"]).unwrap_or_default().trim_end_matches('*');
                urls.insert(format!("{scheme}://{host}{path}"));
            }
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn check(json: &str) -> Info {
        read(&Object::new(from_json(json.as_bytes()).unwrap()).unwrap(), &mut Interner::default()).unwrap_or_default()
    }

    #[test]
    fn pods_say_what_kubectl_says() {
        let pod = |spec: &str, status: &str| {
            let info = check(&format!(
                r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"p"}},"spec":{{"containers":[{{"image":"b"}},{{"image":"a"}}]{spec}}},"status":{status}}}"#
            ));
            info.items.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" ")
        };
        for (spec, status, want) in [
            ("", r#"{"phase":"Pending"}"#, "Status Reason=Pending Containers=0/2"),
            (
                r#","nodeName":"n""#,
                r#"{"phase":"Running","containerStatuses":[{"ready":true,"restartCount":2,"state":{"running":{}}},
                    {"restartCount":1,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}"#,
                "Status Reason=CrashLoopBackOff Node=n Containers=1/2 Restart Count=3",
            ),
            (
                r#","initContainers":[{"image":"c"}]"#,
                r#"{"phase":"Pending","initContainerStatuses":[{"state":{"running":{}}}]}"#,
                "Status Reason=Init:0/1 Containers=0/2",
            ),
            (
                r#","initContainers":[{"image":"c"}]"#,
                r#"{"phase":"Pending","initContainerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}"#,
                "Status Reason=Init:ExitCode:3 Containers=0/2",
            ),
        ] {
            assert_eq!(pod(spec, status), want);
        }
        let images = check(
            r#"{"apiVersion":"v1","kind":"Pod","spec":{"initContainers":[{"image":"c"}],"containers":[{"image":"b"},{"image":"b"}]}}"#,
        );
        assert_eq!(images.images.iter().map(|i| i.as_ref()).collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn ingresses_have_addresses_and_links_are_added() {
        let ingress = |metadata: &str| {
            let info = check(&format!(
                r#"{{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{{"annotations":{{{metadata}}}}},
                "spec":{{"tls":[{{"hosts":["s"]}}],"rules":[{{"host":"s","http":{{"paths":[{{"path":"/a*"}},{{"path":"/b"}}]}}}},
                {{"http":{{"paths":[{{"path":"/"}}]}}}}]}},"status":{{"loadBalancer":{{"ingress":[{{"ip":"1.2.3.4"}}]}}}}}}"#
            ));
            info.urls.iter().map(|u| u.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(ingress(""), ["http://1.2.3.4/", "https://s/a", "https://s/b"]);
        assert_eq!(
            ingress(
                r#""argocd.argoproj.io/ignore-default-links":"true","link.argocd.argoproj.io/x":"t|https://x","link.argocd.argoproj.io/y":"t|javascript:x","link.argocd.argoproj.io/z":"data:x""#
            ),
            ["t|https://x"]
        );
    }
}
