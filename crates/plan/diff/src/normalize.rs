//! What is taken out of both sides before they are compared.

use bowline_base_value::{Map, Value};
use bowline_core_types::{Object, annotation};

use crate::{IgnoreStatus, Rules};

/// Fields of metadata that the API server alone writes.
const SERVER_METADATA: [&str; 8] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The object without what is never compared and without what `rules` ignore.
pub fn normalize(object: &Object, rules: &Rules<'_>) -> Value {
    let mut value = object.value().clone();
    let fields = value.as_object_mut().expect("because an Object holds an object value");
    if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|key, _| !SERVER_METADATA.contains(&key));
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove(annotation::LAST_APPLIED);
        }
    }
    let (group, kind) = (object.group(), object.kind());
    let crd = group == "apiextensions.k8s.io" && kind == "CustomResourceDefinition";
    if rules.ignore_status == IgnoreStatus::All || rules.ignore_status == IgnoreStatus::Crd && crd {
        fields.remove("status");
    }
    if group == "rbac.authorization.k8s.io" && (kind == "ClusterRole" || kind == "Role") {
        role(fields, rules);
    }
    if let Some(known) = rules.known {
        known.normalize(group, kind, &mut value);
    }
    if let Some(ignored) = rules.ignored {
        ignored.remove(object, &mut value);
    }
    value
}

/// Empty rules and no rules are the same; those of an aggregated role are written by a controller.
fn role(fields: &mut Map, rules: &Rules<'_>) {
    let aggregated = fields.get("aggregationRule").is_some_and(|rule| rule.as_object().is_some());
    let empty = fields.get("rules").is_some_and(|rules| rules.as_array().is_some_and(<[_]>::is_empty));
    if empty || aggregated && rules.ignore_aggregated_roles {
        fields.remove("rules");
    }
}
