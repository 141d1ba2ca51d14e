//! `html`, `js` and `urlquery`.

use crate::Text;
use crate::quote::is_print;
use crate::text::decode_rune;

pub(super) fn html(text: &Text) -> Text {
    let mut out = Vec::with_capacity(text.len());
    for byte in text.as_bytes() {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            byte => out.push(*byte),
        }
    }
    Text::from_vec(out)
}

pub(super) fn js(text: &Text) -> Text {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let (c, width) = decode_rune(rest);
        match c {
            Some('\\') => out.extend_from_slice(b"\\\\"),
            Some('\'') => out.extend_from_slice(b"\\'"),
            Some('"') => out.extend_from_slice(b"\\\""),
            Some(c @ ('<' | '>' | '&' | '=')) => out.extend_from_slice(format!("\\u{:04X}", c as u32).as_bytes()),
            Some(c) if c < ' ' => out.extend_from_slice(format!("\\u{:04X}", c as u32).as_bytes()),
            Some(c) if c.is_ascii() || is_print(c) => out.extend_from_slice(&rest[..width]),
            c => {
                let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
                if is_print(c) {
                    out.extend_from_slice(&rest[..width]);
                } else {
                    out.extend_from_slice(format!("\\u{:04X}", c as u32).as_bytes());
                }
            }
        }
        rest = &rest[width..];
    }
    Text::from_vec(out)
}

/// Go's `url.QueryEscape`.
pub(super) fn query(text: &Text) -> Text {
    let mut out = String::with_capacity(text.len());
    for byte in text.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(*byte as char),
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out.into()
}
