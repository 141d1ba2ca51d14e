//! Documents as trees of nodes, as go-yaml 3's `Node` is: order, styles, anchors and comments are kept.
//!
//! [`parse`] and [`Document::to_yaml`] are what kyaml's reader and writer do between them: what is not touched is written as
//! it stood, up to white space.

mod emit;
mod read;

pub use super::parse::Comments;
use super::{EmitOptions, Flavour, Options, ScalarStyle, YamlError, from_yaml_with};
use crate::{Str, Value};
pub use emit::to_yaml;
pub use read::{parse, parse_all};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A text: [`Node::value`].
    Scalar,
    /// A list: [`Node::content`].
    Sequence,
    /// Pairs: [`Node::content`] holds keys and values in turn.
    Mapping,
    /// A mention of an anchored node: its anchor is [`Node::value`].
    Alias,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The tag is written out.
    pub tagged: bool,
    /// A collection in brackets.
    pub flow: bool,
    /// A scalar's quotes.
    pub scalar: ScalarStyle,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The tag in short form (`!!str`, `!!map`, `!mine`), whether it is written or follows from the text.
    pub tag: Str,
    /// A scalar's text, or the anchor that an alias mentions.
    pub value: Str,
    /// How it is written.
    pub style: Style,
    /// The name by which aliases mention it.
    pub anchor: Option<Str>,
    /// Comments around it; most nodes have none.
    pub comments: Option<Box<Comments>>,
    /// Where it starts, from 1; 0 for a node that was not read.
    pub line: u32,
    /// Where on its line it starts, in characters from 1; 0 for a node that was not read.
    pub column: u32,
    /// The items of a sequence; the keys and values of a mapping in turn.
    pub content: Vec<Node>,
}

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What it holds.
    pub root: Node,
    /// The comments above all (parted from the content by an empty line) and below all.
    pub comments: Comments,
}

// === impl Node ===

impl Node {
    fn new(kind: Kind, tag: &str) -> Node {
        Node {
            kind,
            tag: tag.into(),
            value: Str::default(),
            style: Style::default(),
            anchor: None,
            comments: None,
            line: 0,
            column: 0,
            content: Vec::new(),
        }
    }

    /// A plain scalar with the tag that its text has by itself: `8080` is an integer.
    pub fn plain(text: &str) -> Node {
        let tag = super::resolve::tag_of(super::resolve::resolve_plain(text, Flavour::V3));
        Node { value: text.into(), ..Node::new(Kind::Scalar, tag) }
    }

    /// A string; written in quotes where its text alone would be something else.
    pub fn string(text: &str) -> Node {
        Node { value: text.into(), ..Node::new(Kind::Scalar, "!!str") }
    }

    /// A sequence in block style.
    pub fn sequence(items: Vec<Node>) -> Node {
        Node { content: items, ..Node::new(Kind::Sequence, "!!seq") }
    }

    /// A mapping in block style.
    pub fn mapping(pairs: Vec<(Node, Node)>) -> Node {
        let content = pairs.into_iter().flat_map(|(key, value)| [key, value]).collect();
        Node { content, ..Node::new(Kind::Mapping, "!!map") }
    }

    /// The node that holds `value`: fields sorted by the bytes of their names, all in block style.
    pub fn from_value(value: &Value) -> Node {
        match value {
            Value::Null => Node::plain("null"),
            Value::Bool(b) => Node::plain(if *b { "true" } else { "false" }),
            Value::Int(i) => Node::plain(&i.to_string()),
            Value::UInt(u) => Node::plain(&u.to_string()),
            Value::Float(f) => Node { tag: "!!float".into(), ..Node::plain(&crate::format_g64(*f)) },
            Value::String(s) => Node { value: s.clone(), ..Node::new(Kind::Scalar, "!!str") },
            Value::Array(items) => Node::sequence(items.iter().map(Node::from_value).collect()),
            Value::Object(map) => {
                let key = |key: &Str| Node { value: key.clone(), ..Node::new(Kind::Scalar, "!!str") };
                Node::mapping(map.iter().map(|(name, field)| (key(name), Node::from_value(field))).collect())
            }
        }
    }

    /// The pairs of a mapping, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&Node, &Node)> {
        let pairs = if self.kind == Kind::Mapping { self.content.as_slice() } else { &[] };
        pairs.chunks_exact(2).map(|pair| (&pair[0], &pair[1]))
    }

    /// The value of the first field `key` of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pairs().find(|(name, _)| name.value.as_ref() == key).map(|(_, value)| value)
    }

    /// The value of the first field `key` of a mapping, for changing.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.pairs().position(|(name, _)| name.value.as_ref() == key)?;
        self.content.get_mut(at * 2 + 1)
    }

    /// The value as go-yaml 3 decodes it, through its text as kyaml does.
    pub fn to_value(&self, options: Options) -> Result<Value, YamlError> {
        from_yaml_with(to_yaml(self, EmitOptions::v3(2)), Options { flavour: Flavour::V3, ..options })
    }

    fn comments(&self) -> Comments {
        self.comments.as_deref().cloned().unwrap_or_default()
    }
}
