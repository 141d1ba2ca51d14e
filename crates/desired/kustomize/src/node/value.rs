//! Between nodes and values: what a node means when it is printed, and nodes made of values.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bowline_base_value::{Map, Value, format_float};

use super::{Body, Node, Resolved, Style, Tag, resolve};

/// Why a node has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ValueError {
    /// A mapping below the top has a key that is no string, so the object is no JSON.
    #[error("key {0:?} must be quoted: it is not a string, so the object has no JSON form")]
    Key(String),
    /// A key stands twice in a mapping.
    #[error("mapping key {0:?} already defined")]
    Duplicate(String),
    /// An explicit tag that does not fit the text.
    #[error("cannot decode `{text}` as a {tag}")]
    Tag {
        /// The scalar's text.
        text: String,
        /// The tag's word.
        tag: &'static str,
    },
    /// Infinity or not-a-number.
    #[error("unsupported value: {0}")]
    Number(String),
}

/// The value that the node has in the end.
pub(crate) fn to_value(node: &Node) -> Result<Value, ValueError> {
    value(node, false, true)
}

fn value(node: &Node, in_flow: bool, top: bool) -> Result<Value, ValueError> {
    let in_flow = in_flow || node.style.has(Style::FLOW);
    match &node.body {
        Body::Scalar(text) => scalar(node, text, in_flow),
        Body::Sequence(items) => items.iter().map(|item| value(item, in_flow, false)).collect(),
        Body::Mapping(entries) => {
            let mut fields: Vec<(bowline_base_value::Str, Value)> = Vec::with_capacity(entries.len());
            for (key, item) in entries.iter() {
                let Body::Scalar(name) = &key.body else { return Err(ValueError::Key(format!("{:?}", key.kind()))) };
                if !top && !is_string_key(key, name) {
                    return Err(ValueError::Key(name.to_string()));
                }
                fields.push((name.clone(), value(item, in_flow, false)?));
            }
            let len = fields.len();
            let map: Map = fields.into_iter().collect();
            if map.len() != len {
                return Err(ValueError::Duplicate(twice(entries)));
            }
            Ok(Value::from(map))
        }
    }
}

fn twice(entries: &[(Node, Node)]) -> String {
    let at = entries.iter().enumerate().find(|(i, (key, _))| entries[..*i].iter().any(|(k, _)| k.text() == key.text()));
    at.map(|(_, (key, _))| key.text().to_string()).unwrap_or_default()
}

fn is_string_key(key: &Node, text: &str) -> bool {
    match key.tag {
        Tag::Str | Tag::Merge => true,
        Tag::None => key.style.is_quoted() || matches!(resolve(text), Resolved::Str | Resolved::Merge),
        _ => key.style.is_quoted(),
    }
}

fn scalar(node: &Node, text: &bowline_base_value::Str, in_flow: bool) -> Result<Value, ValueError> {
    let folded = node.style.has(Style::FOLDED) && !in_flow && text.contains('\n');
    let string = || Ok(if folded { refolded(text) } else { Value::String(text.clone()) });
    let quoted = node.style.is_quoted() || text.contains('\n');
    match &node.tag {
        Tag::Str | Tag::Map | Tag::Seq | Tag::Other(_) => string(),
        Tag::Binary => {
            let raw: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            match BASE64.decode(raw) {
                Ok(bytes) => Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned())),
                Err(_) => Err(ValueError::Tag { text: text.to_string(), tag: "!!binary" }),
            }
        }
        Tag::None | Tag::Merge if quoted => string(),
        // An empty scalar inside braces is written with quotes.
        Tag::None | Tag::Null if text.is_empty() && in_flow && !node.style.has(Style::TAGGED) => string(),
        Tag::None | Tag::Merge => resolved(resolve(text), text),
        tag => {
            let meant = resolve(text);
            if meant.tag() == *tag && !node.style.has(Style::TAGGED) {
                // So is a time of day inside braces, for its colons.
                let quoted = quoted || (in_flow && *tag == Tag::Timestamp && text.contains(':'));
                return if quoted { string() } else { resolved(meant, text) };
            }
            // What is left is written with its tag, and read by it.
            match (tag, meant) {
                (tag, meant) if meant.tag() == *tag => resolved(meant, text),
                (Tag::Float, Resolved::Int(i)) => Ok(Value::Float(i as f64)),
                (tag, _) => Err(ValueError::Tag { text: text.to_string(), tag: word(tag) }),
            }
        }
    }
}

/// A folded text of several lines as it is after it was written and read: lines that begin with a blank get one more break before
/// them, and where the first line does, others lose theirs.
fn refolded(text: &bowline_base_value::Str) -> Value {
    let node = Node { style: Style::FOLDED, ..Node::scalar(text.clone()).with_tag(Tag::Str) };
    let written = super::write(&Node::mapping(vec![(Node::scalar("text"), node)]));
    let read = bowline_base_value::yaml::from_yaml(written).ok();
    let read = read.as_ref().and_then(|read| read.str_at(&["text"]));
    read.map_or_else(|| Value::String(text.clone()), Value::from)
}

fn resolved(meaning: Resolved, text: &bowline_base_value::Str) -> Result<Value, ValueError> {
    Ok(match meaning {
        Resolved::Null => Value::Null,
        Resolved::Bool(b) => Value::Bool(b),
        Resolved::Int(i) => Value::Int(i),
        Resolved::UInt(u) => Value::UInt(u),
        Resolved::Float(f) if f.is_finite() => number(f),
        Resolved::Float(_) => return Err(ValueError::Number(text.to_string())),
        Resolved::Timestamp(time) => Value::from(time),
        Resolved::Merge | Resolved::Str => Value::String(text.clone()),
    })
}

/// A float as its JSON text is read again: without a fraction it is an integer, if it fits one.
fn number(f: f64) -> Value {
    let text = format_float(f);
    if let Ok(i) = text.parse::<i64>() {
        return Value::Int(i);
    }
    text.parse::<u64>().map_or(Value::Float(f), Value::UInt)
}

fn word(tag: &Tag) -> &'static str {
    match tag {
        Tag::Int => "!!int",
        Tag::Float => "!!float",
        Tag::Bool => "!!bool",
        Tag::Null => "!!null",
        Tag::Timestamp => "!!timestamp",
        _ => "!!str",
    }
}

/// A node as kyaml makes it of a decoded JSON object: numbers went through floats, strings are quoted where they must be.
pub(crate) fn from_value(value: &Value) -> Node {
    build(value, &go_g, Style::PLAIN)
}

/// A node as read from compact JSON text: everything in flow style, strings in double quotes.
pub(crate) fn from_value_as_json(value: &Value) -> Node {
    build(value, &format_float, Style::FLOW)
}

fn build(value: &Value, float: &dyn Fn(f64) -> String, style: Style) -> Node {
    let json = style.has(Style::FLOW);
    let plain = |text: String| Node { tag: resolve(&text).tag(), ..Node::scalar(text) };
    match value {
        Value::Null => plain("null".to_string()),
        Value::Bool(b) => plain(b.to_string()),
        Value::Int(i) if json => plain(i.to_string()),
        Value::UInt(u) if json => plain(u.to_string()),
        Value::Int(i) => plain(float(*i as f64)),
        Value::UInt(u) => plain(float(*u as f64)),
        Value::Float(f) => plain(float(*f)),
        Value::String(s) => {
            let style = if json || must_quote(s) {
                Style::DOUBLE
            } else if s.contains('\n') {
                Style::LITERAL
            } else {
                Style::PLAIN
            };
            Node { style, ..Node::scalar(s.clone()).with_tag(Tag::Str) }
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| build(item, float, style)).collect();
            Node { tag: Tag::Seq, style: flow_if_empty(style, value), ..Node::sequence(items) }
        }
        Value::Object(map) => {
            let quote = if json { Style::DOUBLE } else { Style::PLAIN };
            let key = |k: &bowline_base_value::Str| Node {
                style: if must_quote(k) { Style::DOUBLE } else { quote },
                ..Node::scalar(k.clone()).with_tag(Tag::Str)
            };
            let entries = map.iter().map(|(k, v)| (key(k), build(v, float, style))).collect();
            Node { tag: Tag::Map, style: flow_if_empty(style, value), ..Node::mapping(entries) }
        }
    }
}

/// `{}` and `[]` are always written in flow style, and read back so.
fn flow_if_empty(style: Style, value: &Value) -> Style {
    let empty = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    if empty { Style::FLOW } else { style }
}

/// Whether go-yaml v3 writes a string in double quotes because it would be read as something else.
fn must_quote(text: &str) -> bool {
    if text.contains('\n') {
        return false;
    }
    !matches!(resolve(text), Resolved::Str) || is_old_bool(text) || is_base60(text)
}

fn is_old_bool(text: &str) -> bool {
    matches!(
        text,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF"
    )
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_base60(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some((first, rest)) = digits.split_once(':') else { return false };
    let whole = rest.split_once('.').map_or(rest, |(whole, _)| whole);
    first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && whole.split(':').all(|part| part.parse::<u32>().is_ok_and(|n| n < 60) && part.len() <= 2)
}

/// Go's `%g` with the shortest digits: an exponent (of at least two digits) below 1e-4 and from 1e6.
fn go_g(f: f64) -> String {
    let text = format!("{f:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return format!("{f}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}
