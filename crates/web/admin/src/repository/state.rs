//! [`States`]: whether repositories answered when they were asked last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bowline_core_crd::{ConnectionState, Repository, Time};

use crate::context::Context;
use crate::side::Side;

/// How long an answer counts: the contract's hour. A failure counts for a minute, for somebody may be mending it.
const COUNTS: Duration = Duration::from_secs(3600);
const FAILURE_COUNTS: Duration = Duration::from_secs(60);

/// See the [module](self). Clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct States {
    known: Arc<Mutex<HashMap<Place, (Duration, ConnectionState)>>>,
}

/// Whether it is written to, its URL, and the project that it is stored for.
type Place = (bool, String, String);

// === impl States ===

impl States {
    /// What was known of a repository does not count any more.
    pub(crate) fn forget(&self, url: &str, project: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for write in [false, true] {
            known.remove(&(write, url.to_string(), project.to_string()));
        }
    }

    /// Says of each whether it answers; those of which it is not known are asked, all at once.
    pub(crate) async fn fill(&self, side: Side, context: &Context, repositories: &mut [Repository], anew: bool) {
        let now = context.clock.monotonic();
        let asking = repositories.iter().map(|repository| async {
            let key = (side == Side::Write, repository.repo.clone(), repository.project.clone());
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
            if let Some((at, state)) = known.filter(|_| !anew) {
                let counts = if state.status == "Failed" { FAILURE_COUNTS } else { COUNTS };
                if now.saturating_sub(at) < counts {
                    return state;
                }
            }
            let state = self.ask(side, context, repository).await;
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (now, state.clone()));
            state
        });
        let states = futures::future::join_all(asking).await;
        for (repository, state) in repositories.iter_mut().zip(states) {
            repository.connection_state = state;
        }
    }

    async fn ask(&self, side: Side, context: &Context, repository: &Repository) -> ConnectionState {
        let all = side.all(&context.world);
        let stored = all
            .iter()
            .find(|known| !known.template && known.url == repository.repo && known.project == repository.project);
        let (status, message) = match stored {
            Some(stored) => {
                let fields = super::with_stored(side, context, stored.data.clone());
                match context.remotes.check(&fields).await {
                    Ok(()) => ("Successful", String::new()),
                    Err(error) => ("Failed", format!("Unable to connect to repository: {}", error.message)),
                }
            }
            None => ("Unknown", String::new()),
        };
        ConnectionState { status: status.into(), message, attempted_at: Some(Time::new(context.clock.now())) }
    }
}
