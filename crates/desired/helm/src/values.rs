//! Values: reading, merging, and what a chart makes of its own and the user's.

use std::rc::Rc;
use std::sync::Arc;

use bowline_base_gotmpl::{Map as TemplateMap, Value as TemplateValue};
use bowline_base_value::{Map, Value, yaml};

pub(crate) mod coalesce;
pub(crate) mod measure;
pub mod set;

/// A table of values as templates see it: shared, and changed in place.
pub(crate) type Table = Rc<TemplateMap>;

/// Reads a values file: all documents of it merged, every number a float. Of a part between two separators only the
/// first document counts, as in Helm.
pub fn from_yaml(text: impl AsRef<[u8]>) -> Result<Value, String> {
    let options = yaml::Options { numbers: yaml::Numbers::Float64, ..yaml::Options::default() };
    let mut values = Value::object();
    for part in yaml::split(text.as_ref()) {
        let part = part.map_err(|error| format!("error reading yaml document: {error}"))?;
        let document = yaml::from_yaml_with(&part.text, options)
            .map_err(|error| format!("cannot unmarshal yaml document: error converting YAML to JSON: {error}"))?;
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
pub(crate) fn table(values: &TemplateMap, path: &str) -> Option<Table> {
    let mut names = path.split('.');
    let below = |map: &TemplateMap, name: &str| match map.get(name.as_bytes()) {
        Some(TemplateValue::Map(map)) => Some(map),
        _ => None,
    };
    let first = below(values, names.next()?)?;
    names.try_fold(first, |map, name| below(&map, name))
}

/// The value under a path of names joined by dots, unless it is a table.
pub(crate) fn leaf(values: &TemplateMap, path: &str) -> Option<TemplateValue> {
    let value = match path.rsplit_once('.') {
        Some((path, name)) => table(values, path)?.get(name.as_bytes()),
        None => values.get(path.as_bytes()),
    };
    value.filter(|value| !matches!(value, TemplateValue::Map(_)))
}
