//! Dates and durations. The local zone is UTC, as in the containers that the tools run in.

use bowline_base_gotmpl::Type::{Any, Object, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, IntKind, Runtime, Text, Value, parse_int};

mod duration;
mod layout;
mod time;

pub use time::Time;
use time::Zone;

const TIME: bowline_base_gotmpl::Type = Object("time.Time");

/// Reads a time by a layout of Go's; the error is Go's.
pub fn parse_time(layout: &str, text: &str) -> Result<Time, String> {
    layout::parse(layout, text).map_err(|error| error.text().to_string())
}

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("ago", &[Any], |rt, a| {
        let passed = (now(rt).nanos() - moment(rt, a.get(0)).nanos() + 500_000_000).div_euclid(1_000_000_000);
        Ok(duration::format(passed as i64 * 1_000_000_000).into())
    }),
    Entry::new("date", &[Str, Any], |rt, a| in_zone(rt, &a.str(0), a.get(1), "Local")),
    Entry::new("dateInZone", &[Str, Any, Str], date_in_zone),
    Entry::new("dateModify", &[Str, TIME], |_, a| Ok(modify(a).unwrap_or_else(|_| a.take(1)))),
    Entry::new("date_in_zone", &[Str, Any, Str], date_in_zone),
    Entry::new("date_modify", &[Str, TIME], |_, a| Ok(modify(a).unwrap_or_else(|_| a.take(1)))),
    Entry::new("duration", &[Any], |_, a| {
        let seconds = match a.get(0) {
            Value::String(text) => parse_int(&text.to_str(), 10).unwrap_or(0),
            Value::Int(i, IntKind::Int64) => *i,
            _ => 0,
        };
        Ok(duration::format(seconds.wrapping_mul(1_000_000_000)).into())
    }),
    Entry::new("durationRound", &[Any], |rt, a| {
        let nanos = match a.get(0) {
            Value::String(text) => duration::parse(&text.to_str()).unwrap_or(0),
            Value::Int(i, IntKind::Int64) => *i,
            value => match Time::of(value) {
                Some(time) => (now(rt).nanos() - time.nanos()) as i64,
                None => 0,
            },
        };
        Ok(duration::rounded(nanos).into())
    }),
    Entry::new("htmlDate", &[Any], |rt, a| in_zone(rt, "2006-01-02", a.get(0), "Local")),
    Entry::new("htmlDateInZone", &[Any, Str], |rt, a| in_zone(rt, "2006-01-02", a.get(0), &a.str(1))),
    Entry::new("mustDateModify", &[Str, TIME], |_, a| modify(a)),
    Entry::new("mustToDate", &[Str, Str], |_, a| Ok(layout::parse(&a.str(0), &a.str(1))?.into_value())),
    Entry::new("must_date_modify", &[Str, TIME], |_, a| modify(a)),
    Entry::new("now", &[], |rt, _| Ok(now(rt).into_value())),
    Entry::new("toDate", &[Str, Str], |_, a| {
        Ok(layout::parse(&a.str(0), &a.str(1)).unwrap_or_else(|_| Time::zero()).into_value())
    }),
    Entry::new("unixEpoch", &[TIME], |_, a| Ok(Time::of(a.get(0)).map_or(0, |time| time.seconds).to_string().into())),
];

fn now(rt: &mut Runtime<'_>) -> Time {
    let (seconds, nanos) = rt.host().now();
    Time { seconds, nanos, zone: Zone::Local }
}

/// The time that an argument stands for: a time, seconds since the epoch, or now.
fn moment(rt: &mut Runtime<'_>, value: &Value) -> Time {
    match value {
        Value::Int(i, IntKind::Int | IntKind::Int64 | IntKind::Int32) => {
            Time { seconds: *i, nanos: 0, zone: Zone::Local }
        }
        other => Time::of(other).unwrap_or_else(|| now(rt)),
    }
}

fn in_zone(rt: &mut Runtime<'_>, format: &str, date: &Value, zone: &str) -> Result<Value, CallError> {
    let time = moment(rt, date).in_zone(Zone::named(zone).unwrap_or(Zone::Utc));
    Ok(Text::from(layout::format(format, &time)).into())
}

fn date_in_zone(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    in_zone(rt, &a.str(0), a.get(1), &a.str(2))
}

fn modify(a: &mut Args) -> Result<Value, CallError> {
    let text = a.str(0);
    let by = duration::parse(&text)?;
    Ok(Time::of(a.get(1)).unwrap_or_else(Time::zero).plus(by).into_value())
}
