//! The lists of kinds.

use bowline_base_glob::PathPattern;
use bowline_core_crd::AppProjectSpec;

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
