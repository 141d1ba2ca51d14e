//! Held against the real API server: what is called synced is left as it is by applying, what is called out of sync is
//! changed by it, and every difference names a field.
#![expect(clippy::unwrap_used, reason = "an error fails the test")]
#![expect(clippy::disallowed_methods, reason = "the test reads its tables and waits for kinds to be served")]

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_kube::{Client, Config, Discovery, Runtime};
use bowline_base_task::Tasks;
use bowline_base_value::yaml::documents;
use bowline_base_value::{Map, Value, from_json, to_json};
use bowline_core_ports::{
    Applied, ApplyOptions, Cluster, ClusterErrorKind, DeleteOptions, FieldValidation, Propagation, Write,
};
use bowline_core_types::{Object, ResourceKey, SecretKey, annotation};
use bowline_plan_diff::{Answer, Cause, Comparison, Pair, Prediction, Rules, compare};
use bowline_plan_merge::{LEGACY_MANAGERS, migrate};
use bowline_sync_apply::KubeCluster;
use bowline_tests_kube::KubeServer;

/// A server of this binary's own, without controllers: nothing writes but the tests.
fn server() -> &'static KubeServer {
    static SERVER: OnceLock<KubeServer> = OnceLock::new();
    SERVER.get_or_init(|| KubeServer::start().unwrap_or_else(|e| panic!("{e}")))
}

struct Lab {
    cluster: KubeCluster,
    client: Client,
    namespace: String,
}

impl Lab {
    async fn new(namespace: &str) -> Lab {
        let kube = tokio::task::block_in_place(server);
        let namespace = tokio::task::block_in_place(|| kube.namespace(namespace));
        let config = Config::from_kubeconfig(kube.kubeconfig_text(), None, std::path::Path::new("/")).unwrap();
        let runtime = Runtime { tasks: Tasks::new(), clock: Arc::new(SystemClock::new()), jitter: Jitter::new(1) };
        let client = Client::new(&config, &runtime).unwrap();
        let discovery = Arc::new(Discovery::fetch(&client).await.unwrap());
        let cluster = KubeCluster::new(client.clone(), SecretKey::new([7; 32]), discovery);
        Lab { cluster, client, namespace }
    }

    fn object(&self, value: Value) -> Object {
        let mut object = Object::new(value).unwrap();
        if self.cluster.kind(&object.gvk()).is_some_and(|kind| kind.namespaced) {
            object.set_namespace(&self.namespace);
        }
        object.set_annotation(annotation::TRACKING_ID, "app:x");
        object
    }

    async fn apply(&self, object: &Object) -> Applied {
        self.cluster.apply(object, &ApplyOptions::default()).await.unwrap_or_else(|e| panic!("{}: {e}", object.key()))
    }

    async fn live(&self, object: &Object) -> Object {
        self.cluster.get(&object.gvk(), object.namespace(), object.name()).await.unwrap().unwrap()
    }

    async fn compare(&self, desired: &Object) -> Comparison {
        let live = self.live(desired).await;
        let options = ApplyOptions { dry_run: true, validation: FieldValidation::Strict, ..ApplyOptions::default() };
        let predicted = self.cluster.apply(desired, &options).await.map(|a| a.object).map_err(|e| e.to_string());
        let prediction = match &predicted {
            Ok(object) => Prediction::Object(object),
            Err(error) => Prediction::Failed(error),
        };
        compare(Pair::Both { live: &live, predicted: prediction, git_changed: None }, &Rules::default())
    }

    /// Someone else writes.
    async fn edit(&self, object: &Object, patch: Value) {
        let options = bowline_base_kube::WriteOptions { field_manager: "someone".into(), ..Default::default() };
        let discovery = Discovery::fetch(&self.client).await.unwrap();
        let gvk = object.gvk();
        let resource = discovery.resource(&gvk.group, &gvk.version, &gvk.kind).unwrap();
        let patch = bowline_base_kube::Patch::Json(&patch);
        let written = self.client.patch(resource, object.namespace(), object.name(), "", patch, &options).await;
        written.unwrap_or_else(|e| panic!("{}: {e}", object.key()));
    }
}

/// The fields that differ; what is in sync has none.
fn fields(comparison: &Comparison) -> Vec<String> {
    match comparison {
        Comparison::InSync => Vec::new(),
        Comparison::Differs(differences) => differences.as_slice().iter().map(|d| d.path.to_string()).collect(),
        other => panic!("{}", other.sentence()),
    }
}

/// A JSON patch that sets one field.
fn set(pointer: &str, value: &Value) -> Value {
    let operation: Map =
        [("op", Value::from("add")), ("path", pointer.into()), ("value", value.clone())].into_iter().collect();
    [Value::from(operation)].into_iter().collect()
}

fn with(object: &Object, pointer: &str, value: &Value) -> Object {
    let mut whole = object.value().clone();
    let tokens: Vec<String> =
        pointer[1..].split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let (last, way) = tokens.split_last().unwrap();
    let mut at = &mut whole;
    for token in way {
        at = match token.parse::<usize>() {
            Ok(i) if at.as_array().is_some() => &mut at.as_array_mut().unwrap()[i],
            _ => at.as_object_mut().unwrap().entry(token),
        };
    }
    match last.parse::<usize>() {
        Ok(i) if at.as_array().is_some() => at.as_array_mut().unwrap()[i] = value.clone(),
        _ => {
            at.as_object_mut().unwrap().insert(last.as_str(), value.clone());
        }
    }
    Object::new(whole).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn synced_means_that_applying_changes_nothing() {
    let lab = Lab::new("synced").await;
    for crd in documents(include_str!("crds.yaml")).unwrap() {
        lab.apply(&Object::new(crd).unwrap()).await;
    }
    let mut count = 0;
    for case in documents(include_str!("kinds.yaml")).unwrap() {
        let gvk = Object::new(case.get("object").unwrap().clone()).unwrap().gvk();
        for _ in 0..100 {
            if lab.cluster.kind(&gvk).is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            lab.cluster.refresh_kinds().await.unwrap();
        }
        let desired = lab.object(case.get("object").unwrap().clone());
        let (pointer, value) = case.get("change").unwrap().as_object().unwrap().iter().next().unwrap();
        check(&lab, &desired, pointer, value).await;
        count += 1;
    }
    assert_eq!(count, 36);
}

async fn check(lab: &Lab, desired: &Object, pointer: &str, value: &Value) {
    let key = desired.key();
    let applied = lab.apply(desired).await;
    assert!(applied.created || key.name.as_ref() == "default", "{key}");

    // Just applied: in sync, by the answer of the apply itself and by the API server's own; applying again changes nothing.
    let answer = Answer::from_applied(desired, &applied.object);
    let live = lab.live(desired).await;
    let pair = Pair::Both { live: &live, predicted: answer.prediction(), git_changed: Some(false) };
    assert_eq!(compare(pair, &Rules::default()), Comparison::InSync, "{key}");
    assert_eq!(lab.compare(desired).await, Comparison::InSync, "{key}");
    let again = lab.apply(desired).await;
    assert_eq!(content(&again.object), content(&live), "{key}: applying what is in sync");

    // Git changes: out of sync by a field, and applying changes it.
    let changed = with(desired, pointer, value);
    let comparison = lab.compare(&changed).await;
    assert!(!fields(&comparison).is_empty(), "{key} {pointer}");
    let after = lab.apply(&changed).await;
    assert_ne!(content(&after.object), content(&live), "{key}: applying what is out of sync");
    assert_eq!(lab.compare(&changed).await, Comparison::InSync, "{key}");

    // Someone else changes the field back: the difference names them.
    if key.kind.as_ref() != "Secret" {
        lab.edit(desired, set(pointer, &original(&live, pointer, desired))).await;
        let Comparison::Differs(differences) = lab.compare(&changed).await else { panic!("{key}: drift is not seen") };
        let named = differences.as_slice().iter().any(|d| match &d.cause {
            Cause::ChangedBy(holder) | Cause::Removed(Some(holder)) => holder.manager == "someone",
            _ => false,
        });
        assert!(named || original(&live, pointer, desired).is_null(), "{key}: {differences:?}");
        lab.apply(&changed).await;
        assert_eq!(lab.compare(&changed).await, Comparison::InSync, "{key}: healed");
    }

    // Someone else adds a field that is not ours: nothing to do.
    lab.edit(desired, set("/metadata/annotations/example.com~1theirs", &"x".into())).await;
    assert_eq!(lab.compare(&changed).await, Comparison::InSync, "{key}: a field of others");

    // Git drops a field that is ours: it goes.
    let labelled = with(&changed, "/metadata/annotations/example.com~1ours", &"x".into());
    lab.apply(&labelled).await;
    assert_eq!(fields(&lab.compare(&changed).await), [r#"metadata.annotations["example.com/ours"]"#], "{key}");
    lab.apply(&changed).await;
    assert_eq!(lab.compare(&changed).await, Comparison::InSync, "{key}");

    let options = DeleteOptions { uid: Some(applied.object.uid().to_string()), ..DeleteOptions::default() };
    assert!(lab.cluster.delete(&desired.gvk(), &key, &options).await.unwrap(), "{key}");
}

/// The object without its version: the API server counts some writes that change nothing (the first to a new claim, because
/// its defaults are filled in when it is read and stored only then).
fn content(object: &Object) -> String {
    let mut object = object.clone();
    object.fields_mut().get_mut("metadata").unwrap().as_object_mut().unwrap().remove("resourceVersion");
    to_json(object.value(), false)
}

/// What the live object held there before.
fn original(live: &Object, pointer: &str, desired: &Object) -> Value {
    live.value().pointer(pointer).or_else(|| desired.value().pointer(pointer)).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_kubectl_applied_is_adopted_and_what_git_dropped_goes() {
    let lab = Lab::new("adopted").await;
    let kube = tokio::task::block_in_place(server);
    let path = std::env::temp_dir().join(format!("bowline-adopted-{}.yaml", std::process::id()));
    let manifest = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: {}\n  annotations: {{argocd.argoproj.io/tracking-id: app:x}}\ndata: {{keep: v, old: w}}\n",
        lab.namespace
    );
    std::fs::write(&path, manifest).unwrap();
    tokio::task::block_in_place(|| kube.kubectl(&["apply", "-f", path.to_str().unwrap()]).unwrap().unwrap());
    let _ = std::fs::remove_file(&path);

    let desired = lab.object(
        from_json(br#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"keep":"v"}}"#).unwrap(),
    );
    let comparison = lab.compare(&desired).await;
    assert_eq!(fields(&comparison), ["data.old"]);
    assert!(
        comparison.sentence().starts_with("data.old was written by kubectl-client-side-apply at "),
        "{}",
        comparison.sentence()
    );
    let live = lab.live(&desired).await;
    let patch = migrate(&live, &LEGACY_MANAGERS, annotation::FIELD_MANAGER).unwrap().unwrap();
    lab.cluster.patch(&desired.gvk(), &desired.key(), &patch, false).await.unwrap();
    let applied = lab.apply(&desired).await;
    assert_eq!(applied.object.value().get_path(&["data", "old"]), None);
    assert_eq!(applied.object.annotation(annotation::LAST_APPLIED), None);
    assert_eq!(lab.compare(&desired).await, Comparison::InSync);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_are_told_by_class_and_secrets_never() {
    let lab = Lab::new("refused").await;
    let object = |json: &str| lab.object(from_json(json.as_bytes()).unwrap());
    let refused = async |json: &str, write: Write| {
        let options = ApplyOptions { write, validation: FieldValidation::Strict, ..ApplyOptions::default() };
        lab.cluster.apply(&object(json), &options).await.map(|_| ()).unwrap_err()
    };
    let map = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"b"}}"#;
    let unknown =
        refused(r#"{"apiVersion":"x.example.com/v1","kind":"Nothing","metadata":{"name":"a"}}"#, Write::Create).await;
    assert_eq!(unknown.kind, ClusterErrorKind::NoSuchKind);
    assert_eq!(unknown.message, "the cluster does not serve the kind x.example.com/v1, Kind=Nothing");
    assert_eq!(refused(map, Write::Replace).await.kind, ClusterErrorKind::NotFound);
    lab.apply(&object(map)).await;
    assert_eq!(refused(map, Write::Create).await.kind, ClusterErrorKind::AlreadyExists);
    let wrong = refused(&map.replace(r#""data""#, r#""dat""#), Write::ServerSideApply).await;
    assert_eq!(wrong.kind, ClusterErrorKind::Invalid, "{wrong}");
    assert!(wrong.message.contains("dat"), "{wrong}");

    let secret = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"type":"kubernetes.io/tls","stringData":{"tls.crt":"hunter2","tls.key":"hunter2"}}"#;
    let applied = lab.apply(&object(secret)).await;
    let text = to_json(applied.object.value(), false);
    assert!(text.contains("hmac-sha256:") && !text.contains("aHVudGVyMg"), "{text}");
    let bad = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"t"},"data":{"a":"not base64 hunter2"}}"#;
    let error = refused(bad, Write::ServerSideApply).await;
    assert!(!error.message.contains("hunter2"), "{error}");
    assert!(error.message.contains("withheld"), "{error}");

    // A dry run leaves nothing behind.
    let options = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
    let dry = object(r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dry"}}"#);
    assert!(lab.cluster.apply(&dry, &options).await.unwrap().created);
    assert_eq!(lab.cluster.get(&dry.gvk(), dry.namespace(), "dry").await.unwrap(), None);

    // Deletions mean one object.
    let key = ResourceKey::new("", "ConfigMap", lab.namespace.as_str(), "a");
    let gvk = dry.gvk();
    let other = DeleteOptions { uid: Some("another".into()), ..DeleteOptions::default() };
    assert!(!lab.cluster.delete(&gvk, &key, &other).await.unwrap());
    let background = DeleteOptions { propagation: Propagation::Background, ..DeleteOptions::default() };
    assert!(lab.cluster.delete(&gvk, &key, &background).await.unwrap());
    assert!(!lab.cluster.delete(&gvk, &key, &background).await.unwrap());
}
