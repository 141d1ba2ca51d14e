//! Bodies of requests: parsed, and looked at in the light of the types, so that the error is Go's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_core_crd::Time;
use serde_json::{Map, Value};

use super::shape::{Shape, Shapes};

/// Why JSON is refused, in Go's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct JsonError {
    text: String,
}

impl JsonError {
    pub(super) fn new(text: impl Into<String>) -> JsonError {
        JsonError { text: text.into() }
    }
}

/// Reads a body that holds one JSON value and nothing else. No body at all is `EOF`, as Go's decoder says; bytes that are
/// no UTF-8 become U+FFFD.
pub fn parse(body: &[u8]) -> Result<Value, JsonError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(JsonError::new("EOF"));
    }
    let text = String::from_utf8_lossy(body);
    let value = bowline_base_value::from_json(text.as_bytes()).map_err(|error| {
        let ended = error.reason == "unexpected end of JSON input";
        JsonError::new(if ended { "unexpected EOF" } else { &error.reason })
    })?;
    serde_json::to_value(&value).map_err(|error| JsonError::new(error.to_string()))
}

impl Shapes {
    /// Fits a value that somebody sent into `shape`: keys are spelt as JSON spells them, what is not known is left out,
    /// and what is of the wrong type is refused.
    pub fn fit(&self, value: Value, shape: &Shape) -> Result<Value, JsonError> {
        self.value(value, shape, &Place { holder: None, path: Vec::new() })
    }

    fn value(&self, value: Value, shape: &Shape, place: &Place<'_>) -> Result<Value, JsonError> {
        if value.is_null() {
            return Ok(value);
        }
        match (self.shown(shape), value) {
            (Shape::Any, value) => Ok(value),
            (Shape::Text, value @ Value::String(_)) | (Shape::Bool, value @ Value::Bool(_)) => Ok(value),
            (shape @ Shape::Number(short), Value::Number(number)) => {
                let fits = number.as_i64().is_some_and(|number| !short || i32::try_from(number).is_ok());
                if fits { Ok(number.into()) } else { Err(place.refuse(&format!("number {number}"), shape)) }
            }
            (Shape::Bytes, Value::String(text)) => match STANDARD.decode(&text) {
                Ok(_) => Ok(text.into()),
                Err(_) => {
                    let at = text.bytes().position(|b| !b.is_ascii_alphanumeric() && !b"+/=".contains(&b));
                    let at = at.unwrap_or(text.len());
                    Err(JsonError::new(format!("illegal base64 data at input byte {at}")))
                }
            },
            (Shape::Time, Value::String(text)) => match text.parse::<Time>() {
                Ok(_) => Ok(text.into()),
                Err(_) => Err(JsonError::new(format!(
                    "parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": it is no time of RFC 3339"
                ))),
            },
            (Shape::NumberOrText, value @ (Value::Number(_) | Value::String(_))) => Ok(value),
            (Shape::List(item), Value::Array(values)) => {
                values.into_iter().map(|value| self.value(value, item, place)).collect()
            }
            (Shape::Map(item), Value::Object(values)) => {
                let values = values.into_iter().map(|(key, value)| Ok((key, self.value(value, item, place)?)));
                values.collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
            (Shape::Message(name), Value::Object(values)) => self.message(name, values, place),
            (shape, value) => Err(place.refuse(word(&value), shape)),
        }
    }

    fn message(&self, name: &str, values: Map<String, Value>, place: &Place<'_>) -> Result<Value, JsonError> {
        let mut fitted = Map::new();
        for (key, value) in values {
            let Some((way, field)) = self.field(name, &key) else { continue };
            let holder = name.rsplit('.').next().unwrap_or(name);
            let inner = place.path.iter().copied().chain(way).chain([field.json]);
            let place = Place { holder: Some(holder), path: inner.collect() };
            fitted.insert(field.json.to_owned(), self.value(value, &field.shape, &place)?);
        }
        Ok(fitted.into())
    }
}

/// Where a value stands: the struct that holds it, and the way there from the top.
struct Place<'a> {
    holder: Option<&'a str>,
    path: Vec<&'a str>,
}

impl Place<'_> {
    fn refuse(&self, what: &str, shape: &Shape) -> JsonError {
        let place = match self.holder {
            Some(holder) => format!("struct field {holder}.{}", self.path.join(".")),
            None => "value".to_owned(),
        };
        JsonError::new(format!("json: cannot unmarshal {what} into Go {place} of type {}", shape.go()))
    }
}

/// What Go calls a value of JSON.
fn word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
