//! Go's time layouts: `Mon Jan 2 15:04:05 MST 2006`.

use bowline_base_gotmpl::{CallError, quote};

use super::time::{Time, Zone, days_of};

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

/// Go's `time.ParseInLocation` with the local zone.
pub(super) fn parse(layout: &str, text: &str) -> Result<Time, CallError> {
    let mut reader = Reader { text, rest: text, layout };
    let mut rest = layout;
    let mut fields = Fields::default();
    while let Some((before, piece, written, after)) = next_piece(rest) {
        reader.skip(before)?;
        reader.piece(piece, written, after, &mut fields)?;
        rest = after;
    }
    reader.skip(rest)?;
    if !reader.rest.is_empty() {
        return Err(reader.error(&format!(": extra text: {}", quote(reader.rest.as_bytes())), ""));
    }
    fields.into_time(&reader)
}

struct Reader<'a> {
    layout: &'a str,
    text: &'a str,
    rest: &'a str,
}

struct Fields {
    year: i64,
    month: u32,
    day: u32,
    year_day: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    afternoon: Option<bool>,
    offset: Option<i32>,
    abbreviation: String,
}

impl Default for Fields {
    fn default() -> Fields {
        Fields {
            year: 0,
            month: 1,
            day: 1,
            year_day: None,
            hour: 0,
            minute: 0,
            second: 0,
            nanos: 0,
            afternoon: None,
            offset: None,
            abbreviation: String::new(),
        }
    }
}

// === impl Reader ===

impl<'a> Reader<'a> {
    fn error(&self, message: &str, element: &str) -> CallError {
        let (text, layout) = (quote(self.text.as_bytes()), quote(self.layout.as_bytes()));
        if element.is_empty() {
            return CallError::new(format!("parsing time {text}{message}"));
        }
        let value = quote(self.rest.as_bytes());
        CallError::new(format!(
            "parsing time {text} as {layout}: cannot parse {value} as {}",
            quote(element.as_bytes())
        ))
    }

    fn skip(&mut self, prefix: &str) -> Result<(), CallError> {
        let mut wanted = prefix;
        while let Some(c) = wanted.chars().next() {
            if c == ' ' {
                if !self.rest.is_empty() && !self.rest.starts_with(' ') {
                    return Err(self.error("", prefix));
                }
                wanted = wanted.trim_start_matches(' ');
                self.rest = self.rest.trim_start_matches(' ');
                continue;
            }
            self.rest = self.rest.strip_prefix(c).ok_or_else(|| self.error("", prefix))?;
            wanted = &wanted[c.len_utf8()..];
        }
        Ok(())
    }

    /// A number of one or two digits; exactly two where `fixed`.
    fn two(&mut self, fixed: bool, written: &str) -> Result<u32, CallError> {
        let digits = self.rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        if digits == 0 || (fixed && digits < 2) {
            return Err(self.error("", written));
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        number.parse().map_err(|_| self.error("", written))
    }

    fn digits(&mut self, count: usize, written: &str) -> Result<u32, CallError> {
        let number = self.rest.get(..count).filter(|s| s.bytes().all(|b| b.is_ascii_digit()));
        let value = number.and_then(|s| s.parse().ok()).ok_or_else(|| self.error("", written))?;
        self.rest = &self.rest[count..];
        Ok(value)
    }

    fn name(&mut self, names: &[&str], short: bool, written: &str) -> Result<u32, CallError> {
        for (i, name) in names.iter().enumerate() {
            let name = if short { &name[..3] } else { name };
            if self.rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)) {
                self.rest = &self.rest[name.len()..];
                return Ok(i as u32);
            }
        }
        Err(self.error("", written))
    }

    fn piece(&mut self, piece: Piece, written: &str, after: &str, fields: &mut Fields) -> Result<(), CallError> {
        match piece {
            Piece::LongYear => fields.year = self.digits(4, written)?.into(),
            Piece::Year => {
                let year = i64::from(self.digits(2, written)?);
                fields.year = if year >= 69 { year + 1900 } else { year + 2000 };
            }
            Piece::LongMonth => fields.month = self.name(&MONTHS, false, written)? + 1,
            Piece::Month => fields.month = self.name(&MONTHS, true, written)? + 1,
            Piece::NumMonth | Piece::ZeroMonth => {
                fields.month = self.two(piece == Piece::ZeroMonth, written)?;
                if fields.month == 0 || fields.month > 12 {
                    return Err(self.error(": month out of range", ""));
                }
            }
            Piece::LongWeekday => _ = self.name(&DAYS, false, written)?,
            Piece::Weekday => _ = self.name(&DAYS, true, written)?,
            Piece::Day | Piece::SpaceDay | Piece::ZeroDay => {
                if piece == Piece::SpaceDay {
                    self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
                }
                fields.day = self.two(piece == Piece::ZeroDay, written)?;
            }
            Piece::SpaceYearDay | Piece::ZeroYearDay => {
                self.rest = self.rest.trim_start_matches(' ');
                fields.year_day = Some(self.digits(3.min(self.rest.len()), written)?);
            }
            Piece::Hour => fields.hour = self.bounded(false, written, 24, "hour")?,
            Piece::Hour12 | Piece::ZeroHour12 => {
                fields.hour = self.bounded(piece == Piece::ZeroHour12, written, 13, "hour")?;
            }
            Piece::Minute | Piece::ZeroMinute => {
                fields.minute = self.bounded(piece == Piece::ZeroMinute, written, 60, "minute")?;
            }
            Piece::Second | Piece::ZeroSecond => {
                fields.second = self.bounded(piece == Piece::ZeroSecond, written, 60, "second")?;
                // A fraction may follow though the layout has none.
                let next_is_fraction =
                    next_piece(after).is_some_and(|(b, p, ..)| b.is_empty() && matches!(p, Piece::Fraction { .. }));
                if !next_is_fraction && self.rest.starts_with(['.', ',']) {
                    self.optional_fraction(fields);
                }
            }
            Piece::Upper | Piece::Lower => {
                let text = self.rest.get(..2).unwrap_or_default();
                let (am, pm) = if piece == Piece::Upper { ("AM", "PM") } else { ("am", "pm") };
                match text {
                    t if t == am => fields.afternoon = Some(false),
                    t if t == pm => fields.afternoon = Some(true),
                    _ => return Err(self.error("", written)),
                }
                self.rest = &self.rest[2..];
            }
            Piece::Abbreviation => {
                let length = self.rest.bytes().take_while(u8::is_ascii_uppercase).count();
                if !(3..=5).contains(&length) {
                    return Err(self.error("", written));
                }
                fields.abbreviation = self.rest[..length].to_string();
                self.rest = &self.rest[length..];
            }
            Piece::Offset { z, colon, fields: parts } => self.offset(z, colon, parts, written, fields)?,
            Piece::Fraction { digits, trim } => {
                if trim {
                    self.optional_fraction(fields);
                } else {
                    self.rest = self.rest.strip_prefix(['.', ',']).ok_or_else(|| self.error("", written))?;
                    let value = self.digits(digits, written)?;
                    fields.nanos = value * 10u32.pow(9u32.saturating_sub(digits as u32));
                }
            }
        }
        Ok(())
    }

    fn bounded(&mut self, fixed: bool, written: &str, below: u32, what: &str) -> Result<u32, CallError> {
        let value = self.two(fixed, written)?;
        if value >= below {
            return Err(self.error(&format!(": {what} out of range"), ""));
        }
        Ok(value)
    }

    fn optional_fraction(&mut self, fields: &mut Fields) {
        let Some(after) = self.rest.strip_prefix(['.', ',']) else { return };
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return;
        }
        let shown: String = after[..digits].chars().chain(std::iter::repeat('0')).take(9).collect();
        fields.nanos = shown.parse().unwrap_or(0);
        self.rest = &after[digits..];
    }

    fn offset(&mut self, z: bool, colon: bool, parts: u8, written: &str, fields: &mut Fields) -> Result<(), CallError> {
        if z && let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            fields.offset = Some(0);
            return Ok(());
        }
        let sign = match self.rest.as_bytes().first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(self.error("", written)),
        };
        self.rest = &self.rest[1..];
        let mut seconds = 0i32;
        for (i, unit) in [3600, 60, 1].iter().enumerate().take(parts.into()) {
            if colon && i > 0 {
                self.rest = self.rest.strip_prefix(':').ok_or_else(|| self.error("", written))?;
            }
            seconds += self.digits(2, written)? as i32 * unit;
        }
        fields.offset = Some(sign * seconds);
        Ok(())
    }
}

// === impl Fields ===

impl Fields {
    fn into_time(mut self, reader: &Reader<'_>) -> Result<Time, CallError> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let month = i64::from(self.month);
        let days_in_month = days_of(self.year, month + 1, 1) - days_of(self.year, month, 1);
        if self.day == 0 || i64::from(self.day) > days_in_month {
            return Err(reader.error(": day out of range", ""));
        }
        let days = match self.year_day {
            Some(day) => days_of(self.year, 1, i64::from(day)),
            None => days_of(self.year, month, i64::from(self.day)),
        };
        let local = days * 86_400 + i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        let (offset, zone) = match self.offset {
            Some(0) => (0, Zone::Utc),
            Some(offset) => (offset, Zone::Fixed(offset, self.abbreviation)),
            None if self.abbreviation.is_empty() => (0, Zone::Local),
            None if self.abbreviation == "UTC" => (0, Zone::Utc),
            // An unknown abbreviation has a made-up offset of zero.
            None => (0, Zone::Fixed(0, self.abbreviation)),
        };
        Ok(Time { seconds: local - i64::from(offset), nanos: self.nanos, zone })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
