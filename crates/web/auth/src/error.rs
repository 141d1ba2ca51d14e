//! [`AuthError`]: why somebody is not let in, or may not change an account, with the contract's codes and sentences.

/// The class of an error, by the name that gRPC has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Something is wrong with what was asked.
    InvalidArgument,
    /// There is no such thing.
    NotFound,
    /// There is such a thing already.
    AlreadyExists,
    /// Not without a (valid) session.
    Unauthenticated,
    /// Not for this one.
    PermissionDenied,
    /// Somebody else changed the same thing, and went on doing so.
    Aborted,
    /// What is needed cannot be reached.
    Unavailable,
    /// Everything that the contract has no class for.
    Unknown,
    /// Our own fault.
    Internal,
}

/// An error with its class. `Display` is the sentence that a client gets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AuthError {
    /// The class.
    pub code: Code,
    /// The sentence.
    pub message: String,
}

// === impl Code ===

impl Code {
    /// Its number in gRPC.
    pub fn number(self) -> i32 {
        match self {
            Code::Unknown => 2,
            Code::InvalidArgument => 3,
            Code::NotFound => 5,
            Code::AlreadyExists => 6,
            Code::PermissionDenied => 7,
            Code::Aborted => 10,
            Code::Internal => 13,
            Code::Unavailable => 14,
            Code::Unauthenticated => 16,
        }
    }
}

// === impl AuthError ===

impl AuthError {
    /// An error of class `code`.
    pub fn new(code: Code, message: impl Into<String>) -> AuthError {
        AuthError { code, message: message.into() }
    }

    /// No token came with the request.
    pub fn no_session() -> AuthError {
        AuthError::new(Code::Unauthenticated, "no session information")
    }

    /// The token that came is not (or no longer) good.
    pub fn invalid_session(reason: impl std::fmt::Display) -> AuthError {
        AuthError::new(Code::Unauthenticated, format!("invalid session: {reason}"))
    }

    /// A login that failed; it does not say by which half.
    pub fn invalid_login() -> AuthError {
        AuthError::new(Code::Unauthenticated, "Invalid username or password")
    }

    /// The same error with words before it; its class stays.
    pub fn within(self, context: impl std::fmt::Display) -> AuthError {
        AuthError { code: self.code, message: format!("{context}: {}", self.message) }
    }
}
