//! [`Error`]: why a build has no result.

use crate::node::{LookupError, MatchError, ReadError, SetError, ValueError};
use crate::schema::SchemaError;

/// Why a build has no result. Print the chain (`source`), outermost first, to say where.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Where something went wrong: a file, a field of the kustomization, an object.
    #[error("{what}")]
    Within {
        /// What was being done, with the file or object it was done to.
        what: String,
        /// What went wrong.
        source: Box<Error>,
    },
    /// A file or directory that cannot be read.
    #[error("{path}: {reason}")]
    Load {
        /// The path as it stands in the kustomization, or the directory of a root.
        path: String,
        /// Why.
        reason: String,
    },
    /// A path that leads to nothing that can be read there; the reason names it.
    #[error("{0}")]
    Path(String),
    /// Something remote that is being fetched.
    #[error("{0} is being fetched")]
    Pending(String),
    /// A file that is not what the place demands: no YAML, no kustomization, no object.
    #[error("{path}: {reason}")]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A field of a kustomization (or of a built-in transformer's configuration) with a value that it cannot have.
    #[error("field {field}: {reason}")]
    Field {
        /// The path of the field, as `images[0].name`.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Two objects with one identity.
    #[error("may not add resource with an already registered id: {0}")]
    Conflict(String),
    /// An object that was asked for and is not there, or more than once.
    #[error("{0}")]
    Target(String),
    /// An object that a transformation does not fit.
    #[error("{0}")]
    Object(String),
    /// A flag of the command that does not exist, or has a value that it cannot have.
    #[error("{0}")]
    Flag(String),
    /// What kustomize does only by running a program, or by going where this build may not go.
    #[error("{0}")]
    Refused(String),
    /// More work than one build may be: resources, nesting or size.
    #[error("the build is too large: {0}")]
    TooLarge(String),
}

/// The result of a step.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Adds where a step went wrong.
pub(crate) trait Context<T> {
    fn within(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Into<Error>> Context<T> for Result<T, E> {
    fn within(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Error::Within { what: what(), source: Box::new(error.into()) })
    }
}

// === impl Error ===

impl Error {
    /// The whole chain in one line, as `kustomize` prints it after `Error: `.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        text
    }

    /// Whether the build only waits for something remote.
    pub(crate) fn is_pending(&self) -> bool {
        match self {
            Error::Pending(_) => true,
            Error::Within { source, .. } => source.is_pending(),
            _ => false,
        }
    }

    /// Whether the fault is in a file's syntax, not in its absence.
    pub(crate) fn is_malformed(&self) -> bool {
        match self {
            Error::Malformed { .. } => true,
            Error::Within { source, .. } => source.is_malformed(),
            _ => false,
        }
    }
}

macro_rules! object_errors {
    ($($from:ty),*) => {$(
        impl From<$from> for Error {
            fn from(error: $from) -> Error {
                Error::Object(error.to_string())
            }
        }
    )*};
}

object_errors!(LookupError, MatchError, ReadError, SetError, ValueError, SchemaError);
