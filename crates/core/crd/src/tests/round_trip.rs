//! Properties of all three resources.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::generate::Generator;
use super::validate::complaints;
use crate::schema::{application_crd, applicationset_crd, appproject_crd};
use crate::{AppProject, Application, ApplicationSet, Resource, patch};

/// The lists and maps, texts and numbers of `wanted` that `found` does not have.
fn lost(wanted: &Value, found: &Value, path: &str, out: &mut Vec<String>) {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            for (key, value) in wanted {
                lost(value, found.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"), out);
            }
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                lost(wanted, found, &format!("{path}[{index}]"), out);
            }
        }
        _ if wanted == found => {}
        // The one struct that is left out when it is empty.
        _ if path.ends_with(".directory.jsonnet") && *wanted == json!({}) => {}
        _ => out.push(format!("{path}: {wanted} became {found}")),
    }
}

/// The same object with `null` for each field that is absent, and with fields that nobody knows.
fn with_nulls(schema: &Value, value: &Value) -> Value {
    match (value, schema["properties"].as_object()) {
        (Value::Object(fields), Some(properties)) => {
            let mut result: Map<String, Value> = properties.keys().map(|name| (name.clone(), Value::Null)).collect();
            for (name, value) in fields {
                result.insert(name.clone(), with_nulls(&properties[name], value));
            }
            result.insert("unheardOf".to_owned(), json!({"deep": [1, {"er": null}]}));
            result.into()
        }
        (Value::Array(items), None) => items.iter().map(|item| with_nulls(&schema["items"], item)).collect(),
        _ => value.clone(),
    }
}

fn check<T: Resource + std::fmt::Debug>(crd: &Value, seed: u64, density: u64) {
    let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    let mut generator = Generator::new(seed, density, 2);
    let raw = generator.object(crd);
    assert_eq!(complaints(schema, &raw), Vec::<String>::new(), "the generator follows the schema");

    let read: T = serde_json::from_value(raw.clone()).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    let mut missing = Vec::new();
    lost(&raw, &written, "", &mut missing);
    assert_eq!(missing, Vec::<String>::new(), "writing loses nothing");
    assert_eq!(serde_json::from_value::<T>(written.clone()).unwrap(), read, "what is written reads the same");
    assert_eq!(serde_json::from_str::<T>(&written.to_string()).unwrap(), read, "as text too");
    assert_eq!(complaints(schema, &written), Vec::<String>::new(), "the schema accepts what is written");

    let tolerant = with_nulls(schema, &raw);
    let mut again: T = serde_json::from_value(tolerant.clone()).unwrap();
    assert_eq!(again, read, "null is absent, the unknown is skipped");

    // Another object laid over the same raw text: all that it says arrives, and what nobody knows stays.
    let other = generator.object(crd);
    let after: T = serde_json::from_value(other).unwrap();
    let updated = patch::update(&tolerant, &read, &after);
    assert_eq!(serde_json::from_value::<T>(updated.clone()).unwrap(), after);
    assert_eq!(updated["unheardOf"], tolerant["unheardOf"]);
    assert_eq!(updated["spec"]["unheardOf"], tolerant["spec"]["unheardOf"]);
    again.metadata_mut().labels.clear();
    let change = patch::patch(&tolerant, &read, &again);
    assert_eq!(change, Some(json!({"metadata": {"labels": null}})), "a write carries only what changed");
    assert_eq!(patch::patch(&tolerant, &read, &read), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn applications_survive(seed: u64, density in 0..100_u64) {
        check::<Application>(&application_crd(), seed, density);
    }

    #[test]
    fn projects_survive(seed: u64, density in 0..100_u64) {
        check::<AppProject>(&appproject_crd(), seed, density);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn application_sets_survive(seed: u64, density in 0..40_u64) {
        check::<ApplicationSet>(&applicationset_crd(), seed, density);
    }
}

#[test]
fn full_objects_survive() {
    check::<Application>(&application_crd(), 1, 100);
    check::<AppProject>(&appproject_crd(), 1, 100);
}
