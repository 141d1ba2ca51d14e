//! [`Workers`]: tasks that take keys from the queue, as many as the lanes have places.

use std::sync::Arc;

use bowline_base_queue::Queue;
use futures::future::BoxFuture;

use crate::lanes::{Entered, Lanes};

/// Tasks that take keys from a queue. Each lane brings as many as it has places, so that a lane that is full of slow work never
/// holds a worker that another lane needs.
pub struct Workers<K: Clone + Eq + std::hash::Hash + Ord>(Arc<Inner<K>>);

struct Inner<K: Clone + Eq + std::hash::Hash + Ord> {
    queue: Arc<Queue<K>>,
    lanes: Arc<Lanes<K>>,
    /// Places of a lane.
    width: usize,
    lane: Box<dyn Fn(&K) -> String + Send + Sync>,
    work: Box<dyn Fn(K) -> BoxFuture<'static, ()> + Send + Sync>,
    spawn: Box<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>,
}

// === impl Workers ===

impl<K: Clone + Eq + std::hash::Hash + Ord> Clone for Workers<K> {
    fn clone(&self) -> Workers<K> {
        Workers(self.0.clone())
    }
}

impl<K: Clone + Eq + std::hash::Hash + Ord + Send + Sync + 'static> Workers<K> {
    /// Workers that do `work` on the keys of `queue`, at most `width` at once in each lane.
    pub fn new<F: Future<Output = ()> + Send + 'static>(
        queue: Arc<Queue<K>>,
        lanes: Arc<Lanes<K>>,
        width: usize,
        lane: impl Fn(&K) -> String + Send + Sync + 'static,
        work: impl Fn(K) -> F + Send + Sync + 'static,
        spawn: impl Fn(BoxFuture<'static, ()>) + Send + Sync + 'static,
    ) -> Workers<K> {
        let work = move |key| -> BoxFuture<'static, ()> { Box::pin(work(key)) };
        Workers(Arc::new(Inner {
            queue,
            lanes,
            width: width.max(1),
            lane: Box::new(lane),
            work: Box::new(work),
            spawn: Box::new(spawn),
        }))
    }

    /// Starts as many as the first lane needs.
    pub fn start(&self) {
        for _ in 0..self.0.width {
            (self.0.spawn)(Box::pin(self.clone().run()));
        }
    }

    async fn run(self) {
        let inner = self.0.clone();
        while let Some(given) = inner.queue.next().await {
            let key = given.key().clone();
            let lane = (inner.lane)(&key);
            match inner.lanes.enter(&lane, inner.width, &key) {
                Entered::Parked => continue,
                Entered::Yes => {}
                // There were workers for all lanes that were known; this one brings its own.
                Entered::First => self.start(),
            }
            (inner.work)(key).await;
            drop(given);
            if let Some(next) = inner.lanes.leave(&lane) {
                inner.queue.add(next);
            }
        }
    }
}
