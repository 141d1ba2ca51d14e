//! [`Controller`]: the circle of the application controller over the ports, pass by pass: read, observe, decide, plan, carry out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bowline_core_ports::{BoxFuture, Cluster};
use bowline_core_types::{Gvk, Object, ResourceKey, annotation, is_hook};
use bowline_live_health::{Health, HealthStatus};
use bowline_plan_planner::{
    Guard, Input, Limits, Live, ManagedNamespace, Next, Operation, OperationPhase, Progress, Resource, Scope, Selector,
    Strategy, SyncOptions, Task, View, plan,
};
use bowline_sync_executor::{Executor, Overlay, Pause};
use jiff::{SignedDuration, Timestamp};

use crate::cluster::Memory;
use crate::source::Commit;

/// What stands between a fault and a deletion. A run without them shows that the faults bite.
#[derive(Clone, Copy, Debug)]
pub struct Safeguards {
    /// What could not be read whole is not taken for the truth.
    pub complete: bool,
    /// Many deletions at once, and those of protected kinds, wait for a person.
    pub guard: bool,
    /// An automated sync does not wipe out all objects.
    pub not_empty: bool,
}

/// What the cache shows.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    pub objects: BTreeMap<ResourceKey, Object>,
    /// Kinds whose list has failed: what is shown of them is some of it, or old.
    pub incomplete: BTreeSet<String>,
}

/// An operation under way.
#[derive(Debug)]
struct Running {
    operation: Operation,
    commit: Commit,
    progress: Progress,
    /// What is on record of it outside of the process.
    recorded: Progress,
    retry_at: Option<Timestamp>,
}

#[derive(Debug)]
pub(crate) struct Controller {
    safeguards: Safeguards,
    options: SyncOptions,
    overlay: Overlay,
    running: Option<Running>,
    /// Kinds that the last sync had objects of.
    kinds: BTreeSet<String>,
    /// The last operation that ended, with its commit and whether it succeeded.
    last: Option<(String, bool)>,
    pub syncs: usize,
    /// What the last plan said.
    pub says: String,
}

/// What a pass sees.
pub(crate) struct Scene<'a> {
    pub cluster: &'a Memory,
    pub cache: &'a Cache,
    /// What was read of the source; an error where it could not be.
    pub desired: Result<Commit, String>,
    pub now: Timestamp,
    /// The process dies in this pass, after so many groups of calls.
    pub dies_after: Option<usize>,
    /// Whether a person has confirmed what is withheld.
    pub confirmed: bool,
    /// Whether some workloads never get well.
    pub degrades: bool,
}

/// Time passes at once.
struct Clockwork;

impl Pause for Clockwork {
    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// The namespace that the application deploys to.
pub(crate) const NAMESPACE: &str = "web";
/// Tries of a sync that failed.
const RETRIES: u64 = 5;
/// Steps of one pass: a plan that does not end within them is at fault.
const STEPS: usize = 200;

// === impl Controller ===

impl Controller {
    pub(crate) fn new(safeguards: Safeguards, options: SyncOptions) -> Controller {
        let (overlay, running, last) = (Overlay::default(), None, None);
        Controller {
            safeguards,
            options,
            overlay,
            running,
            kinds: BTreeSet::new(),
            last,
            syncs: 0,
            says: String::new(),
        }
    }

    /// The process dies: what is not on record is forgotten.
    pub(crate) fn die(&mut self) {
        self.overlay = Overlay::default();
        if let Some(running) = &mut self.running {
            running.progress = Progress { results: running.recorded.results.clone(), ..Progress::default() };
        }
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.running.is_none()
    }

    /// One look.
    pub(crate) async fn pass(&mut self, scene: &Scene<'_>) {
        let Ok(commit) = &scene.desired else { return };
        let Some(resources) = self.resources(scene, commit).await else { return };
        if self.running.is_none() {
            self.begin(scene, commit, &resources);
        }
        if let Some(running) = &mut self.running
            && let Some(at) = running.retry_at
        {
            if scene.now < at && running.commit.revision == commit.revision {
                return;
            }
            running.retry_at = None;
            running.operation.retries += 1;
            (running.progress, running.recorded) = (Progress::default(), Progress::default());
            if running.commit.revision != commit.revision {
                // A newer commit goes first.
                self.running = None;
                self.begin(scene, commit, &resources);
            }
        }
        self.drive(scene).await;
    }

    /// An automated sync, where one is due.
    fn begin(&mut self, scene: &Scene<'_>, commit: &Commit, resources: &[Resource]) {
        let out_of_sync: Vec<&Resource> = resources.iter().filter(|r| !r.in_sync).collect();
        if out_of_sync.is_empty() {
            return;
        }
        if self.safeguards.not_empty && resources.iter().all(|r| r.desired.is_none()) {
            return;
        }
        let mut selectors = Vec::new();
        match &self.last {
            Some((revision, false)) if *revision == commit.revision => return,
            Some((revision, true)) if *revision == commit.revision => {
                let selector = |r: &&Resource| Selector {
                    group: r.key.group.to_string(),
                    kind: r.key.kind.to_string(),
                    name: r.key.name.to_string(),
                    namespace: r.key.namespace.to_string(),
                };
                selectors = out_of_sync.iter().map(selector).collect();
            }
            _ => {}
        }
        self.syncs += 1;
        let operation = Operation {
            revision: commit.revision.clone(),
            prune: true,
            dry_run: false,
            force: false,
            strategy: Strategy::Hook,
            selectors,
            started_at: scene.now,
            retries: 0,
        };
        let (progress, recorded) = (Progress::default(), Progress::default());
        self.running = Some(Running { operation, commit: commit.clone(), progress, recorded, retry_at: None });
    }

    /// Steps until the operation has ended, waits, or the process dies.
    async fn drive(&mut self, scene: &Scene<'_>) {
        let mut groups_left = scene.dies_after;
        let mut last = String::new();
        for _ in 0..STEPS {
            let Some(mut running) = self.running.take() else { return };
            let Some(resources) = self.resources(scene, &running.commit).await else {
                self.running = Some(running);
                return;
            };
            let planned = self.plan(scene, &running, &resources);
            running.progress = planned.progress;
            match planned.next {
                Next::Run(step) => {
                    last = format!("{:?} {}: {:?}", step.purpose, step.message, step.groups.concat());
                    if planned.tasks.iter().any(Task::is_hook) {
                        running.recorded = running.progress.clone();
                    }
                    {
                        let mut state = scene.cluster.state();
                        let (hooks, plain): (Vec<&Object>, Vec<&Object>) =
                            running.commit.objects.iter().partition(|o| is_hook(o));
                        state.desired = plain.into_iter().map(Object::key).collect();
                        (state.meant, state.revision) = (running.commit.meant, running.commit.revision.clone());
                        state.hooks = hooks.into_iter().map(Object::key).collect();
                        state.confirmed = scene.confirmed;
                    }
                    let total = step.groups.len();
                    let count = AtomicUsize::new(0);
                    let stop = || {
                        let asked = count.fetch_add(1, Ordering::Relaxed);
                        groups_left.is_some_and(|left| asked >= left)
                    };
                    let executor = Executor { cluster: scene.cluster, pause: &Clockwork, parallel: 4 };
                    let report = executor.run(&step, stop).await;
                    if let Some(left) = groups_left.as_mut() {
                        if *left < total {
                            // Nothing of what this step did is on record.
                            self.running = Some(running);
                            return self.die();
                        }
                        *left -= total;
                    }
                    report.record(&mut running.progress, &mut self.overlay, scene.now);
                    self.running = Some(running);
                }
                Next::Wait(wait) => {
                    assert!(wait.until > scene.now && !wait.message.is_empty());
                    self.says = wait.message;
                    running.recorded = running.progress.clone();
                    self.running = Some(running);
                    return;
                }
                Next::Done { phase, message } => {
                    self.says = format!("{phase}: {message}");
                    let succeeded = phase == OperationPhase::Succeeded;
                    self.kinds = resources.iter().map(|r| r.key.group_kind().to_string()).collect();
                    if !succeeded && running.operation.retries < RETRIES {
                        let wait = SignedDuration::from_secs(5 << running.operation.retries);
                        running.retry_at = scene.now.checked_add(wait).ok();
                        self.running = Some(running);
                    } else {
                        self.last = Some((running.commit.revision, succeeded));
                    }
                    return;
                }
            }
        }
        panic!("the plan does not end: {last}");
    }

    fn plan(&self, scene: &Scene<'_>, running: &Running, resources: &[Resource]) -> bowline_plan_planner::Plan {
        let hooks: Vec<Object> = running.commit.objects.iter().filter(|o| is_hook(o)).cloned().collect();
        // A kind that the application has had objects of and that is not seen whole hides some of what would be deleted.
        let of_resources = resources.iter().map(|r| r.key.group_kind().to_string());
        let incomplete = of_resources
            .chain(self.kinds.iter().cloned())
            .find(|kind| self.safeguards.complete && scene.cache.incomplete.contains(kind));
        let complete = incomplete.as_deref().map_or(Ok(()), Err);
        let guard = self.safeguards.guard.then(Guard::default);
        let limits = Limits {
            health: SignedDuration::from_secs(60),
            hook: SignedDuration::from_secs(60),
            deletion: SignedDuration::from_secs(60),
            ..Limits::default()
        };
        plan(&Input {
            operation: &running.operation,
            options: &self.options,
            resources,
            hooks: &hooks,
            complete,
            namespace: NAMESPACE,
            managed_namespace: &ManagedNamespace::default(),
            shared: &[],
            deployed: &Default::default(),
            confirmed: scene.confirmed,
            guard: guard.as_ref(),
            limits: &limits,
            progress: &running.progress,
            view: &Snapshot { scene, overlay: &self.overlay },
            now: scene.now,
        })
    }

    /// Desired beside live; `None` where the cluster does not answer.
    async fn resources(&self, scene: &Scene<'_>, commit: &Commit) -> Option<Vec<Resource>> {
        let snapshot = Snapshot { scene, overlay: &self.overlay };
        let mut resources = Vec::new();
        let objects = commit.objects.iter().filter(|o| !is_hook(o));
        for object in objects {
            let key = object.key();
            let mut live = snapshot.live(&key);
            if live.is_none() && scene.cache.incomplete.contains(&key.group_kind().to_string()) {
                // What a list does not show is asked for by name.
                match scene.cluster.get(&object.gvk(), &key.namespace, &key.name).await {
                    Ok(found) => live = found.map(|object| Live { health: health(&object, scene.degrades), object }),
                    Err(error) if error.kind == bowline_core_ports::ClusterErrorKind::NoSuchKind => {}
                    Err(_) => return None,
                }
            }
            let same = |live: &Live| {
                let data = |o: &Object| o.value().get("data").cloned();
                let mark = |o: &Object| o.annotation(annotation::TRACKING_ID).map(String::from);
                live.object.deletion_timestamp().is_none()
                    && (data(&live.object), mark(&live.object)) == (data(object), mark(object))
            };
            let in_sync = live.as_ref().is_some_and(same);
            resources.push(Resource { key, desired: Some(object.clone()), live, in_sync, checked: in_sync });
        }
        let desired: BTreeSet<ResourceKey> = commit.objects.iter().map(Object::key).collect();
        let shown: BTreeSet<&ResourceKey> = scene.cache.objects.keys().collect();
        for key in shown.into_iter().filter(|key| !desired.contains(key)) {
            let Some(live) = snapshot.live(key) else { continue };
            let ours = live.object.annotation(annotation::TRACKING_ID).is_some_and(|id| id.starts_with("app:"));
            if ours && !is_hook(&live.object) {
                resources.push(Resource {
                    key: key.clone(),
                    desired: None,
                    live: Some(live),
                    in_sync: false,
                    checked: false,
                });
            }
        }
        Some(resources)
    }
}

struct Snapshot<'a> {
    scene: &'a Scene<'a>,
    overlay: &'a Overlay,
}

impl View for Snapshot<'_> {
    fn kind(&self, gvk: &Gvk) -> Result<Option<Scope>, String> {
        let scope = |namespaced| if namespaced { Scope::Namespaced } else { Scope::Cluster };
        Ok(self.scene.cluster.kind(gvk).map(|info| scope(info.namespaced)))
    }

    fn permitted(&self, _: &Object, _: Scope) -> Result<(), String> {
        Ok(())
    }

    fn live(&self, key: &ResourceKey) -> Option<Live> {
        let object = self.overlay.newest(key, self.scene.cache.objects.get(key), self.scene.now)?;
        Some(Live { health: health(&object, self.scene.degrades), object })
    }
}

/// Workloads get well or not, by the number of their version; other kinds have no health.
fn health(object: &Object, degrades: bool) -> Option<Health> {
    if object.kind() != "Deployment" {
        return None;
    }
    let version: u64 = object.resource_version().parse().unwrap_or_default();
    let status = if degrades && version.is_multiple_of(11) { HealthStatus::Degraded } else { HealthStatus::Healthy };
    Some(Health::new(status, "as its version says"))
}
