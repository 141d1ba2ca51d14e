//! [`ApiResource`]: a kind as the API serves it.

use std::sync::Arc;

use crate::query::encode_path;

/// A kind at one version as the API serves it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiResource {
    /// API group, empty for the core group.
    pub group: Arc<str>,
    /// API version, such as `v1`.
    pub version: Arc<str>,
    /// Kind.
    pub kind: Arc<str>,
    /// The name in paths, such as `deployments`.
    pub plural: Arc<str>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// The verbs that are served, such as `list`.
    pub verbs: Vec<Arc<str>>,
}

// === impl ApiResource ===

impl ApiResource {
    /// A kind that is known without discovery; all verbs.
    pub fn new(group: &str, version: &str, kind: &str, plural: &str, namespaced: bool) -> ApiResource {
        let verbs = ["create", "delete", "get", "list", "patch", "update", "watch"].map(Arc::from).to_vec();
        ApiResource {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
            plural: plural.into(),
            namespaced,
            verbs,
        }
    }

    /// `v1` or `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_string() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether `verb` is served.
    pub fn can(&self, verb: &str) -> bool {
        self.verbs.iter().any(|v| v.as_ref() == verb)
    }

    /// The path of all objects; in all namespaces where `namespace` is empty.
    pub fn path(&self, namespace: &str) -> String {
        let mut path = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        if self.namespaced && !namespace.is_empty() {
            path.push_str("/namespaces/");
            encode_path(&mut path, namespace);
        }
        path.push('/');
        path.push_str(&self.plural);
        path
    }

    /// The path of one object.
    pub fn object_path(&self, namespace: &str, name: &str) -> String {
        let mut path = self.path(namespace);
        path.push('/');
        encode_path(&mut path, name);
        path
    }

    /// `deployments.apps`, for people.
    pub fn title(&self) -> String {
        if self.group.is_empty() { self.plural.to_string() } else { format!("{}.{}", self.plural, self.group) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_the_apis_and_names_cannot_leave_them() {
        let pods = ApiResource::new("", "v1", "Pod", "pods", true);
        let roles = ApiResource::new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false);
        assert_eq!(pods.path(""), "/api/v1/pods");
        assert_eq!(pods.object_path("ns", "a"), "/api/v1/namespaces/ns/pods/a");
        assert_eq!(pods.object_path("ns", "../x?y"), "/api/v1/namespaces/ns/pods/..%2Fx%3Fy");
        assert_eq!(
            roles.object_path("", "system:x/y"),
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Ax%2Fy"
        );
    }
}
