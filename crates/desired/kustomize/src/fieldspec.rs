//! [`FieldSpec`]: a path in the objects of a kind, and the walk to what stands there.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::gvk::{Gvk, split_api_version};
use crate::node::{Kind, Node, Tag, lookup_create};

/// A path in the objects that a kind (or a part of one) selects.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldSpec {
    pub(crate) gvk: Gvk,
    pub(crate) path: Arc<str>,
    /// Whether the field is made where it is missing.
    pub(crate) create: bool,
    parts: Arc<[String]>,
}

/// The node that a missing field is made as.
#[derive(Clone, Debug)]
pub(crate) struct Create {
    pub(crate) kind: Kind,
    pub(crate) tag: Tag,
}

/// Field specs in order.
pub(crate) type FieldSpecs = Vec<FieldSpec>;

// === impl FieldSpec ===

impl FieldSpec {
    pub(crate) fn new(gvk: Gvk, path: &str, create: bool) -> FieldSpec {
        FieldSpec { gvk, path: path.into(), create, parts: split_path(path, '/').into() }
    }

    /// Whether the spec counts for an object.
    pub(crate) fn matches(&self, object: &Node) -> bool {
        let text = |field: &str| object.get(field).map(Node::text).unwrap_or_default();
        if !self.gvk.kind.is_empty() && &*self.gvk.kind != text("kind") {
            return false;
        }
        let (group, version) = split_api_version(text("apiVersion"));
        (self.gvk.group.is_empty() || &*self.gvk.group == group)
            && (self.gvk.version.is_empty() || &*self.gvk.version == version)
    }

    /// Calls `set` for every node that the path leads to, through all elements of lists on the way. Does nothing for
    /// objects that the spec does not count for.
    pub(crate) fn apply(
        &self,
        object: &mut Node,
        create: Option<&Create>,
        set: &mut dyn FnMut(&mut Node) -> Result<()>,
    ) -> Result<()> {
        if !self.matches(object) {
            return Ok(());
        }
        self.apply_to_any(object, create, set)
    }

    /// [`FieldSpec::apply`] to an object that was selected in another way.
    pub(crate) fn apply_to_any(
        &self,
        object: &mut Node,
        create: Option<&Create>,
        set: &mut dyn FnMut(&mut Node) -> Result<()>,
    ) -> Result<()> {
        let create = create.filter(|_| self.create);
        // Most paths lead nowhere in most objects: looking first keeps what is shared with other renders shared.
        if create.is_none() && !reaches(object, &self.parts) {
            return Ok(());
        }
        walk(object, &self.parts, create, set).map_err(|error| Error::Within {
            what: format!("considering field '{}' of object {}", self.path, describe(object)),
            source: Box::new(error),
        })
    }
}

/// Kind and name of an object for messages.
pub(crate) fn describe(object: &Node) -> String {
    let text = |path: &[&str]| object.at(path).map(Node::text).unwrap_or_default();
    let (api_version, namespace) = (text(&["apiVersion"]), text(&["metadata", "namespace"]));
    let namespace = if namespace.is_empty() { "[noNs]" } else { namespace };
    format!("{}/{}.{namespace}", Gvk::of(api_version, text(&["kind"])), text(&["metadata", "name"]))
}

/// Splits a path; a separator after a backslash belongs to the name.
pub(crate) fn split_path(path: &str, separator: char) -> Vec<String> {
    let mut parts: Vec<&str> = path.split(separator).collect();
    if parts.len() > 1 && parts[0].is_empty() {
        parts.remove(0);
    }
    let mut result: Vec<String> = Vec::new();
    for (i, part) in parts.into_iter().enumerate() {
        match result.last_mut() {
            Some(last) if i > 0 && last.ends_with('\\') => {
                last.pop();
                last.push(separator);
                last.push_str(part);
            }
            _ => result.push(part.to_string()),
        }
    }
    result
}

/// Splits a path at dots, keeping `[a.b=c.d]` together; brackets without `=` are quotes.
pub(crate) fn split_dotted(path: &str) -> Vec<String> {
    let mut result: Vec<String> = Vec::new();
    let mut parts = split_path(path, '.').into_iter();
    while let Some(part) = parts.next() {
        if !part.starts_with('[') || part.ends_with(']') {
            result.push(part);
            continue;
        }
        let mut whole = part;
        for more in parts.by_ref() {
            whole.push('.');
            whole.push_str(&more);
            if more.ends_with(']') {
                break;
            }
        }
        let quoted = !whole.contains('=');
        result.push(if quoted { whole.trim_matches(['[', ']']).to_string() } else { whole });
    }
    result
}

/// Whether a walk without creation would come to the end of the path, or to an error.
fn reaches(node: &Node, path: &[String]) -> bool {
    let Some((part, rest)) = path.split_first() else { return true };
    if node.is_null() {
        return false;
    }
    match node.kind() {
        // An error that the walk reports.
        Kind::Scalar => true,
        Kind::Sequence => node.items().iter().any(|item| reaches(item, path)),
        Kind::Mapping => {
            let name = part.strip_suffix("[]").unwrap_or(part);
            // Indices and the like are rare and have their own rules.
            if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return true;
            }
            // A null that must be a list becomes one.
            let list = part.ends_with("[]");
            node.get(name).is_some_and(|field| (list && field.is_null()) || reaches(field, rest))
        }
    }
}

fn walk(
    node: &mut Node,
    path: &[String],
    create: Option<&Create>,
    set: &mut dyn FnMut(&mut Node) -> Result<()>,
) -> Result<()> {
    let Some((part, rest)) = path.split_first() else { return set(node) };
    if node.is_null() {
        return Ok(());
    }
    match node.kind() {
        Kind::Scalar => Err(Error::Object("expected sequence or mapping node".to_string())),
        Kind::Sequence => {
            for item in node.items_mut().into_iter().flatten() {
                walk(item, path, create, set)?;
            }
            Ok(())
        }
        Kind::Mapping => {
            let (name, list) = match part.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (part.as_str(), false),
            };
            if name.is_empty() {
                return Err(Error::Object("cannot set or create an empty field name".to_string()));
            }
            let mapping = Create { kind: Kind::Mapping, tag: Tag::Map };
            let make = match create {
                Some(_) if list => None,
                Some(last) if rest.is_empty() => Some(last),
                Some(_) => Some(&mapping),
                None => None,
            };
            let Some(field) = lookup_create(node, &[name], make.map(|m| m.kind))? else { return Ok(()) };
            let as_kind = make.cloned().or(list.then_some(Create { kind: Kind::Sequence, tag: Tag::None }));
            if let Some(Create { kind, tag }) = as_kind.filter(|_| field.is_null()) {
                *field = Node { style: field.style, shared: field.shared, ..Node::empty(kind).with_tag(tag) };
            }
            walk(field, rest, create, set)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(split_path("/a/b\\/c/d", '/'), ["a", "b/c", "d"]);
        assert_eq!(split_dotted("spec.[name=a.b].x"), ["spec", "[name=a.b]", "x"]);
        assert_eq!(split_dotted("metadata.annotations.[a.b/c]"), ["metadata", "annotations", "a.b/c"]);
        assert_eq!(split_dotted("data.a\\.b"), ["data", "a.b"]);
    }
}
