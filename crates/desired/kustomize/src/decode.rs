//! Reading typed configuration out of values, with errors that name the field.
//!
//! Like Go's JSON decoder: names match without regard to case, null is the same as nothing, and other types are refused.
//! Plugin configurations are read leniently: numbers and booleans do for texts.

use std::collections::BTreeMap;

use bowline_base_value::{Map, Value, format_float};

use crate::error::{Error, Result};

/// The fields of one object, taken one after the other.
pub(crate) struct Fields<'v> {
    map: Option<&'v Map>,
    path: String,
    mode: Mode,
    taken: Vec<String>,
}

/// How strictly configuration is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Unknown fields and wrong types are errors: kustomization files.
    Strict,
    /// Unknown fields are passed over, and scalars do for texts: configurations of plugins.
    Lenient,
}

// === impl Fields ===

impl<'v> Fields<'v> {
    pub(crate) fn new(value: &'v Value, path: &str, mode: Mode) -> Result<Fields<'v>> {
        let map = match value {
            Value::Null => None,
            Value::Object(map) => Some(map.as_ref()),
            other => return Err(wrong(path, "an object", other)),
        };
        Ok(Fields { map, path: path.to_string(), mode, taken: Vec::new() })
    }

    fn child(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) }
    }

    /// The field, if it is there and not null.
    pub(crate) fn value(&mut self, name: &str) -> Option<&'v Value> {
        self.taken.push(name.to_ascii_lowercase());
        let map = self.map?;
        let value = map.get(name).or_else(|| map.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v));
        value.filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<String> {
        let path = self.child(name);
        self.value(name).map_or(Ok(String::new()), |value| text(value, &path, self.mode))
    }

    pub(crate) fn optional_text(&mut self, name: &str) -> Result<Option<String>> {
        let path = self.child(name);
        self.value(name).map(|value| text(value, &path, self.mode)).transpose()
    }

    pub(crate) fn bool(&mut self, name: &str) -> Result<bool> {
        let path = self.child(name);
        match self.value(name) {
            None => Ok(false),
            Some(Value::Bool(b)) => Ok(*b),
            Some(other) => Err(wrong(&path, "a boolean", other)),
        }
    }

    pub(crate) fn int(&mut self, name: &str) -> Result<i64> {
        let path = self.child(name);
        match self.value(name) {
            None => Ok(0),
            Some(value) => value.as_i64().ok_or_else(|| wrong(&path, "an integer", value)),
        }
    }

    /// A list, each element read by `read` with its path.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&'v Value, &str, Mode) -> Result<T>,
    ) -> Result<Vec<T>> {
        let path = self.child(name);
        let items = match self.value(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(other) => return Err(wrong(&path, "a list", other)),
        };
        items.iter().enumerate().map(|(i, item)| read(item, &format!("{path}[{i}]"), self.mode)).collect()
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<String>> {
        self.list(name, |value, path, mode| if value.is_null() { Ok(String::new()) } else { text(value, path, mode) })
    }

    pub(crate) fn text_map(&mut self, name: &str) -> Result<BTreeMap<String, String>> {
        let path = self.child(name);
        let map = match self.value(name) {
            None => return Ok(BTreeMap::new()),
            Some(Value::Object(map)) => map,
            Some(other) => return Err(wrong(&path, "an object", other)),
        };
        map.iter()
            .map(|(key, value)| {
                let value =
                    if value.is_null() { String::new() } else { text(value, &format!("{path}.{key}"), self.mode)? };
                Ok((key.to_string(), value))
            })
            .collect()
    }

    /// An object, read by `read`.
    pub(crate) fn object<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'v Value, &str, Mode) -> Result<T>,
    ) -> Result<Option<T>> {
        let path = self.child(name);
        self.value(name).map(|value| read(value, &path, self.mode)).transpose()
    }

    /// Ends the reading: fields that nobody took are unknown.
    pub(crate) fn finish(self) -> Result<()> {
        if self.mode == Mode::Lenient {
            return Ok(());
        }
        let unknown = self.map.into_iter().flat_map(Map::keys).find(|key| {
            let lower = key.to_ascii_lowercase();
            !self.taken.contains(&lower)
        });
        match unknown {
            Some(key) => Err(Error::Field { field: self.child(key), reason: "unknown field".to_string() }),
            None => Ok(()),
        }
    }
}

fn text(value: &Value, path: &str, mode: Mode) -> Result<String> {
    match value {
        Value::String(s) => Ok(s.to_string()),
        Value::Bool(b) if mode == Mode::Lenient => Ok(b.to_string()),
        Value::Int(i) if mode == Mode::Lenient => Ok(i.to_string()),
        Value::UInt(u) if mode == Mode::Lenient => Ok(u.to_string()),
        Value::Float(f) if mode == Mode::Lenient => Ok(format_float(*f)),
        other => Err(wrong(path, "a string", other)),
    }
}

/// The error for a value of another type than the field has.
pub(crate) fn wrong(path: &str, expected: &str, found: &Value) -> Error {
    let field = if path.is_empty() { "(the whole file)".to_string() } else { path.to_string() };
    Error::Field { field, reason: format!("expected {expected}, found {}", found.type_name()) }
}
