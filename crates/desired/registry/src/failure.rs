//! What went wrong, in a sentence that says what, where, and what to do.

use bowline_base_egress::{Error, StatusCode};
use bowline_core_ports::{SourceError, SourceErrorKind};

/// Nothing came of a request.
pub(crate) fn unanswered(what: &str, error: &Error) -> SourceError {
    let kind = match error {
        Error::Refused { .. } | Error::TooLarge { .. } | Error::Redirects { .. } => SourceErrorKind::Refused,
        Error::Connect { .. } | Error::Broken { .. } | Error::Timeout { .. } => SourceErrorKind::Unreachable,
        Error::Encoding { .. } | Error::Sink { .. } => SourceErrorKind::Damaged,
    };
    SourceError::new(kind, format!("{what}: {error}"))
}

/// An answer that is no success. `logged_in` says whether credentials were sent.
pub(crate) fn status(what: &str, url: &str, status: StatusCode, logged_in: bool) -> SourceError {
    let (kind, hint) = match (status.as_u16(), logged_in) {
        (401 | 403, true) => {
            (SourceErrorKind::Authentication, ": the credentials of its repository Secret are not accepted there")
        }
        (401 | 403, false) => (
            SourceErrorKind::Authentication,
            ": it wants credentials; give them in a repository Secret of this URL, or in a credential template above it",
        ),
        (404, _) => (SourceErrorKind::NoSuchRevision, ""),
        (429 | 500.., _) => (SourceErrorKind::Unreachable, ""),
        _ => (SourceErrorKind::Refused, ""),
    };
    SourceError::new(kind, format!("{what}: {url} answered {status}{hint}"))
}

/// What a repository or registry said cannot be used.
pub(crate) fn damaged(text: impl Into<String>) -> SourceError {
    SourceError::new(SourceErrorKind::Damaged, text)
}

/// There is no such version.
pub(crate) fn missing(text: impl Into<String>) -> SourceError {
    SourceError::new(SourceErrorKind::NoSuchRevision, text)
}

/// What was asked for is of a form that is not allowed.
pub(crate) fn refused(text: impl Into<String>) -> SourceError {
    SourceError::new(SourceErrorKind::Refused, text)
}
