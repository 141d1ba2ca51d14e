//! Messages: each becomes an invocation of core/crd's macro, which makes its JSON and its protobuf encoding.

use std::fmt::Write;

use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor, Syntax, Value};

use crate::names::{comment, module, snake};

/// The Rust type of a message.
pub fn path(message: &MessageDescriptor) -> String {
    if message.full_name() == "google.protobuf.Empty" {
        return "crate::Empty".to_owned();
    }
    if crate::is_ours(&message.parent_file()) {
        return format!("crate::{}::{}", module(message.package_name()), message.name());
    }
    format!("bowline_core_crd::{}", message.name())
}

/// Whether a message has no struct of its own in Rust: free-form JSON is a JSON value there.
pub fn is_spoken(message: &MessageDescriptor) -> bool {
    ["FieldsV1", "JSON"].contains(&message.name())
}

/// The Rust of a message.
pub fn message(message: &MessageDescriptor) -> Result<String, String> {
    let file = message.parent_file();
    let doc = comment(&file, message.path())?;
    let mut fields = String::new();
    for field in message.fields() {
        let doc = comment(&file, field.path())?;
        let mode = if option(&field, "bowline.plain") { " required" } else { "" };
        fields.push_str(&format!(
            "        #[doc = {doc:?}]\n        [{} {:?}{mode}] {}: {},\n",
            field.number(),
            field.name(),
            snake(field.name()),
            kind(&field)?,
        ));
    }
    let (name, package) = (message.name(), message.package_name());
    let missing = missing(message);
    Ok(format!(
        "    bowline_core_crd::messages! {{\n    #[doc = {doc:?}]\n    pub struct {name} in {package:?} {{\n{fields}    }}\n    }}\n\
         impl crate::Complete for {name} {{\n{missing}}}\n"
    ))
}

/// Whether a field has an option that is a switch.
fn option(field: &FieldDescriptor, name: &str) -> bool {
    let options = field.options();
    if name == "bowline.plain" {
        let pool = field.parent_pool();
        let Some(extension) = pool.get_extension_by_name(name) else { return false };
        return options.has_extension(&extension) && options.get_extension(&extension).as_bool() == Some(true);
    }
    options.get_field_by_name(name).is_some_and(|value| value.as_bool() == Some(true))
}

/// The Rust type of a field. Presence counts for messages, for scalars of proto2 and inside a oneof.
fn kind(field: &FieldDescriptor) -> Result<String, String> {
    if field.is_map() {
        let Kind::Message(entry) = field.kind() else { return Err(format!("{}: a map of nothing", field.full_name())) };
        return Ok(format!("std::collections::BTreeMap<String, {}>", scalar(&entry.map_entry_value_field())?));
    }
    let one = scalar(field)?;
    let presence = field.parent_file().syntax() == Syntax::Proto2 || field.supports_presence();
    Ok(match field.cardinality() {
        Cardinality::Repeated => format!("Vec<{one}>"),
        _ if option(field, "bowline.plain") || !presence => one,
        _ => format!("Option<{one}>"),
    })
}

fn scalar(field: &FieldDescriptor) -> Result<String, String> {
    Ok(match field.kind() {
        Kind::String if option(field, "debug_redact") => "bowline_core_crd::Confidential".to_owned(),
        Kind::String => "String".to_owned(),
        Kind::Bool => "bool".to_owned(),
        Kind::Int32 | Kind::Enum(_) => "i32".to_owned(),
        Kind::Int64 => "i64".to_owned(),
        Kind::Bytes => "bowline_core_crd::Bytes".to_owned(),
        Kind::Message(message) => path(&message),
        other => return Err(format!("{}: no field of type {other:?} is known", field.full_name())),
    })
}

/// Whether the message, or one in it, has fields that must be there.
fn can_miss(message: &MessageDescriptor) -> bool {
    crate::is_ours(&message.parent_file())
        && message.fields().any(|field| {
            field.is_required() || matches!(field.kind(), Kind::Message(inner) if !field.is_map() && can_miss(&inner))
        })
}

/// The body of the impl that finds a required field that is not there.
fn missing(message: &MessageDescriptor) -> String {
    if !can_miss(message) {
        return String::new();
    }
    let mut body = String::new();
    for field in message.fields() {
        let rust = snake(field.name());
        if field.is_required() {
            let _ = writeln!(body, "if self.{rust}.is_none() {{ return Some({:?}); }}", field.name());
        }
        if matches!(field.kind(), Kind::Message(inner) if !field.is_map() && can_miss(&inner)) {
            let _ = writeln!(
                body,
                "if let Some(name) = self.{rust}.iter().find_map(crate::Complete::missing) {{ return Some(name); }}"
            );
        }
    }
    format!("fn missing(&self) -> Option<&'static str> {{\n{body}None\n}}\n")
}

/// A text that an option of an option holds.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
