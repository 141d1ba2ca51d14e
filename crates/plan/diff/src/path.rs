//! [`Path`]: where a field is, for people and for programs.

use std::fmt;

use bowline_base_value::{Str, Value, to_json};

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Into a field.
    Field(Str),
    /// To the item of a list that these keys tell apart.
    Item(Vec<(Str, Value)>),
    /// To an item of a set, by its value.
    Member(Value),
    /// To an item by its place.
    Index(usize),
}

/// Where a field is: `spec.containers[name=web].image`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path(Vec<Step>);

// === impl Path ===

impl Path {
    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The path with one more step.
    pub fn join(&self, step: Step) -> Path {
        let mut steps = self.0.clone();
        steps.push(step);
        Path(steps)
    }

    /// The path with one more field.
    pub fn field(&self, name: &Str) -> Path {
        self.join(Step::Field(name.clone()))
    }

    /// Whether it starts with these fields.
    pub fn starts_with(&self, fields: &[&str]) -> bool {
        self.0.len() >= fields.len()
            && self.0.iter().zip(fields).all(|(step, field)| matches!(step, Step::Field(f) if &**f == *field))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.to_string(),
        other => to_json(other, false),
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                // Names with dots, slashes and such (annotations) are quoted, so that a path reads one way only.
                Step::Field(name) if name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) => {
                    write!(f, "{}{name}", if i == 0 { "" } else { "." })?;
                }
                Step::Field(name) => write!(f, "[{}]", to_json(&Value::from(name.clone()), false))?,
                Step::Item(keys) => {
                    let keys: Vec<_> = keys.iter().map(|(key, value)| format!("{key}={}", plain(value))).collect();
                    write!(f, "[{}]", keys.join(","))?;
                }
                Step::Member(value) => write!(f, "[={}]", plain(value))?,
                Step::Index(i) => write!(f, "[{i}]")?,
            }
        }
        Ok(())
    }
}
