//! The order of tasks: phase, wave, kind, name; and what that order must give way to.

use std::collections::HashMap;

use bowline_core_types::Object;

use crate::{SyncPhase, Task, TaskKind};

/// Kinds that others build on, in Argo CD's order, which is an older one of Helm's: today's (`desired/helm`) has more kinds, and
/// each follows its own oracle. All others come after them.
const KINDS: [&str; 35] = [
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
];

/// The place of a kind in the order within a wave: lower comes first. The group does not count.
pub fn kind_order(kind: &str) -> usize {
    KINDS.iter().position(|k| *k == kind).unwrap_or(KINDS.len())
}

/// What an object must come before.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Need {
    Namespace(String),
    Kind(String, String),
}

/// Reverses the waves of prunes among themselves: what was made last goes first.
pub(crate) fn reverse_prunes(tasks: &mut [Task]) {
    let mut waves: Vec<i64> = tasks.iter().filter(|t| t.kind == TaskKind::Prune).map(|t| t.wave).collect();
    waves.sort_unstable();
    waves.dedup();
    let reversed: HashMap<i64, i64> = waves.iter().copied().zip(waves.iter().rev().copied()).collect();
    for task in tasks.iter_mut().filter(|t| t.kind == TaskKind::Prune) {
        task.wave = reversed[&task.wave];
    }
    // PruneLast: in a wave of their own after all others.
    let last = tasks.iter().filter(|t| t.phase == SyncPhase::Sync).map(|t| t.wave).max().unwrap_or(0).max(0) + 1;
    for task in tasks.iter_mut().filter(|t| t.kind == TaskKind::Prune && t.options.prune_last) {
        task.wave = last;
    }
}

/// Sorts tasks, and moves namespaces before what lives in them and CRDs before their objects, into an earlier phase or wave
/// where they must.
pub(crate) fn sort(tasks: &mut [Task]) {
    let order = |t: &Task| (t.phase, t.wave, kind_order(&t.key.kind), t.key.name.clone(), t.key.namespace.clone());
    let mut first_need: HashMap<Need, (SyncPhase, i64, usize)> = HashMap::new();
    for task in tasks.iter().filter(|t| t.desired.is_some()) {
        let place = (task.phase, task.wave, kind_order(&task.key.kind));
        for need in needs(task) {
            let first = first_need.entry(need).or_insert(place);
            *first = place.min(*first);
        }
    }
    // What must come before others of its wave although its kind comes after theirs.
    let mut ahead: Vec<bool> = Vec::with_capacity(tasks.len());
    for task in tasks.iter_mut() {
        let needed = task.desired.as_ref().and_then(provides).and_then(|need| first_need.get(&need).copied());
        let place = (task.phase, task.wave, kind_order(&task.key.kind));
        let moved = needed.is_some_and(|needed| needed <= place);
        if let Some((phase, wave, _)) = needed.filter(|_| moved) {
            (task.phase, task.wave) = (phase, wave);
        }
        ahead.push(moved);
    }
    let mut keyed: Vec<(usize, _)> = tasks
        .iter()
        .zip(&ahead)
        .enumerate()
        .map(|(i, (task, ahead))| {
            let (phase, wave, kind, name, namespace) = order(task);
            // A namespace before a CRD that is moved as well: the CRD's objects may live in it.
            (i, (phase, wave, !ahead, kind, name, namespace))
        })
        .collect();
    keyed.sort_by(|a, b| a.1.cmp(&b.1));
    let sorted: Vec<Task> = keyed.iter().map(|(i, _)| tasks[*i].clone()).collect();
    tasks.clone_from_slice(&sorted);
}

/// What must be there before a task.
fn needs(task: &Task) -> Vec<Need> {
    let mut needs = vec![Need::Kind(task.key.group.to_string(), task.key.kind.to_string())];
    if !task.key.namespace.is_empty() {
        needs.push(Need::Namespace(task.key.namespace.to_string()));
    }
    needs
}

/// What is there after an object was applied.
fn provides(object: &Object) -> Option<Need> {
    if object.kind() == "Namespace" && object.group().is_empty() {
        return Some(Need::Namespace(object.name().to_string()));
    }
    let (group, kind) = crd_of(object)?;
    Some(Need::Kind(group.to_string(), kind.to_string()))
}

/// The group and kind that a CRD makes known.
pub(crate) fn crd_of(object: &Object) -> Option<(&str, &str)> {
    if object.kind() != "CustomResourceDefinition" || object.group() != "apiextensions.k8s.io" {
        return None;
    }
    Some((object.value().str_at(&["spec", "group"])?, object.value().str_at(&["spec", "names", "kind"])?))
}
