//! The cache beside a real API server.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests that write a file for kubectl")]

use std::sync::Arc;
use std::time::Duration;

use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_kube::{Client, Config, Impersonate, Runtime};
use bowline_base_task::Tasks;
use bowline_core_types::{GroupKind, ResourceKey, SecretKey};
use bowline_live_cache::{Cache, CacheConfig, Changes, Connection, Knowledge, RespectRbac};
use bowline_tests_kube::KubeServer;
use serde_json::{Value, json};

/// A cache of `server`, and what it says of changes.
fn start(server: &KubeServer, change: impl FnOnce(Client, CacheConfig) -> (Client, CacheConfig)) -> (Cache, Changes) {
    let config = Config::load(&[server.kubeconfig().into()], None).unwrap();
    let runtime = Runtime { tasks: Tasks::new(), clock: Arc::new(SystemClock::new()), jitter: Jitter::new(1) };
    let client = Client::new(&config, &runtime).unwrap();
    let (client, config) = change(client, CacheConfig::new(SecretKey::new([7; 32]), 1));
    Cache::start(client, config, &runtime)
}

async fn settled(server: &KubeServer) -> (Cache, Changes) {
    let (cache, changes) = start(server, |client, config| (client, config));
    assert_eq!(cache.settled().await.connection, Connection::Connected);
    // Tests that run at the same time share the server: a definition that one of them deletes is for a moment a failed
    // watch here.
    eventually("every kind is watched", || cache.state().degraded.is_empty()).await;
    (cache, changes)
}

/// Waits until `condition` holds; a test never waits for a time.
async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let holds = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), holds).await.is_ok(), "not within a minute: {what}");
}

/// Waits until something is told of `app`, and returns everything that was told until then: also of the applications of
/// tests that run at the same time, since all share the server.
async fn told(changes: &mut Changes, app: &str) -> Vec<String> {
    let mut apps = Vec::new();
    let all = async {
        while !apps.iter().any(|known| known == app) {
            let batch = changes.next().await;
            apps.extend(batch.apps.iter().map(|change| change.instance.to_string()));
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), all).await.is_ok(), "nothing was told of {app}");
    apps
}

fn names(cache: &Cache, app: &str) -> Vec<String> {
    let mut names: Vec<String> = cache.managed(app).iter().map(|live| live.object.name().to_string()).collect();
    names.sort();
    names
}

fn mark(app: &str, group: &str, kind: &str, namespace: &str, name: &str) -> Value {
    json!({"name": name, "annotations": {
        "argocd.argoproj.io/tracking-id": format!("{app}:{group}/{kind}:{namespace}/{name}")}})
}

fn config_map(app: &str, namespace: &str, name: &str, data: &str) -> Value {
    let metadata = mark(app, "", "ConfigMap", namespace, name);
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": data}})
}

fn deployment(app: &str, namespace: &str) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": mark(app, "apps", "Deployment", namespace, "web"), "spec": {
        "replicas": 2, "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
        "spec": {"containers": [{"name": "c", "image": "example.com/web:1"}]}}}})
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_come_change_and_go_and_what_does_not_matter_wakes_nobody() {
    let server = KubeServer::shared();
    let namespace = server.namespace("come-and-go");
    let (cache, mut changes) = settled(server).await;
    changes.take();
    let maps = format!("/api/v1/namespaces/{namespace}/configmaps");
    let sets = format!("/apis/apps/v1/namespaces/{namespace}/statefulsets");

    server.expect("POST", &maps, Some(&config_map("come", &namespace, "one", "1"))).unwrap();
    told(&mut changes, "come").await;
    let before = cache.managed("come");
    assert_eq!(before[0].object.value().str_at(&["data", "a"]), Some("1"));

    server.expect("PATCH", &format!("{maps}/one"), Some(&json!({"data": {"a": "2"}}))).unwrap();
    told(&mut changes, "come").await;
    let after = cache.managed("come");
    assert_eq!(after[0].object.value().str_at(&["data", "a"]), Some("2"));
    assert_ne!(before[0].fingerprint, after[0].fingerprint);

    // A status that changes nothing about health, and a leader that writes that it lives.
    let metadata = mark("quiet", "apps", "StatefulSet", &namespace, "s");
    let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": {"replicas": 0,
        "serviceName": "s", "selector": {"matchLabels": {"x": "y"}}, "template": {"metadata": {"labels": {"x": "y"}},
        "spec": {"containers": [{"name": "c", "image": "i"}]}}}});
    server.expect("POST", &sets, Some(&set)).unwrap();
    let version = || cache.managed("quiet").first().map(|live| live.object.resource_version().to_string());
    let beat = |time: &str| {
        let status = json!({"status": {"conditions": [{"type": "Beat", "status": "True", "message": time}]}});
        server.expect("PATCH", &format!("{sets}/s/status"), Some(&status)).unwrap();
        let leader = json!({"metadata": {"annotations": {"control-plane.alpha.kubernetes.io/leader": time}}});
        server.expect("PATCH", &format!("{sets}/s"), Some(&leader)).unwrap()["metadata"]["resourceVersion"].clone()
    };
    // The first one makes the writer an owner of the annotation, which matters; later ones do not.
    for time in ["first", "second"] {
        eventually("the set has settled", || {
            let live = cache.managed("quiet");
            live.first().is_some_and(|live| live.object.value().get_path(&["status", "observedGeneration"]).is_some())
        })
        .await;
        changes.take();
        let written = beat(time);
        eventually("the beat came", || version().as_deref() == written.as_str()).await;
    }
    server.expect("DELETE", &format!("{maps}/one"), None).unwrap();
    assert!(!told(&mut changes, "come").await.contains(&"quiet".to_string()));
    assert!(cache.managed("come").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_come_and_go_with_their_definitions() {
    let server = KubeServer::shared();
    let namespace = server.namespace("definitions");
    let (cache, mut changes) = settled(server).await;
    let kind = GroupKind::new("test.example.com", "Boat");
    assert_eq!(cache.knowledge(&kind), Knowledge::NotServed);
    assert_eq!(cache.knowledge(&GroupKind::new("coordination.k8s.io", "Lease")), Knowledge::Excluded);

    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let definition = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "boats.test.example.com"}, "spec": {"group": "test.example.com", "scope": "Namespaced",
        "names": {"kind": "Boat", "plural": "boats"}, "versions": [{"name": "v1", "served": true, "storage": true,
        "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}});
    server.expect("POST", definitions, Some(&definition)).unwrap();
    eventually("boats are watched", || cache.knowledge(&kind) == Knowledge::Current).await;

    let boat = json!({"apiVersion": "test.example.com/v1", "kind": "Boat",
        "metadata": mark("fleet", "test.example.com", "Boat", &namespace, "b"), "spec": {"sails": 3}});
    let boats = format!("/apis/test.example.com/v1/namespaces/{namespace}/boats");
    server.expect("POST", &boats, Some(&boat)).unwrap();
    told(&mut changes, "fleet").await;
    assert_eq!(names(&cache, "fleet"), ["b"]);

    server.expect("DELETE", &format!("{definitions}/boats.test.example.com"), None).unwrap();
    let served = || cache.discovery().preferred("test.example.com", "Boat").is_some();
    assert!(served());
    eventually("boats are gone", || cache.knowledge(&kind) == Knowledge::NotServed).await;
    assert!(cache.managed("fleet").is_empty());
    told(&mut changes, "fleet").await;
    eventually("no kind is left behind as failed", || cache.state().degraded.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_is_a_state_and_is_caught_up_with() {
    let server = KubeServer::start().unwrap();
    let namespace = server.namespace("away");
    let maps = format!("/api/v1/namespaces/{namespace}/configmaps");
    for name in ["kept", "lost"] {
        server.expect("POST", &maps, Some(&config_map("away", &namespace, name, "1"))).unwrap();
    }
    let (cache, mut changes) = settled(&server).await;
    assert_eq!(names(&cache, "away"), ["kept", "lost"]);
    assert_eq!(cache.client().load().0, 1, "all watches share one connection");

    server.stop_api();
    eventually("it is said to be away", || matches!(cache.state().connection, Connection::Failed { .. })).await;
    let Connection::Failed { reason, .. } = cache.state().connection else { unreachable!("it was failed just now") };
    assert!(reason.contains(server.url()), "{reason}");
    assert_eq!(names(&cache, "away"), ["kept", "lost"], "what was known stays readable");

    server.start_api().unwrap();
    server.expect("DELETE", &format!("{maps}/lost"), None).unwrap();
    server.expect("POST", &maps, Some(&config_map("away", &namespace, "new", "1"))).unwrap();
    eventually("it is caught up with", || names(&cache, "away") == ["kept", "new"]).await;
    eventually("it is said to be back", || cache.state().connection == Connection::Connected).await;
    eventually("every kind is watched again", || cache.state().degraded.is_empty()).await;
    changes.take();
    server.expect("PATCH", &format!("{maps}/new"), Some(&json!({"data": {"a": "2"}}))).unwrap();
    told(&mut changes, "away").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_holds_what_controllers_made_and_a_secret_holds_nothing() {
    let server = KubeServer::shared();
    let namespace = server.namespace("tree");
    let (cache, mut changes) = settled(server).await;
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments");
    server.expect("POST", &path, Some(&deployment("tree", &namespace))).unwrap();
    let kinds = || cache.tree("tree").iter().map(|t| t.node.key.kind.to_string()).collect::<Vec<_>>();
    eventually("its pods are there", || kinds() == ["Deployment", "ReplicaSet", "Pod", "Pod"]).await;
    assert_eq!(names(&cache, "tree"), ["web"], "the mark that the ReplicaSet carries too is its owner's");
    let pod = cache.tree("tree").pop().unwrap();
    assert_eq!(pod.parents[0].kind.as_ref(), "ReplicaSet");
    assert_eq!(pod.node.info.as_ref().unwrap().images, ["example.com/web:1".into()]);
    assert_eq!(cache.children(&ResourceKey::new("apps", "Deployment", namespace.as_str(), "web")).len(), 1);
    told(&mut changes, "tree").await;

    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": mark("hidden", "", "Secret", &namespace, "s"),
        "stringData": {"password": "hunter2"}});
    let file = std::env::temp_dir().join(format!("bowline-secret-{}.json", std::process::id()));
    std::fs::write(&file, secret.to_string()).unwrap();
    server.kubectl(&["apply", "-n", &namespace, "-f", file.to_str().unwrap()]).unwrap().unwrap();
    std::fs::remove_file(file).unwrap();
    told(&mut changes, "hidden").await;
    let live = format!("{:?}", cache.managed("hidden"));
    assert!(live.contains("last-applied") && live.contains("hmac-sha256:"), "{live}");
    for text in ["hunter2", "aHVudGVyMg"] {
        assert!(!live.contains(text), "{text} in {live}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_may_not_be_watched_degrades_itself_alone() {
    let server = KubeServer::shared();
    let namespace = server.namespace("narrow");
    let rules = json!([{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list", "watch"]}]);
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": rules});
    let api = format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}");
    server.expect("POST", &format!("{api}/roles"), Some(&role)).unwrap();
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "r"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
        "subjects": [{"kind": "User", "name": "narrow", "apiGroup": "rbac.authorization.k8s.io"}]});
    server.expect("POST", &format!("{api}/rolebindings"), Some(&binding)).unwrap();
    let maps = format!("/api/v1/namespaces/{namespace}/configmaps");
    server.expect("POST", &maps, Some(&config_map("narrow", &namespace, "one", "1"))).unwrap();

    let whom =
        Impersonate { user: "narrow".into(), groups: vec!["system:authenticated".into()], ..Impersonate::default() };
    let (cache, _changes) = start(server, |client, config| {
        let config = CacheConfig { namespaces: vec![namespace.clone()], ..config };
        (client.impersonate(&whom).unwrap(), config)
    });
    let state = cache.settled().await;
    assert_eq!(state.connection, Connection::Connected);
    assert_eq!(names(&cache, "narrow"), ["one"]);
    assert_eq!(cache.knowledge(&GroupKind::new("", "ConfigMap")), Knowledge::Current);
    let Knowledge::Degraded(reason) = cache.knowledge(&GroupKind::new("apps", "Deployment")) else {
        panic!("deployments may not be watched")
    };
    assert!(reason.contains(r#"User "narrow" cannot list resource "deployments""#), "{reason}");
    assert_eq!(cache.knowledge(&GroupKind::new("", "Namespace")), Knowledge::Excluded, "no cluster-scoped kinds here");

    // Where that is respected, what may not be watched is left alone, and nothing is said to be wrong.
    for respect_rbac in [RespectRbac::Normal, RespectRbac::Strict] {
        let (cache, _changes) = start(server, |client, config| {
            let config = CacheConfig { namespaces: vec![namespace.clone()], respect_rbac, ..config };
            (client.impersonate(&whom).unwrap(), config)
        });
        let state = cache.settled().await;
        assert_eq!((state.connection, state.degraded), (Connection::Connected, vec![]), "{respect_rbac:?}");
        assert_eq!(names(&cache, "narrow"), ["one"]);
        assert_eq!(cache.knowledge(&GroupKind::new("apps", "Deployment")), Knowledge::Excluded);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_not_there_is_a_state_until_it_comes() {
    let server = KubeServer::start().unwrap();
    server.stop_api();
    let (cache, mut changes) = start(&server, |client, config| (client, config));
    assert_eq!(cache.knowledge(&GroupKind::new("", "ConfigMap")), Knowledge::Unknown);
    let state = cache.settled().await;
    assert!(matches!(&state.connection, Connection::Failed { reason, .. } if reason.contains("refused")), "{state:?}");
    assert!(!state.synced && changes.next().await.cluster);
    server.start_api().unwrap();
    eventually("it came", || cache.state().synced && cache.state().connection == Connection::Connected).await;
    assert_eq!(cache.knowledge(&GroupKind::new("", "ConfigMap")), Knowledge::Current);
    assert!(cache.get(&ResourceKey::new("", "Namespace", "", "default")).is_some());
}
