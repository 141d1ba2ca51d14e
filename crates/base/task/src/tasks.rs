//! [`Tasks`]: what is running, by name.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::Cancel;

/// Owns tasks. Clones own the same ones; a scope's are also its parents'.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    cancel: Cancel,
    running: Arc<Running>,
    parents: Vec<Arc<Running>>,
}

#[derive(Debug, Default)]
struct Running {
    tasks: Mutex<Table>,
    count: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    tasks: BTreeMap<u64, (Cow<'static, str>, Option<AbortHandle>)>,
}

/// A task that ends with this handle.
#[derive(Debug)]
#[must_use = "the task is aborted when this is dropped"]
pub struct Owned {
    handle: AbortHandle,
}

/// Takes the task out of its tables, however it ended.
struct Registered {
    places: Vec<(Arc<Running>, u64)>,
}

// === impl Tasks ===

impl Tasks {
    /// No tasks yet.
    pub fn new() -> Tasks {
        Tasks::default()
    }

    /// An owner inside this one: its tasks are listed and drained here too, and it can be ended alone.
    pub fn scope(&self) -> Tasks {
        let mut parents = self.parents.clone();
        parents.push(self.running.clone());
        Tasks { cancel: self.cancel.child(), running: Arc::default(), parents }
    }

    /// The wish that these tasks end; tasks wait for it or pass it on.
    pub fn cancel_token(&self) -> &Cancel {
        &self.cancel
    }

    /// Starts a task. Its name is for people (`watch deployments.apps of in-cluster`). It should end soon after
    /// [`Tasks::cancel_token`] says so. A panic ends the task alone.
    pub fn spawn(&self, name: impl Into<Cow<'static, str>>, future: impl Future<Output = ()> + Send + 'static) {
        let _ = self.start(name.into(), future);
    }

    /// Starts a task that is aborted when the result is dropped.
    pub fn spawn_owned(
        &self,
        name: impl Into<Cow<'static, str>>,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> Owned {
        Owned { handle: self.start(name.into(), future) }
    }

    fn start(&self, name: Cow<'static, str>, future: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let tables = self.parents.iter().chain([&self.running]);
        let places: Vec<_> = tables.map(|running| (running.clone(), running.add(name.clone()))).collect();
        let registered = Registered { places: places.clone() };
        #[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
        let handle = tokio::spawn(async move {
            let _registered = registered;
            future.await;
        })
        .abort_handle();
        for (running, id) in &places {
            if let Some(task) = running.lock().tasks.get_mut(id) {
                task.1 = Some(handle.clone());
            }
        }
        handle
    }

    /// What is running: names with how many tasks have each.
    pub fn running(&self) -> Vec<(String, usize)> {
        let mut names = BTreeMap::<String, usize>::new();
        for (name, _) in self.running.lock().tasks.values() {
            *names.entry(name.to_string()).or_default() += 1;
        }
        names.into_iter().collect()
    }

    /// How many tasks are running.
    pub fn count(&self) -> usize {
        *self.running.count.borrow()
    }

    /// Asks all tasks to end.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Asks all tasks to end and waits for it; what is still running after `deadline` is aborted and named.
    pub async fn drain(&self, deadline: Duration) -> Vec<String> {
        self.cancel();
        let mut count = self.running.count.subscribe();
        if tokio::time::timeout(deadline, count.wait_for(|n| *n == 0)).await.is_ok() {
            return Vec::new();
        }
        let late = self.running.lock().tasks.values().cloned().collect::<Vec<_>>();
        for handle in late.iter().filter_map(|(_, handle)| handle.as_ref()) {
            handle.abort();
        }
        late.into_iter().map(|(name, _)| name.into_owned()).collect()
    }
}

// === impl Running ===

impl Running {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, name: Cow<'static, str>) -> u64 {
        let mut table = self.lock();
        table.next += 1;
        let id = table.next;
        table.tasks.insert(id, (name, None));
        drop(table);
        self.count.send_modify(|n| *n += 1);
        id
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        for (running, id) in &self.places {
            running.lock().tasks.remove(id);
            running.count.send_modify(|n| *n -= 1);
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test(start_paused = true)]
    async fn drains_what_listens_and_names_what_does_not() {
        let tasks = Tasks::new();
        let cancel = tasks.cancel_token().clone();
        tasks.spawn("polite", async move { cancel.cancelled().await });
        tasks.spawn("deaf", std::future::pending());
        tasks.spawn("deaf", std::future::pending());
        assert_eq!(tasks.running(), [("deaf".to_string(), 2), ("polite".to_string(), 1)]);
        assert_eq!(tasks.drain(SOON).await, ["deaf", "deaf"]);
        assert!(tasks.drain(SOON).await.is_empty(), "they were aborted");
    }

    #[tokio::test(start_paused = true)]
    async fn a_scope_ends_alone_and_with_its_parent() {
        let all = Tasks::new();
        let (one, two) = (all.scope(), all.scope());
        for scope in [&one, &two] {
            let cancel = scope.cancel_token().clone();
            scope.spawn("work", async move { cancel.cancelled().await });
        }
        assert!(one.drain(SOON).await.is_empty());
        assert_eq!((all.count(), one.count(), two.count()), (1, 0, 1));
        assert!(all.drain(SOON).await.is_empty());
        assert!(two.cancel_token().is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_ends_one_task_and_a_dropped_owner_its_own() {
        let tasks = Tasks::new();
        tasks.spawn("broken", async { panic!("on purpose") });
        let owned = tasks.spawn_owned("owned", std::future::pending());
        drop(owned);
        let mut count = tasks.running.count.subscribe();
        count.wait_for(|n| *n == 0).await.unwrap();
    }
}
