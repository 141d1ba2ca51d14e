//! Connections that wait for their next request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::time::Instant;

use crate::{Origin, Route};

/// How long a connection waits: shorter than servers do.
const PATIENCE: Duration = Duration::from_secs(20);
/// Connections that wait, over all origins: a poll asks some dozens of repositories one after the other.
const WAITING: usize = 32;

pub(crate) type Sender = SendRequest<Full<Bytes>>;

/// Connections by what they lead to, and how.
#[derive(Default)]
pub(crate) struct Idle {
    waiting: Mutex<Vec<Waiting>>,
}

struct Waiting {
    origin: Origin,
    route: Route,
    sender: Sender,
    since: Instant,
}

// === impl Idle ===

impl Idle {
    /// A connection to `origin` that was opened the same way.
    pub(crate) fn take(&self, origin: &Origin, route: &Route) -> Option<Sender> {
        let mut waiting = self.lock();
        let at = waiting.iter().rposition(|w| w.origin == *origin && w.route == *route)?;
        Some(waiting.remove(at).sender)
    }

    /// Takes a connection back.
    pub(crate) fn put(&self, origin: Origin, route: Route, sender: Sender) {
        let mut waiting = self.lock();
        if waiting.len() >= WAITING {
            waiting.remove(0);
        }
        waiting.push(Waiting { origin, route, sender, since: Instant::now() });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|w| w.since.elapsed() < PATIENCE && !w.sender.is_closed());
        waiting
    }
}
