//! `eq`, `lt` and what follows from them.

use std::rc::Rc;

use crate::{CallError, Kind, Value, fmt};

const BAD_TYPE: &str = "invalid type for comparison";

/// Kinds that can be compared; others only for being nil.
fn basic(value: &Value) -> Option<Kind> {
    match value.kind() {
        kind @ (Kind::Bool | Kind::Int | Kind::Uint | Kind::Float | Kind::Complex | Kind::String) => Some(kind),
        _ => None,
    }
}

/// Whether the first equals any of the others.
pub(super) fn eq(args: &[Value]) -> Result<bool, CallError> {
    let (first, others) = args.split_first().expect("because the signature has one parameter");
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if equal(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(a: &Value, b: &Value) -> Result<bool, CallError> {
    let (kind_a, kind_b) = (basic(a), basic(b));
    if kind_a != kind_b {
        return match (a, b) {
            (Value::Int(i, _), Value::Uint(u, _)) | (Value::Uint(u, _), Value::Int(i, _)) => {
                Ok(u64::try_from(*i) == Ok(*u))
            }
            (Value::Nil, _) | (_, Value::Nil) => Ok(false),
            _ => Err(incompatible(a, b)),
        };
    }
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Int(a, _), Value::Int(b, _)) => Ok(a == b),
        (Value::Uint(a, _), Value::Uint(b, _)) => Ok(a == b),
        (Value::Float(a), Value::Float(b)) => Ok(a == b),
        (Value::Complex(re_a, im_a), Value::Complex(re_b, im_b)) => Ok(re_a == re_b && im_a == im_b),
        (Value::String(a), Value::String(b)) => Ok(a == b),
        _ => equal_others(a, b),
    }
}

fn equal_others(a: &Value, b: &Value) -> Result<bool, CallError> {
    if is_nil(a) || is_nil(b) {
        if a.kind() != b.kind() && !matches!(a, Value::Nil) && !matches!(b, Value::Nil) {
            return Err(non_comparable(a, b));
        }
        return Ok(is_nil(a) == is_nil(b));
    }
    if a.kind() != b.kind() {
        return Err(non_comparable(a, b));
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if !matches!(a.kind(), Kind::Map | Kind::Slice | Kind::Func) => {
            Ok(Rc::ptr_eq(a, b) || (a.kind() == Kind::Struct && a.string().is_some() && a.string() == b.string()))
        }
        _ => {
            let shown = fmt::sprintf("%s", std::slice::from_ref(b));
            Err(format!("non-comparable type {shown}: {}", b.type_name()).into())
        }
    }
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => list.nil,
        Value::Map(map) => map.is_nil(),
        _ => false,
    }
}

fn non_comparable(a: &Value, b: &Value) -> CallError {
    let shown = fmt::sprintf("%s", std::slice::from_ref(a));
    let other = fmt::sprintf("%v", std::slice::from_ref(b));
    format!("non-comparable types {shown}: {}, {}: {other}", a.type_name(), b.type_name()).into()
}

fn incompatible(a: &Value, b: &Value) -> CallError {
    format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name()).into()
}

pub(super) fn lt(a: &Value, b: &Value) -> Result<bool, CallError> {
    if basic(a).is_none() || basic(b).is_none() {
        return Err(BAD_TYPE.into());
    }
    match (a, b) {
        (Value::Int(a, _), Value::Int(b, _)) => Ok(a < b),
        (Value::Uint(a, _), Value::Uint(b, _)) => Ok(a < b),
        (Value::Int(a, _), Value::Uint(b, _)) => Ok(u64::try_from(*a).map_or(true, |a| a < *b)),
        (Value::Uint(a, _), Value::Int(b, _)) => Ok(u64::try_from(*b).is_ok_and(|b| *a < b)),
        (Value::Float(a), Value::Float(b)) => Ok(a < b),
        (Value::String(a), Value::String(b)) => Ok(a < b),
        (Value::Bool(_), Value::Bool(_)) | (Value::Complex(..), Value::Complex(..)) => Err(BAD_TYPE.into()),
        _ => Err(incompatible(a, b)),
    }
}

pub(super) fn le(args: &[Value]) -> Result<bool, CallError> {
    Ok(lt(&args[0], &args[1])? || eq(args)?)
}
