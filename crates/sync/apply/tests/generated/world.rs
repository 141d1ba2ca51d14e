//! The generator, and the cluster that its objects live in.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_kube::{Client, Config, Discovery, Patch, Runtime, WriteOptions};
use bowline_base_task::Tasks;
use bowline_base_value::{Map, Str, Value, to_json};
use bowline_core_ports::{ApplyOptions, BoxFuture, Cluster, ClusterError, DeleteOptions, Propagation};
use bowline_core_types::{Gvk, Object, SecretKey, annotation};
use bowline_plan_diff::Step as At;
use bowline_plan_merge::{LEGACY_MANAGERS, needs_migration};
use bowline_plan_planner::{Action, ActionKind, Outcome, Purpose, Step, SyncPhase, WriteMode};
use bowline_sync_apply::KubeCluster;
use bowline_sync_executor::{Executor, Pause};
use bowline_tests_kube::KubeServer;

/// Chance, by a seed.
pub struct Dice(Jitter);

/// A kind: an object of it, and what may be otherwise.
pub struct Kind {
    pub base: Object,
    vary: BTreeMap<String, Vec<Value>>,
    status: Option<Value>,
}

/// The cluster.
pub struct Lab {
    cluster: KubeCluster,
    client: Client,
    discovery: tokio::sync::RwLock<Arc<Discovery>>,
    namespace: String,
    // Nothing writes but the tests: no controllers, and nobody else uses it.
    _kube: KubeServer,
}

struct Sleep;

impl Pause for Sleep {
    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

// === impl Dice ===

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(Jitter::new(seed))
    }

    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.0.fraction() * n as f64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let i = self.below(of.len());
        &of[i]
    }
}

// === impl Kind ===

impl Kind {
    pub fn read(document: &Value) -> Kind {
        let vary = document.get("vary").and_then(Value::as_object).unwrap().iter();
        Kind {
            base: Object::new(document.get("object").unwrap().clone()).unwrap(),
            vary: vary.map(|(pointer, values)| (pointer.to_string(), values.as_array().unwrap().to_vec())).collect(),
            status: document.get("status").cloned(),
        }
    }

    /// An object of the kind: the base with some of it otherwise.
    pub fn generate(&self, dice: &mut Dice) -> Object {
        let mut whole = self.base.value().clone();
        for (pointer, values) in &self.vary {
            if dice.below(5) < 2 {
                put(&mut whole, pointer, dice.one(values));
            }
        }
        Object::new(whole).unwrap()
    }

    fn field(&self, dice: &mut Dice) -> (&str, &Value) {
        let pointers: Vec<&String> = self.vary.keys().collect();
        let pointer = pointers[dice.below(pointers.len())];
        (pointer, dice.one(&self.vary[pointer]))
    }
}

/// Sets a value (null removes it). A way that leads through a place that is not there is left.
fn put(whole: &mut Value, pointer: &str, value: &Value) {
    let tokens: Vec<String> =
        pointer[1..].split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let (last, way) = tokens.split_last().unwrap();
    let mut at = whole;
    for (i, token) in way.iter().enumerate() {
        let is_list = tokens[i + 1].parse::<usize>().is_ok();
        let next = match token.parse::<usize>() {
            Ok(i) if at.as_array().is_some() => at.as_array_mut().unwrap().get_mut(i),
            // Items are not made up, maps are.
            _ => at.as_object_mut().filter(|fields| !is_list || fields.contains_key(token)).map(|fields| {
                let next = fields.entry(token);
                if next.is_null() {
                    *next = Value::object();
                }
                next
            }),
        };
        let Some(next) = next else { return };
        at = next;
    }
    if let (Ok(i), Some(items)) = (last.parse::<usize>(), at.as_array_mut()) {
        if let Some(item) = items.get_mut(i) {
            *item = value.clone();
        }
    } else if let Some(fields) = at.as_object_mut() {
        match value.is_null() {
            true => {
                fields.remove(last.as_str());
            }
            false => {
                fields.insert(last.as_str(), value.clone());
            }
        }
    }
}

/// The object but for what counts writes and owners.
pub fn content(object: &Object) -> String {
    let (kind, mut object) = (object.kind(), object.clone());
    let metadata = object.fields_mut().get_mut("metadata").unwrap().as_object_mut().unwrap();
    metadata.remove("resourceVersion");
    metadata.remove("managedFields");
    // A policy with an empty list counts as another generation at each write that says so: stored, it has none.
    if kind == "NetworkPolicy" {
        metadata.remove("generation");
    }
    let emptied = metadata.get_mut("annotations").and_then(Value::as_object_mut).is_some_and(|annotations| {
        // Taking over a client-side apply takes its record along.
        annotations.remove(annotation::LAST_APPLIED);
        annotations.is_empty()
    });
    if emptied {
        metadata.remove("annotations");
    }
    if kind == "FlowSchema" {
        // The API server itself writes it.
        object.fields_mut().remove("status");
    }
    to_json(object.value(), false)
}

/// What stands at a path.
pub fn at(value: &Value, steps: &[At]) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value.clone()) };
    let items = || value.as_array().unwrap_or_default().iter();
    let next = match step {
        At::Field(name) => value.get(name),
        At::Item(keys) => items().find(|item| keys.iter().all(|(key, want)| item.get(key) == Some(want))),
        At::Member(member) => items().find(|item| *item == member),
        At::Index(i) => value.as_array().and_then(|items| items.get(*i)),
    };
    at(next?, rest)
}

// === impl Lab ===

impl Lab {
    pub async fn new(namespace: &str) -> Lab {
        let kube = tokio::task::block_in_place(|| KubeServer::start().unwrap_or_else(|e| panic!("{e}")));
        let namespace = tokio::task::block_in_place(|| kube.namespace(namespace));
        let config = Config::from_kubeconfig(kube.kubeconfig_text(), None, Path::new("/")).unwrap();
        let runtime = Runtime { tasks: Tasks::new(), clock: Arc::new(SystemClock::new()), jitter: Jitter::new(1) };
        let client = Client::new(&config, &runtime).unwrap();
        let discovery = Arc::new(Discovery::fetch(&client).await.unwrap());
        let cluster = KubeCluster::new(client.clone(), SecretKey::new([7; 32]), discovery.clone());
        Lab { cluster, client, discovery: tokio::sync::RwLock::new(discovery), namespace, _kube: kube }
    }

    /// Waits until a kind is served.
    pub async fn until_served(&self, gvk: &Gvk) {
        for _ in 0..200 {
            if self.cluster.kind(gvk).is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            self.cluster.refresh_kinds().await.unwrap();
            *self.discovery.write().await = Arc::new(Discovery::fetch(&self.client).await.unwrap());
        }
        panic!("{gvk} is not served");
    }

    /// An object as an application has it: in its namespace, with its mark.
    pub fn desired(&self, object: &Object) -> Object {
        let mut object = object.clone();
        if self.cluster.kind(&object.gvk()).is_some_and(|kind| kind.namespaced) {
            object.set_namespace(&self.namespace);
        }
        object.set_annotation(annotation::TRACKING_ID, "app:x");
        object
    }

    pub async fn write(&self, object: &Object) -> Result<Object, ClusterError> {
        self.cluster.apply(object, &ApplyOptions::default()).await.map(|applied| applied.object)
    }

    pub async fn live(&self, object: &Object) -> Option<Object> {
        self.cluster.get(&object.gvk(), object.namespace(), object.name()).await.unwrap()
    }

    /// What the API server says that applying would give, asked as the controller asks.
    pub async fn dry_run(&self, desired: &Object) -> Result<Object, String> {
        let options = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
        self.cluster.apply(desired, &options).await.map(|a| a.object).map_err(|e| e.to_string())
    }

    /// Syncs the object as the executor does.
    pub async fn sync(&self, desired: &Object, live: Option<&Object>) -> Outcome {
        let kind = ActionKind::Apply {
            object: desired.clone(),
            mode: WriteMode::Apply,
            validate: true,
            force: false,
            migrate: match live.is_some_and(|live| needs_migration(live, &LEGACY_MANAGERS)) {
                true => LEGACY_MANAGERS.map(String::from).to_vec(),
                false => Vec::new(),
            },
            dry_run: false,
            version_before: live.map(|live| live.resource_version().to_string()).unwrap_or_default(),
        };
        let action = Action {
            key: desired.key(),
            gvk: desired.gvk(),
            phase: SyncPhase::Sync,
            is_hook: false,
            images: Vec::new(),
            kind,
            reason: String::new(),
        };
        let step =
            Step { purpose: Purpose::Wave(SyncPhase::Sync, 0), groups: vec![vec![action]], message: String::new() };
        let executor = Executor { cluster: &self.cluster, pause: &Sleep, parallel: 1 };
        let mut report = executor.run(&step, || false).await;
        report.outcomes.pop().unwrap().1
    }

    pub async fn delete(&self, object: &Object) {
        let options = DeleteOptions { propagation: Propagation::Background, force: true, ..DeleteOptions::default() };
        self.cluster.delete(&object.gvk(), &object.key(), &options).await.unwrap();
    }

    /// Something happens: to Git, or in the cluster. What the server refuses has not happened. Says what it was.
    pub async fn happen(&self, kind: &Kind, desired: &mut Object, dice: &mut Dice) -> String {
        let (pointer, value) = kind.field(dice);
        let shown = format!("{pointer} = {}", to_json(value, false));
        let result = match dice.below(16) {
            0..=3 => {
                *desired = self.desired(&kind.generate(dice));
                return "Git changed".to_string();
            }
            4..=6 => self.edit(desired, pointer, value, "someone").await.map(|()| format!("someone set {shown}")),
            7..=8 => {
                let theirs = self.desired(&kind.generate(dice));
                let options = WriteOptions { field_manager: "operator".into(), force: true, ..WriteOptions::default() };
                self.patch(&theirs, "", Patch::Apply(theirs.value()), &options)
                    .await
                    .map(|()| "an operator applied".to_string())
            }
            9..=10 => {
                let manager = "kubectl-client-side-apply";
                self.edit(desired, pointer, value, manager).await.map(|()| format!("kubectl set {shown}"))
            }
            11 => {
                let label = Value::from(["x", "y"][dice.below(2)]);
                let result = self.edit(desired, "/metadata/labels/example.com~1theirs", &label, "someone").await;
                result.map(|()| "someone labelled it".to_string())
            }
            12 => match &kind.status {
                Some(status) => {
                    let body: Map = [("status", status.clone())].into_iter().collect();
                    let options = WriteOptions { field_manager: "controller".into(), ..WriteOptions::default() };
                    let body = Value::from(body);
                    let result = self.patch(desired, "status", Patch::Merge(&body), &options).await;
                    result.map(|()| "a controller wrote the status".to_string())
                }
                None => return "nothing".to_string(),
            },
            13 => {
                self.delete(desired).await;
                return "someone deleted it".to_string();
            }
            _ => return "nothing".to_string(),
        };
        result.unwrap_or_else(|refused| format!("refused: {refused}"))
    }

    /// Someone sets one field, where the way to it is there.
    async fn edit(&self, object: &Object, pointer: &str, value: &Value, manager: &str) -> Result<(), String> {
        let Some(live) = self.live(object).await else { return Err("there is nothing to edit".to_string()) };
        let mut changed = live.value().clone();
        // The key of a Secret that people write as text is stored in `data`; digests are nothing to write back.
        if live.kind() == "Secret" {
            return self.edit_secret(object, manager).await;
        }
        put(&mut changed, pointer, value);
        let options = WriteOptions { field_manager: manager.into(), ..WriteOptions::default() };
        let operation = |op: &str, at: &str, value: &Value| -> Value {
            [("op", op.into()), ("path", Value::from(at)), ("value", value.clone())].into_iter().collect::<Map>().into()
        };
        // The top field is replaced whole: the server works out what of it has changed.
        let top: Str = pointer[1..].split('/').next().unwrap().into();
        let at = format!("/{top}");
        let patch: Value = match changed.get(&top) {
            Some(value) if top.as_ref() == "metadata" => {
                let labels = value.get("labels").cloned().unwrap_or_else(Value::object);
                [operation("add", "/metadata/labels", &labels)].into_iter().collect()
            }
            Some(value) => [operation("add", &at, value)].into_iter().collect(),
            None if live.value().get(&top).is_some() => [operation("remove", &at, &Value::Null)].into_iter().collect(),
            None => return Err("it is not there".to_string()),
        };
        self.patch(object, "", Patch::Json(&patch), &options).await
    }

    async fn edit_secret(&self, object: &Object, manager: &str) -> Result<(), String> {
        let options = WriteOptions { field_manager: manager.into(), ..WriteOptions::default() };
        let body = bowline_base_value::from_json(br#"{"data":{"d":"BBBB"},"stringData":{"k":"theirs"}}"#).unwrap();
        self.patch(object, "", Patch::Merge(&body), &options).await
    }

    async fn patch(
        &self,
        object: &Object,
        subresource: &str,
        patch: Patch<'_>,
        options: &WriteOptions,
    ) -> Result<(), String> {
        let gvk = object.gvk();
        let discovery = self.discovery.read().await.clone();
        let resource = discovery.resource(&gvk.group, &gvk.version, &gvk.kind).unwrap();
        let written = self.client.patch(resource, object.namespace(), object.name(), subresource, patch, options).await;
        written.map(|_| ()).map_err(|e| e.to_string())
    }
}
