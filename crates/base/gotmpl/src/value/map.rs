//! [`Map`]: a map as Go shares it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::Value;
use crate::Text;

/// A map from strings.
pub struct Map {
    kind: MapKind,
    /// Whether this is Go's nil map as long as it is empty.
    nil: bool,
    fields: Rc<RefCell<BTreeMap<Text, Value>>>,
}

/// Go's type of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapKind {
    /// `map[string]interface {}`.
    Any,
    /// A named type of a `map[string]interface {}`.
    Named(&'static str),
    /// `map[string]string`.
    Strings,
    /// `map[string]int`.
    Ints,
    /// `map[string][]uint8`, possibly under a name.
    Bytes(&'static str),
}

// === impl MapKind ===

impl MapKind {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            MapKind::Any => "map[string]interface {}",
            MapKind::Strings => "map[string]string",
            MapKind::Ints => "map[string]int",
            MapKind::Named(name) | MapKind::Bytes(name) => name,
        }
    }

    /// Whether elements have the type `interface {}`.
    pub fn holds_any(self) -> bool {
        matches!(self, MapKind::Any | MapKind::Named(_))
    }

    /// What a missing key gives with `missingkey=zero`.
    pub fn zero(self) -> Value {
        match self {
            MapKind::Any | MapKind::Named(_) => Value::Nil,
            MapKind::Strings => Value::string(""),
            MapKind::Ints => Value::int(0),
            MapKind::Bytes(_) => Value::Bytes(Rc::from([])),
        }
    }
}

// === impl Map ===

impl Map {
    /// A map of these fields; of several with one key the last wins.
    pub fn new<K: Into<Text>>(kind: MapKind, fields: impl IntoIterator<Item = (K, Value)>) -> Rc<Map> {
        let fields = fields.into_iter().map(|(k, v)| (k.into(), v)).collect();
        Rc::new(Map { kind, nil: false, fields: Rc::new(RefCell::new(fields)) })
    }

    /// Go's nil map, which JSON shows as `null`.
    pub fn nil(kind: MapKind) -> Rc<Map> {
        Rc::new(Map { kind, nil: true, fields: Rc::default() })
    }

    /// Whether this is Go's nil map: an empty one, into which nothing can be set.
    pub fn is_nil(&self) -> bool {
        self.nil && self.is_empty()
    }

    /// The same map under another of its types: changes of one are changes of both.
    pub fn as_kind(&self, kind: MapKind) -> Rc<Map> {
        Rc::new(Map { kind, nil: self.nil, fields: self.fields.clone() })
    }

    /// Whether this is the same map, under whatever type.
    pub fn is(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.fields, &other.fields)
    }

    /// Go's type.
    pub fn kind(&self) -> MapKind {
        self.kind
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.borrow().is_empty()
    }

    /// A field's value.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.fields.borrow().get(key).cloned()
    }

    /// Whether the field is there.
    pub fn contains(&self, key: &[u8]) -> bool {
        self.fields.borrow().contains_key(key)
    }

    /// Sets a field.
    pub fn insert(&self, key: impl Into<Text>, value: Value) {
        // What was there before is dropped after the borrow ends: it may own this map.
        let before = self.fields.borrow_mut().insert(key.into(), value);
        drop(before);
    }

    /// Takes a field out.
    pub fn remove(&self, key: &[u8]) -> Option<Value> {
        self.fields.borrow_mut().remove(key)
    }

    /// The keys in byte order.
    pub fn keys(&self) -> Vec<Text> {
        self.fields.borrow().keys().cloned().collect()
    }

    /// The fields in byte order of their keys, as they are now.
    pub fn entries(&self) -> Vec<(Text, Value)> {
        self.fields.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    }

    /// Calls `visit` for each field in key order. `visit` must not change this map.
    pub fn each(&self, mut visit: impl FnMut(&Text, &Value)) {
        for (key, value) in self.fields.borrow().iter() {
            visit(key, value);
        }
    }

    /// Empties the map, so that maps which hold each other are freed.
    pub fn clear(&self) {
        let fields = std::mem::take(&mut *self.fields.borrow_mut());
        drop(fields);
    }
}
