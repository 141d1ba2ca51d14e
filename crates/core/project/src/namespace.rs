//! `spec.sourceNamespaces`.

use bowline_core_crd::AppProjectSpec;
use regex::Regex;

use crate::matches;

/// Whether Applications in `namespace` may use the project: always in the control namespace, elsewhere where a pattern (a glob,
/// or a regular expression between slashes) names it.
pub fn is_app_namespace_permitted(project: &AppProjectSpec, namespace: &str, control_namespace: &str) -> bool {
    namespace.is_empty()
        || namespace == control_namespace
        || project.source_namespaces.iter().any(|pattern| {
            match pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
                Some(expression) => Regex::new(expression).is_ok_and(|regex| regex.is_match(namespace)),
                None => matches(pattern, namespace, &[]),
            }
        })
}
