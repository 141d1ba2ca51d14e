//! How many values a table holds: copies and imports multiply, so they are counted before they are made.

use bowline_base_gotmpl::{Map, Value};
use bowline_base_value::Value as BaseValue;

/// Takes the values of a table, at all levels, off what is left. A table that is held twice counts twice, as its copies will.
pub(crate) fn table(values: &Map, left: &mut usize) -> Result<(), String> {
    let mut open: Vec<Value> = values.entries().into_iter().map(|(_, value)| value).collect();
    while let Some(value) = open.pop() {
        take(left)?;
        match value {
            Value::Map(map) => open.extend(map.entries().into_iter().map(|(_, value)| value)),
            Value::List(list) => open.extend(list.items.iter().cloned()),
            _ => {}
        }
    }
    Ok(())
}

/// The same of values as they were read.
pub(crate) fn file(values: &BaseValue, left: &mut usize) -> Result<(), String> {
    take(left)?;
    match values {
        BaseValue::Array(items) => items.iter().try_for_each(|item| file(item, left)),
        BaseValue::Object(map) => map.iter().try_for_each(|(_, value)| file(value, left)),
        _ => Ok(()),
    }
}

fn take(left: &mut usize) -> Result<(), String> {
    *left = left.checked_sub(1).ok_or("aliases and imports of its charts make too many values")?;
    Ok(())
}
