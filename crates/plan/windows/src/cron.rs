//! [`Schedule`]: five fields of cron, with the rules of the Go library that the contract uses.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};

/// When something begins: minute, hour, day of month, month, day of week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether a day must satisfy both day fields, which is so where either of them is a star.
    both_days: bool,
}

/// A text that is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot parse schedule {schedule:?}: {reason}")]
pub struct CronError {
    /// What was given.
    pub schedule: String,
    /// What is wrong with it.
    pub reason: String,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// How far is looked for the next beginning: a schedule for 29 February may have to wait eight years, across 2100.
const YEARS: i32 = 9;

// === impl Schedule ===

impl Schedule {
    /// Reads five fields: `*` or `?`, numbers, ranges, lists, steps, and names of months and weekdays.
    pub fn new(text: &str) -> Result<Schedule, CronError> {
        let fail = |reason: String| CronError { schedule: text.to_string(), reason };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return Err(fail(format!("expected exactly 5 fields, found {}", fields.len())));
        };
        let star = |field: &str| field.split(',').any(|part| matches!(part.split('/').next(), Some("*" | "?")));
        Ok(Schedule {
            minutes: set(minutes, 0, 59, &[]).map_err(fail)?,
            hours: set(hours, 0, 23, &[]).map_err(fail)?,
            days: set(days, 1, 31, &[]).map_err(fail)?,
            months: set(months, 1, 12, &MONTHS).map_err(fail)?,
            weekdays: set(weekdays, 0, 6, &WEEKDAYS).map_err(fail)?,
            both_days: star(days) || star(weekdays),
        })
    }

    /// The first beginning after `time`; `None` where there is none in sight (30 February).
    pub fn next(&self, time: DateTime) -> Option<DateTime> {
        let mut date = time.date();
        let mut from = minute_of_day(time) + 1;
        for _ in 0..366 * YEARS {
            if self.is_day(date)
                && let Some(minute) = (from..24 * 60).find(|minute| self.is_minute(*minute))
            {
                return Some(at(date, minute));
            }
            date = date.checked_add(1.day()).ok()?;
            from = 0;
        }
        None
    }

    /// The last beginning at or before `time`.
    pub fn last(&self, time: DateTime) -> Option<DateTime> {
        let mut date = time.date();
        let mut to = minute_of_day(time);
        for _ in 0..366 * YEARS {
            if self.is_day(date)
                && let Some(minute) = (0..=to).rev().find(|minute| self.is_minute(*minute))
            {
                return Some(at(date, minute));
            }
            date = date.checked_sub(1.day()).ok()?;
            to = 24 * 60 - 1;
        }
        None
    }

    fn is_day(&self, date: Date) -> bool {
        let has = |set: u64, n: i8| set & (1 << n) != 0;
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        has(self.months, date.month()) && if self.both_days { day && weekday } else { day || weekday }
    }

    fn is_minute(&self, minute: i32) -> bool {
        self.hours & (1 << (minute / 60)) != 0 && self.minutes & (1 << (minute % 60)) != 0
    }
}

fn minute_of_day(time: DateTime) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}

fn at(date: Date, minute: i32) -> DateTime {
    let (hour, minute) = (minute / 60, minute % 60);
    let fits = "because a minute of a day has an hour below 24 and a minute below 60";
    date.at(i8::try_from(hour).expect(fits), i8::try_from(minute).expect(fits), 0, 0)
}

/// The numbers that a field names, as bits.
fn set(field: &str, min: u32, max: u32, names: &[&str]) -> Result<u64, String> {
    field.split(',').map(|part| range(part, min, max, names)).try_fold(0, |all, part| Ok(all | part?))
}

fn range(text: &str, min: u32, max: u32, names: &[&str]) -> Result<u64, String> {
    let mut parts = text.split('/');
    let (base, step) = (parts.next().unwrap_or_default(), parts.next());
    if parts.next().is_some() {
        return Err(format!("too many slashes: {text}"));
    }
    let mut ends = base.split('-');
    let (low, high) = (ends.next().unwrap_or_default(), ends.next());
    if ends.next().is_some() {
        return Err(format!("too many hyphens: {text}"));
    }
    let number = |text: &str| number(text, min, names);
    let (low, high) = match (low, high) {
        ("*" | "?", None) => (min, max),
        ("*" | "?", Some(_)) => return Err(format!("a star has no end: {text}")),
        // A single number with a step goes on to the end.
        (low, None) => {
            let low = number(low)?;
            (low, if step.is_some() { max } else { low })
        }
        (low, Some(high)) => (number(low)?, number(high)?),
    };
    let step = step.map_or(Ok(1), |step| step.parse::<u32>().map_err(|_| format!("no number: {step}")))?;
    if low < min || high > max {
        return Err(format!("{text} is not within {min} to {max}"));
    }
    if low > high {
        return Err(format!("beginning of range ({low}) beyond end of range ({high}): {text}"));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {text}"));
    }
    Ok((low..=high).step_by(step as usize).fold(0, |set, n| set | 1 << n))
}

fn number(text: &str, min: u32, names: &[&str]) -> Result<u32, String> {
    if let Some(i) = names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(min + u32::try_from(i).expect("because there are at most 12 names"));
    }
    text.parse::<u32>().map_err(|_| format!("no number: {text:?}"))
}
