//! Time as an argument: [`Clock`] with its real and its manual kind, and [`Jitter`] for waits that must not coincide.
//!
//! [`SystemClock`] is the only place that reads the machine's clocks.

mod jitter;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use jitter::Jitter;

/// What the time is.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The wall clock. It may jump; it is for what is told to people or compared with times of other machines.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment; it never goes back. It is for measuring and for deadlines.
    fn monotonic(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: Instant,
}

/// A clock for tests: it stands still until it is told to go on. Clones share the time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    state: Arc<Mutex<(Timestamp, Duration)>>,
}

// === impl SystemClock ===

impl SystemClock {
    /// The machine's clocks; monotonic time counts from here.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads clocks")]
    pub fn new() -> SystemClock {
        SystemClock { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads clocks")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

// === impl ManualClock ===

impl ManualClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> ManualClock {
        ManualClock { state: Arc::new(Mutex::new((now, Duration::ZERO))) }
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += by;
        state.1 += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn monotonic(&self) -> Duration {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_goes_only_when_told() {
        let clock = ManualClock::new("2026-01-02T03:04:05Z".parse().unwrap());
        let other = clock.clone();
        assert_eq!(clock.now().to_string(), "2026-01-02T03:04:05Z");
        other.advance(Duration::from_secs(5));
        assert_eq!((clock.now().to_string().as_str(), clock.monotonic().as_secs()), ("2026-01-02T03:04:10Z", 5));
    }
}
