//! What can go wrong while a server starts or answers.

use std::io;
use std::path::PathBuf;

/// Why a server could not be started or asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A tool has not been built on this machine; the text is what `tests/peers/build` says, with what to do.
    #[error("the peers are not there: {said}")]
    Peers {
        /// What the build script wrote.
        said: String,
    },
    /// A file, folder or process of the server could not be had.
    #[error("{doing}")]
    Io {
        /// What was being done, with its object.
        doing: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The certificates could not be made or read.
    #[error("making the certificates in {}: {reason}", directory.display())]
    Certificates {
        /// Where they are kept.
        directory: PathBuf,
        /// Why it failed.
        reason: String,
    },
    /// A process ended although it should run.
    #[error("{tool} ended ({status}); the last it said:\n{said}")]
    Ended {
        /// The tool's name.
        tool: &'static str,
        /// Its exit status.
        status: String,
        /// The last lines of its log.
        said: String,
    },
    /// A process runs, but was not ready in time.
    #[error("{tool} was not ready after {seconds} s ({last}); the last it said:\n{said}")]
    NotReady {
        /// The tool's name.
        tool: &'static str,
        /// How long was waited, in seconds.
        seconds: u64,
        /// The last answer.
        last: String,
        /// The last lines of its log.
        said: String,
    },
    /// The API server answered with another status than the one that was needed.
    #[error("{method} {path}: the API server answers {status}: {body}")]
    Refused {
        /// The HTTP method.
        method: String,
        /// The path that was asked.
        path: String,
        /// The HTTP status code.
        status: u16,
        /// The body of the answer.
        body: String,
    },
    /// Another process uses the data directory.
    #[error("{} is in use by another server: stop that one first", directory.display())]
    InUse {
        /// The data directory.
        directory: PathBuf,
    },
}

impl Error {
    /// Wraps an I/O error with what was being done.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }
}
