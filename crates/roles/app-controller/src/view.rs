//! The cluster as the planner sees it.

use bowline_base_value::Value;
use bowline_core_crd::AppProject;
use bowline_core_ports::Cluster as _;
use bowline_core_project::{Destination as To, permit_object};
use bowline_core_types::{Gvk, Object, ResourceKey};
use bowline_live_cache::Connection;
use bowline_plan_planner::{Live, Scope, View};
use jiff::Timestamp;

use crate::clusters::Destination;
use crate::compare::Memory;

/// A snapshot of what is known and allowed, for one plan.
pub struct ClusterView<'a> {
    /// The cluster.
    pub destination: &'a Destination,
    /// The project.
    pub project: &'a AppProject,
    /// What was applied since the last look.
    pub memory: &'a Memory,
    /// The time.
    pub now: Timestamp,
}

// === impl ClusterView ===

impl ClusterView<'_> {
    /// Whether the project permits this object, by what the cluster says of its kind; kinds that it does not know are taken to live
    /// in namespaces, as objects of them are.
    pub fn permits(&self, object: &Object) -> Result<(), String> {
        let namespaced = self.destination.cluster.kind(&object.gvk()).is_none_or(|kind| kind.namespaced);
        self.permitted(object, if namespaced { Scope::Namespaced } else { Scope::Cluster })
    }
}

impl View for ClusterView<'_> {
    fn kind(&self, gvk: &Gvk) -> Result<Option<Scope>, String> {
        if let Connection::Failed { reason, .. } = self.destination.cache.state().connection {
            return Err(reason);
        }
        let kind = self.destination.cluster.kind(gvk);
        Ok(kind.map(|kind| if kind.namespaced { Scope::Namespaced } else { Scope::Cluster }))
    }

    fn permitted(&self, object: &Object, scope: Scope) -> Result<(), String> {
        let to = To {
            server: &self.destination.reference.server,
            name: &self.destination.reference.name,
            namespace: "",
            scoped_to_project: self.destination.reference.project == self.project.metadata.name,
        };
        permit_object(self.project, to, object, scope == Scope::Namespaced)
    }

    fn live(&self, key: &ResourceKey) -> Option<Live> {
        let node = self.destination.cache.get(key);
        let watched = node.as_ref().and_then(|node| node.live.as_ref());
        if let Some(newest) = self.memory.newest(key, watched.map(|live| &live.object), self.now) {
            return Some(Live { health: self.destination.cache.assess(&newest), object: newest });
        }
        let node = node?;
        match &node.live {
            // The newest that is known is that it is gone.
            Some(_) => None,
            // Of objects that are nobody's the cache keeps no body; that it is there is what the planner asks.
            None => {
                let version = Gvk::new(key.group.clone(), node.version.clone(), key.kind.clone()).api_version();
                let mut value = Value::object();
                for (path, text) in [
                    (&["apiVersion"][..], version.as_str()),
                    (&["kind"], &*key.kind),
                    (&["metadata", "name"], &*key.name),
                ] {
                    *value.ensure_path(path)? = Value::from(text);
                }
                if !key.namespace.is_empty() {
                    *value.ensure_path(&["metadata", "namespace"])? = Value::from(&*key.namespace);
                }
                let object = Object::new(value).ok()?;
                Some(Live { object, health: node.health.as_deref().cloned() })
            }
        }
    }
}
