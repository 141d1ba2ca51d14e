//! Defaults, choices, reflection and JSON.

use bowline_base_gotmpl::Type::{Any, Bool, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, Numbers, Runtime, Value, from_base, to_base};
use bowline_base_value as base;

use crate::cast::{deep_equal, is_empty};
use crate::strings::first_not_empty;

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::variadic("all", &[], Any, |_, a| Ok(Value::Bool(!a.all().iter().any(is_empty)))),
    Entry::variadic("any", &[], Any, |_, a| Ok(Value::Bool(!a.all().iter().all(is_empty)))),
    Entry::variadic("coalesce", &[], Any, |_, a| Ok(first_not_empty(a.rest(0)))),
    Entry::new("deepEqual", &[Any, Any], |_, a| Ok(Value::Bool(deep_equal(a.get(0), a.get(1))))),
    Entry::variadic("default", &[Any], Any, |_, a| {
        let given = a.len() > 1 && !is_empty(a.get(1));
        Ok(a.take(usize::from(given)))
    }),
    Entry::new("empty", &[Any], |_, a| Ok(Value::Bool(is_empty(a.get(0))))),
    Entry::new("fail", &[Str], |_, a| Err(CallError::new(a.str(0)))),
    Entry::new("fromJson", &[Str], |_, a| Ok(from_json(&a.str(0)).unwrap_or_default())),
    Entry::new("kindIs", &[Str, Any], |_, a| Ok(Value::Bool(a.str(0) == a.get(1).kind_name()))),
    Entry::new("kindOf", &[Any], |_, a| Ok(a.get(0).kind_name().into())),
    Entry::new("mustFromJson", &[Str], |_, a| from_json(&a.str(0))),
    Entry::new("mustToJson", &[Any], |_, a| to_json(a, true)),
    Entry::new("mustToPrettyJson", &[Any], to_pretty_json),
    Entry::new("mustToRawJson", &[Any], |_, a| to_json(a, false)),
    Entry::new("ternary", &[Any, Any, Bool], |_, a| {
        let yes = a.bool(2);
        Ok(a.take(usize::from(!yes)))
    }),
    Entry::new("toJson", &[Any], |_, a| Ok(to_json(a, true).unwrap_or_else(|_| "".into()))),
    Entry::new("toPrettyJson", &[Any], |rt, a| Ok(to_pretty_json(rt, a).unwrap_or_else(|_| "".into()))),
    Entry::new("toRawJson", &[Any], |_, a| to_json(a, false)),
    Entry::new("typeIs", &[Str, Any], |_, a| Ok(Value::Bool(a.str(0) == a.get(1).type_name()))),
    Entry::new("typeIsLike", &[Str, Any], |_, a| {
        let (wanted, name) = (a.str(0), a.get(1).type_name());
        Ok(Value::Bool(wanted == name || name.strip_prefix('*') == Some(&wanted)))
    }),
    Entry::new("typeOf", &[Any], |_, a| Ok(a.get(0).type_name().into())),
];

fn to_json(a: &Args, html: bool) -> Result<Value, CallError> {
    let value = to_base(a.get(0)).map_err(|error| CallError::new(error.to_string()))?;
    Ok(base::to_json(&value, html).into())
}

fn to_pretty_json(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let value = to_base(a.get(0)).map_err(|error| CallError::new(error.to_string()))?;
    Ok(base::to_json_indented(&value, "  ", true).into())
}

/// Reads JSON; every number becomes a float.
fn from_json(text: &str) -> Result<Value, CallError> {
    match base::from_json(text.as_bytes()) {
        Ok(value) => Ok(from_base(&value, Numbers::Floats)),
        Err(_) if text.trim().is_empty() => Err("unexpected end of JSON input".into()),
        Err(error) => Err(error.reason.into()),
    }
}
