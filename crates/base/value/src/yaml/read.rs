//! Reading.

use std::collections::HashMap;

use libyaml_safer::{Event, EventData, Parser, ScalarStyle};

use crate::{Map, Value};

/// Why a text is not YAML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("yaml: line {line}: {reason}")]
pub struct YamlError {
    /// Line of the fault, from 1.
    pub line: u64,
    /// What is wrong there.
    pub reason: String,
}

/// Nesting that is followed; go-yaml's limit is 10,000 but no manifest comes near it.
const DEPTH: usize = 500;
/// Values that aliases may expand to in one document.
const EXPANSION: usize = 1_000_000;

/// The first document of a text; an empty text is null.
pub fn from_yaml(text: &str) -> Result<Value, YamlError> {
    Ok(read(text, true)?.into_iter().next().unwrap_or_default())
}

/// Every document of a text.
pub fn documents(text: &str) -> Result<Vec<Value>, YamlError> {
    read(text, false)
}

fn read(text: &str, first: bool) -> Result<Vec<Value>, YamlError> {
    let mut input = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut reader = Reader { parser, anchors: HashMap::new(), expanded: 0 };
    let mut documents = Vec::new();
    loop {
        let event = reader.next()?;
        match event.data {
            EventData::StreamEnd => return Ok(documents),
            EventData::DocumentStart { .. } => {
                reader.anchors.clear();
                let event = reader.next()?;
                documents.push(reader.value(event, 0)?);
                if first {
                    return Ok(documents);
                }
            }
            _ => {}
        }
    }
}

struct Reader<'r> {
    parser: Parser<&'r mut &'r [u8]>,
    anchors: HashMap<String, (Value, usize)>,
    expanded: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Event, YamlError> {
        self.parser.parse().map_err(|e| {
            let text = e.to_string();
            let line = e.problem_mark().map_or(0, |mark| mark.line + 1);
            YamlError { line, reason: text }
        })
    }

    fn value(&mut self, event: Event, depth: usize) -> Result<Value, YamlError> {
        let line = event.start_mark.line + 1;
        let fail = |reason: &str| YamlError { line, reason: reason.to_string() };
        if depth > DEPTH {
            return Err(fail("exceeded max depth"));
        }
        let (value, anchor) = match event.data {
            EventData::Alias { anchor } => {
                let (value, size) = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| fail(&format!("unknown anchor '{anchor}' referenced")))?;
                self.expanded += size;
                if self.expanded > EXPANSION {
                    return Err(fail("document contains excessive aliasing"));
                }
                return Ok(value);
            }
            EventData::Scalar { anchor, tag, value, style, .. } => {
                let plain = style == ScalarStyle::Plain;
                (scalar(&value, tag.as_deref(), plain).map_err(|reason| fail(&reason))?, anchor)
            }
            EventData::SequenceStart { anchor, .. } => {
                let mut items = Vec::new();
                loop {
                    let event = self.next()?;
                    if matches!(event.data, EventData::SequenceEnd) {
                        break (Value::from(items), anchor);
                    }
                    items.push(self.value(event, depth + 1)?);
                }
            }
            EventData::MappingStart { anchor, .. } => (self.mapping(depth)?, anchor),
            _ => return Err(fail("did not find expected node content")),
        };
        if let Some(anchor) = anchor {
            let size = size(&value);
            self.anchors.insert(anchor, (value.clone(), size));
        }
        Ok(value)
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, YamlError> {
        let mut fields: Vec<(String, Value)> = Vec::new();
        let mut merged: Vec<(String, Value)> = Vec::new();
        loop {
            let event = self.next()?;
            let line = event.start_mark.line + 1;
            if matches!(event.data, EventData::MappingEnd) {
                break;
            }
            let merge =
                matches!(&event.data, EventData::Scalar { value, style: ScalarStyle::Plain, .. } if value == "<<");
            let key = self.value(event, depth + 1)?;
            let event = self.next()?;
            let value = self.value(event, depth + 1)?;
            if merge {
                let sources = match &value {
                    Value::Array(items) => items.to_vec(),
                    other => vec![other.clone()],
                };
                for source in sources.iter().rev() {
                    let map = source.as_object().ok_or_else(|| YamlError {
                        line,
                        reason: "map merge requires map or sequence of maps as the value".to_string(),
                    })?;
                    merged.extend(map.iter().map(|(k, v)| (k.to_string(), v.clone())));
                }
                continue;
            }
            let key = match &key {
                Value::String(s) => s.to_string(),
                Value::Null => "null".to_string(),
                Value::Bool(b) => b.to_string(),
                Value::Int(_) | Value::UInt(_) | Value::Float(_) => crate::to_json(&key, false),
                other => {
                    return Err(YamlError {
                        line,
                        reason: format!("invalid map key: {}", crate::to_json(other, false)),
                    });
                }
            };
            fields.push((key, value));
        }
        Ok(Value::from(merged.into_iter().chain(fields).collect::<Map>()))
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

fn scalar(text: &str, tag: Option<&str>, plain: bool) -> Result<Value, String> {
    match tag {
        Some("tag:yaml.org,2002:str" | "!") => return Ok(text.into()),
        Some("tag:yaml.org,2002:binary") => {
            use base64::Engine;
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(text.split_whitespace().collect::<String>())
                .map_err(|_| "!!binary value contains invalid base64 data".to_string())?;
            return Ok(String::from_utf8_lossy(&bytes).into_owned().into());
        }
        Some(_) => {}
        None if !plain => return Ok(text.into()),
        None => {}
    }
    Ok(resolve(text))
}

/// What a plain scalar is in YAML 1.1 as go-yaml v2 takes it.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return text.into();
    }
    let plain = text.replace('_', "");
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let radix = match digits.get(..2) {
        Some("0x" | "0X") => Some((16, &digits[2..])),
        Some("0b") => Some((2, &digits[2..])),
        Some("0o") => Some((8, &digits[2..])),
        _ if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some((8, &digits[1..]))
        }
        _ if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => Some((10, digits)),
        _ => None,
    };
    if let Some((radix, digits)) = radix
        && let Ok(number) = i128::from_str_radix(digits, radix)
    {
        let number = sign * number;
        if let Ok(int) = i64::try_from(number) {
            return Value::Int(int);
        }
        if let Ok(uint) = u64::try_from(number) {
            return Value::UInt(uint);
        }
    }
    let float = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
        && digits.bytes().any(|b| b.is_ascii_digit())
        && !digits.starts_with(['e', 'E', '+', '-']);
    if float && let Ok(float) = plain.parse::<f64>() {
        return Value::Float(float);
    }
    text.into()
}
