//! Values: reading, merging, and what a chart makes of its own and the user's.

use std::sync::Arc;

use bowline_base_value::{Map, Value, yaml};

pub(crate) mod coalesce;
pub mod set;

/// Reads a values file: all documents of it merged, every number a float.
pub fn from_yaml(text: &str) -> Result<Value, String> {
    let options = yaml::Options { numbers: yaml::Numbers::Float64, ..yaml::Options::default() };
    let documents = yaml::documents_with(text, options)
        .map_err(|error| format!("cannot unmarshal yaml document: error converting YAML to JSON: {error}"))?;
    let mut values = Value::object();
    for document in documents {
        match document {
            Value::Null => {}
            Value::Object(_) => merge(&mut values, &document),
            other => {
                return Err(format!(
                    "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot \
                     unmarshal {} into Go value of type map[string]interface {{}}",
                    if let Value::Bool(_) = other { "bool" } else { other.type_name() }
                ));
            }
        }
    }
    Ok(values)
}

/// The value as `encoding/json` reads it: every number a float.
pub fn floats(value: &Value) -> Value {
    match value {
        Value::Int(i) => Value::Float(*i as f64),
        Value::UInt(u) => Value::Float(*u as f64),
        Value::Array(items) => items.iter().map(floats).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), floats(value))).collect(),
        other => other.clone(),
    }
}

/// Merges `from` into `into`: maps are merged, all else is replaced, null too.
pub fn merge(into: &mut Value, from: &Value) {
    match (into.as_object_mut(), from) {
        (Some(map), Value::Object(from)) => merge_maps(map, from),
        _ => *into = from.clone(),
    }
}

fn merge_maps(into: &mut Map, from: &Arc<Map>) {
    for (key, value) in from.iter() {
        match (into.get_mut(key), value) {
            (Some(known @ Value::Object(_)), Value::Object(_)) => merge(known, value),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The table under a path of names joined by dots.
pub(crate) fn table<'v>(values: &'v Map, path: &str) -> Option<&'v Map> {
    path.split('.').try_fold(values, |map, name| map.get(name)?.as_object())
}

/// The value under a path of names joined by dots, unless it is a table.
pub(crate) fn leaf<'v>(values: &'v Map, path: &str) -> Option<&'v Value> {
    let (map, name) = match path.rsplit_once('.') {
        Some((path, name)) => (table(values, path)?, name),
        None => (values, path),
    };
    map.get(name).filter(|value| value.as_object().is_none())
}
