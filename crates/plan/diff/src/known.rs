//! Fields of custom kinds that hold types of Kubernetes: equal values that are written differently do not differ.

use bowline_base_value::Value;

use crate::quantity;

/// One entry of `knownTypeFields`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownField {
    /// API group of the kind, empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// Where the field is, its steps joined by dots; lists on the way are looked through item by item.
    pub field: String,
    /// What it holds: `core/v1/PodSpec` and other types of the core group, `core/Quantity` or `meta/v1/Duration`.
    pub holds: String,
}

/// Known fields, read.
#[derive(Clone, Debug)]
pub struct KnownTypes(Vec<Known>);

/// A field that cannot be known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownTypeError {
    /// No such type.
    #[error(
        "knownTypeFields: type {0:?} is not supported: use core/Quantity, meta/v1/Duration or a type of core/v1 such as core/v1/PodSpec"
    )]
    Type(String),
    /// A field without a name.
    #[error("knownTypeFields: field {0:?} names nothing: join the names of fields by dots, as in spec.template.spec")]
    Field(String),
}

#[derive(Clone, Debug)]
struct Known {
    group: String,
    kind: String,
    path: Vec<String>,
    holds: Holds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// A type of the core group: quantities are where such types have them.
    Core,
    /// `core/v1/ResourceList`: a map of quantities.
    Quantities,
    Quantity,
    Duration,
}

/// Fields of types of the core group that map names to quantities.
const LISTS: [&str; 12] = [
    "allocatable",
    "allocatedResources",
    "capacity",
    "default",
    "defaultRequest",
    "hard",
    "limits",
    "max",
    "maxLimitRequestRatio",
    "min",
    "overhead",
    "requests",
];

/// Fields of types of the core group that hold one quantity.
const SINGLE: [&str; 2] = ["divisor", "sizeLimit"];

// === impl KnownTypes ===

impl Default for KnownTypes {
    /// What is known of itself: the pods of a Rollout.
    fn default() -> KnownTypes {
        KnownTypes::new(&[]).0
    }
}

impl KnownTypes {
    /// Reads fields, besides those that are known of themselves. What cannot be used is told at once, with its place, and the rest works.
    pub fn new(fields: &[KnownField]) -> (KnownTypes, Vec<(usize, KnownTypeError)>) {
        let path = |field: &str| field.split('.').map(String::from).collect::<Vec<String>>();
        let rollout = Known {
            group: "argoproj.io".to_string(),
            kind: "Rollout".to_string(),
            path: path("spec.template.spec"),
            holds: Holds::Core,
        };
        let (mut known, mut errors) = (vec![rollout], Vec::new());
        for (i, field) in fields.iter().enumerate() {
            let path = path(&field.field);
            if path.iter().any(String::is_empty) {
                errors.push((i, KnownTypeError::Field(field.field.clone())));
                continue;
            }
            match Holds::read(&field.holds) {
                Some(holds) => known.push(Known { group: field.group.clone(), kind: field.kind.clone(), path, holds }),
                None => errors.push((i, KnownTypeError::Type(field.holds.clone()))),
            }
        }
        (KnownTypes(known), errors)
    }

    /// Writes what the known fields of an object of this kind hold as Kubernetes would.
    pub fn normalize(&self, group: &str, kind: &str, object: &mut Value) {
        for known in self.0.iter().filter(|known| known.group == group && known.kind == kind) {
            at(object, &known.path, known.holds);
        }
    }
}

// === impl Holds ===

impl Holds {
    fn read(name: &str) -> Option<Holds> {
        match name {
            "core/Quantity" | "core/v1/Quantity" => Some(Holds::Quantity),
            "meta/v1/Duration" => Some(Holds::Duration),
            "core/v1/ResourceList" => Some(Holds::Quantities),
            other => {
                let name = other.strip_prefix("core/v1/")?;
                (name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric()))
                    .then_some(Holds::Core)
            }
        }
    }
}

/// Follows a path, through each item of the lists on it, and writes what is there anew.
fn at(value: &mut Value, path: &[String], holds: Holds) {
    if let Some(items) = value.as_array_mut() {
        items.iter_mut().for_each(|item| at(item, path, holds));
        return;
    }
    match path.split_first() {
        Some((step, rest)) => {
            if let Some(next) = value.as_object_mut().and_then(|fields| fields.get_mut(step)) {
                at(next, rest, holds);
            }
        }
        None => rewrite(value, holds),
    }
}

fn rewrite(value: &mut Value, holds: Holds) {
    match holds {
        Holds::Quantity => replace(value, quantity::canonical),
        Holds::Duration => replace(value, quantity::canonical_duration),
        Holds::Quantities => {
            let entries = value.as_object_mut().into_iter().flat_map(|map| map.iter_mut());
            entries.for_each(|(_, entry)| replace(entry, quantity::canonical));
        }
        Holds::Core => core(value),
    }
}

fn core(value: &mut Value) {
    if let Some(items) = value.as_array_mut() {
        items.iter_mut().for_each(core);
        return;
    }
    let Some(fields) = value.as_object_mut() else { return };
    // A null says no more than absence.
    fields.retain(|_, field| !field.is_null());
    for (name, field) in fields.iter_mut() {
        if LISTS.contains(&&**name) && field.as_object().is_some() {
            rewrite(field, Holds::Quantities);
        } else if SINGLE.contains(&&**name) {
            replace(field, quantity::canonical);
        } else {
            core(field);
        }
    }
}

/// A text or number in its canonical form; what has none is left as it is.
fn replace(value: &mut Value, canonical: fn(&str) -> Option<String>) {
    let text = match &*value {
        Value::String(text) => text.to_string(),
        Value::Int(_) | Value::UInt(_) | Value::Float(_) => bowline_base_value::to_json(value, false),
        _ => return,
    };
    if let Some(text) = canonical(&text) {
        *value = text.into();
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};

    use super::*;

    fn check(field: &str, holds: &str, object: &str, want: &str) {
        let field = KnownField { group: "x.io".into(), kind: "X".into(), field: field.into(), holds: holds.into() };
        let (known, errors) = KnownTypes::new(&[field]);
        assert_eq!(errors, []);
        let mut value = from_json(object.as_bytes()).unwrap();
        known.normalize("x.io", "X", &mut value);
        assert_eq!(to_json(&value, false), want);
        let mut other = from_json(object.as_bytes()).unwrap();
        known.normalize("x.io", "Y", &mut other);
        assert_eq!(other, from_json(object.as_bytes()).unwrap(), "another kind");
    }

    #[test]
    fn known_fields_are_written_as_kubernetes_writes_them() {
        check("spec.cpu", "core/Quantity", r#"{"spec":{"cpu":0.1}}"#, r#"{"spec":{"cpu":"100m"}}"#);
        check("spec.every", "meta/v1/Duration", r#"{"spec":{"every":"90m"}}"#, r#"{"spec":{"every":"1h30m0s"}}"#);
        check("l", "core/v1/ResourceList", r#"{"l":{"cpu":"1000m","x":[1]}}"#, r#"{"l":{"cpu":"1","x":[1]}}"#);
        check(
            "pods.spec",
            "core/v1/PodSpec",
            r#"{"pods":[{"spec":{"a":null,"containers":[{"resources":{"limits":{"memory":"1024Mi"}},"max":"1000m"}]}}]}"#,
            r#"{"pods":[{"spec":{"containers":[{"max":"1000m","resources":{"limits":{"memory":"1Gi"}}}]}}]}"#,
        );
    }

    #[test]
    fn what_cannot_be_known_is_told() {
        let field = |field: &str, holds: &str| KnownField {
            group: String::new(),
            kind: "X".into(),
            field: field.into(),
            holds: holds.into(),
        };
        let (_, errors) = KnownTypes::new(&[field("a", "apps/v1/X"), field("a..b", "core/Quantity")]);
        assert_eq!(errors, [(0, KnownTypeError::Type("apps/v1/X".into())), (1, KnownTypeError::Field("a..b".into()))]);
    }
}
