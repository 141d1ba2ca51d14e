//! Visiting every node that a replacement's field path matches.

use regex::Regex;

use super::fields::demand;
use super::lookup::{Part, kind_before, new_element};
use super::{Kind, LookupError, Node, SetError, Style, read_one, set_field};

/// Why a path cannot be matched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MatchError {
    /// Another kind of node stands on the way.
    #[error("at {part:?}: {error}")]
    Kind { part: String, error: SetError },
    /// A part that is not understood.
    #[error(transparent)]
    Part(#[from] LookupError),
    /// The value of `[field=value]` is no regular expression.
    #[error("path element {part:?}: the value is not a regular expression")]
    Regex { part: String },
    /// An index beyond the end.
    #[error("index {index} specified but only {len} elements found")]
    Index { index: usize, len: usize },
    /// Text on the way that is no YAML.
    #[error("at {part:?}: the text is not YAML, so nothing inside it can be set")]
    Text { part: String },
}

/// What is done to every match.
pub(crate) type Visit<'v> = dyn FnMut(&mut Node) + 'v;

/// Calls `visit` for each node at `path` and returns how many there were. With `create`, what is missing is made.
///
/// `*` is every element, `[field=value]` every element whose field matches the value as an unanchored regular expression.
pub(crate) fn for_each_match(
    node: &mut Node,
    path: &[String],
    create: Option<Kind>,
    visit: &mut Visit<'_>,
) -> Result<usize, MatchError> {
    let Some((part, rest)) = path.split_first() else {
        visit(node);
        return Ok(1);
    };
    let next = rest.first().map(String::as_str);
    match Part::parse(part) {
        Ok(Part::Index(index)) => {
            elements(node, part)?;
            let len = node.items().len();
            if len == index
                && let (Some(last), Some(items)) = (create, node.items_mut())
            {
                items.push(Node::empty(kind_before(next, last)));
            }
            match node.items_mut().and_then(|items| items.get_mut(index)) {
                Some(item) => for_each_match(item, rest, create, visit),
                None => Err(MatchError::Index { index, len }),
            }
        }
        Ok(Part::Every) => {
            elements(node, part)?;
            each(node, |_| true, rest, create, visit)
        }
        Ok(Part::Element(field, value)) => {
            elements(node, part)?;
            let regex = Regex::new(value).map_err(|_| MatchError::Regex { part: part.clone() })?;
            let selected = |item: &Node| {
                let text = if field.is_empty() { Some(item) } else { item.get(field) };
                text.is_some_and(|text| regex.is_match(&written(text)))
            };
            let found = each(node, selected, rest, create, visit)?;
            if found == 0 && create.is_some() {
                if let Some(items) = node.items_mut() {
                    items.push(new_element(field, value));
                }
                return each(node, selected, rest, create, visit);
            }
            Ok(found)
        }
        Err(error) if super::lookup::is_element(part) => Err(error.into()),
        _ => field(node, part, rest, create, visit),
    }
}

fn elements(node: &Node, part: &str) -> Result<(), MatchError> {
    demand(node, Kind::Sequence).map_err(|error| MatchError::Kind { part: part.to_string(), error })
}

fn each(
    node: &mut Node,
    selected: impl Fn(&Node) -> bool,
    rest: &[String],
    create: Option<Kind>,
    visit: &mut Visit<'_>,
) -> Result<usize, MatchError> {
    let mut found = 0;
    for item in node.items_mut().into_iter().flatten() {
        if selected(item) {
            found += for_each_match(item, rest, create, visit)?;
        }
    }
    Ok(found)
}

fn field(
    node: &mut Node,
    name: &str,
    rest: &[String],
    create: Option<Kind>,
    visit: &mut Visit<'_>,
) -> Result<usize, MatchError> {
    let wrong = |error| MatchError::Kind { part: name.to_string(), error };
    demand(node, Kind::Mapping).map_err(wrong)?;
    if node.get(name).is_none() {
        let Some(last) = create else { return Ok(0) };
        let made = Node::empty(kind_before(rest.first().map(String::as_str), last));
        if node.is_null() {
            return Err(wrong(SetError { expected: "a mapping", found: "null" }));
        }
        set_field(node, name, Some(made), Style::PLAIN).map_err(wrong)?;
    }
    let Some(value) = node.get_mut(name) else { return Ok(0) };
    if value.kind() == Kind::Scalar && !rest.is_empty() && !value.is_null() {
        // A path into text finds what is there; changing it is the business of the caller, who tried before.
        let text = read_one(value.text()).ok().flatten();
        let mut inner = text.ok_or_else(|| MatchError::Text { part: name.to_string() })?;
        return for_each_match(&mut inner, rest, create, visit);
    }
    for_each_match(value, rest, create, visit)
}

/// A value as it is written in a document, which is what the regular expression sees.
fn written(node: &Node) -> String {
    let text = node.text();
    if node.style.has(Style::DOUBLE) {
        format!("{text:?}")
    } else if node.style.has(Style::SINGLE) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        text.trim().to_string()
    }
}
