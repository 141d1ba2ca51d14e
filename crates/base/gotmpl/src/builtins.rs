//! text/template's own functions.

use crate::exec::Seen;
use crate::{CallError, Kind, ListKind, Runtime, Signature, Text, Type, UintKind, Value, fmt};

mod compare;
mod escape;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    And,
    Or,
    Not,
    Len,
    Index,
    Slice,
    Print,
    Printf,
    Println,
    Html,
    Js,
    UrlQuery,
    Call,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

const fn fixed(params: &'static [Type]) -> Signature {
    Signature { params, variadic: None }
}

const fn rest(params: &'static [Type], variadic: Type) -> Signature {
    Signature { params, variadic: Some(variadic) }
}

use Type::{Any, Reflect};

pub(crate) const TABLE: &[(&str, Builtin, Signature)] = &[
    ("and", Builtin::And, rest(&[Reflect], Reflect)),
    ("or", Builtin::Or, rest(&[Reflect], Reflect)),
    ("not", Builtin::Not, fixed(&[Reflect])),
    ("len", Builtin::Len, fixed(&[Reflect])),
    ("index", Builtin::Index, rest(&[Reflect], Reflect)),
    ("slice", Builtin::Slice, rest(&[Reflect], Reflect)),
    ("print", Builtin::Print, rest(&[], Any)),
    ("printf", Builtin::Printf, rest(&[Type::String], Any)),
    ("println", Builtin::Println, rest(&[], Any)),
    ("html", Builtin::Html, rest(&[], Any)),
    ("js", Builtin::Js, rest(&[], Any)),
    ("urlquery", Builtin::UrlQuery, rest(&[], Any)),
    ("call", Builtin::Call, rest(&[Reflect], Reflect)),
    ("eq", Builtin::Eq, rest(&[Reflect], Reflect)),
    ("ne", Builtin::Ne, fixed(&[Reflect, Reflect])),
    ("lt", Builtin::Lt, fixed(&[Reflect, Reflect])),
    ("le", Builtin::Le, fixed(&[Reflect, Reflect])),
    ("gt", Builtin::Gt, fixed(&[Reflect, Reflect])),
    ("ge", Builtin::Ge, fixed(&[Reflect, Reflect])),
];

pub(crate) fn run(builtin: Builtin, args: Vec<Seen>) -> Result<Seen, CallError> {
    if builtin == Builtin::Index {
        return index(&args);
    }
    let value = match builtin {
        Builtin::Not => Value::Bool(!args[0].value.truth()),
        Builtin::Len => Value::int(length(&args[0])? as i64),
        Builtin::Slice => slice(&args)?,
        Builtin::Print => fmt::sprint(&values(args)).into(),
        Builtin::Println => fmt::sprintln(&values(args)).into(),
        Builtin::Printf => {
            let args = values(args);
            let format = args[0].as_text().cloned().unwrap_or_default();
            fmt::sprintf_bytes(format.as_bytes(), &args[1..]).into()
        }
        Builtin::Html => escape::html(&joined(args)).into(),
        Builtin::Js => escape::js(&joined(args)).into(),
        Builtin::UrlQuery => escape::query(&joined(args)).into(),
        Builtin::Eq => Value::Bool(compare::eq(&values(args))?),
        Builtin::Ne => Value::Bool(!compare::eq(&values(args))?),
        Builtin::Lt => Value::Bool(compare::lt(&args[0].value, &args[1].value)?),
        Builtin::Le => Value::Bool(compare::le(&values(args))?),
        Builtin::Gt => Value::Bool(!compare::le(&values(args))?),
        Builtin::Ge => Value::Bool(!compare::lt(&args[0].value, &args[1].value)?),
        Builtin::And | Builtin::Or | Builtin::Call | Builtin::Index => {
            unreachable!("the evaluator runs these itself")
        }
    };
    Ok(Seen::new(value))
}

fn values(args: Vec<Seen>) -> Vec<Value> {
    args.into_iter().map(|seen| seen.value).collect()
}

/// The text that the escapers work on: one string as it is, all else as printed.
fn joined(args: Vec<Seen>) -> Text {
    let args: Vec<Value> = args
        .into_iter()
        .map(|seen| if let Value::Nil = seen.value { Value::string("<no value>") } else { seen.value })
        .collect();
    fmt::sprint(&args)
}

/// What is underneath an object that is a map or list.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(object) if matches!(object.kind(), Kind::Map | Kind::Slice | Kind::String) => object.underlying(),
        other => other.clone(),
    }
}

fn length(item: &Seen) -> Result<usize, CallError> {
    match plain(&item.value) {
        Value::Nil if item.wrapped => Err("len of nil pointer".into()),
        Value::Nil => Err("reflect: call of reflect.Value.Type on zero Value".into()),
        Value::String(text) => Ok(text.len()),
        Value::Bytes(bytes) => Ok(bytes.len()),
        Value::List(list) => Ok(list.items.len()),
        Value::Map(map) => Ok(map.len()),
        other => Err(format!("len of type {}", other.type_name()).into()),
    }
}

/// An index within `0..=cap`.
fn index_arg(index: &Value, cap: usize) -> Result<usize, CallError> {
    let x = match index {
        Value::Int(i, _) => *i,
        Value::Uint(u, _) => *u as i64,
        Value::Nil => return Err("cannot index slice/array with nil".into()),
        other => return Err(format!("cannot index slice/array with type {}", other.type_name()).into()),
    };
    match usize::try_from(x) {
        Ok(i) if i <= cap => Ok(i),
        _ => Err(format!("index out of range: {x}").into()),
    }
}

fn index(args: &[Seen]) -> Result<Seen, CallError> {
    let mut item = args[0].clone();
    if let Value::Nil = item.value {
        return Err("index of untyped nil".into());
    }
    for index in &args[1..] {
        let index = &index.value;
        item = match plain(&item.value) {
            Value::Nil => return Err("index of nil pointer".into()),
            Value::List(list) => {
                let i = index_arg(index, list.items.len())?;
                let value = list.items.get(i).cloned().ok_or("reflect: slice index out of range")?;
                Seen { value, wrapped: list.kind.holds_any() }
            }
            Value::Bytes(bytes) => {
                let i = index_arg(index, bytes.len())?;
                let byte = bytes.get(i).ok_or("reflect: slice index out of range")?;
                Seen::new(Value::Uint(u64::from(*byte), UintKind::Uint8))
            }
            Value::String(text) => {
                let i = index_arg(index, text.len())?;
                let byte = *text.as_bytes().get(i).ok_or("reflect: string index out of range")?;
                Seen::new(Value::Uint(u64::from(byte), UintKind::Uint8))
            }
            Value::Map(map) => {
                let key = match index {
                    Value::String(key) => key,
                    Value::Nil => return Err("value is nil; should be of type string".into()),
                    other => return Err(format!("value has type {}; should be string", other.type_name()).into()),
                };
                let value = map.get(key.as_bytes()).unwrap_or_else(|| map.kind().zero());
                Seen { value, wrapped: map.kind().holds_any() }
            }
            other => return Err(format!("can't index item of type {}", other.type_name()).into()),
        };
    }
    Ok(item)
}

fn slice(args: &[Seen]) -> Result<Value, CallError> {
    let item = plain(&args[0].value);
    let indexes = &args[1..];
    if let Value::Nil = item {
        return Err("slice of untyped nil".into());
    }
    if indexes.len() > 3 {
        return Err(format!("too many slice indexes: {}", indexes.len()).into());
    }
    let len = match &item {
        Value::String(_) if indexes.len() == 3 => return Err("cannot 3-index slice a string".into()),
        Value::String(text) => text.len(),
        Value::List(list) => list.items.len(),
        Value::Bytes(bytes) => bytes.len(),
        other => return Err(format!("can't slice item of type {}", other.type_name()).into()),
    };
    let mut bounds = [0, len, len];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        *bound = index_arg(&index.value, len)?;
    }
    let [from, to, cap] = bounds;
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}").into());
    }
    if indexes.len() == 3 && to > cap {
        return Err(format!("invalid slice index: {to} > {cap}").into());
    }
    Ok(match item {
        Value::String(text) => Value::String(Text::from_bytes(&text.as_bytes()[from..to])),
        Value::Bytes(bytes) => Value::Bytes(bytes[from..to].into()),
        Value::List(list) => Value::List(std::rc::Rc::new(crate::List {
            kind: if list.nil { ListKind::Any } else { list.kind },
            nil: list.nil,
            items: list.items[from..to].to_vec(),
        })),
        _ => unreachable!("other kinds were refused above"),
    })
}

/// Calls a function value.
pub(crate) fn call(rt: &mut Runtime<'_>, callee: &str, args: Vec<Seen>) -> Result<Seen, CallError> {
    let mut args = values(args);
    let function = match args.remove(0) {
        Value::Nil => return Err("call of nil".into()),
        Value::Object(object) if object.kind() == Kind::Func => object,
        other => return Err(format!("non-function {callee} of type {}", other.type_name()).into()),
    };
    let signature = function.method("").ok_or("the function has no signature")?;
    let fixed = signature.params.len();
    match signature.variadic {
        Some(_) if args.len() < fixed => {
            return Err(format!("wrong number of args for {callee}: got {} want at least {fixed}", args.len()).into());
        }
        None if args.len() != fixed => {
            return Err(format!("wrong number of args for {callee}: got {} want {fixed}", args.len()).into());
        }
        _ => {}
    }
    for (i, arg) in args.iter().enumerate() {
        let kind = signature.params.get(i).copied().or(signature.variadic).unwrap_or(Any);
        match arg {
            Value::Nil if !kind.can_be_nil() => {
                return Err(format!("arg {i}: value is nil; should be of type {}", kind.name()).into());
            }
            Value::Nil => {}
            _ if !kind.takes(arg) => {
                return Err(format!("arg {i}: value has type {}; should be {}", arg.type_name(), kind.name()).into());
            }
            _ => {}
        }
    }
    function.call("", rt, &mut crate::Args::new(args)).map(Seen::new)
}
