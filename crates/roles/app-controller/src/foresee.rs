//! [`foresee`]: what a sync would do, and nothing done. For `bowline plan` and for the API.
//!
//! The desired objects are compared with what the cluster holds at this moment, by the definition and the rules of the reconcile, and the
//! planner says what a sync would make of that. The API server of the cluster is only asked: reads and dry runs.

mod compared;
mod json;
mod selection;
mod view;
mod waits;

use std::collections::BTreeMap;

use bowline_core_control::{ClusterRef, World};
use bowline_core_crd::{AppProject, Application};
use bowline_core_ports::Cluster;
use bowline_core_types::{Object, ResourceKey, SecretKey, digest_secret, is_hook};
use bowline_plan_diff::{Comparison, Difference};
use bowline_plan_planner::{
    Foreseen, Foresight, Input, Limits, Live, ManagedNamespace, Operation, Progress, Resource, Selector, Strategy,
    SyncOptions, hook_objects, preview,
};
use bowline_sync_executor::may_pass_later;
use jiff::Timestamp;

use crate::rules::{Comparing, deployed, guard};

pub use compared::{Asks, Compared, compared, name_of};
pub use selection::Selection;
pub use view::default_project;
pub use waits::Ahead;

/// What a plan stands on.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// What the control namespace says.
    pub world: &'a World,
    /// The control namespace.
    pub control: &'a str,
    /// The destination, as the one who would sync: asked in dry runs.
    pub cluster: &'a dyn Cluster,
    /// The destination, as the one who watches it: read.
    pub reads: &'a dyn Cluster,
    /// How the destination is known.
    pub reference: &'a ClusterRef,
    /// The key of the digests that stand for what Secrets hold.
    pub secrets: &'a SecretKey,
    /// The application's project.
    pub project: &'a AppProject,
    /// How the application's objects are compared.
    pub comparing: &'a Comparing,
}

/// Which sync is meant.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// What Git says: the application's objects as its own, marked, each once; hooks too.
    pub objects: &'a [Object],
    /// The commit of each source; empty for a local folder.
    pub revisions: &'a [String],
    /// Whether it deletes what is no longer declared; nothing for what automated syncs of the application do.
    pub prune: Option<bool>,
    /// Whether the deletions that wait for a person are confirmed.
    pub confirmed: bool,
    /// Only these objects.
    pub selection: &'a Selection,
    /// When it begins.
    pub now: Timestamp,
}

/// What a sync would do to an application.
pub struct Plan {
    /// `namespace/name`.
    pub application: String,
    /// The commit of each source; empty for a local folder.
    pub revisions: Vec<String>,
    /// Why the sync would be refused, with nothing written.
    pub refused: Option<String>,
    /// What would be done, in order.
    pub steps: Vec<Planned>,
    /// What the sync would wait for, in order, as far as that can be told now.
    pub waits: Vec<Ahead>,
}

/// One object or hook.
pub struct Planned {
    /// What would become of it, when and why.
    pub foresight: Foresight,
    /// The fields that would change.
    pub fields: Vec<Difference>,
    /// The object as the cluster holds it, where it would become another one or go; Secrets as digests.
    pub live: Option<Object>,
    /// The object that Git wants, where something would be done for it; Secrets as digests.
    pub object: Option<Object>,
    /// Why the API server would not take it, or why it could not be compared.
    pub error: Option<String>,
}

/// Says what a sync would do. The error is a sentence: a sync option that means nothing, a selection that selects nothing, a cluster that
/// cannot be asked.
pub async fn foresee(ground: &Ground<'_>, app: &Application, wish: Wish<'_>) -> Result<Plan, String> {
    let Ground { world, reads, reference, project, .. } = *ground;
    let instance = app.instance_name(ground.control);
    let asks = Asks { cluster: ground.cluster, reads, world, comparing: ground.comparing };
    let compared = compared(asks, app, &instance, wish.objects).await;
    let (options, operation) = asked(app, wish, &compared)?;
    let hooks: Vec<Object> = wish.objects.iter().filter(|o| is_hook(o)).cloned().collect();
    let resources: Vec<Resource> =
        compared.iter().map(|item| resource(item, ground.comparing, &options, wish.now)).collect();
    let tracking = world.settings().instance_id();
    let shared: Vec<(ResourceKey, String)> = compared
        .iter()
        .filter_map(|item| {
            let live = item.live.as_ref().filter(|live| item.desired.is_some() && tracking.is_self_reference(live))?;
            let other = tracking.instance(live).filter(|other| *other != instance)?;
            Some((item.key.clone(), other))
        })
        .collect();
    let namespace = app.spec.destination.namespace.clone();
    let scripts = &ground.comparing.customizations.scripts;
    let mut view = view::Snapshot { cluster: reads, reference, project, live: BTreeMap::new() };
    let made = hooks.iter().flat_map(|hook| hook_objects(hook, &operation)).map(|(_, object)| object);
    let looked_up: Vec<Object> = made.chain((!namespace.is_empty()).then(|| view::namespace(&namespace))).collect();
    for object in &looked_up {
        let found = match reads.kind(&object.gvk()) {
            Some(_) => reads.get(&object.gvk(), object.namespace(), object.name()).await,
            None => Ok(None),
        };
        let found = found.map_err(|e| format!("{}: {e}", object.key()))?;
        view.live
            .extend(found.map(|object| (object.key(), Live { health: scripts.assess(&object, wish.now), object })));
    }
    let policy = app.spec.sync_policy.as_ref();
    let managed = policy.and_then(|p| p.managed_namespace_metadata.clone()).unwrap_or_default();
    let settings = world.settings();
    let seen = preview(&Input {
        operation: &operation,
        options: &options,
        resources: &resources,
        hooks: &hooks,
        complete: Ok(()),
        namespace: &namespace,
        managed_namespace: &ManagedNamespace { labels: managed.labels, annotations: managed.annotations },
        shared: &shared,
        deployed: &deployed(&app.status),
        confirmed: wish.confirmed,
        guard: guard(&settings).as_ref(),
        limits: &Limits::default(),
        progress: &Progress::default(),
        view: &view,
        now: operation.started_at,
    });
    let steps: Vec<Planned> = seen.steps.into_iter().map(|step| planned(ground.secrets, step, &compared)).collect();
    let refused = seen.refused.or_else(|| refused_by_check(&steps));
    let plan = Plan { refused, steps, ..Plan::refused(app, wish.revisions, None) };
    if !plan.changes() || plan.refused.is_some() {
        return Ok(plan);
    }
    let window = waits::windows(&project.spec, app, wish.now);
    let waits = window.into_iter().chain(waits::gates(&plan.steps, scripts, wish.now)).collect();
    Ok(Plan { waits, ..plan })
}

/// The sync that is planned.
fn asked(app: &Application, wish: Wish<'_>, compared: &[Compared]) -> Result<(SyncOptions, Operation), String> {
    let policy = app.spec.sync_policy.as_ref();
    let texts = policy.map(|p| p.sync_options.as_slice()).unwrap_or_default();
    let (options, wrong) = SyncOptions::parse(texts.iter().map(String::as_str));
    if !wrong.is_empty() {
        let reasons: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        return Err(reasons.join("; "));
    }
    let mut selectors = Vec::new();
    if !wish.selection.is_everything() {
        let chosen = compared.iter().map(|item| &item.key);
        let chosen = chosen.filter(|key| wish.selection.includes(&key.group, &key.kind, &key.namespace, &key.name));
        selectors.extend(chosen.map(|key| Selector {
            group: key.group.to_string(),
            kind: key.kind.to_string(),
            name: key.name.to_string(),
            namespace: key.namespace.to_string(),
        }));
        if selectors.is_empty() {
            return Err("no object of the application matches what was selected".to_string());
        }
    }
    let prunes = app.spec.automated().is_some_and(|automated| automated.prunes());
    let operation = Operation {
        revision: wish.revisions.first().cloned().unwrap_or_default(),
        prune: wish.prune.unwrap_or(prunes),
        dry_run: false,
        force: false,
        strategy: Strategy::Hook,
        selectors,
        started_at: wish.now,
        retries: 0,
    };
    Ok((options, operation))
}

fn resource(item: &Compared, comparing: &Comparing, options: &SyncOptions, now: Timestamp) -> Resource {
    let respected = |desired| comparing.respected(options, desired, item.live.as_ref());
    let assess = |live: &Object| comparing.customizations.scripts.assess(live, now);
    Resource {
        key: item.key.clone(),
        desired: item.desired.as_ref().map(respected),
        live: item.live.as_ref().map(|live| Live { object: live.clone(), health: assess(live) }),
        in_sync: item.comparison == Comparison::InSync,
        checked: matches!(item.predicted, Some(Ok(_))),
    }
}

/// A step with what the comparison knows of its object.
fn planned(secrets: &SecretKey, foresight: Foresight, compared: &[Compared]) -> Planned {
    let plain = !foresight.task.is_hook();
    // The planner may have taken a namespace away that the kind has no use for.
    let item = compared.iter().filter(|_| plain).find(|item| {
        let (a, b) = (&item.key, &foresight.task.key);
        (&a.group, &a.kind, &a.name) == (&b.group, &b.kind, &b.name)
            && (a.namespace == b.namespace || b.namespace.is_empty())
    });
    let fields = match item.map(|item| &item.comparison) {
        Some(Comparison::Differs(differences)) => differences.as_slice().to_vec(),
        _ => Vec::new(),
    };
    let foreseen = foresight.foreseen;
    let wanted = !matches!(foreseen, Foreseen::Nothing | Foreseen::Prune | Foreseen::Keep);
    let object = foresight.task.desired.clone().filter(|_| wanted).map(|mut object| {
        digest_secret(&mut object, secrets);
        object
    });
    // The way to the cluster gives Secrets as digests.
    let other = matches!(foreseen, Foreseen::Change | Foreseen::Replace | Foreseen::Prune);
    let live = item.and_then(|item| item.live.clone()).filter(|_| other);
    let error = item.and_then(|item| match (&item.predicted, &item.comparison) {
        (Some(Err(error)), _) if foresight.task.skip_dry_run || may_pass_later(error) => None,
        (Some(Err(error)), _) => Some(error.to_string()),
        (_, Comparison::Unknown { error }) => Some(error.clone()),
        _ => None,
    });
    Planned { foresight, fields, live, object, error }
}

/// A sync is checked whole before its first write: one object that is refused stops it.
fn refused_by_check(steps: &[Planned]) -> Option<String> {
    let mut reasons: Vec<&str> = steps.iter().filter_map(|step| step.error.as_deref()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let what = "one or more objects failed to apply (dry run)";
    (!reasons.is_empty()).then(|| format!("{what}, reason: {}", reasons.join(",")))
}

// === impl Plan ===

impl Plan {
    /// A plan that comes to nothing, for this reason.
    pub fn refused(app: &Application, revisions: &[String], reason: Option<String>) -> Plan {
        Plan {
            application: format!("{}/{}", app.metadata.namespace, app.metadata.name),
            revisions: revisions.to_vec(),
            refused: reason,
            steps: Vec::new(),
            waits: Vec::new(),
        }
    }

    /// Whether the cluster would be another one.
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|step| step.foresight.foreseen.is_change())
    }

    /// How many objects share each fate.
    pub fn count(&self, foreseen: Foreseen) -> usize {
        self.steps.iter().filter(|step| step.foresight.foreseen == foreseen).count()
    }
}

// === impl Planned ===

impl Planned {
    /// What names the object, as the contract's tables do.
    pub fn name(&self) -> String {
        name_of(&self.foresight.task.key)
    }
}
