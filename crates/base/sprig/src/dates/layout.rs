//! Go's time layouts: `Mon Jan 2 15:04:05 MST 2006`.

mod parse;

use super::time::Time;

pub(super) use parse::parse;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// What `Time.String` prints.
pub(super) const STRING: &str = "2006-01-02 15:04:05.999999999 -0700 MST";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    SpaceDay,
    ZeroDay,
    SpaceYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    Upper,
    Lower,
    Abbreviation,
    /// Sign and digits: whether `Z` stands for UTC, whether with colons, and how many fields.
    Offset {
        z: bool,
        colon: bool,
        fields: u8,
    },
    /// Digits of a fraction, and whether trailing zeros go.
    Fraction {
        digits: usize,
        trim: bool,
    },
}

/// The first piece of a layout: (text before it, the piece, how it is written there, what follows).
fn next_piece(layout: &str) -> Option<(&str, Piece, &str, &str)> {
    const FIXED: &[(&str, Piece)] = &[
        ("January", Piece::LongMonth),
        ("Monday", Piece::LongWeekday),
        ("MST", Piece::Abbreviation),
        ("2006", Piece::LongYear),
        ("__2", Piece::SpaceYearDay),
        ("002", Piece::ZeroYearDay),
        ("-07:00:00", Piece::Offset { z: false, colon: true, fields: 3 }),
        ("-070000", Piece::Offset { z: false, colon: false, fields: 3 }),
        ("-07:00", Piece::Offset { z: false, colon: true, fields: 2 }),
        ("-0700", Piece::Offset { z: false, colon: false, fields: 2 }),
        ("-07", Piece::Offset { z: false, colon: false, fields: 1 }),
        ("Z07:00:00", Piece::Offset { z: true, colon: true, fields: 3 }),
        ("Z070000", Piece::Offset { z: true, colon: false, fields: 3 }),
        ("Z07:00", Piece::Offset { z: true, colon: true, fields: 2 }),
        ("Z0700", Piece::Offset { z: true, colon: false, fields: 2 }),
        ("Z07", Piece::Offset { z: true, colon: false, fields: 1 }),
        ("01", Piece::ZeroMonth),
        ("02", Piece::ZeroDay),
        ("03", Piece::ZeroHour12),
        ("04", Piece::ZeroMinute),
        ("05", Piece::ZeroSecond),
        ("06", Piece::Year),
        ("15", Piece::Hour),
        ("PM", Piece::Upper),
        ("pm", Piece::Lower),
        ("1", Piece::NumMonth),
        ("2", Piece::Day),
        ("3", Piece::Hour12),
        ("4", Piece::Minute),
        ("5", Piece::Second),
    ];
    for (i, c) in layout.char_indices() {
        let rest = &layout[i..];
        let found = match c {
            'J' if rest.starts_with("Jan") && !rest.starts_with("January") => Some(("Jan", Piece::Month)),
            'M' if rest.starts_with("Mon") && !rest.starts_with("Monday") => Some(("Mon", Piece::Weekday)),
            '_' if rest.starts_with("_2006") => None,
            '_' if rest.starts_with("_2") => Some(("_2", Piece::SpaceDay)),
            '.' | ',' => fraction(rest),
            _ => FIXED.iter().find(|(text, _)| rest.starts_with(text)).copied(),
        };
        if let Some((_, piece)) = found
            && let Some((text, _)) = found
        {
            let length = match piece {
                Piece::Fraction { digits, .. } => digits + 1,
                _ => text.len(),
            };
            // "Jan" in "January" is one piece; but not where a small letter follows ("Janitor").
            if matches!(piece, Piece::Month | Piece::Weekday)
                && rest[length..].starts_with(|c: char| c.is_ascii_lowercase())
            {
                continue;
            }
            return Some((&layout[..i], piece, &rest[..length], &rest[length..]));
        }
    }
    None
}

fn fraction(rest: &str) -> Option<(&'static str, Piece)> {
    let digit = rest[1..].chars().next().filter(|c| *c == '0' || *c == '9')?;
    let digits = rest[1..].chars().take_while(|c| *c == digit).count();
    // A fraction must end here: ".000" and not ".0007".
    if rest[1 + digits..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some((".", Piece::Fraction { digits, trim: digit == '9' }))
}

/// Go's `Time.Format`.
pub(super) fn format(layout: &str, time: &Time) -> String {
    let civil = time.civil();
    let (offset, abbreviation) = time.zone.offset(time.seconds);
    let hour12 = if civil.hour.is_multiple_of(12) { 12 } else { civil.hour % 12 };
    let mut out = String::new();
    let mut rest = layout;
    while let Some((before, piece, written, after)) = next_piece(rest) {
        out.push_str(before);
        rest = after;
        let text = match piece {
            Piece::LongMonth => MONTHS[civil.month as usize - 1].to_string(),
            Piece::Month => MONTHS[civil.month as usize - 1][..3].to_string(),
            Piece::NumMonth => civil.month.to_string(),
            Piece::ZeroMonth => format!("{:02}", civil.month),
            Piece::LongWeekday => DAYS[civil.weekday as usize].to_string(),
            Piece::Weekday => DAYS[civil.weekday as usize][..3].to_string(),
            Piece::Day => civil.day.to_string(),
            Piece::SpaceDay => format!("{:2}", civil.day),
            Piece::ZeroDay => format!("{:02}", civil.day),
            Piece::SpaceYearDay => format!("{:3}", civil.year_day),
            Piece::ZeroYearDay => format!("{:03}", civil.year_day),
            Piece::Hour => format!("{:02}", civil.hour),
            Piece::Hour12 => hour12.to_string(),
            Piece::ZeroHour12 => format!("{hour12:02}"),
            Piece::Minute => civil.minute.to_string(),
            Piece::ZeroMinute => format!("{:02}", civil.minute),
            Piece::Second => civil.second.to_string(),
            Piece::ZeroSecond => format!("{:02}", civil.second),
            Piece::LongYear if civil.year < 0 => format!("-{:04}", -civil.year),
            Piece::LongYear => format!("{:04}", civil.year),
            Piece::Year => format!("{:02}", civil.year.rem_euclid(100)),
            Piece::Upper => if civil.hour >= 12 { "PM" } else { "AM" }.to_string(),
            Piece::Lower => if civil.hour >= 12 { "pm" } else { "am" }.to_string(),
            Piece::Abbreviation if abbreviation.is_empty() => offset_text(offset, false, 2),
            Piece::Abbreviation => abbreviation.clone(),
            Piece::Offset { z: true, .. } if offset == 0 => "Z".to_string(),
            Piece::Offset { colon, fields, .. } => offset_text(offset, colon, fields),
            Piece::Fraction { digits, trim } => fraction_text(time.nanos, digits, trim, &written[..1]),
        };
        out.push_str(&text);
    }
    out.push_str(rest);
    out
}

fn offset_text(offset: i32, colon: bool, fields: u8) -> String {
    let magnitude = offset.unsigned_abs();
    let colon = if colon { ":" } else { "" };
    let mut out = format!("{}{:02}", if offset < 0 { '-' } else { '+' }, magnitude / 3600);
    if fields > 1 {
        out.push_str(&format!("{colon}{:02}", magnitude / 60 % 60));
    }
    if fields > 2 {
        out.push_str(&format!("{colon}{:02}", magnitude % 60));
    }
    out
}

fn fraction_text(nanos: u32, digits: usize, trim: bool, point: &str) -> String {
    let all = format!("{nanos:09}");
    let mut shown: String = all.chars().chain(std::iter::repeat('0')).take(digits).collect();
    if trim {
        shown.truncate(shown.trim_end_matches('0').len());
        if shown.is_empty() {
            return String::new();
        }
    }
    format!("{point}{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::time::Zone;

    #[test]
    fn formats_as_go_does() {
        let time = Time { seconds: 1_580_688_000, nanos: 120_000_000, zone: Zone::Utc };
        for (layout, want) in [
            ("2006-01-02T15:04:05Z07:00", "2020-02-03T00:00:00Z"),
            ("Mon Jan _2 3:04PM 06", "Mon Feb  3 12:00AM 20"),
            ("Monday, 02-January-2006 .000 .999", "Monday, 03-February-2020 .120 .12"),
            ("-0700 MST 002 20060102150405", "+0000 UTC 034 20200203000000"),
        ] {
            assert_eq!(format(layout, &time), want, "{layout}");
        }
    }

    #[test]
    fn parses_what_it_formats() {
        for (layout, text) in [
            ("2006-01-02 15:04:05 -0700", "2021-12-31 23:59:58 +0130"),
            ("Jan 2, 2006 at 3:04pm", "Mar 4, 1999 at 11:05pm"),
            ("2006-01-02T15:04:05.000Z07:00", "2020-02-29T01:02:03.456Z"),
        ] {
            assert_eq!(format(layout, &parse(layout, text).unwrap()), text);
        }
        assert_eq!(
            parse("2006-01-02", "2021-13-01").unwrap_err().text(),
            "parsing time \"2021-13-01\": month out of range"
        );
    }
}
