//! Removal of paths.

use bowline_base_value::Value;

use crate::Step;

/// Removes what the paths name: from the last to the first, so that no removal moves what another one names.
pub(crate) fn remove(value: &mut Value, mut paths: Vec<Vec<Step>>) {
    paths.sort();
    paths.dedup();
    for path in paths.iter().rev() {
        remove_one(value, path);
    }
}

fn remove_one(value: &mut Value, path: &[Step]) {
    match path {
        [] => *value = Value::Null,
        [last] => remove_here(value, last),
        [step, rest @ ..] => {
            let next = match step {
                Step::Field(name) => value.as_object_mut().and_then(|fields| fields.get_mut(name)),
                Step::Index(i) => value.as_array_mut().and_then(|items| {
                    let i = place(*i, items.len())?;
                    items.get_mut(i)
                }),
                // Nothing lies below a slice but the slice itself.
                Step::Slice(..) => None,
            };
            if let Some(next) = next {
                remove_one(next, rest);
            }
        }
    }
}

fn remove_here(value: &mut Value, step: &Step) {
    match step {
        Step::Field(name) => {
            if let Some(fields) = value.as_object_mut() {
                fields.remove(name);
            }
        }
        Step::Index(i) => {
            if let Some(items) = value.as_array_mut()
                && let Some(i) = place(*i, items.len())
                && i < items.len()
            {
                items.remove(i);
            }
        }
        Step::Slice(from, to) => {
            if let Some(items) = value.as_array_mut() {
                let end = |at: Option<i64>, otherwise| at.map_or(otherwise, |i| clamp(i, items.len()));
                let (from, to) = (end(*from, 0), end(*to, items.len()));
                if from < to {
                    items.drain(from..to);
                }
            }
        }
    }
}

/// The place that an index means; negative ones count from the end.
fn place(i: i64, len: usize) -> Option<usize> {
    if i >= 0 { usize::try_from(i).ok() } else { len.checked_sub(usize::try_from(i.unsigned_abs()).ok()?) }
}

fn clamp(i: i64, len: usize) -> usize {
    place(i, len).unwrap_or(if i < 0 { 0 } else { len }).min(len)
}
