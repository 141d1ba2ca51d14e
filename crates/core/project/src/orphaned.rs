//! `spec.orphanedResources`: objects of a namespace that belong to no application.

use bowline_core_crd::AppProjectSpec;
use bowline_core_types::ResourceKey;

use crate::{glob, is_kind_permitted};

/// Whether an object that no application manages counts as orphaned in the destination namespace of an application of this
/// project. `false` also where the project does not watch for them, for what every namespace has by itself, and for kinds
/// that the project does not permit. Only namespaced objects without an owner are asked about.
pub fn is_orphaned(project: &AppProjectSpec, key: &ResourceKey) -> bool {
    let Some(settings) = &project.orphaned_resources else { return false };
    let of_every_namespace = key.group.is_empty()
        && match (&*key.kind, &*key.name) {
            ("Service", "kubernetes") => &*key.namespace == "default",
            ("ServiceAccount", "default") | ("ConfigMap", "kube-root-ca.crt") => true,
            _ => false,
        };
    let ignored = settings.ignore.iter().any(|item| {
        (item.kind.is_empty() || glob(&item.kind, &key.kind, &[]))
            && glob(&item.group, &key.group, &[])
            && (item.name.is_empty() || glob(&item.name, &key.name, &[]))
    });
    !of_every_namespace && !ignored && is_kind_permitted(project, &key.group, &key.kind, &key.name, true)
}

/// Whether orphaned objects make a condition; they do unless the project says otherwise.
pub fn warns_of_orphaned(project: &AppProjectSpec) -> bool {
    project.orphaned_resources.as_ref().is_some_and(|settings| settings.warn.unwrap_or(true))
}

/// The condition's message for that many orphaned objects.
pub fn orphaned_message(count: usize) -> String {
    format!("Application has {count} orphaned resources")
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::{OrphanedResourceKey, OrphanedResourcesMonitorSettings};

    use super::*;

    #[test]
    fn what_nobody_manages_is_orphaned_unless_something_says_otherwise() {
        let ignore = OrphanedResourceKey { group: "apps".into(), kind: "Deploy*".into(), name: "x-*".into() };
        let watching = AppProjectSpec {
            orphaned_resources: Some(OrphanedResourcesMonitorSettings { warn: None, ignore: vec![ignore] }),
            ..AppProjectSpec::default()
        };
        let check = |project: &AppProjectSpec, group: &str, kind: &str, namespace: &str, name: &str| {
            is_orphaned(project, &ResourceKey::new(group, kind, namespace, name))
        };
        assert!(check(&watching, "", "ConfigMap", "n", "a"));
        assert!(!check(&AppProjectSpec::default(), "", "ConfigMap", "n", "a"));
        for (group, kind, namespace, name) in [
            ("", "Service", "default", "kubernetes"),
            ("", "ServiceAccount", "n", "default"),
            ("", "ConfigMap", "n", "kube-root-ca.crt"),
            ("apps", "Deployment", "n", "x-1"),
        ] {
            assert!(!check(&watching, group, kind, namespace, name), "{kind} {name}");
        }
        assert!(check(&watching, "", "Service", "n", "kubernetes"));
        assert!(check(&watching, "apps", "Deployment", "n", "y"));
        assert!(warns_of_orphaned(&watching) && !warns_of_orphaned(&AppProjectSpec::default()));
    }
}
