//! From text to tokens.
//!
//! The token grammar is YAML 1.1's as libyaml and go-yaml read it, including what they accept beyond it and the words of
//! their refusals. Two things are clever, as there: block collections have no brackets, so indentation makes the tokens for
//! their starts and ends; and whether a node is a mapping key shows only at the `:` behind it, so the start of each possible
//! key is remembered until the line (or 1024 characters) is over.

mod comment;
mod fetch;
mod input;
mod scalar;
mod tag;

use std::borrow::Cow;
use std::collections::VecDeque;

use super::error::{Fault, Flavour, Mark, Stage};
use comment::Comment;
pub(crate) use input::Input;
use input::{is_blank, is_break_at};

/// Levels of flow brackets, or of indentation, that are followed: go-yaml's own bound.
pub(crate) const MAX_LEVELS: usize = 10_000;

/// Characters between the start of a simple key and its `:`.
const MAX_SIMPLE_KEY: u32 = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    #[default]
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub kind: TokenKind,
    pub style: ScalarStyle,
    /// The flow level (from 1) whose simple key this token may be the start of; 0 when it may not.
    key_level: u32,
    pub start: Mark,
    pub end: Mark,
    /// A scalar's text, an anchor's name, a tag's handle; `1.1` for a version directive.
    pub value: Cow<'a, str>,
    /// A tag's suffix, a tag directive's prefix.
    pub suffix: Cow<'a, str>,
}

#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    token: usize,
    mark: Mark,
}

pub(crate) struct Scanner<'a> {
    input: Input<'a>,
    tokens: VecDeque<Token<'a>>,
    /// Tokens that were handed out, so a token's number is this plus its place in the queue.
    taken: usize,
    finished: bool,
    /// Tokens that must be known before the first is handed out.
    lookahead: usize,
    flow_level: usize,
    indent: i64,
    indents: Vec<i64>,
    simple_key_allowed: bool,
    /// One per flow level, the block level first.
    simple_keys: Vec<SimpleKey>,
    /// The level to note on the token that comes next.
    key_level: u32,
    comments_wanted: bool,
    comments: Vec<Comment>,
    /// How many of the comments were handed out.
    comments_taken: usize,
    /// The kind and the start of the token that was handed out last.
    last_taken: Option<(TokenKind, Mark)>,
}

// === impl Token ===

impl<'a> Token<'a> {
    pub(super) fn new(kind: TokenKind, start: Mark, end: Mark) -> Token<'a> {
        Token {
            kind,
            style: ScalarStyle::Plain,
            key_level: 0,
            start,
            end,
            value: Cow::Borrowed(""),
            suffix: Cow::Borrowed(""),
        }
    }
}

// === impl Scanner ===

impl<'a> Scanner<'a> {
    pub(crate) fn new(input: Input<'a>, flavour: Flavour) -> Scanner<'a> {
        Scanner {
            input,
            tokens: VecDeque::with_capacity(16),
            taken: 0,
            finished: false,
            // Version 3 looks ahead for comments; it shows in which of two faults is told.
            lookahead: if flavour == Flavour::V3 { 3 } else { 1 },
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            key_level: 0,
            comments_wanted: false,
            comments: Vec::new(),
            comments_taken: 0,
            last_taken: None,
        }
    }

    /// The same scanner keeping comments.
    pub(crate) fn with_comments(mut self) -> Scanner<'a> {
        self.comments_wanted = true;
        self
    }

    /// The next token, left in the queue. After the end of the stream, that end again.
    pub(crate) fn peek(&mut self) -> Result<&Token<'a>, Fault> {
        while self.needs_more()? {
            self.fetch()?;
        }
        Ok(self.tokens.front().expect("because the stream's end is never taken out of the queue"))
    }

    /// Takes the token that [`Scanner::peek`] showed.
    pub(crate) fn take(&mut self) -> Token<'a> {
        self.taken += 1;
        let token = self.tokens.pop_front().expect("because a token was peeked at before");
        self.last_taken = Some((token.kind, token.start));
        if token.kind == TokenKind::StreamEnd {
            self.tokens.push_front(token.clone());
        }
        token
    }

    /// Whether the first token cannot be handed out yet: there is none, or a `:` may still make a key of it.
    fn needs_more(&mut self) -> Result<bool, Fault> {
        if self.tokens.len() < self.lookahead && !self.finished {
            return Ok(true);
        }
        let Some(front) = self.tokens.front() else { return Ok(true) };
        let level = front.key_level as usize;
        if level == 0 {
            return Ok(false);
        }
        match self.simple_keys.get(level - 1) {
            Some(key) if key.token == self.taken => self.key_is_valid(level - 1),
            _ => Ok(false),
        }
    }

    fn fault<T>(&self, context: Mark, problem: impl Into<String>) -> Result<T, Fault> {
        if let Some(reason) = self.input.fault_here() {
            return Err(Fault {
                stage: Stage::Reader,
                context: Mark::default(),
                at: Mark::default(),
                problem: reason.to_string(),
            });
        }
        Err(Fault { stage: Stage::Scanner, context, at: self.input.mark(), problem: problem.into() })
    }

    fn fetch(&mut self) -> Result<(), Fault> {
        debug_assert!(!self.finished, "nothing is fetched after the end of the stream");
        let scan = self.input.mark();
        self.skip_to_token(scan);
        let mark = self.input.mark();
        self.unroll_indent(i64::from(mark.column), scan);
        let c = self.input.byte();
        if mark.column == 0 {
            match c {
                b'%' => return self.fetch_directive(),
                b'-' if self.input.document_indicator() => return self.fetch_document(TokenKind::DocumentStart),
                b'.' if self.input.document_indicator() => return self.fetch_document(TokenKind::DocumentEnd),
                _ => {}
            }
        }
        if c == 0 {
            return self.fetch_stream_end();
        }
        let flow = self.flow_level > 0;
        // A comment behind `:` (or `,`) is about what is before that.
        let of_last = c == if flow { b',' } else { b':' };
        let owner = self.tokens.back().filter(|_| of_last).map_or(mark, |token| token.start);
        self.fetch_token(c, flow)?;
        // A dash has no comment of its own: what is behind it is about what follows.
        if self.tokens.back().is_none_or(|token| token.kind != TokenKind::BlockEntry) {
            self.scan_line_comment(owner);
        }
        Ok(())
    }

    fn fetch_token(&mut self, c: u8, flow: bool) -> Result<(), Fault> {
        match c {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.input.blankz(1) => self.fetch_block_entry(),
            b'?' if flow || self.input.blankz(1) => self.fetch_key(),
            b':' if flow || self.input.blankz(1) => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' if !flow => self.fetch_block_scalar(true),
            b'>' if !flow => self.fetch_block_scalar(false),
            b'\'' => self.fetch_quoted(true),
            b'"' => self.fetch_quoted(false),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => {
                self.fault(self.input.mark(), "found character that cannot start any token")
            }
            _ => self.fetch_plain(),
        }
    }

    /// Skips blanks, line breaks and comments. Tabs count as blanks except where indentation is measured.
    fn skip_to_token(&mut self, scan: Mark) {
        loop {
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            self.input.skip_blanks(tabs);
            if self.comments_wanted {
                self.line_comment_to_head();
            }
            if self.input.byte() == b'#' {
                if self.comments_wanted {
                    self.scan_comments(scan);
                } else {
                    self.input.skip_until_break();
                }
            }
            if !self.input.is_break() {
                return;
            }
            self.input.skip_line();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn push(&mut self, mut token: Token<'a>) {
        token.key_level = std::mem::take(&mut self.key_level);
        self.tokens.push_back(token);
    }

    /// Puts a token before the one with `number`; at the end where that was handed out already (or is not said).
    fn insert(&mut self, number: Option<usize>, token: Token<'a>) {
        match number.and_then(|number| number.checked_sub(self.taken)) {
            Some(at) => self.tokens.insert(at, token),
            None => self.tokens.push_back(token),
        }
    }

    // --- simple keys ---

    fn key_is_valid(&mut self, level: usize) -> Result<bool, Fault> {
        let key = self.simple_keys[level];
        if !key.possible {
            return Ok(false);
        }
        let here = self.input.mark();
        if key.mark.line < here.line || key.mark.index + MAX_SIMPLE_KEY < here.index {
            if key.required {
                return self.fault(key.mark, "could not find expected ':'");
            }
            self.simple_keys[level].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn save_simple_key(&mut self) -> Result<(), Fault> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let mark = self.input.mark();
        let required = self.flow_level == 0 && self.indent == i64::from(mark.column);
        let token = self.taken + self.tokens.len();
        self.remove_simple_key()?;
        let level = self.simple_keys.len();
        self.simple_keys[level - 1] = SimpleKey { possible: true, required, token, mark };
        self.key_level = level as u32;
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Result<(), Fault> {
        let key = *self.simple_keys.last().expect("because the block level is never removed");
        if key.possible {
            if key.required {
                return self.fault(key.mark, "could not find expected ':'");
            }
            self.simple_keys.last_mut().expect("because it was there a line above").possible = false;
        }
        Ok(())
    }

    // --- indentation ---

    fn roll_indent(&mut self, number: Option<usize>, kind: TokenKind, mark: Mark) -> Result<(), Fault> {
        if self.flow_level > 0 || self.indent >= i64::from(mark.column) {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = i64::from(mark.column);
        if self.indents.len() > MAX_LEVELS {
            return self.fault(mark, format!("exceeded max depth of {MAX_LEVELS}"));
        }
        let token = Token::new(kind, mark, mark);
        self.insert(number, token);
        Ok(())
    }

    /// Ends the blocks that are indented more than `column`; the white space before this place starts at `scan`.
    fn unroll_indent(&mut self, column: i64, scan: Mark) {
        if self.flow_level > 0 {
            return;
        }
        let mut mark = match self.comments_wanted {
            true => Mark { index: scan.index.saturating_sub(1), ..scan },
            false => self.input.mark(),
        };
        while self.indent > column {
            if self.comments_wanted {
                mark = self.block_end(mark);
            }
            self.tokens.push_back(Token::new(TokenKind::BlockEnd, mark, mark));
            self.indent = self.indents.pop().expect("because each level was pushed before it was entered");
        }
    }

    // --- tokens ---
}
