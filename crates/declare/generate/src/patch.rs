//! Laying a `templatePatch` over an application: a strategic merge. Of an Application's lists only `finalizers` are joined,
//! any other replaces the one that is there.

use bowline_base_value::{Map, Value};

/// What a map in a patch may say about itself.
const DIRECTIVE: &str = "$patch";

/// Lays it over.
pub(crate) fn lay(object: &mut Value, patch: &Value) -> Result<(), String> {
    match (object.as_object_mut(), patch) {
        (_, Value::Null) => Ok(()),
        (Some(object), Value::Object(patch)) => maps(object, patch, ""),
        _ => Err(format!("it must be an object, is {}", patch.type_name())),
    }
}

fn maps(object: &mut Map, patch: &Map, path: &str) -> Result<(), String> {
    match patch.get(DIRECTIVE).map(|word| word.as_str().unwrap_or_default()) {
        None | Some("merge") => {}
        Some("replace") => *object = Map::new(),
        Some("delete") => {
            *object = Map::new();
            return Ok(());
        }
        Some(other) => return Err(format!("{path}: {DIRECTIVE} {other:?} is none of merge, replace, delete")),
    }
    for (key, value) in patch.iter().filter(|(key, _)| &***key != DIRECTIVE) {
        let place = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
        match value {
            Value::Null => drop(object.remove(key)),
            Value::Object(value) => {
                if object.get(key).and_then(Value::as_object).is_none() {
                    object.insert(key.clone(), Value::object());
                }
                if let Some(below) = object.get_mut(key).and_then(Value::as_object_mut) {
                    maps(below, value, &place)?;
                }
            }
            Value::Array(items) if place == "metadata.finalizers" => {
                let mut all: Vec<Value> = object.get(key).and_then(Value::as_array).unwrap_or_default().to_vec();
                let new: Vec<Value> = items.iter().filter(|item| !all.contains(item)).cloned().collect();
                all.extend(new);
                object.insert(key.clone(), all.into_iter().collect::<Value>());
            }
            other => drop(object.insert(key.clone(), other.clone())),
        }
    }
    Ok(())
}
