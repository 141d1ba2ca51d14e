//! Looking up one node by a path of fields, indices and `[field=value]` selectors.

use super::fields::{demand, ensure};
use super::{Kind, Node, SetError, Style};

/// Why a path cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LookupError {
    /// Another kind of node stands on the way.
    #[error("at {part:?}: {error}")]
    Kind { part: String, error: SetError },
    /// A part that is not understood.
    #[error("path element {part:?}: {reason}")]
    Part { part: String, reason: &'static str },
}

/// One element of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Field(&'a str),
    Index(usize),
    Last,
    Every,
    /// `[field=value]`; an empty field is the element itself.
    Element(&'a str, &'a str),
}

// === impl Part ===

impl<'a> Part<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Part<'a>, LookupError> {
        let error = |reason| LookupError::Part { part: text.to_string(), reason };
        if let Ok(index) = text.parse::<i64>() {
            return usize::try_from(index).map(Part::Index).map_err(|_| error("an index cannot be negative"));
        }
        match text {
            "-" => Ok(Part::Last),
            "*" => Ok(Part::Every),
            _ if is_element(text) => {
                let (field, value) = split_element(text).ok_or_else(|| error("must be [field=value]"))?;
                Ok(Part::Element(field, value))
            }
            _ => Ok(Part::Field(text)),
        }
    }
}

/// Whether a path element is written as `[…]`.
pub(super) fn is_element(text: &str) -> bool {
    text.len() >= 2 && text.starts_with('[') && text.ends_with(']')
}

/// The field and the value of `[field=value]`.
pub(super) fn split_element(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('[').unwrap_or(text).strip_suffix(']')?.split_once('=')
}

/// The kind that a created node must have for the element after it.
pub(super) fn kind_before(next: Option<&str>, last: Kind) -> Kind {
    match next {
        None => last,
        Some(part) if is_element(part) || part.parse::<usize>().is_ok() => Kind::Sequence,
        Some(_) => Kind::Mapping,
    }
}

/// The node at a path, if it is there.
pub(crate) fn lookup<'a, S: AsRef<str>>(node: &'a Node, path: &[S]) -> Result<Option<&'a Node>, LookupError> {
    let mut at = node;
    for part in path.iter().map(|part| part.as_ref().trim()).filter(|part| !part.is_empty()) {
        let kind = |kind| demand(at, kind).map_err(|error| LookupError::Kind { part: part.to_string(), error });
        let next = match Part::parse(part)? {
            Part::Index(index) => kind(Kind::Sequence).map(|()| at.items().get(index))?,
            Part::Last => kind(Kind::Sequence).map(|()| at.items().last())?,
            Part::Every => {
                return Err(LookupError::Part { part: part.to_string(), reason: "a wildcard is not possible here" });
            }
            Part::Element(field, value) => {
                kind(Kind::Sequence)?;
                at.items().iter().find(|item| element_matches(item, field, value))
            }
            Part::Field(name) if at.is_null() => None::<&Node>.filter(|_| !name.is_empty()),
            Part::Field(name) => kind(Kind::Mapping).map(|()| at.get(name))?,
        };
        match next {
            Some(node) => at = node,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// The node at a path for changing. With `create`, what is missing is made, the last node of that kind.
pub(crate) fn lookup_create<'a>(
    node: &'a mut Node,
    path: &[&str],
    create: Option<Kind>,
) -> Result<Option<&'a mut Node>, LookupError> {
    let parts: Vec<&str> = path.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    let mut at = node;
    for (i, part) in parts.iter().enumerate() {
        let wrong = |error| LookupError::Kind { part: part.to_string(), error };
        let next = match Part::parse(part)? {
            Part::Index(_) | Part::Last | Part::Element(..) => {
                demand(at, Kind::Sequence).map_err(wrong)?;
                element_mut(at, &Part::parse(part)?, create.is_some())
            }
            Part::Every => {
                return Err(LookupError::Part { part: part.to_string(), reason: "a wildcard is not possible here" });
            }
            Part::Field(name) => match create {
                Some(last) => ensure(at, name, kind_before(parts.get(i + 1).copied(), last)).map_err(wrong)?,
                None if at.is_null() => None,
                None => {
                    demand(at, Kind::Mapping).map_err(wrong)?;
                    at.get_mut(name)
                }
            },
        };
        match next {
            Some(node) => at = node,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

fn element_mut<'a>(list: &'a mut Node, part: &Part<'_>, create: bool) -> Option<&'a mut Node> {
    let found = match part {
        Part::Index(index) => Some(*index).filter(|i| *i < list.items().len()),
        Part::Last => list.items().len().checked_sub(1),
        Part::Element(field, value) => list.items().iter().position(|item| element_matches(item, field, value)),
        Part::Field(_) | Part::Every => None,
    };
    let items = list.items_mut()?;
    match (found, part) {
        (Some(at), _) => items.get_mut(at),
        (None, Part::Element(field, value)) if create => {
            items.push(new_element(field, value));
            items.last_mut()
        }
        _ => None,
    }
}

/// The element that `[field=value]` makes.
pub(super) fn new_element(field: &str, value: &str) -> Node {
    if field.is_empty() {
        return Node::scalar(value);
    }
    Node { style: Style::PLAIN, ..Node::mapping(vec![(Node::scalar(field), Node::scalar(value))]) }
}

fn element_matches(item: &Node, field: &str, value: &str) -> bool {
    if field.is_empty() { item.text() == value } else { item.get(field).is_some_and(|node| node.text() == value) }
}
