//! [`Value`] and its accessors.

use std::sync::Arc;

use crate::Map;

/// A shared, immutable string.
pub type Str = Arc<str>;

/// A JSON value. Integers that fit `i64` are [`Value::Int`], larger positive ones [`Value::UInt`], all else
/// [`Value::Float`], as Kubernetes' own JSON decoder and go-yaml tell them apart.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer within `i64`.
    Int(i64),
    /// An integer above `i64::MAX`; never holds one that fits [`Value::Int`].
    UInt(u64),
    /// Any other number; never NaN or infinite when it came from JSON.
    Float(f64),
    /// A string.
    String(Str),
    /// A list.
    Array(Arc<Vec<Value>>),
    /// An object, sorted by key.
    Object(Arc<Map>),
}

// === impl Value ===

impl Value {
    /// An empty object.
    pub fn object() -> Value {
        Value::Object(Arc::default())
    }

    /// An empty array.
    pub fn array() -> Value {
        Value::Array(Arc::default())
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The integer, if this is one (or a float without a fraction) and it fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(i) => Some(*i),
            // The bounds are exact powers of two, so the comparison loses nothing.
            Value::Float(f) if f.fract() == 0.0 && *f >= -(2f64.powi(63)) && *f < 2f64.powi(63) => Some(*f as i64),
            _ => None,
        }
    }

    /// The number as a float, if this is a number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(i) => Some(*i as f64),
            Value::UInt(u) => Some(*u as f64),
            Value::Float(f) => Some(*f),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The items for changing; copies the array first when it is shared.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Value::Array(items) => Some(Arc::make_mut(items)),
            _ => None,
        }
    }

    /// The fields, if this is an object.
    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Value::Object(map) => Some(map),
            _ => None,
        }
    }

    /// The fields for changing; copies the object (not what it holds) first when it is shared.
    pub fn as_object_mut(&mut self) -> Option<&mut Map> {
        match self {
            Value::Object(map) => Some(Arc::make_mut(map)),
            _ => None,
        }
    }

    /// The field `key` of an object; `None` where this is no object or has no such field.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// The value under a chain of object keys.
    pub fn get_path(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The string under a chain of object keys.
    pub fn str_at(&self, path: &[&str]) -> Option<&str> {
        self.get_path(path)?.as_str()
    }

    /// The value under a chain of object keys for changing. Missing (or null) objects on the way are made; `None` where
    /// something else than an object stands in the way.
    pub fn ensure_path(&mut self, path: &[&str]) -> Option<&mut Value> {
        let mut value = self;
        for key in path {
            if value.is_null() {
                *value = Value::object();
            }
            value = value.as_object_mut()?.entry(key);
        }
        Some(value)
    }

    /// The value that an RFC 6901 JSON pointer names; `""` names the whole.
    pub fn pointer(&self, pointer: &str) -> Option<&Value> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |value, token| {
            let token = token.replace("~1", "/").replace("~0", "~");
            match value {
                Value::Object(map) => map.get(&token),
                Value::Array(items) => items.get(token.parse::<usize>().ok()?),
                _ => None,
            }
        })
    }

    /// The word for this value's type in messages: `null`, `boolean`, `number`, `string`, `array`, `object`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Int(_) | Value::UInt(_) | Value::Float(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }
}

/// Numbers are equal when they denote the same number, whatever variant holds them (`1` and `1.0` are one JSON number).
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::UInt(a), Value::UInt(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => *a as f64 == *b,
            (Value::UInt(a), Value::Float(b)) | (Value::Float(b), Value::UInt(a)) => *a as f64 == *b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Array(a), Value::Array(b)) => Arc::ptr_eq(a, b) || a == b,
            (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

macro_rules! from {
    ($($from:ty => |$v:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Value {
                $to
            }
        }
    )*};
}

from! {
    bool => |v| Value::Bool(v);
    i32 => |v| Value::Int(v.into());
    i64 => |v| Value::Int(v);
    u32 => |v| Value::Int(v.into());
    u64 => |v| i64::try_from(v).map_or(Value::UInt(v), Value::Int);
    f64 => |v| Value::Float(v);
    &str => |v| Value::String(v.into());
    String => |v| Value::String(v.into());
    Str => |v| Value::String(v);
    Map => |v| Value::Object(Arc::new(v));
    Vec<Value> => |v| Value::Array(Arc::new(v));
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Value {
        v.map_or(Value::Null, Into::into)
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Value {
        Value::Array(Arc::new(items.into_iter().collect()))
    }
}

impl<K: Into<Str>> FromIterator<(K, Value)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(items: I) -> Value {
        Value::Object(Arc::new(items.into_iter().collect()))
    }
}
