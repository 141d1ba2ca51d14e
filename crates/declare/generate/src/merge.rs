//! The merge generator: the sets of one generator, with those of others laid over where they agree in the keys.

use std::collections::BTreeMap;

use bowline_base_value::{Value, to_json};
use bowline_core_crd::ApplicationSetNestedGenerator;

use crate::generate::Generating;
use crate::values::lay_over;
use crate::{GenerateError, Params};

/// The sets of the first in their order; what others have for keys that it does not is left out.
pub(crate) fn params(
    run: &mut Generating<'_, '_>,
    place: &str,
    depth: usize,
    generators: &[ApplicationSetNestedGenerator],
    keys: &[String],
) -> Result<Vec<Params>, GenerateError> {
    let wrong = |reason: String| GenerateError::generator(place, reason);
    let [base, others @ ..] = generators else { return Err(wrong(too_few(0))) };
    if others.is_empty() {
        return Err(wrong(too_few(1)));
    }
    if keys.is_empty() {
        return Err(wrong("no merge keys were specified, Merge requires at least one".to_string()));
    }
    let mut sets = run.nested(&format!("{place}.1"), depth, base, &Params::new())?;
    for (i, other) in others.iter().enumerate() {
        let mut over = BTreeMap::new();
        for set in run.nested(&format!("{place}.{}", i + 2), depth, other, &Params::new())? {
            let key = key_of(&set, keys);
            if over.contains_key(&key) {
                return Err(wrong(format!(
                    "the parameters from a generator were not unique by the given mergeKeys, Merge requires all param \
                     sets to be unique. Duplicate key was {key}"
                )));
            }
            over.insert(key, set);
        }
        for set in &mut sets {
            let Some(over) = over.get(&key_of(set, keys)) else { continue };
            if run.filler.is_go() {
                lay_over(set, over);
            } else {
                over.iter().for_each(|(key, value)| drop(set.insert(key.clone(), value.clone())));
            }
        }
    }
    Ok(sets)
}

fn too_few(count: usize) -> String {
    format!("found {count} generators, Merge requires two or more")
}

/// What the keys are in a set, as one text.
fn key_of(set: &Params, keys: &[String]) -> String {
    let fields = keys.iter().map(|key| (key.as_str(), set.get(key).cloned().unwrap_or(Value::Null)));
    to_json(&fields.collect::<Value>(), true)
}
