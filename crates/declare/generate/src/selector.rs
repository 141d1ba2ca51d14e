//! Label selectors over parameters and over clusters.

use std::collections::BTreeMap;

use bowline_core_crd::LabelSelector;

/// Whether the selector means what has these labels. Values may be anything, unlike in Kubernetes.
pub(crate) fn matches(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> Result<bool, String> {
    if !selector.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value)) {
        return Ok(false);
    }
    for condition in &selector.match_expressions {
        let value = labels.get(&condition.key);
        let listed = value.is_some_and(|value| condition.values.contains(value));
        let holds = match condition.operator.as_str() {
            "In" | "NotIn" if condition.values.is_empty() => {
                return Err(format!("selector: {} {} needs values", condition.key, condition.operator));
            }
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            other => {
                return Err(format!(
                    "selector: {other:?} is no operator; there are In, NotIn, Exists and DoesNotExist"
                ));
            }
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether it says nothing.
pub(crate) fn is_empty(selector: &LabelSelector) -> bool {
    selector.match_labels.is_empty() && selector.match_expressions.is_empty()
}
