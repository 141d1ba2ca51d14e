//! Writes that carry only what changed, so that what this version does not know survives.

use serde::Serialize;
use serde_json::{Map, Value};

/// The JSON merge patch (RFC 7386) that makes `before` into `after`; `None` if nothing changed.
///
/// Lists are replaced whole. Nulls inside free-form fields cannot be told from deletions: that is the form's limit. Use
/// [`patch`] where the object as the server holds it is at hand.
pub fn merge_patch<T: Serialize>(before: &T, after: &T) -> Option<Value> {
    diff(&to_value(before), &to_value(after))
}

/// Applies a JSON merge patch (RFC 7386) to `target`.
pub fn apply_merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let fields = target.as_object_mut().expect("because it was made an object just now");
    for (key, value) in patch {
        if value.is_null() {
            fields.remove(key);
        } else {
            apply_merge_patch(fields.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Carries the change from `before` to `after` over to `raw`, the object that `before` was read from.
///
/// Unknown fields stay, those of list items too as long as the item is told again: an item that did not change keeps its
/// raw form wherever it goes, one that changed is edited in its place. An object that `raw` lacks is written whole,
/// because the schema may require what did not change in it.
pub fn update<T: Serialize>(raw: &Value, before: &T, after: &T) -> Value {
    carry(raw, &to_value(before), &to_value(after))
}

/// The JSON merge patch (RFC 7386) from `raw` to what [`update`] makes of it; `None` if nothing changes.
pub fn patch<T: Serialize>(raw: &Value, before: &T, after: &T) -> Option<Value> {
    diff(raw, &update(raw, before, after))
}

fn to_value<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("because the types of this crate are objects with string keys")
}

fn diff(before: &Value, after: &Value) -> Option<Value> {
    if before == after {
        return None;
    }
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return Some(after.clone()) };
    let mut patch = Map::new();
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    for (key, value) in after {
        if let Some(change) = before.get(key).map_or_else(|| Some(value.clone()), |before| diff(before, value)) {
            patch.insert(key.clone(), change);
        }
    }
    Some(Value::Object(patch))
}

fn carry(raw: &Value, before: &Value, after: &Value) -> Value {
    if before == after {
        return raw.clone();
    }
    match (raw, before, after) {
        (Value::Object(raw), Value::Object(before), Value::Object(after)) => carry_object(raw, before, after).into(),
        (Value::Array(raw), Value::Array(before), Value::Array(after)) if raw.len() == before.len() => {
            carry_list(raw, before, after).into()
        }
        _ => after.clone(),
    }
}

fn carry_object(
    raw: &Map<String, Value>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Map<String, Value> {
    let mut result = raw.clone();
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        result.remove(key);
    }
    for (key, value) in after {
        let unchanged = before.get(key) == Some(value);
        match (raw.get(key), before.get(key)) {
            (Some(raw), Some(before)) => drop(result.insert(key.clone(), carry(raw, before, value))),
            _ if unchanged => {}
            _ => drop(result.insert(key.clone(), value.clone())),
        }
    }
    result
}

fn carry_list(raw: &[Value], before: &[Value], after: &[Value]) -> Vec<Value> {
    let mut taken = vec![false; before.len()];
    // Unchanged items first: they keep their raw form, nearest index preferred.
    let kept: Vec<Option<usize>> = after
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let same = |at: &usize| !taken[*at] && before[*at] == *item;
            let at =
                Some(index).filter(|at| *at < before.len()).filter(same).or_else(|| (0..before.len()).find(same))?;
            taken[at] = true;
            Some(at)
        })
        .collect();
    after
        .iter()
        .zip(kept)
        .enumerate()
        .map(|(index, (item, kept))| match kept {
            Some(at) => raw[at].clone(),
            None if taken.get(index) == Some(&false) => carry(&raw[index], &before[index], item),
            None => item.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
