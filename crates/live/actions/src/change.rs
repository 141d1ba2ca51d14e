//! [`Change`]: what an action comes to.

use bowline_base_value::{Map, Value};
use bowline_core_types::Object;

/// What an action comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The object that the action is on, as it should be.
    Patch(Object),
    /// Another object, to be made.
    Create(Object),
}

/// The JSON merge patch (RFC 7386) that makes `before` into `after`; `None` where they are alike. A null counts as absent.
pub fn merge_patch(before: &Value, after: &Value) -> Option<Value> {
    if before == after {
        return None;
    }
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else { return Some(after.clone()) };
    let mut patch = Map::new();
    for (key, value) in old.iter().filter(|(_, value)| !value.is_null()) {
        if new.get(key).is_none_or(Value::is_null) {
            patch.insert(key.clone(), Value::Null);
        } else if let Some(change) = new.get(key).and_then(|new| merge_patch(value, new)) {
            patch.insert(key.clone(), change);
        }
    }
    for (key, value) in new.iter().filter(|(_, value)| !value.is_null()) {
        if old.get(key).is_none_or(Value::is_null) {
            patch.insert(key.clone(), value.clone());
        }
    }
    (!patch.is_empty()).then(|| patch.into())
}

/// A patch taken apart: what is of the status, and the rest. They go to two places where the kind has a status of its own.
pub fn split_status(patch: &Value) -> (Option<Value>, Option<Value>) {
    let Some(fields) = patch.as_object() else { return (None, Some(patch.clone())) };
    let mut rest = fields.clone();
    let status = rest.remove("status").map(|status| [("status", status)].into_iter().collect::<Map>().into());
    (status, (!rest.is_empty()).then(|| rest.into()))
}
