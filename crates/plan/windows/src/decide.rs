//! [`Windows::decide`].

use jiff::Timestamp;

use crate::{Kind, Window, Windows};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The present.
    pub now: Timestamp,
    /// Whether a person wants the sync.
    pub manual: bool,
    /// When the sync began, where it runs already.
    pub started: Option<Timestamp>,
}

/// Whether a sync may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allowed,
    /// It may not.
    Blocked {
        /// Which window stands in the way, for people.
        reason: String,
        /// When it may run as far as these windows are known; `None` where that is not in sight.
        until: Option<Timestamp>,
    },
}

// === impl Windows ===

impl Windows {
    /// Whether a sync may run, as far as these windows go (they are meant to be those of one application): an open deny
    /// window forbids it; where there are allow windows one of them must be open. A person may sync where every window that
    /// stands in the way says so, and a sync that began when it was allowed goes on where they all let it overrun.
    pub fn decide(&self, asked: Asked) -> Decision {
        if let Some(error) = self.errors().next() {
            return Decision::Blocked { reason: format!("invalid sync windows: {error}"), until: None };
        }
        let Err(blocking) = self.at(asked.now, asked.manual) else { return Decision::Allowed };
        let began_allowed = asked.started.is_some_and(|started| self.at(started, asked.manual).is_ok());
        if began_allowed && blocking.iter().all(|w| w.overrun) {
            return Decision::Allowed;
        }
        let until = self.allowed_after(asked);
        let first = blocking.first().expect("because a refusal names its windows");
        let mut reason = match first.kind {
            Kind::Deny => format!("blocked by sync window: {} is open", first.title()),
            Kind::Allow => format!("blocked by sync window: {} is not open", first.title()),
        };
        if !first.description.is_empty() {
            reason.push_str(&format!(" ({})", first.description));
        }
        Decision::Blocked { reason, until }
    }

    /// Whether a sync may begin at a moment; the windows that forbid it.
    fn at(&self, time: Timestamp, manual: bool) -> Result<(), Vec<&Window>> {
        let (open, closed): (Vec<&Window>, Vec<&Window>) = self.usable().partition(|w| w.open_since(time).is_some());
        let denies: Vec<&Window> = open.iter().copied().filter(|w| w.kind == Kind::Deny).collect();
        let blocking = if !denies.is_empty() {
            denies
        } else if open.iter().any(|w| w.kind == Kind::Allow) {
            return Ok(());
        } else {
            closed.into_iter().filter(|w| w.kind == Kind::Allow).collect()
        };
        if blocking.is_empty() || manual && blocking.iter().all(|w| w.manual) { Ok(()) } else { Err(blocking) }
    }

    /// The first moment from which a sync may run: one of those at which a window opens or closes.
    fn allowed_after(&self, asked: Asked) -> Option<Timestamp> {
        let mut time = asked.now;
        // Windows that follow each other closely move the moment on; far more of them than anyone writes are looked at.
        for _ in 0..1000 {
            time =
                self.usable().filter_map(|w| w.closes(time).or_else(|| w.opens(time))).filter(|t| *t > time).min()?;
            if self.at(time, asked.manual).is_ok() {
                return Some(time);
            }
        }
        None
    }
}
