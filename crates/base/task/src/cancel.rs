//! [`Cancel`]: the wish that something ends.

use std::sync::Arc;

use tokio::sync::watch;

/// Tells that it is time to end. Clones tell the same; a child's end is also its parents'.
#[derive(Clone, Debug)]
pub struct Cancel {
    sender: Arc<watch::Sender<bool>>,
    parent: Option<Arc<Cancel>>,
}

// === impl Cancel ===

impl Cancel {
    /// Nobody wishes it yet.
    pub fn new() -> Cancel {
        Cancel { sender: Arc::new(watch::Sender::new(false)), parent: None }
    }

    /// One that ends with this one, and can end alone.
    pub fn child(&self) -> Cancel {
        Cancel { parent: Some(Arc::new(self.clone())), ..Cancel::new() }
    }

    /// Wishes it.
    pub fn cancel(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it is time to end.
    pub fn is_cancelled(&self) -> bool {
        *self.sender.borrow() || self.parent.as_ref().is_some_and(|parent| parent.is_cancelled())
    }

    /// Waits until it is time to end.
    pub async fn cancelled(&self) {
        let own = async {
            // The sender lives as long as this, so waiting cannot fail.
            let _ = self.sender.subscribe().wait_for(|cancelled| *cancelled).await;
        };
        match &self.parent {
            None => own.await,
            Some(parent) => tokio::select! {
                () = own => {}
                () = Box::pin(parent.cancelled()) => {}
            },
        }
    }

    /// Runs `future` until it is done or it is time to end (`None`).
    pub async fn run<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.cancelled() => None,
            value = future => Some(value),
        }
    }
}

impl Default for Cancel {
    fn default() -> Cancel {
        Cancel::new()
    }
}
