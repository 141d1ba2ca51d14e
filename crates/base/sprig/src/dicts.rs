//! Dictionaries.

use std::collections::HashSet;
use std::rc::Rc;

use bowline_base_gotmpl::Type::{Any, Map as Dict, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, Kind, List, Map, MapKind, Runtime, Text, Value};

use crate::cast::to_text;

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("deepCopy", &[Any], |_, a| deep_copy(a)),
    Entry::variadic("dict", &[], Any, dict),
    Entry::variadic("dig", &[], Any, dig),
    Entry::new("get", &[Dict, Str], |_, a| Ok(a.map(0).get(a.text(1).as_bytes()).unwrap_or_else(|| "".into()))),
    Entry::new("hasKey", &[Dict, Str], |_, a| Ok(Value::Bool(a.map(0).contains(a.text(1).as_bytes())))),
    Entry::variadic("keys", &[], Dict, |_, a| Ok(Value::strings((0..a.len()).flat_map(|i| a.map(i).keys())))),
    Entry::variadic("merge", &[Dict], Dict, |rt, a| merge(rt, a, false)),
    Entry::variadic("mergeOverwrite", &[Dict], Dict, |rt, a| merge(rt, a, true)),
    Entry::new("mustDeepCopy", &[Any], |_, a| deep_copy(a)),
    Entry::variadic("mustMerge", &[Dict], Dict, |rt, a| merge(rt, a, false)),
    Entry::variadic("mustMergeOverwrite", &[Dict], Dict, |rt, a| merge(rt, a, true)),
    Entry::variadic("omit", &[Dict], Str, omit),
    Entry::variadic("pick", &[Dict], Str, pick),
    Entry::variadic("pluck", &[Str], Dict, |_, a| {
        let key = a.text(0);
        Ok(Value::list((1..a.len()).filter_map(|i| a.map(i).get(key.as_bytes())).collect()))
    }),
    Entry::new("set", &[Dict, Str, Any], |rt, a| {
        let map = a.map(0);
        if matches!(a.get(0), Value::Nil) || map.is_nil() {
            return Err("assignment to entry in nil map".into());
        }
        rt.changed(&map);
        map.insert(a.text(1), a.take(2));
        Ok(map.into())
    }),
    Entry::new("unset", &[Dict, Str], |_, a| {
        let map = a.map(0);
        map.remove(a.text(1).as_bytes());
        Ok(map.into())
    }),
    Entry::new("values", &[Dict], |_, a| Ok(Value::list(a.map(0).entries().into_iter().map(|(_, v)| v).collect()))),
];

fn dict(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let mut values = a.rest(0).into_iter();
    let mut fields = Vec::new();
    while let Some(key) = values.next() {
        fields.push((to_text(&key), values.next().unwrap_or_else(|| "".into())));
    }
    Ok(Value::map(fields))
}

fn pick(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let map = a.map(0);
    let keys = (1..a.len()).map(|i| a.text(i));
    Ok(Value::map(keys.filter_map(|key| map.get(key.as_bytes()).map(|value| (key, value)))))
}

fn omit(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let omitted: HashSet<Text> = (1..a.len()).map(|i| a.text(i)).collect();
    Ok(Value::map(a.map(0).entries().into_iter().filter(|(key, _)| !omitted.contains(key))))
}

fn dig(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    if a.len() < 3 {
        return Err("dig needs at least three arguments".into());
    }
    let mut values = a.rest(0);
    let mut at = values.pop().unwrap_or_default();
    let default = values.pop().unwrap_or_default();
    let mut keys = Vec::with_capacity(values.len());
    for key in &values {
        match key {
            Value::String(key) => keys.push(key),
            other => return Err(conversion(other, "string")),
        }
    }
    for (i, key) in keys.iter().enumerate() {
        let map = match &at {
            // Other than template functions' parameters, an assertion to a type takes no named one.
            Value::Map(map) if map.kind() == MapKind::Any => map.clone(),
            other => return Err(conversion(other, "map[string]interface {}")),
        };
        match map.get(key.as_bytes()) {
            None => return Ok(default),
            Some(value) if i + 1 == keys.len() => return Ok(value),
            Some(value) => at = value,
        }
    }
    Ok(default)
}

fn conversion(value: &Value, wanted: &str) -> CallError {
    let got = if let Value::Nil = value { "nil" } else { value.type_name() };
    format!("interface conversion: interface {{}} is {got}, not {wanted}").into()
}

fn deep_copy(a: &Args) -> Result<Value, CallError> {
    if let Value::Nil = a.get(0) {
        return Err("reflect: call of reflect.Value.Type on zero Value".into());
    }
    copy(a.get(0), 0)
}

/// Nesting that is copied; what is deeper holds itself.
const MAX_DEPTH: usize = 500;

fn copy(value: &Value, depth: usize) -> Result<Value, CallError> {
    if depth > MAX_DEPTH {
        return Err("the value is nested too deeply to be copied".into());
    }
    Ok(match value {
        Value::Map(map) if map.is_nil() => value.clone(),
        Value::Map(map) => {
            let fields: Result<Vec<(Text, Value)>, CallError> =
                map.entries().into_iter().map(|(key, value)| Ok((key, copy(&value, depth + 1)?))).collect();
            Value::Map(Map::new(map.kind(), fields?))
        }
        Value::List(list) => {
            let items: Result<Vec<Value>, CallError> = list.items.iter().map(|item| copy(item, depth + 1)).collect();
            Value::List(Rc::new(List { kind: list.kind, nil: list.nil, items: items? }))
        }
        other => other.clone(),
    })
}

fn merge(rt: &mut Runtime<'_>, a: &mut Args, overwrite: bool) -> Result<Value, CallError> {
    let into = a.map(0);
    for i in 1..a.len() {
        merge_maps(rt, &into, &a.map(i), overwrite, 0)?;
    }
    Ok(into.into())
}

/// Merges as mergo does, with its rules for what is empty: without `overwrite` only what is missing or empty is filled.
fn merge_maps(
    rt: &mut Runtime<'_>,
    into: &Rc<Map>,
    from: &Rc<Map>,
    overwrite: bool,
    depth: usize,
) -> Result<(), CallError> {
    if depth > MAX_DEPTH {
        return Err("the dictionaries are nested too deeply to be merged".into());
    }
    rt.changed(into);
    let was_empty = into.is_empty();
    for (key, value) in from.entries() {
        rt.spend(1)?;
        let known = into.get(key.as_bytes());
        match value.kind() {
            Kind::Invalid => {
                if overwrite {
                    into.insert(key, value);
                }
                continue;
            }
            Kind::Map => {
                if let (Some(Value::Map(known)), Value::Map(value)) = (&known, &value) {
                    merge_maps(rt, known, value, overwrite, depth + 1)?;
                }
            }
            Kind::Slice if overwrite || was_empty || matches!(&known, None | Some(Value::Nil)) => {
                into.insert(key.clone(), value.clone());
            }
            _ => {}
        }
        if let Some(known) = &known
            && is_filled(known)
            && (value.kind() == Kind::Slice || (value.kind() == Kind::Map && known.kind() == Kind::Map))
        {
            continue;
        }
        if overwrite || !known.as_ref().is_some_and(is_filled) {
            into.insert(key, value);
        }
    }
    Ok(())
}

/// mergo's opposite of empty.
fn is_filled(value: &Value) -> bool {
    value.truth()
}
