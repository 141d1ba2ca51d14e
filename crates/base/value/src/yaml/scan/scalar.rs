//! Scalars: plain, quoted, literal and folded.
//!
//! A scalar that stands in the text as it means (the usual case) is borrowed from it.

use super::*;

/// A set of bytes.
type Bytes = [bool; 256];

/// The bytes of `set` and all that are not ASCII.
const fn set(bytes: &[u8]) -> Bytes {
    let mut set = [false; 256];
    let mut i = 0x80;
    while i < 256 {
        set[i] = true;
        i += 1;
    }
    i = 0;
    while i < bytes.len() {
        set[bytes[i] as usize] = true;
        i += 1;
    }
    set
}

/// Bytes that may end a run of plain text.
const PLAIN_STOPS: Bytes = set(b" \t\n\r:,?[]{}");
/// Bytes that may end a run of quoted text.
const QUOTED_STOPS: Bytes = set(b"\n\r\\'\"");
/// Bytes that may end a line.
const LINE_STOPS: Bytes = set(b"\n\r");

/// How many bytes there are before the first of `stops`.
#[inline]
fn run(bytes: &[u8], stops: &Bytes) -> usize {
    bytes.iter().position(|c| stops[usize::from(*c)]).unwrap_or(bytes.len())
}

/// What stands between two lines of a scalar that is folded: one break is a space, of several all but the first are kept.
#[derive(Default)]
struct Fold {
    first: String,
    more: String,
}

impl Fold {
    fn write_to(&mut self, out: &mut String) {
        if self.first.starts_with('\n') {
            if self.more.is_empty() {
                out.push(' ');
            }
        } else {
            out.push_str(&self.first);
        }
        out.push_str(&self.more);
        self.first.clear();
        self.more.clear();
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn scan_plain(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.input.mark();
        let mut end = start;
        let indent = self.indent + 1;
        let flow = self.flow_level > 0;
        // What was read on earlier lines; the current line's part is `from..to` of the text.
        let mut earlier: Option<String> = None;
        let (mut from, mut to) = (self.input.pos(), self.input.pos());
        let mut fold = Fold::default();
        let mut broken = false;
        loop {
            if self.input.column() == 0 && self.input.document_indicator() || self.input.byte() == b'#' {
                break;
            }
            let run = self.plain_run(flow);
            if run.0 > 0 {
                if broken {
                    let text = earlier.get_or_insert_with(String::new);
                    text.push_str(&self.input.text()[from..to]);
                    fold.write_to(text);
                    from = self.input.pos();
                    broken = false;
                }
                self.input.advance_bytes(run.0, run.1);
                to = self.input.pos();
                end = self.input.mark();
            }
            if !(is_blank(self.input.byte()) || self.input.is_break()) {
                break;
            }
            loop {
                if is_blank(self.input.byte()) {
                    if broken && (self.input.column() as i64) < indent && self.input.byte() == b'\t' {
                        return self.fault(start, "found a tab character that violates indentation");
                    }
                    self.input.advance(1);
                } else if self.input.is_break() {
                    self.input.read_line(if broken { &mut fold.more } else { &mut fold.first });
                    broken = true;
                } else {
                    break;
                }
            }
            if !flow && (self.input.column() as i64) < indent {
                break;
            }
        }
        if broken {
            self.simple_key_allowed = true;
        }
        let last = &self.input.text()[from..to];
        let value = match earlier {
            None => Cow::Borrowed(last),
            Some(mut text) => {
                text.push_str(last);
                Cow::Owned(text)
            }
        };
        Ok(Token { value, ..Token::new(TokenKind::Scalar, start, end) })
    }

    /// The (bytes, continuation bytes) up to the next blank, break, end, `: ` or (in flow) indicator.
    fn plain_run(&self, flow: bool) -> (usize, usize) {
        let rest = self.input.rest();
        let (mut i, mut continued) = (run(rest, &PLAIN_STOPS), 0);
        while let Some(&c) = rest.get(i) {
            match c {
                b' ' | b'\t' | b'\n' | b'\r' => break,
                b':' if self.input.blankz(i + 1) => break,
                b',' | b'?' | b'[' | b']' | b'{' | b'}' if flow => break,
                0xC2 | 0xE2 if is_break_at(&rest[i..]) > 0 => break,
                0x80..0xC0 => continued += 1,
                _ => {}
            }
            i += 1;
        }
        (i, continued)
    }

    pub(super) fn scan_quoted(&mut self, single: bool) -> Result<Token<'a>, Fault> {
        let start = self.input.mark();
        self.input.advance(1);
        let value = match self.quoted_run(single) {
            Some((bytes, continued)) => {
                let from = self.input.pos();
                self.input.advance_bytes(bytes, continued);
                Cow::Borrowed(&self.input.text()[from..from + bytes])
            }
            None => Cow::Owned(self.quoted_text(single, start)?),
        };
        self.input.advance(1);
        let style = if single { ScalarStyle::SingleQuoted } else { ScalarStyle::DoubleQuoted };
        Ok(Token { value, style, ..Token::new(TokenKind::Scalar, start, self.input.mark()) })
    }

    /// The (bytes, continuation bytes) up to the closing quote, if all that is between means itself.
    fn quoted_run(&self, single: bool) -> Option<(usize, usize)> {
        let rest = self.input.rest();
        let (mut i, mut continued) = (run(rest, &QUOTED_STOPS), 0);
        loop {
            match *rest.get(i)? {
                b'\'' if single => return (rest.get(i + 1) != Some(&b'\'')).then_some((i, continued)),
                b'"' if !single => return Some((i, continued)),
                b'\n' | b'\r' => return None,
                b'\\' if !single => return None,
                0xC2 | 0xE2 if is_break_at(&rest[i..]) > 0 => return None,
                0x80..0xC0 => continued += 1,
                _ => {}
            }
            i += 1;
        }
    }

    /// The text of a quoted scalar with escapes or line breaks, up to its closing quote.
    fn quoted_text(&mut self, single: bool, start: Mark) -> Result<String, Fault> {
        let mut text = String::new();
        let mut fold = Fold::default();
        loop {
            if self.input.column() == 0 && self.input.document_indicator() {
                return self.fault(start, "found unexpected document indicator");
            }
            if self.input.byte() == 0 {
                return self.fault(start, "found unexpected end of stream");
            }
            let mut broken = false;
            while !self.input.blankz(0) {
                match (self.input.byte(), single) {
                    (b'\'', true) if self.input.at(1) == b'\'' => {
                        text.push('\'');
                        self.input.advance(2);
                    }
                    (b'\'', true) | (b'"', false) => break,
                    (b'\\', false) => {
                        self.input.advance(1);
                        if self.input.is_break() {
                            self.input.skip_line();
                            broken = true;
                            break;
                        }
                        self.scan_escape(start, &mut text)?;
                    }
                    _ => {
                        let from = self.input.pos();
                        self.input.skip_char();
                        text.push_str(&self.input.text()[from..self.input.pos()]);
                    }
                }
            }
            if self.input.byte() == if single { b'\'' } else { b'"' } {
                return Ok(text);
            }
            let from = self.input.pos();
            let mut blanks = 0;
            loop {
                if is_blank(self.input.byte()) {
                    self.input.advance(1);
                    if !broken {
                        blanks += 1;
                    }
                } else if self.input.is_break() {
                    self.input.read_line(if broken { &mut fold.more } else { &mut fold.first });
                    broken = true;
                } else {
                    break;
                }
            }
            if broken {
                fold.write_to(&mut text);
            } else {
                text.push_str(&self.input.text()[from..from + blanks]);
            }
        }
    }

    /// What follows a backslash.
    fn scan_escape(&mut self, start: Mark, text: &mut String) -> Result<(), Fault> {
        let length = match self.input.byte() {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            c => {
                text.push(match c {
                    b'0' => '\0',
                    b'a' => '\x07',
                    b'b' => '\x08',
                    b't' | b'\t' => '\t',
                    b'n' => '\n',
                    b'v' => '\x0B',
                    b'f' => '\x0C',
                    b'r' => '\r',
                    b'e' => '\x1B',
                    b' ' | b'"' | b'\'' | b'\\' => char::from(c),
                    b'N' => '\u{85}',
                    b'_' => '\u{A0}',
                    b'L' => '\u{2028}',
                    b'P' => '\u{2029}',
                    _ => return self.fault(start, "found unknown escape character"),
                });
                self.input.advance(1);
                return Ok(());
            }
        };
        self.input.advance(1);
        let digits = self.input.rest().get(..length).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return self.fault(start, "did not find expected hexdecimal number");
        };
        let code = digits.iter().fold(0u64, |code, &d| code << 4 | u64::from(char::from(d).to_digit(16).unwrap_or(0)));
        let Some(c) = u32::try_from(code).ok().and_then(char::from_u32) else {
            return self.fault(start, "found invalid Unicode character escape code");
        };
        text.push(c);
        self.input.advance(length);
        Ok(())
    }

    pub(super) fn scan_block_scalar(&mut self, literal: bool) -> Result<Token<'a>, Fault> {
        let start = self.input.mark();
        self.input.advance(1);
        let (keep, increment) = self.block_header(start)?;
        let mut end = self.input.mark();
        let mut indent = match increment {
            0 => 0,
            n => self.indent.max(0) as usize + n,
        };
        let mut text = String::new();
        let (mut line_break, mut empty_lines) = (String::new(), String::new());
        self.block_breaks(&mut indent, &mut empty_lines, start, &mut end)?;
        let mut leading_blank = false;
        while self.input.column() == indent && self.input.byte() != 0 {
            let blank = is_blank(self.input.byte());
            if !literal && !leading_blank && !blank && line_break.starts_with('\n') {
                if empty_lines.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&line_break);
            }
            line_break.clear();
            text.push_str(&empty_lines);
            empty_lines.clear();
            leading_blank = blank;
            let from = self.input.pos();
            let (bytes, continued) = self.line_run();
            self.input.advance_bytes(bytes, continued);
            text.push_str(&self.input.text()[from..from + bytes]);
            if self.input.byte() != 0 {
                self.input.read_line(&mut line_break);
            }
            self.block_breaks(&mut indent, &mut empty_lines, start, &mut end)?;
        }
        if keep != Some(false) {
            text.push_str(&line_break);
        }
        if keep == Some(true) {
            text.push_str(&empty_lines);
        }
        let style = if literal { ScalarStyle::Literal } else { ScalarStyle::Folded };
        Ok(Token { value: Cow::Owned(text), style, ..Token::new(TokenKind::Scalar, start, end) })
    }

    /// What follows `|` or `>` on its line: whether trailing breaks are kept (`+`) or all stripped (`-`), and the
    /// indentation when it is said (else 0).
    fn block_header(&mut self, start: Mark) -> Result<(Option<bool>, usize), Fault> {
        let (mut keep, mut increment) = (None, 0);
        for _ in 0..2 {
            match self.input.byte() {
                c @ (b'+' | b'-') if keep.is_none() => keep = Some(c == b'+'),
                b'0' if increment == 0 => return self.fault(start, "found an indentation indicator equal to 0"),
                c @ b'1'..=b'9' if increment == 0 => increment = usize::from(c - b'0'),
                _ => break,
            }
            self.input.advance(1);
        }
        while is_blank(self.input.byte()) {
            self.input.advance(1);
        }
        if self.input.byte() == b'#' {
            self.scan_line_comment(start);
            self.input.skip_until_break();
        }
        if !self.input.is_breakz() {
            return self.fault(start, "did not find expected comment or line break");
        }
        self.input.skip_line();
        Ok((keep, increment))
    }

    /// The (bytes, continuation bytes) of the rest of the line.
    fn line_run(&self) -> (usize, usize) {
        let rest = self.input.rest();
        let (mut i, mut continued) = (run(rest, &LINE_STOPS), 0);
        while let Some(&c) = rest.get(i) {
            match c {
                b'\n' | b'\r' => break,
                0xC2 | 0xE2 if is_break_at(&rest[i..]) > 0 => break,
                0x80..0xC0 => continued += 1,
                _ => {}
            }
            i += 1;
        }
        (i, continued)
    }

    /// Moves over empty lines and the indentation of the next line; finds out the indentation where it is not known (0).
    fn block_breaks(
        &mut self,
        indent: &mut usize,
        breaks: &mut String,
        start: Mark,
        end: &mut Mark,
    ) -> Result<(), Fault> {
        *end = self.input.mark();
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.input.column() < *indent) && self.input.byte() == b' ' {
                self.input.advance(1);
            }
            deepest = deepest.max(self.input.column());
            if (*indent == 0 || self.input.column() < *indent) && self.input.byte() == b'\t' {
                return self.fault(start, "found a tab character where an indentation space is expected");
            }
            if !self.input.is_break() {
                break;
            }
            self.input.read_line(breaks);
            *end = self.input.mark();
        }
        if *indent == 0 {
            *indent = deepest.max((self.indent + 1) as usize).max(1);
        }
        Ok(())
    }
}
