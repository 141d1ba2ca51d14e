//! Helm's own functions.

use std::sync::Arc;

use bowline_base_gotmpl::Type::{Any, String as Str};
use bowline_base_gotmpl::{
    Args, CallError, ConvertError, Entry, Functions, Map, MapKind, Numbers, Runtime, Value, from_base, to_base,
};
use bowline_base_value as base;
use bowline_base_value::yaml::{self, EmitOptions};

use crate::trace::{WARN_END, WARN_START};

mod toml;

const TABLE: &[Entry] = &[
    Entry::new("fail", &[Str], |_, a| Err(format!("{WARN_START}{}{WARN_END}", a.text(0)).into())),
    Entry::new("fromJson", &[Str], |_, a| Ok(object_or_error(read_json(&a.str(0), Shape::Object)))),
    Entry::new("fromJsonArray", &[Str], |_, a| Ok(array_or_error(read_json(&a.str(0), Shape::Array)))),
    Entry::new("fromToml", &[Str], |_, a| match toml::read(&a.str(0)) {
        Ok(value) => Ok(from_base(&value, Numbers::Exact)),
        error => Ok(object_or_error(error)),
    }),
    Entry::new("fromYaml", &[Str], |_, a| Ok(object_or_error(read_yaml(&a.str(0), Shape::Object)))),
    Entry::new("fromYamlArray", &[Str], |_, a| Ok(array_or_error(read_yaml(&a.str(0), Shape::Array)))),
    Entry::new("include", &[Str, Any], |rt, a| rt.include(&a.text(0), a.get(1)).map(Value::from)),
    Entry::new("lookup", &[Str, Str, Str, Str], |rt, a| {
        let found = rt.host().lookup(&a.str(0), &a.str(1), &a.str(2), &a.str(3));
        found.map(|object| from_base(&object, Numbers::Exact)).map_err(CallError::from)
    }),
    Entry::new("mustToJson", &[Any], |_, a| json_text(a.get(0)).map(Value::from)),
    Entry::new("mustToToml", &[Any], |_, a| toml::write(a.get(0)).map(Value::from).map_err(CallError::from)),
    Entry::new("mustToYaml", &[Any], |rt, a| to_yaml(rt, a)),
    Entry::new("required", &[Str, Any], required),
    Entry::new("toJson", &[Any], |_, a| Ok(json_text(a.get(0)).unwrap_or_default().into())),
    Entry::new("toToml", &[Any], |_, a| Ok(toml::write(a.get(0)).unwrap_or_else(|error| error).into())),
    Entry::new("toYaml", &[Any], |rt, a| Ok(to_yaml(rt, a).unwrap_or_else(|_| "".into()))),
    Entry::new("toYamlPretty", &[Any], |_, a| match unlike_json(a.get(0)).and_then(|value| to_base(&value)) {
        Ok(value) => {
            let text = yaml::to_yaml_with(&value, EmitOptions::v3(2));
            Ok(text.strip_suffix('\n').unwrap_or(&text).into())
        }
        Err(_) => Ok("".into()),
    }),
    Entry::new("tpl", &[Str, Any], |rt, a| rt.tpl(&a.text(0), a.get(1)).map(Value::from)),
];

/// Methods of `common.Values`: `.Values` and the context itself are of that type.
const VALUES_METHODS: &[Entry] = &[
    Entry::new("AsMap", &[Type::Map], |_, a| Ok(a.map(0).as_kind(MapKind::Any).into())),
    Entry::new("PathValue", &[Type::Map, Str], |_, a| {
        let path = a.str(1);
        let mut parts: Vec<&str> = path.split('.').collect();
        let last = parts.pop().unwrap_or_default();
        let none = || CallError::new(format!("{} is not a value", bowline_base_gotmpl::quote(last.as_bytes())));
        let table = find_table(a, &parts).map_err(|_| none())?;
        match table.get(last.as_bytes()) {
            Some(value) if value.as_map().is_none() => Ok(value),
            _ => Err(none()),
        }
    }),
    Entry::new("Table", &[Type::Map, Str], |_, a| {
        let path = a.str(1);
        let parts: Vec<&str> = path.split('.').collect();
        Ok(find_table(a, &parts)?.as_kind(VALUES).into())
    }),
    Entry::new("YAML", &[Type::Map], |_, a| {
        let value = to_base(a.get(0)).map_err(|error| CallError::new(error.to_string()))?;
        yaml::marshal(&value).map(Value::from).map_err(|error| CallError::new(error.to_string()))
    }),
];

use bowline_base_gotmpl::Type;

/// Helm's type of values.
pub(crate) const VALUES: MapKind = MapKind::Named("common.Values");

/// The functions that charts are rendered with.
pub(crate) fn functions() -> Arc<Functions> {
    Arc::new(bowline_base_sprig::functions().with(TABLE))
}

/// The methods of values.
pub(crate) fn values_methods() -> Arc<Functions> {
    Arc::new(Functions::default().with(VALUES_METHODS))
}

fn find_table(a: &Args, parts: &[&str]) -> Result<std::rc::Rc<Map>, CallError> {
    let mut table = a.map(0);
    for part in parts {
        let next = table.get(part.as_bytes()).and_then(|value| value.as_map());
        table = next
            .ok_or_else(|| CallError::new(format!("{} is not a table", bowline_base_gotmpl::quote(part.as_bytes()))))?;
    }
    Ok(table)
}

fn required(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let missing = match a.get(1) {
        Value::Nil => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    if missing {
        return Err(format!("{WARN_START}{}{WARN_END}", a.text(0)).into());
    }
    Ok(a.take(1))
}

fn json_text(value: &Value) -> Result<String, CallError> {
    let base = to_base(value).map_err(|error| CallError::new(error.to_string()))?;
    let text = base::to_json(&base, true);
    // What is no UTF-8 is written as an escape, unlike the character that stands for it.
    Ok(if value.has_raw_text() { text.replace('\u{fffd}', "\\ufffd") } else { text })
}

/// The value as a YAML encoder sees it that does not go through JSON: nil lists and maps are empty ones, and bytes are
/// numbers.
fn unlike_json(value: &Value) -> Result<Value, ConvertError> {
    fn within(value: &Value, depth: usize) -> Result<Value, ConvertError> {
        if depth > MAX_DEPTH {
            return Err(ConvertError::Cycle(value.type_name().to_string()));
        }
        Ok(match value {
            Value::List(list) => {
                Value::list(list.items.iter().map(|item| within(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Value::Bytes(_) => Value::list(value.as_items().unwrap_or_default()),
            Value::Map(map) => {
                let fields = map.entries().into_iter().map(|(key, value)| Ok((key, within(&value, depth + 1)?)));
                Value::map(fields.collect::<Result<Vec<_>, _>>()?)
            }
            other => other.clone(),
        })
    }
    within(value, 0)
}

/// Nesting that is written; deeper values hold themselves.
const MAX_DEPTH: usize = 512;

/// YAML without the newline at its end.
pub(crate) fn yaml_text(value: &base::Value) -> Result<String, CallError> {
    let mut text = yaml::marshal(value).map_err(|error| CallError::new(error.to_string()))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

fn to_yaml(rt: &mut Runtime<'_>, a: &Args) -> Result<Value, CallError> {
    let value = to_base(a.get(0)).map_err(|error| CallError::new(error.to_string()))?;
    let text = yaml_text(&value)?;
    rt.spend(text.len() as u64 / 64)?;
    Ok(text.into())
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Object,
    Array,
}

// === impl Shape ===

impl Shape {
    /// The value if it has this shape; `None` for null, which leaves Go's variable as it was.
    fn check(self, value: base::Value) -> Result<Option<base::Value>, String> {
        match (&value, self) {
            (base::Value::Null, _) => Ok(None),
            (base::Value::Object(_), Shape::Object) | (base::Value::Array(_), Shape::Array) => Ok(Some(value)),
            _ => {
                let got = if let base::Value::Bool(_) = value { "bool" } else { value.type_name() };
                let wanted = if self == Shape::Object { "map[string]interface {}" } else { "[]interface {}" };
                Err(format!("json: cannot unmarshal {got} into Go value of type {wanted}"))
            }
        }
    }

    fn empty(self) -> base::Value {
        if self == Shape::Object { base::Value::object() } else { base::Value::array() }
    }
}

fn read_yaml(text: &str, shape: Shape) -> Result<base::Value, String> {
    let value = yaml::from_yaml(text).map_err(|error| format!("error converting YAML to JSON: {error}"))?;
    let value = shape.check(value).map_err(|error| format!("error unmarshaling JSON: while decoding JSON: {error}"))?;
    Ok(value.unwrap_or_else(|| shape.empty()))
}

fn read_json(text: &str, shape: Shape) -> Result<base::Value, String> {
    let value = base::from_json(text.as_bytes()).map_err(|error| error.reason)?;
    // Unlike through YAML, null makes the variable nil.
    Ok(shape.check(value)?.unwrap_or(base::Value::Null))
}

fn object_or_error(read: Result<base::Value, String>) -> Value {
    match read {
        Ok(base::Value::Null) => Map::nil(MapKind::Any).into(),
        Ok(value) => from_base(&value, Numbers::Floats),
        Err(error) => Value::map([("Error", error.into())]),
    }
}

fn array_or_error(read: Result<base::Value, String>) -> Value {
    match read {
        Ok(base::Value::Null) => Value::nil_list(),
        Ok(value) => from_base(&value, Numbers::Floats),
        Err(error) => Value::list(vec![error.into()]),
    }
}
