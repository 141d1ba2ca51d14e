//! Typed reads of an object's fields: absent and null fields have Go's zero values, fields of another type are errors.

use bowline_base_value::Value;
use bowline_core_types::Object;

/// A field that does not hold what its kind says it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Another type than the kind's schema has there.
    #[error("{path} must be {expected}, this is {found}")]
    Type {
        /// The field, dotted.
        path: String,
        /// What the schema has.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A version of a kind that the rule does not know.
    #[error("unsupported {kind} GVK: {api_version}, Kind={kind}")]
    Version {
        /// The kind.
        kind: String,
        /// Its `apiVersion`.
        api_version: String,
    },
    /// An annotation that holds a document which cannot be read.
    #[error("failed to convert conditions annotation to typed: {0}")]
    Annotation(String),
}

/// One condition of an object's status.
pub(crate) struct Condition<'a> {
    pub kind: &'a str,
    pub status: &'a str,
    pub reason: &'a str,
    pub message: &'a str,
}

/// Refuses other versions of a kind than `versions`.
pub(crate) fn known_version(object: &Object, versions: &[&str]) -> Result<(), FieldError> {
    if versions.contains(&object.api_version()) {
        return Ok(());
    }
    Err(FieldError::Version { kind: object.kind().to_string(), api_version: object.api_version().to_string() })
}

/// The value under a chain of fields; a null or missing field on the way is `None`, anything else but an object an error.
pub(crate) fn at<'a>(value: &'a Value, path: &[&str]) -> Result<Option<&'a Value>, FieldError> {
    let mut value = value;
    for (i, key) in path.iter().enumerate() {
        match value {
            Value::Null => return Ok(None),
            Value::Object(fields) => match fields.get(key) {
                Some(next) => value = next,
                None => return Ok(None),
            },
            other => return Err(wrong(&path[..i], "an object", other)),
        }
    }
    Ok(Some(value).filter(|v| !v.is_null()))
}

/// A string; empty where it is absent.
pub(crate) fn text<'a>(value: &'a Value, path: &[&str]) -> Result<&'a str, FieldError> {
    match at(value, path)? {
        None => Ok(""),
        Some(found) => found.as_str().ok_or_else(|| wrong(path, "a string", found)),
    }
}

/// An integer, where it is there.
pub(crate) fn optional_int(value: &Value, path: &[&str]) -> Result<Option<i64>, FieldError> {
    match at(value, path)? {
        None => Ok(None),
        Some(found) => found.as_i64().map(Some).ok_or_else(|| wrong(path, "an integer", found)),
    }
}

/// An integer; 0 where it is absent.
pub(crate) fn int(value: &Value, path: &[&str]) -> Result<i64, FieldError> {
    Ok(optional_int(value, path)?.unwrap_or(0))
}

/// A boolean; false where it is absent.
pub(crate) fn boolean(value: &Value, path: &[&str]) -> Result<bool, FieldError> {
    match at(value, path)? {
        None => Ok(false),
        Some(found) => found.as_bool().ok_or_else(|| wrong(path, "a boolean", found)),
    }
}

/// A list; empty where it is absent.
pub(crate) fn list<'a>(value: &'a Value, path: &[&str]) -> Result<&'a [Value], FieldError> {
    match at(value, path)? {
        None => Ok(&[]),
        Some(found) => found.as_array().ok_or_else(|| wrong(path, "a list", found)),
    }
}

/// `status.conditions`, in their order.
pub(crate) fn conditions(object: &Object) -> Result<Vec<Condition<'_>>, FieldError> {
    let items = list(object.value(), &["status", "conditions"])?;
    items
        .iter()
        .map(|item| {
            Ok(Condition {
                kind: text(item, &["type"])?,
                status: text(item, &["status"])?,
                reason: text(item, &["reason"])?,
                message: text(item, &["message"])?,
            })
        })
        .collect()
}

fn wrong(path: &[&str], expected: &'static str, found: &Value) -> FieldError {
    FieldError::Type { path: path.join("."), expected, found: found.type_name() }
}
