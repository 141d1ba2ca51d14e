//! [`Difference`] and its [`Cause`].

use std::fmt;

use bowline_base_value::Value;
use bowline_plan_merge::Operation;

use crate::Path;

/// One field that applying the desired object would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The field.
    pub path: Path,
    /// What it holds; `None` where it is absent. Secret data are digests.
    pub live: Option<Value>,
    /// What it would hold; `None` where it would be removed.
    pub desired: Option<Value>,
    /// Why they differ.
    pub cause: Cause,
}

/// Differences, at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Differences(Vec<Difference>);

/// A field manager that holds a live value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its name.
    pub manager: String,
    /// How it wrote.
    pub operation: Operation,
    /// The subresource it wrote through, empty for the object itself.
    pub subresource: String,
    /// When it last wrote, RFC 3339.
    pub since: Option<String>,
}

/// Why a field differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Git says something else than what was applied last.
    GitChanged,
    /// Someone else wrote the live value.
    ChangedBy(Holder),
    /// Someone removed the field: whoever wrote last beside us, where anyone did.
    Removed(Option<Holder>),
    /// A client-side apply wrote the field, and Git does not have it.
    Adoption(Holder),
    /// The API server fills it in, or a webhook does, at each apply. Only compared when that is asked for.
    Server,
}

// === impl Differences ===

impl Differences {
    /// The differences; `None` where there are none.
    pub fn new(list: Vec<Difference>) -> Option<Differences> {
        if list.is_empty() { None } else { Some(Differences(list)) }
    }

    /// The first.
    pub fn first(&self) -> &Difference {
        self.0.first().expect("because there is at least one")
    }

    /// All of them, in the order of the object's fields.
    pub fn as_slice(&self) -> &[Difference] {
        &self.0
    }

    /// A sentence for people: the first field with its cause, and how many more there are.
    pub fn sentence(&self) -> String {
        let first = self.first();
        match self.0.len() {
            1 => format!("{} {}", first.path, first.cause),
            n => format!("{} {} (and {} more)", first.path, first.cause, n - 1),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.manager)?;
        if !self.subresource.is_empty() {
            write!(f, " (through {})", self.subresource)?;
        }
        if let Some(since) = &self.since {
            write!(f, " at {since}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::GitChanged => f.write_str("was changed in Git"),
            Cause::ChangedBy(holder) => write!(f, "was changed by {holder}"),
            Cause::Removed(Some(holder)) => write!(f, "was removed, probably by {holder}"),
            Cause::Removed(None) => f.write_str("was removed"),
            Cause::Adoption(holder) => write!(f, "was written by {holder} and is not in Git"),
            Cause::Server => f.write_str("is set by the API server or an admission webhook"),
        }
    }
}
