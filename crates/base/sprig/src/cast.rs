//! Conversions as `spf13/cast` makes them, which all of sprig's arithmetic goes through.

use std::rc::Rc;

use bowline_base_gotmpl::{CallError, Kind, List, Map, Text, Value, fmt, parse_float, parse_int};

/// A Go `int64` of anything; 0 where it has none.
pub(crate) fn to_i64(value: &Value) -> i64 {
    match value {
        Value::Int(i, _) => *i,
        Value::Uint(u, _) => *u as i64,
        Value::Float(f) => float_to_i64(*f),
        Value::String(text) => parse_int(trim_zero_decimal(&text.to_str()), 0).unwrap_or(0),
        Value::Bool(b) => i64::from(*b),
        _ => 0,
    }
}

/// Go's conversion on amd64: out of range, and NaN, give the smallest integer.
fn float_to_i64(f: f64) -> i64 {
    if f.is_nan() || !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&f) { i64::MIN } else { f as i64 }
}

/// A Go `float64` of anything; 0 where it has none.
pub(crate) fn to_f64(value: &Value) -> f64 {
    match value {
        Value::Int(i, _) => *i as f64,
        Value::Uint(u, _) => *u as f64,
        Value::Float(f) => *f,
        Value::String(text) => parse_float(&text.to_str()).unwrap_or(0.0),
        Value::Bool(b) => f64::from(u8::from(*b)),
        _ => 0.0,
    }
}

/// Cuts a fraction of zeros: `1.0` is an integer to cast, `1.5` is not.
fn trim_zero_decimal(text: &str) -> &str {
    let without_zeros = text.trim_end_matches('0');
    match without_zeros.strip_suffix('.') {
        Some(whole) if without_zeros.len() < text.len() => whole,
        _ => text,
    }
}

/// sprig's `strval`: strings and bytes as they are, all else as printed.
pub(crate) fn to_text(value: &Value) -> Text {
    match value {
        Value::String(text) => text.clone(),
        Value::Bytes(bytes) => Text::from_bytes(bytes),
        other => fmt::display(other),
    }
}

/// sprig's `strslice`: the strings of a list without its nils, or the one of anything else.
pub(crate) fn to_strings(value: &Value) -> Vec<Text> {
    match value {
        Value::Nil => Vec::new(),
        value => match value.as_items() {
            Some(items) => items.iter().filter(|item| !matches!(item, Value::Nil)).map(to_text).collect(),
            None => vec![to_text(value)],
        },
    }
}

/// The elements of a list argument, or the error that sprig gives: `Cannot push on type string`.
pub(crate) fn items(value: &Value, what: &str) -> Result<Rc<List>, CallError> {
    match value {
        Value::List(list) => Ok(list.clone()),
        Value::Nil => Err(nil_dereference()),
        other => match other.as_items() {
            Some(items) if other.kind() == Kind::Slice => Ok(Rc::new(List { items, ..List::default() })),
            _ => Err(format!("{what} {}", other.kind_name()).into()),
        },
    }
}

/// What Go's runtime says where sprig asks for the type of nil.
pub(crate) fn nil_dereference() -> CallError {
    "runtime error: invalid memory address or nil pointer dereference".into()
}

/// sprig's `empty`.
pub(crate) fn is_empty(value: &Value) -> bool {
    !value.truth()
}

/// `reflect.DeepEqual`: types count as much as values.
pub(crate) fn deep_equal(a: &Value, b: &Value) -> bool {
    equal_within(a, b, 0)
}

/// Nesting that is compared; deeper values are taken for ones that hold themselves, and for equal, as Go takes them.
const MAX_DEPTH: usize = 500;

fn equal_within(a: &Value, b: &Value, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return true;
    }
    match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a, ka), Value::Int(b, kb)) => a == b && ka == kb,
        (Value::Uint(a, ka), Value::Uint(b, kb)) => a == b && ka == kb,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Complex(ra, ia), Value::Complex(rb, ib)) => ra == rb && ia == ib,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.kind == b.kind
                && a.nil == b.nil
                && a.items.len() == b.items.len()
                && a.items.iter().zip(&b.items).all(|(a, b)| equal_within(a, b, depth + 1))
        }
        (Value::Map(a), Value::Map(b)) => {
            let same = |a: &Map, b: &Map| {
                let (a, b) = (a.entries(), b.entries());
                a.iter().zip(&b).all(|((ka, va), (kb, vb))| ka == kb && equal_within(va, vb, depth + 1))
            };
            a.kind() == b.kind() && (a.is(b) || (a.is_nil() == b.is_nil() && a.len() == b.len() && same(a, b)))
        }
        (Value::Object(a), Value::Object(b)) => {
            Rc::ptr_eq(a, b)
                || (a.type_name() == b.type_name()
                    && a.string() == b.string()
                    && equal_within(&a.underlying(), &b.underlying(), depth + 1))
        }
        _ => false,
    }
}
