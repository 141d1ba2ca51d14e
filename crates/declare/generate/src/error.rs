//! [`GenerateError`].

/// Why a set of parameters, or an application of it, cannot be made. Texts are for the author of the ApplicationSet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// A generator cannot give its parameters.
    #[error("generator {place}: {reason}")]
    Generator {
        /// Which one: its place counted from 1, and those of the ones inside it, such as `2.1`, with its kind.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// The template cannot be filled in.
    #[error("{reason}")]
    Template {
        /// What is wrong, with the text that it is about.
        reason: String,
    },
    /// `templatePatch` cannot be filled in or laid over.
    #[error("templatePatch: {reason}")]
    Patch {
        /// What is wrong.
        reason: String,
    },
    /// Several applications would have one name.
    #[error("several applications would be called {name:?}: the parameters must make the names differ")]
    SameName {
        /// The name.
        name: String,
    },
}

// === impl GenerateError ===

impl GenerateError {
    pub(crate) fn generator(place: &str, reason: impl Into<String>) -> GenerateError {
        GenerateError::Generator { place: place.to_string(), reason: reason.into() }
    }

    pub(crate) fn template(reason: impl Into<String>) -> GenerateError {
        GenerateError::Template { reason: reason.into() }
    }
}
