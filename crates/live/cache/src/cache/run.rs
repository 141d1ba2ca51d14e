//! Keeps one watch per kind that the cluster serves.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bowline_base_kube::{ApiResource, Discovery, Error};
use bowline_core_types::GroupKind;
use serde_json::Value as Json;

use super::follow::Follower;
use super::{Inner, Watches};
use crate::state::{Connection, WatchKey};

/// How long after a hint what the cluster serves is asked for. API servers tell of a new kind some time after they accepted
/// its definition, so one question is not enough.
const AFTER_A_HINT: [u64; 4] = [100, 400, 1500, 5000];
/// The first wait after a failure; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait after a failure.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Runs until it is dropped; the watches are dropped with it.
pub(super) async fn run(inner: Arc<Inner>) {
    let mut watches = Watches::new();
    let mut failures = 0;
    // Which of the waits after a hint is next; at the end, a hint is waited for.
    let mut step = AFTER_A_HINT.len();
    let mut connected = inner.client.connected();
    loop {
        connected.mark_unchanged();
        match ask(&inner).await {
            Ok(discovery) => {
                failures = 0;
                let discovery = Arc::new(discovery);
                let before = {
                    let mut known = inner.discovery.write().unwrap_or_else(std::sync::PoisonError::into_inner);
                    std::mem::replace(&mut *known, discovery.clone())
                };
                adjust(&inner, &mut watches, &discovery);
                inner.set_states(|states| states.discovered = true);
                inner.connected();
                let kinds = served_otherwise(&before, &discovery);
                if !kinds.is_empty() {
                    inner.changed.send_modify(|n| *n += 1);
                    inner.feed.kinds(kinds, true);
                }
            }
            Err(error) => {
                inner.disconnected(error.to_string());
                let wait = inner.jitter.backoff(failures, FIRST_WAIT, LONGEST_WAIT);
                failures = failures.saturating_add(1);
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    Ok(()) = connected.changed() => {}
                }
                continue;
            }
        }
        hint(&inner, &mut step).await;
    }
}

/// Waits until what the cluster serves is to be asked for again. A hint is not answered at once, so that many of them become
/// one question.
async fn hint(inner: &Inner, step: &mut usize) {
    let first = Duration::from_millis(AFTER_A_HINT[0]);
    match AFTER_A_HINT.get(*step) {
        None => inner.rediscover.notified().await,
        Some(wait) => tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(*wait)) => {
                *step += 1;
                return;
            }
            () = inner.rediscover.notified() => {}
        },
    }
    tokio::time::sleep(first).await;
    *step = 1;
}

async fn ask(inner: &Inner) -> Result<Discovery, Error> {
    let known = {
        let states = inner.states();
        states.server_version.is_some() && states.connection == Connection::Connected
    };
    if !known {
        let version: Json = inner.client.get_path("/version").await?;
        let version = version["gitVersion"].as_str().map(String::from);
        inner.set_states(|states| states.server_version = version);
    }
    Discovery::fetch(&inner.client).await
}

/// The kinds that came, went, or are served in other versions, at other places or with other verbs.
fn served_otherwise(before: &Discovery, after: &Discovery) -> BTreeSet<GroupKind> {
    if before == after {
        return BTreeSet::new();
    }
    let known: HashSet<&ApiResource> = before.all().collect();
    let found: HashSet<&ApiResource> = after.all().collect();
    let changed = known.symmetric_difference(&found);
    changed.map(|resource| GroupKind { group: resource.group.clone(), kind: resource.kind.clone() }).collect()
}

/// Starts watches of what is newly served and ends those of what is no longer.
fn adjust(inner: &Arc<Inner>, watches: &mut Watches, discovery: &Discovery) {
    let filter = inner.filter.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let anew = std::mem::take(&mut *inner.anew.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    let refused = inner.states().refused();
    let mut wanted: Vec<(WatchKey, &ApiResource)> = Vec::new();
    for resource in discovery.all().filter(|resource| filter.watches(resource)) {
        let kind = GroupKind { group: resource.group.clone(), kind: resource.kind.clone() };
        if !resource.namespaced {
            if inner.cluster_resources {
                wanted.push(((kind, "".into()), resource));
            }
            continue;
        }
        wanted.extend(inner.namespaces.iter().map(|namespace| ((kind.clone(), namespace.clone()), resource)));
    }
    let gone: Vec<WatchKey> = watches
        .iter()
        .filter(|(key, follower)| {
            // What cannot be asked for now is not gone.
            let unknown = discovery.unknown().contains_key(&follower.resource().api_version());
            !unknown && !wanted.iter().any(|(want, _)| want == *key)
        })
        .map(|(key, _)| key.clone())
        .collect();
    for key in gone {
        if let Some(follower) = watches.remove(&key) {
            follower.end(inner);
        }
    }
    for (key, resource) in wanted {
        let same = |follower: &Follower| same_place(follower.resource(), resource);
        if !watches.get(&key).is_some_and(same) || anew.contains(&key.0) || refused.contains(&key) {
            // Of a kind that is watched at another version, or read otherwise, from now on, the objects stay until they have been
            // listed.
            if let Some(old) = watches.remove(&key) {
                old.stop(inner);
            }
            let follower = Follower::start(inner, resource.clone(), key.1.clone());
            watches.insert(key, follower);
        }
    }
}

/// Whether two resources are watched at the same path. Other verbs do not matter.
fn same_place(a: &ApiResource, b: &ApiResource) -> bool {
    (&a.version, &a.plural, a.namespaced) == (&b.version, &b.plural, b.namespaced)
}
