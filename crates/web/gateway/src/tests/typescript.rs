use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::bench;
use crate::swagger;

/// `Application` for `v1alpha1Application`, `V1ObjectMeta` for `v1ObjectMeta`.
fn name(definition: &str) -> String {
    let rest = definition.strip_prefix("v1alpha1").unwrap_or(definition);
    let mut letters = rest.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn type_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return name(reference.rsplit('/').next().unwrap());
    }
    match schema["type"].as_str() {
        Some("string") => "string".to_owned(),
        Some("integer" | "number") => "number".to_owned(),
        Some("boolean") => "boolean".to_owned(),
        Some("array") => format!("Array<{}>", type_of(&schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("Record<string, {}>", type_of(&schema["additionalProperties"]))
        }
        Some("object") => "Record<string, unknown>".to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// The messages as TypeScript says them, for the web UI.
fn typescript(document: &Value) -> String {
    let mut text =
        "// @generated from the API's description: BOWLINE_BLESS=1 cargo test -p bowline-web-gateway\n".to_owned();
    for (definition, schema) in document["definitions"].as_object().unwrap() {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let Some(properties) = schema["properties"].as_object() else {
            writeln!(text, "\nexport type {} = {}", name(definition), type_of(schema)).unwrap();
            continue;
        };
        writeln!(text, "\nexport interface {} {{", name(definition)).unwrap();
        for (property, schema) in properties {
            if let Some(doc) = schema["description"].as_str().filter(|doc| !doc.is_empty()) {
                writeln!(text, "  /** {} */", doc.replace("*/", "* /").replace('\n', " ")).unwrap();
            }
            let optional = if required.contains(&property.as_str()) { "" } else { "?" };
            let plain = property.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
            let key = if plain { property.clone() } else { format!("{property:?}") };
            writeln!(text, "  {key}{optional}: {}", type_of(schema)).unwrap();
        }
        text.push_str("}\n");
    }
    text
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it compares with, and writes, a file of the source tree")]
fn types_of_the_web_ui_are_generated() {
    let text = typescript(&swagger(&bench().api));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/api/contract.ts");
    if std::env::var("BOWLINE_BLESS").is_ok_and(|bless| bless == "1") {
        std::fs::write(&path, &text).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == stored,
        "{} is not what the API says; write it anew: BOWLINE_BLESS=1 cargo test -p bowline-web-gateway",
        path.display()
    );
}
