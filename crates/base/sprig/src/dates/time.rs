//! [`Time`]: Go's `time.Time` as templates see it.

use std::any::Any;
use std::rc::Rc;

use bowline_base_gotmpl::{Args, CallError, Object, Runtime, Signature, Text, Type, Value};
use jiff::tz::TimeZone;

use super::layout;

/// A moment, and the zone it is shown in.
#[derive(Clone, Debug)]
pub struct Time {
    /// Seconds since the epoch.
    pub seconds: i64,
    /// Nanoseconds within the second.
    pub nanos: u32,
    /// The zone.
    pub(super) zone: Zone,
}

#[derive(Clone, Debug)]
pub(super) enum Zone {
    Utc,
    /// UTC too, under the name that Go gives the system's zone.
    Local,
    Named(TimeZone),
    /// Seconds east of UTC, and an abbreviation that may be empty.
    Fixed(i32, String),
}

/// Calendar fields.
pub(super) struct Civil {
    pub(super) year: i64,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    /// 0 is Sunday.
    pub(super) weekday: u32,
    /// From 1.
    pub(super) year_day: u32,
}

// === impl Zone ===

impl Zone {
    pub(super) fn named(name: &str) -> Option<Zone> {
        match name {
            "" | "UTC" => Some(Zone::Utc),
            "Local" => Some(Zone::Local),
            name => TimeZone::get(name).ok().map(Zone::Named),
        }
    }

    /// Seconds east of UTC at a moment, and the abbreviation.
    pub(super) fn offset(&self, seconds: i64) -> (i32, String) {
        match self {
            Zone::Utc | Zone::Local => (0, "UTC".to_string()),
            Zone::Fixed(offset, name) => (*offset, name.clone()),
            Zone::Named(zone) => match jiff::Timestamp::from_second(seconds) {
                Ok(at) => {
                    let info = zone.to_offset_info(at);
                    (info.offset().seconds(), info.abbreviation().to_string())
                }
                Err(_) => (0, "UTC".to_string()),
            },
        }
    }
}

// === impl Time ===

impl Time {
    /// Go's zero time: the first of January of the year 1.
    pub(super) fn zero() -> Time {
        Time { seconds: -62_135_596_800, nanos: 0, zone: Zone::Utc }
    }

    /// The moment that many seconds after the epoch.
    pub(crate) fn at(seconds: i64) -> Time {
        Time { seconds, nanos: 0, zone: Zone::Utc }
    }

    /// Year, month, day, hour, minute and second.
    pub(crate) fn fields(&self) -> [i64; 6] {
        let civil = self.civil();
        let parts = [civil.month, civil.day, civil.hour, civil.minute, civil.second].map(i64::from);
        [civil.year, parts[0], parts[1], parts[2], parts[3], parts[4]]
    }

    /// The time that a value is, if it is one.
    pub fn of(value: &Value) -> Option<Time> {
        match value {
            Value::Object(object) => object.as_any().downcast_ref::<Time>().cloned(),
            _ => None,
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(Rc::new(self))
    }

    pub(super) fn in_zone(mut self, zone: Zone) -> Time {
        self.zone = zone;
        self
    }

    pub(super) fn nanos(&self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos)
    }

    pub(super) fn plus(self, nanos: i64) -> Time {
        let total = self.nanos() + i128::from(nanos);
        Time {
            seconds: total.div_euclid(1_000_000_000) as i64,
            nanos: total.rem_euclid(1_000_000_000) as u32,
            zone: self.zone,
        }
    }

    pub(super) fn civil(&self) -> Civil {
        let local = self.seconds.saturating_add(i64::from(self.zone.offset(self.seconds).0));
        let days = local.div_euclid(86_400);
        let within = local.rem_euclid(86_400) as u32;
        let (year, month, day) = civil_of(days);
        Civil {
            year,
            month,
            day,
            hour: within / 3600,
            minute: within / 60 % 60,
            second: within % 60,
            weekday: (days + 4).rem_euclid(7) as u32,
            year_day: (days - days_of(year, 1, 1) + 1) as u32,
        }
    }
}

/// Days since the epoch of a date of the proleptic Gregorian calendar; months and days out of range carry over.
pub(super) fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_of(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

const TIME: Type = Type::Object("time.Time");

impl Object for Time {
    fn type_name(&self) -> &str {
        "time.Time"
    }

    fn method(&self, name: &str) -> Option<Signature> {
        let params: &'static [Type] = match name {
            "Year" | "Month" | "Day" | "Hour" | "Minute" | "Second" | "Nanosecond" | "Weekday" | "YearDay" | "Unix"
            | "UnixMilli" | "UnixMicro" | "UnixNano" | "UTC" | "Local" | "String" | "IsZero" => &[],
            "Format" => &[Type::String],
            "AddDate" => &[Type::Int, Type::Int, Type::Int],
            "After" | "Before" | "Equal" => &[TIME],
            _ => return None,
        };
        Some(Signature { params, variadic: None })
    }

    fn call(&self, name: &str, _rt: &mut Runtime<'_>, args: &mut Args) -> Result<Value, CallError> {
        let other = |args: &Args| Time::of(args.get(0)).map_or(0, |time| time.nanos());
        let civil = self.civil();
        Ok(match name {
            "Year" => Value::int(civil.year),
            "Month" => Value::Object(Rc::new(Named {
                name: "time.Month",
                index: civil.month,
                text: layout::MONTHS[civil.month as usize - 1],
            })),
            "Day" => Value::int(civil.day.into()),
            "Hour" => Value::int(civil.hour.into()),
            "Minute" => Value::int(civil.minute.into()),
            "Second" => Value::int(civil.second.into()),
            "Nanosecond" => Value::int(self.nanos.into()),
            "Weekday" => Value::Object(Rc::new(Named {
                name: "time.Weekday",
                index: civil.weekday,
                text: layout::DAYS[civil.weekday as usize],
            })),
            "YearDay" => Value::int(civil.year_day.into()),
            "Unix" => Value::int64(self.seconds),
            "UnixMilli" => Value::int64((self.nanos() / 1_000_000) as i64),
            "UnixMicro" => Value::int64((self.nanos() / 1000) as i64),
            "UnixNano" => Value::int64(self.nanos() as i64),
            "UTC" => self.clone().in_zone(Zone::Utc).into_value(),
            "Local" => self.clone().in_zone(Zone::Local).into_value(),
            "IsZero" => Value::Bool(self.nanos() == Time::zero().nanos()),
            "Format" => layout::format(&args.str(0), self).into(),
            "AddDate" => {
                let days = days_of(
                    civil.year + args.int(0),
                    i64::from(civil.month) + args.int(1),
                    i64::from(civil.day) + args.int(2),
                );
                let offset = i64::from(self.zone.offset(self.seconds).0);
                let within = (self.seconds + offset).rem_euclid(86_400);
                Time { seconds: days * 86_400 + within - offset, nanos: self.nanos, zone: self.zone.clone() }
                    .into_value()
            }
            "After" => Value::Bool(self.nanos() > other(args)),
            "Before" => Value::Bool(self.nanos() < other(args)),
            "Equal" => Value::Bool(self.nanos() == other(args)),
            _ => layout::format(layout::STRING, self).into(),
        })
    }

    fn string(&self) -> Option<Text> {
        Some(layout::format(layout::STRING, self).into())
    }

    fn json(&self) -> Option<Value> {
        Some(layout::format("2006-01-02T15:04:05.999999999Z07:00", self).into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A month or weekday: an integer that prints as its name.
struct Named {
    name: &'static str,
    index: u32,
    text: &'static str,
}

impl Object for Named {
    fn type_name(&self) -> &str {
        self.name
    }

    fn kind(&self) -> bowline_base_gotmpl::Kind {
        bowline_base_gotmpl::Kind::Int
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "String").then_some(Signature { params: &[], variadic: None })
    }

    fn call(&self, _name: &str, _rt: &mut Runtime<'_>, _args: &mut Args) -> Result<Value, CallError> {
        Ok(self.text.into())
    }

    fn string(&self) -> Option<Text> {
        Some(self.text.into())
    }

    fn underlying(&self) -> Value {
        Value::int(self.index.into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
