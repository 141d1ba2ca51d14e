//! [`Health`].

use std::fmt;

/// How well an object does, from best to worst; the order is that of aggregation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HealthStatus {
    /// It does what it should.
    #[default]
    Healthy,
    /// It was paused or suspended by someone.
    Suspended,
    /// Not yet healthy, and may still become so.
    Progressing,
    /// It is not there.
    Missing,
    /// It failed, or did not become healthy in time.
    Degraded,
    /// It could not be told.
    Unknown,
}

/// The health of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// How well it does.
    pub status: HealthStatus,
    /// Why, for people; may be empty.
    pub message: String,
}

// === impl HealthStatus ===

impl HealthStatus {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            HealthStatus::Healthy => "Healthy",
            HealthStatus::Suspended => "Suspended",
            HealthStatus::Progressing => "Progressing",
            HealthStatus::Missing => "Missing",
            HealthStatus::Degraded => "Degraded",
            HealthStatus::Unknown => "Unknown",
        }
    }

    /// The status that a word of the contract names.
    pub fn from_word(word: &str) -> Option<HealthStatus> {
        use HealthStatus::*;
        [Healthy, Suspended, Progressing, Missing, Degraded, Unknown].into_iter().find(|s| s.as_str() == word)
    }
}

impl fmt::Display for HealthStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl Health ===

impl Health {
    /// A status with its message.
    pub fn new(status: HealthStatus, message: impl Into<String>) -> Health {
        Health { status, message: message.into() }
    }

    /// Healthy, with nothing to say.
    pub fn healthy() -> Health {
        Health::new(HealthStatus::Healthy, "")
    }

    /// Progressing with a message.
    pub(crate) fn progressing(message: impl Into<String>) -> Health {
        Health::new(HealthStatus::Progressing, message)
    }

    /// Degraded with a message.
    pub(crate) fn degraded(message: impl Into<String>) -> Health {
        Health::new(HealthStatus::Degraded, message)
    }
}
