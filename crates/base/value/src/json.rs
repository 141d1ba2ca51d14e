//! JSON as Go's `encoding/json` reads and writes it.

mod syntax;

use crate::{Value, format_float};
use syntax::Fault;

/// Why a text is not JSON.
#[derive(Debug, thiserror::Error)]
#[error("invalid JSON at line {line}, column {column}: {reason}")]
pub struct JsonError {
    /// Line of the fault, from 1.
    pub line: usize,
    /// Column of the fault, from 1.
    pub column: usize,
    /// What is wrong there, in the words of `json.Unmarshal`.
    pub reason: String,
}

/// Reads one JSON document; nothing but white space may follow it. Nesting is bounded at 128.
pub fn from_json(text: &[u8]) -> Result<Value, JsonError> {
    serde_json::from_slice(text).map_err(|e| match syntax::fault(text, true) {
        Some(Fault::Character { at, problem }) => {
            let line = text[..at].iter().filter(|c| **c == b'\n').count() + 1;
            let start = text[..at].iter().rposition(|c| *c == b'\n').map_or(0, |i| i + 1);
            JsonError { line, column: at - start + 1, reason: problem }
        }
        Some(Fault::End) => {
            JsonError { line: e.line(), column: e.column(), reason: "unexpected end of JSON input".to_string() }
        }
        // What is JSON to Go and not to us: nesting, numbers or characters beyond our bounds.
        None => {
            let reason = e.to_string();
            // serde_json repeats the position in its text; it stands in our own fields.
            let reason = reason.split(" at line ").next().unwrap_or_default().to_string();
            JsonError { line: e.line(), column: e.column(), reason }
        }
    })
}

/// What Go's stream decoder says of the value at the start of `text`, and how many bytes of it were looked at where it
/// tells that.
pub(crate) fn stream_fault(text: &[u8], otherwise: &serde_json::Error) -> (String, Option<usize>) {
    match syntax::fault(text, false) {
        Some(Fault::Character { at, problem }) => (problem, Some(at + 1)),
        Some(Fault::End) => ("unexpected EOF".to_string(), None),
        None => (otherwise.to_string(), None),
    }
}

/// Writes compact JSON with sorted keys and Go's escapes; `html` also escapes `<`, `>` and `&`, as `json.Marshal` does.
pub fn to_json(value: &Value, html: bool) -> String {
    let mut out = String::new();
    Writer { out: &mut out, indent: None, html }.value(value, 0);
    out
}

/// Writes JSON as `json.MarshalIndent(v, "", indent)` does.
pub fn to_json_indented(value: &Value, indent: &str, html: bool) -> String {
    let mut out = String::new();
    Writer { out: &mut out, indent: Some(indent), html }.value(value, 0);
    out
}

struct Writer<'a> {
    out: &'a mut String,
    indent: Option<&'a str>,
    html: bool,
}

// === impl Writer ===

impl Writer<'_> {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Int(i) => self.out.push_str(&i.to_string()),
            Value::UInt(u) => self.out.push_str(&u.to_string()),
            Value::Float(f) => self.out.push_str(&format_float(*f)),
            Value::String(s) => self.string(s),
            Value::Array(items) if items.is_empty() => self.out.push_str("[]"),
            Value::Array(items) => {
                self.out.push('[');
                for (i, item) in items.iter().enumerate() {
                    self.separate(i, depth + 1);
                    self.value(item, depth + 1);
                }
                self.newline(depth);
                self.out.push(']');
            }
            Value::Object(map) if map.is_empty() => self.out.push_str("{}"),
            Value::Object(map) => {
                self.out.push('{');
                for (i, (key, item)) in map.iter().enumerate() {
                    self.separate(i, depth + 1);
                    self.string(key);
                    self.out.push_str(if self.indent.is_some() { ": " } else { ":" });
                    self.value(item, depth + 1);
                }
                self.newline(depth);
                self.out.push('}');
            }
        }
    }

    fn separate(&mut self, index: usize, depth: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.newline(depth);
    }

    fn newline(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            for _ in 0..depth {
                self.out.push_str(indent);
            }
        }
    }

    fn string(&mut self, s: &str) {
        self.out.push('"');
        for c in s.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '<' | '>' | '&' if self.html => self.out.push_str(&format!("\\u{:04x}", c as u32)),
                c if (c as u32) < 0x20 || c == '\u{2028}' || c == '\u{2029}' => {
                    self.out.push_str(&format!("\\u{:04x}", c as u32));
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_kubernetes_tells_them_apart() {
        for (text, want) in [
            ("1", "Int(1)"),
            ("-9223372036854775808", "Int(-9223372036854775808)"),
            ("9223372036854775808", "UInt(9223372036854775808)"),
            ("1.0", "Float(1.0)"),
            ("1e3", "Float(1000.0)"),
        ] {
            assert_eq!(format!("{:?}", from_json(text.as_bytes()).unwrap()), want);
        }
    }

    #[test]
    fn writes_as_encoding_json_does() {
        let text = r#"{"z":[],"a":{"b":[1,2.50,"<x>&\u2028\u0001\t"],"c":{}}}"#;
        let value = from_json(text.as_bytes()).unwrap();
        assert_eq!(
            to_json(&value, true),
            "{\"a\":{\"b\":[1,2.5,\"\\u003cx\\u003e\\u0026\\u2028\\u0001\\t\"],\"c\":{}},\"z\":[]}"
        );
        assert_eq!(
            to_json_indented(&value, "  ", false),
            "{\n  \"a\": {\n    \"b\": [\n      1,\n      2.5,\n      \"<x>&\\u2028\\u0001\\t\"\n    ],\n    \"c\": {}\n  },\n  \"z\": []\n}"
        );
    }

    #[test]
    fn an_error_says_where() {
        let error = from_json(b"{\"a\":\n  tru}").unwrap_err();
        assert_eq!((error.line, error.column), (2, 6));
        assert_eq!(error.reason, "invalid character '}' in literal true (expecting 'e')");
    }

    #[test]
    fn an_error_says_it_as_go_does() {
        // Printed by Go 1.26 `json.Unmarshal`.
        for (text, want) in [
            ("", "unexpected end of JSON input"),
            ("{", "unexpected end of JSON input"),
            ("{a", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\": 1 2}", "invalid character '2' after object key:value pair"),
            ("{\"a\": 1,}", "invalid character '}' looking for beginning of object key string"),
            ("[1 2]", "invalid character '2' after array element"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("01", "invalid character '1' after top-level value"),
            ("{}{}", "invalid character '{' after top-level value"),
            ("-x", "invalid character 'x' in numeric literal"),
            ("1.", "unexpected end of JSON input"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
            ("1e+", "unexpected end of JSON input"),
            ("1ex", "invalid character 'x' in exponent of numeric literal"),
            ("\"a\nb\"", "invalid character '\\n' in string literal"),
            ("\"\\q\"", "invalid character 'q' in string escape code"),
            ("\"\\u12g\"", "invalid character 'g' in \\u hexadecimal character escape"),
            ("'a'", "invalid character '\\'' looking for beginning of value"),
            ("nul!", "invalid character '!' in literal null (expecting 'l')"),
        ] {
            assert_eq!(from_json(text.as_bytes()).unwrap_err().reason, want, "{text}");
        }
    }
}
