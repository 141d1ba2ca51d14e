//! JSON patches (RFC 6902) as the library that kustomize uses applies them: negative indices count from the end.

use bowline_base_value::Value;

use crate::error::{Error, Result};
use crate::work::Work;

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operation {
    kind: Kind,
    path: Vec<String>,
    from: Vec<String>,
    value: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

/// Reads a patch: a list of operations.
pub(crate) fn parse(patch: &Value) -> Result<Vec<Operation>> {
    let malformed = |reason: String| Error::Malformed { path: "JSON patch".to_string(), reason };
    let items = match patch {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        other => return Err(malformed(format!("must be a list of operations, not {}", other.type_name()))),
    };
    items
        .iter()
        .enumerate()
        .map(|(i, item)| operation(item).map_err(|reason| malformed(format!("[{i}]: {reason}"))))
        .collect()
}

fn operation(item: &Value) -> Result<Operation, String> {
    if item.as_object().is_none() {
        return Err(format!("must be an object, not {}", item.type_name()));
    }
    let text = |field: &str| item.str_at(&[field]);
    let kind = match text("op") {
        Some("add") => Kind::Add,
        Some("remove") => Kind::Remove,
        Some("replace") => Kind::Replace,
        Some("move") => Kind::Move,
        Some("copy") => Kind::Copy,
        Some("test") => Kind::Test,
        other => return Err(format!("op: unexpected kind {:?}", other.unwrap_or("unknown"))),
    };
    let path = pointer(text("path").ok_or("path: is missing")?);
    let from = match kind {
        Kind::Move | Kind::Copy => pointer(text("from").ok_or("from: is missing")?),
        _ => Vec::new(),
    };
    Ok(Operation { kind, path, from, value: item.get("value").cloned() })
}

fn pointer(text: &str) -> Vec<String> {
    text.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

/// Applies operations one after the other.
pub(crate) fn apply(mut document: Value, operations: &[Operation], work: &Work) -> Result<Value> {
    for operation in operations {
        work.spend(1)?;
        let shown = || format!("/{}", operation.path.join("/"));
        let value = || operation.value.clone().unwrap_or_default();
        let missing =
            |what: &str| Error::Object(format!("{what} operation does not apply: doc is missing path {:?}", shown()));
        match operation.kind {
            Kind::Add => add(&mut document, &operation.path, value()).ok_or_else(|| missing("add"))?,
            Kind::Remove => {
                remove(&mut document, &operation.path).ok_or_else(|| missing("remove"))?;
            }
            Kind::Replace => replace(&mut document, &operation.path, value()).ok_or_else(|| missing("replace"))?,
            Kind::Move => {
                let taken = remove(&mut document, &operation.from).ok_or_else(|| missing("move"))?;
                add(&mut document, &operation.path, taken).ok_or_else(|| missing("move"))?;
            }
            Kind::Copy => {
                let copied = get(&mut document, &operation.from).ok_or_else(|| missing("copy"))?;
                work.spend_value(&copied)?;
                add(&mut document, &operation.path, copied).ok_or_else(|| missing("copy"))?;
            }
            Kind::Test => {
                let found = get(&mut document, &operation.path).ok_or_else(|| missing("test"))?;
                if found != value() {
                    return Err(Error::Object(format!("testing value {} failed", shown())));
                }
            }
        }
    }
    Ok(document)
}

/// The place of an existing element; `-1` is the last one.
fn index(part: &str, len: usize) -> Option<usize> {
    let at: i64 = part.parse().ok()?;
    let at = if at < 0 { at.checked_add(len as i64)? } else { at };
    usize::try_from(at).ok().filter(|at| *at < len)
}

fn get_mut<'v>(document: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(document, |value, part| match value {
        Value::Array(_) => {
            let items = value.as_array_mut()?;
            let at = index(part, items.len())?;
            items.get_mut(at)
        }
        _ => value.as_object_mut()?.get_mut(part),
    })
}

/// What is at a path; a field that is missing in an object is null.
fn get(document: &mut Value, path: &[String]) -> Option<Value> {
    let Some((last, parent)) = path.split_last() else { return Some(document.clone()) };
    match get_mut(document, parent)? {
        Value::Object(map) => Some(map.get(last).cloned().unwrap_or_default()),
        parent => get_mut(parent, std::slice::from_ref(last)).cloned(),
    }
}

/// Sets what is at a path; a field that is missing in an object is added.
fn replace(document: &mut Value, path: &[String], value: Value) -> Option<()> {
    let Some((last, parent)) = path.split_last() else {
        *document = value;
        return Some(());
    };
    match get_mut(document, parent)? {
        Value::Object(map) => {
            std::sync::Arc::make_mut(map).insert(last.as_str(), value);
        }
        parent => *get_mut(parent, std::slice::from_ref(last))? = value,
    }
    Some(())
}

fn add(document: &mut Value, path: &[String], value: Value) -> Option<()> {
    let Some((last, parent)) = path.split_last() else {
        *document = value;
        return Some(());
    };
    let parent = get_mut(document, parent)?;
    if let Value::Array(_) = parent {
        let items = parent.as_array_mut()?;
        let len = items.len();
        let at = if last == "-" {
            len
        } else {
            let at: i64 = last.parse().ok()?;
            // One past the end is a place to add, and `-1` is that place.
            let at = if at < 0 { at.checked_add(len as i64 + 1)? } else { at };
            usize::try_from(at).ok().filter(|at| *at <= len)?
        };
        items.insert(at, value);
        return Some(());
    }
    parent.as_object_mut()?.insert(last.as_str(), value);
    Some(())
}

fn remove(document: &mut Value, path: &[String]) -> Option<Value> {
    let (last, parent) = path.split_last()?;
    let parent = get_mut(document, parent)?;
    if let Value::Array(_) = parent {
        let items = parent.as_array_mut()?;
        let at = index(last, items.len())?;
        return Some(items.remove(at));
    }
    parent.as_object_mut()?.remove(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bowline_base_value::{from_json, to_json};

    fn check(document: &str, patch: &str, want: Result<&str, ()>) {
        let json = |text: &str| from_json(text.as_bytes()).unwrap();
        let got = parse(&json(patch)).and_then(|operations| apply(json(document), &operations, &Work::default()));
        assert_eq!(got.map(|value| to_json(&value, false)).map_err(|_| ()), want.map(String::from), "{patch}");
    }

    #[test]
    fn operations_apply_or_fail() {
        check(r#"{"a":[1,2]}"#, r#"[{"op":"add","path":"/a/-","value":3}]"#, Ok(r#"{"a":[1,2,3]}"#));
        check(r#"{"a":[1,2]}"#, r#"[{"op":"add","path":"/a/0","value":3}]"#, Ok(r#"{"a":[3,1,2]}"#));
        check(r#"{"a":[1,2]}"#, r#"[{"op":"remove","path":"/a/-1"}]"#, Ok(r#"{"a":[1]}"#));
        check(r#"{"a":{}}"#, r#"[{"op":"add","path":"/a/b~1c","value":null}]"#, Ok(r#"{"a":{"b/c":null}}"#));
        check(r#"{"a":1}"#, r#"[{"op":"move","from":"/a","path":"/b"}]"#, Ok(r#"{"b":1}"#));
        check(r#"{"a":1}"#, r#"[{"op":"test","path":"/a","value":2}]"#, Err(()));
        check(r#"{"a":1}"#, r#"[{"op":"replace","path":"/b","value":2}]"#, Ok(r#"{"a":1,"b":2}"#));
        check(r#"{"a":[]}"#, r#"[{"op":"replace","path":"/a/0","value":2}]"#, Err(()));
        check(r#"{"a":1}"#, r#"[{"op":"test","path":"/b","value":null}]"#, Ok(r#"{"a":1}"#));
        check(r#"{"a":1}"#, r#"[{"op":"remove","path":"/b"}]"#, Err(()));
        check(r#"{"a":1}"#, r#"[{"op":"add","path":"/b/c","value":2}]"#, Err(()));
        check(r#"{"a":1}"#, r#"[{"op":"grow","path":"/b"}]"#, Err(()));
    }
}
