use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use prost::DecodeError;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, message, skip_field};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::wire::{Field, ProtoField, extend};

/// A point in time as Kubernetes keeps it: RFC 3339, UTC, whole seconds (`2026-01-02T03:04:05Z`). Offsets and fractions
/// are read; fractions are dropped. The default is Go's zero time, the first second of the year 1, which stands for no
/// time at all: `null` in JSON and an empty message in protobuf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(Timestamp);

/// The second that Go's zero time lies in.
const ZERO_SECOND: i64 = -62_135_596_800;

fn from_second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

impl Default for Time {
    fn default() -> Time {
        Time(from_second(ZERO_SECOND))
    }
}

impl Time {
    /// The second that `timestamp` lies in.
    pub fn new(timestamp: Timestamp) -> Time {
        let second = i64::try_from(timestamp.as_nanosecond().div_euclid(1_000_000_000));
        let second = second.expect("because a timestamp's nanoseconds fit 128 bits and its seconds 64");
        Time(from_second(second))
    }

    /// Whether this is Go's zero time: no time at all.
    pub fn is_zero(self) -> bool {
        self == Time::default()
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
        if self.is_zero() { serializer.serialize_none() } else { serializer.collect_str(self) }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map_or(Ok(Time::default()), |text| text.parse())
            .map_err(D::Error::custom)
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

/// A point in time to the microsecond, as events keep it: `2026-01-02T03:04:05.000006Z`. The default is Go's zero time, as
/// for [`Time`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MicroTime(Timestamp);

impl Default for MicroTime {
    fn default() -> MicroTime {
        MicroTime(from_second(ZERO_SECOND))
    }
}

impl MicroTime {
    /// The microsecond that `timestamp` lies in.
    pub fn new(timestamp: Timestamp) -> MicroTime {
        MicroTime(Timestamp::from_microsecond(timestamp.as_microsecond()).unwrap_or(Timestamp::MIN))
    }

    /// As a timestamp.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// Whether this is Go's zero time: no time at all.
    pub fn is_zero(self) -> bool {
        self == MicroTime::default()
    }
}

impl fmt::Display for MicroTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

impl Serialize for MicroTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_zero() { serializer.serialize_none() } else { serializer.collect_str(self) }
    }
}

impl Field for MicroTime {
    fn is_empty(&self) -> bool {
        false
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(MicroTime::default()) };
        text.parse().map(MicroTime::new).map_err(|_| D::Error::custom(TimeError { text }))
    }

    fn type_name() -> String {
        "MicroTime".to_owned()
    }

    fn schema() -> Map<String, Value> {
        Time::schema()
    }
}

/// `{seconds = 1, nanos = 2}` on the protobuf wire; an empty message is the zero time. The seconds are always written, or
/// the first second of 1970 would read as no time.
macro_rules! times {
    ($($Name:ident: $nanos:expr;)+) => {$(
        impl prost::Message for $Name {
            fn encode_raw(&self, buf: &mut impl BufMut) {
                if !self.is_zero() {
                    self.0.as_second().encode_item(1, buf);
                    let nanos: i32 = $nanos(self.0);
                    if nanos != 0 {
                        nanos.encode_item(2, buf);
                    }
                }
            }

            fn merge_field(
                &mut self,
                tag: u32,
                wire_type: WireType,
                buf: &mut impl Buf,
                ctx: DecodeContext,
            ) -> Result<(), DecodeError> {
                match tag {
                    1 => {
                        let mut second = 0_i64;
                        second.merge_item(wire_type, buf, ctx)?;
                        let nanos = self.0.subsec_nanosecond();
                        self.0 = from_second(second);
                        self.set_nanos(nanos);
                        Ok(())
                    }
                    2 => {
                        let mut nanos = 0_i32;
                        nanos.merge_item(wire_type, buf, ctx)?;
                        self.set_nanos(nanos);
                        Ok(())
                    }
                    _ => skip_field(wire_type, tag, buf, ctx),
                }
            }

            fn encoded_len(&self) -> usize {
                if self.is_zero() {
                    return 0;
                }
                let nanos: i32 = $nanos(self.0);
                self.0.as_second().item_len(1) + if nanos == 0 { 0 } else { nanos.item_len(2) }
            }

            fn clear(&mut self) {
                *self = $Name::default();
            }
        }

        impl ProtoField for $Name {
            fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
                message::encode(tag, self, buf);
            }

            fn item_len(&self, tag: u32) -> usize {
                message::encoded_len(tag, self)
            }

            fn merge_item(
                &mut self,
                wire_type: WireType,
                buf: &mut impl Buf,
                ctx: DecodeContext,
            ) -> Result<(), DecodeError> {
                message::merge(wire_type, self, buf, ctx)
            }

            fn means_absent(&self) -> bool {
                self.is_zero()
            }
        }
    )+};
}

times! {
    Time: |_| 0;
    MicroTime: |time: Timestamp| time.subsec_nanosecond();
}

impl Time {
    /// Fractions are dropped, as Kubernetes drops them.
    fn set_nanos(&mut self, _nanos: i32) {}
}

impl MicroTime {
    fn set_nanos(&mut self, nanos: i32) {
        self.0 = Timestamp::new(self.0.as_second(), nanos).unwrap_or(self.0);
    }
}
