//! The language of scenarios, and the small world that they play in.
//!
//! ```text
//! namespace web                      destination namespace
//! option CreateNamespace=true        a sync option of the application
//! operation prune dry-run force apply-only confirmed
//! select Deployment.apps web/a       one object of a selective sync
//! git  Job.batch web/a wave=1 hook=PreSync policy=HookFailed opts=Prune=false
//! live Deployment.apps web/a differs | in sync unless it differs; `was=…` markers as above
//! health Job.batch web/a Progressing Healthy:done    what it says from its creation on, one a tick
//! refuse Deployment.apps web/a "it is invalid"       what the API server says to a write
//! refuse-late …                                      the same, but not yet in a dry run
//! unserved Widget.example.com        a kind that no one knows until its CRD is there
//! ```
//!
//! The trace has a line for each tick: what is run, waited for, or how it ended.

use std::collections::{BTreeMap, BTreeSet};

use bowline_base_value::{Value, from_json};
use bowline_core_types::{Gvk, HOOK_FINALIZER, Object, ResourceKey, annotation, is_hook};
use bowline_live_health::{Health, HealthStatus};
use jiff::Timestamp;

use crate::*;

/// A world, and an operation in it.
#[derive(Clone)]
pub struct World {
    pub operation: Operation,
    pub options: SyncOptions,
    pub namespace: String,
    pub managed: ManagedNamespace,
    pub desired: Vec<Object>,
    pub live: BTreeMap<ResourceKey, Object>,
    pub differs: BTreeSet<ResourceKey>,
    /// Live objects that are tracked as the application's.
    pub tracked: BTreeSet<ResourceKey>,
    pub health: BTreeMap<ResourceKey, Vec<Health>>,
    pub refuse: BTreeMap<ResourceKey, (String, bool)>,
    pub unserved: BTreeSet<String>,
    pub forbidden: BTreeSet<ResourceKey>,
    pub confirmed: bool,
    pub complete: Result<(), String>,
    pub guard: Option<Guard>,
    pub deployed: std::collections::HashSet<ResourceKey>,
    pub limits: Limits,
    pub progress: Progress,
    pub now: Timestamp,
    uids: u64,
}

impl World {
    pub fn parse(text: &str) -> World {
        let start = Timestamp::from_second(1_767_225_600).unwrap();
        let mut world = World {
            operation: Operation {
                revision: "0123456789abcdef".into(),
                prune: false,
                dry_run: false,
                force: false,
                strategy: Strategy::Hook,
                selectors: Vec::new(),
                started_at: start,
                retries: 0,
            },
            options: SyncOptions::default(),
            namespace: String::new(),
            managed: ManagedNamespace::default(),
            desired: Vec::new(),
            live: BTreeMap::new(),
            differs: BTreeSet::new(),
            tracked: BTreeSet::new(),
            health: BTreeMap::new(),
            refuse: BTreeMap::new(),
            unserved: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            confirmed: false,
            complete: Ok(()),
            guard: None,
            deployed: std::collections::HashSet::new(),
            limits: Limits::default(),
            progress: Progress::default(),
            now: start,
            uids: 0,
        };
        let mut options = Vec::new();
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let rest = rest.trim();
            match word {
                "namespace" => world.namespace = rest.into(),
                "option" => options.push(rest),
                "operation" => rest.split(' ').for_each(|flag| world.flag(flag)),
                "select" => {
                    let key = object(rest).key();
                    world.operation.selectors.push(Selector {
                        group: key.group.to_string(),
                        kind: key.kind.to_string(),
                        name: key.name.to_string(),
                        namespace: key.namespace.to_string(),
                    });
                }
                "git" => world.desired.push(object(rest)),
                "live" => {
                    let object = object(rest);
                    if rest.split(' ').any(|m| m == "differs") {
                        world.differs.insert(object.key());
                    }
                    world.put(object);
                }
                "health" => {
                    let mut words = rest.splitn(3, ' ');
                    let name = format!("{} {}", words.next().unwrap(), words.next().unwrap());
                    let states = words.next().unwrap().split(' ').map(health).collect();
                    world.health.insert(object(&name).key(), states);
                }
                "refuse" | "refuse-late" => {
                    let (name, why) = rest.split_once(" \"").unwrap();
                    let why = why.trim_end_matches('"').to_string();
                    world.refuse.insert(object(name).key(), (why, word == "refuse-late"));
                }
                "forbid" => {
                    world.forbidden.insert(object(rest).key());
                }
                "unserved" => {
                    world.unserved.insert(rest.into());
                }
                "managed" => {
                    let (key, value) = rest.split_once('=').unwrap();
                    world.managed.labels.insert(key.into(), value.into());
                }
                "incomplete" => world.complete = Err(rest.into()),
                "guard" => world.guard = Some(Guard::default()),
                "budget" => {
                    let (budget, share) = rest.split_once(' ').unwrap();
                    world.guard = Some(Guard::new(budget.parse().unwrap(), share.parse().unwrap()));
                }
                "deployed" => {
                    world.deployed.insert(object(rest).key());
                }
                "delay" => world.limits.wave_delay = jiff::SignedDuration::from_secs(rest.parse().unwrap()),
                "patience" => {
                    let limit = jiff::SignedDuration::from_secs(rest.parse().unwrap());
                    world.limits = Limits {
                        health: limit,
                        hook: limit,
                        deletion: limit,
                        kind: limit,
                        confirmation: limit,
                        ..world.limits
                    };
                }
                other => panic!("no such word: {other}"),
            }
        }
        let (parsed, errors) = SyncOptions::parse(options);
        assert!(errors.is_empty(), "{errors:?}");
        world.options = parsed;
        world
    }

    fn flag(&mut self, flag: &str) {
        match flag {
            "prune" => self.operation.prune = true,
            "dry-run" => self.operation.dry_run = true,
            "force" => self.operation.force = true,
            "apply-only" => self.operation.strategy = Strategy::Apply,
            "confirmed" => self.confirmed = true,
            other => panic!("no such flag: {other}"),
        }
    }

    /// Puts an object into the cluster, as the application's.
    pub fn put(&mut self, mut object: Object) -> Object {
        self.uids += 1;
        let metadata = object.fields_mut().entry("metadata").as_object_mut().unwrap();
        if !metadata.contains_key("uid") {
            metadata.insert("uid", format!("u{}", self.uids));
        }
        // A namespace that only CreateNamespace asked for is nobody's.
        if &*object.key().kind != "Namespace" || object.key().name.as_ref() != self.namespace {
            self.tracked.insert(object.key());
        }
        self.live.insert(object.key(), object.clone());
        object
    }

    fn live_of(&self, key: &ResourceKey) -> Option<Live> {
        let object = self.live.get(key)?.clone();
        let health = match object.deletion_timestamp() {
            Some(_) if !bowline_core_types::has_hook_finalizer(&object) => {
                Some(Health::new(HealthStatus::Progressing, "Pending deletion"))
            }
            _ => self.health.get(key).and_then(|states| states.first().cloned()),
        };
        Some(Live { object, health })
    }

    /// The pairs of desired and live objects.
    pub fn resources(&self) -> Vec<Resource> {
        let mut resources: Vec<Resource> = self
            .desired
            .iter()
            .filter(|o| !is_hook(o))
            .map(|o| {
                let (key, live) = (o.key(), self.live_of(&o.key()));
                let in_sync = live.is_some() && !self.differs.contains(&key);
                Resource { checked: in_sync, key, desired: Some(o.clone()), live, in_sync }
            })
            .collect();
        let desired: BTreeSet<_> = resources.iter().map(|r| r.key.clone()).collect();
        for key in self.tracked.iter().filter(|key| !desired.contains(key) && self.live.contains_key(key)) {
            let live = self.live_of(key);
            resources.push(Resource { key: key.clone(), desired: None, live, in_sync: false, checked: false });
        }
        resources
    }

    /// One tick's plan.
    pub fn plan_with(&self, mut plan: impl FnMut(&Input<'_>) -> Plan) -> Plan {
        let (resources, hooks) =
            (self.resources(), self.desired.iter().filter(|o| is_hook(o)).cloned().collect::<Vec<_>>());
        plan(&Input {
            operation: &self.operation,
            options: &self.options,
            resources: &resources,
            hooks: &hooks,
            complete: self.complete.as_ref().copied().map_err(String::as_str),
            namespace: &self.namespace,
            managed_namespace: &self.managed,
            shared: &[],
            deployed: &self.deployed,
            confirmed: self.confirmed,
            guard: self.guard.as_ref(),
            limits: &self.limits,
            progress: &self.progress,
            view: self,
            now: self.now,
        })
    }

    /// Does an action, as the cluster would.
    pub fn act(&mut self, action: &Action) -> Outcome {
        let refused = self.refuse.get(&action.key).cloned();
        let named = format!("{}/{}", action.key.kind.to_lowercase(), action.key.name);
        match &action.kind {
            ActionKind::Check { .. } => match refused {
                Some((why, false)) => Outcome::Failed(why),
                _ => Outcome::Done { message: String::new(), object: None },
            },
            ActionKind::Apply { object, dry_run, .. } => {
                if let Some((why, late)) = refused
                    && !(*dry_run && late)
                {
                    return Outcome::Failed(why);
                }
                let verb = if self.live.contains_key(&action.key) { "configured" } else { "created" };
                if *dry_run {
                    return Outcome::Done { message: format!("{named} {verb} (dry run)"), object: None };
                }
                self.differs.remove(&action.key);
                if object.kind() == "CustomResourceDefinition" {
                    let kind = format!(
                        "{}.{}",
                        object.value().str_at(&["spec", "names", "kind"]).unwrap(),
                        object.value().str_at(&["spec", "group"]).unwrap()
                    );
                    self.unserved.remove(&kind);
                }
                let object = self.put(object.clone());
                Outcome::Done { message: format!("{named} {verb}"), object: Some(object) }
            }
            ActionKind::Prune { dry_run, .. } => {
                if !dry_run {
                    self.delete(&action.key);
                }
                Outcome::Done { message: "pruned".into(), object: None }
            }
            ActionKind::ReleaseHook => {
                self.release(&action.key);
                Outcome::Done { message: String::new(), object: None }
            }
            ActionKind::DeleteHook => {
                self.release(&action.key);
                self.delete(&action.key);
                Outcome::Done { message: String::new(), object: None }
            }
        }
    }

    fn release(&mut self, key: &ResourceKey) {
        let Some(object) = self.live.get_mut(key) else { return };
        let metadata = object.fields_mut().entry("metadata").as_object_mut().unwrap();
        if let Some(finalizers) = metadata.get_mut("finalizers").and_then(Value::as_array_mut) {
            finalizers.retain(|f| f.as_str() != Some(HOOK_FINALIZER));
        }
    }

    fn delete(&mut self, key: &ResourceKey) {
        let Some(object) = self.live.get_mut(key) else { return };
        let metadata = object.fields_mut().entry("metadata").as_object_mut().unwrap();
        let held = metadata.get("finalizers").and_then(Value::as_array).is_some_and(|f| !f.is_empty());
        if held {
            metadata.insert("deletionTimestamp", "2026-01-01T00:00:00Z");
        } else {
            self.live.remove(key);
            self.tracked.remove(key);
        }
    }

    /// Carries out a step as the executor does: group by group, until something fails.
    pub fn carry_out(&mut self, step: &Step) {
        let checks = step.purpose == Purpose::Check;
        let mut failed = false;
        for group in &step.groups {
            for action in group {
                let outcome = self.act(action);
                failed |= matches!(outcome, Outcome::Failed(_));
                self.progress.record(action, &outcome, self.now);
            }
            if failed {
                return;
            }
        }
        self.progress.checked |= checks;
    }

    /// Time passes: what becomes healthy does so.
    pub fn pass(&mut self) {
        self.now = self.now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
        for (key, states) in &mut self.health {
            if states.len() > 1 && self.live.contains_key(key) {
                states.remove(0);
            }
        }
    }

    /// Ticks until the operation ends; the trace.
    pub fn run(&mut self) -> Vec<String> {
        let mut trace: Vec<String> = Vec::new();
        for _ in 0..200 {
            let plan = self.plan_with(plan);
            self.progress = plan.progress.clone();
            match &plan.next {
                Next::Run(step) => {
                    trace.push(line(step));
                    self.carry_out(step);
                }
                Next::Wait(wait) => {
                    if trace.last() != Some(&wait.message) {
                        trace.push(wait.message.clone());
                    }
                    self.pass();
                }
                Next::Done { phase, message } => {
                    trace.push(format!("{phase}: {message}"));
                    return trace;
                }
            }
        }
        trace.push("it never ends".into());
        trace
    }
}

impl View for World {
    fn kind(&self, gvk: &Gvk) -> Result<Option<Scope>, String> {
        if self.unserved.contains(&gvk.group_kind().to_string()) {
            return Ok(None);
        }
        let cluster =
            matches!(&*gvk.kind, "Namespace" | "CustomResourceDefinition" | "ClusterRole" | "PersistentVolume");
        Ok(Some(if cluster { Scope::Cluster } else { Scope::Namespaced }))
    }

    fn permitted(&self, object: &Object, _: Scope) -> Result<(), String> {
        match self.forbidden.contains(&object.key()) {
            true => Err(format!("resource {} is not permitted in project default", object.key())),
            false => Ok(()),
        }
    }

    fn live(&self, key: &ResourceKey) -> Option<Live> {
        self.live_of(key)
    }
}

/// `purpose: verb Kind ns/name, … ; …`, a semicolon between groups.
fn line(step: &Step) -> String {
    let purpose = match step.purpose {
        Purpose::Wave(phase, wave) => format!("{phase} {wave}"),
        other => format!("{other:?}"),
    };
    let groups: Vec<String> = step
        .groups
        .iter()
        .map(|group| {
            let mut actions: Vec<String> = group.iter().map(|a| format!("{} {}", a.kind.verb(), a.key)).collect();
            actions.sort();
            actions.join(", ")
        })
        .collect();
    format!("{purpose}: {}", groups.join("; "))
}

fn health(word: &str) -> Health {
    let (status, message) = word.split_once(':').unwrap_or((word, ""));
    Health::new(HealthStatus::from_word(status).unwrap(), message)
}

/// `Kind.group ns/name markers`.
pub fn object(text: &str) -> Object {
    let mut words = text.split(' ');
    let kind = words.next().unwrap();
    let (kind, group) = kind.split_once('.').unwrap_or((kind, ""));
    let name = words.next().unwrap();
    let (namespace, name) = name.split_once('/').unwrap_or(("", name));
    let api_version = if group.is_empty() { "v1".to_string() } else { format!("{group}/v1") };
    let json = format!(r#"{{"apiVersion":"{api_version}","kind":"{kind}","metadata":{{"name":"{name}"}}}}"#);
    let mut object = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
    if !namespace.is_empty() {
        object.set_namespace(namespace);
    }
    for marker in words {
        let (key, value) = marker.split_once('=').unwrap_or((marker, ""));
        match key {
            "wave" => object.set_annotation(annotation::SYNC_WAVE, value),
            "hook" => object.set_annotation(annotation::HOOK, value),
            "policy" => object.set_annotation(annotation::HOOK_DELETE_POLICY, value),
            "opts" => object.set_annotation(annotation::SYNC_OPTIONS, value),
            "generate" => {
                let metadata = object.fields_mut().entry("metadata").as_object_mut().unwrap();
                metadata.remove("name");
                metadata.insert("generateName", format!("{name}-"));
            }
            "defines" => {
                let (kind, group) = value.split_once('.').unwrap();
                let spec = format!(r#"{{"group":"{group}","names":{{"kind":"{kind}"}}}}"#);
                object.fields_mut().insert("spec", from_json(spec.as_bytes()).unwrap());
            }
            "finalizer" => {
                let metadata = object.fields_mut().entry("metadata").as_object_mut().unwrap();
                metadata.insert("finalizers", from_json(br#"["example.com/held"]"#).unwrap());
            }
            "differs" => {}
            other => panic!("no such marker: {other}"),
        }
    }
    object
}

/// Runs a scenario and compares its trace.
pub fn check(scenario: &str, want: &[&str]) -> World {
    let mut world = World::parse(scenario);
    let trace = world.run();
    assert_eq!(trace, want, "{scenario}");
    world
}
