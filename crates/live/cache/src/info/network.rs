//! [`Network`]: how traffic finds its way to an object, and from it to others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bowline_base_value::Value;
use bowline_core_types::{Object, ResourceKey};

use super::list;
use crate::intern::Interner;

/// Labels, or a selector of such.
pub type Labels = Vec<(Arc<str>, Arc<str>)>;

/// How traffic finds its way to an object, and from it to others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Network {
    /// The labels by which others find a pod.
    pub labels: Labels,
    /// The pods that it sends to, by their labels; empty for none.
    pub target_labels: Labels,
    /// The objects that it sends to, sorted.
    pub targets: Vec<ResourceKey>,
    /// Its load balancers.
    pub balancers: Vec<Balancer>,
}

/// One address of a load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Balancer {
    /// Its IP address, or empty.
    pub ip: Arc<str>,
    /// Its host name, or empty.
    pub hostname: Arc<str>,
}

/// Reads it; `None` for kinds that traffic does not know.
pub(super) fn read(object: &Object, interner: &mut Interner) -> Option<Network> {
    let value = object.value();
    let mut network = Network::default();
    match (object.group(), object.kind()) {
        ("", "Pod") => network.labels = labels(value, &["metadata", "labels"], interner),
        ("", "Service") => {
            network.target_labels = labels(value, &["spec", "selector"], interner);
            network.balancers = balancers(value, interner);
        }
        ("networking.k8s.io" | "extensions", "Ingress") => {
            let named = |backend: &'_ Value| {
                let name = backend.str_at(&["service", "name"]).or_else(|| backend.str_at(&["serviceName"]));
                name.map(str::to_string)
            };
            let default =
                ["defaultBackend", "backend"].into_iter().filter_map(|field| value.get_path(&["spec", field]));
            let paths = list(value, &["spec", "rules"])
                .flat_map(|rule| list(rule, &["http", "paths"]))
                .filter_map(|path| path.get("backend"));
            let names: BTreeSet<String> = default.chain(paths).filter_map(named).collect();
            network.targets = services(names.into_iter().map(|name| (object.namespace().to_string(), name)), interner);
            network.balancers = balancers(value, interner);
        }
        ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute") => {
            let backends = list(value, &["spec", "rules"])
                .flat_map(|rule| list(rule, &["backendRefs"]))
                .filter(|backend| matches!(backend.str_at(&["kind"]), None | Some("Service")));
            let named = backends.filter_map(|backend| {
                let namespace = backend.str_at(&["namespace"]).unwrap_or_else(|| object.namespace());
                Some((namespace.to_string(), backend.str_at(&["name"])?.to_string()))
            });
            network.targets = services(named, interner);
        }
        ("networking.istio.io", "VirtualService") => {
            let destinations = ["http", "tls", "tcp"]
                .into_iter()
                .flat_map(|protocol| list(value, &["spec", protocol]))
                .flat_map(|rule| list(rule, &["route"]))
                .filter_map(|route| route.str_at(&["destination", "host"]));
            // `<service>[.<namespace>[.svc…]]`
            let named = destinations.map(|host| {
                let mut parts = host.split('.');
                let name = parts.next().unwrap_or_default().to_string();
                (parts.next().unwrap_or_else(|| object.namespace()).to_string(), name)
            });
            network.targets = services(named, interner);
        }
        ("networking.istio.io", "ServiceEntry") => {
            network.target_labels = labels(value, &["spec", "workloadSelector", "labels"], interner);
        }
        _ => {}
    }
    (network != Network::default()).then_some(network)
}

fn labels(value: &Value, path: &[&str], interner: &mut Interner) -> Labels {
    let found = value.get_path(path).and_then(Value::as_object).into_iter().flat_map(|map| map.iter());
    let sorted: BTreeMap<&str, &str> = found.map(|(key, value)| (&**key, value.as_str().unwrap_or_default())).collect();
    sorted.into_iter().map(|(key, value)| (interner.get(key), interner.get(value))).collect()
}

fn services(named: impl Iterator<Item = (String, String)>, interner: &mut Interner) -> Vec<ResourceKey> {
    let sorted: BTreeSet<(String, String)> = named.collect();
    let key = |(namespace, name): &(String, String)| ResourceKey {
        group: "".into(),
        kind: "Service".into(),
        namespace: namespace.as_str().into(),
        name: name.as_str().into(),
    };
    sorted
        .iter()
        .map(|named| {
            let key = key(named);
            ResourceKey { kind: interner.get(&key.kind), namespace: interner.get(&key.namespace), ..key }
        })
        .collect()
}

fn balancers(value: &Value, interner: &mut Interner) -> Vec<Balancer> {
    let found = list(value, &["status", "loadBalancer", "ingress"]);
    let mut text = |of: &Value, field| interner.get(of.str_at(&[field]).unwrap_or_default());
    found.map(|balancer| Balancer { ip: text(balancer, "ip"), hostname: text(balancer, "hostname") }).collect()
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    /// Labels, target labels, targets, balancers.
    fn check(json: &str) -> String {
        let object = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
        let network = read(&object, &mut Interner::default()).unwrap_or_default();
        let pairs = |labels: &Labels| labels.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(",");
        let targets: Vec<_> = network.targets.iter().map(|key| format!("{}/{}", key.namespace, key.name)).collect();
        let balancers: Vec<_> = network.balancers.iter().map(|b| format!("{}{}", b.ip, b.hostname)).collect();
        [pairs(&network.labels), pairs(&network.target_labels), targets.join(","), balancers.join(",")].join("|")
    }

    #[test]
    fn traffic_is_followed() {
        for (json, want) in [
            (r#"{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"b":"2","a":"1"}}}"#, "a=1,b=2|||"),
            (
                r#"{"apiVersion":"v1","kind":"Service","spec":{"selector":{"a":"1"}},
                   "status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"},{"hostname":"h"}]}}}"#,
                "|a=1||1.2.3.4,h",
            ),
            (
                r#"{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"namespace":"n"},
                   "spec":{"defaultBackend":{"service":{"name":"d"}},
                   "rules":[{"http":{"paths":[{"backend":{"service":{"name":"s"}}},{"backend":{"resource":{}}}]}}]}}"#,
                "||n/d,n/s|",
            ),
            (
                r#"{"apiVersion":"extensions/v1beta1","kind":"Ingress","metadata":{"namespace":"n"},
                   "spec":{"rules":[{"http":{"paths":[{"backend":{"serviceName":"s"}}]}}]}}"#,
                "||n/s|",
            ),
            (
                r#"{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"namespace":"n"},
                   "spec":{"rules":[{"backendRefs":[{"name":"s"},{"name":"t","namespace":"m"},{"kind":"Bucket","name":"b"}]}]}}"#,
                "||m/t,n/s|",
            ),
            (
                r#"{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"namespace":"n"},
                   "spec":{"http":[{"route":[{"destination":{"host":"s"}},{"destination":{"host":"t.m.svc.cluster.local"}}]}]}}"#,
                "||m/t,n/s|",
            ),
            (
                r#"{"apiVersion":"networking.istio.io/v1","kind":"ServiceEntry","spec":{"workloadSelector":{"labels":{"a":"1"}}}}"#,
                "|a=1||",
            ),
            (r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":{"a":"1"}}}"#, "|||"),
        ] {
            assert_eq!(check(json), want, "{json}");
        }
    }
}
