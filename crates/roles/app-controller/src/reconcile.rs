//! [`reconcile`]: one application, looked at whole. Read it from top to bottom; every way out says why and when to look again.

use std::sync::Arc;
use std::time::Duration;

use bowline_core_crd::{AppProject, Application, Time};
use bowline_core_crd::{ApplicationConditionType as Kind, RefreshType};
use bowline_core_ports::Freshness;
use bowline_core_project::{orphaned_message, warns_of_orphaned};
use bowline_core_types::{AppName, HookType, ResourceKey, annotation};
use bowline_live_cache::{Connection, Knowledge};
use bowline_plan_diff::Comparison;
use bowline_sync_apply::KubeCluster;
use jiff::Timestamp;

use crate::Shared;
use crate::acting::acting;
use crate::autosync::{left_alone, withheld};
use crate::clusters::Destination;
use crate::compare::{Compared, How, Memory, compared};
use crate::conditions::{self, Conditions};
use crate::counted::Counted;
use crate::delete::{finalize, keep_hook_finalizers, spec_target};
use crate::desired::{Asked, Desired, Remembered, desired};
use crate::events::{self, Notice};
use crate::operate::{Operated, operate};
use crate::orphaned::orphaned;
use crate::project::validated;
use crate::rules::{Comparing, Compiled};
use crate::status::{Written, keep_unseen, put_comparison, put_unknown, write};
use crate::view::ClusterView;

/// When to look again, and why the pass ended where it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// After this; `None` when something happens.
    pub after: Option<Duration>,
    /// For the log.
    pub reason: &'static str,
}

/// What the controller knows of one application besides what is stored. All of it can be found out anew.
#[derive(Default)]
pub struct AppState {
    /// Answers of the API server and what was applied.
    pub memory: Memory,
    /// What Git said.
    pub desired: Option<Remembered>,
    /// What Git said for an operation with sources of its own.
    pub operation_desired: Option<Remembered>,
    /// How far the operation under way is.
    pub progress: Option<(Option<Time>, i64, bowline_plan_planner::Progress)>,
    /// Since when hooks of a deletion are waited for.
    pub deletion_waits: Option<(HookType, Timestamp)>,
    /// Rules of ignored differences, compiled.
    pub rules: Option<Compiled>,
    /// When revisions were asked for last, and when everything was rendered anew.
    asked_at: Option<Duration>,
    rendered_at: Option<Duration>,
    /// When the next poll is due.
    poll_at: Option<Duration>,
}

/// One look at one application.
pub struct Pass<'a> {
    /// What all passes share.
    pub shared: &'a Arc<Shared>,
    /// Whose it is.
    pub name: &'a AppName,
    /// The Application as it is stored.
    pub stored: Arc<Application>,
    /// The Application as it is to be.
    pub app: Application,
    /// What people should know.
    pub conditions: Conditions,
    /// What people are told once, when it has been written.
    pub notices: Vec<Notice>,
    /// What is known besides.
    pub state: &'a mut AppState,
}

/// What a pass looks at, once project and cluster are known.
pub struct Scene {
    /// The project.
    pub project: Arc<AppProject>,
    /// The cluster.
    pub destination: Arc<Destination>,
    /// The cluster as whom syncs act as: the server itself, or a service account that the project names.
    pub cluster: Arc<KubeCluster>,
    /// How objects are compared.
    pub comparing: Comparing,
}

/// Looks at one application: finds out what should be and what is, does what is to be done, tells how it stands.
pub async fn reconcile(shared: &Arc<Shared>, name: &AppName) -> Next {
    let started = shared.clock.monotonic();
    let state = shared.state(name);
    let mut state = state.lock().await;
    let Some(stored) = shared.world.app(name) else {
        shared.forget(name);
        return Next { after: None, reason: "the application is gone" };
    };
    let app = Application::clone(&stored);
    let mut pass =
        Pass { shared, name, stored, app, conditions: Conditions::default(), notices: Vec::new(), state: &mut state };
    let next = pass.run().await;
    let server = pass.app.spec.destination.server.clone();
    shared.metrics.reconciled(&name.namespace, &server, (shared.clock.monotonic() - started).as_secs_f64());
    next
}

// === impl Pass ===

impl Pass<'_> {
    async fn run(&mut self) -> Next {
        if self.app.metadata.deletion_timestamp.is_some() {
            return finalize(self).await;
        }
        if self.app.metadata.annotations.get(annotation::SKIP_RECONCILE).is_some_and(|v| v == "true") {
            return Next { after: None, reason: "reconciliation is switched off by an annotation" };
        }

        // Who may do what, and where it goes.
        let Some((project, reference)) = validated(self.shared, &self.app, &mut self.conditions) else {
            return self.give_up("the spec is not permitted").await;
        };
        if reference.secret.as_ref().is_some_and(|secret| secret.skip_reconcile) {
            return Next { after: None, reason: "reconciliation is switched off for the cluster" };
        }
        let destination = match self.shared.clusters.get(self.shared, &reference) {
            Ok(destination) => destination,
            Err(reason) => {
                self.conditions.add(Kind::ComparisonError, format!("Failed to load live state: {reason}"));
                return self.give_up("the cluster cannot be reached").await;
            }
        };
        let cluster = destination.cache.state();
        if let Connection::Failed { reason, .. } = &cluster.connection {
            let server = &reference.server;
            self.conditions.add(
                Kind::ComparisonError,
                format!("Failed to load live state: failed to get cluster info for {server:?}: error synchronizing cache state : {reason}"),
            );
            return self.give_up("the cluster cannot be reached").await;
        }
        if !cluster.synced {
            // The cache tells when it has listed everything once.
            return Next { after: None, reason: "the cluster is being listed for the first time" };
        }

        // What should be, beside what is.
        let Some(scene) = self.scene(project, destination) else {
            return self.give_up("nobody is named to act as").await;
        };
        let desired = match self.desired(&scene.destination).await {
            Ok(desired) => desired,
            Err(reason) => {
                self.conditions.add(Kind::ComparisonError, format!("Failed to load target state: {reason}"));
                return self.give_up("the source cannot be rendered").await;
            }
        };
        let mut compared = match self.compared(&scene, &desired).await {
            Ok(compared) => compared,
            Err(reason) => {
                self.conditions.add(Kind::ComparisonError, reason);
                return self.give_up("the cluster cannot be compared with").await;
            }
        };
        keep_hook_finalizers(&mut self.app, &desired);
        self.warn(&scene, &desired, &compared);
        for (object, why) in &compared.reasons {
            tracing::debug!(application = %self.name, %object, why, "not in sync");
        }

        // What is to be done.
        let operated = operate(self, &scene, &desired, &compared).await;
        let wait = match operated {
            Operated::Nothing { wait } => wait,
            Operated::Changed { wait } => {
                match self.compared(&scene, &desired).await {
                    Ok(now) => compared = now,
                    Err(reason) => self.conditions.add(Kind::ComparisonError, reason),
                }
                wait
            }
            Operated::Outdated => {
                return Next { after: Some(Duration::ZERO), reason: "the application changed meanwhile" };
            }
        };

        self.explain(&compared);

        // How it stands.
        self.shared.shown.put(self.name, &compared, &desired, &scene.comparing, &scene.destination, &self.state.memory);
        let persist = self.shared.world.settings().persist_resource_health;
        let now = self.time();
        let stored = self.stored.clone();
        put_comparison(&mut self.app.status, &stored, &desired, &compared, persist, now);
        let cache = &scene.destination.cache;
        let unseen = keep_unseen(&mut self.app.status, &stored.status.resources, |kind| match cache.knowledge(kind) {
            Knowledge::Degraded(reason) => Some(reason),
            Knowledge::Listing | Knowledge::Unknown => Some("it is being listed".to_string()),
            Knowledge::Current | Knowledge::Excluded | Knowledge::NotServed => None,
        });
        if !unseen.is_empty() {
            self.conditions.add(conditions::out_of_sync(), conditions::first_of(&unseen, 3));
        }
        self.tell(wait, "compared").await
    }

    /// Whom the application's syncs act as, and how it is compared.
    fn scene(&mut self, project: Arc<AppProject>, destination: Arc<Destination>) -> Option<Scene> {
        let cluster = match acting(self.shared, &self.stored, Some(&project), &destination) {
            Ok(cluster) => cluster,
            Err(reason) => {
                self.conditions.add(Kind::SyncError, reason);
                return None;
            }
        };
        let comparing = Comparing::of(
            &self.stored,
            &self.shared.customizations(),
            &self.shared.world.settings(),
            &mut self.state.rules,
            &mut self.conditions,
        );
        Some(Scene { project, destination, cluster, comparing })
    }

    /// Finds out what Git says, as fresh as the occasion asks for.
    pub async fn desired(&mut self, destination: &Destination) -> Result<Desired, String> {
        let settings = self.shared.world.settings();
        let now = self.shared.clock.monotonic();
        let refresh = self.app.refresh_requested();
        let since = |at: Option<Duration>| at.map(|at| now.saturating_sub(at));
        let due = self.state.poll_at.is_none_or(|at| now >= at);
        let hard_due = !settings.hard_reconciliation.is_zero()
            && since(self.state.rendered_at).is_some_and(|age| age >= settings.hard_reconciliation);
        let hard = refresh == Some(RefreshType::Hard) || hard_due;
        // Who makes an application or points it elsewhere has just looked at the repository.
        let elsewhere = self.stored.status.reconciled_at.is_none() || crate::status::is_compared_to_other(&self.stored);
        let milliseconds = |age: Duration| u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        let told = self.shared.told.take(self.name);
        let freshness = match (refresh, told) {
            (Some(_), _) => Freshness::Now,
            _ if elsewhere => Freshness::Now,
            // A push was told: what was answered since then does for all applications that it concerns.
            (None, Some(at)) => Freshness::Within(milliseconds(now.saturating_sub(at))),
            // Applications of one repository come due one after the other; one question does for all of them.
            _ if due && !settings.reconciliation.is_zero() => {
                Freshness::Within(milliseconds(settings.reconciliation) / 2)
            }
            _ => Freshness::Known,
        };
        if hard {
            self.state.memory.clear();
            self.state.rendered_at = Some(now);
        }
        if refresh.is_some() || due {
            self.state.asked_at = Some(now);
            self.state.poll_at = self.shared.poll_after().map(|after| now + after);
        }
        let target = spec_target(&self.stored);
        let instance = self.name.instance(&self.shared.config.namespace);
        let asked = Asked {
            instance: &instance,
            project: self.stored.spec.project(),
            namespace: &self.stored.spec.destination.namespace,
            freshness,
            hard,
        };
        let desired = desired(self.shared, destination, &target, asked, &mut self.state.desired).await;
        if told.is_some() && desired.is_err() {
            self.shared.told.put_back(self.name);
        }
        desired
    }

    /// Compares what Git says with what the cluster holds.
    pub async fn compared(&mut self, scene: &Scene, desired: &Desired) -> Result<Compared, String> {
        let mut memory = std::mem::take(&mut self.state.memory);
        let none = Memory::default();
        let view =
            ClusterView { destination: &scene.destination, project: &scene.project, memory: &none, now: self.now() };
        let permitted = |object: &bowline_core_types::Object| view.permits(object);
        let counted = Counted {
            cluster: scene.cluster.as_ref(),
            metrics: &self.shared.metrics,
            app: &self.stored,
            server: &scene.destination.reference.server,
        };
        let how = How { comparing: &scene.comparing, permitted: &permitted, cluster: &counted };
        let result = compared(self.shared, &scene.destination, self.name, desired, how, &mut memory).await;
        self.state.memory = memory;
        result
    }

    /// Why it is not synced, and what was not deleted.
    fn explain(&mut self, compared: &Compared) {
        if compared.status == bowline_plan_diff::SyncStatus::OutOfSync {
            let objects: Vec<String> = compared.reasons.iter().map(|(key, why)| format!("{key} {why}")).collect();
            self.conditions.add(conditions::out_of_sync(), conditions::first_of(&objects, 3));
        }
        for skipped in [withheld(&self.app), left_alone(&self.app)] {
            let still = |key: &ResourceKey| {
                compared.items.iter().any(|item| item.key == *key && item.comparison == Comparison::Extra)
            };
            let left: Vec<(String, &str)> = skipped
                .iter()
                .map(|r| {
                    let key =
                        ResourceKey::new(r.group.as_str(), r.kind.as_str(), r.namespace.as_str(), r.name.as_str());
                    (key, r.message.as_str())
                })
                .filter(|(key, _)| still(key))
                .map(|(key, message)| (key.to_string(), message))
                .collect();
            if let Some((_, why)) = left.first() {
                let keys: Vec<String> = left.iter().map(|(key, _)| key.clone()).collect();
                let message =
                    format!("{} objects that Git does not have: {}: {why}", keys.len(), conditions::first_of(&keys, 5));
                self.conditions.add(conditions::withheld(), message);
            }
        }
    }

    /// What is not an error and should be known.
    fn warn(&mut self, scene: &Scene, desired: &Desired, compared: &Compared) {
        if scene.project.spec.orphaned_resources.is_some() {
            let count = orphaned(self.shared, &self.stored, &scene.project, &scene.destination).len();
            self.shared.metrics.orphaned(&self.stored, count);
            if count > 0 && warns_of_orphaned(&scene.project.spec) {
                self.conditions.add(Kind::OrphanedResourceWarning, orphaned_message(count));
            }
        }
        let customizations = scene.comparing.customizations.clone();
        for remark in customizations.remarks_on(|| compared.items.iter().map(|item| &item.key).collect()) {
            let kind = if remark.is_error { Kind::ComparisonError } else { conditions::not_carried_out() };
            self.conditions.add(kind, remark.message.clone());
        }
        for (key, times) in &desired.repeated {
            self.conditions.add(
                Kind::RepeatedResourceWarning,
                format!("Resource {key} appeared {times} times among application resources."),
            );
        }
        for (key, other) in &compared.shared {
            self.conditions.add(
                Kind::SharedResourceWarning,
                format!("{}/{} is part of applications {} and {other}", key.kind, key.name, self.name),
            );
        }
        for hook in desired.hooks.iter().filter(|hook| HookType::of(hook).is_empty()) {
            // Helm's hooks of other types (tests) are none of ours, as the contract has it.
            if let Some(types) = hook.annotation(annotation::HOOK) {
                let there_are = "PreSync, Sync, PostSync, SyncFail, Skip, PreDelete, PostDelete";
                let message = format!("{} does not run: no hook type in {types:?} is one of {there_are}", hook.key());
                self.conditions.add(conditions::not_carried_out(), message);
            }
        }
        for key in &desired.excluded {
            self.conditions.add(
                Kind::ExcludedResourceWarning,
                format!("Resource {}/{} {} is excluded in the settings", key.group, key.kind, key.name),
            );
        }
    }

    /// Nothing can be compared: says so, and fails an operation that was asked for.
    async fn give_up(&mut self, reason: &'static str) -> Next {
        crate::operate::refuse(self);
        let now = self.time();
        let stored = self.stored.clone();
        put_unknown(&mut self.app.status, &stored, now);
        // The poll asks again; so does whatever mends it (a Secret, a project, a commit with a hint).
        let again = self.shared.jitter.spread(Duration::from_secs(30), 0.5);
        let now = self.shared.clock.monotonic();
        self.state.poll_at.get_or_insert(now);
        self.tell(Some(again), reason).await
    }

    /// Writes what changed, and says when to look again.
    pub async fn tell(&mut self, wait: Option<Duration>, reason: &'static str) -> Next {
        let now = self.time();
        let conditions = std::mem::take(&mut self.conditions);
        self.app.status.conditions = conditions.into_status(&self.stored.status.conditions, now);
        let refreshed = self.app.metadata.annotations.remove(annotation::REFRESH).is_some();
        self.app.status.controller_namespace.clone_from(&self.shared.config.namespace);
        if refreshed || self.app.status != self.stored.status || self.app.metadata != self.stored.metadata {
            self.app.status.reconciled_at = Some(now);
        }
        match self.write().await {
            Ok(true) => {}
            Ok(false) => return Next { after: Some(Duration::ZERO), reason: "the application changed meanwhile" },
            Err(error) => {
                tracing::warn!(application = %self.name, %error, "the status cannot be written");
                let again = self.shared.jitter.spread(Duration::from_secs(5), 0.5);
                return Next { after: Some(again), reason: "the status cannot be written" };
            }
        }
        let poll = self.state.poll_at.map(|at| at.saturating_sub(self.shared.clock.monotonic()));
        Next { after: [wait, poll].into_iter().flatten().min(), reason }
    }

    /// Writes what changed. `false` where the Application is another one by now: the pass must begin anew.
    pub async fn write(&mut self) -> Result<bool, bowline_base_kube::Error> {
        match write(self.shared, &self.stored, &self.app).await? {
            Written::Nothing => Ok(true),
            Written::Now(stored) => {
                self.notices.extend(events::changes(&self.stored, &self.app));
                self.shared.events.send(&self.shared.world, &stored, self.notices.drain(..));
                // The answer holds what others wrote meanwhile; the watch will tell us nothing that is new after it.
                if is_changed_by_others(&self.app, &stored) {
                    self.shared.queue.add(self.name.clone());
                }
                self.shared.world.put_app(Application::clone(&stored));
                self.app = Application::clone(&stored);
                self.stored = Arc::from(stored);
                Ok(true)
            }
            Written::Outdated => Ok(false),
        }
    }

    /// The time, in whole seconds as the contract writes it.
    pub fn time(&self) -> Time {
        Time::new(self.shared.clock.now())
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }
}

/// Whether an answer to our write holds something that we did not write: a request, another spec.
fn is_changed_by_others(ours: &Application, stored: &Application) -> bool {
    let (a, b) = (&ours.metadata, &stored.metadata);
    ours.spec != stored.spec
        || ours.operation != stored.operation
        || (&a.annotations, &a.labels, &a.finalizers) != (&b.annotations, &b.labels, &b.finalizers)
        || a.deletion_timestamp != b.deletion_timestamp
        || ours.status.operation_state != stored.status.operation_state
}
