use std::fmt;

use prost::DecodeError;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, skip_field};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::wire::{Field, ProtoField, extend, message_fields};

/// A 32-bit number or a text such as `25%`; JSON shows either as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntOrString {
    /// A number.
    Int(i32),
    /// A text.
    String(String),
}

impl Default for IntOrString {
    fn default() -> IntOrString {
        IntOrString::Int(0)
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IntOrString::Int(number) => number.fmt(f),
            IntOrString::String(text) => f.pad(text),
        }
    }
}

impl Serialize for IntOrString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            IntOrString::Int(number) => serializer.serialize_i32(*number),
            IntOrString::String(text) => serializer.serialize_str(text),
        }
    }
}

struct IntOrStringVisitor;

impl Visitor<'_> for IntOrStringVisitor {
    type Value = IntOrString;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a 32-bit number or a string")
    }

    fn visit_unit<E: Error>(self) -> Result<IntOrString, E> {
        Ok(IntOrString::default())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<IntOrString, E> {
        let number = i32::try_from(number).map_err(|_| E::custom(format_args!("{number} does not fit 32 bits")))?;
        Ok(IntOrString::Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<IntOrString, E> {
        let number = i32::try_from(number).map_err(|_| E::custom(format_args!("{number} does not fit 32 bits")))?;
        Ok(IntOrString::Int(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<IntOrString, E> {
        Ok(IntOrString::String(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntOrStringVisitor)
    }
}

impl Field for IntOrString {
    fn is_empty(&self) -> bool {
        false
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IntOrString::deserialize(deserializer)
    }

    fn type_name() -> String {
        "IntOrString".to_owned()
    }

    fn schema() -> Map<String, Value> {
        let either = json!({"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true});
        extend(Map::new(), either)
    }
}

/// What `type` says on the protobuf wire: 0 is a number, 1 a text.
const TEXT: i64 = 1;

/// `{type = 1, intVal = 2, strVal = 3}`, written by Go with all three.
impl prost::Message for IntOrString {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        match self {
            IntOrString::Int(number) => number.encode_item(2, buf),
            IntOrString::String(text) => {
                TEXT.encode_item(1, buf);
                text.encode_item(3, buf);
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
                let mut form = 0_i64;
                form.merge_item(wire_type, buf, ctx)?;
                match self {
                    IntOrString::Int(_) if form == TEXT => *self = IntOrString::String(String::new()),
                    IntOrString::String(_) if form != TEXT => *self = IntOrString::default(),
                    _ => {}
                }
                Ok(())
            }
            2 => {
                let mut value = 0_i32;
                value.merge_item(wire_type, buf, ctx)?;
                if let IntOrString::Int(number) = self {
                    *number = value;
                }
                Ok(())
            }
            3 => {
                let mut value = String::new();
                value.merge_item(wire_type, buf, ctx)?;
                if !value.is_empty() {
                    *self = IntOrString::String(value);
                }
                Ok(())
            }
            _ => skip_field(wire_type, tag, buf, ctx),
        }
    }

    fn encoded_len(&self) -> usize {
        match self {
            IntOrString::Int(number) => number.item_len(2),
            IntOrString::String(text) => TEXT.item_len(1) + text.item_len(3),
        }
    }

    fn clear(&mut self) {
        *self = IntOrString::default();
    }
}

message_fields!(IntOrString);
