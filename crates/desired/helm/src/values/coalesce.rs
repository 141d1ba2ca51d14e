//! Coalescing: a chart's defaults under the user's values, for it and all below it.
//!
//! Tables are shared as Helm shares them, because it shows: a table inside of a table of `global` is one for a chart and
//! all below it, so that a subchart's defaults for it, and what its templates `set` there, are seen by all.

use std::collections::HashSet;

use bowline_base_gotmpl::{List, Map, MapKind, Numbers, Text, Value, fmt, from_base};

use super::Table;
use crate::family::{Defaults, Family, Id};

const GLOBAL: &[u8] = b"global";
/// Nesting of values that is followed. Text that is read has less; what imports put together could hold itself.
const MAX_DEPTH: usize = 2_000;

/// The values that a chart and its dependencies see: a copy of `values` with the defaults under it. With `keep_nulls`
/// (as for imports) a null hides nothing.
pub(crate) fn coalesce(family: &Family<'_>, id: Id, values: &Map, keep_nulls: bool) -> Result<Table, String> {
    let values = copy_table(values)?;
    chart_values(family, id, &values, keep_nulls)?;
    Ok(values)
}

fn chart_values(family: &Family<'_>, id: Id, values: &Map, keep_nulls: bool) -> Result<(), String> {
    defaults(family, id, values, keep_nulls)?;
    for child in family.children(id) {
        let name = family.name(*child);
        let below = match values.get(name.as_bytes()) {
            None => {
                let below = empty();
                values.insert(name, below.clone().into());
                below
            }
            Some(Value::Map(below)) => below,
            Some(other) => return Err(format!("type mismatch on {name}: {}", fmt::sprintf("%t", &[other]))),
        };
        globals(&below, values)?;
        chart_values(family, *child, &below, keep_nulls)?;
    }
    Ok(())
}

fn empty() -> Table {
    Map::new(MapKind::Any, std::iter::empty::<(Text, Value)>())
}

/// The parent's globals go over the child's.
fn globals(child: &Map, parent: &Map) -> Result<(), String> {
    let below = match child.get(GLOBAL) {
        None => empty(),
        Some(Value::Map(map)) => map,
        Some(_) => return Ok(()),
    };
    let above = match parent.get(GLOBAL) {
        None => empty(),
        Some(Value::Map(map)) => map,
        Some(_) => return Ok(()),
    };
    for (key, value) in above.entries() {
        match (value, below.get(key.as_bytes())) {
            (Value::Map(table), known) => {
                // One level is copied; what is below is the parent's.
                let merged = Map::new(MapKind::Any, table.entries());
                match known {
                    None => {}
                    Some(Value::Map(known)) => tables(&merged, &known, true)?,
                    // A table never goes over something that is none.
                    Some(_) => continue,
                }
                below.insert(key, merged.into());
            }
            (_, Some(Value::Map(_))) => {}
            (value, _) => below.insert(key, value),
        }
    }
    child.insert(Text::from_bytes(GLOBAL), below.into());
    Ok(())
}

fn defaults(family: &Family<'_>, id: Id, values: &Map, keep_nulls: bool) -> Result<(), String> {
    let defaults = match family.defaults(id) {
        Defaults::File(values) => match from_base(values, Numbers::Exact) {
            Value::Map(defaults) => defaults,
            _ => return Ok(()),
        },
        Defaults::Imported(values) => copy_table(values)?,
    };
    for (key, default) in defaults.entries() {
        match values.get(key.as_bytes()) {
            Some(Value::Nil) if !keep_nulls => {
                values.remove(key.as_bytes());
            }
            Some(Value::Map(known)) => {
                let Value::Map(table) = default else { continue };
                // A child's nulls are kept here, so that they reach its own coalescing and delete there.
                let is_child =
                    || family.children(id).iter().any(|child| family.name(*child).as_bytes() == key.as_bytes());
                let keep = keep_nulls || is_child();
                if !keep {
                    remove_nulls(&table);
                }
                tables(&known, &table, keep)?;
            }
            Some(_) => {}
            None => {
                match &default {
                    Value::Nil if !keep_nulls => continue,
                    Value::Map(table) if !keep_nulls => remove_nulls(table),
                    _ => {}
                }
                values.insert(key, default);
            }
        }
    }
    Ok(())
}

/// Takes nulls out, at all levels. The table was just read or copied, so it cannot hold itself.
fn remove_nulls(table: &Map) {
    let mut nulls = Vec::new();
    table.each(|key, value| match value {
        Value::Nil => nulls.push(key.clone()),
        Value::Map(below) => remove_nulls(below),
        _ => {}
    });
    for key in nulls {
        table.remove(key.as_bytes());
    }
}

/// Fills `into` from `from`; what `into` has wins, and its nulls delete unless they are kept. Tables that `into` lacks
/// become shared between the two.
pub(crate) fn tables(into: &Map, from: &Map, keep_nulls: bool) -> Result<(), String> {
    fill(into, from, keep_nulls, 0)
}

fn fill(into: &Map, from: &Map, keep_nulls: bool, depth: usize) -> Result<(), String> {
    too_deep(depth)?;
    let mut nulls = Vec::new();
    into.each(|key, value| {
        if let Value::Nil = value {
            nulls.push(key.clone());
        }
    });
    let mut set = HashSet::new();
    if !nulls.is_empty() {
        from.each(|key, value| {
            if !matches!(value, Value::Nil) {
                set.insert(key.clone());
            }
        });
        nulls.into_iter().for_each(|key| from.insert(key, Value::Nil));
    }
    for (key, value) in from.entries() {
        match (into.get(key.as_bytes()), value) {
            (Some(Value::Nil), _) if !keep_nulls && set.contains(&key) => {
                into.remove(key.as_bytes());
            }
            (None, value) => into.insert(key, value),
            (Some(Value::Map(known)), Value::Map(from)) => fill(&known, &from, keep_nulls, depth + 1)?,
            _ => {}
        }
    }
    Ok(())
}

fn too_deep(depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("values are nested more than {MAX_DEPTH} deep, or hold themselves"));
    }
    Ok(())
}

/// A copy that shares nothing with the original.
pub(crate) fn copy_table(table: &Map) -> Result<Table, String> {
    copied(table, 0)
}

fn copied(table: &Map, depth: usize) -> Result<Table, String> {
    too_deep(depth)?;
    let fields = table.entries().into_iter().map(|(key, value)| Ok((key, copy(value, depth + 1)?)));
    Ok(Map::new(MapKind::Any, fields.collect::<Result<Vec<_>, String>>()?))
}

fn copy(value: Value, depth: usize) -> Result<Value, String> {
    too_deep(depth)?;
    Ok(match value {
        Value::Map(table) => copied(&table, depth)?.into(),
        Value::List(list) => {
            let items = list.items.iter().map(|item| copy(item.clone(), depth + 1)).collect::<Result<_, _>>()?;
            Value::List(std::rc::Rc::new(List { kind: list.kind, nil: list.nil, items }))
        }
        other => other,
    })
}
