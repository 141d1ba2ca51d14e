//! [`Lanes`]: one slow cluster takes the workers of its own lane and no others.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Who is worked on, by lane. A lane is a cluster; what cannot be worked on now, because its lane is full, is parked until
/// something of the lane ends.
#[derive(Debug)]
pub struct Lanes<K> {
    lanes: Mutex<HashMap<String, Lane<K>>>,
}

#[derive(Debug)]
struct Lane<K> {
    running: usize,
    parked: VecDeque<K>,
    known: HashSet<K>,
}

/// What comes of asking for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// There is one.
    Yes,
    /// There is one, and the lane is new: it brings workers of its own.
    First,
    /// There is none; it is told when there is.
    Parked,
}

// === impl Lanes ===

impl<K> Default for Lanes<K> {
    fn default() -> Lanes<K> {
        Lanes { lanes: Mutex::default() }
    }
}

impl<K: Clone + Eq + Hash> Lanes<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Lane<K>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a place in a lane that has `width` of them.
    pub fn enter(&self, lane: &str, width: usize, key: &K) -> Entered {
        let mut lanes = self.lock();
        let Some(lane) = lanes.get_mut(lane) else {
            let first = Lane { running: 1, parked: VecDeque::new(), known: HashSet::new() };
            lanes.insert(lane.to_string(), first);
            return Entered::First;
        };
        if lane.running < width.max(1) {
            lane.running += 1;
            return Entered::Yes;
        }
        if lane.known.insert(key.clone()) {
            lane.parked.push_back(key.clone());
        }
        Entered::Parked
    }

    /// Gives a place back; what was parked first may ask again.
    pub fn leave(&self, lane: &str) -> Option<K> {
        let mut lanes = self.lock();
        let lane = lanes.get_mut(lane)?;
        lane.running = lane.running.saturating_sub(1);
        let next = lane.parked.pop_front()?;
        lane.known.remove(&next);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use bowline_base_queue::Queue;

    use super::*;

    #[test]
    fn a_full_lane_parks_and_wakes_in_order() {
        let lanes: Lanes<u32> = Lanes::default();
        assert_eq!(lanes.enter("a", 2, &1), Entered::First);
        assert_eq!(lanes.enter("a", 2, &2), Entered::Yes);
        assert_eq!(lanes.enter("a", 2, &3), Entered::Parked);
        assert_eq!(lanes.enter("a", 2, &4), Entered::Parked);
        assert_eq!(lanes.enter("a", 2, &3), Entered::Parked);
        assert_eq!(lanes.enter("b", 2, &5), Entered::First);
        assert_eq!(lanes.leave("a"), Some(3));
        assert_eq!(lanes.enter("a", 2, &3), Entered::Yes);
        assert_eq!(lanes.leave("a"), Some(4));
        assert_eq!(lanes.leave("a"), None);
        assert_eq!(lanes.leave("nowhere"), None);
    }

    /// Fifty applications of a cluster whose every call hangs, and fifty of one that answers: the latter are all worked on.
    #[tokio::test(start_paused = true)]
    async fn a_cluster_that_hangs_starves_nobody() {
        let queue: Arc<Queue<(bool, u32)>> = Arc::new(Queue::new());
        (0..50).for_each(|i| queue.add((true, i)));
        (0..50).for_each(|i| queue.add((false, i)));
        let (done, stuck) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, hanging, from) = (done.clone(), stuck.clone(), queue.clone());
        let work = move |(slow, _): (bool, u32)| {
            let (done, stuck) = (counted.clone(), hanging.clone());
            async move {
                if slow {
                    stuck.fetch_add(1, Ordering::Relaxed);
                    std::future::pending::<()>().await;
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
        };
        let tasks = bowline_base_task::Tasks::new();
        let lane = |key: &(bool, u32)| if key.0 { "slow".to_string() } else { "fast".to_string() };
        let workers = crate::Workers::new(from, Arc::new(Lanes::default()), 4, lane, work, move |worker| {
            tasks.spawn("worker", worker);
        });
        workers.start();
        tokio::time::timeout(Duration::from_secs(60), async {
            while done.load(Ordering::Relaxed) < 50 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .unwrap();
        assert_eq!(stuck.load(Ordering::Relaxed), 4, "the slow lane is full and takes no more");
        queue.close();
    }
}
