//! [`Store`]: the objects of one kind, each state numbered, and the newest changes in order.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use bowline_core_crd::Resource;
use bowline_core_types::AppName;
use tokio::sync::watch;

/// Changes that are remembered for followers: eight seconds at 500 a second. Who is further behind is given everything.
const REMEMBERED: usize = 4096;

/// Objects by name. Readers get shared states; nothing is copied.
pub struct Store<T> {
    inner: RwLock<Inner<T>>,
    newest: watch::Sender<u64>,
}

struct Inner<T> {
    objects: BTreeMap<AppName, Arc<Stored<T>>>,
    newest: u64,
    changes: VecDeque<Update<T>>,
    /// All of them in order, made when it is asked for.
    list: Option<Arc<[Arc<Stored<T>>]>>,
}

/// One state of an object.
#[derive(Debug)]
pub struct Stored<T> {
    /// What it is called.
    pub name: AppName,
    /// The object.
    pub object: Arc<T>,
    /// The number of the change that brought this state; numbers grow.
    pub number: u64,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateKind {
    /// It was not there before.
    Added,
    /// It is another one now.
    Modified,
    /// It is gone; the state is its last one.
    Deleted,
}

/// One change.
#[derive(Debug)]
pub struct Update<T> {
    /// What happened.
    pub kind: UpdateKind,
    /// The number of the change.
    pub number: u64,
    /// The state, shared by all who are told.
    pub stored: Arc<Stored<T>>,
}

/// What a [`Follower`] is given.
#[derive(Debug)]
pub enum Followed<T> {
    /// What happened since it asked last, in order; at least one.
    Updates(Vec<Update<T>>),
    /// More happened than is remembered: this is what there is now.
    All(Arc<[Arc<Stored<T>>]>),
}

/// Reads the changes of a store, from the moment that it was made. However slow it is, it holds nothing but a number.
#[derive(Debug)]
pub struct Follower<T> {
    store: Arc<Store<T>>,
    seen: u64,
    newest: watch::Receiver<u64>,
}

// === impl Store ===

impl<T> Default for Store<T> {
    fn default() -> Store<T> {
        Store {
            inner: RwLock::new(Inner { objects: BTreeMap::new(), newest: 0, changes: VecDeque::new(), list: None }),
            newest: watch::Sender::new(0),
        }
    }
}

impl<T> Store<T> {
    /// An empty store whose changes are numbered from `first` on. Where that is the time, numbers of an earlier process are
    /// below those of a later one, and who brings one is given everything.
    pub fn starting_at(first: u64) -> Store<T> {
        let store = Store::default();
        store.inner.write().unwrap_or_else(PoisonError::into_inner).newest = first;
        store.newest.send_replace(first);
        store
    }
}

impl<T> std::fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let inner = self.read();
        write!(f, "Store({} objects, change {})", inner.objects.len(), inner.newest)
    }
}

impl<T> Store<T> {
    fn read(&self) -> RwLockReadGuard<'_, Inner<T>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// One object.
    pub fn get(&self, name: &AppName) -> Option<Arc<Stored<T>>> {
        self.read().objects.get(name).cloned()
    }

    /// All of them, by namespace and name.
    pub fn list(&self) -> Arc<[Arc<Stored<T>>]> {
        if let Some(list) = &self.read().list {
            return list.clone();
        }
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let list: Arc<[_]> = inner.objects.values().cloned().collect();
        inner.list.insert(list).clone()
    }

    /// All of them, with the number of the newest change that they show: who goes on with [`Store::follow_from`] misses none.
    pub fn snapshot(&self) -> (Arc<[Arc<Stored<T>>]>, u64) {
        loop {
            let list = self.list();
            let inner = self.read();
            if inner.list.as_ref().is_some_and(|newest| Arc::ptr_eq(newest, &list)) {
                return (list, inner.newest);
            }
        }
    }

    /// The number of objects.
    pub fn len(&self) -> usize {
        self.read().objects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The changes from now on. Who wants what is there as well makes the follower first and lists then: it may see a state
    /// twice, and misses none.
    pub fn follow(self: &Arc<Self>) -> Follower<T> {
        let newest = self.newest.subscribe();
        Follower { store: self.clone(), seen: self.read().newest, newest }
    }

    /// The changes after the change `seen`. A number that is not of this store (from before a restart, say) is given everything.
    pub fn follow_from(self: &Arc<Self>, seen: u64) -> Follower<T> {
        let newest = self.newest.subscribe();
        let known = self.read().newest;
        // One that was never given out is further behind than anything that is remembered.
        Follower { store: self.clone(), seen: if seen > known { 0 } else { seen }, newest }
    }

    /// The last deletion of an object that `which` means, as far as it is remembered: who comes to see an object go may come late.
    pub fn last_deleted(&self, which: impl Fn(&Stored<T>) -> bool) -> Option<Update<T>> {
        let inner = self.read();
        inner.changes.iter().rev().find(|u| u.kind == UpdateKind::Deleted && which(&u.stored)).cloned()
    }

    /// Forgets an object.
    pub fn remove(&self, name: &AppName) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let Some(last) = inner.objects.remove(name) else { return };
        let number = inner.newest + 1;
        inner.record(Update { kind: UpdateKind::Deleted, number, stored: last });
        self.newest.send_replace(number);
    }
}

impl<T: Resource> Store<T> {
    /// Takes in an object, unless this or a newer state of it is known. `true` where it is news.
    pub fn put(&self, object: T) -> bool {
        let metadata = object.metadata();
        let name = AppName::new(metadata.namespace.as_str(), metadata.name.as_str());
        // The answer to the write that let it go: the watch may have told before that it is gone, and will not tell again.
        if metadata.deletion_timestamp.is_some() && metadata.finalizers.is_empty() {
            let known = self.get(&name).is_some_and(|known| known.object.metadata().uid == metadata.uid);
            if known {
                self.remove(&name);
            }
            return known;
        }
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let version = |object: &T| object.metadata().resource_version.parse::<u64>().unwrap_or(0);
        let kind = match inner.objects.get(&name) {
            Some(known)
                if known.object.metadata().uid == metadata.uid && version(&known.object) >= version(&object) =>
            {
                return false;
            }
            Some(_) => UpdateKind::Modified,
            None => UpdateKind::Added,
        };
        let number = inner.newest + 1;
        let stored = Arc::new(Stored { name: name.clone(), object: Arc::new(object), number });
        inner.objects.insert(name, stored.clone());
        inner.record(Update { kind, number, stored });
        self.newest.send_replace(number);
        true
    }
}

// === impl Inner ===

impl<T> Inner<T> {
    fn record(&mut self, update: Update<T>) {
        self.newest = update.number;
        self.list = None;
        if self.changes.len() == REMEMBERED {
            self.changes.pop_front();
        }
        self.changes.push_back(update);
    }

    /// What happened after change `seen`; `None` where that is not remembered.
    fn since(&self, seen: u64) -> Option<Vec<Update<T>>> {
        let behind = usize::try_from(self.newest - seen).unwrap_or(usize::MAX);
        let known = self.changes.len().checked_sub(behind)?;
        Some(self.changes.range(known..).cloned().collect())
    }
}

// === impl Update ===

impl<T> Clone for Update<T> {
    fn clone(&self) -> Update<T> {
        Update { kind: self.kind, number: self.number, stored: self.stored.clone() }
    }
}

// === impl Follower ===

impl<T> Follower<T> {
    /// Waits for changes. Dropping the future loses none.
    pub async fn next(&mut self) -> Followed<T> {
        // It cannot fail: the sender lives as long as the store, which this holds.
        let _ = self.newest.wait_for(|newest| *newest > self.seen).await;
        let inner = self.store.read();
        let updates = inner.since(self.seen);
        self.seen = inner.newest;
        drop(inner);
        match updates {
            Some(updates) => Followed::Updates(updates),
            None => Followed::All(self.store.list()),
        }
    }
}

impl<T> Followed<T> {
    /// What to tell somebody who was told of `told` before: of everything that there is where too much happened, and of what
    /// is gone meanwhile by name.
    pub fn resolve(self, told: &HashSet<AppName>) -> (Vec<Update<T>>, Vec<AppName>) {
        match self {
            Followed::Updates(updates) => (updates, Vec::new()),
            Followed::All(list) => {
                let there: HashSet<&AppName> = list.iter().map(|stored| &stored.name).collect();
                let gone = told.iter().filter(|name| !there.contains(name)).cloned().collect();
                let updates = list.iter().map(|stored| {
                    let kind = if told.contains(&stored.name) { UpdateKind::Modified } else { UpdateKind::Added };
                    Update { kind, number: stored.number, stored: stored.clone() }
                });
                (updates.collect(), gone)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::Application;

    use super::*;

    fn app(name: &str, version: u64, uid: &str) -> Application {
        let mut app = Application::new("argocd", name);
        app.metadata.resource_version = version.to_string();
        app.metadata.uid = uid.into();
        app
    }

    fn name(name: &str) -> AppName {
        AppName::new("argocd", name)
    }

    #[test]
    fn an_older_state_is_no_news() {
        let store = Store::default();
        assert!(store.put(app("a", 5, "u")));
        assert!(!store.put(app("a", 5, "u")), "our own write comes back");
        assert!(!store.put(app("a", 4, "u")));
        assert!(store.put(app("a", 12, "u")), "versions are numbers");
        assert!(store.put(app("a", 3, "another")), "it was made anew");
    }

    #[test]
    fn the_answer_to_the_last_write_brings_nothing_back() {
        let store = Store::default();
        store.put(app("a", 1, "u"));
        store.remove(&name("a"));
        let mut let_go = app("a", 2, "u");
        let_go.metadata.deletion_timestamp = Some(bowline_core_crd::Time::new(jiff::Timestamp::UNIX_EPOCH));
        assert!(!store.put(let_go.clone()));
        assert!(store.is_empty());
        store.put(app("a", 3, "another"));
        assert!(!store.put(let_go.clone()), "it is about another one");
        store.put(app("a", 4, "u"));
        assert!(store.put(let_go), "it came before the watch told");
        assert!(store.is_empty());
    }

    #[test]
    fn a_list_is_in_order_and_shared_until_something_changes() {
        let store = Store::default();
        store.put(app("b", 1, "u"));
        store.put(app("a", 2, "v"));
        let list = store.list();
        assert_eq!(list.iter().map(|s| &*s.name.name).collect::<Vec<_>>(), ["a", "b"]);
        assert!(Arc::ptr_eq(&list, &store.list()));
        store.remove(&name("a"));
        assert_eq!((store.list().len(), list.len()), (1, 2));
    }

    #[tokio::test]
    async fn a_follower_sees_every_change_in_order() {
        let store = Arc::new(Store::default());
        store.put(app("before", 1, "u"));
        let mut follower = store.follow();
        store.put(app("a", 2, "v"));
        store.put(app("a", 3, "v"));
        store.remove(&name("a"));
        let Followed::Updates(updates) = follower.next().await else { panic!("three changes are remembered") };
        let seen: Vec<_> = updates.iter().map(|u| (u.kind, u.number)).collect();
        assert_eq!(seen, [(UpdateKind::Added, 2), (UpdateKind::Modified, 3), (UpdateKind::Deleted, 4)]);
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(5), follower.next()).await;
        assert!(waiting.is_err(), "nothing happened since");
        store.put(app("b", 5, "w"));
        assert!(matches!(follower.next().await, Followed::Updates(updates) if updates.len() == 1));
    }

    #[tokio::test]
    async fn a_follower_that_is_far_behind_is_given_everything() {
        let store = Arc::new(Store::default());
        store.put(app("kept", 1, "u"));
        store.put(app("gone", 1, "u"));
        let told = HashSet::from([name("kept"), name("gone")]);
        let mut follower = store.follow();
        store.remove(&name("gone"));
        for version in 0..REMEMBERED as u64 {
            store.put(app("new", version + 1, "u"));
        }
        let followed = follower.next().await;
        assert!(matches!(followed, Followed::All(_)));
        let (updates, gone) = followed.resolve(&told);
        let kinds: Vec<_> = updates.iter().map(|u| (&*u.stored.name.name, u.kind)).collect();
        assert_eq!(kinds, [("kept", UpdateKind::Modified), ("new", UpdateKind::Added)]);
        assert_eq!(gone, [name("gone")]);
    }

    #[tokio::test]
    async fn a_number_of_an_earlier_process_is_given_everything() {
        let store = Arc::new(Store::starting_at(1_000));
        store.put(app("a", 1, "u"));
        let (list, number) = store.snapshot();
        assert_eq!((list.len(), number), (1, 1_001));
        for seen in [7, 5_000] {
            assert!(matches!(store.follow_from(seen).next().await, Followed::All(_)), "{seen}");
        }
        let mut follower = store.follow_from(number);
        store.put(app("a", 2, "u"));
        assert!(matches!(follower.next().await, Followed::Updates(updates) if updates.len() == 1));
    }
}
