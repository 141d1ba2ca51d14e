//! Whole operations on the real API server and its controllers: plan, carry out, plan again. A stand-in for the kubelet lets
//! pods of jobs succeed.
#![expect(clippy::unwrap_used, reason = "an error fails the test")]
#![expect(clippy::disallowed_methods, reason = "the test waits as a controller does, and the clock is the machine's")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_kube::{Client, Config, Discovery, ListOptions, Patch, Runtime, WriteOptions};
use bowline_base_task::Tasks;
use bowline_base_value::yaml::documents;
use bowline_base_value::{Value, from_json};
use bowline_core_ports::{ApplyOptions, BoxFuture, Cluster, ClusterErrorKind};
use bowline_core_types::{Gvk, Object, ResourceKey, SecretKey, annotation, is_hook};
use bowline_live_health::assess;
use bowline_plan_diff::{Comparison, Pair, Prediction, Rules, compare};
use bowline_plan_planner::{
    Action, Input, Limits, Live, ManagedNamespace, Next, Operation, OperationPhase, Progress, Purpose, Resource, Scope,
    Strategy, SyncOptions, View, hook_objects, plan,
};
use bowline_sync_apply::KubeCluster;
use bowline_sync_executor::{Executor, Overlay, Pause};
use bowline_tests_kube::KubeServer;
use jiff::Timestamp;

struct Sleep;

impl Pause for Sleep {
    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// What is known of the cluster in one tick.
struct Snapshot<'a> {
    cluster: &'a KubeCluster,
    live: BTreeMap<ResourceKey, Object>,
}

impl View for Snapshot<'_> {
    fn kind(&self, gvk: &Gvk) -> Result<Option<Scope>, String> {
        let scope = |namespaced| if namespaced { Scope::Namespaced } else { Scope::Cluster };
        Ok(self.cluster.kind(gvk).map(|kind| scope(kind.namespaced)))
    }

    fn permitted(&self, _: &Object, _: Scope) -> Result<(), String> {
        Ok(())
    }

    fn live(&self, key: &ResourceKey) -> Option<Live> {
        self.live.get(key).map(|object| Live { health: assess(object), object: object.clone() })
    }
}

struct Lab {
    client: Client,
    cluster: KubeCluster,
    namespace: String,
    /// What the application has applied so far, as a cache would know by the marks.
    tracked: Mutex<BTreeMap<ResourceKey, Gvk>>,
}

impl Lab {
    async fn new(namespace: &str) -> Lab {
        let kube = tokio::task::block_in_place(KubeServer::shared);
        let config = Config::from_kubeconfig(kube.kubeconfig_text(), None, std::path::Path::new("/")).unwrap();
        let runtime = Runtime { tasks: Tasks::new(), clock: Arc::new(SystemClock::new()), jitter: Jitter::new(1) };
        let client = Client::new(&config, &runtime).unwrap();
        let discovery = Arc::new(Discovery::fetch(&client).await.unwrap());
        let cluster = KubeCluster::new(client.clone(), SecretKey::new([7; 32]), discovery);
        Lab { client, cluster, namespace: namespace.into(), tracked: Mutex::default() }
    }

    fn manifests(&self, yaml: &str) -> Vec<Object> {
        let objects = documents(yaml).unwrap().into_iter().filter(|v| !v.is_null()).map(|v| Object::new(v).unwrap());
        objects
            .map(|mut object| {
                let cluster_wide = ["CustomResourceDefinition", "Namespace"].contains(&object.kind());
                if !cluster_wide {
                    object.set_namespace(&self.namespace);
                }
                object.set_annotation(annotation::TRACKING_ID, "app:x");
                object
            })
            .collect()
    }

    async fn get(&self, gvk: &Gvk, key: &ResourceKey) -> Option<Object> {
        match self.cluster.get(gvk, &key.namespace, &key.name).await {
            Ok(found) => found,
            Err(error) if error.kind == ClusterErrorKind::NoSuchKind => None,
            Err(error) => panic!("{key}: {error}"),
        }
    }

    async fn resources(&self, desired: &[Object]) -> Vec<Resource> {
        let mut resources = Vec::new();
        for object in desired.iter().filter(|o| !is_hook(o)) {
            let (key, gvk) = (object.key(), object.gvk());
            let live = self.get(&gvk, &key).await;
            let (mut in_sync, mut checked) = (false, false);
            if let Some(live) = &live {
                let options = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
                let predicted = self.cluster.apply(object, &options).await.map(|a| a.object).map_err(|e| e.to_string());
                let prediction = match &predicted {
                    Ok(object) => Prediction::Object(object),
                    Err(error) => Prediction::Failed(error),
                };
                let pair = Pair::Both { live, predicted: prediction, git_changed: None };
                in_sync = compare(pair, &Rules::default()) == Comparison::InSync;
                checked = predicted.is_ok();
            }
            let live = live.map(|object| Live { health: assess(&object), object });
            resources.push(Resource { key, desired: Some(object.clone()), live, in_sync, checked });
        }
        let tracked = self.tracked.lock().unwrap().clone();
        for (key, gvk) in tracked.into_iter().filter(|(key, _)| !desired.iter().any(|o| o.key() == *key)) {
            if let Some(object) = self.get(&gvk, &key).await.filter(|o| !is_hook(o)) {
                let live = Some(Live { health: assess(&object), object });
                resources.push(Resource { key, desired: None, live, in_sync: false, checked: false });
            }
        }
        resources
    }

    /// Lets pods that wait for a node succeed.
    async fn kubelet(&self) {
        let discovery = Discovery::fetch(&self.client).await.unwrap();
        let pods = discovery.preferred("", "Pod").unwrap();
        for pod in self.client.list(pods, &self.namespace, &ListOptions::default()).await.unwrap().items {
            if pod.str_at(&["status", "phase"]) == Some("Pending") {
                let name = pod.str_at(&["metadata", "name"]).unwrap();
                let patch = from_json(br#"{"status":{"phase":"Succeeded"}}"#).unwrap();
                let options = WriteOptions::default();
                let _ = self.client.patch(pods, &self.namespace, name, "status", Patch::Merge(&patch), &options).await;
            }
        }
    }

    /// Runs an operation to its end; its trace, and how it ended.
    async fn sync(&self, desired: &[Object], options: &[&str], prune: bool) -> (Vec<String>, OperationPhase, String) {
        let (options, errors) = SyncOptions::parse(options.iter().copied());
        assert!(errors.is_empty(), "{errors:?}");
        let operation = Operation {
            revision: "0123456789".into(),
            prune,
            dry_run: false,
            force: false,
            strategy: Strategy::Hook,
            selectors: Vec::new(),
            started_at: Timestamp::now(),
            retries: 0,
        };
        let hooks: Vec<Object> = desired.iter().filter(|o| is_hook(o)).cloned().collect();
        let (mut progress, mut overlay, mut trace) = (Progress::default(), Overlay::default(), Vec::<String>::new());
        for _ in 0..600 {
            let resources = self.resources(desired).await;
            let mut view = Snapshot { cluster: &self.cluster, live: BTreeMap::new() };
            let namespace =
                Object::new(from_json(br#"{"apiVersion":"v1","kind":"Namespace"}"#).unwrap()).unwrap().gvk();
            let mut looked_up = vec![(namespace, ResourceKey::new("", "Namespace", "", self.namespace.as_str()))];
            for hook in &hooks {
                looked_up.extend(hook_objects(hook, &operation).into_iter().map(|(_, o)| (o.gvk(), o.key())));
            }
            for (gvk, key) in looked_up {
                let watched = self.get(&gvk, &key).await;
                if let Some(object) = overlay.newest(&key, watched.as_ref(), Timestamp::now()) {
                    view.live.insert(key, object);
                }
            }
            let planned = plan(&Input {
                operation: &operation,
                options: &options,
                resources: &resources,
                hooks: &hooks,
                complete: Ok(()),
                namespace: &self.namespace,
                managed_namespace: &ManagedNamespace::default(),
                shared: &[],
                deployed: &Default::default(),
                confirmed: false,
                guard: None,
                limits: &Limits::default(),
                progress: &progress,
                view: &view,
                now: Timestamp::now(),
            });
            progress = planned.progress;
            match planned.next {
                Next::Run(step) => {
                    trace.push(match step.purpose {
                        Purpose::Wave(phase, wave) => format!("{phase} {wave}"),
                        other => format!("{other:?}"),
                    });
                    let executor = Executor { cluster: &self.cluster, pause: &Sleep, parallel: 20 };
                    let report = executor.run(&step, || false).await;
                    report.record(&mut progress, &mut overlay, Timestamp::now());
                    // A namespace that only CreateNamespace asked for carries no mark.
                    let marked = |action: &Action| action.kind.verb() != "check" && &*action.key.kind != "Namespace";
                    for (action, _) in report.outcomes.iter().filter(|(action, _)| marked(action)) {
                        self.tracked.lock().unwrap().insert(action.key.clone(), action.gvk.clone());
                    }
                }
                Next::Wait(wait) => {
                    if trace.last() != Some(&wait.message) {
                        trace.push(wait.message.clone());
                    }
                    if wait.for_kinds {
                        self.cluster.refresh_kinds().await.unwrap();
                    }
                    self.kubelet().await;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Next::Done { phase, message } => return (trace, phase, message),
            }
        }
        panic!("the operation does not end: {trace:?}");
    }
}

const JOB: &str = "
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {argocd.argoproj.io/hook: PreSync}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: \"busybox:1\"}]}}}
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sync_brings_everything_that_it_needs() {
    let lab = Lab::new("first-sync").await;
    let objects = lab.manifests(
        "
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {serviceAccountName: runner, restartPolicy: Never, containers: [{name: c, image: busybox}]}
---
apiVersion: sync.example.com/v1
kind: Knot
metadata: {name: k}
spec: {turns: 2}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: knots.sync.example.com}
spec:
  group: sync.example.com
  scope: Namespaced
  names: {plural: knots, singular: knot, kind: Knot}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {turns: {type: integer}}}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: late, annotations: {argocd.argoproj.io/sync-wave: \"1\"}}
",
    );
    let (trace, phase, message) = lab.sync(&objects, &["CreateNamespace=true"], false).await;
    assert_eq!(phase, OperationPhase::Succeeded, "{message} {trace:?}");
    assert_eq!(trace.first().map(String::as_str), Some("Namespace"));
    assert_eq!(trace.last().map(String::as_str), Some("Sync 1"), "{trace:?}");
    for object in &objects {
        assert!(lab.get(&object.gvk(), &object.key()).await.is_some(), "{}", object.key());
    }
    // A second sync changes nothing and asks for nothing.
    let (trace, phase, _) = lab.sync(&objects, &["CreateNamespace=true"], true).await;
    assert_eq!((trace, phase), (Vec::new(), OperationPhase::Succeeded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hook_runs_again_in_the_next_sync_although_jobs_cannot_be_changed() {
    let lab = Lab::new("hooks").await;
    let first = lab.manifests(&format!("{JOB}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n"));
    let (trace, phase, message) = lab.sync(&first, &["CreateNamespace=true"], false).await;
    assert_eq!(phase, OperationPhase::Succeeded, "{message} {trace:?}");
    let job = first[0].clone();
    let before = lab.get(&job.gvk(), &job.key()).await.unwrap().uid().to_string();
    assert!(trace.contains(&"waiting for completion of hook batch/Job/migrate".to_string()), "{trace:?}");

    let second = lab.manifests(&format!(
        "{}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n",
        JOB.replace("busybox:1", "busybox:2")
    ));
    let (trace, phase, message) = lab.sync(&second, &["CreateNamespace=true"], false).await;
    assert_eq!(phase, OperationPhase::Succeeded, "{message} {trace:?}");
    assert!(trace.contains(&"ClearHooks".to_string()), "{trace:?}");
    let after = lab.get(&job.gvk(), &job.key()).await.unwrap();
    assert_ne!(after.uid(), before);
    let image = after.value().pointer("/spec/template/spec/containers/0/image").and_then(Value::as_str);
    assert_eq!(image, Some("busybox:2"));
    assert_eq!(after.value().get_path(&["metadata", "finalizers"]), None, "let go after its end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_stops_the_sync_and_what_git_dropped_goes() {
    let lab = Lab::new("refusals").await;
    let both = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n";
    let (_, phase, _) = lab.sync(&lab.manifests(both), &["CreateNamespace=true"], false).await;
    assert_eq!(phase, OperationPhase::Succeeded);

    let bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 99999}]}\n";
    let objects = lab.manifests(bad);
    let (trace, phase, message) = lab.sync(&objects, &[], true).await;
    assert_eq!((trace, phase), (vec!["Check".to_string()], OperationPhase::Failed));
    assert!(
        message.starts_with("one or more objects failed to apply (dry run), reason: ") && message.contains("99999"),
        "{message}"
    );
    assert_eq!(
        lab.get(&objects[0].gvk(), &objects[0].key()).await.unwrap().value().get("data"),
        None,
        "nothing is written"
    );

    let left = lab.manifests("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    let (_, phase, _) = lab.sync(&left, &[], false).await;
    assert_eq!(phase, OperationPhase::Succeeded);
    let dropped = ResourceKey::new("", "ConfigMap", lab.namespace.as_str(), "b");
    assert!(lab.get(&left[0].gvk(), &dropped).await.is_some(), "not without prune");
    let (_, phase, message) = lab.sync(&left, &[], true).await;
    assert_eq!(phase, OperationPhase::Succeeded, "{message}");
    for _ in 0..100 {
        if lab.get(&left[0].gvk(), &dropped).await.is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{dropped} was not pruned");
}
