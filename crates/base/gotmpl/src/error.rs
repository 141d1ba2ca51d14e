//! [`Error`]: what went wrong while a template ran, with the chain that Go's `errors.Unwrap` would walk.

use std::fmt;

/// An execution error. Displays as Go's text: `template: file:line:col: executing "name" at <what>: why`.
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    text: String,
    cause: Option<Error>,
    is_exec: bool,
}

/// The error of a function: the same type, named for what a function returns.
pub type CallError = Error;

// === impl Error ===

impl Error {
    /// An error with this text and no cause.
    pub fn new(text: impl Into<String>) -> Error {
        Error(Box::new(Inner { text: text.into(), cause: None, is_exec: false }))
    }

    /// An error whose text ends in that of its cause, as `fmt.Errorf("…: %w", cause)` makes one.
    pub fn wrap(before: impl fmt::Display, cause: Error) -> Error {
        let text = format!("{before}: {cause}");
        Error(Box::new(Inner { text, cause: Some(cause), is_exec: false }))
    }

    /// An error that the evaluator raised (Go's `template.ExecError`).
    pub(crate) fn exec(text: String, cause: Option<Error>) -> Error {
        Error(Box::new(Inner { text, cause, is_exec: true }))
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What it was caused by.
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// Whether this, or a cause of it, was raised by the evaluator and not by a function alone.
    pub fn is_exec(&self) -> bool {
        self.0.is_exec || self.cause().is_some_and(Error::is_exec)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for Error {}

impl From<String> for Error {
    fn from(text: String) -> Error {
        Error::new(text)
    }
}

impl From<&str> for Error {
    fn from(text: &str) -> Error {
        Error::new(text)
    }
}
