use bowline_base_value::from_json;
use bowline_core_types::{InstanceId, SecretKey};

use super::*;
use crate::node::Reader;
use crate::tree::tree;

fn reader() -> Reader {
    Reader {
        instances: InstanceId::default(),
        secrets: SecretKey::new([7; 32]),
        reading: Default::default(),
        seed: 1,
        interner: std::sync::Mutex::default(),
    }
}

/// `kind name` with what else its metadata and it hold.
fn object(api: &str, kind: &str, name: &str, metadata: &str, rest: &str) -> Node {
    let json = format!(
        r#"{{"apiVersion":"{api}","kind":"{kind}","metadata":{{"name":"{name}","namespace":"n","uid":"u-{kind}-{name}"{metadata}}}{rest}}}"#
    );
    reader().read(from_json(json.as_bytes()).unwrap()).unwrap()
}

fn tracked(app: &str) -> String {
    format!(r#","annotations":{{"argocd.argoproj.io/tracking-id":"{app}:x/X:n/x"}}"#)
}

fn owned(api: &str, kind: &str, name: &str) -> String {
    format!(r#","ownerReferences":[{{"apiVersion":"{api}","kind":"{kind}","name":"{name}","uid":"u-{kind}-{name}"}}]"#)
}

fn store(nodes: Vec<Node>) -> Store {
    let mut store = Store::default();
    nodes.into_iter().for_each(|node| drop(store.apply(node)));
    store
}

fn names(nodes: &[Arc<Node>]) -> Vec<String> {
    nodes.iter().map(|node| node.key.name.to_string()).collect()
}

#[test]
fn an_application_is_woken_by_what_its_objects_own() {
    let mut store = Store::default();
    assert_eq!(store.apply(object("apps/v1", "Deployment", "d", &tracked("app"), "")).instances, ["app".into()]);
    let marks = owned("apps/v1", "Deployment", "d") + &tracked("app");
    let set = object("apps/v1", "ReplicaSet", "r", &marks, "");
    assert!(set.instance.is_none() && set.live.is_none(), "the mark that a Deployment hands down counts for nothing");
    store.apply(set);
    let pod = |phase: &str| {
        object("v1", "Pod", "p", &owned("apps/v1", "ReplicaSet", "r"), &format!(r#","status":{{"phase":"{phase}"}}"#))
    };
    assert_eq!(store.apply(pod("Pending")).instances, ["app".into()]);
    assert!(store.apply(pod("Pending")).instances.is_empty(), "nothing changed");
    assert_eq!(store.apply(pod("Running")).instances, ["app".into()]);
    let deployment = store.get(&ResourceKey::new("apps", "Deployment", "n", "d")).unwrap().clone();
    assert_eq!(names(&store.children(&deployment)), ["r"]);
    let nodes = tree(&store, "app");
    let nodes: Vec<String> = nodes.iter().map(|t| format!("{}<-{}", t.node.key.name, t.parents.len())).collect();
    assert_eq!(nodes, ["d<-0", "r<-1", "p<-1"]);
    assert_eq!(store.remove(&ResourceKey::new("", "Pod", "n", "p")).instances, ["app".into()]);
    store.remove(&ResourceKey::new("apps", "ReplicaSet", "n", "r"));
    assert!(store.children.is_empty() && store.children(&deployment).is_empty());
}

#[test]
fn an_object_that_changes_hands_wakes_both() {
    let mut store = store(vec![object("v1", "ConfigMap", "c", &tracked("a"), "")]);
    let effect = store.apply(object("v1", "ConfigMap", "c", &tracked("b"), ""));
    assert_eq!(effect.instances, ["b".into(), "a".into()]);
    assert_eq!((store.managed("a").count(), store.managed("b").count()), (0, 1));
    assert_eq!(store.instances(), ["b".into()]);
}

#[test]
fn an_owner_of_the_same_name_that_came_later_is_no_owner() {
    let stale = owned("apps/v1", "Deployment", "d").replace("u-Deployment-d", "u-older");
    let store = store(vec![
        object("apps/v1", "Deployment", "d", &tracked("app"), ""),
        object("apps/v1", "ReplicaSet", "r", &stale, ""),
    ]);
    let set = store.get(&ResourceKey::new("apps", "ReplicaSet", "n", "r")).unwrap();
    assert!(store.parents(set).is_empty() && store.roots(set).is_empty());
}

#[test]
fn claims_are_their_sets() {
    let templates = r#","spec":{"volumeClaimTemplates":[{"metadata":{"name":"data"}}]}"#;
    let store = store(vec![
        object("apps/v1", "StatefulSet", "my-set", &tracked("app"), templates),
        object("v1", "PersistentVolumeClaim", "data-my-set-0", &tracked("app"), ""),
        object("v1", "PersistentVolumeClaim", "data-other-0", &tracked("app"), ""),
    ]);
    let set = store.get(&ResourceKey::new("apps", "StatefulSet", "n", "my-set")).unwrap();
    assert_eq!(names(&store.children(set)), ["data-my-set-0"]);
    let mut managed: Vec<_> = store.managed("app").map(|(node, _)| node.key.name.to_string()).collect();
    managed.sort();
    assert_eq!(managed, ["data-other-0", "my-set"]);
}

#[test]
fn a_ring_of_owners_has_an_end() {
    let store = store(vec![
        object("v1", "ConfigMap", "a", &owned("v1", "ConfigMap", "b"), ""),
        object("v1", "ConfigMap", "b", &owned("v1", "ConfigMap", "a"), ""),
    ]);
    let a = store.get(&ResourceKey::new("", "ConfigMap", "n", "a")).unwrap();
    assert!(store.roots(a).is_empty());
}

#[test]
fn what_a_list_did_not_show_is_found() {
    let store = store(vec![object("v1", "ConfigMap", "a", "", ""), object("v1", "ConfigMap", "b", "", "")]);
    let kind = GroupKind::new("", "ConfigMap");
    let seen = HashSet::from([("n".into(), "a".into())]);
    assert_eq!(store.unseen(&kind, "", &seen), [ResourceKey::new("", "ConfigMap", "n", "b")]);
    assert!(store.unseen(&kind, "elsewhere", &seen).is_empty());
}

#[test]
fn nothing_that_a_secret_holds_is_kept() {
    let secret =
        |value: &str, mark: &str| object("v1", "Secret", "s", mark, &format!(r#","data":{{"password":"{value}"}}"#));
    let managed = secret("aHVudGVyMg==", &tracked("app"));
    let text = format!("{managed:?}");
    assert!(text.contains("hmac-sha256:") && !text.contains("aHVudGVyMg"), "{text}");
    assert_ne!(managed.fingerprint, secret("b3RoZXI=", &tracked("app")).fingerprint);
    assert!(!format!("{:?}", secret("aHVudGVyMg==", "")).contains("aHVudGVyMg"));
}

#[test]
fn a_new_definition_is_noticed_and_its_schema_is_not() {
    let crd = |served: bool, schema: &str| {
        let rest = format!(
            r#","spec":{{"names":{{"kind":"K"}},"versions":[{{"name":"v1","served":{served},"schema":"{schema}"}}]}}"#
        );
        object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "ks", "", &rest)
    };
    let mut store = Store::default();
    assert!(store.apply(crd(true, "a")).definitions);
    assert!(!store.apply(crd(true, "b")).definitions);
    assert!(store.apply(crd(false, "b")).definitions);
}
