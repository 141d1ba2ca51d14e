//! Deletion of an Application that asks for its objects to go along.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bowline_core_crd::Application;
use bowline_core_crd::{ApplicationConditionType, Propagation, RESOURCES_FINALIZERS};
use bowline_core_ports::{Cluster as _, DeleteOptions, Propagation as How};
use bowline_core_types::{AppName, Object, annotation, sync_wave};
use bowline_live_cache::Connection;
use bowline_plan_planner::{Deletion, SyncOptions};

use crate::Shared;
use crate::conditions::Conditions;
use crate::desired::Target;

/// How a deletion stands.
pub enum Deleting {
    /// Nothing is in its way any more: the finalizers may go.
    Done,
    /// Objects are going; look again when something happens, or after this.
    Waiting(Duration),
    /// It cannot go on; a condition says why.
    Stuck,
}

/// Looks again this often while objects are going, in case no watch tells.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Deletes what the application manages, wave by wave, the highest first. Only what carries the application's own mark goes: what
/// Git says does not matter any more.
pub async fn delete(shared: &Arc<Shared>, name: &AppName, app: &Application, conditions: &mut Conditions) -> Deleting {
    let Some(propagation) = app.cascaded_deletion() else { return Deleting::Done };
    let error = ApplicationConditionType::DeletionError;
    let to = &app.spec.destination;
    let reference = match shared.world.destination(&to.server, &to.name) {
        Ok(reference) => reference,
        // A cluster that is not known any more holds nothing that we could delete.
        Err(reason) => {
            tracing::warn!(application = %name, reason, "the destination is gone: its objects are left where they are");
            return Deleting::Done;
        }
    };
    let destination = match shared.clusters.get(shared, &reference) {
        Ok(destination) => destination,
        Err(reason) => {
            conditions.add(error, format!("Unable to delete application resources: {reason}"));
            return Deleting::Stuck;
        }
    };
    let state = destination.cache.state();
    if let Connection::Failed { reason, .. } = state.connection {
        conditions.add(error, format!("Unable to delete application resources: {reason}"));
        return Deleting::Stuck;
    }
    if !state.synced {
        return Deleting::Waiting(LOOK_AGAIN);
    }
    let instance = name.instance(&shared.config.namespace);
    let tracking = shared.world.settings().instance_id();
    let app_options = app.spec.sync_policy.as_ref().map(|p| p.sync_options.as_slice()).unwrap_or_default();
    let (options, _) = SyncOptions::parse(app_options.iter().map(String::as_str));
    let mut waves: BTreeMap<i64, Vec<Object>> = BTreeMap::new();
    let mut unconfirmed = Vec::new();
    for live in destination.cache.managed(&instance) {
        let object = &live.object;
        if !tracking.is_self_reference(object) || is_kept(object, name) {
            continue;
        }
        match options.with_object(object).0.delete {
            Deletion::Never => {}
            Deletion::Confirm if !is_confirmed(app) => unconfirmed.push(object.key().to_string()),
            _ => waves.entry(sync_wave(object)).or_default().push(object.clone()),
        }
    }
    let Some((_, wave)) = waves.pop_last() else {
        if unconfirmed.is_empty() {
            return Deleting::Done;
        }
        conditions.add(
            error,
            format!(
                "{} objects are deleted only when that is confirmed: {}. Set the annotation {} to the present time to confirm",
                unconfirmed.len(),
                unconfirmed.join(", "),
                annotation::DELETION_APPROVED
            ),
        );
        return Deleting::Stuck;
    };
    for object in wave.iter().filter(|o| o.deletion_timestamp().is_none()) {
        let how = match propagation {
            Propagation::Foreground => How::Foreground,
            Propagation::Background => How::Background,
        };
        let options =
            DeleteOptions { propagation: how, uid: Some(object.uid().to_string()), ..DeleteOptions::default() };
        if let Err(failed) = destination.cluster.delete(&object.gvk(), &object.key(), &options).await {
            conditions
                .add(error.clone(), format!("Unable to delete application resources: {}: {failed}", object.key()));
        }
    }
    if conditions.has_errors() { Deleting::Stuck } else { Deleting::Waiting(LOOK_AGAIN) }
}

/// The finalizers without those that are ours to take off.
pub fn without_ours(finalizers: &[String]) -> Vec<String> {
    finalizers.iter().filter(|f| !RESOURCES_FINALIZERS.iter().any(|(ours, _)| ours == f)).cloned().collect()
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
