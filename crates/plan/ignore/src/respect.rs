//! `RespectIgnoreDifferences`.

use bowline_base_value::{Map, Str, Value};
use bowline_core_types::Object;
use bowline_plan_diff::Ignored as _;
use bowline_plan_merge::{ManagedFields, Owned};

use crate::IgnoreRules;

/// What our own annotations begin with.
const OURS: &str = "argocd.argoproj.io/";

/// The desired object with the live values of ignored fields, so that applying it leaves them: those that pointers and expressions
/// name, and those that both sides have and a trusted manager holds. A status is never taken over.
pub fn respect(desired: &Object, live: &Object, rules: &IgnoreRules) -> Object {
    let mut without = desired.value().clone();
    rules.remove(desired, &mut without);
    let mut live_without = live.value().clone();
    rules.remove(live, &mut live_without);
    let trusted = rules.managers(live);
    // Managed fields that cannot be read name nobody whom we could trust.
    if let Ok(managed) = ManagedFields::of(live) {
        let held = managed.fields(|entry| trusted.contains(&entry.manager));
        leave_out(&mut live_without, desired.value(), held.root(), &[]);
    }
    let merged = merge(Some(desired.value()), Some(&without), Some(live.value()), Some(&live_without));
    let mut merged = merged.unwrap_or_else(|| desired.value().clone());
    if let Some(fields) = merged.as_object_mut() {
        match desired.value().get("status") {
            Some(status) => fields.insert("status", status.clone()),
            None => fields.remove("status"),
        };
    }
    Object::new(merged).unwrap_or_else(|_| desired.clone())
}

/// Takes out of `live` what is held, as far as `desired` has it too. The keys of a list's item stay: they say which item it is.
fn leave_out(live: &mut Value, desired: &Value, held: Owned<'_>, keys: &[Str]) {
    let divided = |held: Owned<'_>| held.node().is_some_and(|node| node.children().next().is_some());
    match (live, desired) {
        (Value::Object(live), Value::Object(desired)) => {
            let live = std::sync::Arc::make_mut(live);
            // What marks the object as the application's is ours, whoever wrote it.
            let names = desired.iter().filter(|(name, _)| !keys.contains(name) && !name.starts_with(OURS));
            for (name, desired) in names {
                let held = held.field(name);
                if divided(held) {
                    if let Some(live) = live.get_mut(name) {
                        leave_out(live, desired, held, &[]);
                    }
                } else if held.is_owned() {
                    live.remove(name);
                }
            }
        }
        (Value::Array(live), Value::Array(desired)) => {
            let Some(keys) = held.node().and_then(bowline_plan_merge::FieldSet::list_keys) else { return };
            let same = |a: &Value, b: &Value| keys.iter().all(|key| a.get(key) == b.get(key));
            for item in std::sync::Arc::make_mut(live) {
                let held = held.item(item, &keys);
                if let Some(desired) = desired.iter().find(|other| same(other, item)).filter(|_| divided(held)) {
                    leave_out(item, desired, held, &keys);
                }
            }
        }
        _ => {}
    }
}

/// What of `desired` stays, with what the rules took out of `live` put in its place. A field is ignored where the rules took
/// it out of either side.
fn merge(
    desired: Option<&Value>,
    desired_left: Option<&Value>,
    live: Option<&Value>,
    live_left: Option<&Value>,
) -> Option<Value> {
    let taken = |whole: Option<&Value>, left: Option<&Value>| whole.is_some() && left.is_none();
    if taken(desired, desired_left) || taken(live, live_left) {
        // Ignored: what is live stays; what is only desired is given once, when the object is made.
        return live.or(desired).cloned();
    }
    match (desired, live) {
        (Some(Value::Object(d)), Some(Value::Object(l))) => {
            let left = |side: Option<&Value>| side.and_then(Value::as_object).cloned().unwrap_or_default();
            let (d_left, l_left) = (left(desired_left), left(live_left));
            let names = d.keys().chain(l.keys().filter(|k| !d.contains_key(k) && !l_left.contains_key(k)));
            let fields = names.filter_map(|name| {
                let value = merge(d.get(name), d_left.get(name), l.get(name), l_left.get(name))?;
                Some((name.clone(), value))
            });
            Some(Value::from(fields.collect::<Map>()))
        }
        (Some(Value::Array(d)), Some(Value::Array(l))) => {
            let left = |side: Option<&Value>| side.and_then(Value::as_array).map(<[Value]>::to_vec).unwrap_or_default();
            let (d_left, l_left) = (left(desired_left), left(live_left));
            if d_left.len() != d.len() || l_left.len() != l.len() {
                // Whole items are ignored: the list is left as it is.
                return Some(Value::Array(l.clone()));
            }
            let items = d.iter().enumerate().map(|(i, item)| {
                let j = counterpart(item, l, i);
                let live = j.and_then(|j| l.get(j));
                merge(Some(item), d_left.get(i), live, j.and_then(|j| l_left.get(j))).unwrap_or_else(|| item.clone())
            });
            Some(items.collect())
        }
        _ => desired.cloned(),
    }
}

/// The live item of the same name, where items have names; else the one at the same place.
fn counterpart(item: &Value, live: &[Value], place: usize) -> Option<usize> {
    match item.get("name") {
        Some(name) => live.iter().position(|other| other.get("name") == Some(name)),
        None => (place < live.len()).then_some(place),
    }
}
