//! [`Memory`]: a cluster in memory, and the judge of what is deleted from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bowline_base_value::{Map, Value};
use bowline_core_ports::{
    Applied, ApplyOptions, BoxFuture, Cluster, ClusterError, ClusterErrorKind, DeleteOptions, KindInfo, Write,
};
use bowline_core_types::{Gvk, Object, ResourceKey, annotation, is_hook};

use crate::chance::Chance;

/// What a sync deletes without asking, at most: the planner's guard lets no more pass where it is also more than half of all.
const BUDGET: usize = 10;

/// A deletion that nobody meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// What was deleted.
    pub key: String,
    /// Why it should not have been.
    pub why: String,
}

/// A cluster in memory.
#[derive(Debug, Default)]
pub struct Memory(Mutex<State>);

#[derive(Debug, Default)]
pub(crate) struct State {
    pub objects: BTreeMap<ResourceKey, Object>,
    /// Kinds that discovery does not name at present; their objects are there.
    pub unserved: BTreeSet<String>,
    /// Kinds that were never defined, or whose definition is gone with their objects.
    pub undefined: BTreeSet<String>,
    /// One call in so many fails; 0 for none.
    pub failing: usize,
    /// What the commit that is being synced holds.
    pub desired: BTreeSet<ResourceKey>,
    /// Whether anyone meant it.
    pub meant: bool,
    /// Which one it is.
    pub revision: String,
    /// Deletions for commits that nobody meant.
    spent: BTreeMap<String, usize>,
    /// Its hooks: what is there under the name of one makes room for it.
    pub hooks: BTreeSet<ResourceKey>,
    /// Whether a person has confirmed what is withheld.
    pub confirmed: bool,
    pub unmeant: Vec<Deletion>,
    pub deleted: usize,
    pub calls: usize,
    chance: Option<Chance>,
    version: u64,
}

// === impl Memory ===

impl Memory {
    pub(crate) fn new(seed: u64) -> Memory {
        Memory(Mutex::new(State { chance: Some(Chance::new(seed)), ..State::default() }))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every call begins here: it may fail before anything is done.
    fn call(&self, gvk: &Gvk) -> Result<MutexGuard<'_, State>, ClusterError> {
        let mut state = self.state();
        state.calls += 1;
        let failing = state.failing;
        let chance = state.chance.as_ref().expect("because it was made with a seed");
        if failing > 0 && chance.once_in(failing) {
            let kinds = [
                (ClusterErrorKind::Unreachable, "connection refused"),
                (ClusterErrorKind::TooManyRequests, "slow down"),
                (ClusterErrorKind::Forbidden, "User \"x\" cannot do this"),
                (ClusterErrorKind::Conflict, "the object has been modified"),
                (ClusterErrorKind::Other, "etcdserver: request timed out"),
            ];
            let (kind, message) = kinds[chance.below(kinds.len())];
            return Err(ClusterError::new(kind, message));
        }
        if state.is_unknown(gvk) {
            let message = format!("the cluster does not serve the kind {gvk}");
            return Err(ClusterError::new(ClusterErrorKind::NoSuchKind, message));
        }
        Ok(state)
    }
}

impl State {
    pub(crate) fn is_unknown(&self, gvk: &Gvk) -> bool {
        let kind = gvk.group_kind().to_string();
        self.unserved.contains(&kind) || self.undefined.contains(&kind)
    }

    /// Stores an object as a new one or a new version of it.
    pub(crate) fn put(&mut self, mut object: Object) -> Object {
        self.version += 1;
        let (key, version) = (object.key(), self.version);
        let before = self.objects.get(&key).map(|o| o.uid().to_string());
        let metadata = metadata(&mut object);
        metadata.insert("uid", before.unwrap_or_else(|| format!("u{version}")));
        metadata.insert("resourceVersion", version.to_string());
        self.objects.insert(key, object.clone());
        object
    }

    /// Removes an object; a definition takes the objects of its kind along.
    pub(crate) fn take(&mut self, key: &ResourceKey) {
        self.objects.remove(key);
        if &*key.kind == "CustomResourceDefinition" {
            self.undefined.insert("Widget.example.com".into());
            self.objects.retain(|key, _| &*key.kind != "Widget");
        }
    }

    /// Judges a deletion that the product asked for.
    fn judge(&mut self, key: &ResourceKey) {
        let Some(object) = self.objects.get(key) else { return };
        self.deleted += 1;
        let ours = object.annotation(annotation::TRACKING_ID).is_some_and(|id| id.starts_with("app:"));
        let why = if is_hook(object) || self.hooks.contains(key) {
            return;
        } else if !ours {
            "it is someone else's"
        } else if self.desired.contains(key) {
            "the commit has it"
        } else if &*key.kind == "PersistentVolumeClaim" && !self.confirmed {
            "nobody confirmed the deletion of data"
        } else if self.meant {
            return;
        } else if self.desired.is_empty() {
            "an empty source is no order to delete everything"
        } else {
            // Nobody can tell a commit that lost a few objects from one that means it; the budget is what it can cost.
            let spent = self.spent.entry(self.revision.clone()).or_default();
            *spent += 1;
            if *spent <= BUDGET {
                return;
            }
            "a commit that nobody meant costs more than the budget"
        };
        self.unmeant.push(Deletion { key: key.to_string(), why: why.to_string() });
    }
}

fn metadata(object: &mut Object) -> &mut Map {
    object.fields_mut().entry("metadata").as_object_mut().expect("because every object has metadata")
}

fn finalizers(object: &Object) -> &[Value] {
    object.value().get_path(&["metadata", "finalizers"]).and_then(Value::as_array).unwrap_or_default()
}

impl Cluster for Memory {
    fn kind(&self, gvk: &Gvk) -> Option<KindInfo> {
        let namespaced = !matches!(&*gvk.kind, "Namespace" | "CustomResourceDefinition");
        let info = KindInfo { plural: gvk.kind.to_lowercase(), namespaced, verbs: Vec::new() };
        (!self.state().is_unknown(gvk)).then_some(info)
    }

    fn get<'a>(
        &'a self,
        gvk: &'a Gvk,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Object>, ClusterError>> {
        Box::pin(async move {
            let key = ResourceKey::new(gvk.group.clone(), gvk.kind.clone(), namespace, name);
            Ok(self.call(gvk)?.objects.get(&key).cloned())
        })
    }

    fn apply<'a>(
        &'a self,
        object: &'a Object,
        options: &'a ApplyOptions,
    ) -> BoxFuture<'a, Result<Applied, ClusterError>> {
        Box::pin(async move {
            let mut state = self.call(&object.gvk())?;
            let key = object.key();
            let before = state.objects.get(&key).cloned();
            let namespace = ResourceKey::new("", "Namespace", "", object.namespace());
            if !object.namespace().is_empty() && !state.objects.contains_key(&namespace) {
                let message = format!("namespaces {:?} not found", object.namespace());
                return Err(ClusterError::new(ClusterErrorKind::NotFound, message));
            }
            match (options.write, &before) {
                (Write::Create, Some(_)) => {
                    return Err(ClusterError::new(ClusterErrorKind::AlreadyExists, "it is there"));
                }
                (Write::Replace, None) => return Err(ClusterError::new(ClusterErrorKind::NotFound, "it is not there")),
                _ => {}
            }
            let mut object = object.clone();
            if object.kind() == "CustomResourceDefinition" && !options.dry_run {
                state.undefined.remove("Widget.example.com");
            }
            if let Some(before) = &before {
                let kept: Vec<(&str, Value)> = ["uid", "resourceVersion", "deletionTimestamp"]
                    .into_iter()
                    .filter_map(|field| Some((field, before.value().get_path(&["metadata", field])?.clone())))
                    .collect();
                for (field, value) in kept {
                    metadata(&mut object).insert(field, value);
                }
            }
            let changed = before.as_ref().is_none_or(|before| before.value() != object.value());
            if changed && !options.dry_run {
                // Nobody else owns finalizers here: those that are not applied any more go.
                object = state.put(object);
                if object.deletion_timestamp().is_some() && finalizers(&object).is_empty() {
                    state.take(&key);
                }
            }
            Ok(Applied { object, created: before.is_none(), warnings: Vec::new() })
        })
    }

    fn delete<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        options: &'a DeleteOptions,
    ) -> BoxFuture<'a, Result<bool, ClusterError>> {
        Box::pin(async move {
            let mut state = self.call(gvk)?;
            let Some(object) = state.objects.get(key).cloned() else { return Ok(false) };
            if options.uid.as_ref().is_some_and(|uid| uid != object.uid()) {
                return Ok(false);
            }
            if options.dry_run {
                return Ok(true);
            }
            state.judge(key);
            if finalizers(&object).is_empty() {
                state.take(key);
            } else {
                let mut object = object;
                metadata(&mut object).insert("deletionTimestamp", "2026-01-01T00:00:00Z");
                state.put(object);
            }
            Ok(true)
        })
    }

    fn patch_status<'a>(
        &'a self,
        _: &'a Gvk,
        key: &'a ResourceKey,
        _: &'a Value,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        // No kind here has a status of its own.
        Box::pin(async move { Err(ClusterError::new(ClusterErrorKind::NotFound, format!("{key} has no status"))) })
    }

    fn patch<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        patch: &'a Value,
        _: bool,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        Box::pin(async move {
            let mut state = self.call(gvk)?;
            let Some(mut object) = state.objects.get(key).cloned() else {
                return Err(ClusterError::new(ClusterErrorKind::NotFound, "it is not there"));
            };
            // The one patch there is: the finalizers of a hook, at the version that was looked at.
            let wanted = patch.get("metadata").and_then(Value::as_object).expect("because hooks are released so");
            if wanted.get("resourceVersion").and_then(Value::as_str) != Some(object.resource_version()) {
                return Err(ClusterError::new(ClusterErrorKind::Conflict, "the object has been modified"));
            }
            match wanted.get("finalizers") {
                Some(Value::Null) | None => metadata(&mut object).remove("finalizers"),
                Some(left) => metadata(&mut object).insert("finalizers", left.clone()),
            };
            let object = state.put(object);
            if object.deletion_timestamp().is_some() && finalizers(&object).is_empty() {
                state.take(key);
            }
            Ok(object)
        })
    }
}
