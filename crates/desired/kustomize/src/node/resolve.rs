//! What a plain scalar's text means, by the rules of go-yaml v3 (YAML 1.2 with octal and underscores of 1.1).

use std::sync::LazyLock;

use super::Tag;

/// The meaning of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    /// A date or time, in the text that Go's JSON gives it.
    Timestamp(String),
    Merge,
    Str,
}

// === impl Resolved ===

impl Resolved {
    pub(crate) fn tag(&self) -> Tag {
        match self {
            Resolved::Null => Tag::Null,
            Resolved::Bool(_) => Tag::Bool,
            Resolved::Int(_) | Resolved::UInt(_) => Tag::Int,
            Resolved::Float(_) => Tag::Float,
            Resolved::Timestamp(_) => Tag::Timestamp,
            Resolved::Merge => Tag::Merge,
            Resolved::Str => Tag::Str,
        }
    }
}

/// Resolves the text of a plain scalar.
pub(crate) fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        "<<" => return Resolved::Merge,
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.as_bytes()[0] {
        b'.' => match parse_go_float(text) {
            Some(f) => Resolved::Float(f),
            None => Resolved::Str,
        },
        b'0'..=b'9' | b'+' | b'-' => number_or_time(text),
        _ => Resolved::Str,
    }
}

fn number_or_time(text: &str) -> Resolved {
    if let Some(time) = super::scalar::timestamp(text) {
        return Resolved::Timestamp(time);
    }
    let plain = text.replace('_', "");
    if let Some(i) = parse_go_int(&plain) {
        return match i64::try_from(i) {
            Ok(i) => Resolved::Int(i),
            Err(_) => Resolved::UInt(i as u64),
        };
    }
    if is_float(&plain)
        && let Ok(f) = plain.parse::<f64>()
        && f.is_finite()
    {
        return Resolved::Float(f);
    }
    Resolved::Str
}

/// `strconv.ParseInt(s, 0, 64)`, else `ParseUint`: sign, base prefix `0x`, `0o`, `0b` or a leading zero for octal.
fn parse_go_int(text: &str) -> Option<i128> {
    let (negative, signed, rest) = match text.as_bytes().first()? {
        b'-' => (true, true, &text[1..]),
        b'+' => (false, true, &text[1..]),
        _ => (false, false, text),
    };
    let lower = rest.get(..2).map(str::to_ascii_lowercase);
    let (radix, digits) = match lower.as_deref() {
        Some("0x") => (16, &rest[2..]),
        Some("0o") => (8, &rest[2..]),
        Some("0b") => (2, &rest[2..]),
        Some(_) if rest.starts_with('0') => (8, &rest[1..]),
        _ => (10, rest),
    };
    if digits.is_empty() || !digits.bytes().all(|b| (b as char).is_digit(radix)) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()? as i128;
    let value = if negative { -magnitude } else { magnitude };
    // What does not fit a signed number is only taken without a sign.
    (i64::try_from(value).is_ok() || !signed).then_some(value)
}

/// The float syntax of YAML 1.2, with a sign and an open fraction (`1.`).
fn is_float(text: &str) -> bool {
    static FLOAT: LazyLock<regex::Regex> = LazyLock::new(|| {
        regex::Regex::new(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
            .expect("because the pattern is fixed")
    });
    FLOAT.is_match(text)
}

/// `strconv.ParseFloat` for a text that begins with a dot.
fn parse_go_float(text: &str) -> Option<f64> {
    if !is_float(text) {
        return None;
    }
    text.parse::<f64>().ok().filter(|f| f.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars() {
        for (text, want) in [
            ("", Resolved::Null),
            ("yes", Resolved::Str),
            ("True", Resolved::Bool(true)),
            ("0777", Resolved::Int(511)),
            ("0o17", Resolved::Int(15)),
            ("08", Resolved::Float(8.0)),
            ("0x1F", Resolved::Int(31)),
            ("1_000", Resolved::Int(1000)),
            ("-5", Resolved::Int(-5)),
            ("18446744073709551615", Resolved::UInt(u64::MAX)),
            ("1e3", Resolved::Float(1000.0)),
            (".5", Resolved::Float(0.5)),
            ("1e400", Resolved::Str),
            ("1.2.3", Resolved::Str),
            ("12:30", Resolved::Str),
            ("-", Resolved::Str),
            ("2020-1-2", Resolved::Timestamp("2020-01-02T00:00:00Z".into())),
        ] {
            assert_eq!(resolve(text), want, "{text}");
        }
    }
}
