//! [`Error`]: why nothing came of a request.

use std::time::Duration;

/// Why nothing came of a request. Texts hold no credentials, no query and no body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The allow-list, or a rule of this client, does not let it out.
    #[error("{url}: {reason}")]
    Refused {
        /// Where it was to go.
        url: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// No connection could be had.
    #[error("cannot connect to {host}: {reason}")]
    Connect {
        /// The origin.
        host: String,
        /// What failed.
        reason: String,
    },
    /// The connection broke before the answer was complete.
    #[error("{url}: the connection broke: {reason}")]
    Broken {
        /// What was asked for.
        url: String,
        /// What failed.
        reason: String,
    },
    /// No complete answer in time.
    #[error("{url}: no answer within {} s", .after.as_secs())]
    Timeout {
        /// What was asked for.
        url: String,
        /// How long was waited.
        after: Duration,
    },
    /// The answer is larger than anything that is accepted.
    #[error("{url}: the answer is larger than {limit} bytes")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// One redirect after the other.
    #[error("{url}: more than {limit} redirects")]
    Redirects {
        /// What was asked for.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// The answer's encoding is not what it says.
    #[error("{url}: the answer cannot be decompressed: {reason}")]
    Encoding {
        /// What was asked for.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// What came could not be put where it should go.
    #[error("{url}: the answer cannot be kept: {reason}")]
    Sink {
        /// What was asked for.
        url: String,
        /// What is wrong.
        reason: String,
    },
}

/// An error and what caused it, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        // Many errors repeat their source's text.
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = error.source();
    }
    text
}
