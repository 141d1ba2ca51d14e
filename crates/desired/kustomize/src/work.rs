//! [`Work`]: how much one build may do, and how much it may make.

use std::cell::Cell;

use bowline_base_value::Value;

use crate::error::{Error, Result};
use crate::node::{Body, Node};

/// Steps of one build. A step is about what one node of a document costs that is looked at or made; the largest real builds take
/// some hundred thousand.
const STEPS: u64 = 50_000_000;
/// Bytes of a text that cost as much as a node.
const TEXT: u64 = 32;

/// What is left of a build's steps.
#[derive(Debug)]
pub(crate) struct Work {
    all: u64,
    left: Cell<u64>,
}

// === impl Work ===

impl Default for Work {
    fn default() -> Work {
        Work::of(STEPS)
    }
}

impl Work {
    /// So many steps.
    pub(crate) fn of(steps: u64) -> Work {
        Work { all: steps, left: Cell::new(steps) }
    }

    /// Takes steps; an error where there are none left.
    pub(crate) fn spend(&self, steps: u64) -> Result<()> {
        let left = self.left.get().checked_sub(steps);
        self.left.set(left.unwrap_or_default());
        left.map(drop).ok_or_else(|| Error::TooLarge(format!("it takes more than {} steps", self.all)))
    }

    /// How many were taken.
    pub(crate) fn spent(&self) -> u64 {
        self.all - self.left.get()
    }

    /// Takes as many steps as a text costs.
    pub(crate) fn spend_text(&self, text: &str) -> Result<()> {
        self.spend(1 + text.len() as u64 / TEXT)
    }

    /// Takes as many steps as a node has nodes. What it holds twice counts twice, for that is how it is printed.
    pub(crate) fn spend_node(&self, node: &Node) -> Result<()> {
        match &node.body {
            Body::Scalar(text) => self.spend_text(text),
            Body::Sequence(items) => {
                self.spend(1)?;
                items.iter().try_for_each(|item| self.spend_node(item))
            }
            Body::Mapping(entries) => {
                self.spend(1)?;
                entries.iter().try_for_each(|(key, value)| {
                    self.spend_node(key)?;
                    self.spend_node(value)
                })
            }
        }
    }

    /// The same for a value.
    pub(crate) fn spend_value(&self, value: &Value) -> Result<()> {
        match value {
            Value::String(text) => self.spend_text(text),
            Value::Array(items) => {
                self.spend(1)?;
                items.iter().try_for_each(|item| self.spend_value(item))
            }
            Value::Object(fields) => {
                self.spend(1)?;
                fields.iter().try_for_each(|(key, value)| {
                    self.spend_text(key)?;
                    self.spend_value(value)
                })
            }
            _ => self.spend(1),
        }
    }
}
