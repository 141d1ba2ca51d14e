//! [`Stored`]: an Application as it is stored, and what commands ask of the store.

use bowline_base_value::Value;
use bowline_core_crd::Application;
use clap::ValueEnum;

use crate::error::CliError;
use crate::kube::from_raw;

/// An Application as it is stored, and the typed view of it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Everything.
    pub raw: Value,
    /// What is known of it.
    pub app: Application,
}

/// An Application that is to be made.
pub struct Wanted<'a> {
    /// What a file said of it; an empty object where none did.
    pub raw: &'a Value,
    /// The Application.
    pub app: &'a Application,
    /// Changes one that is there already.
    pub upsert: bool,
    /// Checks it first.
    pub validate: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was not there.
    Created,
    /// It was there and is another one now.
    Updated,
    /// It was there, the same.
    Unchanged,
}

/// How dependents of deleted objects are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Propagation {
    /// Dependents first.
    Foreground,
    /// Dependents after.
    Background,
}

// === impl Made ===

impl Made {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Made::Created => "created",
            Made::Updated => "updated",
            Made::Unchanged => "unchanged",
        }
    }
}

/// The typed view of an Application.
pub fn typed(raw: &Value) -> Result<Application, String> {
    from_raw(raw).map_err(|e| {
        let name = raw.str_at(&["metadata", "name"]).unwrap_or_default();
        format!("application '{name}': {e}")
    })
}

/// An Application with its typed view.
pub fn stored(raw: Value) -> Result<Stored, CliError> {
    let app = typed(&raw).map_err(CliError::failed)?;
    Ok(Stored { raw, app })
}

/// What is said of one that is not there.
pub fn gone(namespace: &str, name: &str) -> CliError {
    let full = if namespace.is_empty() { name.to_string() } else { format!("{namespace}/{name}") };
    CliError::failed(format!("application '{full}' does not exist (any more)"))
}
