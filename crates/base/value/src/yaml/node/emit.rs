//! Writing nodes, with their comments, as go-yaml 3's encoder does.

use super::super::emit::{Place, Writer};
use super::super::resolve::{resolve_plain, tag_of};
use super::super::{EmitOptions, Flavour, ScalarStyle};
use super::{Comments, Document, Kind, Node};

/// Writes a node as a document.
pub fn to_yaml(node: &Node, options: EmitOptions) -> String {
    document(node, &Comments::default(), options)
}

impl Document {
    /// Writes the document.
    pub fn to_yaml(&self, options: EmitOptions) -> String {
        document(&self.root, &self.comments, options)
    }
}

fn document(root: &Node, comments: &Comments, options: EmitOptions) -> String {
    let mut emitter = Emitter { writer: Writer::new(options) };
    let writer = &mut emitter.writer;
    if !comments.head.is_empty() {
        writer.pending.note(&Comments { head: comments.head.clone(), ..Comments::default() }, "");
        writer.head_comment();
        writer.put_break();
    }
    emitter.note(root, "");
    emitter.writer.head_comment();
    emitter.node(root, Place::Root, After::Comments);
    let writer = &mut emitter.writer;
    writer.pending.note(&Comments { foot: comments.foot.clone(), ..Comments::default() }, "");
    writer.last_foot_comment();
    emitter.writer.finish()
}

struct Emitter {
    writer: Writer,
}

/// What is done behind a node, or behind the start of a collection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// A key: its comments wait for its value.
    Nothing,
    /// Line and foot comment.
    Comments,
    /// In brackets: a comma first, if there are comments.
    CommaAndComments,
}

// === impl Emitter ===

impl Emitter {
    /// Takes up the comments that come with a node's start; `tail` is the foot of the field before it.
    fn note(&mut self, node: &Node, tail: &str) {
        let comments = node.comments();
        match node.kind {
            Kind::Scalar | Kind::Alias => self.writer.pending.note(&comments, tail),
            // Those behind and below a collection come with its end.
            Kind::Mapping | Kind::Sequence => {
                let tail = if node.kind == Kind::Mapping { tail } else { "" };
                self.writer.pending.note(&Comments { head: comments.head, ..Comments::default() }, tail);
            }
        }
    }

    /// Takes up the comments of a collection's end.
    fn note_end(&mut self, node: &Node, tail: &str) {
        let comments = Comments { head: String::new(), ..node.comments() };
        self.writer.pending.note(&comments, tail);
    }

    fn after(&mut self, after: After) {
        if after == After::Nothing {
            return;
        }
        if after == After::CommaAndComments && self.writer.pending.any() {
            self.writer.indicator(",", false, false, false);
        }
        self.writer.line_comment(false);
        self.writer.foot_comment();
    }

    fn node(&mut self, node: &Node, place: Place, after: After) {
        if node.kind == Kind::Alias {
            self.writer.indicator("*", true, false, false);
            self.writer.text(&node.value);
            return self.after(after);
        }
        let (tag, force_quotes) = written_tag(node);
        if let Some(anchor) = &node.anchor {
            self.writer.indicator("&", true, false, false);
            self.writer.text(anchor);
        }
        if let Some(tag) = tag {
            self.writer.tag(tag);
        }
        match node.kind {
            Kind::Scalar => {
                let style = match node.style.scalar {
                    ScalarStyle::Plain if node.value.contains('\n') => ScalarStyle::Literal,
                    ScalarStyle::Plain if force_quotes => ScalarStyle::DoubleQuoted,
                    style => style,
                };
                self.writer.scalar(&node.value, style, place);
                self.after(after);
            }
            _ if node.style.flow || node.content.is_empty() || self.writer.in_flow() => {
                self.after(after);
                match node.kind {
                    Kind::Mapping => self.flow_mapping(node, place),
                    _ => self.flow_sequence(node, place),
                }
            }
            Kind::Mapping => {
                self.after(after);
                self.block_mapping(node, place);
            }
            _ => {
                self.after(after);
                self.block_sequence(node, place);
            }
        }
    }

    fn block_sequence(&mut self, node: &Node, place: Place) {
        self.writer.open_sequence(place);
        for item in &node.content {
            self.note(item, "");
            self.writer.head_comment();
            self.writer.sequence_item();
            self.node(item, Place::Item, After::Comments);
        }
        self.note_end(node, "");
        self.writer.close();
    }

    fn block_mapping(&mut self, node: &Node, place: Place) {
        self.writer.open_mapping(place);
        let mut tail = String::new();
        for (key, value) in node.pairs() {
            let foot = self.note_key(key, &tail);
            tail = foot;
            self.writer.head_comment();
            self.writer.key_start();
            self.writer.pending.keep_for_value();
            let simple = self.is_simple_key(key);
            if simple {
                self.node(key, Place::SimpleKey, After::Nothing);
            } else {
                self.writer.complex_key();
                self.node(key, Place::Value, After::Nothing);
            }
            self.note(value, "");
            self.writer.colon(simple);
            let block = matches!(value.kind, Kind::Mapping | Kind::Sequence) && !value.style.flow;
            self.writer.key_line_comment(value.kind == Kind::Scalar, block);
            self.node(value, Place::Value, After::Comments);
        }
        self.note_end(node, &tail);
        self.writer.head_comment();
        self.writer.close();
    }

    fn flow_sequence(&mut self, node: &Node, place: Place) {
        self.writer.open_flow("[", place);
        let mut trail = true;
        for item in &node.content {
            self.note(item, "");
            trail = self.flow_entry(trail);
            self.node(item, Place::FlowItem, After::CommaAndComments);
        }
        self.note_end(node, "");
        self.writer.close_flow();
        if self.writer.at_line_start() {
            self.writer.key_start();
        }
        self.end_flow("]");
    }

    fn flow_mapping(&mut self, node: &Node, place: Place) {
        self.writer.open_flow("{", place);
        let mut trail = true;
        let mut tail = String::new();
        for (key, value) in node.pairs() {
            let foot = self.note_key(key, &tail);
            tail = foot;
            self.flow_entry(trail);
            let simple = self.is_simple_key(key);
            if simple {
                self.node(key, Place::SimpleKey, After::Nothing);
            } else {
                self.writer.indicator("?", true, false, false);
                self.node(key, Place::Value, After::Nothing);
            }
            self.note(value, "");
            self.writer.indicator(":", !simple, false, false);
            trail = self.writer.pending.any();
            self.node(value, Place::Value, After::CommaAndComments);
        }
        self.note_end(node, &tail);
        if self.writer.pending.any_but_line() && !trail {
            self.writer.indicator(",", false, false, false);
        }
        self.writer.head_comment();
        self.writer.close_flow();
        self.end_flow("}");
    }

    /// What stands before an entry in brackets; `trail`: the comma does not, or stands already. Whether the next one's
    /// comma will.
    fn flow_entry(&mut self, trail: bool) -> bool {
        if !trail {
            self.writer.indicator(",", false, false, false);
        }
        self.writer.head_comment();
        if self.writer.at_line_start() {
            self.writer.key_start();
        }
        self.writer.pending.any()
    }

    fn end_flow(&mut self, bracket: &str) {
        self.writer.indicator(bracket, false, false, false);
        self.writer.line_comment(false);
        self.writer.foot_comment();
    }

    /// Takes up a key's comments; gives its foot comment, which is written behind its value.
    fn note_key(&mut self, key: &Node, tail: &str) -> String {
        let mut comments = key.comments();
        let foot = std::mem::take(&mut comments.foot);
        let bare = Node { comments: Some(Box::new(comments)), content: Vec::new(), ..key.clone() };
        self.note(&bare, tail);
        foot
    }

    fn is_simple_key(&self, key: &Node) -> bool {
        let anchor = key.anchor.as_ref().map_or(0, |anchor| anchor.len());
        let tag = written_tag(key).0.map_or(0, str::len);
        match key.kind {
            Kind::Scalar => anchor + tag <= 128 && self.writer.is_simple_key(&key.value, anchor + tag),
            Kind::Alias => key.value.len() <= 128,
            Kind::Sequence | Kind::Mapping => key.content.is_empty() && anchor + tag <= 128,
        }
    }
}

/// The tag that must be written, and whether a string must be quoted to be one.
fn written_tag(node: &Node) -> (Option<&str>, bool) {
    let tag = node.tag.as_ref();
    if tag.is_empty() {
        return (None, false);
    }
    if node.style.tagged {
        return (Some(tag), false);
    }
    match node.kind {
        Kind::Sequence => ((tag != "!!seq").then_some(tag), false),
        Kind::Mapping => ((tag != "!!map").then_some(tag), false),
        Kind::Alias => (None, false),
        Kind::Scalar if tag == "!!str" && node.style.scalar != ScalarStyle::Plain => (None, false),
        Kind::Scalar => {
            let own = tag_of(resolve_plain(&node.value, Flavour::V3));
            match (own == tag, tag == "!!str") {
                (true, _) => (None, false),
                (false, true) => (None, true),
                (false, false) => (Some(tag), false),
            }
        }
    }
}
