//! Lists.

use std::rc::Rc;

use bowline_base_gotmpl::Type::{Any, Int};
use bowline_base_gotmpl::{Args, CallError, Entry, List, ListKind, Runtime, Value};

use crate::cast::{deep_equal, is_empty, items, to_i64};

/// The table. A `must` variant differs only in how Go reports its error, which ends the template either way.
pub const TABLE: &[Entry] = &[
    Entry::new("append", &[Any, Any], push),
    Entry::new("chunk", &[Int, Any], chunk),
    Entry::new("compact", &[Any], compact),
    Entry::variadic("concat", &[], Any, concat),
    Entry::new("first", &[Any], first),
    Entry::new("has", &[Any, Any], has),
    Entry::new("initial", &[Any], initial),
    Entry::new("last", &[Any], last),
    Entry::variadic("list", &[], Any, |_, a| Ok(Value::list(a.rest(0)))),
    Entry::new("mustAppend", &[Any, Any], push),
    Entry::new("mustChunk", &[Int, Any], chunk),
    Entry::new("mustCompact", &[Any], compact),
    Entry::new("mustFirst", &[Any], first),
    Entry::new("mustHas", &[Any, Any], has),
    Entry::new("mustInitial", &[Any], initial),
    Entry::new("mustLast", &[Any], last),
    Entry::new("mustPrepend", &[Any, Any], prepend),
    Entry::new("mustPush", &[Any, Any], push),
    Entry::new("mustRest", &[Any], rest),
    Entry::new("mustReverse", &[Any], reverse),
    Entry::variadic("mustSlice", &[Any], Any, slice),
    Entry::new("mustUniq", &[Any], uniq),
    Entry::variadic("mustWithout", &[Any], Any, without),
    Entry::new("prepend", &[Any, Any], prepend),
    Entry::new("push", &[Any, Any], push),
    Entry::new("rest", &[Any], rest),
    Entry::new("reverse", &[Any], reverse),
    Entry::variadic("slice", &[Any], Any, slice),
    Entry::variadic("tuple", &[], Any, |_, a| Ok(Value::list(a.rest(0)))),
    Entry::new("uniq", &[Any], uniq),
    Entry::variadic("without", &[Any], Any, without),
];

/// The elements for a new list.
fn copied(rt: &mut Runtime<'_>, value: &Value, what: &str) -> Result<Vec<Value>, CallError> {
    let list = items(value, what)?;
    rt.spend(list.items.len() as u64 / 8)?;
    Ok(list.items.clone())
}

fn push(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let mut list = copied(rt, a.get(0), "Cannot push on type")?;
    list.push(a.take(1));
    Ok(Value::list(list))
}

fn prepend(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let mut list = copied(rt, a.get(0), "Cannot prepend on type")?;
    list.insert(0, a.take(1));
    Ok(Value::list(list))
}

fn chunk(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let list = copied(rt, a.get(1), "Cannot chunk type")?;
    let chunks = match usize::try_from(a.int(0)) {
        Ok(size) if size > 0 => list.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect(),
        _ => return Err("runtime error: makeslice: len out of range".into()),
    };
    Ok(Value::List(Rc::new(List { kind: ListKind::Lists, nil: false, items: chunks })))
}

fn compact(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let list = copied(rt, a.get(0), "Cannot compact on type")?;
    Ok(Value::list(list.into_iter().filter(|v| !is_empty(v)).collect()))
}

fn concat(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let mut out = Vec::new();
    for value in a.all() {
        let list = items(value, "Cannot concat type").map_err(|error| match value {
            Value::Nil => error,
            _ => CallError::new(format!("{error} as list")),
        })?;
        rt.spend(list.items.len() as u64 / 8)?;
        out.extend(list.items.iter().cloned());
    }
    Ok(if out.is_empty() { Value::nil_list() } else { Value::list(out) })
}

fn first(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    Ok(items(a.get(0), "Cannot find first on type")?.items.first().cloned().unwrap_or_default())
}

fn last(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    Ok(items(a.get(0), "Cannot find last on type")?.items.last().cloned().unwrap_or_default())
}

fn rest(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let mut list = copied(rt, a.get(0), "Cannot find rest on type")?;
    if list.is_empty() {
        return Ok(Value::nil_list());
    }
    list.remove(0);
    Ok(Value::list(list))
}

fn initial(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let mut list = copied(rt, a.get(0), "Cannot find initial on type")?;
    if list.pop().is_none() {
        return Ok(Value::nil_list());
    }
    Ok(Value::list(list))
}

fn reverse(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let mut list = copied(rt, a.get(0), "Cannot find reverse on type")?;
    list.reverse();
    Ok(Value::list(list))
}

fn contains(list: &[Value], value: &Value) -> bool {
    list.iter().any(|item| deep_equal(value, item))
}

fn has(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    if let Value::Nil = a.get(1) {
        return Ok(Value::Bool(false));
    }
    let list = items(a.get(1), "Cannot find has on type")?;
    rt.spend(list.items.len() as u64 / 4)?;
    Ok(Value::Bool(contains(&list.items, a.get(0))))
}

fn uniq(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let list = items(a.get(0), "Cannot find uniq on type")?;
    let mut out: Vec<Value> = Vec::new();
    for item in &list.items {
        rt.spend(1 + out.len() as u64 / 4)?;
        if !contains(&out, item) {
            out.push(item.clone());
        }
    }
    Ok(Value::list(out))
}

fn without(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let list = items(a.get(0), "Cannot find without on type")?;
    let omitted = a.rest(1);
    rt.spend(list.items.len() as u64 * (1 + omitted.len() as u64) / 4)?;
    Ok(Value::list(list.items.iter().filter(|item| !contains(&omitted, item)).cloned().collect()))
}

fn slice(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let list = items(a.get(0), "list should be type of slice or array but")?;
    rt.spend(list.items.len() as u64 / 8)?;
    let len = list.items.len() as i64;
    if len == 0 {
        return Ok(Value::Nil);
    }
    let from = if a.len() > 1 { to_i64(a.get(1)) } else { 0 };
    let to = if a.len() > 2 { to_i64(a.get(2)) } else { len };
    if from < 0 || from > to || to > len {
        return Err("reflect.Value.Slice: slice index out of bounds".into());
    }
    let items = list.items[from as usize..to as usize].to_vec();
    Ok(Value::List(Rc::new(List { kind: list.kind, nil: false, items })))
}
