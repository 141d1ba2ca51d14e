//! Cases and words.

use bowline_base_gotmpl::Type::{Int, String as Str};
use bowline_base_gotmpl::{Entry, Text, Value};

mod words;

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("camelcase", &[Str], |_, a| Ok(pascal_case(&a.str(0)).into())),
    Entry::new("initials", &[Str], |_, a| Ok(initials(&a.text(0)).into())),
    Entry::new("kebabcase", &[Str], |_, a| Ok(words::joined(&a.str(0), '-').into())),
    Entry::new("lower", &[Str], |_, a| Ok(a.str(0).chars().map(lower).collect::<String>().into())),
    Entry::new("nospace", &[Str], |_, a| Ok(without_space(a.text(0)).into())),
    Entry::new("snakecase", &[Str], |_, a| Ok(words::joined(&a.str(0), '_').into())),
    Entry::new("swapcase", &[Str], |_, a| Ok(swap_case(&a.str(0)).into())),
    Entry::new("title", &[Str], |_, a| Ok(title(&a.str(0)).into())),
    Entry::new("untitle", &[Str], |_, a| Ok(untitle(&a.str(0)).into())),
    Entry::new("upper", &[Str], |_, a| Ok(a.str(0).chars().map(upper).collect::<String>().into())),
    Entry::new("wrap", &[Int, Str], |_, a| Ok(Value::String(wrap(&a.text(1), a.int(0), &Text::default(), false)))),
    Entry::new("wrapWith", &[Int, Str, Str], |_, a| Ok(Value::String(wrap(&a.text(2), a.int(0), &a.text(1), true)))),
];

/// Go maps rune to rune: characters whose other case is several stay.
pub(crate) fn upper(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

pub(crate) fn lower(c: char) -> char {
    if c == 'İ' {
        return 'i'; // Rust gives two characters, Go one.
    }
    let mut mapped = c.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Go's (deprecated) `strings.Title`.
fn title(text: &str) -> String {
    let mut after_separator = true;
    let convert = |c: char| {
        let out = if after_separator { upper(c) } else { c };
        after_separator = match c {
            '_' => false,
            c if c.is_ascii() => !c.is_ascii_alphanumeric(),
            c if c.is_alphanumeric() => false,
            c => c.is_whitespace(),
        };
        out
    };
    text.chars().map(convert).collect()
}

fn untitle(text: &str) -> String {
    let mut next = true;
    let convert = |c: char| {
        if c.is_whitespace() {
            next = true;
            c
        } else if std::mem::take(&mut next) {
            lower(c)
        } else {
            c
        }
    };
    text.chars().map(convert).collect()
}

fn swap_case(text: &str) -> String {
    let mut after_space = true;
    let convert = |c: char| {
        if c.is_uppercase() {
            after_space = false;
            lower(c)
        } else if c.is_lowercase() {
            after_space = false;
            upper(c)
        } else {
            after_space = c.is_whitespace();
            c
        }
    };
    let out = text.chars().map(convert).collect();
    let _ = after_space;
    out
}

/// Without white space, byte by byte: where there is some, each other byte becomes the character of its number.
fn without_space(text: Text) -> Text {
    let is_space = |byte: &u8| char::from(*byte).is_whitespace();
    if !text.as_bytes().iter().any(is_space) {
        return text;
    }
    text.as_bytes().iter().filter(|byte| !is_space(byte)).map(|byte| char::from(*byte)).collect::<String>().into()
}

/// The first byte of each word, taken for a character.
fn initials(text: &Text) -> String {
    let mut after_gap = true;
    let mut out = String::new();
    for byte in text.as_bytes() {
        let c = char::from(*byte);
        if c.is_whitespace() {
            after_gap = true;
        } else if std::mem::take(&mut after_gap) {
            out.push(c);
        }
    }
    out
}

fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

fn pascal_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut current = None;
    let mut first_upper = false;
    // Connectors at the front stay.
    while let Some(c) = chars.next() {
        if is_connector(c) {
            // The last rune of a text of connectors is written below.
            if chars.peek().is_none() {
                out.push(c);
                out.push(c);
                return out;
            }
            out.push(c);
            continue;
        }
        first_upper = c.is_uppercase();
        current = Some(upper(c));
        break;
    }
    let Some(mut current) = current else { return out };
    for c in chars {
        let before = current;
        current = c;
        if is_connector(current) && is_connector(before) {
            out.push(before);
            continue;
        }
        if is_connector(before) {
            first_upper = current.is_uppercase();
            current = upper(current);
        } else {
            if first_upper {
                if current.is_uppercase() {
                    current = lower(current);
                } else {
                    first_upper = false;
                }
            }
            out.push(before);
        }
    }
    out.push(current);
    out
}

/// Goutils' word wrap.
fn wrap(text: &Text, width: i64, newline: &Text, long_words: bool) -> Text {
    let bytes = text.as_bytes();
    let newline: &[u8] = if newline.is_empty() { b"\n" } else { newline.as_bytes() };
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let mut out = Vec::with_capacity(bytes.len());
    let mut offset = 0;
    while bytes.len() > offset && bytes.len() - offset > width {
        if bytes[offset] == b' ' {
            offset += 1;
            continue;
        }
        let window = &bytes[offset..width + offset + 1];
        if let Some(at) = window.iter().rposition(|b| *b == b' ') {
            out.extend_from_slice(&bytes[offset..offset + at]);
            out.extend_from_slice(newline);
            offset += at + 1;
        } else if long_words {
            out.extend_from_slice(&bytes[offset..offset + width]);
            out.extend_from_slice(newline);
            offset += width;
        } else if let Some(at) = bytes[width + offset..].iter().position(|b| *b == b' ') {
            let at = at + width + offset;
            out.extend_from_slice(&bytes[offset..at]);
            out.extend_from_slice(newline);
            offset = at + 1;
        } else {
            out.extend_from_slice(&bytes[offset..]);
            offset = bytes.len();
        }
    }
    out.extend_from_slice(&bytes[offset.min(bytes.len())..]);
    Text::from_vec(out)
}
