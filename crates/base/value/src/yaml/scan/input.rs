//! The text being scanned, with the place in it counted in characters.

use super::super::error::Mark;

/// What stands before the scanner. Zero bytes cannot occur in a text, so zero is what is read beyond its end.
pub(crate) struct Input<'a> {
    text: &'a str,
    pos: usize,
    /// Bytes before `pos` that continue a character: byte offset minus this is the index in characters.
    continued: usize,
    line: u32,
    /// Index in characters of the current line's first one.
    line_start: usize,
    /// Line breaks since the last character that is no white space.
    pub(super) newlines: u32,
    /// Why the text ends early: somewhere behind its end stands what is not text.
    fault: Option<&'static str>,
}

/// Bytes that the longest look ahead takes: the digits of an escape.
const ESCAPE: usize = 8;

/// Bytes that go-yaml's reader looks at together.
const CHUNK: usize = 512;

pub(super) fn is_blank(c: u8) -> bool {
    c == b' ' || c == b'\t'
}

/// The width of the line break at the start of `bytes`: CR LF, CR, LF, NEL, LS, PS. 0 if there is none.
pub(super) fn is_break_at(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        [0xC2, 0x85, ..] => 2,
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
        _ => 0,
    }
}

/// Bytes of the character that starts with `c`.
pub(super) fn width(c: u8) -> usize {
    match c {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

// === impl Input ===

impl<'a> Input<'a> {
    /// The scanner's view of `bytes`; a byte order mark at the start is not part of it.
    pub(crate) fn new(bytes: &'a [u8]) -> Input<'a> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let (mut text, mut fault) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(e) => {
                let good = std::str::from_utf8(&bytes[..e.valid_up_to()]);
                (good.expect("because it is valid up to there"), Some(utf8_fault(&bytes[e.valid_up_to()..])))
            }
        };
        let control = first_control(text);
        if control.is_some() {
            fault = Some("control characters are not allowed");
        }
        if fault.is_some() {
            // go-yaml reads in chunks and refuses the whole chunk.
            let end = control.unwrap_or(text.len()) / CHUNK * CHUNK;
            text = &text[..text.floor_char_boundary(end)];
        }
        Input { text, pos: 0, continued: 0, line: 0, line_start: 0, newlines: 0, fault }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn pos(&self) -> usize {
        self.pos
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.pos..]
    }

    #[inline]
    pub(super) fn byte(&self) -> u8 {
        self.at(0)
    }

    #[inline]
    pub(super) fn at(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.pos + ahead).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn mark(&self) -> Mark {
        let index = self.pos - self.continued;
        Mark { index: index as u32, line: self.line, column: (index - self.line_start) as u32 }
    }

    #[inline]
    pub(super) fn column(&self) -> usize {
        self.pos - self.continued - self.line_start
    }

    /// The reader's complaint, once everything before it was scanned.
    pub(super) fn fault_here(&self) -> Option<&'static str> {
        if self.pos + ESCAPE >= self.text.len() { self.fault } else { None }
    }

    /// Moves over `n` ASCII characters.
    #[inline]
    pub(super) fn advance(&mut self, n: usize) {
        if !is_blank(self.byte()) {
            self.newlines = 0;
        }
        self.pos = (self.pos + n).min(self.text.len());
    }

    /// Moves over spaces, and over tabs where they count as such.
    #[inline]
    pub(super) fn skip_blanks(&mut self, tabs: bool) {
        let rest = self.rest();
        self.pos += rest.iter().take_while(|c| **c == b' ' || (tabs && **c == b'\t')).count();
    }

    /// Moves over `bytes` bytes of whole characters within a line, `continued` of which continue a character.
    #[inline]
    pub(super) fn advance_bytes(&mut self, bytes: usize, continued: usize) {
        if self.newlines > 0 && !self.rest()[..bytes].iter().all(|c| is_blank(*c)) {
            self.newlines = 0;
        }
        self.pos += bytes;
        self.continued += continued;
    }

    /// Moves over one character that is no line break.
    #[inline]
    pub(super) fn skip_char(&mut self) {
        let width = width(self.byte());
        self.advance_bytes(width, width - 1);
    }

    pub(super) fn is_break(&self) -> bool {
        match self.byte() {
            b'\n' | b'\r' => true,
            0xC2 | 0xE2 => is_break_at(self.rest()) > 0,
            _ => false,
        }
    }

    pub(super) fn is_break_at(&self, ahead: usize) -> bool {
        self.rest().get(ahead..).is_some_and(|rest| is_break_at(rest) > 0)
    }

    pub(super) fn is_breakz(&self) -> bool {
        self.byte() == 0 || self.is_break()
    }

    /// Whether a blank, a line break or the end stands `ahead` bytes on.
    #[inline]
    pub(super) fn blankz(&self, ahead: usize) -> bool {
        match self.at(ahead) {
            0 | b' ' | b'\t' | b'\n' | b'\r' => true,
            0xC2 | 0xE2 => is_break_at(&self.rest()[ahead..]) > 0,
            _ => false,
        }
    }

    /// Whether `---` or `...` stands here alone; the caller knows that the column is 0.
    pub(super) fn document_indicator(&self) -> bool {
        let rest = self.rest();
        (rest.starts_with(b"---") || rest.starts_with(b"...")) && self.blankz(3)
    }

    /// Moves over a line break if one stands here.
    pub(super) fn skip_line(&mut self) {
        let rest = self.rest();
        let width = is_break_at(rest);
        if width > 0 {
            self.pos += width;
            if rest[0] >= 0x80 {
                self.continued += width - 1;
            }
            self.line += 1;
            self.newlines += 1;
            self.line_start = self.pos - self.continued;
        }
    }

    /// Moves over a line break and appends what it stands for: a line feed, or the Unicode separator itself.
    pub(super) fn read_line(&mut self, out: &mut String) {
        if self.byte() == 0xE2 {
            out.push_str(&self.text[self.pos..self.pos + 3]);
        } else {
            out.push('\n');
        }
        self.skip_line();
    }

    pub(super) fn skip_until_break(&mut self) {
        while !self.is_breakz() {
            self.skip_char();
        }
    }

    /// At the end of the text: the end of the stream stands on a line of its own.
    pub(super) fn force_new_line(&mut self) {
        if self.column() != 0 {
            self.line += 1;
            self.line_start = self.pos - self.continued;
        }
    }
}

/// The offset of the first character that YAML does not allow.
fn first_control(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        // Most text is plain ASCII: it is looked through a piece at a time.
        if let Some(piece) = bytes.get(i..i + 32)
            && piece.iter().fold(true, |plain, c| plain & ((0x20..0x7F).contains(c) | (*c == b'\n')))
        {
            i += 32;
            continue;
        }
        let c = bytes[i];
        let bad = match c {
            b'\t' | b'\n' | b'\r' | 0x20..=0x7E => false,
            0..0x20 | 0x7F => true,
            // C1 controls except NEL.
            0xC2 => bytes[i + 1] < 0xA0 && bytes[i + 1] != 0x85,
            // U+FFFE and U+FFFF.
            0xEF => bytes[i + 1] == 0xBF && bytes[i + 2] >= 0xBE,
            _ => false,
        };
        if bad {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// What go-yaml's reader says about bytes that do not start with a character.
fn utf8_fault(bytes: &[u8]) -> &'static str {
    let want = match bytes[0] {
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF8 => 4,
        _ => return "invalid leading UTF-8 octet",
    };
    if bytes.len() < want {
        return "incomplete UTF-8 octet sequence";
    }
    if bytes[1..want].iter().any(|b| b & 0xC0 != 0x80) {
        return "invalid trailing UTF-8 octet";
    }
    match (bytes[0], bytes[1]) {
        (0xED, 0xA0..) | (0xF4, 0x90..) | (0xF5.., _) => "invalid Unicode character",
        _ => "invalid length of a UTF-8 sequence",
    }
}
