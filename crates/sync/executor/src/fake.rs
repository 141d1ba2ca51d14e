//! A cluster in memory: objects with versions and uids, finalizers, and refusals that a test asks for.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use bowline_base_value::{Map, Value, from_json};
use bowline_core_ports::{
    Applied, ApplyOptions, BoxFuture, Cluster, ClusterError, ClusterErrorKind, DeleteOptions, KindInfo, Write,
};
use bowline_core_types::{Gvk, Object, ResourceKey};

use crate::Pause;

#[derive(Default)]
pub struct FakeCluster {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<ResourceKey, Object>,
    version: u64,
    /// What is answered to the next writes of a key.
    failures: BTreeMap<ResourceKey, VecDeque<ClusterError>>,
    calls: Vec<String>,
    pauses: usize,
}

impl FakeCluster {
    pub fn calls(&self) -> Vec<String> {
        self.state.lock().unwrap().calls.clone()
    }

    pub fn pauses(&self) -> usize {
        self.state.lock().unwrap().pauses
    }

    pub fn object(&self, key: &ResourceKey) -> Option<Object> {
        self.state.lock().unwrap().objects.get(key).cloned()
    }

    pub fn put(&self, json: &str) -> Object {
        let object = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
        let mut state = self.state.lock().unwrap();
        let object = state.stamp(object);
        state.objects.insert(object.key(), object.clone());
        object
    }

    pub fn fail(&self, key: &ResourceKey, kind: ClusterErrorKind, message: &str) {
        let mut state = self.state.lock().unwrap();
        state.failures.entry(key.clone()).or_default().push_back(ClusterError::new(kind, message));
    }

    fn call(&self, key: &ResourceKey, what: &str) -> Result<(), ClusterError> {
        let mut state = self.state.lock().unwrap();
        state.calls.push(format!("{what} {key}"));
        match state.failures.get_mut(key).and_then(VecDeque::pop_front) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl State {
    fn stamp(&mut self, mut object: Object) -> Object {
        self.version += 1;
        let version = self.version;
        let metadata = object.fields_mut().entry("metadata").as_object_mut().unwrap();
        metadata.insert("resourceVersion", version.to_string());
        if !metadata.contains_key("uid") {
            metadata.insert("uid", format!("u{version}"));
        }
        object
    }

    fn remove_if_free(&mut self, key: &ResourceKey) {
        let free = self.objects.get(key).is_some_and(|o| {
            let held = o.value().get_path(&["metadata", "finalizers"]).and_then(Value::as_array);
            o.deletion_timestamp().is_some() && held.is_none_or(<[_]>::is_empty)
        });
        if free {
            self.objects.remove(key);
        }
    }
}

impl Cluster for FakeCluster {
    fn kind(&self, _: &Gvk) -> Option<KindInfo> {
        Some(KindInfo { plural: "things".into(), namespaced: true, verbs: Vec::new() })
    }

    fn get<'a>(
        &'a self,
        gvk: &'a Gvk,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Object>, ClusterError>> {
        let key = ResourceKey::new(gvk.group.clone(), gvk.kind.clone(), namespace, name);
        Box::pin(async move { Ok(self.object(&key)) })
    }

    fn apply<'a>(
        &'a self,
        object: &'a Object,
        options: &'a ApplyOptions,
    ) -> BoxFuture<'a, Result<Applied, ClusterError>> {
        Box::pin(async move {
            let key = object.key();
            let dry = if options.dry_run { " dry" } else { "" };
            self.call(&key, &format!("{:?}{dry}", options.write))?;
            let mut state = self.state.lock().unwrap();
            let before = state.objects.get(&key).cloned();
            if options.write == Write::Create && before.is_some() {
                return Err(ClusterError::new(ClusterErrorKind::AlreadyExists, "it is there already"));
            }
            let mut new = object.clone();
            if let Some(before) = &before {
                let metadata = new.fields_mut().entry("metadata").as_object_mut().unwrap();
                for field in ["uid", "resourceVersion", "finalizers", "deletionTimestamp"] {
                    if let Some(value) = before.value().get_path(&["metadata", field]) {
                        metadata.insert(field, value.clone());
                    }
                }
            }
            let changed = before.as_ref().is_none_or(|b| b.value() != new.value());
            if changed && !options.dry_run {
                new = state.stamp(new);
                state.objects.insert(key, new.clone());
            }
            Ok(Applied { object: new, created: before.is_none(), warnings: Vec::new() })
        })
    }

    fn delete<'a>(
        &'a self,
        _: &'a Gvk,
        key: &'a ResourceKey,
        options: &'a DeleteOptions,
    ) -> BoxFuture<'a, Result<bool, ClusterError>> {
        Box::pin(async move {
            self.call(key, "Delete")?;
            let mut state = self.state.lock().unwrap();
            let Some(object) = state.objects.get_mut(key) else { return Ok(false) };
            if options.uid.as_ref().is_some_and(|uid| uid != object.uid()) {
                return Ok(false);
            }
            let metadata = object.fields_mut().entry("metadata").as_object_mut().unwrap();
            metadata.insert("deletionTimestamp", "2026-01-01T00:00:00Z");
            state.remove_if_free(key);
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
        _: &'a Gvk,
        key: &'a ResourceKey,
        patch: &'a Value,
        _: bool,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        Box::pin(async move {
            self.call(key, "Patch")?;
            let mut state = self.state.lock().unwrap();
            let Some(object) = state.objects.get(key).cloned() else {
                return Err(ClusterError::new(ClusterErrorKind::NotFound, "no such object"));
            };
            let changes: Vec<(String, Value)> = match patch.as_array() {
                Some(operations) => operations
                    .iter()
                    .map(|o| {
                        let path = o.str_at(&["path"]).unwrap().trim_start_matches("/metadata/").to_string();
                        (path, o.get("value").unwrap().clone())
                    })
                    .collect(),
                None => patch
                    .get("metadata")
                    .and_then(Value::as_object)
                    .unwrap()
                    .iter()
                    .map(|(k, v)| (k.to_string(), v.clone()))
                    .collect(),
            };
            let version = changes.iter().find(|(k, _)| k == "resourceVersion").and_then(|(_, v)| v.as_str());
            if version.is_some_and(|v| v != object.resource_version()) {
                return Err(ClusterError::new(ClusterErrorKind::Conflict, "the object has been modified"));
            }
            let mut object = object;
            let metadata: &mut Map = object.fields_mut().entry("metadata").as_object_mut().unwrap();
            for (key, value) in changes {
                if value.is_null() {
                    metadata.remove(&key)
                } else {
                    metadata.insert(key, value)
                };
            }
            let object = state.stamp(object);
            state.objects.insert(key.clone(), object.clone());
            state.remove_if_free(key);
            Ok(object)
        })
    }
}

/// Time passes at once; each pause frees what is being deleted when `frees` says so.
pub struct Clockwork<'a> {
    pub cluster: &'a FakeCluster,
    pub frees: bool,
}

impl Pause for Clockwork<'_> {
    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut state = self.cluster.state.lock().unwrap();
            state.pauses += 1;
            if self.frees {
                let terminating: Vec<_> = state
                    .objects
                    .iter()
                    .filter(|(_, o)| o.deletion_timestamp().is_some())
                    .map(|(k, _)| k.clone())
                    .collect();
                for key in terminating {
                    state.objects.remove(&key);
                }
            }
        })
    }
}
