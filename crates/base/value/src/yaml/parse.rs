//! From tokens to events: the grammar of documents, collections and nodes.

mod collections;

use std::borrow::Cow;

use super::error::{Fault, Mark, Stage};
use super::scan::{ScalarStyle, Scanner, Token, TokenKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias,
    Scalar,
    SequenceStart,
    SequenceEnd,
    MappingStart,
    MappingEnd,
}

#[derive(Clone, Debug)]
pub(crate) struct Event<'a> {
    pub kind: EventKind,
    pub start: Mark,
    /// The name of an anchor, or of what an alias names.
    pub anchor: Option<Cow<'a, str>>,
    /// The tag in full, `tag:yaml.org,2002:str`.
    pub tag: Option<Cow<'a, str>>,
    pub value: Cow<'a, str>,
    pub style: ScalarStyle,
    /// A scalar whose type its text decides.
    pub implicit: bool,
    /// A collection in brackets.
    pub flow: bool,
    /// Its comments, if it has any.
    pub comments: Option<Box<Comments>>,
}

/// The comments of a node or an event; lines are parted by line feeds, each with its `#`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// Above it.
    pub head: String,
    /// Behind it, on its line.
    pub line: String,
    /// Below it.
    pub foot: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirst,
    BlockSequence,
    IndentlessSequence,
    BlockMappingFirst,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirst,
    FlowSequence,
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirst,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

pub(crate) struct Parser<'a> {
    scanner: Scanner<'a>,
    /// The token at hand, once it was looked at.
    at_hand: Option<(TokenKind, Mark)>,
    state: State,
    /// Where to go on after the node at hand.
    states: Vec<State>,
    /// Starts of the open collections.
    marks: Vec<Mark>,
    tag_directives: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Comments that wait for the event that they belong to.
    comments: Comments,
    /// What stands above an entry whose content is a block itself: that block's head.
    stem: String,
}

const TAG_PREFIX: &str = "tag:yaml.org,2002:";

// === impl Comments ===

impl Comments {
    fn of_head(head: String) -> Option<Box<Comments>> {
        (!head.is_empty()).then(|| Box::new(Comments { head, ..Comments::default() }))
    }
}

// === impl Event ===

impl<'a> Event<'a> {
    fn new(kind: EventKind, start: Mark) -> Event<'a> {
        Event {
            kind,
            start,
            anchor: None,
            tag: None,
            value: Cow::Borrowed(""),
            style: ScalarStyle::Plain,
            implicit: false,
            flow: false,
            comments: None,
        }
    }
}

// === impl Parser ===

impl<'a> Parser<'a> {
    pub(crate) fn new(scanner: Scanner<'a>) -> Parser<'a> {
        Parser {
            scanner,
            at_hand: None,
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            marks: Vec::new(),
            tag_directives: Vec::new(),
            comments: Comments::default(),
            stem: String::new(),
        }
    }

    /// The next event; after the end of the stream, that end again.
    pub(crate) fn next(&mut self) -> Result<Event<'a>, Fault> {
        match self.state {
            State::ImplicitDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(true, false),
            State::BlockSequenceFirst => self.block_sequence(true),
            State::BlockSequence => self.block_sequence(false),
            State::IndentlessSequence => self.indentless_sequence(),
            State::BlockMappingFirst => self.block_mapping_key(true),
            State::BlockMappingKey => self.block_mapping_key(false),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirst => self.flow_sequence(true),
            State::FlowSequence => self.flow_sequence(false),
            State::FlowPairKey => self.flow_pair_key(),
            State::FlowPairValue => self.flow_pair_value(),
            State::FlowPairEnd => {
                let mark = self.mark()?;
                self.state = State::FlowSequence;
                Ok(Event::new(EventKind::MappingEnd, mark))
            }
            State::FlowMappingFirst => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(false),
            State::FlowMappingEmptyValue => self.flow_mapping_value(true),
            State::End => {
                let mark = self.mark()?;
                Ok(Event::new(EventKind::StreamEnd, mark))
            }
        }
    }

    fn kind(&mut self) -> Result<TokenKind, Fault> {
        Ok(self.peek()?.0)
    }

    fn mark(&mut self) -> Result<Mark, Fault> {
        Ok(self.peek()?.1)
    }

    /// The token at hand, whose comments are gathered.
    #[inline]
    fn peek(&mut self) -> Result<(TokenKind, Mark), Fault> {
        match self.at_hand {
            Some(token) => Ok(token),
            None => self.look(),
        }
    }

    fn look(&mut self) -> Result<(TokenKind, Mark), Fault> {
        let token = self.scanner.peek()?;
        let (kind, start) = (token.kind, token.start);
        while let Some(comment) = self.scanner.take_comment(start.index, kind != TokenKind::BlockEnd) {
            let all = &mut self.comments;
            for (to, from) in
                [(&mut all.head, comment.head), (&mut all.foot, comment.foot), (&mut all.line, comment.line)]
            {
                if !to.is_empty() && !from.is_empty() {
                    to.push('\n');
                }
                to.push_str(&from);
            }
        }
        self.at_hand = Some((kind, start));
        Ok((kind, start))
    }

    /// Gives the gathered comments to an event.
    fn with_comments(&mut self, mut event: Event<'a>) -> Event<'a> {
        if self.comments != Comments::default() {
            event.comments = Some(Box::new(std::mem::take(&mut self.comments)));
        }
        self.stem.clear();
        event
    }

    /// Takes a dash; what stands above it is about the block behind it, if there is one.
    fn take_entry(&mut self) -> Result<Mark, Fault> {
        let above = self.comments.head.len();
        let end = self.take().end;
        if above > 0 && matches!(self.kind()?, TokenKind::BlockSequenceStart | TokenKind::BlockMappingStart) {
            let rest = self.comments.head.get(above + 1..).unwrap_or_default().to_string();
            self.stem = std::mem::replace(&mut self.comments.head, rest);
            self.stem.truncate(above);
        }
        Ok(end)
    }

    /// Of the comments above a document, those that an empty line parts from its content.
    fn document_head(&mut self) -> String {
        let head = &mut self.comments.head;
        let bytes = head.as_bytes();
        let end = (1..bytes.len()).rev().find_map(|i| match bytes[i] {
            b'\n' if i == bytes.len() - 1 => Some((i, i + 1)),
            b'\n' if bytes[i - 1] == b'\n' => Some((i - 1, i + 1)),
            _ => None,
        });
        let Some((end, rest)) = end else { return String::new() };
        let rest = head[rest..].to_string();
        let mut document = std::mem::replace(head, rest);
        document.truncate(end);
        document
    }

    /// Takes the token at hand.
    fn take(&mut self) -> Token<'a> {
        self.at_hand = None;
        self.scanner.take()
    }

    /// Takes the token at hand and looks at the next.
    fn advance(&mut self) -> Result<TokenKind, Fault> {
        self.take();
        self.kind()
    }

    fn fault<T>(&self, context: Mark, at: Mark, problem: &str) -> Result<T, Fault> {
        Err(Fault { stage: Stage::Parser, context, at, problem: problem.into() })
    }

    /// A fault inside the innermost open collection.
    fn fault_in_collection<T>(&mut self, problem: &str) -> Result<T, Fault> {
        let at = self.mark()?;
        let context = self.marks.pop().unwrap_or_default();
        self.fault(context, at, problem)
    }

    fn pop_state(&mut self) -> State {
        self.states.pop().expect("because every node was entered with the state that follows it")
    }

    /// The node that stands between two tokens where something was left out.
    fn empty_scalar(&self, mark: Mark) -> Event<'a> {
        Event { implicit: true, ..Event::new(EventKind::Scalar, mark) }
    }

    // --- documents ---

    fn document_start(&mut self, implicit: bool) -> Result<Event<'a>, Fault> {
        let mut kind = self.kind()?;
        if !implicit {
            while kind == TokenKind::DocumentEnd {
                kind = self.advance()?;
            }
        }
        let start = self.mark()?;
        let marker = matches!(kind, TokenKind::VersionDirective | TokenKind::TagDirective | TokenKind::DocumentStart);
        if kind == TokenKind::StreamEnd {
            self.state = State::End;
            return Ok(Event::new(EventKind::StreamEnd, start));
        }
        self.directives()?;
        self.states.push(State::DocumentEnd);
        let mut event = Event::new(EventKind::DocumentStart, start);
        if implicit && !marker {
            self.state = State::BlockNode;
            event.comments = Comments::of_head(self.document_head());
        } else {
            if self.kind()? != TokenKind::DocumentStart {
                let at = self.mark()?;
                return self.fault(Mark::default(), at, "did not find expected <document start>");
            }
            self.state = State::DocumentContent;
            self.take();
        }
        Ok(event)
    }

    fn directives(&mut self) -> Result<(), Fault> {
        let mut version = false;
        loop {
            match self.kind()? {
                TokenKind::VersionDirective => {
                    let token = self.take();
                    if version {
                        return self.fault(Mark::default(), token.start, "found duplicate %YAML directive");
                    }
                    if token.value != "1.1" {
                        return self.fault(Mark::default(), token.start, "found incompatible YAML document");
                    }
                    version = true;
                }
                TokenKind::TagDirective => {
                    let token = self.take();
                    if self.tag_directives.iter().any(|(handle, _)| *handle == token.value) {
                        return self.fault(Mark::default(), token.start, "found duplicate %TAG directive");
                    }
                    self.tag_directives.push((token.value, token.suffix));
                }
                _ => break,
            }
        }
        for (handle, prefix) in [("!", "!"), ("!!", TAG_PREFIX)] {
            if self.tag_directives.iter().all(|(known, _)| known != handle) {
                self.tag_directives.push((handle.into(), prefix.into()));
            }
        }
        Ok(())
    }

    fn document_content(&mut self) -> Result<Event<'a>, Fault> {
        match self.kind()? {
            TokenKind::VersionDirective
            | TokenKind::TagDirective
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                self.state = self.pop_state();
                let mark = self.mark()?;
                Ok(self.empty_scalar(mark))
            }
            _ => self.node(true, false),
        }
    }

    fn document_end(&mut self) -> Result<Event<'a>, Fault> {
        let kind = self.kind()?;
        let start = self.mark()?;
        if kind == TokenKind::DocumentEnd {
            self.take();
        }
        self.tag_directives.clear();
        self.state = State::DocumentStart;
        let mut event = self.with_comments(Event::new(EventKind::DocumentEnd, start));
        if let Some(comments) = event.comments.as_mut().filter(|comments| comments.foot.is_empty()) {
            comments.foot = std::mem::take(&mut comments.head);
        }
        Ok(event)
    }

    // --- nodes ---

    fn node(&mut self, block: bool, indentless: bool) -> Result<Event<'a>, Fault> {
        let mut kind = self.kind()?;
        let start = self.mark()?;
        let mut event = Event::new(EventKind::Scalar, start);
        if kind == TokenKind::Alias {
            self.state = self.pop_state();
            event.kind = EventKind::Alias;
            let event = self.with_comments(event);
            return Ok(Event { anchor: Some(self.take().value), ..event });
        }
        let mut tag = None;
        while let (TokenKind::Anchor, None, _) | (TokenKind::Tag, _, None) = (kind, &event.anchor, &tag) {
            let token = self.take();
            if kind == TokenKind::Anchor {
                event.anchor = Some(token.value);
            } else {
                tag = Some(token);
            }
            kind = self.kind()?;
        }
        if let Some(token) = tag {
            event.tag = Some(self.full_tag(token, start)?);
        }
        if indentless && kind == TokenKind::BlockEntry {
            self.state = State::IndentlessSequence;
            event.kind = EventKind::SequenceStart;
            return Ok(event);
        }
        let (collection, flow, state) = match kind {
            TokenKind::Scalar => {
                event = self.with_comments(event);
                let token = self.take();
                event.implicit = match event.tag.as_deref() {
                    None => token.style == ScalarStyle::Plain,
                    Some(tag) => tag == "!",
                };
                event.value = token.value;
                event.style = token.style;
                self.state = self.pop_state();
                return Ok(event);
            }
            TokenKind::FlowSequenceStart => (EventKind::SequenceStart, true, State::FlowSequenceFirst),
            TokenKind::FlowMappingStart => (EventKind::MappingStart, true, State::FlowMappingFirst),
            TokenKind::BlockSequenceStart if block => (EventKind::SequenceStart, false, State::BlockSequenceFirst),
            TokenKind::BlockMappingStart if block => (EventKind::MappingStart, false, State::BlockMappingFirst),
            _ if event.anchor.is_some() || event.tag.is_some() => {
                self.state = self.pop_state();
                event.implicit = event.tag.is_none();
                return Ok(event);
            }
            _ => {
                let at = self.mark()?;
                return self.fault(start, at, "did not find expected node content");
            }
        };
        self.state = state;
        if flow {
            event = self.with_comments(event);
        } else {
            event.comments = Comments::of_head(std::mem::take(&mut self.stem));
        }
        event.kind = collection;
        event.flow = flow;
        Ok(event)
    }

    fn full_tag(&self, token: Token<'a>, node: Mark) -> Result<Cow<'a, str>, Fault> {
        if token.value.is_empty() {
            return Ok(token.suffix);
        }
        match self.tag_directives.iter().find(|(handle, _)| *handle == token.value) {
            Some((_, prefix)) => Ok(Cow::Owned(format!("{prefix}{}", token.suffix))),
            None => self.fault(node, token.start, "found undefined tag handle"),
        }
    }

    /// A node, after which `then` goes on.
    fn node_then(&mut self, then: State, block: bool, indentless: bool) -> Result<Event<'a>, Fault> {
        self.states.push(then);
        self.node(block, indentless)
    }

    /// An empty node, after which `then` goes on.
    fn empty_then(&mut self, then: State, mark: Mark) -> Result<Event<'a>, Fault> {
        self.state = then;
        Ok(self.empty_scalar(mark))
    }
}
