//! Times read by a layout.

use bowline_base_gotmpl::{CallError, quote};

use super::{DAYS, MONTHS, Piece, next_piece};
use crate::dates::time::{Time, Zone, days_of};

/// Go's `time.ParseInLocation` with the local zone.
pub(in crate::dates) fn parse(layout: &str, text: &str) -> Result<Time, CallError> {
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
