//! [`Run`]: one history.

use bowline_core_types::{Object, ResourceKey, annotation, is_hook};
use bowline_plan_planner::SyncOptions;
use jiff::{SignedDuration, Timestamp};

use crate::chance::Chance;
use crate::cluster::{Deletion, Memory};
use crate::controller::{Cache, Controller, NAMESPACE, Safeguards, Scene};
use crate::source::{Commit, Source};

/// One history of an application.
#[derive(Debug)]
pub struct Run {
    chance: Chance,
    cluster: Memory,
    source: Source,
    cache: Cache,
    controller: Controller,
    safeguards: Safeguards,
    now: Timestamp,
    faults: Faults,
    mistaken: bool,
}

/// What goes wrong at present, each for so many ticks more.
#[derive(Debug, Default)]
struct Faults {
    source: usize,
    lists: usize,
    discovery: usize,
    calls: usize,
}

/// What came of a history.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Deletions that nobody meant.
    pub unmeant: Vec<Deletion>,
    /// Deletions in all.
    pub deleted: usize,
    /// Syncs that were begun.
    pub syncs: usize,
    /// Calls to the cluster.
    pub calls: usize,
    /// What is not as Git says at the end, when nothing was wrong any more.
    pub left: Vec<String>,
    /// What the controller said last.
    pub says: String,
}

/// Ticks in which things go wrong.
const TICKS: usize = 24;
/// Ticks in which nothing does, so that everything must come right.
const QUIET: usize = 50;
/// Between two ticks.
const TICK: SignedDuration = SignedDuration::from_secs(10);
/// Kinds whose lists fail and that are not served at times.
const KINDS: [&str; 5] = ["ConfigMap", "Secret", "Deployment.apps", "PersistentVolumeClaim", "Widget.example.com"];

// === impl Run ===

impl Run {
    /// The history that `seed` decides.
    pub fn new(seed: u64, safeguards: Safeguards) -> Run {
        let chance = Chance::new(seed);
        let cluster = Memory::new(seed ^ 0x5eed);
        {
            let mut state = cluster.state();
            state.undefined.insert("Widget.example.com".into());
            state.put(namespace());
        }
        let options = ["CreateNamespace=true", "ApplyOutOfSyncOnly=true", "PruneLast=true"];
        let chosen: Vec<&str> = options.into_iter().filter(|_| chance.once_in(2)).collect();
        let (options, _) = SyncOptions::parse(chosen);
        Run {
            source: Source::new(&chance),
            chance,
            cluster,
            cache: Cache::default(),
            controller: Controller::new(safeguards, options),
            safeguards,
            now: Timestamp::from_second(1_767_225_600).expect("because it is a time of ours"),
            faults: Faults::default(),
            mistaken: false,
        }
    }

    /// Lets it all happen.
    pub async fn run(mut self) -> Summary {
        for _ in 0..TICKS {
            self.something_happens();
            self.tick(false).await;
        }
        self.faults = Faults::default();
        self.cluster.state().failing = 0;
        self.cluster.state().unserved.clear();
        self.source.commit(&self.chance);
        for tick in 0..QUIET {
            let key = ResourceKey::new("", "Namespace", "", NAMESPACE);
            if !self.cluster.state().objects.contains_key(&key) {
                self.cluster.state().put(namespace());
            }
            if tick == QUIET / 2 {
                // A sync that was given up is not begun again for the same commit.
                self.source.mend();
            }
            self.tick(true).await;
            if self.controller.is_idle() && self.left().is_empty() {
                break;
            }
        }
        let left = self.left();
        let state = self.cluster.state();
        let (deleted, calls) = (state.deleted, state.calls);
        Summary {
            unmeant: state.unmeant.clone(),
            deleted,
            syncs: self.controller.syncs,
            calls,
            left,
            says: self.controller.says.clone(),
        }
    }

    async fn tick(&mut self, confirmed: bool) {
        self.now = self.now.checked_add(TICK).expect("because histories are short");
        self.list();
        let commit = self.read();
        let meant = commit.as_ref().is_ok_and(|commit| commit.meant);
        let scene = Scene {
            cluster: &self.cluster,
            cache: &self.cache,
            desired: commit,
            now: self.now,
            dies_after: (!confirmed && self.chance.once_in(12)).then(|| self.chance.below(4)),
            // People confirm what they mean.
            confirmed: confirmed || meant && self.chance.once_in(6),
            degrades: !confirmed,
        };
        self.controller.pass(&scene).await;
        if scene.dies_after.is_some() {
            self.controller.die();
            self.cache = Cache::default();
        }
    }

    /// What is read of the source.
    fn read(&self) -> Result<Commit, String> {
        let head = self.source.head.clone();
        if self.faults.source == 0 {
            return Ok(head);
        }
        if self.safeguards.complete {
            return Err("the source cannot be read whole".into());
        }
        let kept = head.objects.into_iter().filter(|_| self.chance.once_in(2)).collect();
        Ok(Commit { objects: kept, meant: false, ..head })
    }

    /// The cache catches up, but for lists that fail.
    fn list(&mut self) {
        let state = self.cluster.state();
        let failing = |kind: &str| {
            self.faults.lists > 0 && self.faults.lists % 5 == KINDS.iter().position(|k| *k == kind).unwrap_or(9)
        };
        let mut shown: Vec<(ResourceKey, Object)> = Vec::new();
        self.cache.incomplete.clear();
        for (key, object) in &state.objects {
            let kind = key.group_kind().to_string();
            if state.unserved.contains(&kind) {
                continue;
            }
            if !failing(&kind) || self.chance.once_in(2) {
                shown.push((key.clone(), object.clone()));
            }
        }
        self.cache.incomplete.extend(KINDS.iter().filter(|kind| failing(kind)).map(|kind| kind.to_string()));
        self.cache.incomplete.extend(state.unserved.iter().cloned());
        // What is gone may still be shown where the list fails.
        let old = std::mem::take(&mut self.cache.objects);
        self.cache.objects = shown.into_iter().collect();
        for (key, object) in old {
            if failing(&key.group_kind().to_string()) {
                self.cache.objects.entry(key).or_insert(object);
            }
        }
    }

    fn something_happens(&mut self) {
        let chance = &self.chance;
        let less = |ticks: &mut usize| *ticks = ticks.saturating_sub(1);
        less(&mut self.faults.source);
        less(&mut self.faults.lists);
        less(&mut self.faults.discovery);
        less(&mut self.faults.calls);
        let mut state = self.cluster.state();
        if self.faults.discovery == 0 {
            state.unserved.clear();
        }
        if self.faults.calls == 0 {
            state.failing = 0;
        }
        let keys: Vec<ResourceKey> = state.objects.keys().filter(|key| !key.namespace.is_empty()).cloned().collect();
        let is_ours = |object: &&Object| object.annotation(annotation::TRACKING_ID).is_some() && !is_hook(object);
        let ours: Vec<ResourceKey> = state.objects.values().filter(is_ours).map(Object::key).collect();
        match chance.below(20) {
            0..=1 => self.source.commit(chance),
            2..=3 if !self.mistaken => {
                self.mistaken = true;
                self.source.mistake(&ours, chance);
            }
            2..=4 => {
                self.mistaken = false;
                self.source.mend();
            }
            5 => self.faults.source = 1 + chance.below(5),
            6 => self.faults.lists = 1 + chance.below(5),
            7 => {
                self.faults.discovery = 1 + chance.below(4);
                state.unserved.extend(chance.one(&KINDS).map(|kind| kind.to_string()));
            }
            8..=9 => {
                self.faults.calls = 1 + chance.below(6);
                state.failing = 2 + chance.below(12);
            }
            10 => {
                // The namespace vanishes with all that is in it.
                let gone: Vec<ResourceKey> = state
                    .objects
                    .keys()
                    .filter(|key| &*key.namespace == NAMESPACE || &*key.name == NAMESPACE)
                    .cloned()
                    .collect();
                gone.iter().for_each(|key| state.take(key));
            }
            11 => {
                state.put(namespace());
            }
            12 => {
                // A definition goes, with the objects of its kind.
                let crd =
                    ResourceKey::new("apiextensions.k8s.io", "CustomResourceDefinition", "", "widgets.example.com");
                state.take(&crd);
            }
            13 => {
                if let Some(key) = chance.one(&keys) {
                    state.take(key);
                }
            }
            14 => {
                // Someone makes an object of the same name their own.
                if let Some(object) = chance.one(&keys).and_then(|key| state.objects.get(key).cloned()) {
                    state.take(&object.key());
                    let mut theirs = object;
                    theirs.remove_annotation(annotation::TRACKING_ID);
                    if let Some(metadata) = theirs.fields_mut().get_mut("metadata").and_then(|m| m.as_object_mut()) {
                        metadata.remove("finalizers");
                    }
                    state.put(theirs);
                }
            }
            15 => {
                if let Some(mut object) = chance.one(&keys).and_then(|key| state.objects.get(key).cloned()) {
                    object.fields_mut().insert("data", "drift");
                    state.put(object);
                }
            }
            _ => {}
        }
    }

    /// What is not as it should be.
    fn left(&self) -> Vec<String> {
        let state = self.cluster.state();
        let mut left = Vec::new();
        let head = &self.source.head.objects;
        for object in head.iter().filter(|o| !is_hook(o)) {
            match state.objects.get(&object.key()) {
                None => left.push(format!("{} is missing", object.key())),
                Some(live) if live.value().get("data") != object.value().get("data") => {
                    left.push(format!("{} differs", object.key()));
                }
                Some(_) => {}
            }
        }
        for (key, live) in &state.objects {
            let ours = live.annotation(annotation::TRACKING_ID).is_some_and(|id| id.starts_with("app:"));
            if ours && !is_hook(live) && !head.iter().any(|o| o.key() == *key) {
                left.push(format!("{key} is still there"));
            }
        }
        left
    }
}

fn namespace() -> Object {
    let json = format!(r#"{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{NAMESPACE}"}}}}"#);
    let value = bowline_base_value::from_json(json.as_bytes()).expect("because it is JSON");
    Object::new(value).expect("because it is whole")
}
