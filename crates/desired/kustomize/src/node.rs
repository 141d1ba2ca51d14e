//! [`Node`]: a YAML document as kyaml holds it while it is transformed.
//!
//! The result of a build is JSON-like and has sorted keys, so what matters here is what decides the *type* of a scalar in the
//! end: its text, its tag and its style. A scalar without a tag is resolved by its text when the build is printed, quoted
//! ones are strings, and setting a value keeps the style of what stood there: `"1"` patched with `2` gives `"2"`.
//!
//! Mappings and sequences are shared: cloning a node costs a counter, and changing one copies only the way down to it. So a
//! parsed document can serve many renders at once.

mod fields;
mod lookup;
mod matcher;
mod read;
mod resolve;
mod scalar;
mod value;
mod write;

use std::sync::Arc;

use bowline_base_value::Str;
use bowline_base_value::yaml::node::Comments;

pub(crate) use fields::{
    SetError, clear, ensure_mapping, set_field, set_kept_field, set_scalar, set_scalar_value, string,
};
pub(crate) use lookup::{LookupError, lookup, lookup_create};
pub(crate) use matcher::{MatchError, for_each_match};
pub(crate) use read::{ReadError, read_documents, read_one};
pub(crate) use resolve::{Resolved, resolve};
pub(crate) use scalar::is_yaml11_non_string;
pub(crate) use value::{ValueError, from_value, from_value_as_json, to_value};
pub(crate) use write::write;

/// One node of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) body: Body,
    pub(crate) tag: Tag,
    pub(crate) style: Style,
    /// Scalars of one object with the same number other than 0 stand for one shared scalar: a change to one is a change to
    /// all. This is how a label that one transformer wrote into several places behaves.
    pub(crate) shared: u32,
    /// Comments around it, which only texts that are written again can show; most nodes have none.
    pub(crate) comments: Option<Arc<Comments>>,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    Scalar(Str),
    Mapping(Arc<Vec<(Node, Node)>>),
    Sequence(Arc<Vec<Node>>),
}

/// The kinds of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar,
    Mapping,
    Sequence,
}

/// A tag; [`Tag::None`] means that nobody said and the text decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    None,
    Str,
    Int,
    Float,
    Bool,
    Null,
    Timestamp,
    Binary,
    Merge,
    Map,
    Seq,
    Other(Str),
}

/// How a node was written, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style(pub(crate) u8);

// === impl Style ===

impl Style {
    pub(crate) const PLAIN: Style = Style(0);
    pub(crate) const TAGGED: Style = Style(1);
    pub(crate) const DOUBLE: Style = Style(2);
    pub(crate) const SINGLE: Style = Style(4);
    pub(crate) const LITERAL: Style = Style(8);
    pub(crate) const FOLDED: Style = Style(16);
    pub(crate) const FLOW: Style = Style(32);

    pub(crate) fn has(self, other: Style) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn with(self, other: Style) -> Style {
        Style(self.0 | other.0)
    }

    /// Whether a scalar of this style is text whatever it says.
    pub(crate) fn is_quoted(self) -> bool {
        self.has(Style(Style::DOUBLE.0 | Style::SINGLE.0 | Style::LITERAL.0 | Style::FOLDED.0))
    }
}

// === impl Tag ===

impl Tag {
    /// The tag of its long or short text.
    pub(crate) fn parse(text: &str) -> Tag {
        let short = text.strip_prefix("tag:yaml.org,2002:").or_else(|| text.strip_prefix("!!"));
        match short {
            Some("str") => Tag::Str,
            Some("int") => Tag::Int,
            Some("float") => Tag::Float,
            Some("bool") => Tag::Bool,
            Some("null") => Tag::Null,
            Some("timestamp") => Tag::Timestamp,
            Some("binary") => Tag::Binary,
            Some("merge") => Tag::Merge,
            Some("map") => Tag::Map,
            Some("seq") => Tag::Seq,
            Some(other) => Tag::Other(format!("!!{other}").into()),
            None => Tag::Other(text.into()),
        }
    }
}

// === impl Node ===

impl Node {
    /// A scalar that nobody gave a tag.
    pub(crate) fn scalar(text: impl Into<Str>) -> Node {
        Node { body: Body::Scalar(text.into()), tag: Tag::None, style: Style::PLAIN, shared: 0, comments: None }
    }

    /// A scalar that is a string; one with line breaks is written as a literal block.
    pub(crate) fn string(text: impl Into<Str>) -> Node {
        let text = text.into();
        let style = if text.contains('\n') { Style::LITERAL } else { Style::PLAIN };
        Node { body: Body::Scalar(text), tag: Tag::Str, style, shared: 0, comments: None }
    }

    pub(crate) fn mapping(entries: Vec<(Node, Node)>) -> Node {
        Node { body: Body::Mapping(Arc::new(entries)), tag: Tag::None, style: Style::PLAIN, shared: 0, comments: None }
    }

    pub(crate) fn sequence(items: Vec<Node>) -> Node {
        Node { body: Body::Sequence(Arc::new(items)), tag: Tag::None, style: Style::PLAIN, shared: 0, comments: None }
    }

    /// An empty node of a kind.
    pub(crate) fn empty(kind: Kind) -> Node {
        match kind {
            Kind::Scalar => Node::scalar(""),
            Kind::Mapping => Node::mapping(Vec::new()),
            Kind::Sequence => Node::sequence(Vec::new()),
        }
    }

    pub(crate) fn with_tag(mut self, tag: Tag) -> Node {
        self.tag = tag;
        self
    }

    /// Whether this is the other node itself, not only one like it: a collection that both share.
    pub(crate) fn is_same(&self, other: &Node) -> bool {
        let shared = match (&self.body, &other.body) {
            (Body::Mapping(a), Body::Mapping(b)) => Arc::ptr_eq(a, b),
            (Body::Sequence(a), Body::Sequence(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        shared && self.style == other.style && self.tag == other.tag
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.body {
            Body::Scalar(_) => Kind::Scalar,
            Body::Mapping(_) => Kind::Mapping,
            Body::Sequence(_) => Kind::Sequence,
        }
    }

    /// The kind's word for messages.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind() {
            Kind::Scalar => "a scalar",
            Kind::Mapping => "a mapping",
            Kind::Sequence => "a list",
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.tag == Tag::Null
    }

    /// Null, `{}` or `[]`.
    pub(crate) fn is_null_or_empty(&self) -> bool {
        self.is_null()
            || match &self.body {
                Body::Scalar(_) => false,
                Body::Mapping(entries) => entries.is_empty(),
                Body::Sequence(items) => items.is_empty(),
            }
    }

    /// Whether this is a scalar that is a string as far as anybody said.
    pub(crate) fn is_string(&self) -> bool {
        matches!(self.body, Body::Scalar(_)) && matches!(self.tag, Tag::Str | Tag::None)
    }

    /// The text of a scalar; empty for other kinds.
    pub(crate) fn text(&self) -> &str {
        match &self.body {
            Body::Scalar(text) => text,
            _ => "",
        }
    }

    /// The text of a scalar, empty for null and other kinds.
    pub(crate) fn text_unless_null(&self) -> &str {
        if self.is_null() { "" } else { self.text() }
    }

    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.body {
            Body::Mapping(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn entries_mut(&mut self) -> Option<&mut Vec<(Node, Node)>> {
        match &mut self.body {
            Body::Mapping(entries) => Some(Arc::make_mut(entries)),
            _ => None,
        }
    }

    pub(crate) fn items(&self) -> &[Node] {
        match &self.body {
            Body::Sequence(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn items_mut(&mut self) -> Option<&mut Vec<Node>> {
        match &mut self.body {
            Body::Sequence(items) => Some(Arc::make_mut(items)),
            _ => None,
        }
    }

    /// The value of a field; the first where a key stands twice.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(k, _)| k.text() == key).map(|(_, v)| v)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.entries().iter().position(|(k, _)| k.text() == key)?;
        self.entries_mut().map(|entries| &mut entries[at].1)
    }

    /// The value under a chain of plain field names.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}
