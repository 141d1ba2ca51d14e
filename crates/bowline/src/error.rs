//! What a command says when it fails: once, at the end, with what to do next.

use std::fmt;

/// A failed command.
#[derive(Debug)]
pub struct CliError {
    message: String,
    hint: Option<String>,
    code: u8,
}

// === impl CliError ===

impl CliError {
    /// The command was called wrongly.
    pub fn usage(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), hint: None, code: 20 }
    }

    /// The command was right and could not be done.
    pub fn failed(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), hint: None, code: 20 }
    }

    /// Ends the process with `code` and no words: they were printed already (`diff` found differences).
    pub fn quiet(code: u8) -> CliError {
        CliError { message: String::new(), hint: None, code }
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> CliError {
        self.hint = Some(hint.into());
        self
    }

    /// Exits with another code than 20, which is what Argo CD's command line exits with on errors.
    pub fn code(mut self, code: u8) -> CliError {
        self.code = code;
        self
    }

    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        self.code
    }

    /// Whether there is nothing more to say.
    pub fn is_quiet(&self) -> bool {
        self.message.is_empty()
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CliError {}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> CliError {
        // Whoever read the output has seen enough (`| head`): nobody is left to tell it, and 141 is what shells call it.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return CliError::quiet(141);
        }
        CliError::failed(error.to_string())
    }
}
