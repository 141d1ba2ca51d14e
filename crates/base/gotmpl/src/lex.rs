//! The lexer: template text to items, with the positions, lines and errors of Go's `text/template/parse`.

mod inside;

use crate::text::decode_rune;

/// The kinds of items. Those from [`ItemKind::Block`] on are keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are Go's")]
pub enum ItemKind {
    Error,
    Bool,
    Char,
    CharConstant,
    Comment,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

/// A piece of the text.
#[derive(Clone, Debug)]
pub struct Item<'s> {
    /// What it is.
    pub kind: ItemKind,
    /// Where it begins, in bytes.
    pub pos: usize,
    /// Its text; the message of an error.
    pub value: std::borrow::Cow<'s, [u8]>,
    /// The line it begins on, from 1.
    pub line: usize,
}

/// Cuts a template into items, one at a time.
pub struct Lexer<'s> {
    input: &'s [u8],
    pos: usize,
    start: usize,
    line: usize,
    start_line: usize,
    paren_depth: usize,
    at_eof: bool,
    inside_action: bool,
    failed: bool,
    emit_comments: bool,
    /// Whether `break` and `continue` are keywords (not so where functions of these names are given).
    keywords: (bool, bool),
}

const SPACES: &[u8] = b" \t\r\n";

enum Next<'s> {
    Item(Item<'s>),
    Text,
}

// === impl ItemKind ===

impl ItemKind {
    /// Whether this is a keyword (or `.` or `nil`, which Go counts among them).
    pub fn is_keyword(self) -> bool {
        self >= ItemKind::Block
    }

    fn keyword(word: &[u8]) -> Option<ItemKind> {
        Some(match word {
            b"." => ItemKind::Dot,
            b"block" => ItemKind::Block,
            b"break" => ItemKind::Break,
            b"continue" => ItemKind::Continue,
            b"define" => ItemKind::Define,
            b"else" => ItemKind::Else,
            b"end" => ItemKind::End,
            b"if" => ItemKind::If,
            b"range" => ItemKind::Range,
            b"nil" => ItemKind::Nil,
            b"template" => ItemKind::Template,
            b"with" => ItemKind::With,
            _ => return None,
        })
    }
}

// === impl Lexer ===

impl<'s> Lexer<'s> {
    /// A lexer over `input` in which `break` and `continue` are keywords and comments are passed over.
    pub fn new(input: &'s [u8]) -> Lexer<'s> {
        Lexer {
            input,
            pos: 0,
            start: 0,
            line: 1,
            start_line: 1,
            paren_depth: 0,
            at_eof: false,
            inside_action: false,
            failed: false,
            emit_comments: false,
            keywords: (true, true),
        }
    }

    /// Gives comments as items too.
    pub fn with_comments(mut self) -> Lexer<'s> {
        self.emit_comments = true;
        self
    }

    /// Whether `break` and `continue` are keywords.
    pub fn with_keywords(mut self, break_ok: bool, continue_ok: bool) -> Lexer<'s> {
        self.keywords = (break_ok, continue_ok);
        self
    }

    /// The next item; after an error or the end, [`ItemKind::Eof`] for ever.
    pub fn next_item(&mut self) -> Item<'s> {
        if self.failed {
            return Item { kind: ItemKind::Eof, pos: self.pos, value: b""[..].into(), line: self.start_line };
        }
        if self.inside_action {
            return self.inside();
        }
        loop {
            match self.text() {
                Next::Item(item) => return item,
                Next::Text => {}
            }
        }
    }

    fn rest(&self) -> &'s [u8] {
        &self.input[self.pos..]
    }

    /// The next rune: `Ok(None)` at the end, `Err` for a byte that is no UTF-8.
    fn next(&mut self) -> Rune {
        if self.pos >= self.input.len() {
            self.at_eof = true;
            return Rune::Eof;
        }
        let (c, width) = decode_rune(self.rest());
        self.pos += width;
        if c == Some('\n') {
            self.line += 1;
        }
        Rune::Char(c.unwrap_or(char::REPLACEMENT_CHARACTER), width)
    }

    fn peek(&self) -> Rune {
        if self.pos >= self.input.len() {
            return Rune::Eof;
        }
        let (c, width) = decode_rune(self.rest());
        Rune::Char(c.unwrap_or(char::REPLACEMENT_CHARACTER), width)
    }

    fn backup(&mut self, rune: Rune) {
        if let Rune::Char(c, width) = rune {
            self.pos -= width;
            if c == '\n' {
                self.line -= 1;
            }
        }
    }

    fn item(&mut self, kind: ItemKind) -> Item<'s> {
        let item =
            Item { kind, pos: self.start, value: self.input[self.start..self.pos].into(), line: self.start_line };
        self.start = self.pos;
        self.start_line = self.line;
        item
    }

    fn ignore(&mut self) {
        self.line += newlines(&self.input[self.start..self.pos]);
        self.start = self.pos;
        self.start_line = self.line;
    }

    fn error(&mut self, message: impl Into<String>) -> Item<'s> {
        self.failed = true;
        let item = Item {
            kind: ItemKind::Error,
            pos: self.start,
            value: message.into().into_bytes().into(),
            line: self.start_line,
        };
        self.pos = self.input.len();
        self.start = self.pos;
        item
    }

    fn text(&mut self) -> Next<'s> {
        let Some(at) = find(self.rest(), b"{{") else {
            self.pos = self.input.len();
            if self.pos > self.start {
                self.line += newlines(&self.input[self.start..self.pos]);
                return Next::Item(self.item(ItemKind::Text));
            }
            return Next::Item(Item {
                kind: ItemKind::Eof,
                pos: self.pos,
                value: b""[..].into(),
                line: self.start_line,
            });
        };
        if at > 0 {
            self.pos += at;
            let trim = if left_trim_marker(&self.input[self.pos + 2..]) {
                let text = &self.input[self.start..self.pos];
                text.len() - trim_end(text).len()
            } else {
                0
            };
            self.pos -= trim;
            self.line += newlines(&self.input[self.start..self.pos]);
            let item = self.item(ItemKind::Text);
            self.pos += trim;
            self.ignore();
            if !item.value.is_empty() {
                return Next::Item(item);
            }
        }
        self.left_delim()
    }

    fn left_delim(&mut self) -> Next<'s> {
        self.pos += 2;
        let after_marker = if left_trim_marker(self.rest()) { 2 } else { 0 };
        if self.rest()[after_marker..].starts_with(b"/*") {
            self.pos += after_marker;
            self.ignore();
            return self.comment();
        }
        let item = self.item(ItemKind::LeftDelim);
        self.inside_action = true;
        self.pos += after_marker;
        self.ignore();
        self.paren_depth = 0;
        Next::Item(item)
    }

    fn comment(&mut self) -> Next<'s> {
        self.pos += 2;
        let Some(end) = find(self.rest(), b"*/") else { return Next::Item(self.error("unclosed comment")) };
        self.pos += end + 2;
        let (delim, trim) = self.at_right_delim();
        if !delim {
            return Next::Item(self.error("comment ends before closing delimiter"));
        }
        self.line += newlines(&self.input[self.start..self.pos]);
        let item = self.item(ItemKind::Comment);
        self.pos += if trim { 4 } else { 2 };
        if trim {
            self.pos += self.rest().len() - trim_start(self.rest()).len();
        }
        self.ignore();
        if self.emit_comments { Next::Item(item) } else { Next::Text }
    }

    /// Whether the right delimiter is here, and whether with its trim marker.
    fn at_right_delim(&self) -> (bool, bool) {
        let rest = self.rest();
        if right_trim_marker(rest) && rest[2..].starts_with(b"}}") {
            return (true, true);
        }
        (rest.starts_with(b"}}"), false)
    }

    fn right_delim(&mut self) -> Item<'s> {
        let (_, trim) = self.at_right_delim();
        if trim {
            self.pos += 2;
            self.ignore();
        }
        self.pos += 2;
        let item = self.item(ItemKind::RightDelim);
        if trim {
            self.pos += self.rest().len() - trim_start(self.rest()).len();
            self.ignore();
        }
        self.inside_action = false;
        item
    }

    fn accept(&mut self, valid: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|b| valid.contains(b));
        self.pos += usize::from(found);
        found
    }

    fn accept_run(&mut self, valid: &[u8]) {
        while self.accept(valid) {}
    }
}

#[derive(Clone, Copy)]
enum Rune {
    Eof,
    Char(char, usize),
}

fn left_trim_marker(text: &[u8]) -> bool {
    text.len() >= 2 && text[0] == b'-' && SPACES.contains(&text[1])
}

fn right_trim_marker(text: &[u8]) -> bool {
    text.len() >= 2 && SPACES.contains(&text[0]) && text[1] == b'-'
}

fn trim_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|b| !SPACES.contains(b)).map_or(0, |i| i + 1);
    &text[..end]
}

fn trim_start(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|b| !SPACES.contains(b)).unwrap_or(text.len());
    &text[start..]
}

fn newlines(text: &[u8]) -> usize {
    text.iter().filter(|b| **b == b'\n').count()
}

pub(crate) fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    if what.is_empty() {
        return Some(0);
    }
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|b| *b == what[0]) {
        if text[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphabetic() || is_decimal_digit(c)
}

/// Go's `unicode.IsDigit`: category Nd. Rust's `is_numeric` takes more, so only ASCII and the common decimal blocks count.
fn is_decimal_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && !c.is_alphabetic())
}

/// What `%#U` prints: `U+0021 '!'`. The end of the text is rune -1.
fn sharp_u(c: Option<char>) -> String {
    match c {
        None => "U+FFFFFFFFFFFFFFFF".to_string(),
        Some(c) if crate::quote::is_print(c) => format!("U+{:04X} '{c}'", c as u32),
        Some(c) => format!("U+{:04X}", c as u32),
    }
}
