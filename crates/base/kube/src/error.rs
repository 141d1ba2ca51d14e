//! [`Error`]: why a request did not do what it should.

use std::time::Duration;

pub(crate) use bowline_base_egress::chain;
use serde::Deserialize;

/// Why a request did not do what it should.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The API server refused it.
    #[error("{}", .0.message)]
    Status(Box<Status>),
    /// No connection could be had.
    #[error("cannot connect to {server}: {reason}")]
    Connect {
        /// The API server.
        server: String,
        /// What failed.
        reason: String,
    },
    /// The connection broke before the answer was complete.
    #[error("the connection to {server} broke: {reason}")]
    Broken {
        /// The API server.
        server: String,
        /// What failed.
        reason: String,
    },
    /// No complete answer in time.
    #[error("{server} did not answer {what} within {} s", .after.as_secs())]
    Timeout {
        /// The API server.
        server: String,
        /// Method and path.
        what: String,
        /// The deadline.
        after: Duration,
    },
    /// Who we are could not be found out.
    #[error("no credentials for {server}: {reason}")]
    Credentials {
        /// The API server.
        server: String,
        /// What failed.
        reason: String,
    },
    /// The answer is larger than anything that is accepted.
    #[error("the answer to {what} is larger than {limit} bytes")]
    TooLarge {
        /// Method and path.
        what: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer is not what the Kubernetes API says it is.
    #[error("the answer to {what} cannot be read: {reason}")]
    Decode {
        /// Method and path.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// The configuration cannot be used.
    #[error("the configuration for {server} cannot be used: {reason}")]
    Config {
        /// The API server.
        server: String,
        /// What is wrong and what to do.
        reason: String,
    },
}

/// What can be done about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// There is no such object, or the cluster does not serve the kind.
    NotFound,
    /// It is there already.
    AlreadyExists,
    /// Another manager owns a field, or the object changed meanwhile.
    Conflict,
    /// The request or object is not valid.
    Invalid,
    /// We may not.
    Forbidden,
    /// Who we are was not accepted or could not be found out.
    Unauthorized,
    /// What we asked to go on from is too old: list again.
    Expired,
    /// The server asks us to slow down.
    TooManyRequests,
    /// No connection, or it broke.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// The server failed.
    Server,
    /// Anything else.
    Other,
}

/// The API server's own words: `metav1.Status`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Status {
    /// HTTP status.
    pub code: u16,
    /// One word, such as `AlreadyExists`.
    pub reason: String,
    /// A sentence.
    pub message: String,
    /// More of it.
    pub details: Option<StatusDetails>,
    /// The `Retry-After` of the answer in seconds.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

/// More of a [`Status`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatusDetails {
    /// Name of the object.
    pub name: String,
    /// Its group.
    pub group: String,
    /// Its kind, or the plural name.
    pub kind: String,
    /// Single faults.
    pub causes: Vec<StatusCause>,
    /// Seconds to wait.
    pub retry_after_seconds: u64,
}

/// One fault.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StatusCause {
    /// One word, such as `FieldManagerConflict`.
    pub reason: String,
    /// A sentence.
    pub message: String,
    /// The field.
    pub field: String,
}

// === impl Error ===

impl Error {
    /// What can be done about it.
    pub fn class(&self) -> Class {
        match self {
            Error::Status(status) => status.class(),
            Error::Connect { .. } | Error::Broken { .. } => Class::Unreachable,
            Error::Timeout { .. } => Class::Timeout,
            Error::Credentials { .. } => Class::Unauthorized,
            Error::TooLarge { .. } | Error::Decode { .. } | Error::Config { .. } => Class::Other,
        }
    }

    /// Whether the same request may succeed later without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self.class(), Class::TooManyRequests | Class::Unreachable | Class::Timeout | Class::Server)
    }

    /// How long the server asked us to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        let Error::Status(status) = self else { return None };
        let details = status.details.as_ref().map(|d| d.retry_after_seconds).filter(|s| *s > 0);
        // A server that asks for days is not obeyed to the letter.
        status.retry_after.or(details).map(|s| Duration::from_secs(s.min(300)))
    }

    /// Whether it is an answer of class `class`.
    pub fn is(&self, class: Class) -> bool {
        self.class() == class
    }
}

// === impl Status ===

impl Status {
    /// What can be done about it.
    pub fn class(&self) -> Class {
        match (self.code, self.reason.as_str()) {
            (409, "AlreadyExists") => Class::AlreadyExists,
            (404, _) => Class::NotFound,
            (409, _) => Class::Conflict,
            (400 | 405 | 406 | 413 | 415 | 422, _) => Class::Invalid,
            (403, _) => Class::Forbidden,
            (401, _) => Class::Unauthorized,
            (410, _) => Class::Expired,
            (429, _) => Class::TooManyRequests,
            // The API server's own deadline; `ServerTimeout` comes as 500 and asks for another try.
            (504, _) => Class::Timeout,
            // What server-side apply answers where the object does not fit the schema.
            (500, _) if self.message.starts_with("failed to create typed patch object") => Class::Invalid,
            (500.., _) => Class::Server,
            _ => Class::Other,
        }
    }
}
