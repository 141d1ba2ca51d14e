//! Hashes over what comparing and health read.

use std::hash::{DefaultHasher, Hash, Hasher};

use bowline_base_value::{Map, Value};
use bowline_core_types::Object;

/// Where leaders of old write that they are alive.
const LEADER: &str = "control-plane.alpha.kubernetes.io/leader";

/// A hash that starts from `seed`, which nobody outside knows: collisions cannot be made on purpose.
pub(crate) fn hasher(seed: u64) -> DefaultHasher {
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    hasher
}

/// Hashes what comparing reads of a live object: all of it but what the API server counts and dates by itself, and but the
/// status, unless that is compared too (`with_status`).
pub(crate) fn compared(object: &Object, with_status: bool, hasher: &mut DefaultHasher) {
    let Some(fields) = object.value().as_object() else { return };
    for (key, value) in fields.iter() {
        match key.as_ref() {
            "status" if !with_status => {}
            "metadata" => metadata(value, with_status, hasher),
            _ => field(key, value, hasher),
        }
    }
}

fn metadata(metadata: &Value, with_status: bool, hasher: &mut DefaultHasher) {
    for (key, value) in metadata.as_object().into_iter().flat_map(Map::iter) {
        match key.as_ref() {
            "resourceVersion" | "generation" | "selfLink" => {}
            "managedFields" => {
                for entry in value.as_array().unwrap_or_default() {
                    managed(entry, with_status, hasher);
                }
            }
            "annotations" => {
                for (key, value) in value.as_object().into_iter().flat_map(Map::iter) {
                    if key.as_ref() != LEADER {
                        field(key, value, hasher);
                    }
                }
            }
            _ => field(key, value, hasher),
        }
    }
}

/// One manager's entry. Its time changes with every write, also where nothing else does.
fn managed(entry: &Value, with_status: bool, hasher: &mut DefaultHasher) {
    if !with_status && entry.str_at(&["subresource"]) == Some("status") {
        return;
    }
    for (key, value) in entry.as_object().into_iter().flat_map(Map::iter) {
        if key.as_ref() != "time" {
            field(key, value, hasher);
        }
    }
}

fn field(key: &str, item: &Value, hasher: &mut DefaultHasher) {
    key.hash(hasher);
    value(item, hasher);
}

/// Hashes a value so that no two different values write the same bytes.
pub(crate) fn value(item: &Value, hasher: &mut DefaultHasher) {
    match item {
        Value::Null => hasher.write_u8(0),
        Value::Bool(b) => hasher.write_u8(1 + u8::from(*b)),
        Value::Int(i) => {
            hasher.write_u8(3);
            hasher.write_i64(*i);
        }
        Value::UInt(u) => {
            hasher.write_u8(4);
            hasher.write_u64(*u);
        }
        Value::Float(f) => {
            hasher.write_u8(5);
            hasher.write_u64(f.to_bits());
        }
        Value::String(s) => {
            hasher.write_u8(6);
            s.hash(hasher);
        }
        Value::Array(items) => {
            hasher.write_u8(7);
            hasher.write_usize(items.len());
            items.iter().for_each(|item| value(item, hasher));
        }
        Value::Object(map) => {
            hasher.write_u8(8);
            hasher.write_usize(map.len());
            map.iter().for_each(|(key, item)| field(key, item, hasher));
        }
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn check(json: &str, with_status: bool) -> u64 {
        let object = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
        let mut hasher = hasher(1);
        compared(&object, with_status, &mut hasher);
        hasher.finish()
    }

    fn deployment(version: &str, time: &str, replicas: u32, ready: u32, owned: &str) -> String {
        format!(
            r#"{{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"a","resourceVersion":"{version}","generation":{version},
            "managedFields":[{{"manager":"m","time":"{time}","fieldsV1":{{"{owned}":{{}}}}}},
            {{"manager":"s","subresource":"status","time":"{time}","fieldsV1":{{"f:{ready}":{{}}}}}}]}},
            "spec":{{"replicas":{replicas}}},"status":{{"readyReplicas":{ready}}}}}"#
        )
    }

    #[test]
    fn counts_dates_and_status_are_left_out_and_nothing_else() {
        let base = check(&deployment("1", "t", 1, 1, "f:spec"), false);
        assert_eq!(base, check(&deployment("2", "u", 1, 2, "f:spec"), false));
        assert_ne!(base, check(&deployment("1", "t", 2, 1, "f:spec"), false));
        assert_ne!(base, check(&deployment("1", "t", 1, 1, "f:other"), false));
        let with_status = check(&deployment("1", "t", 1, 1, "f:spec"), true);
        assert_ne!(with_status, check(&deployment("1", "t", 1, 2, "f:spec"), true));
        assert_eq!(with_status, check(&deployment("2", "u", 1, 1, "f:spec"), true));
    }
}
