//! `CreateNamespace` and the metadata that goes with it.

use std::collections::BTreeMap;

use bowline_base_value::{Map, Value};
use bowline_core_types::{Object, ResourceKey};

use crate::{Input, SyncPhase, Task, TaskKind};

/// `syncPolicy.managedNamespaceMetadata`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagedNamespace {
    /// Labels that the namespace is given.
    pub labels: BTreeMap<String, String>,
    /// Annotations that the namespace is given.
    pub annotations: BTreeMap<String, String>,
}

// === impl ManagedNamespace ===

impl ManagedNamespace {
    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.annotations.is_empty()
    }
}

/// Whether the task makes the destination namespace.
pub(crate) fn makes_destination(task: &Task, namespace: &str) -> bool {
    !namespace.is_empty()
        && task.desired.is_some()
        && &*task.key.kind == "Namespace"
        && task.key.group.is_empty()
        && &*task.key.name == namespace
}

/// The task that `CreateNamespace` adds: none where the application's own objects hold the namespace, nor where it is there
/// already and is given no metadata.
pub(crate) fn task(input: &Input<'_>) -> Option<Task> {
    if !input.options.create_namespace || input.namespace.is_empty() {
        return None;
    }
    let key = ResourceKey::new("", "Namespace", "", input.namespace);
    let desired = input.resources.iter().filter_map(|r| r.desired.as_ref()).chain(input.hooks);
    if desired.into_iter().any(|o| o.kind() == "Namespace" && o.group().is_empty() && o.name() == input.namespace) {
        return None;
    }
    let live = input.view.live(&key);
    // Made by this operation: its task must not vanish when the namespace appears.
    let begun = input.progress.find(&key, SyncPhase::PreSync).is_some();
    if live.is_some() && input.managed_namespace.is_empty() && !begun {
        return None;
    }
    let object = object(input.namespace, input.managed_namespace);
    let mut task = Task::new(TaskKind::Namespace, SyncPhase::PreSync, key, Some(object), live, input.options);
    task.in_sync = task.live.as_ref().is_some_and(|live| has_metadata(&live.object, input.managed_namespace));
    // The application's heavy ways of writing are not meant for a namespace that it does not hold.
    (task.options.replace, task.options.force) = (false, false);
    Some(task)
}

fn object(name: &str, managed: &ManagedNamespace) -> Object {
    let text = |map: &BTreeMap<String, String>| -> Value {
        map.iter().map(|(k, v)| (k.as_str(), Value::from(v.as_str()))).collect()
    };
    let mut metadata = Map::new();
    metadata.insert("name", name);
    if !managed.labels.is_empty() {
        metadata.insert("labels", text(&managed.labels));
    }
    if !managed.annotations.is_empty() {
        metadata.insert("annotations", text(&managed.annotations));
    }
    let fields: Map = [("apiVersion", Value::from("v1")), ("kind", "Namespace".into()), ("metadata", metadata.into())]
        .into_iter()
        .collect();
    Object::new(fields.into()).expect("because it has an apiVersion and a kind")
}

fn has_metadata(live: &Object, managed: &ManagedNamespace) -> bool {
    managed.labels.iter().all(|(k, v)| live.label(k) == Some(v))
        && managed.annotations.iter().all(|(k, v)| live.annotation(k) == Some(v))
}
