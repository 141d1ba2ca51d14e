//! The CustomResourceDefinitions of the three resources.

use serde_json::{Value, json};

use crate::application::Application;
use crate::applicationset::ApplicationSet;
use crate::project::AppProject;
use crate::wire::Resource;
use crate::{GROUP, VERSION};

/// The definition of `Application`. It has no status subresource: status is written with the object.
pub fn application_crd() -> Value {
    let columns = json!([
        {"name": "Sync Status", "type": "string", "jsonPath": ".status.sync.status"},
        {"name": "Health Status", "type": "string", "jsonPath": ".status.health.status"},
        {"name": "Revision", "type": "string", "jsonPath": ".status.sync.revision", "priority": 10},
        {"name": "Project", "type": "string", "jsonPath": ".spec.project", "priority": 10},
    ]);
    crd::<Application>(
        "application",
        &["app", "apps"],
        json!({"additionalPrinterColumns": columns, "subresources": {}}),
    )
}

/// The definition of `AppProject`.
pub fn appproject_crd() -> Value {
    crd::<AppProject>("appproject", &["appproj", "appprojs"], json!({}))
}

/// The definition of `ApplicationSet`. It is large: apply it server-side, no annotation could hold it. A generator's
/// template is that of the spec again, dozens of times; only there is it described.
pub fn applicationset_crd() -> Value {
    let mut crd =
        crd::<ApplicationSet>("applicationset", &["appset", "appsets"], json!({"subresources": {"status": {}}}));
    let schema = &mut crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    for generator in properties(&mut schema["properties"]["spec"]["properties"]["generators"]["items"]) {
        undescribe_templates(generator);
    }
    crd
}

fn properties(schema: &mut Value) -> impl Iterator<Item = &mut Value> {
    schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(|map| map.values_mut())
}

fn undescribe_templates(generator: &mut Value) {
    if let Some(template) = generator.pointer_mut("/properties/template") {
        properties(template).for_each(undescribe);
    }
    if let Some(nested) = generator.pointer_mut("/properties/generators/items") {
        properties(nested).for_each(undescribe_templates);
    }
}

fn undescribe(schema: &mut Value) {
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("description");
    }
    properties(schema).for_each(undescribe);
    for inner in ["items", "additionalProperties"] {
        schema.get_mut(inner).into_iter().for_each(undescribe);
    }
}

fn crd<T: Resource>(singular: &str, short: &[&str], version: Value) -> Value {
    let mut schema = Value::Object(T::schema());
    // Of the root's metadata a schema may only say that it is an object; the server knows the rest.
    schema["properties"]["metadata"] = json!({"type": "object"});
    let mut stored = json!({
        "name": VERSION,
        "served": true,
        "storage": true,
        "schema": {"openAPIV3Schema": schema},
    });
    crate::patch::apply_merge_patch(&mut stored, &version);
    let name = format!("{}.{GROUP}", T::PLURAL);
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": name,
            "labels": {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "argocd"},
        },
        "spec": {
            "group": GROUP,
            "names": {
                "kind": T::KIND,
                "listKind": format!("{}List", T::KIND),
                "plural": T::PLURAL,
                "singular": singular,
                "shortNames": short,
            },
            "scope": "Namespaced",
            "versions": [stored],
        },
    })
}
