//! A validator for the part of structural schemas that the definitions use. A field that the schema does not list is a
//! complaint too: the API server would drop it.

use serde_json::{Value, json};

use crate::Time;
use crate::schema::application_crd;

/// What is wrong with `value`, one line each.
pub fn complaints(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, value, "", &mut found);
    found
}

fn check(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let mut say = |what: &str| found.push(format!("{path}: {what}: {value}"));
    if schema["x-kubernetes-int-or-string"] == true {
        if !value.is_i64() && !value.is_string() {
            say("neither a number nor a string");
        }
        return;
    }
    let fits = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        None => schema["x-kubernetes-preserve-unknown-fields"] == true,
        Some(other) => panic!("{path}: the definitions have no type {other}"),
    };
    if !fits {
        return say(&format!("not of type {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        say("not one of the words");
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        if schema["minLength"].as_u64().is_some_and(|least| length < least) {
            say("too short");
        }
        if schema["maxLength"].as_u64().is_some_and(|most| length > most) {
            say("too long");
        }
        if schema["pattern"].is_string() && matches!(text, "" | "." | "/") {
            say("does not match the pattern");
        }
        if schema["format"] == "date-time" && text.parse::<Time>().is_err() {
            say("not a time");
        }
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            check(schema, item, &format!("{path}[{index}]"), found);
        }
    }
    let Some(object) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(name.as_str().unwrap_or_default()) {
            found.push(format!("{path}: lacks {name}"));
        }
    }
    for (name, item) in object {
        let path = format!("{path}.{name}");
        match schema["properties"].get(name).or_else(|| schema.get("additionalProperties")) {
            Some(schema) => check(schema, item, &path, found),
            None if schema["x-kubernetes-preserve-unknown-fields"] == true => {}
            // The root's metadata: only said to be an object.
            None if schema["properties"].is_null() => {}
            None => found.push(format!("{path}: unknown")),
        }
    }
}

#[test]
fn the_validator_complains() {
    let crd = application_crd();
    let root = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    let spec = |spec: Value| complaints(root, &json!({"metadata": {"anything": 1}, "spec": spec}));
    let with = |name: &str, value: Value| {
        let mut full = json!({"destination": {}, "project": ""});
        full[name] = value;
        spec(full)
    };
    let hydrator = |path: &str| {
        let dry = json!({"repoURL": "", "path": "", "targetRevision": ""});
        with("sourceHydrator", json!({"drySource": dry, "syncSource": {"targetBranch": "", "path": path}}))
    };
    assert_eq!(spec(json!({"destination": {}, "project": ""})), Vec::<String>::new());
    assert_eq!(spec(json!({"project": ""})), [".spec: lacks \"destination\""]);
    assert_eq!(with("new", json!(1)), [".spec.new: unknown"]);
    assert_eq!(with("revisionHistoryLimit", json!("1")).len(), 1);
    assert_eq!(with("source", json!({"repoURL": null})).len(), 1);
    assert_eq!(
        with("source", json!({"repoURL": "", "kustomize": {"replicas": [{"name": "", "count": true}]}})).len(),
        1
    );
    assert_eq!(with("source", json!({"repoURL": "", "helm": {"valuesObject": {"any": [null]}}})).len(), 0);
    assert_eq!(with("source", json!({"repoURL": "", "helm": {"valuesObject": []}})).len(), 1);
    assert_eq!(hydrator(".").len(), 1);
    assert_eq!(hydrator("").len(), 2);
    assert_eq!(hydrator("a").len(), 0);
}
