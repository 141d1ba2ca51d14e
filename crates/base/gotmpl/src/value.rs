//! [`Value`]: what a template computes with, with the kinds that Go's reflection would see.

mod map;

use std::any::Any;
use std::rc::Rc;

use crate::{Args, CallError, Runtime, Text, Type};

pub use map::{Map, MapKind};

/// A Go value as text/template, fmt and the function libraries tell them apart.
///
/// Cloning is cheap: maps, lists and objects are shared. Maps are shared *mutably*, as in Go: `set` changes what every holder sees.
#[derive(Clone, Default)]
pub enum Value {
    /// No value: Go's untyped nil.
    #[default]
    Nil,
    /// `bool`.
    Bool(bool),
    /// A signed integer of some width.
    Int(i64, IntKind),
    /// An unsigned integer of some width.
    Uint(u64, UintKind),
    /// `float64`.
    Float(f64),
    /// `complex128`, real and imaginary part.
    Complex(f64, f64),
    /// `string`.
    String(Text),
    /// `[]byte`.
    Bytes(Rc<[u8]>),
    /// A slice of anything but bytes.
    List(Rc<List>),
    /// A map with string keys.
    Map(Rc<Map>),
    /// Anything with methods or fields of its own.
    Object(Rc<dyn Object>),
}

/// Widths of signed integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IntKind {
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
}

/// Widths of unsigned integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum UintKind {
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
}

/// A slice. Template functions never change one in place, so it is shared immutably; what it holds may change.
#[derive(Default)]
pub struct List {
    /// Go's type of the slice.
    pub kind: ListKind,
    /// Whether this is Go's nil slice, which JSON shows as `null`.
    pub nil: bool,
    /// The elements.
    pub items: Vec<Value>,
}

/// Go's type of a slice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListKind {
    /// `[]interface {}`.
    #[default]
    Any,
    /// `[]string`.
    Strings,
    /// `[]int`.
    Ints,
    /// `[][]interface {}`.
    Lists,
    /// A slice type of that name with elements of a concrete type.
    Named(&'static str),
}

/// Go's `reflect.Kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Invalid,
    Bool,
    Int,
    Uint,
    Float,
    Complex,
    String,
    Slice,
    Map,
    Struct,
    Ptr,
    Func,
}

/// A value with methods or fields: times, versions, a chart's files.
pub trait Object: Any {
    /// Go's name of the type, as `%T` prints it.
    fn type_name(&self) -> &str;

    /// Go's kind.
    fn kind(&self) -> Kind {
        Kind::Struct
    }

    /// A field.
    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The parameter types of a method; `None` where there is no such method.
    fn method(&self, _name: &str) -> Option<Signature> {
        None
    }

    /// Calls a method whose arguments were checked against [`Object::method`].
    fn call(&self, name: &str, _rt: &mut Runtime<'_>, _args: &mut Args) -> Result<Value, CallError> {
        Err(CallError::new(format!("{} has no method {name}", self.type_name())))
    }

    /// What its `String` or `Error` method gives, if it has one.
    fn string(&self) -> Option<Text> {
        None
    }

    /// What a template prints for it where it is the value of an action: Go finds methods of the pointer there too.
    fn printed(&self) -> Option<Text> {
        self.string()
    }

    /// The map, list or fields that it is underneath: what `range`, `index`, `len`, fmt and encoders see.
    fn underlying(&self) -> Value {
        Value::Nil
    }

    /// What `encoding/json` makes of it; `None` for what its underlying value gives.
    fn json(&self) -> Option<Value> {
        None
    }

    /// The implementor, for functions that take one as argument.
    fn as_any(&self) -> &dyn Any;
}

/// What a callable takes.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Types of the fixed parameters.
    pub params: &'static [Type],
    /// Type of each further argument, if it is variadic.
    pub variadic: Option<Type>,
}

// === impl Value ===

impl Value {
    /// An `int`.
    pub fn int(i: i64) -> Value {
        Value::Int(i, IntKind::Int)
    }

    /// An `int64`.
    pub fn int64(i: i64) -> Value {
        Value::Int(i, IntKind::Int64)
    }

    /// A string.
    pub fn string(text: impl Into<Text>) -> Value {
        Value::String(text.into())
    }

    /// A `[]interface {}`.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Rc::new(List { kind: ListKind::Any, nil: false, items }))
    }

    /// A nil `[]interface {}`.
    pub fn nil_list() -> Value {
        Value::List(Rc::new(List { kind: ListKind::Any, nil: true, items: Vec::new() }))
    }

    /// A `[]string`.
    pub fn strings<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Value {
        let items = items.into_iter().map(|s| Value::String(s.into())).collect();
        Value::List(Rc::new(List { kind: ListKind::Strings, nil: false, items }))
    }

    /// A `map[string]interface {}`.
    pub fn map<K: Into<Text>>(fields: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Map(Map::new(MapKind::Any, fields))
    }

    /// Go's kind of this value.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Nil => Kind::Invalid,
            Value::Bool(_) => Kind::Bool,
            Value::Int(..) => Kind::Int,
            Value::Uint(..) => Kind::Uint,
            Value::Float(_) => Kind::Float,
            Value::Complex(..) => Kind::Complex,
            Value::String(_) => Kind::String,
            Value::Bytes(_) | Value::List(_) => Kind::Slice,
            Value::Map(_) => Kind::Map,
            Value::Object(object) => object.kind(),
        }
    }

    /// The name that `reflect.Kind` prints: `invalid`, `int64`, `map` …
    pub fn kind_name(&self) -> &'static str {
        match self {
            Value::Int(_, kind) => kind.name(),
            Value::Uint(_, kind) => kind.name(),
            _ => match self.kind() {
                Kind::Invalid => "invalid",
                Kind::Bool => "bool",
                Kind::Int => "int",
                Kind::Uint => "uint",
                Kind::Float => "float64",
                Kind::Complex => "complex128",
                Kind::String => "string",
                Kind::Slice => "slice",
                Kind::Map => "map",
                Kind::Struct => "struct",
                Kind::Ptr => "ptr",
                Kind::Func => "func",
            },
        }
    }

    /// Go's name of the dynamic type, as `%T` prints it: `<nil>`, `int`, `map[string]interface {}` …
    pub fn type_name(&self) -> &str {
        match self {
            Value::Nil => "<nil>",
            Value::Bytes(_) => "[]uint8",
            Value::List(list) => list.kind.name(),
            Value::Map(map) => map.kind().name(),
            Value::Object(object) => object.type_name(),
            _ => self.kind_name(),
        }
    }

    /// Whether `if` takes this for true: not zero, not empty, not nil.
    pub fn truth(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(b) => *b,
            Value::Int(i, _) => *i != 0,
            Value::Uint(u, _) => *u != 0,
            Value::Float(f) => *f != 0.0,
            Value::Complex(re, im) => *re != 0.0 || *im != 0.0,
            Value::String(s) => !s.is_empty(),
            Value::Bytes(b) => !b.is_empty(),
            Value::List(list) => !list.items.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::Object(object) => match object.kind() {
                Kind::Map | Kind::Slice | Kind::String => object.underlying().truth(),
                _ => true,
            },
        }
    }

    /// The string, if this is one.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if this is one (or an object that is one underneath).
    pub fn as_map(&self) -> Option<Rc<Map>> {
        match self {
            Value::Map(map) => Some(map.clone()),
            Value::Object(object) if object.kind() == Kind::Map => object.underlying().as_map(),
            _ => None,
        }
    }

    /// The elements, if this is a slice; bytes become `uint8`s.
    pub fn as_items(&self) -> Option<Vec<Value>> {
        match self {
            Value::List(list) => Some(list.items.clone()),
            Value::Bytes(bytes) => Some(bytes.iter().map(|b| Value::Uint(u64::from(*b), UintKind::Uint8)).collect()),
            Value::Object(object) if object.kind() == Kind::Slice => object.underlying().as_items(),
            _ => None,
        }
    }

    /// Whether some text in this value is no UTF-8.
    pub fn has_raw_text(&self) -> bool {
        self.raw_text_within(0)
    }

    fn raw_text_within(&self, depth: usize) -> bool {
        // Deeper values hold themselves.
        const MAX_DEPTH: usize = 512;
        match self {
            Value::String(text) => text.is_raw(),
            Value::List(list) if depth < MAX_DEPTH => list.items.iter().any(|item| item.raw_text_within(depth + 1)),
            Value::Map(map) if depth < MAX_DEPTH => {
                let mut found = false;
                map.each(|key, value| found = found || key.is_raw() || value.raw_text_within(depth + 1));
                found
            }
            _ => false,
        }
    }

    /// The field of a map; `None` where this is no map or has no such field.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.as_map()?.get(key.as_bytes())
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::Bool(b)
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Value {
        Value::String(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::String(text.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::String(text.into())
    }
}

impl From<Rc<Map>> for Value {
    fn from(map: Rc<Map>) -> Value {
        Value::Map(map)
    }
}

// === impl IntKind ===

impl IntKind {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            IntKind::Int => "int",
            IntKind::Int8 => "int8",
            IntKind::Int16 => "int16",
            IntKind::Int32 => "int32",
            IntKind::Int64 => "int64",
        }
    }
}

// === impl UintKind ===

impl UintKind {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            UintKind::Uint => "uint",
            UintKind::Uint8 => "uint8",
            UintKind::Uint16 => "uint16",
            UintKind::Uint32 => "uint32",
            UintKind::Uint64 => "uint64",
            UintKind::Uintptr => "uintptr",
        }
    }
}

// === impl ListKind ===

impl ListKind {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            ListKind::Any => "[]interface {}",
            ListKind::Strings => "[]string",
            ListKind::Ints => "[]int",
            ListKind::Lists => "[][]interface {}",
            ListKind::Named(name) => name,
        }
    }

    /// Whether elements have the type `interface {}`.
    pub fn holds_any(self) -> bool {
        self == ListKind::Any
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::fmt::sprintf("%#v", std::slice::from_ref(self)).to_str())
    }
}
