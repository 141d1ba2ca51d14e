//! [`Changes`]: which applications have something new to look at.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bowline_core_types::{GroupKind, ResourceKey};
use tokio::sync::Notify;

/// Keys that are told of one application at once; beyond that, only that there were more.
const KEYS: usize = 64;

/// Says which applications have something new to look at. What happens before it is asked for is told together: the feed
/// holds an entry for each application at most, however many events there were.
#[derive(Debug)]
pub struct Changes {
    feed: Arc<Feed>,
}

/// What happened since the last one.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Applications with something new.
    pub apps: Vec<AppChange>,
    /// Whether the cluster as a whole is another: reached or not, listed or not, of another version.
    pub cluster: bool,
    /// Kinds that are served otherwise than before, or known better or worse.
    pub kinds: BTreeSet<GroupKind>,
    /// Whether what is served is among what changed.
    pub served: bool,
    /// Namespaces where objects that nobody owns or manages came or went.
    pub namespaces: BTreeSet<Arc<str>>,
}

/// What is new for one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppChange {
    /// The name that its objects are tracked under.
    pub instance: Arc<str>,
    /// Objects of its tree that changed, came or went.
    pub keys: Vec<ResourceKey>,
    /// Whether there were more than [`AppChange::keys`].
    pub more: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Feed {
    state: Mutex<State>,
    notify: Notify,
}

#[derive(Debug, Default)]
struct State {
    apps: HashMap<Arc<str>, (Vec<ResourceKey>, bool)>,
    cluster: bool,
    kinds: BTreeSet<GroupKind>,
    served: bool,
    namespaces: BTreeSet<Arc<str>>,
}

// === impl Changes ===

impl Changes {
    pub(crate) fn new(feed: Arc<Feed>) -> Changes {
        Changes { feed }
    }

    /// Waits until something happened and takes all of it. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Batch {
        loop {
            let feed = self.feed.clone();
            let notified = feed.notify.notified();
            if let Some(batch) = self.take() {
                return batch;
            }
            notified.await;
        }
    }

    /// What happened until now; `None` where nothing did.
    pub fn take(&mut self) -> Option<Batch> {
        let mut state = self.feed.lock();
        let State { apps, cluster, kinds, served, namespaces } = std::mem::take(&mut *state);
        if apps.is_empty() && !cluster && kinds.is_empty() && namespaces.is_empty() {
            return None;
        }
        let apps = apps.into_iter().map(|(instance, (keys, more))| AppChange { instance, keys, more }).collect();
        Some(Batch { apps, cluster, kinds, served, namespaces })
    }
}

// === impl Feed ===

impl Feed {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `key` changed for these applications.
    pub(crate) fn changed(&self, instances: &[Arc<str>], key: &ResourceKey) {
        if instances.is_empty() {
            return;
        }
        let mut state = self.lock();
        for instance in instances {
            let (keys, more) = state.apps.entry(instance.clone()).or_default();
            if keys.len() < KEYS {
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            } else {
                *more = true;
            }
        }
        drop(state);
        self.notify.notify_one();
    }

    /// These kinds are `served` otherwise, or known otherwise.
    pub(crate) fn kinds(&self, kinds: impl IntoIterator<Item = GroupKind>, served: bool) {
        let mut state = self.lock();
        let before = state.kinds.len();
        state.kinds.extend(kinds);
        if state.kinds.len() == before && (!served || state.served) {
            return;
        }
        state.served |= served;
        drop(state);
        self.notify.notify_one();
    }

    /// An object that nobody owns or manages came to a namespace, or left it.
    pub(crate) fn namespace(&self, namespace: Arc<str>) {
        if self.lock().namespaces.insert(namespace) {
            self.notify.notify_one();
        }
    }

    /// The cluster's state changed.
    pub(crate) fn cluster(&self) {
        self.lock().cluster = true;
        self.notify.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_happens_together_is_told_together_and_is_bounded() {
        let feed = Arc::new(Feed::default());
        let mut changes = Changes::new(feed.clone());
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let key = |i: usize| ResourceKey::new("", "ConfigMap", "n", format!("c{i}"));
        feed.changed(std::slice::from_ref(&a), &key(0));
        feed.changed(&[a.clone(), b.clone()], &key(0));
        (0..3 * KEYS).for_each(|i| feed.changed(std::slice::from_ref(&b), &key(i)));
        let mut batch = changes.next().await;
        batch.apps.sort_by(|x, y| x.instance.cmp(&y.instance));
        assert_eq!(batch.apps[0], AppChange { instance: a, keys: vec![key(0)], more: false });
        assert_eq!((batch.apps[1].keys.len(), batch.apps[1].more), (KEYS, true));
        assert!(changes.take().is_none());
        feed.cluster();
        assert!(changes.next().await.cluster);
    }
}
