//! Go's `strconv` quoting: [`quote`], [`unquote`], [`is_print`].

use crate::text::decode_rune;

/// A double-quoted Go literal, as `strconv.Quote` and `%q` write it.
pub fn quote(bytes: &[u8]) -> String {
    quote_with(bytes, '"', false)
}

pub(crate) fn quote_with(bytes: &[u8], mark: char, ascii_only: bool) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push(mark);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (c, width) = decode_rune(rest);
        match c {
            Some(c) => escape(&mut out, c, mark, ascii_only),
            None => out.push_str(&format!("\\x{:02x}", rest[0])),
        }
        rest = &rest[width..];
    }
    out.push(mark);
    out
}

fn escape(out: &mut String, c: char, mark: char, ascii_only: bool) {
    match c {
        c if c == mark => {
            out.push('\\');
            out.push(c);
        }
        '\\' => out.push_str("\\\\"),
        c if if ascii_only { c.is_ascii() && is_print(c) } else { is_print(c) } => out.push(c),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
        c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
        c => out.push_str(&format!("\\U{:08x}", c as u32)),
    }
}

/// Go's `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols, and the ASCII space.
pub fn is_print(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    // What Rust's Debug escapes is what is not printable or a grapheme extender; the latter are printable to Go.
    let escaped = c.escape_debug().count() > 1;
    if !escaped {
        // Go takes no space but ' ' for printable.
        return !c.is_whitespace();
    }
    is_mark(c)
}

/// Combining marks that Rust escapes because they extend graphemes, and Go prints.
fn is_mark(c: char) -> bool {
    matches!(c as u32,
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x65f | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff | 0x20d0..=0x20f0 | 0x302a..=0x302f | 0x3099..=0x309a | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f
        | 0x900..=0x903 | 0x93a..=0x94f | 0xe31..=0xe4e | 0xe0100..=0xe01ef)
}

/// The string that a Go literal in `"…"`, `` `…` `` or `'…'` means; `None` where it is none ("invalid syntax").
pub fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    if literal.len() < 2 || literal[0] != literal[literal.len() - 1] {
        return None;
    }
    let inner = &literal[1..literal.len() - 1];
    match literal[0] {
        b'`' if inner.contains(&b'`') => None,
        b'`' => Some(inner.iter().copied().filter(|b| *b != b'\r').collect()),
        mark @ (b'"' | b'\'') => {
            let mut out = Vec::with_capacity(inner.len());
            let mut rest = inner;
            while !rest.is_empty() {
                if rest[0] == b'\n' || rest[0] == mark {
                    return None;
                }
                let (char, width) = unquote_char(rest, mark)?;
                match char {
                    Unquoted::Byte(b) => out.push(b),
                    Unquoted::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                }
                rest = &rest[width..];
                if mark == b'\'' && !rest.is_empty() {
                    return None;
                }
            }
            Some(out)
        }
        _ => None,
    }
}

pub(crate) enum Unquoted {
    Byte(u8),
    Char(char),
}

impl Unquoted {
    pub(crate) fn rune(&self) -> i64 {
        match self {
            Unquoted::Byte(b) => i64::from(*b),
            Unquoted::Char(c) => i64::from(*c as u32),
        }
    }
}

/// The first character of a literal's inside, and how many bytes it takes there.
pub(crate) fn unquote_char(text: &[u8], mark: u8) -> Option<(Unquoted, usize)> {
    if text.first()? == &mark && (mark == b'"' || mark == b'\'') {
        return None;
    }
    if text[0] != b'\\' {
        let (c, width) = decode_rune(text);
        return Some((c.map_or(Unquoted::Char(char::REPLACEMENT_CHARACTER), Unquoted::Char), width));
    }
    let simple = |b: u8| Some((Unquoted::Byte(b), 2));
    match *text.get(1)? {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'v' => simple(11),
        b'\\' => simple(b'\\'),
        c @ (b'\'' | b'"') if c == mark => simple(c),
        b'x' => Some((Unquoted::Byte(u8::try_from(hex(text, 2)?).ok()?), 4)),
        b'u' => Some((Unquoted::Char(char::from_u32(hex(text, 4)?)?), 6)),
        b'U' => Some((Unquoted::Char(char::from_u32(hex(text, 8)?)?), 10)),
        b'0'..=b'7' => {
            let digits = text.get(1..4)?;
            let value = digits.iter().try_fold(0u32, |v, d| d.is_ascii_digit().then(|| v * 8 + u32::from(d - b'0')));
            if digits.iter().any(|d| *d > b'7') {
                return None;
            }
            Some((Unquoted::Byte(u8::try_from(value?).ok()?), 4))
        }
        _ => None,
    }
}

fn hex(text: &[u8], digits: usize) -> Option<u32> {
    text.get(2..2 + digits)?.iter().try_fold(0u32, |v, d| Some(v << 4 | char::from(*d).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_strconv_does() {
        for (text, want) in [
            ("a\nb\t\"é😀\u{1}", r#""a\nb\t\"é😀\x01""#),
            ("\u{a0}\u{200b}\u{feff}", r#""\u00a0\u200b\ufeff""#),
            ("e\u{301}", "\"e\u{301}\""),
            ("\u{7f}\\", r#""\x7f\\""#),
        ] {
            assert_eq!(quote(text.as_bytes()), want);
        }
        assert_eq!(quote(b"\xff"), r#""\xff""#);
    }

    #[test]
    fn unquotes_what_the_lexer_lets_through() {
        for (literal, want) in [
            (r#""a\u00e9\x41\101\"""#, Some("aéAA\"")),
            (r#""\q""#, None),
            ("`a\\n`", Some("a\\n")),
            (r#""\ud800""#, None),
        ] {
            assert_eq!(unquote(literal.as_bytes()), want.map(|w| w.as_bytes().to_vec()), "{literal}");
        }
    }
}
