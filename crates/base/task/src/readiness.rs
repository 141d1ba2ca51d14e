//! [`Readiness`]: ready when everything that was waited for is there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Ready when every [`Pending`] that it gave out has been dropped.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    pending: Mutex<BTreeMap<String, usize>>,
    changed: watch::Sender<usize>,
}

/// Something that has to be there first; drop it when it is.
#[derive(Debug)]
pub struct Pending {
    name: String,
    state: Arc<State>,
}

// === impl Readiness ===

impl Readiness {
    /// Nothing to wait for: ready.
    pub fn new() -> Readiness {
        Readiness::default()
    }

    /// From now on waits for `name` too, until the result is dropped.
    pub fn pending(&self, name: impl Into<String>) -> Pending {
        let name = name.into();
        *self.state.lock().entry(name.clone()).or_default() += 1;
        self.state.changed.send_modify(|n| *n += 1);
        Pending { name, state: self.state.clone() }
    }

    /// What is still waited for.
    pub fn waiting_for(&self) -> Vec<String> {
        self.state.lock().keys().cloned().collect()
    }

    /// Waits until nothing is waited for.
    pub async fn ready(&self) {
        // The sender lives as long as this, so waiting cannot fail.
        let _ = self.state.changed.subscribe().wait_for(|pending| *pending == 0).await;
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let mut pending = self.state.lock();
        if let Some(count) = pending.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                pending.remove(&self.name);
            }
        }
        drop(pending);
        self.state.changed.send_modify(|n| *n -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ready_when_all_are_dropped() {
        let readiness = Readiness::new();
        let (a, b) = (readiness.pending("a"), readiness.pending("b"));
        assert_eq!(readiness.waiting_for(), ["a", "b"]);
        drop(a);
        let early = tokio::time::timeout(std::time::Duration::from_millis(5), readiness.ready()).await;
        assert!(early.is_err());
        drop(b);
        readiness.ready().await;
        assert!(readiness.waiting_for().is_empty());
    }
}
