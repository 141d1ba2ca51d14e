//! Deletion of an Application: its hooks, its objects where it asks for that, then its finalizers, one after the other.

mod hooks;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bowline_core_control::ClusterRef;
use bowline_core_crd::{AppProject, Application, ApplicationConditionType, Propagation, RESOURCES_FINALIZERS};
use bowline_core_ports::{Cluster as _, DeleteOptions, Propagation as How};
use bowline_core_types::{AppName, HookType, Object, annotation, sync_wave};
use bowline_live_cache::{Connection, Knowledge};
use bowline_plan_planner::{Deletion, SyncOptions};
use bowline_sync_apply::KubeCluster;

use crate::acting::acting;
use crate::clusters::Destination;
use crate::compare::Memory;
use crate::conditions;
use crate::desired::{Desired, Target};
use crate::reconcile::{Next, Pass};
use crate::view::ClusterView;

/// How a part of a deletion stands.
enum Deleting {
    /// Nothing is in its way any more: its finalizer may go.
    Done,
    /// Something is going, or runs; look again when something happens, or after this. The sentence is for people.
    Waiting(Duration, String),
    /// It cannot go on, and why: what people can do about it is said too.
    Stuck(String),
}

/// Where the objects of a deleted application are.
struct Site {
    destination: Arc<Destination>,
    /// The project, where it is still there.
    project: Option<Arc<AppProject>>,
    /// Whom the cluster is written to as.
    cluster: Arc<KubeCluster>,
}

/// Looks again this often while objects are going, in case no watch tells.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Looks again this often where something is in the way.
const STUCK: Duration = Duration::from_secs(30);

const HOW_TO_CONFIRM: &str = "to confirm, set the annotation argocd.argoproj.io/deletion-approved to the present time";

/// Carries a deletion on. Each part has finalizers of its own, and what is done is on record before the next part begins.
pub async fn finalize(pass: &mut Pass<'_>) -> Next {
    let to = &pass.stored.spec.destination;
    let reference = match pass.shared.world.destination(&to.server, &to.name) {
        Ok(reference) => reference,
        // A cluster that is not known any more holds nothing that we could delete.
        Err(reason) => {
            tracing::warn!(application = %pass.name, reason, "the destination is gone: its objects are left where they are");
            pass.app.metadata.finalizers = without(&pass.stored.metadata.finalizers, &all_of_ours());
            return pass.tell(None, "its destination is gone").await;
        }
    };
    let site = match site(pass, &reference) {
        Ok(Some(site)) => site,
        Ok(None) => return Next { after: Some(LOOK_AGAIN), reason: "the cluster is being listed for the first time" },
        Err(reason) => return stuck(pass, format!("Unable to delete application resources: {reason}")).await,
    };
    let mut desired: Option<Desired> = None;
    for part in Part::ALL {
        let finalizers = part.finalizers();
        if !pass.app.metadata.finalizers.iter().any(|f| finalizers.contains(&f.as_str())) {
            continue;
        }
        let hooks = match part {
            Part::Objects => None,
            Part::Hooks(which) | Part::Cleanup(which) => Some(which),
        };
        let deleting = match hooks {
            None => objects(pass, &site).await,
            Some(which) => {
                if desired.is_none() {
                    match pass.desired(&site.destination).await {
                        Ok(rendered) => desired = Some(rendered),
                        Err(reason) => return stuck(pass, hooks::blocked(which, finalizers[0], &reason)).await,
                    }
                }
                let rendered = desired.as_ref().expect("because it was rendered above");
                match part {
                    Part::Hooks(_) => hooks::run(pass, &site, rendered, which, finalizers[0]).await,
                    _ => hooks::clean_up(pass, &site, rendered, which).await,
                }
            }
        };
        match deleting {
            Deleting::Done => {
                pass.app.metadata.finalizers = without(&pass.app.metadata.finalizers, &finalizers);
                match pass.write().await {
                    Ok(true) => {}
                    Ok(false) => return Next { after: None, reason: "it is gone, or changed meanwhile" },
                    Err(error) => {
                        tracing::warn!(application = %pass.name, %error, "a finalizer cannot be taken off");
                        return Next { after: Some(LOOK_AGAIN), reason: "a finalizer cannot be taken off" };
                    }
                }
            }
            Deleting::Waiting(again, message) => {
                pass.conditions.add(conditions::deletion_waits(), message);
                pass.tell(Some(again), "its deletion is under way").await;
                return Next { after: Some(again), reason: "its deletion is under way" };
            }
            Deleting::Stuck(reason) => return stuck(pass, reason).await,
        }
    }
    Next { after: None, reason: "nothing of ours holds it any more" }
}

async fn stuck(pass: &mut Pass<'_>, reason: String) -> Next {
    pass.conditions.add(ApplicationConditionType::DeletionError, reason);
    pass.tell(Some(STUCK), "its deletion cannot go on").await
}

/// The parts of a deletion in their order.
#[derive(Clone, Copy)]
enum Part {
    Hooks(HookType),
    Cleanup(HookType),
    Objects,
}

// === impl Part ===

impl Part {
    const ALL: [Part; 5] = [
        Part::Hooks(HookType::PreDelete),
        Part::Cleanup(HookType::PreDelete),
        Part::Objects,
        Part::Hooks(HookType::PostDelete),
        Part::Cleanup(HookType::PostDelete),
    ];

    fn finalizers(self) -> Vec<&'static str> {
        match self {
            Part::Hooks(HookType::PreDelete) => vec![annotation::PRE_DELETE_FINALIZER],
            Part::Cleanup(HookType::PreDelete) => vec![annotation::PRE_DELETE_CLEANUP_FINALIZER],
            Part::Hooks(_) => vec![annotation::POST_DELETE_FINALIZER],
            Part::Cleanup(_) => vec![annotation::POST_DELETE_CLEANUP_FINALIZER],
            Part::Objects => RESOURCES_FINALIZERS.iter().map(|(name, _)| *name).collect(),
        }
    }
}

fn all_of_ours() -> Vec<&'static str> {
    Part::ALL.iter().flat_map(|part| part.finalizers()).collect()
}

fn without(finalizers: &[String], ours: &[&str]) -> Vec<String> {
    finalizers.iter().filter(|f| !ours.contains(&f.as_str())).cloned().collect()
}

/// Puts the finalizers of deletion hooks on an application that has such hooks, and takes them off one that has none.
pub fn keep_hook_finalizers(app: &mut Application, desired: &Desired) {
    for which in [HookType::PreDelete, HookType::PostDelete] {
        let names = [Part::Hooks(which).finalizers(), Part::Cleanup(which).finalizers()].concat();
        if !desired.has_hook(which) {
            app.metadata.finalizers = without(&app.metadata.finalizers, &names);
            continue;
        }
        for name in names {
            if !app.metadata.finalizers.iter().any(|f| f == name) {
                app.metadata.finalizers.push(name.to_string());
            }
        }
    }
}

/// The cluster, once it has been listed; a sentence where it cannot be used.
fn site(pass: &mut Pass<'_>, reference: &ClusterRef) -> Result<Option<Site>, String> {
    let destination = pass.shared.clusters.get(pass.shared, reference)?;
    let state = destination.cache.state();
    if let Connection::Failed { reason, .. } = state.connection {
        return Err(reason);
    }
    if !state.synced {
        return Ok(None);
    }
    let project = pass.shared.world.project(pass.stored.spec.project());
    let cluster = acting(pass.shared, &pass.stored, project.as_deref(), &destination)?;
    Ok(Some(Site { destination, project, cluster }))
}

/// Deletes what the application manages, wave by wave, the highest first. Only what carries the application's own mark goes: what
/// Git says does not matter any more. Nothing goes before it is known what all of it is, and that all of it may.
async fn objects(pass: &mut Pass<'_>, site: &Site) -> Deleting {
    let (app, name) = (&pass.stored, pass.name);
    let Some(propagation) = app.cascaded_deletion() else { return Deleting::Done };
    let settings = pass.shared.world.settings();
    if let Some(reason) = unknown(app, &site.destination) {
        return Deleting::Stuck(format!(
            "Unable to delete application resources: nothing is deleted, because {reason}"
        ));
    }
    let instance = name.instance(&pass.shared.config.namespace);
    let tracking = settings.instance_id();
    let app_options = app.spec.sync_policy.as_ref().map(|p| p.sync_options.as_slice()).unwrap_or_default();
    let (options, _) = SyncOptions::parse(app_options.iter().map(String::as_str));
    let guard = crate::rules::guard(&settings);
    let confirmed = is_confirmed(app);
    let mut waves: BTreeMap<i64, Vec<Object>> = BTreeMap::new();
    let mut unconfirmed = Vec::new();
    for live in site.destination.cache.managed(&instance) {
        let object = &live.object;
        if !tracking.is_self_reference(object) || is_kept(object, name) || !is_permitted(pass, site, object) {
            continue;
        }
        let protected = guard.as_ref().is_some_and(|guard| guard.protects(&object.key().group_kind()));
        match options.with_object(object).0.delete {
            Deletion::Never => continue,
            Deletion::Confirm if !confirmed => unconfirmed.push(object.key().to_string()),
            Deletion::Allowed if protected && !confirmed => unconfirmed.push(object.key().to_string()),
            _ => {}
        }
        waves.entry(sync_wave(object)).or_default().push(object.clone());
    }
    if !unconfirmed.is_empty() {
        let count = unconfirmed.len();
        let named = conditions::first_of(&unconfirmed, 5);
        return Deleting::Stuck(format!(
            "nothing is deleted until the deletion of {count} objects that hold others or data, or ask for it, is confirmed: {named}; {HOW_TO_CONFIRM}"
        ));
    }
    let Some((number, wave)) = waves.pop_last() else { return Deleting::Done };
    let left: usize = waves.values().map(Vec::len).sum();
    let mut failures = Vec::new();
    for object in wave.iter().filter(|o| o.deletion_timestamp().is_none()) {
        let how = match propagation {
            Propagation::Foreground => How::Foreground,
            Propagation::Background => How::Background,
        };
        let options =
            DeleteOptions { propagation: how, uid: Some(object.uid().to_string()), ..DeleteOptions::default() };
        if let Err(failed) = site.cluster.delete(&object.gvk(), &object.key(), &options).await {
            failures.push(format!("{}: {failed}", object.key()));
        }
    }
    if !failures.is_empty() {
        let named = conditions::first_of(&failures, 5);
        return Deleting::Stuck(format!("Unable to delete application resources: {named}"));
    }
    let keys: Vec<String> = wave.iter().map(|object| object.key().to_string()).collect();
    let named = conditions::first_of(&keys, 3);
    let after = if left == 0 { String::new() } else { format!("; {left} objects of lower waves follow") };
    let message = format!("waiting for {} objects of wave {number} to be gone: {named}{after}", keys.len());
    Deleting::Waiting(LOOK_AGAIN, message)
}

/// Why it is not known what all the application has deployed: a kind that it has cannot be watched now.
fn unknown(app: &Application, destination: &Destination) -> Option<String> {
    app.status.resources.iter().find_map(|resource| {
        let kind = bowline_core_types::GroupKind::new(resource.group.as_str(), resource.kind.as_str());
        match destination.cache.knowledge(&kind) {
            Knowledge::Degraded(reason) => {
                Some(format!("what the cluster holds of {kind} cannot be told now: {reason}"))
            }
            Knowledge::Listing | Knowledge::Unknown => {
                Some(format!("what the cluster holds of {kind} is being found out"))
            }
            Knowledge::Current | Knowledge::Excluded | Knowledge::NotServed => None,
        }
    })
}

/// Whether the project lets the application have the object; what it must not have was not deployed by it.
fn is_permitted(pass: &Pass<'_>, site: &Site, object: &Object) -> bool {
    let none = Memory::default();
    let Some(project) = &site.project else { return true };
    let view = ClusterView { destination: &site.destination, project, memory: &none, now: pass.now() };
    view.permits(object).is_ok()
}

/// What never goes along: definitions of kinds (all objects of them would go too), the application itself, what says so.
fn is_kept(object: &Object, name: &AppName) -> bool {
    let definition = object.kind() == "CustomResourceDefinition" && object.group() == "apiextensions.k8s.io";
    let itself = object.kind() == "Application"
        && object.group() == bowline_core_crd::GROUP
        && object.name() == &*name.name
        && object.namespace() == &*name.namespace;
    let kept = object.annotation(annotation::HELM_RESOURCE_POLICY).is_some_and(|policy| policy.contains("keep"));
    definition || itself || kept
}

/// Whether someone confirmed the deletion after it was asked for.
fn is_confirmed(app: &Application) -> bool {
    let approved = app.metadata.annotations.get(annotation::DELETION_APPROVED);
    let approved = approved.and_then(|text| text.parse::<bowline_core_crd::Time>().ok());
    match (approved, app.metadata.deletion_timestamp) {
        (Some(approved), Some(asked)) => approved >= asked,
        _ => false,
    }
}

/// The sources of an application as a target.
pub fn spec_target(app: &Application) -> Target {
    Target { sources: app.spec.sources(), revisions: Vec::new() }
}
