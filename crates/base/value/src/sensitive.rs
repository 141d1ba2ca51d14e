//! [`Sensitive`]: values that are used and never shown.

use std::fmt;

/// A password, key or token. It has no `Display` and no `Serialize`, and its `Debug` says only that it is there: whoever
/// wants the text must write [`Sensitive::expose`], which a reviewer can search for.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sensitive<T>(T);

// === impl Sensitive ===

impl<T> Sensitive<T> {
    /// Wraps a secret.
    pub fn new(value: T) -> Sensitive<T> {
        Sensitive(value)
    }

    /// The secret itself. Use it where it is spent, never where it is kept or told.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(sensitive)")
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Sensitive<T> {
        Sensitive(value)
    }
}
