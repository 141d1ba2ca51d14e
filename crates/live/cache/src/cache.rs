//! [`Cache`]: one cluster, kept current.

mod follow;
mod run;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bowline_base_clock::Clock;
use bowline_base_kube::{Client, Discovery, Runtime};
use bowline_base_task::{Owned, Tasks};
use bowline_core_types::{GroupKind, InstanceId, Object, ResourceKey, SecretKey};
use bowline_live_health::Health;
use tokio::sync::{Notify, Semaphore, watch};

use crate::changes::{Changes, Feed};
use crate::kinds::KindFilter;
use crate::node::{Live, Node, Reader};
use crate::state::{ClusterState, Connection, KindCount, Knowledge, States};
use crate::store::Store;
use crate::tree::{TreeNode, tree};

/// Says how healthy an object is.
pub type Assess = Arc<dyn Fn(&Object) -> Option<Health> + Send + Sync>;

/// Gives an object without the fields whose changes wake nobody; `None` where all of its fields count.
pub type Unheeded = Arc<dyn Fn(&Object) -> Option<Object> + Send + Sync>;

/// How objects are read: what settings may change while a cache lives.
#[derive(Clone)]
pub struct Reading {
    /// How healthy an object is: the built-in rules, or scripts before them.
    pub assess: Assess,
    /// Whether comparing reads the status too (`ignoreResourceStatusField` is not `all`).
    pub compare_status: bool,
    /// Fields whose changes wake nobody (`ignoreResourceUpdates`).
    pub unheeded: Unheeded,
}

/// What is done about kinds that we may not list (`resource.respectRBAC`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RespectRbac {
    /// They are asked for again and again, and told as kinds that cannot be watched now.
    #[default]
    Off,
    /// They are left alone until the cluster serves other kinds.
    Normal,
    /// The same, once the API server has said that it is our permissions that lack.
    Strict,
}

/// What is watched and how objects are read.
#[derive(Clone)]
pub struct CacheConfig {
    /// How objects say to which application they belong.
    pub instances: InstanceId,
    /// The key of the digests that stand for what Secrets hold.
    pub secrets: SecretKey,
    /// A number that nobody outside knows, for fingerprints.
    pub seed: u64,
    /// How objects are read.
    pub reading: Reading,
    /// What is done about kinds that we may not list.
    pub respect_rbac: RespectRbac,
    /// Which kinds are watched.
    pub filter: KindFilter,
    /// Only these namespaces; all where empty.
    pub namespaces: Vec<String>,
    /// Whether cluster-scoped kinds are watched too, where only some namespaces are.
    pub cluster_resources: bool,
    /// Lists at once.
    pub lists: usize,
}

/// What one cluster holds. Clones are the same cache; it ends with the last of them.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
    _task: Arc<Owned>,
}

/// Numbers since the start of a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Watch events.
    pub events: u64,
    /// Changes, by an event or a list, that some application was told of.
    pub wakes: u64,
    /// Failures of watches.
    pub failures: u64,
}

struct Inner {
    client: Client,
    reader: Reader,
    filter: Mutex<KindFilter>,
    respect_rbac: RespectRbac,
    /// Kinds to be listed anew, because they are read otherwise from now on.
    anew: Mutex<HashSet<GroupKind>>,
    /// Namespaces to watch; the empty one means all.
    namespaces: Vec<Arc<str>>,
    cluster_resources: bool,
    lists: Arc<Semaphore>,
    tasks: Tasks,
    clock: Arc<dyn Clock>,
    jitter: bowline_base_clock::Jitter,
    store: RwLock<Store>,
    states: Mutex<States>,
    discovery: RwLock<Arc<Discovery>>,
    feed: Arc<Feed>,
    /// Changes with every change of `states`.
    changed: watch::Sender<u64>,
    /// What the cluster serves may have changed.
    rediscover: Notify,
    events: AtomicU64,
    wakes: AtomicU64,
    failures: AtomicU64,
}

// === impl CacheConfig ===

impl CacheConfig {
    /// All kinds in all namespaces, the built-in health rules, tracking by annotation.
    pub fn new(secrets: SecretKey, seed: u64) -> CacheConfig {
        CacheConfig {
            instances: InstanceId::default(),
            secrets,
            seed,
            reading: Reading::default(),
            respect_rbac: RespectRbac::Off,
            filter: KindFilter::default(),
            namespaces: Vec::new(),
            cluster_resources: false,
            lists: 4,
        }
    }
}

// === impl Reading ===

impl Default for Reading {
    /// The built-in health rules; every field but the status counts.
    fn default() -> Reading {
        Reading { assess: Arc::new(bowline_live_health::assess), compare_status: false, unheeded: Arc::new(|_| None) }
    }
}

// === impl Cache ===

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache({})", self.inner.client.server())
    }
}

impl Cache {
    /// Starts to watch a cluster. Its tasks are `runtime`'s and end with the cache, or when `runtime`'s are asked to: what
    /// is known then stays readable.
    pub fn start(client: Client, config: CacheConfig, runtime: &Runtime) -> (Cache, Changes) {
        let feed = Arc::new(Feed::default());
        let namespaces = match config.namespaces.as_slice() {
            [] => vec!["".into()],
            some => some.iter().map(|namespace| namespace.as_str().into()).collect(),
        };
        let inner = Arc::new(Inner {
            reader: Reader {
                instances: config.instances,
                secrets: config.secrets,
                reading: RwLock::new(config.reading),
                seed: config.seed,
                interner: Mutex::default(),
            },
            filter: Mutex::new(config.filter),
            respect_rbac: config.respect_rbac,
            anew: Mutex::default(),
            namespaces,
            cluster_resources: config.cluster_resources || config.namespaces.is_empty(),
            lists: Arc::new(Semaphore::new(config.lists.max(1))),
            tasks: runtime.tasks.clone(),
            clock: runtime.clock.clone(),
            jitter: runtime.jitter.clone(),
            store: RwLock::default(),
            states: Mutex::new(States::new()),
            discovery: RwLock::default(),
            feed: feed.clone(),
            changed: watch::Sender::new(0),
            rediscover: Notify::new(),
            events: AtomicU64::new(0),
            wakes: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            client,
        });
        let name = format!("cache of {}", inner.client.server());
        let (running, cancel) = (run::run(inner.clone()), runtime.tasks.cancel_token().clone());
        let task = runtime.tasks.spawn_owned(name, async move {
            // The watches are owned by what is broken off here, and end with it.
            cancel.run(running).await;
        });
        (Cache { inner, _task: Arc::new(task) }, Changes::new(feed))
    }

    /// The client whose cluster this is.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// What is known, and how well.
    pub fn state(&self) -> ClusterState {
        self.inner.states().state()
    }

    /// Waits until every kind has been listed or has said why it cannot be, the cluster cannot be reached, or it is time to end.
    pub async fn settled(&self) -> ClusterState {
        let mut changed = self.inner.changed.subscribe();
        loop {
            let state = self.state();
            if state.synced || matches!(state.connection, Connection::Failed { .. }) {
                return state;
            }
            match self.inner.tasks.cancel_token().run(changed.changed()).await {
                Some(told) => told.expect("because the sender lives in this cache"),
                None => return self.state(),
            }
        }
    }

    /// What the cluster serves; nothing until it has been asked.
    pub fn discovery(&self) -> Arc<Discovery> {
        self.inner.discovery.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How well the objects of a kind are known.
    pub fn knowledge(&self, kind: &GroupKind) -> Knowledge {
        let states = self.inner.states();
        if let Some(known) = states.knowledge(kind) {
            return known;
        }
        let discovered = states.discovered;
        drop(states);
        match self.discovery().preferred(&kind.group, &kind.kind) {
            Some(_) => Knowledge::Excluded,
            None if discovered => Knowledge::NotServed,
            None => Knowledge::Unknown,
        }
    }

    /// The objects that an application manages, by their own marks. Those whose mark was written for another object are
    /// among them (see [`InstanceId::is_self_reference`]).
    pub fn managed(&self, instance: &str) -> Vec<Arc<Live>> {
        self.inner.store().managed(instance).map(|(_, live)| live.clone()).collect()
    }

    /// The names of all applications that manage something here.
    pub fn instances(&self) -> Vec<Arc<str>> {
        self.inner.store().instances()
    }

    /// One object.
    pub fn get(&self, key: &ResourceKey) -> Option<Arc<Node>> {
        self.inner.store().get(key).cloned()
    }

    /// What an object owns.
    pub fn children(&self, key: &ResourceKey) -> Vec<Arc<Node>> {
        let store = self.inner.store();
        store.get(key).map(|node| store.children(node)).unwrap_or_default()
    }

    /// What an application manages and all that it owns; parents before children.
    pub fn tree(&self, instance: &str) -> Vec<TreeNode> {
        tree(&self.inner.store(), instance)
    }

    /// Watches other kinds from now on.
    pub fn set_filter(&self, filter: KindFilter) {
        *self.inner.filter.lock().unwrap_or_else(PoisonError::into_inner) = filter;
        self.inner.rediscover.notify_one();
    }

    /// Reads objects otherwise from now on. Objects of the kinds that `anew` chooses are listed again, so that they are all read so;
    /// others are when they change.
    pub fn set_reading(&self, reading: Reading, anew: impl Fn(&GroupKind) -> bool) {
        self.inner.reader.set(reading);
        let kinds: Vec<GroupKind> = self.inner.states().watches.keys().map(|(kind, _)| kind.clone()).collect();
        let chosen: Vec<GroupKind> = kinds.into_iter().filter(|kind| anew(kind)).collect();
        if !chosen.is_empty() {
            self.inner.anew.lock().unwrap_or_else(PoisonError::into_inner).extend(chosen);
            self.inner.rediscover.notify_one();
        }
    }

    /// How healthy an object is, as for the objects of the cache.
    pub fn assess(&self, object: &Object) -> Option<Health> {
        self.inner.reader.assess(object)
    }

    /// What lives in a namespace and is owned by nothing.
    pub fn top_level(&self, namespace: &str) -> Vec<Arc<Node>> {
        self.inner.store().top_level(namespace)
    }

    /// Which kinds are watched.
    pub fn filter(&self) -> KindFilter {
        self.inner.filter.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the cluster what it serves, for those who have reason to think that it changed.
    pub fn rediscover(&self) {
        self.inner.rediscover.notify_one();
    }

    /// Objects and events of every kind.
    pub fn kinds(&self) -> Vec<KindCount> {
        let store = self.inner.store();
        let mut counts: Vec<KindCount> = store
            .kinds()
            .map(|(kind, held)| KindCount { kind: kind.clone(), objects: held.objects.len(), events: held.events })
            .collect();
        counts.sort_by(|a, b| a.kind.cmp(&b.kind));
        counts
    }

    /// Numbers since the start, for metrics.
    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            events: read(&self.inner.events),
            wakes: read(&self.inner.wakes),
            failures: read(&self.inner.failures),
        }
    }
}

// === impl Inner ===

impl Inner {
    fn store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn store_mut(&self) -> RwLockWriteGuard<'_, Store> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn states(&self) -> MutexGuard<'_, States> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and tells of it, where it really changed.
    fn set_states(&self, change: impl FnOnce(&mut States)) {
        let mut states = self.states();
        let before = states.state();
        change(&mut states);
        let after = states.state();
        drop(states);
        if before == after {
            return;
        }
        self.changed.send_modify(|n| *n += 1);
        let whole = |s: &ClusterState| (s.connection.clone(), s.server_version.clone(), s.synced);
        if whole(&before) != whole(&after) {
            self.feed.cluster();
        }
        // A kind that is known better or worse than before concerns those who use it.
        let differs = |a: &ClusterState, b: &ClusterState| -> Vec<GroupKind> {
            a.degraded.iter().filter(|d| !b.degraded.contains(d)).map(|d| d.kind.clone()).collect()
        };
        self.feed.kinds(differs(&before, &after).into_iter().chain(differs(&after, &before)), false);
    }

    /// The cluster answered.
    fn connected(&self) {
        let mut back = false;
        self.set_states(|states| {
            back = matches!(states.connection, Connection::Failed { .. });
            states.connection = Connection::Connected;
        });
        if back {
            // It may be another server, or serve other kinds than before.
            tracing::info!(server = self.client.server(), "cluster can be reached again");
            self.rediscover.notify_one();
        }
    }

    /// The cluster did not answer.
    fn disconnected(&self, reason: String) {
        let now = self.clock.now();
        self.set_states(|states| {
            let since = match &states.connection {
                Connection::Failed { since, .. } => *since,
                _ => {
                    tracing::warn!(server = self.client.server(), reason, "cluster cannot be reached");
                    now
                }
            };
            states.connection = Connection::Failed { reason, since };
        });
    }
}

/// Watches by what they watch.
type Watches = HashMap<crate::state::WatchKey, follow::Follower>;
