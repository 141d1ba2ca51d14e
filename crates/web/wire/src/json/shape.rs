//! The types of messages as the table of messages tells them, to look at JSON without the Rust types.

use std::collections::HashMap;

use bowline_core_crd::MessageTable;

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// True or false.
    Bool,
    /// A whole number; of 32 bits if true, else of 64.
    Number(bool),
    /// Bytes: base64 in JSON.
    Bytes,
    /// A point in time: a text in RFC 3339.
    Time,
    /// A 32-bit number or a text.
    NumberOrText,
    /// Anything.
    Any,
    /// A list.
    List(Box<Shape>),
    /// A map with texts for keys.
    Map(Box<Shape>),
    /// A message.
    Message(String),
}

/// A field of a message.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) json: &'static str,
    pub(crate) proto: &'static str,
    /// The fields of the value stand in the message itself.
    pub(crate) inline: bool,
    pub(crate) shape: Shape,
}

/// The types of messages.
#[derive(Debug, Default)]
pub struct Shapes {
    messages: HashMap<String, Vec<Field>>,
}

impl Shapes {
    /// The types that a table holds.
    pub fn new(table: &MessageTable) -> Shapes {
        let messages = table.iter().map(|(name, fields)| {
            let fields = fields.iter().map(|field| Field {
                json: field.json,
                proto: field.proto,
                inline: field.inline,
                shape: shape(&field.type_name),
            });
            ((*name).to_owned(), fields.collect())
        });
        Shapes { messages: messages.collect() }
    }

    /// The type of a field, by its name in JSON or protobuf.
    pub fn shape_of(&self, message: &str, field: &str) -> Option<Shape> {
        self.field(message, field).map(|(_, field)| field.shape.clone())
    }

    /// The field of `message` that JSON or protobuf calls `name`; exact, else without regard to case, as Go does. Also
    /// the inlined fields on the way to it, outermost first, by the names of their types.
    pub(crate) fn field(&self, message: &str, name: &str) -> Option<(Vec<&str>, &Field)> {
        self.find(message, &|field| field.json == name || field.proto == name)
            .or_else(|| self.find(message, &|field| field.json.eq_ignore_ascii_case(name)))
    }

    fn find(&self, message: &str, wanted: &dyn Fn(&Field) -> bool) -> Option<(Vec<&str>, &Field)> {
        let fields = self.messages.get(message)?;
        if let Some(field) = fields.iter().find(|field| !field.inline && wanted(field)) {
            return Some((Vec::new(), field));
        }
        fields.iter().filter(|field| field.inline).find_map(|field| {
            let Shape::Message(inner) = &field.shape else { return None };
            let (mut way, found) = self.find(inner, wanted)?;
            way.insert(0, inner);
            Some((way, found))
        })
    }

    /// What stands in JSON for a shape: a message that is only a wrapper shows what it wraps.
    pub(crate) fn shown<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        let Shape::Message(name) = shape else { return shape };
        match self.messages.get(name).map(Vec::as_slice) {
            Some([Field { inline: true, shape: inner @ (Shape::List(_) | Shape::Map(_)), .. }]) => inner,
            _ => shape,
        }
    }
}

/// The shape that a type's name tells: `[]Info`, `map[string]string`.
pub(crate) fn shape(type_name: &str) -> Shape {
    if let Some(item) = type_name.strip_prefix("[]") {
        return Shape::List(Box::new(shape(item)));
    }
    if let Some(value) = type_name.strip_prefix("map[string]") {
        return Shape::Map(Box::new(shape(value)));
    }
    match type_name {
        "string" => Shape::Text,
        "bool" => Shape::Bool,
        "int32" => Shape::Number(true),
        "int64" => Shape::Number(false),
        "bytes" => Shape::Bytes,
        "Time" | "MicroTime" => Shape::Time,
        "IntOrString" => Shape::NumberOrText,
        "JSON" | "RawExtension" => Shape::Any,
        name => Shape::Message(name.to_owned()),
    }
}

impl Shape {
    /// The shape that a type's name tells: `[]Info`, `map[string]string`.
    pub fn of(type_name: &str) -> Shape {
        shape(type_name)
    }

    /// The name that Go has for the type: `bool`, `[]string`, `v1alpha1.Application`.
    pub(crate) fn go(&self) -> String {
        match self {
            Shape::Text => "string".to_owned(),
            Shape::Bool => "bool".to_owned(),
            Shape::Number(true) => "int32".to_owned(),
            Shape::Number(false) => "int64".to_owned(),
            Shape::Bytes => "[]uint8".to_owned(),
            Shape::Time => "time.Time".to_owned(),
            Shape::NumberOrText => "intstr.IntOrString".to_owned(),
            Shape::Any => "interface {}".to_owned(),
            Shape::List(item) => format!("[]{}", item.go()),
            Shape::Map(value) => format!("map[string]{}", value.go()),
            Shape::Message(name) => go_name(name),
        }
    }
}

/// `v1.ObjectMeta`, `v1alpha1.Application`, `cluster.ClusterQuery`.
fn go_name(name: &str) -> String {
    const OF_KUBERNETES: [&str; 6] =
        ["ObjectMeta", "ListMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector", "LabelSelectorRequirement"];
    if name.contains('.') {
        return name.to_owned();
    }
    let package = if OF_KUBERNETES.contains(&name) || name == "GroupKind" { "v1" } else { "v1alpha1" };
    format!("{package}.{name}")
}
