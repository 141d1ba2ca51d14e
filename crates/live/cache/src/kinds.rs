//! Which kinds are watched.

use std::fmt;
use std::sync::Arc;

use bowline_base_kube::ApiResource;

/// Says of a group and kind whether it is watched: the settings' inclusions and exclusions.
#[derive(Clone)]
pub struct KindFilter(Arc<Predicate>);

type Predicate = dyn Fn(&str, &str) -> bool + Send + Sync;

// === impl KindFilter ===

impl KindFilter {
    /// Watches the kinds for which `watched(group, kind)` holds.
    pub fn new(watched: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> KindFilter {
        KindFilter(Arc::new(watched))
    }

    /// Whether objects of this resource are watched.
    pub(crate) fn watches(&self, resource: &ApiResource) -> bool {
        resource.can("list") && resource.can("watch") && self.admits(&resource.group, &resource.kind)
    }

    /// Whether the settings let a kind be watched and managed.
    pub fn admits(&self, group: &str, kind: &str) -> bool {
        !is_always_excluded(group, kind) && (self.0)(group, kind)
    }

    /// Whether both are one and the same.
    pub fn is(&self, other: &KindFilter) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Default for KindFilter {
    /// All kinds.
    fn default() -> KindFilter {
        KindFilter::new(|_, _| true)
    }
}

impl fmt::Debug for KindFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KindFilter")
    }
}

/// Kinds that change all the time and that nobody deploys: the contract excludes them whatever the settings say.
pub fn is_always_excluded(group: &str, kind: &str) -> bool {
    matches!((group, kind), ("events.k8s.io" | "metrics.k8s.io", _) | ("", "Event") | ("coordination.k8s.io", "Lease"))
}
