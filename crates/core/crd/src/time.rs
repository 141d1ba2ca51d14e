use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::wire::{Field, extend};

/// A point in time as Kubernetes keeps it: RFC 3339, UTC, whole seconds (`2026-01-02T03:04:05Z`). Offsets and fractions
/// are read; fractions are dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(Timestamp);

impl Time {
    /// The second that `timestamp` lies in.
    pub fn new(timestamp: Timestamp) -> Time {
        let second = i64::try_from(timestamp.as_nanosecond().div_euclid(1_000_000_000));
        let second = second.expect("because a timestamp's nanoseconds fit 128 bits and its seconds 64");
        Time(Timestamp::from_second(second).unwrap_or(Timestamp::MIN))
    }

    /// As a timestamp with a fraction of zero.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Time {
        Time::new(timestamp)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A text that is no time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeError {
    text: String,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a time: write it as RFC 3339, for example 2026-01-02T03:04:05Z", self.text)
    }
}

impl std::error::Error for TimeError {}

impl FromStr for Time {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Time, TimeError> {
        text.parse().map(Time::new).map_err(|_| TimeError { text: text.to_owned() })
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Field for Time {
    fn is_empty(&self) -> bool {
        false
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Time::deserialize(deserializer)
    }

    fn type_name() -> String {
        "Time".to_owned()
    }

    fn schema() -> Map<String, Value> {
        extend(String::schema(), json!({"format": "date-time"}))
    }
}
