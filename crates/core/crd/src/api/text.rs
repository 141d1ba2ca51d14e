//! Texts that JSON shows in a way of its own.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_base_value::yaml::{from_yaml, to_yaml};
use bowline_base_value::{from_json, to_json};
use prost::DecodeError;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{self, DecodeContext, WireType};
use serde::de::Error;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::wire::{Field, MessageTable, ProtoField, extend};

/// Bytes: base64 in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl Field for Bytes {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::read(deserializer)?;
        let bytes = STANDARD.decode(&text).map_err(|error| D::Error::custom(format_args!("no base64: {error}")))?;
        Ok(Bytes(bytes))
    }

    fn type_name() -> String {
        "bytes".to_owned()
    }

    fn schema() -> Map<String, Value> {
        extend(String::schema(), json!({"format": "byte"}))
    }
}

impl ProtoField for Bytes {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        encoding::bytes::encode(tag, &self.0, buf);
    }

    fn item_len(&self, tag: u32) -> usize {
        encoding::bytes::encoded_len(tag, &self.0)
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        encoding::bytes::merge(wire_type, &mut self.0, buf, ctx)
    }

    fn is_left_out(&self) -> bool {
        self.0.is_empty()
    }
}

/// A password, key or token. It travels as text, and `Debug` does not show it: a request that is logged tells no secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Confidential(pub String);

impl Confidential {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Confidential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { "(hidden)" })
    }
}

impl From<&str> for Confidential {
    fn from(text: &str) -> Confidential {
        Confidential(text.to_owned())
    }
}

impl Serialize for Confidential {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Field for Confidential {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::read(deserializer).map(Confidential)
    }

    fn type_name() -> String {
        String::type_name()
    }

    fn schema() -> Map<String, Value> {
        String::schema()
    }
}

impl ProtoField for Confidential {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        self.0.encode_item(tag, buf);
    }

    fn item_len(&self, tag: u32) -> usize {
        self.0.item_len(tag)
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        self.0.merge_item(wire_type, buf, ctx)
    }

    fn is_left_out(&self) -> bool {
        self.0.is_empty()
    }
}

/// A message that JSON shows as a text of YAML, as the ConfigMap `argocd-cm` holds it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InYaml<T>(pub T);

impl<T: Serialize> Serialize for InYaml<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        let mut value = serde_json::to_value(&self.0).map_err(S::Error::custom)?;
        for field in value.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
            if field.as_array().is_some_and(Vec::is_empty) {
                *field = Value::Null; // Go's list that was never made
            }
        }
        let value = from_json(value.to_string().as_bytes()).map_err(S::Error::custom)?;
        serializer.serialize_str(&to_yaml(&value))
    }
}

impl<T: Field> Field for InYaml<T> {
    fn is_empty(&self) -> bool {
        false
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::read(deserializer)?;
        if text.trim().is_empty() {
            return Ok(InYaml::default());
        }
        let value = from_yaml(&text).map_err(D::Error::custom)?;
        let value: Value = serde_json::from_str(&to_json(&value, false)).map_err(D::Error::custom)?;
        T::read(value).map(InYaml).map_err(D::Error::custom)
    }

    fn type_name() -> String {
        T::type_name()
    }

    fn schema() -> Map<String, Value> {
        String::schema()
    }

    fn collect(table: &mut MessageTable) {
        T::collect(table);
    }
}

impl<T: ProtoField> ProtoField for InYaml<T> {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        self.0.encode_item(tag, buf);
    }

    fn item_len(&self, tag: u32) -> usize {
        self.0.item_len(tag)
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        self.0.merge_item(wire_type, buf, ctx)
    }
}
