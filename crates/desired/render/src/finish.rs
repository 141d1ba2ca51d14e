//! Objects become an application's.

use std::collections::HashMap;

use bowline_core_types::{Gvk, InstanceId, Object, ResourceKey};

/// Whose the objects are.
#[derive(Clone, Copy, Debug)]
pub struct Ownership<'a> {
    /// The application's instance name.
    pub instance: &'a str,
    /// Namespace of the destination, for objects that name none.
    pub namespace: &'a str,
    /// How objects are marked.
    pub tracking: &'a InstanceId,
}

/// Desired objects, each once.
#[derive(Clone, Debug, Default)]
pub struct Finished {
    /// The objects in the order of their sources.
    pub objects: Vec<Object>,
    /// Objects that came more than once, and how often; the last one counts.
    pub repeated: Vec<(ResourceKey, usize)>,
}

/// Puts objects into their namespaces, keeps the last of several with one name, and marks them. `namespaced` says of a kind whether
/// its objects live in namespaces; kinds that the cluster does not know (yet) are taken to.
pub fn finish(
    objects: impl IntoIterator<Item = Object>,
    ownership: Ownership<'_>,
    namespaced: &dyn Fn(&Gvk) -> Option<bool>,
) -> Finished {
    let mut finished = Finished::default();
    let mut seen: HashMap<ResourceKey, (usize, usize)> = HashMap::new();
    let mut unnamed = 0;
    for mut object in objects {
        let gvk = object.gvk();
        let cluster_scoped = namespaced(&gvk) == Some(false);
        if !cluster_scoped && object.namespace().is_empty() {
            object.set_namespace(ownership.namespace);
        }
        // Marked with the namespace that it was written with, and no definition of a kind is marked: as Argo CD does, or what it
        // left in a cluster would differ.
        if !is_definition(&gvk) {
            ownership.tracking.mark(&mut object, ownership.instance, ownership.namespace);
        }
        if cluster_scoped {
            remove_namespace(&mut object);
        }
        let mut key = object.key();
        if key.name.is_empty() {
            // Objects that the server names are as many as there are.
            unnamed += 1;
            key.name = format!("{}{unnamed}", object.generate_name()).into();
        }
        match seen.get_mut(&key) {
            Some((place, times)) => {
                finished.objects[*place] = object;
                *times += 1;
            }
            None => {
                seen.insert(key, (finished.objects.len(), 1));
                finished.objects.push(object);
            }
        }
    }
    finished.repeated = seen.into_iter().filter(|(_, (_, times))| *times > 1).map(|(key, (_, n))| (key, n)).collect();
    finished.repeated.sort();
    finished
}

fn is_definition(gvk: &Gvk) -> bool {
    gvk.group.as_ref() == "apiextensions.k8s.io" && gvk.kind.as_ref() == "CustomResourceDefinition"
}

fn remove_namespace(object: &mut Object) {
    if let Some(metadata) = object.fields_mut().get_mut("metadata").and_then(|m| m.as_object_mut()) {
        metadata.remove("namespace");
    }
}
