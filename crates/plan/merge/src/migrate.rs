//! The move of fields that a client-side apply wrote to the manager that applies server-side.
//!
//! A field that left Git is removed by a server-side apply only if the applying manager held it. What `kubectl apply`, or
//! Argo CD's client-side apply, wrote is held by an `Update` entry, so without the move such fields would stay for ever.

use bowline_base_value::{Map, Value};
use bowline_core_types::{Object, annotation};

use crate::managed_fields::{ManagedFields, Operation};
use crate::{Entry, FieldSetError};

/// Managers of client-side applies whose fields are taken over: `kubectl apply`'s, and Argo CD's own.
pub const LEGACY_MANAGERS: [&str; 2] = ["kubectl-client-side-apply", annotation::FIELD_MANAGER];

fn is_legacy(entry: &Entry, legacy: &[&str]) -> bool {
    entry.operation == Operation::Update && entry.subresource.is_empty() && legacy.contains(&entry.manager.as_str())
}

/// Whether `live` has fields that [`migrate`] would move.
pub fn needs_migration(live: &Object, legacy: &[&str]) -> bool {
    let Some(list) = live.value().get_path(&["metadata", "managedFields"]).and_then(Value::as_array) else {
        return false;
    };
    list.iter().any(|entry| {
        entry.str_at(&["operation"]) == Some("Update")
            && entry.str_at(&["subresource"]).unwrap_or_default().is_empty()
            && entry.str_at(&["manager"]).is_some_and(|manager| legacy.contains(&manager))
    })
}

/// The JSON patch (RFC 6902) that gives the fields of `legacy` managers to `manager` as if it had applied them; `None` where
/// there is nothing to move. It holds the resource version, so that it applies to this state of the object or not at all.
pub fn migrate(live: &Object, legacy: &[&str], manager: &str) -> Result<Option<Value>, FieldSetError> {
    let mut managed = ManagedFields::of(live)?;
    let (moved, mut kept): (Vec<Entry>, Vec<Entry>) =
        managed.entries.into_iter().partition(|entry| is_legacy(entry, legacy));
    if moved.is_empty() {
        return Ok(None);
    }
    // One apply entry per manager: fields written in another version than its own cannot join it; the newest decides.
    let ours = |e: &Entry| e.manager == manager && e.operation == Operation::Apply && e.subresource.is_empty();
    let target = match kept.iter().position(ours) {
        Some(i) => i,
        None => {
            let newest = moved.iter().max_by(|a, b| a.time.cmp(&b.time)).expect("because moved is not empty");
            kept.push(Entry { manager: manager.to_string(), operation: Operation::Apply, ..newest.clone() });
            kept.len() - 1
        }
    };
    let target = &mut kept[target];
    for entry in moved.iter().filter(|entry| entry.api_version == target.api_version) {
        target.fields.union(&entry.fields);
    }
    managed = ManagedFields { entries: kept };
    let replace = |path: &str, value: Value| -> Value {
        let fields: Map =
            [("op", Value::from("replace")), ("path", Value::from(path)), ("value", value)].into_iter().collect();
        fields.into()
    };
    let patch = [
        replace("/metadata/managedFields", managed.to_value()),
        replace("/metadata/resourceVersion", live.resource_version().into()),
    ];
    Ok(Some(patch.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};

    use super::*;

    fn check(managed: &str, want: Option<&str>) {
        let json = format!(
            r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"resourceVersion":"7","managedFields":{managed}}}}}"#
        );
        let live = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
        let patch = migrate(&live, &LEGACY_MANAGERS, "argocd-controller").unwrap();
        assert_eq!(needs_migration(&live, &LEGACY_MANAGERS), patch.is_some());
        let entries = patch.map(|patch| {
            assert_eq!(patch.pointer("/1/value").and_then(Value::as_str), Some("7"));
            to_json(patch.pointer("/0/value").unwrap(), false)
        });
        assert_eq!(entries.as_deref(), want);
    }

    #[test]
    fn a_client_side_apply_becomes_ours() {
        check(
            r#"[{"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{}}}}]"#,
            Some(
                r#"[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{}}},"manager":"argocd-controller","operation":"Apply","time":"2026-01-01T00:00:00Z"}]"#,
            ),
        );
    }

    #[test]
    fn it_joins_what_we_applied_and_leaves_others_alone() {
        check(
            r#"[{"manager":"argocd-controller","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:data":{"f:b":{}}}},
                {"manager":"argocd-controller","operation":"Update","apiVersion":"v1","fieldsV1":{"f:data":{"f:a":{}}}},
                {"manager":"kubectl-edit","operation":"Update","apiVersion":"v1","fieldsV1":{"f:data":{"f:c":{}}}}]"#,
            Some(
                r#"[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{},"f:b":{}}},"manager":"argocd-controller","operation":"Apply"},{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:c":{}}},"manager":"kubectl-edit","operation":"Update"}]"#,
            ),
        );
        check(
            r#"[{"manager":"argocd-controller","operation":"Apply","apiVersion":"v1","fieldsV1":{}},
                {"manager":"kubectl-client-side-apply","operation":"Update","subresource":"status","apiVersion":"v1","fieldsV1":{}}]"#,
            None,
        );
    }
}
