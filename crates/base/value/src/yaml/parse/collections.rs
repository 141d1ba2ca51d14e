//! Sequences and mappings, in blocks and in flow.

use super::{Event, EventKind, Parser, State};

use crate::yaml::error::Fault;
use crate::yaml::scan::TokenKind;

// === impl Parser ===

impl<'a> Parser<'a> {
    /// Takes the token that opens a collection.
    pub(super) fn open(&mut self, first: bool) {
        if first {
            let token = self.take();
            self.marks.push(token.start);
        }
    }

    /// Takes the token that closes a collection.
    pub(super) fn close(&mut self, kind: EventKind, with_comments: bool) -> Result<Event<'a>, Fault> {
        self.state = self.pop_state();
        self.marks.pop();
        let mut event = Event::new(kind, self.mark()?);
        // What stands behind a block sequence is left to what follows.
        if with_comments {
            event = self.with_comments(event);
        }
        self.take();
        Ok(event)
    }

    pub(super) fn block_sequence(&mut self, first: bool) -> Result<Event<'a>, Fault> {
        self.open(first);
        match self.kind()? {
            TokenKind::BlockEntry => {
                let end = self.take_entry()?;
                match self.kind()? {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty_then(State::BlockSequence, end),
                    _ => self.node_then(State::BlockSequence, true, false),
                }
            }
            TokenKind::BlockEnd => self.close(EventKind::SequenceEnd, false),
            _ => self.fault_in_collection("did not find expected '-' indicator"),
        }
    }

    /// A sequence at the indentation of the key that it is the value of.
    pub(super) fn indentless_sequence(&mut self) -> Result<Event<'a>, Fault> {
        if self.kind()? == TokenKind::BlockEntry {
            let end = self.take_entry()?;
            return match self.kind()? {
                TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                    self.empty_then(State::IndentlessSequence, end)
                }
                _ => self.node_then(State::IndentlessSequence, true, false),
            };
        }
        self.state = self.pop_state();
        let mark = self.mark()?;
        Ok(Event::new(EventKind::SequenceEnd, mark))
    }

    pub(super) fn block_mapping_key(&mut self, first: bool) -> Result<Event<'a>, Fault> {
        self.open(first);
        match self.kind()? {
            TokenKind::Key => {
                let end = self.take().end;
                match self.kind()? {
                    TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                        self.empty_then(State::BlockMappingValue, end)
                    }
                    _ => self.node_then(State::BlockMappingValue, true, true),
                }
            }
            TokenKind::BlockEnd => self.close(EventKind::MappingEnd, true),
            _ => self.fault_in_collection("did not find expected key"),
        }
    }

    pub(super) fn block_mapping_value(&mut self) -> Result<Event<'a>, Fault> {
        if self.kind()? != TokenKind::Value {
            let mark = self.mark()?;
            return self.empty_then(State::BlockMappingKey, mark);
        }
        let end = self.take().end;
        match self.kind()? {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty_then(State::BlockMappingKey, end),
            _ => self.node_then(State::BlockMappingKey, true, true),
        }
    }

    pub(super) fn flow_sequence(&mut self, first: bool) -> Result<Event<'a>, Fault> {
        self.open(first);
        let mut kind = self.kind()?;
        if kind != TokenKind::FlowSequenceEnd && !first {
            if kind != TokenKind::FlowEntry {
                return self.fault_in_collection("did not find expected ',' or ']'");
            }
            kind = self.advance()?;
        }
        match kind {
            TokenKind::FlowSequenceEnd => self.close(EventKind::SequenceEnd, true),
            TokenKind::Key => {
                let token = self.take();
                self.state = State::FlowPairKey;
                Ok(Event { flow: true, ..Event::new(EventKind::MappingStart, token.start) })
            }
            _ => self.node_then(State::FlowSequence, false, false),
        }
    }

    pub(super) fn flow_pair_key(&mut self) -> Result<Event<'a>, Fault> {
        match self.kind()? {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // go-yaml takes the token here, so that `[? : x]` fails at what follows.
                let end = self.take().end;
                self.empty_then(State::FlowPairValue, end)
            }
            _ => self.node_then(State::FlowPairValue, false, false),
        }
    }

    pub(super) fn flow_pair_value(&mut self) -> Result<Event<'a>, Fault> {
        if self.kind()? == TokenKind::Value {
            let kind = self.advance()?;
            if !matches!(kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                return self.node_then(State::FlowPairEnd, false, false);
            }
        }
        let mark = self.mark()?;
        self.empty_then(State::FlowPairEnd, mark)
    }

    pub(super) fn flow_mapping_key(&mut self, first: bool) -> Result<Event<'a>, Fault> {
        self.open(first);
        let mut kind = self.kind()?;
        if kind != TokenKind::FlowMappingEnd && !first {
            if kind != TokenKind::FlowEntry {
                return self.fault_in_collection("did not find expected ',' or '}'");
            }
            kind = self.advance()?;
        }
        match kind {
            TokenKind::FlowMappingEnd => self.close(EventKind::MappingEnd, true),
            TokenKind::Key => match self.advance()? {
                TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                    let mark = self.mark()?;
                    self.empty_then(State::FlowMappingValue, mark)
                }
                _ => self.node_then(State::FlowMappingValue, false, false),
            },
            _ => self.node_then(State::FlowMappingEmptyValue, false, false),
        }
    }

    pub(super) fn flow_mapping_value(&mut self, empty: bool) -> Result<Event<'a>, Fault> {
        if !empty && self.kind()? == TokenKind::Value {
            let kind = self.advance()?;
            if !matches!(kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                return self.node_then(State::FlowMappingKey, false, false);
            }
        }
        let mark = self.mark()?;
        self.empty_then(State::FlowMappingKey, mark)
    }
}
