//! Encodings and checksums.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_base_gotmpl::Type::String as Str;
use bowline_base_gotmpl::{Entry, Text, Value};
use sha1::Digest;

/// The table. Decoding errors are given as text.
pub const TABLE: &[Entry] = &[
    Entry::new("adler32sum", &[Str], |_, a| Ok(adler32(a.text(0).as_bytes()).to_string().into())),
    Entry::new("b32dec", &[Str], |_, a| {
        Ok(base32_decode(a.text(0).as_bytes()).unwrap_or_else(illegal("base32")).into())
    }),
    Entry::new("b32enc", &[Str], |_, a| Ok(base32_encode(a.text(0).as_bytes()).into())),
    Entry::new("b64dec", &[Str], |_, a| {
        Ok(base64_decode(a.text(0).as_bytes()).unwrap_or_else(illegal("base64")).into())
    }),
    Entry::new("b64enc", &[Str], |_, a| Ok(STANDARD.encode(a.text(0).as_bytes()).into())),
    Entry::new("sha1sum", &[Str], |_, a| Ok(hex(&sha1::Sha1::digest(a.text(0).as_bytes())))),
    Entry::new("sha256sum", &[Str], |_, a| Ok(hex(&sha2::Sha256::digest(a.text(0).as_bytes())))),
    Entry::new("sha512sum", &[Str], |_, a| Ok(hex(&sha2::Sha512::digest(a.text(0).as_bytes())))),
];

fn illegal(what: &'static str) -> impl Fn(usize) -> Text {
    move |at| format!("illegal {what} data at input byte {at}").into()
}

fn hex(bytes: &[u8]) -> Value {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out.into()
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    b << 16 | a
}

/// Go's base64 decoder: line breaks are passed over, and an error names the byte where it stood.
pub(crate) fn base64_decode(text: &[u8]) -> Result<Text, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut at = 0;
    let sextet = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    loop {
        let mut group = [0u8; 4];
        let mut len = 0;
        while len < 4 {
            let Some(&c) = text.get(at) else {
                return match len {
                    0 => Ok(Text::from_vec(out)),
                    // Padding is missing; the error is where the group began.
                    _ => Err(at - len),
                };
            };
            at += 1;
            if let Some(value) = sextet(c) {
                group[len] = value;
                len += 1;
                continue;
            }
            if c == b'\n' || c == b'\r' {
                continue;
            }
            if c != b'=' || len < 2 {
                return Err(at - 1);
            }
            let skip = |mut at: usize| {
                while matches!(text.get(at), Some(b'\n' | b'\r')) {
                    at += 1;
                }
                at
            };
            if len == 2 {
                at = skip(at);
                match text.get(at) {
                    None => return Err(text.len()),
                    Some(b'=') => at += 1,
                    Some(_) => return Err(at - 1),
                }
            }
            at = skip(at);
            if at < text.len() {
                return Err(at);
            }
            let n = u32::from(group[0]) << 18 | u32::from(group[1]) << 12 | u32::from(group[2]) << 6;
            out.extend_from_slice(&n.to_be_bytes()[1..len]);
            return Ok(Text::from_vec(out));
        }
        let n = group.iter().fold(0u32, |n, s| n << 6 | u32::from(*s));
        out.extend_from_slice(&n.to_be_bytes()[1..]);
    }
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let n = chunk.iter().fold(0u64, |n, b| n << 8 | u64::from(*b)) << (8 * (5 - chunk.len()));
        let digits = (chunk.len() * 8).div_ceil(5);
        for i in 0..8 {
            out.push(if i < digits { BASE32[(n >> (35 - 5 * i)) as usize & 31] as char } else { '=' });
        }
    }
    out
}

/// Go's base32 decoder, with its places of errors.
fn base32_decode(text: &[u8]) -> Result<Text, usize> {
    let text: Vec<u8> = text.iter().copied().filter(|c| !matches!(c, b'\n' | b'\r')).collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let mut n = 0u64;
        let mut digits = 0;
        let mut end = false;
        while digits < 8 {
            let Some(&c) = text.get(at) else { return Err(start) }; // The padding is missing.
            at += 1;
            let left = text.len() - at;
            if c == b'=' && digits >= 2 && left < 8 {
                if left + digits < 7 {
                    return Err(text.len());
                }
                if let Some(bad) = (0..7 - digits).find(|k| text.get(at + k).is_some_and(|c| *c != b'=')) {
                    return Err(at + bad - 1);
                }
                if matches!(digits, 1 | 3 | 6) {
                    return Err(at - 1);
                }
                end = true;
                break;
            }
            let value = BASE32.iter().position(|d| *d == c).ok_or(at - 1)?;
            n = n << 5 | value as u64;
            digits += 1;
        }
        n <<= 5 * (8 - digits);
        out.extend_from_slice(&n.to_be_bytes()[3..3 + digits * 5 / 8]);
        if end {
            break;
        }
    }
    Ok(Text::from_vec(out))
}
