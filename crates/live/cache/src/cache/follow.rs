//! Follows one kind.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bowline_base_kube::{ApiResource, Class, Error, Event, Watch, WatchOptions, WriteOptions};
use bowline_base_task::Owned;
use bowline_base_value::Value;
use bowline_core_types::{GroupKind, ResourceKey};

use serde_json::json;

use super::{Inner, RespectRbac};
use crate::node::Node;
use crate::state::Progress;
use crate::store::{Effect, ObjectName};

/// The watch of one kind (in one namespace, where only some are watched).
pub(super) struct Follower {
    resource: ApiResource,
    namespace: Arc<str>,
    /// Set under the store's lock: from then on the task changes nothing, even where it is just about to.
    stopped: Arc<AtomicBool>,
    _task: Owned,
}

struct Following {
    inner: Arc<Inner>,
    kind: GroupKind,
    namespace: Arc<str>,
    stopped: Arc<AtomicBool>,
    /// What a list has shown so far.
    seen: HashSet<ObjectName>,
}

// === impl Follower ===

impl Follower {
    pub(super) fn start(inner: &Arc<Inner>, resource: ApiResource, namespace: Arc<str>) -> Follower {
        let kind = GroupKind { group: resource.group.clone(), kind: resource.kind.clone() };
        inner.set_states(|states| {
            states.watches.insert((kind.clone(), namespace.clone()), Progress::Listing);
        });
        let options = WatchOptions { lists: Some(inner.lists.clone()), ..WatchOptions::default() };
        let mut watch = Watch::new(&inner.client, &resource, &namespace, options);
        let stopped = Arc::new(AtomicBool::new(false));
        let mut following = Following {
            inner: inner.clone(),
            kind,
            namespace: namespace.clone(),
            stopped: stopped.clone(),
            seen: HashSet::new(),
        };
        let asked = resource.clone();
        let name = format!("watch {} of {}", resource.title(), inner.client.server());
        let task = inner.tasks.spawn_owned(name, async move {
            loop {
                let event = watch.next().await;
                if let Event::Failed { error, .. } = &event
                    && error.is(Class::Forbidden)
                    && following.gives_up(&asked).await
                {
                    // It is asked for again when the cluster serves other kinds.
                    return following.refused();
                }
                following.event(event);
            }
        });
        Follower { resource, namespace, stopped, _task: task }
    }

    pub(super) fn resource(&self) -> &ApiResource {
        &self.resource
    }

    /// Ends the watch and leaves what it found.
    pub(super) fn stop(self, inner: &Inner) {
        let _store = inner.store_mut();
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Ends the watch of a kind that is no longer served (or wanted): its objects are gone with it.
    pub(super) fn end(self, inner: &Inner) {
        let kind = GroupKind { group: self.resource.group.clone(), kind: self.resource.kind.clone() };
        let mut store = inner.store_mut();
        self.stopped.store(true, Ordering::Relaxed);
        for key in store.unseen(&kind, &self.namespace, &HashSet::new()) {
            let effect = store.remove(&key);
            inner.tell(effect, &key);
        }
        store.forget(&kind);
        drop(store);
        inner.set_states(|states| {
            states.watches.remove(&(kind, self.namespace.clone()));
        });
    }
}

// === impl Following ===

impl Following {
    fn event(&mut self, event: Event) {
        match event {
            Event::Listing => self.seen.clear(),
            Event::Listed(items) => {
                let nodes: Vec<Node> = items.into_iter().filter_map(|item| self.read(item)).collect();
                self.seen.extend(nodes.iter().map(|node| (node.key.namespace.clone(), node.key.name.clone())));
                self.change(|inner, store| {
                    for node in nodes {
                        let key = node.key.clone();
                        let effect = store.apply(node);
                        inner.tell(effect, &key);
                    }
                });
            }
            Event::Complete => {
                let seen = std::mem::take(&mut self.seen);
                let (kind, namespace) = (self.kind.clone(), self.namespace.clone());
                self.change(|inner, store| {
                    store.kind(&kind);
                    for key in store.unseen(&kind, &namespace, &seen) {
                        let effect = store.remove(&key);
                        inner.tell(effect, &key);
                    }
                });
                self.progress(Progress::Current);
                self.inner.connected();
            }
            Event::Resumed => {
                self.progress(Progress::Current);
                self.inner.connected();
            }
            Event::Applied(object) => {
                let Some(node) = self.read(object) else { return };
                let kind = self.kind.clone();
                self.change(|inner, store| {
                    inner.events.fetch_add(1, Ordering::Relaxed);
                    store.kind(&kind).events += 1;
                    let key = node.key.clone();
                    let effect = store.apply(node);
                    inner.tell(effect, &key);
                });
            }
            Event::Deleted(object) => {
                let text = |path: &[&str]| object.str_at(path).unwrap_or_default();
                let (namespace, name) = (text(&["metadata", "namespace"]), text(&["metadata", "name"]));
                let kind = self.kind.clone();
                let key = ResourceKey::new(kind.group.clone(), kind.kind.clone(), namespace, name);
                self.change(|inner, store| {
                    inner.events.fetch_add(1, Ordering::Relaxed);
                    store.kind(&kind).events += 1;
                    let effect = store.remove(&key);
                    inner.tell(effect, &key);
                });
            }
            Event::Failed { error, wait } => self.failed(&error, wait),
        }
    }

    /// Changes the store, unless the watch has been ended.
    fn change(&self, change: impl FnOnce(&Inner, &mut crate::store::Store)) {
        let mut store = self.inner.store_mut();
        if !self.stopped.load(Ordering::Relaxed) {
            change(&self.inner, &mut store);
        }
    }

    /// An object that cannot be read is left out: it must not stop the others.
    fn read(&self, object: Value) -> Option<Node> {
        match self.inner.reader.read(object) {
            Ok(node) => Some(node),
            Err(error) => {
                tracing::warn!(server = self.inner.client.server(), kind = %self.kind, %error, "object cannot be read");
                None
            }
        }
    }

    /// Whether a kind that we may not list is left alone.
    async fn gives_up(&self, resource: &ApiResource) -> bool {
        match self.inner.respect_rbac {
            RespectRbac::Off => false,
            RespectRbac::Normal => true,
            RespectRbac::Strict => match may_list(&self.inner, resource, &self.namespace).await {
                Ok(allowed) => !allowed,
                Err(error) => {
                    tracing::debug!(kind = %self.kind, %error, "nobody says whether we may list a kind");
                    false
                }
            },
        }
    }

    /// We may not list the kind, and that is respected: nothing is known of it and nothing is missed.
    fn refused(&self) {
        tracing::info!(server = self.inner.client.server(), kind = %self.kind, "a kind is left out: we may not list it");
        let kind = self.kind.clone();
        let namespace = self.namespace.clone();
        self.change(|inner, store| {
            for key in store.unseen(&kind, &namespace, &HashSet::new()) {
                let effect = store.remove(&key);
                inner.tell(effect, &key);
            }
        });
        self.progress(Progress::Refused);
    }

    fn progress(&self, progress: Progress) {
        let key = (self.kind.clone(), self.namespace.clone());
        let stopped = self.stopped.clone();
        self.inner.set_states(|states| {
            if !stopped.load(Ordering::Relaxed)
                && let Some(known) = states.watches.get_mut(&key)
            {
                *known = progress;
            }
        });
    }

    fn failed(&self, error: &Error, wait: std::time::Duration) {
        self.inner.failures.fetch_add(1, Ordering::Relaxed);
        let (server, kind, reason) = (self.inner.client.server(), &self.kind, error.to_string());
        tracing::debug!(server, %kind, reason, ?wait, "watch failed");
        match error.class() {
            // The cluster's fault, not the kind's: what was listed stays as well known as the cluster is.
            Class::Unreachable | Class::Unauthorized => return self.inner.disconnected(reason),
            // No longer served, as it seems.
            Class::NotFound => self.inner.rediscover.notify_one(),
            _ => {}
        }
        let key = (self.kind.clone(), self.namespace.clone());
        self.inner.set_states(|states| {
            if let Some(known) = states.watches.get_mut(&key) {
                if !matches!(known, Progress::Failed { .. }) {
                    tracing::warn!(server, %kind, reason, "kind cannot be watched now");
                }
                *known = Progress::Failed { reason };
            }
        });
    }
}

/// Asks the API server whether we may list a kind.
async fn may_list(inner: &Inner, resource: &ApiResource, namespace: &str) -> Result<bool, Error> {
    let review =
        ApiResource::new("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false);
    let question = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {
        "resourceAttributes": {
            "verb": "list", "group": &*resource.group, "resource": &*resource.plural, "namespace": namespace
        }
    }});
    let answer = inner.client.create(&review, "", &question.into(), &WriteOptions::default()).await?;
    Ok(answer.value.get_path(&["status", "allowed"]).and_then(Value::as_bool).unwrap_or_default())
}

// === impl Inner ===

impl Inner {
    fn tell(&self, effect: Effect, key: &ResourceKey) {
        if let Some(namespace) = effect.loose {
            self.feed.namespace(namespace);
        }
        if effect.definitions {
            self.rediscover.notify_one();
        }
        if !effect.instances.is_empty() {
            self.wakes.fetch_add(1, Ordering::Relaxed);
            self.feed.changed(&effect.instances, key);
        }
    }
}
