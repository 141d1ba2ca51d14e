//! Setting and clearing fields, with what kyaml does to style and tag on the way.

use bowline_base_value::Str;

use super::{Body, Kind, Node, Style, Tag, is_yaml11_non_string};

/// A field cannot be set because another kind of node stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub(crate) struct SetError {
    pub(crate) expected: &'static str,
    pub(crate) found: &'static str,
}

/// The error unless `node` is null or of the kind.
pub(crate) fn demand(node: &Node, kind: Kind) -> Result<(), SetError> {
    if node.is_null() || node.kind() == kind {
        return Ok(());
    }
    let expected = Node::empty(kind).kind_name();
    Err(SetError { expected, found: node.kind_name() })
}

/// Quotes what YAML 1.1 would misread.
fn quote(value: &mut Node) {
    if value.is_string() && value.style == Style::PLAIN && is_yaml11_non_string(value.text()) {
        value.style = Style::DOUBLE;
    }
}

/// Puts `value` in the place of `node`, which keeps its style and its ties to other places.
fn overwrite(node: &mut Node, value: Node) {
    let (style, shared) = (node.style, node.shared);
    *node = Node { style, shared, ..value };
}

/// Sets a scalar (or null) node; the style of the old one stays.
pub(crate) fn set_scalar(node: &mut Node, mut value: Node) -> Result<(), SetError> {
    quote(&mut value);
    demand(node, Kind::Scalar)?;
    if !value.is_null() {
        overwrite(node, value);
    }
    Ok(())
}

/// Changes the text of a scalar and nothing else.
pub(crate) fn set_scalar_value(node: &mut Node, text: impl Into<Str>) {
    node.body = Body::Scalar(text.into());
}

/// Sets a field of a mapping. Nothing or null removes the field, a field that is there keeps its style, a new one goes last.
pub(crate) fn set_field(map: &mut Node, name: &str, value: Option<Node>, key_style: Style) -> Result<(), SetError> {
    demand(map, Kind::Mapping)?;
    let Some(mut value) = value.filter(|v| !v.is_null()) else {
        clear(map, name);
        return Ok(());
    };
    quote(&mut value);
    set_kept_field(map, name, value, key_style);
    Ok(())
}

/// [`set_field`] with a value that is set even if it is null.
pub(crate) fn set_kept_field(map: &mut Node, name: &str, value: Node, key_style: Style) {
    // What is appended to a null never shows.
    if map.is_null() {
        return;
    }
    if let Some(field) = map.get_mut(name) {
        overwrite(field, value);
    } else if let Some(entries) = map.entries_mut() {
        let key = Node { style: key_style, ..Node::scalar(name) };
        entries.push((key, value));
    }
}

/// Sets a field to a string without a tag, as most of kustomize's own setters do.
pub(crate) fn string(map: &mut Node, name: &str, text: &str) -> Result<(), SetError> {
    set_field(map, name, Some(Node::scalar(text)), Style::PLAIN)
}

/// Takes the first field of that name away.
pub(crate) fn clear(map: &mut Node, name: &str) -> Option<Node> {
    let at = map.entries().iter().position(|(key, _)| key.text() == name)?;
    map.entries_mut().map(|entries| entries.remove(at).1)
}

/// The field, made as an empty node of the kind when it is missing; `None` where `map` is null.
pub(crate) fn ensure<'a>(map: &'a mut Node, name: &str, kind: Kind) -> Result<Option<&'a mut Node>, SetError> {
    if map.is_null() {
        return Ok(None);
    }
    demand(map, Kind::Mapping)?;
    if map.get(name).is_none()
        && let Some(entries) = map.entries_mut()
    {
        entries.push((Node::scalar(name), Node::empty(kind)));
    }
    Ok(map.get_mut(name))
}

/// The mapping under a chain of fields. What is missing or no mapping on the way is made one.
pub(crate) fn ensure_mapping<'a>(node: &'a mut Node, path: &[&str]) -> &'a mut Node {
    let mut at = node;
    for name in path {
        if at.kind() != Kind::Mapping {
            *at = Node::empty(Kind::Mapping).with_tag(Tag::Map);
        }
        if at.get(name).is_none() {
            set_kept_field(at, name, Node::empty(Kind::Mapping), Style::PLAIN);
        }
        at = at.get_mut(name).expect("because it was made above");
    }
    if at.kind() != Kind::Mapping {
        *at = Node::empty(Kind::Mapping).with_tag(Tag::Map);
    }
    at
}
