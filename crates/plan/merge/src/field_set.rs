//! [`FieldSet`]: a set of fields in the form of `fieldsV1`.

use std::collections::BTreeMap;

use bowline_base_value::{Map, Str, Value, to_json};

/// A set of fields: a tree whose edges are `fieldsV1` path elements: `f:<name>` (a field), `k:<json>` (an item of a list,
/// by its keys), `v:<json>` (an item of a set, by its value), `i:<index>`.
///
/// A node may belong to the set itself and have members below it; a node without children always belongs to it, and owns
/// whatever is below it (lists and maps that are owned as one).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSet {
    member: bool,
    children: BTreeMap<Str, FieldSet>,
}

/// A value that is no field set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldSetError {
    /// A node that is no object.
    #[error("a field set is made of objects, this is {0}")]
    NotAnObject(&'static str),
    /// A path element that is of none of the known forms.
    #[error("{0:?} is no path element (f:…, k:…, v:…, i:… or .)")]
    Element(String),
}

/// Where a walk over an object stands in a set: see [`Owned::child`].
#[derive(Clone, Copy, Debug)]
pub struct Owned<'a> {
    node: Option<&'a FieldSet>,
    whole: bool,
}

// === impl FieldSet ===

impl FieldSet {
    /// Reads the value of `fieldsV1`.
    pub fn parse(value: &Value) -> Result<FieldSet, FieldSetError> {
        let fields = value.as_object().ok_or(FieldSetError::NotAnObject(value.type_name()))?;
        let mut set = FieldSet::default();
        for (element, below) in fields.iter() {
            match element.as_bytes() {
                b"." => set.member = true,
                [b'f' | b'k' | b'v' | b'i', b':', ..] => {
                    let mut child = FieldSet::parse(below)?;
                    child.member |= child.children.is_empty();
                    set.children.insert(element.clone(), child);
                }
                _ => return Err(FieldSetError::Element(element.to_string())),
            }
        }
        Ok(set)
    }

    /// Writes it as `fieldsV1` has it.
    pub fn to_value(&self) -> Value {
        let mut fields: Map =
            self.children.iter().map(|(element, child)| (element.clone(), child.to_value())).collect();
        if self.member && !self.children.is_empty() {
            fields.insert(".", Value::object());
        }
        fields.into()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        !self.member && self.children.is_empty()
    }

    /// Adds a chain of elements.
    pub fn insert<'e>(&mut self, path: impl IntoIterator<Item = &'e str>) {
        let mut node = self;
        for element in path {
            node = node.children.entry(element.into()).or_default();
        }
        node.member = true;
    }

    /// Takes a chain of elements out, with what is below it and with the nodes above that hold nothing then.
    pub fn remove(&mut self, path: &[&str]) {
        match path {
            [] => *self = FieldSet::default(),
            [element, rest @ ..] => {
                let Some(child) = self.children.get_mut(*element) else { return };
                child.remove(rest);
                if child.is_empty() {
                    self.children.remove(*element);
                }
            }
        }
    }

    /// Adds all of another set.
    pub fn union(&mut self, other: &FieldSet) {
        self.member |= other.member;
        for (element, child) in &other.children {
            match self.children.get_mut(element) {
                Some(mine) => mine.union(child),
                None => {
                    self.children.insert(element.clone(), child.clone());
                }
            }
        }
    }

    /// The nodes right below the root.
    pub fn children(&self) -> impl Iterator<Item = (&Str, &FieldSet)> {
        self.children.iter()
    }

    /// The node below an element.
    pub fn child(&self, element: &str) -> Option<&FieldSet> {
        self.children.get(element)
    }

    /// Where a walk from the root starts.
    pub fn root(&self) -> Owned<'_> {
        Owned { node: Some(self).filter(|s| !s.is_empty()), whole: false }
    }

    /// The names of the keys that tell the items of a list apart, where this node is such a list.
    pub fn list_keys(&self) -> Option<Vec<Str>> {
        let key = self.children.keys().find_map(|element| element.strip_prefix("k:"))?;
        let parsed = bowline_base_value::from_json(key.as_bytes()).ok()?;
        Some(parsed.as_object()?.keys().cloned().collect())
    }

    /// Whether this node is a list that is owned by its values, as a set.
    pub fn is_set_list(&self) -> bool {
        self.children.keys().any(|element| element.starts_with("v:"))
    }
}

/// The element of a field.
pub(crate) fn field(name: &str) -> String {
    format!("f:{name}")
}

/// The element of a list's item by `keys`; `None` where the item has none of them.
pub(crate) fn item(value: &Value, keys: &[Str]) -> Option<String> {
    let fields = value.as_object()?;
    let found: Map = keys.iter().filter_map(|key| Some((key.clone(), fields.get(key)?.clone()))).collect();
    (!found.is_empty()).then(|| format!("k:{}", to_json(&found.into(), false)))
}

// === impl Owned ===

impl<'a> Owned<'a> {
    /// Nothing is owned here or below.
    pub const NONE: Owned<'static> = Owned { node: None, whole: false };

    /// One step down, by a `fieldsV1` element.
    pub fn child(self, element: &str) -> Owned<'a> {
        let Some(node) = self.node else { return self };
        if node.children.is_empty() {
            return Owned { node: None, whole: true };
        }
        Owned { node: node.children.get(element), whole: self.whole }
    }

    /// One step down to a field.
    pub fn field(self, name: &str) -> Owned<'a> {
        self.child(&field(name))
    }

    /// One step down to the item of a list that `keys` tell apart.
    pub fn item(self, value: &Value, keys: &[Str]) -> Owned<'a> {
        match item(value, keys) {
            Some(element) => self.child(&element),
            None => Owned { node: None, whole: self.whole },
        }
    }

    /// One step down to an item of a set.
    pub fn member(self, value: &Value) -> Owned<'a> {
        self.child(&format!("v:{}", to_json(value, false)))
    }

    /// One step down into what is compared item by item and owned as one.
    pub fn inside(self) -> Owned<'a> {
        Owned { node: None, whole: self.is_owned() }
    }

    /// Whether something here or below is owned, or this lies within what is owned as one.
    pub fn is_owned(self) -> bool {
        self.whole || self.node.is_some()
    }

    /// The node itself, where the walk is still within the tree.
    pub fn node(self) -> Option<&'a FieldSet> {
        self.node
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn set(json: &str) -> FieldSet {
        FieldSet::parse(&from_json(json.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn reads_and_writes_what_the_api_server_does() {
        for json in [
            r#"{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:replicas":{}}}"#,
            r#"{"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}}"#,
            r#"{"f:finalizers":{".":{},"v:\"x/y\"":{}}}"#,
        ] {
            assert_eq!(to_json(&set(json).to_value(), false), json);
        }
        assert!(FieldSet::parse(&from_json(br#"{"x":{}}"#).unwrap()).is_err());
        assert!(FieldSet::parse(&from_json(br#"{"f:x":1}"#).unwrap()).is_err());
    }

    #[test]
    fn a_walk_knows_what_is_owned() {
        let set = set(r#"{"f:spec":{"f:selector":{},"f:ports":{"k:{\"port\":80}":{".":{},"f:name":{}}}}}"#);
        let spec = set.root().field("spec");
        assert!(spec.is_owned());
        assert!(spec.field("selector").field("app").is_owned(), "below a leaf everything is owned");
        assert!(!spec.field("replicas").is_owned());
        let keys = set.child("f:spec").unwrap().child("f:ports").unwrap().list_keys().unwrap();
        let port = |json: &str| spec.field("ports").item(&from_json(json.as_bytes()).unwrap(), &keys);
        assert!(port(r#"{"port":80}"#).field("name").is_owned());
        assert!(!port(r#"{"port":80}"#).field("nodePort").is_owned());
        assert!(!port(r#"{"port":81}"#).is_owned());
    }

    #[test]
    fn sets_are_joined_and_cut() {
        let mut a = set(r#"{"f:a":{"f:b":{}}}"#);
        a.union(&set(r#"{"f:a":{"f:c":{}},"f:d":{}}"#));
        assert_eq!(a, set(r#"{"f:a":{"f:b":{},"f:c":{}},"f:d":{}}"#));
        a.remove(&["f:a", "f:b"]);
        a.remove(&["f:a", "f:c"]);
        a.remove(&["f:x", "f:y"]);
        assert_eq!(a, set(r#"{"f:d":{}}"#));
        a.insert(["f:e", "f:g"]);
        assert_eq!(a, set(r#"{"f:d":{},"f:e":{"f:g":{}}}"#));
    }
}
