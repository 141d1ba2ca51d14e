//! The matrix generator: each set of one generator with each of another.

use bowline_base_value::Value;
use bowline_core_crd::ApplicationSetNestedGenerator;

use crate::generate::Generating;
use crate::values::lay_over;
use crate::{GenerateError, Params};

/// The sets of the first, each with those that the second gives when it knows them.
pub(crate) fn params(
    run: &mut Generating<'_, '_>,
    place: &str,
    depth: usize,
    generators: &[ApplicationSetNestedGenerator],
) -> Result<Vec<Params>, GenerateError> {
    let [first, second] = generators else {
        let reason = format!("a matrix takes two generators, not {}", generators.len());
        return Err(GenerateError::generator(place, reason));
    };
    let mut sets = Vec::new();
    for a in run.nested(&format!("{place}.1"), depth, first, &Params::new())? {
        for b in run.nested(&format!("{place}.2"), depth, second, &a)? {
            run.count(place)?;
            sets.push(if run.filler.is_go() {
                let mut both = b;
                lay_over(&mut both, &a);
                both
            } else {
                combine(a.clone(), &b).map_err(|reason| GenerateError::generator(place, reason))?
            });
        }
    }
    Ok(sets)
}

/// Both together; where both have a parameter it must be the same.
fn combine(mut a: Params, b: &Params) -> Result<Params, String> {
    for (key, value) in b.iter() {
        match a.get(key) {
            Some(there) if there != value => {
                let text = |value: &Value| crate::values::text(value);
                return Err(format!(
                    "found duplicate key {key} with different value, a: {} ,b: {}",
                    text(there),
                    text(value)
                ));
            }
            _ => drop(a.insert(key.clone(), value.clone())),
        }
    }
    Ok(a)
}
