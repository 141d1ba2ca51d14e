//! Reading documents: splitting a file, parsing, resolving anchors and merge keys.

use std::collections::HashMap;
use std::sync::Arc;

use bowline_base_value::yaml::{ScalarStyle, node as yaml};

use super::{Body, Kind, Node, Style, Tag};

/// Nodes that aliases may add to one document.
const MAX_ALIASED: u64 = 1_000_000;

/// Why a text is no YAML that is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    /// The syntax is wrong.
    #[error("{0}")]
    Syntax(String),
    /// A line that begins with `---` and goes on.
    #[error("invalid document separator: {0}")]
    Separator(String),
    /// The bytes are not UTF-8.
    #[error("yaml: invalid UTF-8")]
    Encoding,
    /// A merge key that merges no mapping, or comes twice.
    #[error("yaml: line {line}: {reason}")]
    Merge {
        /// Line of the mapping, from 1.
        line: u32,
        reason: &'static str,
    },
    /// More aliased nodes than a document may have.
    #[error("yaml: document contains excessive aliasing")]
    Aliases,
}

/// The documents of a file; null ones are left out, and the items of a single `List` stand for it.
pub(crate) fn read_documents(bytes: &[u8]) -> Result<Vec<Node>, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ReadError::Encoding)?;
    let text = if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { std::borrow::Cow::Borrowed(text) };
    let parts = split(&text)?;
    let mut documents = Vec::new();
    for part in &parts {
        let Some(node) = read_one(part)? else { continue };
        let wraps = matches!(node.get("kind").map(Node::text), Some("List" | "ResourceList"));
        if parts.len() == 1 && wraps && (node.get("items").is_some() || node.get("functionConfig").is_some()) {
            documents.extend(node.get("items").map(Node::items).unwrap_or_default().iter().cloned());
        } else {
            documents.push(node);
        }
    }
    Ok(documents)
}

/// Splits at lines that begin with `---`; only a comment may follow on such a line.
fn split(text: &str) -> Result<Vec<&str>, ReadError> {
    let (mut parts, mut start, mut from) = (Vec::new(), 0, 0);
    while let Some(at) = text[from..].find("\n---").map(|i| from + i) {
        let Some(end) = text[at + 4..].find('\n').map(|i| at + 4 + i) else { break };
        let after = text[at + 4..end].trim();
        if !after.is_empty() && !after.starts_with('#') {
            return Err(ReadError::Separator(text[at..end].trim().to_string()));
        }
        parts.push(&text[start..=at]);
        (start, from) = (end + 1, end + 1);
    }
    parts.push(&text[start..]);
    Ok(parts)
}

/// The first document of a text; `None` where there is none, or null.
pub(crate) fn read_one(text: &str) -> Result<Option<Node>, ReadError> {
    let document = yaml::parse(text).map_err(|error| ReadError::Syntax(error.to_string()))?;
    let Some(document) = document else { return Ok(None) };
    let (root, _) = Reader::default().node(document.root)?;
    Ok(Some(root).filter(|node| !node.is_null()))
}

/// Resolves aliases: an anchored node is shared by all who mention it.
#[derive(Default)]
struct Reader {
    anchors: HashMap<Arc<str>, (Node, u64)>,
    aliased: u64,
}

// === impl Reader ===

impl Reader {
    /// A node, and how many nodes it is with all below it.
    fn node(&mut self, node: yaml::Node) -> Result<(Node, u64), ReadError> {
        if node.kind == yaml::Kind::Alias {
            let found = self.anchors.get(&node.value).cloned();
            let Some((target, weight)) = found else {
                return Err(ReadError::Syntax(format!("yaml: unknown anchor '{}' referenced", node.value)));
            };
            self.aliased += weight;
            if self.aliased > MAX_ALIASED {
                return Err(ReadError::Aliases);
            }
            return Ok((target, weight));
        }
        let mut weight = 1;
        let (line, anchor) = (node.line, node.anchor.clone());
        let (tag, style) = (Tag::parse(&node.tag), style(&node));
        let comments = node.comments.map(|comments| Arc::new(*comments));
        let body = match node.kind {
            yaml::Kind::Sequence => {
                let mut items = Vec::with_capacity(node.content.len());
                for item in node.content {
                    let (item, more) = self.node(item)?;
                    weight += more;
                    items.push(item);
                }
                Body::Sequence(Arc::new(items))
            }
            yaml::Kind::Mapping => {
                let mut entries = Vec::with_capacity(node.content.len() / 2);
                let mut content = node.content.into_iter();
                while let (Some(key), Some(value)) = (content.next(), content.next()) {
                    let ((key, a), (value, b)) = (self.node(key)?, self.node(value)?);
                    weight += a + b;
                    entries.push((key, value));
                }
                Body::Mapping(Arc::new(merged(entries, line)?))
            }
            yaml::Kind::Scalar | yaml::Kind::Alias => {
                weight += node.value.len() as u64 / 32;
                Body::Scalar(node.value)
            }
        };
        let made = Node { body, tag, style, shared: 0, comments };
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, (made.clone(), weight));
        }
        Ok((made, weight))
    }
}

fn style(node: &yaml::Node) -> Style {
    let mut style = match node.style.scalar {
        ScalarStyle::Plain => Style::PLAIN,
        ScalarStyle::SingleQuoted => Style::SINGLE,
        ScalarStyle::DoubleQuoted => Style::DOUBLE,
        ScalarStyle::Literal => Style::LITERAL,
        ScalarStyle::Folded => Style::FOLDED,
    };
    if node.style.tagged {
        style = style.with(Style::TAGGED);
    }
    if node.style.flow {
        style = style.with(Style::FLOW);
    }
    style
}

/// Resolves a merge key: its fields first, one's own over them; of several merged mappings the first wins.
fn merged(mut entries: Vec<(Node, Node)>, line: u32) -> Result<Vec<(Node, Node)>, ReadError> {
    let error = |reason| ReadError::Merge { line, reason };
    let Some(at) = entries.iter().position(|(key, _)| key.tag == Tag::Merge) else { return Ok(entries) };
    let (_, source) = entries.remove(at);
    if entries.iter().any(|(key, _)| key.tag == Tag::Merge) {
        return Err(error("duplicate merge key"));
    }
    let sources = match source.kind() {
        Kind::Mapping => vec![source],
        Kind::Sequence => source.items().iter().rev().cloned().collect(),
        Kind::Scalar => return Err(error("map merge requires map or sequence of maps as the value")),
    };
    let mut result: Vec<(Node, Node)> = entries.clone();
    for source in &sources {
        if source.kind() != Kind::Mapping {
            return Err(error("map merge requires map or sequence of maps as the value"));
        }
        put_entries(&mut result, source.entries());
    }
    put_entries(&mut result, &entries);
    Ok(result)
}

fn put_entries(into: &mut Vec<(Node, Node)>, from: &[(Node, Node)]) {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(into.len());
    for (at, (key, _)) in into.iter().enumerate() {
        places.entry(key.text().to_string()).or_insert(at);
    }
    for (key, value) in from {
        match places.get(key.text()) {
            Some(at) => into[*at] = (key.clone(), value.clone()),
            None => {
                places.insert(key.text().to_string(), into.len());
                into.push((key.clone(), value.clone()));
            }
        }
    }
}
