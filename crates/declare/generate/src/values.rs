//! Sets of parameters: flat ones, ones laid over each other, and the `values` that generators add.

use std::collections::BTreeMap;

use bowline_base_value::{Map, Value};

use crate::Params;
use crate::fill::Filler;

/// The parameters without depth: `a.b`, `list.0`, each a text.
pub(crate) fn flat(params: &Params) -> BTreeMap<String, String> {
    fn into(flat: &mut BTreeMap<String, String>, key: String, value: &Value) {
        let below = |name: &str| if key.is_empty() { name.to_string() } else { format!("{key}.{name}") };
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| into(flat, below(name), value)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, value)| into(flat, below(&i.to_string()), value));
            }
            scalar => {
                flat.insert(key, text(scalar));
            }
        }
    }
    let mut result = BTreeMap::new();
    for (key, value) in params.iter() {
        into(&mut result, key.to_string(), value);
    }
    result
}

/// A scalar as Go prints it with `%v`, all numbers as floats.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Null => "<nil>".to_string(),
        number => number.as_f64().map(|f| bowline_base_gotmpl::format_float(f, 'g', None)).unwrap_or_default(),
    }
}

/// Adds a generator's `values`, filled in with the other parameters; they do not see each other.
pub(crate) fn add_values(
    values: &BTreeMap<String, String>,
    params: &mut Params,
    filler: &mut Filler<'_>,
) -> Result<(), String> {
    let filled = values.iter().map(|(key, value)| Ok((key.clone(), filler.text(value, params)?)));
    let filled = filled.collect::<Result<Vec<_>, String>>()?;
    if filled.is_empty() {
        return Ok(());
    }
    if filler.is_go() {
        let map: Map = filled.into_iter().map(|(key, value)| (key, Value::from(value))).collect();
        params.insert("values", Value::from(map));
    } else {
        for (key, value) in filled {
            params.insert(format!("values.{key}"), value);
        }
    }
    Ok(())
}

/// Whether Go would call it a zero value.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) => false,
        number => number.as_f64() == Some(0.0),
    }
}

/// Lays `over` over `under`: maps are joined, anything else replaces what is there unless it is empty.
pub(crate) fn lay_over(under: &mut Map, over: &Map) {
    for (key, value) in over.iter() {
        match (under.get_mut(key), value) {
            (Some(Value::Object(_)), Value::Object(over)) => {
                if let Some(under) = under.get_mut(key).and_then(Value::as_object_mut) {
                    lay_over(under, over);
                }
            }
            (Some(_), value) if is_empty(value) => {}
            _ => {
                under.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Fills what is empty in `wanted` with what `other` says: what stands there wins.
pub(crate) fn fill_in(wanted: &mut Value, other: &Value) {
    match (&mut *wanted, other) {
        (Value::Object(_), Value::Object(other)) => {
            let Some(wanted) = wanted.as_object_mut() else { return };
            for (key, value) in other.iter() {
                match wanted.get_mut(key) {
                    Some(there) => fill_in(there, value),
                    None => drop(wanted.insert(key.clone(), value.clone())),
                }
            }
        }
        (there, other) if is_empty(there) => *there = other.clone(),
        _ => {}
    }
}
