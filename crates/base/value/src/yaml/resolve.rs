//! What a plain scalar's text stands for, by go-yaml's rules.

use super::error::{Flavour, YamlError};

/// A scalar with its type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// Above `i64::MAX`.
    UInt(u64),
    Float(f64),
    /// Looks like a date; its value is its text.
    Timestamp,
    /// `<<`
    Merge,
    Str,
    /// Base64 of bytes.
    Binary,
}

const PREFIX: &str = "tag:yaml.org,2002:";

/// `!!str` for `tag:yaml.org,2002:str`; other tags as they are.
pub(crate) fn short_tag(tag: &str) -> std::borrow::Cow<'_, str> {
    match tag.strip_prefix(PREFIX) {
        Some(rest) => format!("!!{rest}").into(),
        None => tag.into(),
    }
}

/// Resolves `text` under `tag` (long or short form; `None` where there is none).
pub(crate) fn resolve(tag: Option<&str>, text: &str, flavour: Flavour) -> Result<Scalar, YamlError> {
    let Some(tag) = tag else { return Ok(resolve_plain(text, flavour)) };
    let short = short_tag(tag);
    let wanted = match short.as_ref() {
        "" => return Ok(resolve_plain(text, flavour)),
        "!!binary" => return Ok(Scalar::Binary),
        "!!merge" if text == "<<" => return Ok(Scalar::Merge),
        wanted @ ("!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp") => wanted,
        _ => return Ok(Scalar::Str),
    };
    let found = match resolve_plain(text, flavour) {
        // Without a tag, or with this one, what looks like a date is one; under another tag it is read on.
        Scalar::Timestamp if wanted != "!!timestamp" => resolve_number(text, flavour),
        found => found,
    };
    match (wanted, found) {
        ("!!float", Scalar::Int(i)) => Ok(Scalar::Float(i as f64)),
        _ if tag_of(found) == wanted => Ok(found),
        _ => Err(YamlError::plain(format!("cannot decode {} `{text}` as a {wanted}", tag_of(found)))),
    }
}

/// The short tag of a resolved scalar.
pub(crate) fn tag_of(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Null => "!!null",
        Scalar::Bool(_) => "!!bool",
        Scalar::Int(_) | Scalar::UInt(_) => "!!int",
        Scalar::Float(_) => "!!float",
        Scalar::Timestamp => "!!timestamp",
        Scalar::Merge => "!!merge",
        Scalar::Str => "!!str",
        Scalar::Binary => "!!binary",
    }
}

/// Resolves a plain scalar without a tag.
pub(crate) fn resolve_plain(text: &str, flavour: Flavour) -> Scalar {
    let Some(&first) = text.as_bytes().first() else { return Scalar::Null };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text, flavour),
        b'.' => match text {
            ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" => Scalar::Float(f64::INFINITY),
            _ => float(text),
        },
        b'+' | b'-' => match text {
            "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
            "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
            _ => resolve_number(text, flavour),
        },
        b'0'..=b'9' if is_timestamp(text) => Scalar::Timestamp,
        b'0'..=b'9' => resolve_number(text, flavour),
        _ => Scalar::Str,
    }
}

fn word(text: &str, flavour: Flavour) -> Scalar {
    match text {
        "true" | "True" | "TRUE" => Scalar::Bool(true),
        "false" | "False" | "FALSE" => Scalar::Bool(false),
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if flavour == Flavour::V2 => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if flavour == Flavour::V2 => Scalar::Bool(false),
        _ => Scalar::Str,
    }
}

fn resolve_number(text: &str, flavour: Flavour) -> Scalar {
    let plain: std::borrow::Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let (negative, digits) = match plain.as_bytes() {
        [b'-', ..] => (true, &plain[1..]),
        [b'+', ..] => (false, &plain[1..]),
        _ => (false, plain.as_ref()),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'b' | b'B', _, ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', _, ..] => (8, &digits[2..]),
        [b'0', b'x' | b'X', _, ..] => (16, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let signed = plain.starts_with(['-', '+']);
    if let Some(number) = integer(negative, signed, digits, radix) {
        return number;
    }
    if let found @ Scalar::Float(_) = float(&plain) {
        return found;
    }
    // go-yaml reads what follows `0b` (and in version 3 `0o`) once more by itself, so that a sign may stand there.
    let inner = match plain.get(..2) {
        Some("0b") => Some(2),
        Some("0o") if flavour == Flavour::V3 => Some(8),
        _ => None,
    };
    match (inner, plain.get(2..3)) {
        (Some(radix), Some(sign @ ("-" | "+"))) => {
            integer(sign == "-", true, &plain[3..], radix).unwrap_or(Scalar::Str)
        }
        _ => Scalar::Str,
    }
}

/// An integer of digits alone; `None` where they are none or it does not fit.
fn integer(negative: bool, signed: bool, digits: &str, radix: u32) -> Option<Scalar> {
    if digits.is_empty() || !digits.bytes().all(|c| char::from(c).is_digit(radix)) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    match i64::try_from(magnitude) {
        Ok(i) => Some(Scalar::Int(if negative { -i } else { i })),
        Err(_) if negative && magnitude == 1 << 63 => Some(Scalar::Int(i64::MIN)),
        Err(_) if !signed => Some(Scalar::UInt(magnitude)),
        Err(_) => None,
    }
}

/// A float in decimal notation; [`Scalar::Str`] where it is none or too large.
fn float(text: &str) -> Scalar {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    let digits = |from: usize| rest[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(0);
    let mut at = whole;
    if rest.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if whole == 0 && fraction == 0 {
            return Scalar::Str;
        }
        at += 1 + fraction;
    } else if whole == 0 {
        return Scalar::Str;
    }
    if matches!(rest.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(rest.get(at), Some(b'-' | b'+')) {
            at += 1;
        }
        match digits(at) {
            0 => return Scalar::Str,
            n => at += n,
        }
    }
    if at != rest.len() {
        return Scalar::Str;
    }
    match text.parse::<f64>() {
        Ok(f) if f.is_finite() => Scalar::Float(f),
        _ => Scalar::Str,
    }
}

/// What looks like a date, once read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timestamp {
    date: [u32; 3],
    time: [u32; 3],
    nanos: u32,
    /// Minutes east of UTC.
    offset: i32,
}

/// Whether Go's `time.Parse` takes `text` in one of go-yaml's four layouts.
pub(crate) fn is_timestamp(text: &str) -> bool {
    timestamp(text).is_some()
}

/// Reads a date: `2006-1-2`, `2006-1-2 15:4:5.9`, or `2006-1-2T15:4:5.9` with `Z` or an offset.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return None;
    }
    let mut at = 5;
    let year = text[..4].parse::<u32>().ok()?;
    let month = number(bytes, &mut at).filter(|m| (1..=12).contains(m))?;
    literal(bytes, &mut at, b'-')?;
    let day = number(bytes, &mut at).filter(|d| (1..=days_in(month, year)).contains(d))?;
    let mut found = Timestamp { date: [year, month, day], time: [0; 3], nanos: 0, offset: 0 };
    let zoned = match bytes.get(at) {
        None => return Some(found),
        Some(b'T' | b't') => {
            at += 1;
            true
        }
        Some(b' ') => {
            while bytes.get(at) == Some(&b' ') {
                at += 1;
            }
            false
        }
        Some(_) => return None,
    };
    for (i, limit) in [24, 60, 60].into_iter().enumerate() {
        if i > 0 {
            literal(bytes, &mut at, b':')?;
        }
        found.time[i] = number(bytes, &mut at).filter(|n| *n < limit)?;
    }
    if matches!(bytes.get(at), Some(b'.' | b',')) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        let digits = bytes[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        let nine = text[at + 1..at + 1 + digits].chars().chain(std::iter::repeat('0')).take(9);
        found.nanos = nine.fold(0, |n, c| n * 10 + c.to_digit(10).unwrap_or(0));
        at += 1 + digits;
    }
    match &bytes[at..] {
        [] if !zoned => Some(found),
        [b'Z'] if zoned => Some(found),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2]
            if zoned && [h1, h2, m1, m2].iter().all(|c| c.is_ascii_digit()) =>
        {
            let two = |a: &u8, b: &u8| i32::from(a - b'0') * 10 + i32::from(b - b'0');
            let (hours, minutes) = (two(h1, h2), two(m1, m2));
            let offset = hours * 60 + minutes;
            found.offset = if *sign == b'-' { -offset } else { offset };
            (hours <= 24 && minutes <= 60).then_some(found)
        }
        _ => None,
    }
}

impl Timestamp {
    /// As Go's JSON encoder writes it: RFC 3339 with as many decimals as are needed.
    pub(crate) fn rfc3339(&self) -> String {
        let ([year, month, day], [hour, minute, second]) = (self.date, self.time);
        let mut out = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if self.nanos > 0 {
            out.push_str(format!(".{:09}", self.nanos).trim_end_matches('0'));
        }
        match self.offset {
            0 => out.push('Z'),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                out.push_str(&format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60));
            }
        }
        out
    }
}

/// One or two digits.
fn number(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let digit = |i: usize| bytes.get(i).filter(|c| c.is_ascii_digit()).map(|c| u32::from(c - b'0'));
    let first = digit(*at)?;
    *at += 1;
    let Some(second) = digit(*at) else { return Some(first) };
    *at += 1;
    Some(first * 10 + second)
}

fn literal(bytes: &[u8], at: &mut usize, c: u8) -> Option<()> {
    (bytes.get(*at) == Some(&c)).then(|| *at += 1)
}

fn days_in(month: u32, year: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
