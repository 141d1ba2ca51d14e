//! [`Flights`]: one at a time for each key. [`Asked`]: an answer that requests which meet share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bowline_core_ports::{Freshness, SourceError};
use tokio::time::Instant;

/// Locks by key: who comes second waits for the first, and then finds what that made.
#[derive(Default)]
pub(crate) struct Flights {
    locks: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

/// The last answer of a remote; whoever holds the lock is asking.
pub(crate) struct Asked<T> {
    asking: tokio::sync::Mutex<Option<(Instant, Result<(), SourceError>)>>,
    known: Mutex<Option<(Instant, T)>>,
}

// === impl Flights ===

impl Flights {
    /// The lock of a key.
    pub(crate) fn of(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(key).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        locks.insert(key.to_string(), Arc::downgrade(&lock));
        lock
    }
}

// === impl Asked ===

impl<T> Default for Asked<T> {
    fn default() -> Asked<T> {
        Asked { asking: tokio::sync::Mutex::default(), known: Mutex::default() }
    }
}

impl<T: Clone> Asked<T> {
    /// An answer that is fresh enough: the known one, that of whoever began to ask after this request arrived, or a new one by `ask`,
    /// which is given what is known. An error says nothing about what is known.
    pub(crate) async fn get<F: Future<Output = Result<T, SourceError>>>(
        &self,
        freshness: Freshness,
        ask: impl FnOnce(Option<T>) -> F,
    ) -> Result<T, SourceError> {
        let arrived = Instant::now();
        if let Some(known) = self.fresh(freshness, arrived) {
            return Ok(known);
        }
        let mut asking = self.asking.lock().await;
        if let Some(known) = self.fresh(freshness, arrived) {
            return Ok(known);
        }
        if let Some((began, Err(error))) = asking.as_ref()
            && *began >= arrived
        {
            return Err(error.clone());
        }
        let began = Instant::now();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, known)| known.clone());
        let answer = ask(known).await;
        *asking = Some((began, answer.as_ref().map(|_| ()).map_err(SourceError::clone)));
        let answer = answer?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((began, answer.clone()));
        Ok(answer)
    }

    fn fresh(&self, freshness: Freshness, arrived: Instant) -> Option<T> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, known) = known.as_ref()?;
        let fresh = match freshness {
            Freshness::Known => true,
            Freshness::Within(milliseconds) => {
                arrived.saturating_duration_since(*at) <= Duration::from_millis(milliseconds)
            }
            Freshness::Now => *at >= arrived,
        };
        fresh.then(|| known.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bowline_core_ports::SourceErrorKind;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_that_meet_share_an_answer_good_or_bad() {
        let asked = Asked::<usize>::default();
        let times = AtomicUsize::new(0);
        let times = &times;
        let ask = |fails: bool, _: Option<usize>| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let n = times.fetch_add(1, Ordering::Relaxed) + 1;
            if fails { Err(SourceError::new(SourceErrorKind::Unreachable, n.to_string())) } else { Ok(n) }
        };
        let (a, b) =
            tokio::join!(asked.get(Freshness::Now, |k| ask(true, k)), asked.get(Freshness::Now, |k| ask(true, k)));
        assert_eq!((a.unwrap_err().message, b.unwrap_err().message), ("1".into(), "1".into()));
        let (a, b) =
            tokio::join!(asked.get(Freshness::Now, |k| ask(false, k)), asked.get(Freshness::Known, |k| ask(false, k)));
        assert_eq!((a, b), (Ok(2), Ok(2)));
        assert_eq!(asked.get(Freshness::Known, |k| ask(true, k)).await, Ok(2));
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(asked.get(Freshness::Within(70_000), |k| ask(true, k)).await, Ok(2));
        assert_eq!(asked.get(Freshness::Within(10_000), |k| ask(false, k)).await, Ok(3));
        assert!(asked.get(Freshness::Now, |k| ask(true, k)).await.is_err());
        assert_eq!(asked.get(Freshness::Known, |k| ask(true, k)).await, Ok(3), "an error takes nothing away");
    }

    #[test]
    fn a_key_has_one_lock_for_as_long_as_it_is_held() {
        let flights = Flights::default();
        let one = flights.of("a");
        assert!(Arc::ptr_eq(&one, &flights.of("a")) && !Arc::ptr_eq(&one, &flights.of("b")));
    }
}
