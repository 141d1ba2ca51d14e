//! `os` as scripts may have it: the time, and nothing else.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use mlua::{Lua, Table, Value};

/// The table `os` with `time` and `date`. `now` gives seconds since the epoch; the zone is UTC.
pub(crate) fn table(lua: &Lua, now: impl Fn() -> i64 + Clone + Send + Sync + 'static) -> mlua::Result<Table> {
    let os = lua.create_table()?;
    let clock = now.clone();
    os.raw_set(
        "time",
        lua.create_function(move |_, table: Option<Table>| match table {
            None => Ok(clock() as f64),
            Some(table) => seconds(&table),
        })?,
    )?;
    os.raw_set(
        "date",
        lua.create_function(move |lua, (format, time): (Option<String>, Option<f64>)| {
            date(lua, format.as_deref().unwrap_or("%c"), time.map_or_else(&now, |t| t as i64))
        })?,
    )?;
    Ok(os)
}

fn seconds(table: &Table) -> mlua::Result<f64> {
    let field = |name: &str, otherwise: i64| -> mlua::Result<i64> {
        Ok(table.raw_get::<Option<f64>>(name)?.map_or(otherwise, |n| n as i64))
    };
    let (year, month) = (field("year", -1)?, field("month", -1)?);
    // Days, hours and the rest may run over, as they may in the contract.
    let months = year.saturating_mul(12).saturating_add(month - 1);
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let first = i16::try_from(year).ok().and_then(|year| Date::new(year, i8::try_from(month).ok()?, 1).ok());
    let first = first.ok_or_else(|| mlua::Error::runtime("os.time: no such year"))?;
    let midnight = TimeZone::UTC.to_timestamp(first.at(0, 0, 0, 0)).map_err(mlua::Error::external)?.as_second();
    let days = field("day", -1)? - 1;
    Ok((midnight + days * 86_400 + field("hour", 12)? * 3600 + field("min", 0)? * 60 + field("sec", 0)?) as f64)
}

fn date(lua: &Lua, format: &str, time: i64) -> mlua::Result<Value> {
    let format = format.trim_start_matches('!');
    let time = Timestamp::from_second(time).map_err(mlua::Error::external)?;
    let civil = TimeZone::UTC.to_datetime(time);
    if format.starts_with("*t") {
        let table = lua.create_table()?;
        let fields = [
            ("year", i64::from(civil.year())),
            ("month", civil.month().into()),
            ("day", civil.day().into()),
            ("hour", civil.hour().into()),
            ("min", civil.minute().into()),
            ("sec", civil.second().into()),
            ("wday", i64::from(civil.weekday().to_sunday_zero_offset()) + 1),
            ("yday", 0),
        ];
        for (name, value) in fields {
            table.raw_set(name, value)?;
        }
        table.raw_set("isdst", false)?;
        return Ok(Value::Table(table));
    }
    Ok(Value::String(lua.create_string(text(format, civil))?))
}

/// `strftime` with the conversions that the contract has; others are left as they are written.
fn text(format: &str, t: DateTime) -> String {
    const MONTHS: [&str; 12] = [
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
    const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    let month = MONTHS[usize::from(t.month().unsigned_abs()) - 1];
    let day = DAYS[usize::from(t.weekday().to_sunday_zero_offset().unsigned_abs())];
    let (hour, minute, second) = (t.hour(), t.minute(), t.second());
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let piece = match chars.next() {
            Some('a') => day[..3].to_string(),
            Some('A') => day.to_string(),
            Some('b') => month[..3].to_string(),
            Some('B') => month.to_string(),
            Some('c') => {
                format!("{:02} {} {:02} {hour:02}:{minute:02} UTC", t.day(), &month[..3], t.year() % 100)
            }
            Some('d') => format!("{:02}", t.day()),
            Some('F') => format!("{:04}-{:02}-{:02}", t.year(), t.month(), t.day()),
            Some('H') => format!("{hour:02}"),
            Some('I') => format!("{twelve:02}"),
            Some('m') => format!("{:02}", t.month()),
            Some('M') => format!("{minute:02}"),
            Some('p') => if hour < 12 { "AM" } else { "PM" }.to_string(),
            Some('P') => if hour < 12 { "am" } else { "pm" }.to_string(),
            Some('S') => format!("{second:02}"),
            Some('w') => t.weekday().to_sunday_zero_offset().to_string(),
            Some('X') => format!("{hour:02}:{minute:02}:{second:02}"),
            Some('y') => format!("{:02}", t.year() % 100),
            Some('Y') => t.year().to_string(),
            Some('z') => "+0000".to_string(),
            Some('Z') => "UTC".to_string(),
            Some('%') => "%".to_string(),
            Some(other) => format!("%{other}"),
            None => "%".to_string(),
        };
        out.push_str(&piece);
    }
    out
}
