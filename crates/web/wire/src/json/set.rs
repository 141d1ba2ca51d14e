//! Fields of a request from texts: what the path and the query of a URL say.

use serde_json::{Map, Value};

use super::read::{JsonError, parse};
use super::shape::{Shape, Shapes};

impl Shapes {
    /// Sets the field at `path` of `message` from texts: `id.type`, `projects` (each text an item), `labels[app]`. Names
    /// count as JSON or protobuf spells them. Answers whether there is such a field; what there is not is nobody's error.
    pub fn set(
        &self,
        object: &mut Map<String, Value>,
        message: &str,
        path: &str,
        texts: &[String],
    ) -> Result<bool, JsonError> {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let (name, key) = match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            Some((name, key)) => (name, Some(key)),
            None => (name, None),
        };
        let Some((_, field)) = self.field(message, name) else { return Ok(false) };
        let shape = self.shown(&field.shape);
        match (shape, rest, key) {
            (Shape::Message(inner), Some(rest), None) => {
                let Value::Object(inner_object) = object.entry(field.json).or_insert_with(|| Map::new().into()) else {
                    return Ok(false);
                };
                self.set(inner_object, inner, rest, texts)
            }
            (Shape::Map(item), None, Some(key)) => {
                let Some(text) = texts.first() else { return Ok(false) };
                let value = self.text(item, text)?;
                if let Value::Object(map) = object.entry(field.json).or_insert_with(|| Map::new().into()) {
                    map.insert(key.to_owned(), value);
                }
                Ok(true)
            }
            (Shape::List(item), None, None) => {
                let values = texts.iter().map(|text| self.text(item, text)).collect::<Result<Vec<_>, _>>()?;
                object.insert(field.json.to_owned(), values.into());
                Ok(true)
            }
            (shape, None, None) => {
                let Some(text) = texts.first() else { return Ok(false) };
                object.insert(field.json.to_owned(), self.text(shape, text)?);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// A value from a text, as Go's `strconv` reads it; of a message its JSON.
    fn text(&self, shape: &Shape, text: &str) -> Result<Value, JsonError> {
        let refuse = |function: &str, why: &str| JsonError::new(format!("strconv.{function}: parsing {text:?}: {why}"));
        match shape {
            Shape::Text | Shape::Bytes | Shape::Time => self.fit(text.into(), shape),
            Shape::NumberOrText => Ok(text.parse::<i32>().map_or_else(|_| text.into(), Value::from)),
            Shape::Bool => match text {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true.into()),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false.into()),
                _ => Err(refuse("ParseBool", "invalid syntax")),
            },
            Shape::Number(short) => {
                let number: i128 = text.parse().map_err(|_| refuse("ParseInt", "invalid syntax"))?;
                let number = i64::try_from(number).map_err(|_| refuse("ParseInt", "value out of range"))?;
                if *short && i32::try_from(number).is_err() {
                    return Err(refuse("ParseInt", "value out of range"));
                }
                Ok(number.into())
            }
            Shape::Any | Shape::List(_) | Shape::Map(_) | Shape::Message(_) => self.fit(parse(text.as_bytes())?, shape),
        }
    }
}
