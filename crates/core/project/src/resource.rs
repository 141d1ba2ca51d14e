//! The lists of kinds.

use bowline_base_glob::PathPattern;
use bowline_core_crd::{AppProject, AppProjectSpec};
use bowline_core_types::Object;

use crate::{Destination, is_destination_permitted};

/// Whether applications of the project may have this object in a cluster; why not. The namespace is the object's own.
pub fn permit_object(
    project: &AppProject,
    cluster: Destination<'_>,
    object: &Object,
    namespaced: bool,
) -> Result<(), String> {
    let (group, kind, name) = (object.group(), object.kind(), &project.metadata.name);
    if !is_kind_permitted(&project.spec, group, kind, object.name(), namespaced) {
        return Err(format!("resource {group}:{kind} is not permitted in project {name}"));
    }
    let to = Destination { namespace: object.namespace(), ..cluster };
    if namespaced && !is_destination_permitted(&project.spec, to) {
        return Err(format!("namespace {} is not permitted in project '{name}'", object.namespace()));
    }
    Ok(())
}

/// Whether the project permits objects of this kind. Cluster-scoped kinds must be on the list of permitted ones; namespaced kinds
/// are permitted where there is no such list. What is on a list of refused kinds is refused. `name` is the object's, which
/// entries for cluster-scoped kinds may name.
pub fn is_kind_permitted(project: &AppProjectSpec, group: &str, kind: &str, name: &str, namespaced: bool) -> bool {
    if namespaced {
        let on = |list: &[bowline_core_crd::GroupKind]| {
            list.iter().any(|item| path_match(&item.kind, kind) && path_match(&item.group, group))
        };
        let permitted = project.namespace_resource_whitelist.as_ref().is_none_or(|list| on(list));
        return permitted && !on(&project.namespace_resource_blacklist);
    }
    let on = |list: &[bowline_core_crd::ClusterResourceRestrictionItem]| {
        list.iter().any(|item| {
            path_match(&item.kind, kind)
                && path_match(&item.group, group)
                && (item.name.is_empty() || path_match(&item.name, name))
        })
    };
    on(&project.cluster_resource_whitelist) && !on(&project.cluster_resource_blacklist)
}

fn path_match(pattern: &str, text: &str) -> bool {
    PathPattern::new(pattern).is_ok_and(|pattern| pattern.matches(text))
}
