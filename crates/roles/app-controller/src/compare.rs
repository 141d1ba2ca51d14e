//! Desired beside live: every object of an application compared, with its health.

use std::collections::HashMap;

use bowline_core_ports::{ApplyOptions, BoxFuture, Cluster, FieldValidation};
use bowline_core_types::{AppName, Object, ResourceKey, is_hook};
use bowline_live_cache::Knowledge;
use bowline_live_health::{AppHealth, Child, Health, aggregate};
use bowline_plan_diff::{
    Answer, Comparison, Digest, Item as Counted, Pair, Prediction, Rules, SyncStatus, compare, digest, overview,
};
use bowline_plan_planner::{ActionKind, Outcome, Progress};
use bowline_sync_executor::{Overlay, Report};
use futures::StreamExt;
use jiff::Timestamp;

use crate::Shared;
use crate::clusters::Destination;
use crate::desired::Desired;
use crate::rules::Comparing;

/// Dry runs of one application at once: enough to hide the way to the API server, few enough to leave it to others.
const DRY_RUNS: usize = 8;

/// What is known of an application's objects from before, so that the API server is not asked again.
#[derive(Default)]
pub struct Memory {
    /// Answers of dry runs, each with what it depends on.
    answers: HashMap<ResourceKey, Answer>,
    /// What calls returned and watches have not shown yet.
    overlay: Overlay,
    /// What was applied last.
    applied_digests: HashMap<ResourceKey, Digest>,
    /// Bodies of objects that are not marked as the application's (yet), with the version they were read at.
    fetched: HashMap<ResourceKey, (u64, Object)>,
}

/// A live object with its health.
#[derive(Clone, Debug)]
pub struct LiveObject {
    /// The object; what a Secret holds is digests.
    pub object: Object,
    /// Its health; `None` for kinds that have none.
    pub health: Option<Health>,
}

/// One object of an application.
#[derive(Clone, Debug)]
pub struct Item {
    /// What names it.
    pub key: ResourceKey,
    /// What Git says; `None` where it is only tracked.
    pub desired: Option<Object>,
    /// What the cluster holds.
    pub live: Option<LiveObject>,
    /// How they compare.
    pub comparison: Comparison,
    /// Whether the live object's mark was written for it.
    pub self_reference: bool,
    /// Whether the API server has accepted the desired object in a dry run.
    pub checked: bool,
}

/// An application compared.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Every object, desired ones first, in order.
    pub items: Vec<Item>,
    /// The verdict.
    pub status: SyncStatus,
    /// Why it is not synced: objects with a sentence each.
    pub reasons: Vec<(ResourceKey, String)>,
    /// The health.
    pub health: AppHealth,
    /// Objects that other applications say are theirs, with those applications' names.
    pub shared: Vec<(ResourceKey, String)>,
}

/// How an application is compared.
#[derive(Clone, Copy)]
pub struct How<'a> {
    /// By which rules.
    pub comparing: &'a Comparing,
    /// Whether the project permits an object.
    pub permitted: &'a (dyn Fn(&Object) -> Result<(), String> + Sync),
    /// Whom the API server is asked as.
    pub cluster: &'a dyn Cluster,
}

/// Compares. Asks the API server only what is not known.
pub async fn compared(
    shared: &Shared,
    destination: &Destination,
    app: &AppName,
    desired: &Desired,
    how: How<'_>,
    memory: &mut Memory,
) -> Result<Compared, String> {
    let instance = app.instance(&shared.config.namespace);
    let tracking = shared.world.settings().instance_id();
    let now = shared.clock.now();
    let mut live = live_objects(destination, &instance, memory, now);
    let mut items: Vec<Item> = Vec::with_capacity(desired.objects.len());
    let mut shared_with = Vec::new();
    for object in desired.objects.iter() {
        let key = object.key();
        let found = match live.remove(&key).or_else(|| memory.returned(destination, &key, now)) {
            Some(found) => Some(found),
            None => fetch(destination, object, &key, memory).await?,
        };
        if let Some(found) = &found
            && let Some(other) = tracking.instance(&found.object)
            && other != instance
            && tracking.is_self_reference(&found.object)
        {
            shared_with.push((key.clone(), other));
        }
        let self_reference = found.as_ref().is_none_or(|found| tracking.is_self_reference(&found.object));
        items.push(Item {
            key,
            desired: Some(object.clone()),
            live: found,
            comparison: Comparison::Missing,
            self_reference,
            checked: false,
        });
    }
    decide(shared, &mut items, how, memory).await;
    let mut extra: Vec<Item> = live
        .into_iter()
        .filter(|(key, found)| {
            tracking.is_self_reference(&found.object) && desired.filter.admits(&key.group, &key.kind)
        })
        .map(|(key, found)| Item {
            key,
            desired: None,
            live: Some(found),
            comparison: compare(Pair::Extra, &Rules::default()),
            self_reference: true,
            checked: false,
        })
        .collect();
    extra.sort_by(|a, b| a.key.cmp(&b.key));
    items.append(&mut extra);
    memory.keep_only(&items);

    let verdict = overview(items.iter().map(|item| Counted {
        key: &item.key,
        desired: item.desired.as_ref(),
        live: item.live.as_ref().map(|l| &l.object),
        comparison: &item.comparison,
        self_reference: item.self_reference,
    }));
    let health = aggregate(items.iter().filter(|item| item.self_reference).map(|item| Child {
        key: &item.key,
        desired: item.desired.as_ref(),
        live: item.live.as_ref().map(|l| &l.object),
        health: item.live.as_ref().and_then(|l| l.health.as_ref()),
        is_self: &*item.key.kind == "Application"
            && &*item.key.group == bowline_core_crd::GROUP
            && item.key.name == app.name
            && item.key.namespace == app.namespace,
    }));
    Ok(Compared { items, status: verdict.status, reasons: verdict.reasons, health, shared: shared_with })
}

/// What the application manages, as new as anything known. Hooks are not among it: the planner looks them up by name.
fn live_objects(
    destination: &Destination,
    instance: &str,
    memory: &Memory,
    now: Timestamp,
) -> HashMap<ResourceKey, LiveObject> {
    let filter = destination.cache.filter();
    let managed = destination.cache.managed(instance).into_iter().filter(|live| !is_hook(&live.object));
    managed
        .filter(|live| filter.admits(live.object.group(), live.object.kind()))
        .filter_map(|live| {
            let key = live.object.key();
            let newest = memory.overlay.newest(&key, Some(&live.object), now)?;
            let health = if newest.resource_version() == live.object.resource_version() {
                live.health.clone()
            } else {
                destination.cache.assess(&newest)
            };
            Some((key, LiveObject { object: newest, health }))
        })
        .collect()
}

/// A live object that is not marked as the application's: made by someone else, or not yet told of by a watch.
async fn fetch(
    destination: &Destination,
    desired: &Object,
    key: &ResourceKey,
    memory: &mut Memory,
) -> Result<Option<LiveObject>, String> {
    if key.name.is_empty() {
        return Ok(None);
    }
    let node = destination.cache.get(key);
    match destination.cache.knowledge(&key.group_kind()) {
        Knowledge::Current if node.is_none() => return Ok(None),
        Knowledge::NotServed => return Ok(None),
        _ => {}
    }
    if let (Some(node), Some((seen, object))) = (&node, memory.fetched.get(key))
        && node.resource_version == *seen
    {
        return Ok(Some(LiveObject { object: object.clone(), health: destination.cache.assess(object) }));
    }
    let found = destination.cluster.get(&desired.gvk(), &key.namespace, &key.name).await;
    let found = found.map_err(|e| format!("Failed to load live state: {key}: {e}"))?;
    Ok(found.map(|object| {
        memory.fetched.insert(key.clone(), (version(&object), object.clone()));
        LiveObject { health: destination.cache.assess(&object), object }
    }))
}

/// Decides every object that is there, asking the API server where no answer from before still holds.
async fn decide(shared: &Shared, items: &mut [Item], how: How<'_>, memory: &mut Memory) {
    let mut questions: Vec<BoxFuture<'_, (usize, Answer)>> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let (Some(desired), Some(live)) = (&item.desired, &item.live) else { continue };
        let known = memory.answers.get(&item.key).is_some_and(|answer| answer.holds(desired, &live.object));
        if !known && (how.permitted)(desired).is_ok() {
            questions.push(Box::pin(async move { (i, ask(shared, how, desired, &live.object).await) }));
        }
    }
    let asked: Vec<(usize, Answer)> = futures::stream::iter(questions).buffer_unordered(DRY_RUNS).collect().await;
    for (i, answer) in asked {
        memory.answers.insert(items[i].key.clone(), answer);
    }
    let rules = how.comparing.rules();
    for item in items {
        let (Some(desired), live) = (item.desired.as_ref(), item.live.as_ref()) else { continue };
        if let Err(reason) = (how.permitted)(desired) {
            item.comparison = Comparison::Unknown { error: reason };
            continue;
        }
        let Some(live) = live else { continue };
        let answer = memory.answers.get(&item.key);
        item.checked = answer.is_some_and(|answer| answer.predicted.is_ok());
        let predicted = answer.map_or(Prediction::Failed("it was not asked for"), Answer::prediction);
        let git_changed = memory.applied_digests.get(&item.key).map(|last| *last != digest(desired));
        let pair = Pair::Both { live: &live.object, predicted, git_changed };
        item.comparison = compare(pair, &rules);
    }
}

/// Asks the API server what applying would give.
async fn ask(shared: &Shared, how: How<'_>, desired: &Object, live: &Object) -> Answer {
    let validation = if how.comparing.is_lenient(desired) { FieldValidation::Ignore } else { FieldValidation::Warn };
    let options = ApplyOptions { dry_run: true, validation, ..ApplyOptions::default() };
    let predicted = how.cluster.apply(desired, &options).await;
    shared.metrics.dry_runs.inc();
    Answer::new(desired, live, predicted.map(|applied| applied.object).map_err(|e| e.to_string()))
}

// === impl Memory ===

impl Memory {
    /// Takes in what came of a step: what calls returned is what is live, and the answer to asking again.
    pub fn take_in(&mut self, report: &Report, progress: &mut Progress, now: Timestamp) {
        report.record(progress, &mut self.overlay, now);
        for (action, outcome) in &report.outcomes {
            let ActionKind::Apply { object, dry_run: false, .. } = &action.kind else { continue };
            if let Outcome::Done { object: Some(applied), .. } = outcome {
                self.answers.insert(action.key.clone(), Answer::from_applied(object, applied));
                self.applied_digests.insert(action.key.clone(), digest(object));
            }
        }
    }

    /// What a call returned of an object that no watch shows.
    pub fn returned(&self, destination: &Destination, key: &ResourceKey, now: Timestamp) -> Option<LiveObject> {
        let object = self.overlay.newest(key, None, now)?;
        Some(LiveObject { health: destination.cache.assess(&object), object })
    }

    /// What was applied since the server started.
    pub fn applied(&self) -> impl Iterator<Item = &ResourceKey> {
        self.applied_digests.keys()
    }

    /// What applying an object would give, as it was answered last.
    pub fn predicted(&self, key: &ResourceKey) -> Option<&Object> {
        self.answers.get(key)?.predicted.as_ref().ok()
    }

    /// The newest of an object, where a watch shows `watched`.
    pub fn newest(&self, key: &ResourceKey, watched: Option<&Object>, now: Timestamp) -> Option<Object> {
        self.overlay.newest(key, watched, now)
    }

    /// Forgets everything (a hard refresh).
    pub fn clear(&mut self) {
        self.answers.clear();
        self.fetched.clear();
    }

    fn keep_only(&mut self, items: &[Item]) {
        let known: std::collections::HashSet<&ResourceKey> = items.iter().map(|item| &item.key).collect();
        self.answers.retain(|key, _| known.contains(key));
        self.fetched.retain(|key, _| known.contains(key));
        self.applied_digests.retain(|key, _| known.contains(key));
    }
}

/// An object's resource version as a number.
pub fn version(object: &Object) -> u64 {
    object.resource_version().parse().unwrap_or(0)
}
