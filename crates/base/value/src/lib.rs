//! The object model that everything renders into and compares: JSON values with Go's number and key rules.
//!
//! A [`Value`] is what Go code holds after `sigs.k8s.io/yaml` or `encoding/json` decoded a document: maps are unordered
//! there and always written sorted by key, so a [`Map`] here *is* sorted by key. Arrays, objects and strings are shared by
//! reference: cloning a value costs a counter, and [`Value::as_object_mut`] copies only what is shared when it is changed.

mod json;
mod map;
mod number;
mod sensitive;
mod serde_impl;
mod value;
pub mod yaml;

pub use json::{JsonError, from_json, to_json, to_json_indented};
pub use map::Map;
pub use number::{format_float, format_g64};
pub use sensitive::Sensitive;
pub use value::{Str, Value};
