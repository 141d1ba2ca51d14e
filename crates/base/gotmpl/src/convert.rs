//! Between a template's values and the object model of JSON and YAML.

use std::rc::Rc;

use bowline_base_value as base;

use crate::{IntKind, Kind, List, ListKind, Map, MapKind, Text, UintKind, Value};

/// How integers of the object model come into templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// As `float64`, as `encoding/json` reads every number.
    Floats,
    /// As `int64`, as `--set` makes them; floats stay floats.
    Exact,
}

/// Why a value cannot be written as JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    /// NaN or an infinity.
    #[error("json: unsupported value: {0}")]
    UnsupportedValue(String),
    /// A function or complex number.
    #[error("json: unsupported type: {0}")]
    UnsupportedType(String),
    /// It holds itself, or is nested deeper than anything that is meant to be written.
    #[error("json: unsupported value: encountered a cycle via {0}")]
    Cycle(String),
}

/// Nesting that is followed; deeper values are taken for ones that hold themselves.
const MAX_DEPTH: usize = 512;

/// A template value of an object model value.
pub fn from_base(value: &base::Value, numbers: Numbers) -> Value {
    match value {
        base::Value::Null => Value::Nil,
        base::Value::Bool(b) => Value::Bool(*b),
        base::Value::Int(i) => match numbers {
            Numbers::Floats => Value::Float(*i as f64),
            Numbers::Exact => Value::Int(*i, IntKind::Int64),
        },
        base::Value::UInt(u) => match numbers {
            Numbers::Floats => Value::Float(*u as f64),
            Numbers::Exact => Value::Uint(*u, UintKind::Uint64),
        },
        base::Value::Float(f) => Value::Float(*f),
        base::Value::String(s) => Value::String(Text::from(s.clone())),
        base::Value::Array(items) => {
            let items = items.iter().map(|item| from_base(item, numbers)).collect();
            Value::List(Rc::new(List { kind: ListKind::Any, nil: false, items }))
        }
        base::Value::Object(map) => {
            let fields = map.iter().map(|(key, value)| (Text::from(key.clone()), from_base(value, numbers)));
            Value::Map(Map::new(MapKind::Any, fields))
        }
    }
}

/// The object model value that `encoding/json` would write for a template value. Floats stay floats: how they are
/// written is the writer's business.
pub fn to_base(value: &Value) -> Result<base::Value, ConvertError> {
    convert(value, 0)
}

fn convert(value: &Value, depth: usize) -> Result<base::Value, ConvertError> {
    if depth > MAX_DEPTH {
        return Err(ConvertError::Cycle(value.type_name().to_string()));
    }
    Ok(match value {
        Value::Nil => base::Value::Null,
        Value::Bool(b) => base::Value::Bool(*b),
        Value::Int(i, _) => base::Value::Int(*i),
        Value::Uint(u, _) => base::Value::from(*u),
        Value::Float(f) if f.is_finite() => base::Value::Float(*f),
        Value::Float(f) => return Err(ConvertError::UnsupportedValue(crate::format_float(*f, 'g', None))),
        Value::Complex(..) => return Err(ConvertError::UnsupportedType("complex128".into())),
        Value::String(text) => base::Value::String(text.to_shared()),
        Value::Bytes(bytes) => base::Value::from(base64(bytes)),
        Value::List(list) if list.nil => base::Value::Null,
        Value::List(list) => {
            list.items.iter().map(|item| convert(item, depth + 1)).collect::<Result<base::Value, _>>()?
        }
        Value::Map(map) if map.is_nil() => base::Value::Null,
        Value::Map(map) => {
            let mut fields = Vec::with_capacity(map.len());
            let mut failed = None;
            map.each(|key, value| {
                if failed.is_none() {
                    match convert(value, depth + 1) {
                        Ok(value) => fields.push((key.to_shared(), value)),
                        Err(error) => failed = Some(error),
                    }
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
            fields.into_iter().collect()
        }
        Value::Object(object) => {
            if object.kind() == Kind::Func {
                return Err(ConvertError::UnsupportedType(object.type_name().to_string()));
            }
            let inner = object.json().unwrap_or_else(|| object.underlying());
            convert(&inner, depth + 1)?
        }
    })
}

/// Standard base64 with padding: what `encoding/json` writes for `[]byte`.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            if i <= chunk.len() {
                out.push(ALPHABET[(n >> (18 - 6 * i)) as usize & 63] as char);
            } else {
                out.push('=');
            }
        }
    }
    out
}
