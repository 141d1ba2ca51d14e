//! Reading documents into nodes.

use super::super::compose::{self, Composer, NodeId, NodeKind};
use super::super::parse::Comments;
use super::super::resolve::{resolve_plain, short_tag, tag_of};
use super::super::{Flavour, ScalarStyle, YamlError, utf16};
use super::{Document, Kind, Node, Style};
use crate::Str;

/// Reads the first document of `text`; `None` where there is none.
pub fn parse(text: impl AsRef<[u8]>) -> Result<Option<Document>, YamlError> {
    let text = text.as_ref();
    let utf8 = utf16(text);
    let mut composer = Composer::with_comments(utf8.as_deref().unwrap_or(text));
    Ok(composer.next()?.map(document))
}

/// Reads every document of `text`.
pub fn parse_all(text: impl AsRef<[u8]>) -> Result<Vec<Document>, YamlError> {
    let text = text.as_ref();
    let utf8 = utf16(text);
    let mut composer = Composer::with_comments(utf8.as_deref().unwrap_or(text));
    let mut documents = Vec::new();
    while let Some(found) = composer.next()? {
        documents.push(document(found));
    }
    Ok(documents)
}

fn document(mut found: compose::Document<'_>) -> Document {
    Document { root: node(&mut found, 0), comments: found.comments }
}

fn node(document: &mut compose::Document<'_>, id: NodeId) -> Node {
    let data = &mut document.nodes[id as usize];
    let kind = match data.kind {
        NodeKind::Scalar => Kind::Scalar,
        NodeKind::Sequence => Kind::Sequence,
        NodeKind::Mapping => Kind::Mapping,
        NodeKind::Alias => Kind::Alias,
    };
    let written = data.tag.as_deref().filter(|tag| !matches!(*tag, "" | "!"));
    let tag: Str = match (written, kind) {
        (Some(tag), _) => short_tag(tag).as_ref().into(),
        (None, Kind::Sequence) => "!!seq".into(),
        (None, Kind::Mapping) => "!!map".into(),
        (None, Kind::Alias) => Str::default(),
        (None, Kind::Scalar) if data.style != ScalarStyle::Plain => "!!str".into(),
        (None, Kind::Scalar) if data.value == "<<" => "!!merge".into(),
        (None, Kind::Scalar) => tag_of(resolve_plain(&data.value, Flavour::V3)).into(),
    };
    let style = Style { tagged: written.is_some(), flow: data.flow, scalar: data.style };
    let comments = data.comments.take().filter(|comments| **comments != Comments::default());
    let mut made = Node {
        kind,
        tag,
        value: data.value.as_ref().into(),
        style,
        anchor: data.anchor.as_deref().map(Str::from),
        comments,
        line: data.start.line + 1,
        column: data.start.column + 1,
        content: Vec::new(),
    };
    let children: Vec<NodeId> = document.children(id).collect();
    made.content = children.into_iter().map(|child| node(document, child)).collect();
    made
}
