//! The cluster and the project as the planner sees them.

use std::collections::BTreeMap;

use bowline_base_value::Value;
use bowline_core_control::ClusterRef;
use bowline_core_crd::{AppProject, ApplicationDestination, ClusterResourceRestrictionItem};
use bowline_core_ports::Cluster;
use bowline_core_project::{Destination as To, permit_object};
use bowline_core_types::{Gvk, Object, ResourceKey};
use bowline_plan_planner::{Live, Scope, View};

/// What was looked up for one plan.
pub struct Snapshot<'a> {
    /// The cluster.
    pub cluster: &'a dyn Cluster,
    /// How it is known.
    pub reference: &'a ClusterRef,
    /// The project.
    pub project: &'a AppProject,
    /// Hooks and the namespace, where they are there.
    pub live: BTreeMap<ResourceKey, Live>,
}

/// A namespace as an object, to ask for it.
pub fn namespace(name: &str) -> Object {
    let mut value = Value::object();
    for (path, text) in [(&["apiVersion"][..], "v1"), (&["kind"], "Namespace"), (&["metadata", "name"], name)] {
        *value.ensure_path(path).expect("because a new object has room for fields") = Value::from(text);
    }
    Object::new(value).expect("because it has a kind and a name")
}

/// The project that every installation has: it permits everything.
pub fn default_project() -> AppProject {
    let any = || "*".to_string();
    let mut project = AppProject::default();
    project.metadata.name = "default".to_string();
    project.spec.source_repos = vec![any()];
    let to = ApplicationDestination { server: any(), namespace: any(), ..ApplicationDestination::default() };
    project.spec.destinations = vec![to];
    let kind =
        ClusterResourceRestrictionItem { group: any(), kind: any(), ..ClusterResourceRestrictionItem::default() };
    project.spec.cluster_resource_whitelist = vec![kind];
    project
}

impl View for Snapshot<'_> {
    fn kind(&self, gvk: &Gvk) -> Result<Option<Scope>, String> {
        let scope = |namespaced| if namespaced { Scope::Namespaced } else { Scope::Cluster };
        Ok(self.cluster.kind(gvk).map(|kind| scope(kind.namespaced)))
    }

    fn permitted(&self, object: &Object, scope: Scope) -> Result<(), String> {
        let to = To {
            server: &self.reference.server,
            name: &self.reference.name,
            namespace: "",
            scoped_to_project: self.reference.project == self.project.metadata.name,
        };
        permit_object(self.project, to, object, scope == Scope::Namespaced)
    }

    fn live(&self, key: &ResourceKey) -> Option<Live> {
        self.live.get(key).cloned()
    }
}
