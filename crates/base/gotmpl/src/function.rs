//! [`Function`]s and the tables of them that templates are parsed with.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use crate::builtins::Builtin;
use crate::{CallError, List, ListKind, Map, MapKind, Runtime, Signature, Text, Value};

/// The type of a parameter, which arguments are checked against before the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`: anything, nil too.
    Any,
    /// `reflect.Value`: anything, nil too, with the difference between nil and absent.
    Reflect,
    /// `string`.
    String,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `uint32`.
    Uint32,
    /// `float64`.
    Float,
    /// `map[string]interface {}`; nil is an empty map.
    Map,
    /// `[]interface {}`; nil is an empty list.
    List,
    /// `[]string`.
    Strings,
    /// `[]uint8`.
    Bytes,
    /// An object with that type name.
    Object(&'static str),
}

/// What a function does: it gets its checked arguments and the run that it is part of.
pub type Run = fn(&mut Runtime<'_>, &mut Args) -> Result<Value, CallError>;

/// A function that templates can call.
pub struct Function {
    /// The name it is called by.
    pub name: Arc<str>,
    /// What it takes.
    pub signature: Signature,
    pub(crate) does: Does,
}

pub(crate) enum Does {
    Run(Run),
    Builtin(Builtin),
}

/// One line of a function table.
#[derive(Clone, Copy)]
pub struct Entry {
    name: &'static str,
    params: &'static [Type],
    variadic: Option<Type>,
    run: Run,
}

/// Functions by name.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    by_name: HashMap<Arc<str>, Arc<Function>>,
}

/// The arguments of a call. Accessors assume what the signature promised.
pub struct Args {
    values: Vec<Value>,
}

// === impl Type ===

impl Type {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Type::Any => "interface {}",
            Type::Reflect => "reflect.Value",
            Type::String => "string",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Int64 => "int64",
            Type::Uint32 => "uint32",
            Type::Float => "float64",
            Type::Map => "map[string]interface {}",
            Type::List => "[]interface {}",
            Type::Strings => "[]string",
            Type::Bytes => "[]uint8",
            Type::Object(name) => name,
        }
    }

    pub(crate) fn can_be_nil(self) -> bool {
        matches!(self, Type::Any | Type::Reflect | Type::Map | Type::List | Type::Strings | Type::Bytes)
    }

    /// Whether a value of its dynamic type can be assigned to a parameter of this type.
    pub(crate) fn takes(self, value: &Value) -> bool {
        match (self, value) {
            (Type::Any | Type::Reflect, _) => true,
            (Type::Map, Value::Map(map)) => matches!(map.kind(), MapKind::Any | MapKind::Named(_)),
            _ => self.name() == value.type_name(),
        }
    }
}

// === impl Entry ===

impl Entry {
    /// A function of fixed parameters.
    pub const fn new(name: &'static str, params: &'static [Type], run: Run) -> Entry {
        Entry { name, params, variadic: None, run }
    }

    /// A function that takes any number of further arguments of one type.
    pub const fn variadic(name: &'static str, params: &'static [Type], rest: Type, run: Run) -> Entry {
        Entry { name, params, variadic: Some(rest), run }
    }
}

// === impl Functions ===

impl Functions {
    /// text/template's own functions.
    pub fn builtins() -> Functions {
        let mut functions = Functions::default();
        for (name, builtin, signature) in crate::builtins::TABLE {
            let function = Function { name: (*name).into(), signature: *signature, does: Does::Builtin(*builtin) };
            functions.by_name.insert((*name).into(), Arc::new(function));
        }
        functions
    }

    /// Adds a table; later functions replace earlier ones of the same name, built-in ones too.
    pub fn with(mut self, table: &[Entry]) -> Functions {
        for entry in table {
            let name: Arc<str> = entry.name.into();
            let signature = Signature { params: entry.params, variadic: entry.variadic };
            let function = Function { name: name.clone(), signature, does: Does::Run(entry.run) };
            self.by_name.insert(name, Arc::new(function));
        }
        self
    }

    /// Takes functions out.
    pub fn without(mut self, names: &[&str]) -> Functions {
        for name in names {
            self.by_name.remove(*name);
        }
        self
    }

    /// The function of that name.
    pub fn get(&self, name: &str) -> Option<&Arc<Function>> {
        self.by_name.get(name)
    }

    /// Whether there is a function of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The names, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.by_name.keys().map(AsRef::as_ref).collect();
        names.sort_unstable();
        names
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

// === impl Args ===

impl Args {
    /// Arguments that were checked against the signature.
    pub fn new(values: Vec<Value>) -> Args {
        Args { values }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The argument at `i`, or nil where fewer were given.
    pub fn get(&self, i: usize) -> &Value {
        self.values.get(i).unwrap_or(&Value::Nil)
    }

    /// The argument at `i`, taken.
    pub fn take(&mut self, i: usize) -> Value {
        self.values.get_mut(i).map(std::mem::take).unwrap_or_default()
    }

    /// All from `i` on, taken.
    pub fn rest(&mut self, i: usize) -> Vec<Value> {
        if i >= self.values.len() { Vec::new() } else { self.values.split_off(i) }
    }

    /// All.
    pub fn all(&self) -> &[Value] {
        &self.values
    }

    /// A string parameter.
    pub fn text(&self, i: usize) -> Text {
        self.get(i).as_text().cloned().unwrap_or_default()
    }

    /// A string parameter as UTF-8, invalid bytes replaced.
    pub fn str(&self, i: usize) -> String {
        self.get(i).as_text().map(|t| t.to_str().into_owned()).unwrap_or_default()
    }

    /// An integer parameter.
    pub fn int(&self, i: usize) -> i64 {
        match self.get(i) {
            Value::Int(v, _) => *v,
            Value::Uint(v, _) => *v as i64,
            _ => 0,
        }
    }

    /// A float parameter.
    pub fn float(&self, i: usize) -> f64 {
        match self.get(i) {
            Value::Float(v) => *v,
            _ => 0.0,
        }
    }

    /// A boolean parameter.
    pub fn bool(&self, i: usize) -> bool {
        matches!(self.get(i), Value::Bool(true))
    }

    /// A map parameter; a fresh map where nil was given.
    pub fn map(&self, i: usize) -> Rc<Map> {
        match self.get(i).as_map() {
            // A parameter of the plain type: what is given under a name has lost it.
            Some(map) => match map.kind() {
                MapKind::Named(_) => map.as_kind(MapKind::Any),
                _ => map,
            },
            None => Map::new(MapKind::Any, std::iter::empty::<(Text, Value)>()),
        }
    }

    /// A list parameter; an empty one where nil was given.
    pub fn list(&self, i: usize) -> Rc<List> {
        match self.get(i) {
            Value::List(list) => list.clone(),
            other => Rc::new(List { kind: ListKind::Any, nil: true, items: other.as_items().unwrap_or_default() }),
        }
    }
}
