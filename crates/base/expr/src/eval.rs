//! The value of a tree.

use std::cmp::Ordering;

use bowline_base_value::{Map, Value, format_float, to_json};

use crate::ExprError;
use crate::parse::{Node, Sign};

/// What an expression may take: some milliseconds.
const STEPS: usize = 1_000_000;
/// Items of a range.
const RANGE: i64 = 100_000;

/// What names mean at a place of an expression.
pub(crate) struct Scope<'n> {
    names: &'n Value,
    variables: Vec<(String, Value)>,
    items: Vec<Value>,
    left: usize,
}

// === impl Scope ===

impl Scope<'_> {
    /// Evaluates something about an item.
    pub(crate) fn with_item<T>(&mut self, item: Value, ask: impl FnOnce(&mut Self) -> T) -> T {
        self.items.push(item);
        let said = ask(self);
        self.items.pop();
        said
    }
}

fn fail(text: impl Into<String>) -> ExprError {
    ExprError::Evaluation(text.into())
}

/// The value over an object.
pub(crate) fn eval(node: &Node, names: &Value) -> Result<Value, ExprError> {
    eval_in(node, &mut Scope { names, variables: Vec::new(), items: Vec::new(), left: STEPS })
}

pub(crate) fn eval_in(node: &Node, scope: &mut Scope<'_>) -> Result<Value, ExprError> {
    scope.left = scope.left.checked_sub(1).ok_or_else(|| fail(format!("it takes more than {STEPS} steps")))?;
    Ok(match node {
        Node::Literal(value) => value.clone(),
        Node::Name(name) => {
            let variable =
                scope.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            variable.or_else(|| scope.names.get(name).cloned()).unwrap_or_default()
        }
        Node::Item => scope.items.last().cloned().ok_or_else(|| fail("# stands outside of a predicate"))?,
        Node::Field { of, key, optional } => {
            let of = eval_in(of, scope)?;
            let key = eval_in(key, scope)?;
            if *optional && of.is_null() { Value::Null } else { field(&of, &key)? }
        }
        Node::Slice { of, from, to } => slice(of, from.as_deref(), to.as_deref(), scope)?,
        Node::Not(node) => Value::Bool(!truth(&eval_in(node, scope)?)?),
        Node::Minus(node) => match eval_in(node, scope)? {
            Value::Int(i) => Value::from(i.checked_neg().ok_or_else(|| fail("a number is too large"))?),
            other => Value::Float(-number(&other).ok_or_else(|| fail(format!("cannot negate {}", type_name(&other))))?),
        },
        Node::Binary { sign, left, right } => binary(*sign, left, right, scope)?,
        Node::If { condition, then, otherwise } => {
            let chosen = if truth(&eval_in(condition, scope)?)? { then } else { otherwise };
            eval_in(chosen, scope)?
        }
        Node::List(items) => items.iter().map(|item| eval_in(item, scope)).collect::<Result<Value, ExprError>>()?,
        Node::Map(fields) => {
            let mut map = Map::new();
            for (key, value) in fields {
                map.insert(text(&eval_in(key, scope)?), eval_in(value, scope)?);
            }
            Value::from(map)
        }
        Node::Call { builtin, arguments } => builtin.call(arguments, scope)?,
        Node::Let { name, value, within } => {
            let value = eval_in(value, scope)?;
            scope.variables.push((name.clone(), value));
            let said = eval_in(within, scope);
            scope.variables.pop();
            said?
        }
    })
}

fn field(of: &Value, key: &Value) -> Result<Value, ExprError> {
    match (of, key) {
        (Value::Object(map), key) => Ok(map.get(&text(key)).cloned().unwrap_or_default()),
        (Value::Array(items), at) if at.as_i64().is_some() => {
            let at = at.as_i64().unwrap_or_default();
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let place = usize::try_from(if at < 0 { length + at } else { at }).ok();
            let item = place.and_then(|place| items.get(place)).cloned();
            item.ok_or_else(|| fail(format!("index out of range: {at} (array length is {length})")))
        }
        (of, key) => Err(fail(format!("cannot fetch {} from {}", text(key), type_name(of)))),
    }
}

fn slice(of: &Node, from: Option<&Node>, to: Option<&Node>, scope: &mut Scope<'_>) -> Result<Value, ExprError> {
    let of = eval_in(of, scope)?;
    let length = match &of {
        Value::Array(items) => items.len(),
        Value::String(text) => text.len(),
        other => return Err(fail(format!("cannot slice {}", type_name(other)))),
    };
    let mut bound = |node: Option<&Node>, default: usize| match node {
        None => Ok(default),
        Some(node) => {
            let at = eval_in(node, scope)?;
            let at = at.as_i64().ok_or_else(|| fail("the bounds of a slice must be whole numbers"))?;
            let length = i64::try_from(length).unwrap_or(i64::MAX);
            Ok(usize::try_from((if at < 0 { length + at } else { at }).clamp(0, length)).unwrap_or(0))
        }
    };
    let (from, to) = (bound(from, 0)?, bound(to, length)?);
    let to = to.max(from);
    match &of {
        Value::Array(items) => Ok(items[from..to].iter().cloned().collect()),
        Value::String(text) => {
            text.get(from..to).map(Value::from).ok_or_else(|| fail("a slice cuts a character in two"))
        }
        _ => Ok(Value::Null),
    }
}

fn truth(value: &Value) -> Result<bool, ExprError> {
    value.as_bool().ok_or_else(|| fail(format!("{} is neither true nor false", type_name(value))))
}

fn binary(sign: Sign, left: &Node, right: &Node, scope: &mut Scope<'_>) -> Result<Value, ExprError> {
    let a = eval_in(left, scope)?;
    match sign {
        Sign::And => return Ok(Value::Bool(truth(&a)? && truth(&eval_in(right, scope)?)?)),
        Sign::Or => return Ok(Value::Bool(truth(&a)? || truth(&eval_in(right, scope)?)?)),
        Sign::Else => return if a.is_null() { eval_in(right, scope) } else { Ok(a) },
        _ => {}
    }
    let b = eval_in(right, scope)?;
    let wrong = || fail(format!("cannot do that with {} and {}", type_name(&a), type_name(&b)));
    let texts = || match (&a, &b) {
        (Value::String(a), Value::String(b)) => Ok((a.to_string(), b.to_string())),
        _ => Err(wrong()),
    };
    let bool = |b| Ok(Value::Bool(b));
    match sign {
        Sign::Equal => bool(equal(&a, &b)),
        Sign::Unequal => bool(!equal(&a, &b)),
        Sign::Less => bool(order(&a, &b).ok_or_else(wrong)?.is_lt()),
        Sign::LessOrEqual => bool(order(&a, &b).ok_or_else(wrong)?.is_le()),
        Sign::Greater => bool(order(&a, &b).ok_or_else(wrong)?.is_gt()),
        Sign::GreaterOrEqual => bool(order(&a, &b).ok_or_else(wrong)?.is_ge()),
        Sign::In | Sign::NotIn => {
            let found = match &b {
                Value::Array(items) => items.iter().any(|item| equal(item, &a)),
                Value::Object(map) => map.contains_key(&text(&a)),
                Value::Null => false,
                _ => return Err(wrong()),
            };
            bool(found == (sign == Sign::In))
        }
        // Nothing matches nothing.
        Sign::Matches | Sign::Contains | Sign::StartsWith | Sign::EndsWith if a.is_null() || b.is_null() => bool(false),
        Sign::Matches => {
            let (text, pattern) = texts()?;
            let pattern = regex::Regex::new(&pattern).map_err(|error| fail(error.to_string()))?;
            bool(pattern.is_match(&text))
        }
        Sign::Contains => texts().and_then(|(a, b)| bool(a.contains(&b))),
        Sign::StartsWith => texts().and_then(|(a, b)| bool(a.starts_with(&b))),
        Sign::EndsWith => texts().and_then(|(a, b)| bool(a.ends_with(&b))),
        Sign::Range => match (a.as_i64(), b.as_i64()) {
            (Some(from), Some(to)) if to.saturating_sub(from) < RANGE => Ok((from..=to).map(Value::from).collect()),
            (Some(_), Some(_)) => Err(fail(format!("a range has more than {RANGE} items"))),
            _ => Err(wrong()),
        },
        Sign::Add => match (&a, &b) {
            (Value::String(a), Value::String(b)) => Ok(Value::from(format!("{a}{b}"))),
            _ => arithmetic(sign, &a, &b).ok_or_else(wrong),
        },
        _ => arithmetic(sign, &a, &b).ok_or_else(wrong),
    }
}

fn arithmetic(sign: Sign, a: &Value, b: &Value) -> Option<Value> {
    if let (Value::Int(a), Value::Int(b)) = (a, b) {
        let whole = match sign {
            Sign::Add => a.checked_add(*b),
            Sign::Subtract => a.checked_sub(*b),
            Sign::Multiply => a.checked_mul(*b),
            Sign::Modulo => a.checked_rem(*b),
            _ => None,
        };
        if !matches!(sign, Sign::Divide | Sign::Power) {
            return whole.map(Value::from);
        }
    }
    let (a, b) = (number(a)?, number(b)?);
    let float = match sign {
        Sign::Add => a + b,
        Sign::Subtract => a - b,
        Sign::Multiply => a * b,
        Sign::Divide => a / b,
        Sign::Power => a.powf(b),
        _ => return None,
    };
    Some(Value::Float(float))
}

/// A number, whole or not.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|_| matches!(value, Value::Int(_) | Value::UInt(_) | Value::Float(_)))
}

/// Whether two values are the same; 1 and 1.0 are.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}

/// The order of two numbers, or of two texts.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

/// A value as text.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Float(f) => format_float(*f),
        Value::Null => "nil".to_string(),
        other => to_json(other, false),
    }
}

/// The language's word for a value's type.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::UInt(_) => "int",
        Value::Float(_) => "float",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "map",
    }
}
