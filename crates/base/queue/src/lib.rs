//! The work queue of a reconciler.
//!
//! It holds keys, not events: a key that is added again before its turn stays one entry, at the earlier of its times. A key
//! is worked on by one worker at a time; what is added meanwhile waits until that worker is done. Keys that something
//! happened to ([`Queue::add`]) go before keys whose time has merely come ([`Queue::add_after`]), so a fleet that is being
//! polled never keeps a person waiting. Its size is bounded by the number of keys there are.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// See the [crate].
pub struct Queue<K> {
    state: Mutex<State<K>>,
    changed: Notify,
}

struct State<K> {
    /// What happened to, in order of arrival.
    hinted: VecDeque<K>,
    /// What has a time.
    timed: BTreeSet<(Instant, K)>,
    entries: HashMap<K, Entry>,
    closed: bool,
}

#[derive(Default)]
struct Entry {
    hinted: bool,
    at: Option<Instant>,
    working: bool,
    /// Added while it was worked on.
    again: bool,
}

/// A key that is being worked on; when it is dropped, the key may be given out again.
pub struct Work<'a, K: Clone + Eq + Hash + Ord> {
    queue: &'a Queue<K>,
    key: K,
}

// === impl Queue ===

impl<K: Clone + Eq + Hash + Ord> Default for Queue<K> {
    fn default() -> Queue<K> {
        let state = State { hinted: VecDeque::new(), timed: BTreeSet::new(), entries: HashMap::new(), closed: false };
        Queue { state: Mutex::new(state), changed: Notify::new() }
    }
}

impl<K: Clone + Eq + Hash + Ord> Queue<K> {
    /// An empty queue.
    pub fn new() -> Queue<K> {
        Queue::default()
    }

    /// Something happened to `key`: its turn is next, after those that were added before.
    pub fn add(&self, key: K) {
        let mut state = self.lock();
        let entry = state.entries.entry(key.clone()).or_default();
        if entry.working {
            entry.again = true;
        } else if !entry.hinted {
            entry.hinted = true;
            state.hinted.push_back(key);
            drop(state);
            self.changed.notify_one();
        }
    }

    /// `key` is to be looked at after `delay`, or at the time it already has, where that is earlier.
    pub fn add_after(&self, key: K, delay: Duration) {
        let at = Instant::now() + delay;
        let mut state = self.lock();
        let entry = state.entries.entry(key.clone()).or_default();
        let before = entry.at;
        if before.is_some_and(|before| before <= at) {
            return;
        }
        entry.at = Some(at);
        if let Some(before) = before {
            state.timed.remove(&(before, key.clone()));
        }
        state.timed.insert((at, key));
        drop(state);
        self.changed.notify_one();
    }

    /// Nothing more is to be done for `key`.
    pub fn forget(&self, key: &K) {
        let mut state = self.lock();
        let Some(entry) = state.entries.get_mut(key) else { return };
        let at = entry.at.take();
        entry.again = false;
        if !entry.working && !entry.hinted {
            state.entries.remove(key);
        }
        if let Some(at) = at {
            state.timed.remove(&(at, key.clone()));
        }
    }

    /// The next key whose turn it is; waits for one. `None` when the queue was closed.
    pub async fn next(&self) -> Option<Work<'_, K>> {
        loop {
            let notified = self.changed.notified();
            let wait = {
                let mut state = self.lock();
                if state.closed {
                    return None;
                }
                match state.take(Instant::now()) {
                    Ok(key) => {
                        // Another worker may be waiting for what is left.
                        if !state.hinted.is_empty() || !state.timed.is_empty() {
                            self.changed.notify_one();
                        }
                        drop(state);
                        return Some(Work { queue: self, key });
                    }
                    Err(wait) => wait,
                }
            };
            match wait {
                Some(at) => tokio::select! {
                    () = notified => {}
                    () = tokio::time::sleep_until(at) => {}
                },
                None => notified.await,
            }
        }
    }

    /// Ends all waiting for keys; those that are worked on are finished by their workers.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_waiters();
        self.changed.notify_one();
    }

    /// How many keys wait for a turn that has come.
    pub fn waiting(&self) -> usize {
        let now = Instant::now();
        let state = self.lock();
        state.hinted.len() + state.timed.iter().take_while(|(at, _)| *at <= now).count()
    }

    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self, key: &K) {
        let mut state = self.lock();
        let Some(entry) = state.entries.get_mut(key) else { return };
        entry.working = false;
        if std::mem::take(&mut entry.again) {
            entry.hinted = true;
            state.hinted.push_back(key.clone());
            drop(state);
            self.changed.notify_one();
        } else if entry.at.is_none() {
            state.entries.remove(key);
        } else {
            // Its time may have come while it was worked on.
            drop(state);
            self.changed.notify_one();
        }
    }
}

// === impl State ===

impl<K: Clone + Eq + Hash + Ord> State<K> {
    /// The key whose turn it is at `now`, or when to look again.
    fn take(&mut self, now: Instant) -> Result<K, Option<Instant>> {
        let key = match self.hinted.pop_front() {
            Some(key) => key,
            None => {
                let due = self.timed.iter().take_while(|(at, _)| *at <= now);
                match due.map(|(_, key)| key).find(|key| !self.entries.get(*key).is_some_and(|e| e.working)) {
                    Some(key) => key.clone(),
                    // Keys that are due and worked on come back when their worker is done.
                    None => return Err(self.timed.iter().map(|(at, _)| *at).find(|at| *at > now)),
                }
            }
        };
        let entry = self.entries.entry(key.clone()).or_default();
        entry.hinted = false;
        entry.working = true;
        // To be looked at now does for what was to be looked at later: the worker says when again.
        if let Some(at) = entry.at.take() {
            self.timed.remove(&(at, key.clone()));
        }
        Ok(key)
    }
}

// === impl Work ===

impl<K: Clone + Eq + Hash + Ord> Work<'_, K> {
    /// The key.
    pub fn key(&self) -> &K {
        &self.key
    }
}

impl<K: Clone + Eq + Hash + Ord> Drop for Work<'_, K> {
    fn drop(&mut self) {
        self.queue.done(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn key(queue: &Queue<&'static str>) -> &'static str {
        queue.next().await.unwrap().key()
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_one_entry_however_often_it_is_added() {
        let queue = Queue::new();
        for key in ["a", "b", "a", "a"] {
            queue.add(key);
        }
        assert_eq!((key(&queue).await, key(&queue).await, queue.waiting()), ("a", "b", 0));
    }

    #[tokio::test(start_paused = true)]
    async fn hints_go_before_polls_and_the_earlier_time_counts() {
        let queue = Queue::new();
        queue.add_after("poll", SECOND);
        queue.add_after("poll", 5 * SECOND);
        queue.add_after("late", 3 * SECOND);
        tokio::time::advance(2 * SECOND).await;
        queue.add("hint");
        let start = Instant::now();
        assert_eq!((key(&queue).await, key(&queue).await), ("hint", "poll"));
        assert_eq!(key(&queue).await, "late");
        assert_eq!(start.elapsed(), SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn one_worker_a_key_and_what_comes_meanwhile_comes_after() {
        let queue = Queue::new();
        queue.add("a");
        let work = queue.next().await.unwrap();
        queue.add("a");
        queue.add_after("a", Duration::ZERO);
        let second = tokio::time::timeout(SECOND, queue.next()).await;
        assert!(second.is_err(), "it is being worked on");
        drop(work);
        assert_eq!(key(&queue).await, "a");
        assert!(tokio::time::timeout(SECOND, queue.next()).await.is_err(), "once was enough");
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_comes_during_the_work_is_not_lost() {
        let queue = Queue::new();
        queue.add("a");
        let work = queue.next().await.unwrap();
        queue.add_after("a", SECOND);
        tokio::time::advance(2 * SECOND).await;
        drop(work);
        assert_eq!(key(&queue).await, "a");
    }

    #[tokio::test(start_paused = true)]
    async fn forgotten_keys_do_not_come_back_and_closing_ends_waiting() {
        let queue = Queue::new();
        queue.add_after("a", SECOND);
        queue.forget(&"a");
        assert!(tokio::time::timeout(3 * SECOND, queue.next()).await.is_err());
        let (next, ()) = tokio::join!(queue.next(), async { queue.close() });
        assert!(next.is_none());
    }
}
