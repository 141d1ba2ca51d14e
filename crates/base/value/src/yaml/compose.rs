//! From events to a document: nodes in one vector, linked by their places in it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::error::{Fault, Flavour, Mark, YamlError};
use super::parse::{Comments, Event, EventKind, Parser};
use super::scan::{Input, ScalarStyle, Scanner};

/// Collections inside collections that are followed. go-yaml follows 10,000 of each sort of bracket; what walks a value
/// afterwards (here and in every renderer) does so by recursion, so the bound is set where a stack of 2 MiB carries it.
pub(crate) const MAX_DEPTH: usize = 500;

/// The place of a node in its document.
pub(crate) type NodeId = u32;

/// No node.
pub(crate) const NONE: NodeId = NodeId::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NodeKind {
    Scalar,
    Sequence,
    Mapping,
    Alias,
}

#[derive(Debug)]
pub(crate) struct NodeData<'a> {
    pub kind: NodeKind,
    pub style: ScalarStyle,
    pub implicit: bool,
    pub flow: bool,
    /// The first child: an item, or a key whose sibling is its value, and so on.
    pub first: NodeId,
    pub sibling: NodeId,
    /// What an alias names.
    pub target: NodeId,
    pub start: Mark,
    /// A scalar's text; an alias's name.
    pub value: Cow<'a, str>,
    pub anchor: Option<Cow<'a, str>>,
    /// The tag in full.
    pub tag: Option<Cow<'a, str>>,
    pub comments: Option<Box<Comments>>,
}

/// One document; its root is node 0.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    pub nodes: Vec<NodeData<'a>>,
    pub comments: Comments,
}

/// Documents of a stream, one after the other.
pub(crate) struct Composer<'a> {
    parser: Parser<'a>,
    flavour: Flavour,
}

struct Open {
    node: NodeId,
    last: NodeId,
    /// Children so far.
    count: usize,
    /// In a mapping, the key at hand and the one before.
    keys: [NodeId; 2],
}

// === impl Document ===

impl<'a> Document<'a> {
    pub(crate) fn node(&self, id: NodeId) -> &NodeData<'a> {
        &self.nodes[id as usize]
    }

    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = self.node(id).first;
        std::iter::successors((first != NONE).then_some(first), |&id| {
            let next = self.node(id).sibling;
            (next != NONE).then_some(next)
        })
    }
}

impl Document<'_> {
    /// Takes the foot comment of a node; empty where it has none.
    fn take_foot(&mut self, id: NodeId) -> String {
        let comments = self.nodes[id as usize].comments.as_mut();
        comments.map(|comments| std::mem::take(&mut comments.foot)).unwrap_or_default()
    }

    fn has_foot(&self, id: NodeId) -> bool {
        self.node(id).comments.as_ref().is_some_and(|comments| !comments.foot.is_empty())
    }

    fn set_foot(&mut self, id: NodeId, foot: String) {
        self.nodes[id as usize].comments.get_or_insert_default().foot = foot;
    }

    /// Moves foot comments in a mapping to the key that they are below: what is below a key's value, or before a key.
    fn child_done(&mut self, parent: &Open) {
        let mapping = self.node(parent.node);
        if mapping.kind != NodeKind::Mapping {
            return;
        }
        let ([key, before], flow) = (parent.keys, mapping.flow);
        if parent.count.is_multiple_of(2) {
            if !self.has_foot(key) && self.has_foot(parent.last) {
                let foot = self.take_foot(parent.last);
                self.set_foot(key, foot);
            }
        } else if !flow && before != NONE && self.has_foot(key) {
            let foot = self.take_foot(key);
            self.set_foot(before, foot);
        }
    }

    /// The comments of a collection's end; what is below a block mapping is below its last key.
    fn close(&mut self, closed: &Open, end: Option<Box<Comments>>) {
        let node = &mut self.nodes[closed.node as usize];
        if node.comments.is_none() && end.is_none() {
            return;
        }
        let end = end.map(|end| *end).unwrap_or_default();
        let moves = node.kind == NodeKind::Mapping && !node.flow && closed.count > 1 && !end.foot.is_empty();
        let comments = node.comments.get_or_insert_default();
        comments.line = end.line;
        if moves {
            comments.foot.clear();
            self.set_foot(closed.keys[0], end.foot);
        } else {
            comments.foot = end.foot;
        }
    }
}

// === impl Composer ===

impl<'a> Composer<'a> {
    pub(crate) fn new(text: &'a [u8], flavour: Flavour) -> Composer<'a> {
        Composer { parser: Parser::new(Scanner::new(Input::new(text), flavour)), flavour }
    }

    /// Keeps comments; they are version 3's.
    pub(crate) fn with_comments(text: &'a [u8]) -> Composer<'a> {
        let scanner = Scanner::new(Input::new(text), Flavour::V3).with_comments();
        Composer { parser: Parser::new(scanner), flavour: Flavour::V3 }
    }

    fn event(&mut self) -> Result<Event<'a>, YamlError> {
        self.parser.next().map_err(|fault: Fault| fault.into_error(self.flavour))
    }

    /// The next document; `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> Result<Option<Document<'a>>, YamlError> {
        let start = self.event()?;
        if start.kind != EventKind::DocumentStart {
            return Ok(None);
        }
        let mut document =
            Document { nodes: Vec::new(), comments: start.comments.map(|comments| *comments).unwrap_or_default() };
        let mut anchors: HashMap<Cow<'a, str>, NodeId> = HashMap::new();
        let mut open: Vec<Open> = Vec::new();
        loop {
            let event = self.event()?;
            let kind = match event.kind {
                EventKind::Scalar => NodeKind::Scalar,
                EventKind::Alias => NodeKind::Alias,
                EventKind::SequenceStart => NodeKind::Sequence,
                EventKind::MappingStart => NodeKind::Mapping,
                EventKind::SequenceEnd | EventKind::MappingEnd => {
                    let closed = open.pop().expect("because an end has a start");
                    document.close(&closed, event.comments);
                    match open.last() {
                        Some(parent) => document.child_done(parent),
                        None => break,
                    }
                    continue;
                }
                EventKind::StreamEnd | EventKind::DocumentStart | EventKind::DocumentEnd => break,
            };
            let id = document.nodes.len() as NodeId;
            let (target, anchor, value) = match (kind, event.anchor) {
                (NodeKind::Alias, name) => {
                    let name = name.unwrap_or_default();
                    let Some(&target) = anchors.get(&name) else {
                        return Err(YamlError::plain(format!("unknown anchor '{name}' referenced")));
                    };
                    (target, None, name)
                }
                (_, anchor) => {
                    if let Some(name) = &anchor {
                        anchors.insert(name.clone(), id);
                    }
                    (NONE, anchor, event.value)
                }
            };
            document.nodes.push(NodeData {
                kind,
                style: event.style,
                implicit: event.implicit,
                flow: event.flow,
                first: NONE,
                sibling: NONE,
                target,
                start: event.start,
                value,
                anchor,
                tag: event.tag,
                comments: event.comments,
            });
            if let Some(parent) = open.last_mut() {
                match parent.last {
                    NONE => document.nodes[parent.node as usize].first = id,
                    last => document.nodes[last as usize].sibling = id,
                }
                parent.last = id;
                if parent.count.is_multiple_of(2) {
                    parent.keys = [id, parent.keys[0]];
                }
                parent.count += 1;
            }
            if matches!(kind, NodeKind::Sequence | NodeKind::Mapping) {
                if open.len() == MAX_DEPTH {
                    let line = event.start.line as usize + 1;
                    return Err(YamlError::at(line, format!("exceeded max depth of {MAX_DEPTH}")));
                }
                open.push(Open { node: id, last: NONE, count: 0, keys: [NONE; 2] });
            } else {
                match open.last() {
                    Some(parent) => document.child_done(parent),
                    None => break,
                }
            }
        }
        // The document's end: what stands there instead is a fault.
        document.comments.foot = self.event()?.comments.map(|comments| comments.foot).unwrap_or_default();
        Ok(Some(document))
    }
}
