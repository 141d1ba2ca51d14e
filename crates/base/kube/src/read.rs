//! Reads objects: each key of all objects is kept once, and every list and object is as small as it can be.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use bowline_base_value::{Map, Value};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Keys that nobody uses are looked for when there are this many more than after the last time.
const SWEEP: usize = 4096;

/// Reads objects and remembers their keys. Objects of one kind have the same fields, and their managed fields name them
/// again: most of an object's text is keys that have been seen before.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    keys: HashSet<Arc<str>>,
    sweep_at: usize,
    empty: Arc<Map>,
    /// Fields and items that are being read; what is done moves from here into a place of its exact size.
    fields: Vec<(Arc<str>, Value)>,
    items: Vec<Value>,
}

/// A line of a watch.
pub(crate) struct Line {
    /// `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`.
    pub(crate) kind: String,
    /// The object, or a status.
    pub(crate) object: Value,
}

// === impl Reader ===

impl Reader {
    /// Reads an object; `bare` leaves out its managed fields.
    pub(crate) fn object(&mut self, text: &[u8], bare: bool) -> Result<Value, serde_json::Error> {
        self.start();
        let mut json = serde_json::Deserializer::from_slice(text);
        let value = ValueSeed { reader: self, place: Place::top(bare) }.deserialize(&mut json)?;
        json.end()?;
        Ok(value)
    }

    /// Reads a line of a watch; `bare` leaves out managed fields.
    pub(crate) fn line(&mut self, text: &[u8], bare: bool) -> Result<Line, serde_json::Error> {
        self.start();
        let mut json = serde_json::Deserializer::from_slice(text);
        let line = LineSeed { reader: self, bare }.deserialize(&mut json)?;
        json.end()?;
        Ok(line)
    }

    fn start(&mut self) {
        // What an error left behind.
        self.fields.clear();
        self.items.clear();
    }

    fn key(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.keys.get(text) {
            return known.clone();
        }
        if self.keys.len() >= self.sweep_at.max(SWEEP) {
            self.keys.retain(|key| Arc::strong_count(key) > 1);
            self.sweep_at = self.keys.len() + SWEEP;
        }
        let key: Arc<str> = text.into();
        self.keys.insert(key.clone());
        key
    }
}

/// Where in an object a value stands, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The object itself, of which managed fields are left out.
    Top,
    /// Its metadata.
    Metadata,
    /// Anywhere else.
    Within,
}

impl Place {
    fn top(bare: bool) -> Place {
        if bare { Place::Top } else { Place::Within }
    }
}

struct ValueSeed<'r> {
    reader: &'r mut Reader,
    place: Place,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Value::Float(v))
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let reader = self.reader;
        let start = reader.items.len();
        while let Some(item) = seq.next_element_seed(ValueSeed { reader, place: Place::Within })? {
            reader.items.push(item);
        }
        Ok(reader.items.drain(start..).collect())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let ValueSeed { reader, place } = self;
        let start = reader.fields.len();
        while let Some(key) = map.next_key_seed(KeySeed { reader })? {
            let place = match (place, key.as_ref()) {
                (Place::Metadata, "managedFields") => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                (Place::Top, "metadata") => Place::Metadata,
                _ => Place::Within,
            };
            let value = map.next_value_seed(ValueSeed { reader, place })?;
            reader.fields.push((key, value));
        }
        if reader.fields.len() == start {
            return Ok(Value::Object(reader.empty.clone()));
        }
        Ok(reader.fields.drain(start..).collect())
    }
}

struct KeySeed<'r> {
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, v: &str) -> Result<Arc<str>, E> {
        Ok(self.reader.key(v))
    }
}

struct LineSeed<'r> {
    reader: &'r mut Reader,
    bare: bool,
}

impl<'de> DeserializeSeed<'de> for LineSeed<'_> {
    type Value = Line;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Line, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LineSeed<'_> {
    type Value = Line;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a watch event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
        let LineSeed { reader, bare } = self;
        let (mut kind, mut object) = (None, None);
        while let Some(key) = map.next_key_seed(KeySeed { reader })? {
            match key.as_ref() {
                "type" => kind = Some(map.next_value()?),
                "object" => object = Some(map.next_value_seed(ValueSeed { reader, place: Place::top(bare) })?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Line {
            kind: kind.ok_or_else(|| A::Error::missing_field("type"))?,
            object: object.ok_or_else(|| A::Error::missing_field("object"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};

    use super::*;

    const OBJECT: &str = r#"{"b":[{"k":-1},{"k":{}},[],18446744073709551615,1.5,true,null],"a":"A\n","metadata":{"managedFields":[{"x":1}],"name":"n"},"spec":{"metadata":{"managedFields":1}}}"#;

    #[test]
    fn objects_are_what_serde_makes_of_them_and_share_their_keys() {
        let mut reader = Reader::default();
        let [one, two] = [(); 2].map(|()| reader.object(OBJECT.as_bytes(), false).unwrap());
        assert_eq!(to_json(&one, false), to_json(&from_json(OBJECT.as_bytes()).unwrap(), false));
        for (a, b) in one.as_object().unwrap().keys().zip(two.as_object().unwrap().keys()) {
            assert!(Arc::ptr_eq(a, b));
        }
    }

    #[test]
    fn managed_fields_can_be_left_out_of_metadata_alone() {
        let bare = Reader::default().object(OBJECT.as_bytes(), true).unwrap();
        assert_eq!(bare.get_path(&["metadata", "managedFields"]), None);
        assert_eq!(bare.get_path(&["spec", "metadata", "managedFields"]).and_then(Value::as_i64), Some(1));
    }

    #[test]
    fn lines_are_read_whole_or_not() {
        let mut reader = Reader::default();
        let line = reader.line(br#"{"type":"ADDED","new":[1],"object":{"a":1}}"#, false).unwrap();
        assert_eq!((line.kind.as_str(), to_json(&line.object, false).as_str()), ("ADDED", r#"{"a":1}"#));
        for bad in [r#"{"type":"ADDED"}"#, r#"{"object":{}}"#, r#"{"type":"A","object":{"a":[{"b""#, "[]", "{} {}"] {
            assert!(reader.line(bad.as_bytes(), false).is_err(), "{bad}");
        }
        assert_eq!(to_json(&reader.object(b"[{}]", false).unwrap(), false), "[{}]", "an error leaves nothing behind");
    }

    #[test]
    fn keys_that_nobody_uses_are_forgotten() {
        let mut reader = Reader::default();
        let kept = reader.key("kept");
        for i in 0..3 * SWEEP {
            reader.key(&format!("k{i}"));
        }
        assert!(reader.keys.len() <= SWEEP + 1);
        assert!(Arc::ptr_eq(&kept, &reader.key("kept")));
    }
}
