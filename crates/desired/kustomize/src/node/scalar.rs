//! Texts of scalars: dates, and what YAML 1.1 would not take for a string.

use super::{Kind, Tag};

/// The date or time that go-yaml sees in a text, as Go's JSON writes it; `None` where it sees none.
///
/// Forms: `2006-1-2`, `2006-1-2 15:4:5[.frac]`, `2006-1-2T15:4:5[.frac](Z|±hh:mm)` (`t` too).
pub(crate) fn timestamp(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || bytes[4] != b'-' || !bytes[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut rest = &text[5..];
    let year: i64 = text[..4].parse().ok()?;
    let month = take_number(&mut rest, 2)?;
    rest = rest.strip_prefix('-')?;
    let day = take_number(&mut rest, 2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if rest.is_empty() {
        return Some(format!("{date}T00:00:00Z"));
    }
    let separator = rest.chars().next()?;
    if !matches!(separator, 'T' | 't' | ' ') {
        return None;
    }
    rest = &rest[1..];
    let hour = take_number(&mut rest, 2)?;
    rest = rest.strip_prefix(':')?;
    let minute = take_number(&mut rest, 2)?;
    rest = rest.strip_prefix(':')?;
    let second = take_number(&mut rest, 2)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut fraction = String::new();
    if let Some(after) = rest.strip_prefix(['.', ',']) {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        fraction = after[..digits.min(9)].trim_end_matches('0').to_string();
        rest = &after[digits..];
    }
    let zone = if separator == ' ' {
        rest.is_empty().then(|| "Z".to_string())?
    } else if rest == "Z" {
        "Z".to_string()
    } else {
        let (sign, offset) = (rest.chars().next().filter(|c| matches!(c, '+' | '-'))?, &rest[1..]);
        let (h, m) = offset.split_once(':')?;
        if h.len() != 2 || m.len() != 2 || h.parse::<u32>().ok()? > 23 || m.parse::<u32>().ok()? > 59 {
            return None;
        }
        if h == "00" && m == "00" { "Z".to_string() } else { format!("{sign}{h}:{m}") }
    };
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}{dot}{fraction}{zone}"))
}

fn take_number(rest: &mut &str, most: usize) -> Option<i64> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let number = rest[..digits].parse().ok()?;
    *rest = &rest[digits..];
    Some(number)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Whether YAML 1.1 (as go-yaml v2 reads it) takes this text for something else than a string.
///
/// Kustomize quotes such values when it sets them. A text that is no valid YAML, or has line breaks, counts as a string.
pub(crate) fn is_yaml11_non_string(text: &str) -> bool {
    if text.is_empty() || text.contains('\n') {
        return false;
    }
    // Words, paths and the like cannot be anything else: most values end here without a parser.
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'_'));
    if plain && text.as_bytes()[0].is_ascii_alphabetic() {
        return matches!(
            text,
            "y" | "Y"
                | "n"
                | "N"
                | "yes"
                | "Yes"
                | "YES"
                | "no"
                | "No"
                | "NO"
                | "on"
                | "On"
                | "ON"
                | "off"
                | "Off"
                | "OFF"
                | "true"
                | "True"
                | "TRUE"
                | "false"
                | "False"
                | "FALSE"
                | "null"
                | "Null"
                | "NULL"
        );
    }
    match super::read_one(text) {
        // Dates stay strings in go-yaml v2.
        Ok(Some(node)) => match node.kind() {
            Kind::Scalar => !matches!(node.tag, Tag::Str | Tag::Timestamp | Tag::Merge | Tag::Other(_)),
            _ => true,
        },
        Ok(None) => true,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_go_prints_them() {
        for (text, want) in [
            ("2020-01-01", Some("2020-01-01T00:00:00Z")),
            ("2020-1-1 10:00:00", Some("2020-01-01T10:00:00Z")),
            ("2020-01-01T10:00:00.500+02:00", Some("2020-01-01T10:00:00.5+02:00")),
            ("2020-02-30", None),
            ("2020-01", None),
            ("20200101", None),
            ("2020-01-01T10:00:00", None),
        ] {
            assert_eq!(timestamp(text).as_deref(), want, "{text}");
        }
    }
}
