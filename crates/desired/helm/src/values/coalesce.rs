//! Coalescing: a chart's defaults under the user's values, for it and all below it.

use std::collections::HashSet;

use bowline_base_value::{Map, Str, Value};

use crate::chart::Chart;

const GLOBAL: &str = "global";

/// The values that `chart` and its dependencies see. With `keep_nulls` (as for imports) a null hides nothing.
pub(crate) fn coalesce(chart: &Chart, values: &Map, keep_nulls: bool) -> Result<Map, String> {
    let mut values = values.clone();
    chart_values(chart, &mut values, keep_nulls)?;
    Ok(values)
}

fn chart_values(chart: &Chart, values: &mut Map, keep_nulls: bool) -> Result<(), String> {
    defaults(chart, values, keep_nulls);
    for child in &chart.dependencies {
        let mut below = match values.remove(child.name()) {
            None => Value::object(),
            Some(table @ Value::Object(_)) => table,
            Some(other) => {
                let shown = bowline_desired_gotmpl::fmt::sprintf(
                    "%t",
                    &[bowline_desired_gotmpl::from_base(&other, bowline_desired_gotmpl::Numbers::Exact)],
                );
                let name = child.name().to_string();
                values.insert(name.as_str(), other);
                return Err(format!("type mismatch on {name}: {shown}"));
            }
        };
        if let Some(map) = below.as_object_mut() {
            globals(map, values);
            chart_values(child, map, keep_nulls)?;
        }
        values.insert(child.name(), below);
    }
    Ok(())
}

/// The parent's globals go over the child's.
fn globals(child: &mut Map, parent: &Map) {
    let mut below = match child.get(GLOBAL) {
        None => Map::new(),
        Some(Value::Object(map)) => map.as_ref().clone(),
        Some(_) => return,
    };
    let above = match parent.get(GLOBAL) {
        None => &Map::new(),
        Some(Value::Object(map)) => map.as_ref(),
        Some(_) => return,
    };
    for (key, value) in above.iter() {
        match (value, below.get(key)) {
            (Value::Object(table), known) => {
                let mut merged = table.as_ref().clone();
                match known {
                    None => {}
                    Some(Value::Object(known)) => tables(&mut merged, known.as_ref().clone(), true),
                    // A table never goes over something that is none.
                    Some(_) => continue,
                }
                below.insert(key.clone(), merged);
            }
            (_, Some(Value::Object(_))) => {}
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
    child.insert(GLOBAL, below);
}

fn defaults(chart: &Chart, values: &mut Map, keep_nulls: bool) {
    let Some(defaults) = chart.values.as_object() else { return };
    for (key, default) in defaults.iter() {
        match values.get_mut(key) {
            Some(Value::Null) if !keep_nulls => {
                values.remove(key);
            }
            Some(known @ Value::Object(_)) => {
                let Value::Object(table) = default else { continue };
                // A child's nulls are kept here, so that they reach its own coalescing and delete there.
                let keep = keep_nulls || chart.dependencies.iter().any(|child| child.name() == key.as_ref());
                let mut table = table.as_ref().clone();
                if !keep {
                    remove_nulls(&mut table);
                }
                if let Some(known) = known.as_object_mut() {
                    tables(known, table, keep);
                }
            }
            Some(_) => {}
            None => {
                let mut default = default.clone();
                if !keep_nulls {
                    match &mut default {
                        Value::Null => continue,
                        value if value.as_object().is_some_and(has_nulls) => {
                            if let Some(map) = value.as_object_mut() {
                                remove_nulls(map);
                            }
                        }
                        _ => {}
                    }
                }
                values.insert(key.clone(), default);
            }
        }
    }
}

fn has_nulls(map: &Map) -> bool {
    map.values().any(|value| match value {
        Value::Null => true,
        Value::Object(map) => has_nulls(map),
        _ => false,
    })
}

fn remove_nulls(map: &mut Map) {
    if !has_nulls(map) {
        return;
    }
    map.retain(|_, value| {
        if let Some(map) = value.as_object_mut() {
            remove_nulls(map);
        }
        !value.is_null()
    });
}

/// Fills `into` from `from`; what `into` has wins, and its nulls delete unless they are kept.
pub(crate) fn tables(into: &mut Map, mut from: Map, keep_nulls: bool) {
    let set: HashSet<Str> = from.iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key.clone()).collect();
    for (key, value) in into.iter() {
        if value.is_null() {
            from.insert(key.clone(), Value::Null);
        }
    }
    for (key, value) in from {
        match into.get_mut(&key) {
            Some(Value::Null) if !keep_nulls && set.contains(&key) => {
                into.remove(&key);
            }
            None => {
                into.insert(key, value);
            }
            Some(known @ Value::Object(_)) => {
                if let (Some(known), Value::Object(from)) = (known.as_object_mut(), value) {
                    tables(known, from.as_ref().clone(), keep_nulls);
                }
            }
            Some(_) => {}
        }
    }
}
