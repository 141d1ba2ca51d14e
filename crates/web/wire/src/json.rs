//! JSON as Go's `encoding/json` writes the contract's types, and as it reads them.

mod read;
mod set;
mod shape;

use std::any::Any;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

pub use read::{JsonError, parse};
pub use shape::{Shape, Shapes};

/// Something that can be written as JSON without knowing its type.
pub trait Json: Send {
    /// Appends the JSON as Go writes it: compact, sorted maps, `<`, `>` and `&` escaped, no newline at the end.
    fn write(&self, out: &mut Vec<u8>);
    /// As a value, to look into.
    fn to_value(&self) -> Value;
    /// As what it is, for those who know its type.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Serialize + Send + 'static> Json for T {
    fn write(&self, out: &mut Vec<u8>) {
        write(self, out);
    }

    fn to_value(&self) -> Value {
        let mut bytes = Vec::new();
        write(self, &mut bytes);
        serde_json::from_slice(&bytes).expect("because it was written as JSON just now")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Appends `value` to `out` as Go's `json.Marshal` writes it.
///
/// A list that is empty and whose field is always written becomes `null`: in Go it is a slice that was never made.
pub fn write(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    let mut serializer = Serializer::with_formatter(out, Go);
    value
        .serialize(&mut serializer)
        .expect("because the types of the API are objects with string keys, and memory does not fail");
}

/// Go's habits where serde_json has others.
struct Go;

impl Formatter for Go {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        let bytes = text.as_bytes();
        let mut from = 0;
        for (at, byte) in bytes.iter().enumerate() {
            let escape: &[u8] = match byte {
                b'<' => b"\\u003c",
                b'>' => b"\\u003e",
                b'&' => b"\\u0026",
                // U+2028 and U+2029, which end a line in JavaScript.
                0xe2 if bytes[at + 1..].starts_with(b"\x80\xa8") => b"\\u2028",
                0xe2 if bytes[at + 1..].starts_with(b"\x80\xa9") => b"\\u2029",
                _ => continue,
            };
            out.write_all(&bytes[from..at])?;
            out.write_all(escape)?;
            from = at + if *byte == 0xe2 { 3 } else { 1 };
        }
        out.write_all(&bytes[from..])
    }

    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        out.write_all(bowline_base_value::format_float(value).as_bytes())
    }

    fn write_byte_array<W: ?Sized + Write>(&mut self, out: &mut W, value: &[u8]) -> io::Result<()> {
        if value.is_empty() { out.write_all(b"null") } else { CompactFormatter.write_byte_array(out, value) }
    }
}

#[cfg(test)]
mod tests;
