//! [`act`]: what an action on an object comes to, done.

use bowline_base_value::Value;
use bowline_core_ports::{ApplyOptions, Cluster, ClusterError, ClusterErrorKind, FieldValidation, Write};
use bowline_core_types::{Object, is_secret};
use bowline_live_actions::{Change, merge_patch, split_status};

/// Does what an action on `source`, as the cluster holds it, comes to. Whatever is to be made is asked about before anything is done.
///
/// A change of the status goes to the status of the object where the kind has one of its own, and the rest to the object.
pub async fn act(cluster: &dyn Cluster, source: &Object, changes: &[Change]) -> Result<(), ClusterError> {
    if is_secret(source) {
        keep_secret(source, changes)?;
    }
    let made = |dry_run| ApplyOptions {
        write: Write::Create,
        validation: FieldValidation::Warn,
        dry_run,
        ..ApplyOptions::default()
    };
    for change in changes {
        if let Change::Create(object) = change {
            cluster.apply(object, &made(true)).await?;
        }
    }
    for change in changes {
        match change {
            Change::Create(object) => {
                cluster.apply(object, &made(false)).await?;
            }
            Change::Patch(after) => patch(cluster, source, after).await?,
        }
    }
    Ok(())
}

async fn patch(cluster: &dyn Cluster, before: &Object, after: &Object) -> Result<(), ClusterError> {
    let Some(patch) = merge_patch(before.value(), after.value()) else { return Ok(()) };
    let (gvk, key) = (before.gvk(), before.key());
    let (status, mut rest) = split_status(&patch);
    if let Some(status) = status {
        match cluster.patch_status(&gvk, &key, &status).await {
            Ok(_) => {}
            // Its status is a field like any other.
            Err(error) if error.kind == ClusterErrorKind::NotFound => rest = Some(patch),
            Err(error) => return Err(error),
        }
    }
    if let Some(rest) = rest {
        cluster.patch(&gvk, &key, &rest, false).await?;
    }
    Ok(())
}

/// What a Secret holds is known here as digests alone: an action that writes such data anywhere would write those.
fn keep_secret(source: &Object, changes: &[Change]) -> Result<(), ClusterError> {
    let held = |object: &Object| ["data", "stringData"].map(|field| object.value().get(field).cloned());
    let digests: Vec<&str> = ["data", "stringData"]
        .iter()
        .filter_map(|field| source.value().get(field)?.as_object())
        .flat_map(|fields| fields.values().filter_map(Value::as_str))
        .collect();
    let writes = changes.iter().any(|change| match change {
        Change::Patch(after) => held(after) != held(source),
        Change::Create(object) => holds_any(object.value(), &digests),
    });
    match writes {
        true => {
            let why = "what a Secret holds is not given to actions: they can change its metadata alone";
            Err(ClusterError::new(ClusterErrorKind::Invalid, why))
        }
        false => Ok(()),
    }
}

fn holds_any(value: &Value, texts: &[&str]) -> bool {
    match value {
        Value::String(text) => texts.iter().any(|held| text.contains(held)),
        Value::Array(items) => items.iter().any(|item| holds_any(item, texts)),
        Value::Object(fields) => fields.values().any(|field| holds_any(field, texts)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn object(json: &str) -> Object {
        Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn what_a_secret_holds_stays_in_it() {
        let secret = object(r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"a":"digest-1"}}"#);
        let change = |json: &str| Change::Patch(object(json));
        let labelled = change(
            r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","labels":{"x":"y"}},"data":{"a":"digest-1"}}"#,
        );
        let other = change(r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"a":"b"}}"#);
        let copy = |text: &str| {
            let json = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"TEXT"}}"#;
            Change::Create(object(&json.replace("TEXT", text)))
        };
        assert!(keep_secret(&secret, &[labelled, copy("plain")]).is_ok());
        assert!(keep_secret(&secret, &[other]).is_err());
        assert!(keep_secret(&secret, &[copy("a digest-1 b")]).is_err());
    }
}
