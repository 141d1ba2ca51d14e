//! [`Gvk`] and [`ResId`]: what kind of object something is, and which one.

use std::fmt;
use std::sync::Arc;

use crate::schema::Schema;

/// Group, version and kind; empty parts are unknown or, in a selector, not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Gvk {
    pub(crate) group: Arc<str>,
    pub(crate) version: Arc<str>,
    pub(crate) kind: Arc<str>,
}

/// The identity of an object at one moment of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResId {
    pub(crate) gvk: Gvk,
    pub(crate) name: Arc<str>,
    pub(crate) namespace: Arc<str>,
    /// Whether the schema says for certain that the kind has no namespace.
    pub(crate) cluster_scoped: bool,
}

/// The namespace of what has none.
pub(crate) const NO_NAMESPACE: &str = "_non_namespaceable_";

const KINDS_FIRST: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];
const KINDS_LAST: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// The kinds that the legacy order puts first, in order.
pub(crate) fn kinds_first() -> &'static [&'static str] {
    &KINDS_FIRST
}

/// The kinds that the legacy order puts last, in order.
pub(crate) fn kinds_last() -> &'static [&'static str] {
    &KINDS_LAST
}

/// The place of a kind in an order: negative for the first ones, positive for the last ones.
pub(crate) fn rank<S: AsRef<str>>(kind: &str, first: &[S], last: &[S]) -> i64 {
    if let Some(i) = last.iter().position(|k| k.as_ref() == kind) {
        return 1 + i as i64;
    }
    first.iter().position(|k| k.as_ref() == kind).map_or(0, |i| i as i64 - first.len() as i64)
}

// === impl Gvk ===

impl Gvk {
    pub(crate) fn new(group: impl Into<Arc<str>>, version: impl Into<Arc<str>>, kind: impl Into<Arc<str>>) -> Gvk {
        Gvk { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// Of an object's `apiVersion` and `kind`.
    pub(crate) fn of(api_version: &str, kind: &str) -> Gvk {
        let (group, version) = split_api_version(api_version);
        Gvk::new(group, version, kind)
    }

    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_string() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether each part that the selector names is the same here.
    pub(crate) fn is_selected_by(&self, selector: &Gvk) -> bool {
        let same = |want: &str, have: &str| want.is_empty() || want == have;
        same(&selector.group, &self.group) && same(&selector.version, &self.version) && same(&selector.kind, &self.kind)
    }

    /// `group_version_kind` with marks for what is empty: the order of the legacy sort.
    pub(crate) fn sort_text(&self) -> String {
        let or = |part: &Arc<str>, mark: &str| if part.is_empty() { mark.to_string() } else { part.to_string() };
        format!("{}_{}_{}", or(&self.group, "~G"), or(&self.version, "~V"), or(&self.kind, "~K"))
    }

    /// The order of field specs.
    pub(crate) fn sort_key(&self) -> (i64, String) {
        (rank(&self.kind, &KINDS_FIRST, &KINDS_LAST), self.sort_text())
    }
}

/// The group and the version of an `apiVersion`.
pub(crate) fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

impl fmt::Display for Gvk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or =
            |part: &Arc<str>, mark: &'static str| if part.is_empty() { mark.to_string() } else { part.to_string() };
        let (kind, version, group) =
            (or(&self.kind, "[noKind]"), or(&self.version, "[noVer]"), or(&self.group, "[noGrp]"));
        write!(f, "{kind}.{version}.{group}")
    }
}

// === impl ResId ===

impl ResId {
    /// An identity whose scope the schema decides.
    pub(crate) fn new(gvk: Gvk, name: impl Into<Arc<str>>, namespace: impl Into<Arc<str>>, schema: &Schema) -> ResId {
        let cluster_scoped = schema.is_cluster_scoped(&gvk);
        ResId { gvk, name: name.into(), namespace: namespace.into(), cluster_scoped }
    }

    /// The namespace that counts when two objects are compared.
    pub(crate) fn effective_namespace(&self) -> &str {
        if self.cluster_scoped {
            NO_NAMESPACE
        } else if self.namespace.is_empty() {
            "default"
        } else {
            &self.namespace
        }
    }

    pub(crate) fn same_namespace(&self, other: &ResId) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }

    /// The same object: kind, name and effective namespace.
    pub(crate) fn is(&self, other: &ResId) -> bool {
        self.name == other.name && self.gvk == other.gvk && self.same_namespace(other)
    }
}

impl fmt::Display for ResId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or =
            |part: &Arc<str>, mark: &'static str| if part.is_empty() { mark.to_string() } else { part.to_string() };
        write!(f, "{}/{}.{}", self.gvk, or(&self.name, "[noName]"), or(&self.namespace, "[noNs]"))
    }
}
