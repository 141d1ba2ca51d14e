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
        resource.can("list")
            && resource.can("watch")
            && !is_always_excluded(&resource.group, &resource.kind)
            && (self.0)(&resource.group, &resource.kind)
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
