//! What is wrong with a value, in the words that Helm's validator has.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;

/// One line: `- at '/path': what`.
pub(super) fn text(error: &ValidationError<'_>) -> String {
    format!("- at '{}': {}", error.instance_path(), what(error))
}

fn what(error: &ValidationError<'_>) -> String {
    let instance = error.instance();
    match error.kind() {
        Kind::Type { .. } => {
            // The crate's words name the wanted types; the value's own type is put before them.
            let wanted = error.to_string();
            let wanted = wanted
                .rsplit(" is not of type")
                .next()
                .map(|rest| rest.trim_start_matches('s').trim())
                .unwrap_or_default();
            let wanted = wanted.trim_start_matches("s ").replace('"', "").replace(", ", " or ");
            format!("got {}, want {wanted}", type_of(instance))
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            format!("missing property '{name}'")
        }
        Kind::AdditionalProperties { unexpected } => {
            let names: Vec<String> = unexpected.iter().map(|name| format!("'{name}'")).collect();
            format!("additional properties {} not allowed", names.join(", "))
        }
        Kind::Enum { options } => {
            let shown: Vec<String> = options.as_array().map(|all| all.iter().map(show).collect()).unwrap_or_default();
            match shown.as_slice() {
                [one] => format!("value must be {one}"),
                all => format!("value must be one of {}", all.join(", ")),
            }
        }
        Kind::Constant { expected_value } => format!("value must be {}", show(expected_value)),
        Kind::Minimum { limit } => format!("minimum: got {}, want {}", number(instance), number(limit)),
        Kind::Maximum { limit } => format!("maximum: got {}, want {}", number(instance), number(limit)),
        Kind::ExclusiveMinimum { limit } => {
            format!("exclusiveMinimum: got {}, want {}", number(instance), number(limit))
        }
        Kind::ExclusiveMaximum { limit } => {
            format!("exclusiveMaximum: got {}, want {}", number(instance), number(limit))
        }
        Kind::MultipleOf { multiple_of } => format!("multipleOf: got {}, want {multiple_of}", number(instance)),
        Kind::MinLength { limit } => format!("minLength: got {}, want {limit}", length(instance)),
        Kind::MaxLength { limit } => format!("maxLength: got {}, want {limit}", length(instance)),
        Kind::MinItems { limit } => format!("minItems: got {}, want {limit}", length(instance)),
        Kind::MaxItems { limit } => format!("maxItems: got {}, want {limit}", length(instance)),
        Kind::MinProperties { limit } => format!("minProperties: got {}, want {limit}", length(instance)),
        Kind::MaxProperties { limit } => format!("maxProperties: got {}, want {limit}", length(instance)),
        Kind::Pattern { pattern } => format!("{} does not match pattern '{pattern}'", show(instance)),
        Kind::Format { format } => format!("{} is not valid {format}", show(instance)),
        Kind::UniqueItems => {
            let items = instance.as_array().map(Vec::as_slice).unwrap_or_default();
            let twice =
                (0..items.len()).find_map(|j| items[..j].iter().position(|item| *item == items[j]).map(|i| (i, j)));
            let (i, j) = twice.unwrap_or_default();
            format!("items at {i} and {j} are equal")
        }
        Kind::FalseSchema => "false schema".to_string(),
        Kind::AnyOf { .. } => "'anyOf' failed".to_string(),
        Kind::OneOfNotValid { .. } => "'oneOf' failed, none matched".to_string(),
        Kind::OneOfMultipleValid { .. } => "'oneOf' failed, more than one matched".to_string(),
        Kind::Not { .. } => "'not' failed".to_string(),
        _ => error.to_string(),
    }
}

fn type_of(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    }
}

fn show(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

fn number(value: &serde_json::Value) -> String {
    match value.as_f64() {
        Some(f) if f.fract() == 0.0 && f.abs() < 1e15 => format!("{f}"),
        Some(f) => f.to_string(),
        None => value.to_string(),
    }
}

fn length(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::String(text) => text.chars().count(),
        serde_json::Value::Array(items) => items.len(),
        serde_json::Value::Object(fields) => fields.len(),
        _ => 0,
    }
}
