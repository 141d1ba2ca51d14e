//! The client's errors in the words of the port.

use bowline_base_kube::{Class, Error};
use bowline_core_ports::{ClusterError, ClusterErrorKind};

/// An error about an object that may be told as it is.
pub(crate) fn plain(error: &Error) -> ClusterError {
    ClusterError::new(kind(error), error.to_string())
}

/// An error about a Secret: the server's words may quote what it holds.
pub(crate) fn secret(error: &Error) -> ClusterError {
    let Error::Status(status) = error else { return plain(error) };
    let what = match status.class() {
        Class::Invalid => {
            "the API server found the Secret invalid; its words are withheld, because they may quote the data"
        }
        Class::Conflict => "the Secret changed meanwhile, or another manager owns a field of it",
        Class::Forbidden => {
            "we may not write this Secret, or an admission rule refused it; the words are withheld, because they may quote the data"
        }
        _ => "the API server refused the Secret; its words are withheld, because they may quote the data",
    };
    ClusterError::new(kind(error), format!("{what} (status {})", status.code))
}

fn kind(error: &Error) -> ClusterErrorKind {
    match error.class() {
        Class::NotFound => ClusterErrorKind::NotFound,
        Class::AlreadyExists => ClusterErrorKind::AlreadyExists,
        Class::Conflict => ClusterErrorKind::Conflict,
        Class::Invalid => ClusterErrorKind::Invalid,
        Class::Forbidden => ClusterErrorKind::Forbidden,
        Class::Unauthorized => ClusterErrorKind::Unauthorized,
        Class::TooManyRequests => ClusterErrorKind::TooManyRequests,
        Class::Unreachable | Class::Timeout | Class::Server => ClusterErrorKind::Unreachable,
        Class::Expired | Class::Other => ClusterErrorKind::Other,
    }
}
