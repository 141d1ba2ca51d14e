//! The plain types on the protobuf wire, as Go's proto2 types for Kubernetes put them there.
//!
//! Go writes a field that is no pointer even when it holds nothing; a reader fills in the same nothing where the field is
//! missing, so here it is left out. Behind a pointer (`Option`) presence counts: what is set is written whatever it holds.

use std::collections::BTreeMap;

use prost::DecodeError;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{
    self, DecodeContext, WireType, check_wire_type, encode_key, encode_varint, encoded_len_varint, key_len, message,
    skip_field,
};
use serde_json::Value;

/// A type that can be the value of a field on the protobuf wire.
pub trait ProtoField: Default {
    /// Writes the value as field `tag`, even where it is Go's zero: an item of a list, or what a pointer points at.
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut);
    /// How many bytes [`encode_item`](ProtoField::encode_item) writes.
    fn item_len(&self, tag: u32) -> usize;
    /// Reads the value of a field whose key was read just now, over what is there.
    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError>;

    /// Whether a plain field that holds this is not written.
    fn is_left_out(&self) -> bool {
        false
    }

    /// Whether the value means that there is none: an empty time behind a pointer, which Go would show as year 1.
    fn means_absent(&self) -> bool {
        false
    }

    /// Reads one more item of a repeated field, or several where they stand packed.
    fn merge_repeated(
        list: &mut Vec<Self>,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        let mut item = Self::default();
        item.merge_item(wire_type, buf, ctx)?;
        list.push(item);
        Ok(())
    }
}

/// Writes a text as field `tag`.
pub(crate) fn encode_text(text: &str, tag: u32, buf: &mut impl BufMut) {
    encode_key(tag, WireType::LengthDelimited, buf);
    encode_varint(text.len() as u64, buf);
    buf.put_slice(text.as_bytes());
}

/// How many bytes a text takes as field `tag`.
pub(crate) fn text_len(text: &str, tag: u32) -> usize {
    key_len(tag) + encoded_len_varint(text.len() as u64) + text.len()
}

impl ProtoField for String {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        encode_text(self, tag, buf);
    }

    fn item_len(&self, tag: u32) -> usize {
        text_len(self, tag)
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        encoding::string::merge(wire_type, self, buf, ctx)
    }

    fn is_left_out(&self) -> bool {
        self.is_empty()
    }
}

macro_rules! numbers {
    ($($type:ty: $codec:ident),+) => {$(
        impl ProtoField for $type {
            fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
                encoding::$codec::encode(tag, self, buf);
            }

            fn item_len(&self, tag: u32) -> usize {
                encoding::$codec::encoded_len(tag, self)
            }

            fn merge_item(
                &mut self,
                wire_type: WireType,
                buf: &mut impl Buf,
                ctx: DecodeContext,
            ) -> Result<(), DecodeError> {
                encoding::$codec::merge(wire_type, self, buf, ctx)
            }

            fn is_left_out(&self) -> bool {
                *self == <$type>::default()
            }

            fn merge_repeated(
                list: &mut Vec<$type>,
                wire_type: WireType,
                buf: &mut impl Buf,
                ctx: DecodeContext,
            ) -> Result<(), DecodeError> {
                encoding::$codec::merge_repeated(wire_type, list, buf, ctx)
            }
        }
    )+};
}
numbers!(bool: bool, i32: int32, i64: int64);

impl<T: ProtoField> ProtoField for Option<T> {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        self.iter().for_each(|value| value.encode_item(tag, buf));
    }

    fn item_len(&self, tag: u32) -> usize {
        self.as_ref().map_or(0, |value| value.item_len(tag))
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        let value = self.get_or_insert_default();
        value.merge_item(wire_type, buf, ctx)?;
        if value.means_absent() {
            *self = None;
        }
        Ok(())
    }

    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

impl<T: ProtoField> ProtoField for Box<T> {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        T::encode_item(self, tag, buf);
    }

    fn item_len(&self, tag: u32) -> usize {
        T::item_len(self, tag)
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        T::merge_item(self, wire_type, buf, ctx)
    }

    fn is_left_out(&self) -> bool {
        T::is_left_out(self)
    }
}

impl<T: ProtoField> ProtoField for Vec<T> {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        self.iter().for_each(|item| item.encode_item(tag, buf));
    }

    fn item_len(&self, tag: u32) -> usize {
        self.iter().map(|item| item.item_len(tag)).sum()
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        T::merge_repeated(self, wire_type, buf, ctx)
    }
}

impl<T: ProtoField + PartialEq> ProtoField for BTreeMap<String, T> {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        for (key, value) in self {
            encode_key(tag, WireType::LengthDelimited, buf);
            encode_varint((key.item_len(1) + value.item_len(2)) as u64, buf);
            key.encode_item(1, buf);
            value.encode_item(2, buf);
        }
    }

    fn item_len(&self, tag: u32) -> usize {
        let entries = self.iter().map(|(key, value)| key.item_len(1) + value.item_len(2));
        entries.map(|length| key_len(tag) + encoded_len_varint(length as u64) + length).sum()
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        check_wire_type(WireType::LengthDelimited, wire_type)?;
        encoding::btree_map::merge(
            |wire_type, key, buf, ctx| String::merge_item(key, wire_type, buf, ctx),
            |wire_type, value, buf, ctx| T::merge_item(value, wire_type, buf, ctx),
            self,
            buf,
            ctx,
        )
    }
}

/// Free-form JSON is a message with the JSON text as its field 1; no text is `null`.
#[derive(Debug, Default)]
struct Raw(Vec<u8>);

impl prost::Message for Raw {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        encoding::bytes::encode(1, &self.0, buf);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => encoding::bytes::merge(wire_type, &mut self.0, buf, ctx),
            _ => skip_field(wire_type, tag, buf, ctx),
        }
    }

    fn encoded_len(&self) -> usize {
        encoding::bytes::encoded_len(1, &self.0)
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

fn raw(value: &Value) -> Raw {
    Raw(serde_json::to_vec(value).expect("because a JSON value's keys are strings"))
}

impl ProtoField for Value {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        message::encode(tag, &raw(self), buf);
    }

    fn item_len(&self, tag: u32) -> usize {
        message::encoded_len(tag, &raw(self))
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        let mut text = Raw::default();
        message::merge(wire_type, &mut text, buf, ctx)?;
        *self = if text.0.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&text.0).map_err(|error| refused(format!("invalid JSON: {error}")))?
        };
        Ok(())
    }

    fn is_left_out(&self) -> bool {
        self.is_null()
    }
}

/// An error about a value that is well-formed protobuf but says nothing that the field can hold.
pub(crate) fn refused(what: String) -> DecodeError {
    #[expect(deprecated, reason = "the only way to refuse a value while decoding")]
    DecodeError::new(what)
}

/// Lets a type with a hand-written `prost::Message` be a field.
macro_rules! message_fields {
    ($($Name:ty),+) => {$(
        impl $crate::wire::ProtoField for $Name {
            fn encode_item(&self, tag: u32, buf: &mut impl prost::bytes::BufMut) {
                prost::encoding::message::encode(tag, self, buf);
            }

            fn item_len(&self, tag: u32) -> usize {
                prost::encoding::message::encoded_len(tag, self)
            }

            fn merge_item(
                &mut self,
                wire_type: prost::encoding::WireType,
                buf: &mut impl prost::bytes::Buf,
                ctx: prost::encoding::DecodeContext,
            ) -> Result<(), prost::DecodeError> {
                prost::encoding::message::merge(wire_type, self, buf, ctx)
            }
        }
    )+};
}
pub(crate) use message_fields;
