//! Writing a node as kyaml does: two spaces, lists at the indentation of their key, fields in their order, with comments.

use bowline_base_value::yaml::{EmitOptions, Flavour, ScalarStyle, node as yaml};

use super::{Body, Node, Style, Tag};

/// The text of a document.
pub(crate) fn write(node: &Node) -> String {
    let options = EmitOptions { flavour: Flavour::V3, indent: 2, compact_sequences: true };
    yaml::to_yaml(&convert(node), options)
}

fn convert(node: &Node) -> yaml::Node {
    let style = node.style;
    let scalar = [
        (Style::DOUBLE, ScalarStyle::DoubleQuoted),
        (Style::SINGLE, ScalarStyle::SingleQuoted),
        (Style::LITERAL, ScalarStyle::Literal),
        (Style::FOLDED, ScalarStyle::Folded),
    ];
    let scalar = scalar.into_iter().find(|(bit, _)| style.has(*bit)).map_or(ScalarStyle::Plain, |(_, scalar)| scalar);
    let (kind, value, content) = match &node.body {
        Body::Scalar(text) => (yaml::Kind::Scalar, text.clone(), Vec::new()),
        Body::Sequence(items) => (yaml::Kind::Sequence, "".into(), items.iter().map(convert).collect()),
        Body::Mapping(entries) => {
            let content = entries.iter().flat_map(|(key, value)| [convert(key), convert(value)]).collect();
            (yaml::Kind::Mapping, "".into(), content)
        }
    };
    yaml::Node {
        kind,
        tag: tag_text(&node.tag).into(),
        value,
        style: yaml::Style { tagged: style.has(Style::TAGGED), flow: style.has(Style::FLOW), scalar },
        anchor: None,
        comments: node.comments.as_deref().map(|comments| Box::new(comments.clone())),
        line: 0,
        column: 0,
        content,
    }
}

fn tag_text(tag: &Tag) -> &str {
    match tag {
        Tag::None => "",
        Tag::Str => "!!str",
        Tag::Int => "!!int",
        Tag::Float => "!!float",
        Tag::Bool => "!!bool",
        Tag::Null => "!!null",
        Tag::Timestamp => "!!timestamp",
        Tag::Binary => "!!binary",
        Tag::Merge => "!!merge",
        Tag::Map => "!!map",
        Tag::Seq => "!!seq",
        Tag::Other(tag) => tag,
    }
}
