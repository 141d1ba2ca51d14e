//! The status of the contract, and its writing: only what changed is sent, and only when something did.

use std::collections::BTreeSet;

use bowline_base_kube::{Class, Error, Patch, WriteOptions};
use bowline_base_value::Value;
use bowline_core_crd::{
    AppHealthStatus, ApplicationStatus, ApplicationSummary, ComparedTo, HealthStatus, HealthStatusCode, ResourceStatus,
    SyncStatus, SyncStatusCode,
};
use bowline_core_crd::{Application, Time, merge_patch};
use bowline_core_types::{GroupKind, annotation, sync_wave};
use bowline_live_health::Health;
use bowline_plan_planner::{Deletion, SyncOptions};
use serde_json::{Value as Json, json};

use crate::Shared;
use crate::compare::{Compared, Item};
use crate::desired::Desired;

/// Whose field manager writes status.
const FIELD_MANAGER: &str = "argocd-application-controller";

/// Puts a comparison into the status.
pub fn put_comparison(
    status: &mut ApplicationStatus,
    app: &Application,
    desired: &Desired,
    compared: &Compared,
    persist_health: bool,
    now: Time,
) {
    let several = app.spec.has_multiple_sources();
    status.sync = SyncStatus {
        status: SyncStatusCode::from(compared.status.as_str()),
        compared_to: compared_to(app),
        revision: if several { String::new() } else { desired.revisions.first().cloned().unwrap_or_default() },
        revisions: if several { desired.revisions.clone() } else { Vec::new() },
    };
    put_health(status, compared.health.status.as_str(), &compared.health.message(), now);
    status.resource_health_source = if persist_health { String::new() } else { "appTree".to_string() };
    status.resources = compared.items.iter().map(|item| resource(item, persist_health)).collect();
    status.summary = summary(compared);
    status.source_type = if several { Default::default() } else { desired.tools.first().cloned().unwrap_or_default() };
    status.source_types = if several { desired.tools.clone() } else { Vec::new() };
}

/// Keeps on record what the last look found of kinds that cannot be seen now, as Unknown: that it is not shown does not say that it is
/// gone, and who deletes must know of it. `why` says why a kind cannot be seen. Gives a sentence for each of them.
pub fn keep_unseen(
    status: &mut ApplicationStatus,
    before: &[ResourceStatus],
    why: impl Fn(&GroupKind) -> Option<String>,
) -> Vec<String> {
    let name = |r: &ResourceStatus| (r.group.clone(), r.kind.clone(), r.namespace.clone(), r.name.clone());
    let shown: BTreeSet<_> = status.resources.iter().map(name).collect();
    let mut told = Vec::new();
    for resource in before.iter().filter(|resource| !shown.contains(&name(resource))) {
        let kind = GroupKind::new(resource.group.as_str(), resource.kind.as_str());
        let Some(reason) = why(&kind) else { continue };
        told.push(format!("{kind} {}: it cannot be seen now whether it is there: {reason}", resource.name));
        status.resources.push(ResourceStatus { status: SyncStatusCode::Unknown, health: None, ..resource.clone() });
    }
    if !told.is_empty() && status.sync.status == SyncStatusCode::Synced {
        status.sync.status = SyncStatusCode::Unknown;
    }
    told
}

/// Puts into the status that nothing could be compared: what was known of the objects is no longer told.
pub fn put_unknown(status: &mut ApplicationStatus, app: &Application, now: Time) {
    status.sync.status = SyncStatusCode::Unknown;
    status.sync.compared_to = compared_to(app);
    put_health(status, "Unknown", "", now);
}

/// Puts the health into the status; since when it is so changes only with the word.
fn put_health(status: &mut ApplicationStatus, word: &str, message: &str, now: Time) {
    let code = HealthStatusCode::from(word);
    let since = match status.health.status == code {
        true => status.health.last_transition_time.or(Some(now)),
        false => Some(now),
    };
    status.health = AppHealthStatus { status: code, message: message.to_string(), last_transition_time: since };
}

/// Whether the last comparison was with other sources than the spec names now.
pub fn is_compared_to_other(app: &Application) -> bool {
    let (now, last) = (compared_to(app), &app.status.sync.compared_to);
    now.source != last.source || now.sources != last.sources
}

fn compared_to(app: &Application) -> ComparedTo {
    let several = app.spec.has_multiple_sources();
    ComparedTo {
        source: if several { Default::default() } else { app.spec.sources().into_iter().next().unwrap_or_default() },
        destination: app.spec.destination.clone(),
        sources: if several { app.spec.sources.clone() } else { Vec::new() },
        ignore_differences: app.spec.ignore_differences.clone(),
    }
}

fn resource(item: &Item, persist_health: bool) -> ResourceStatus {
    let object = item.desired.as_ref().or(item.live.as_ref().map(|l| &l.object));
    let version = object.map(|o| o.gvk().version.to_string()).unwrap_or_default();
    let options = object.map(|o| SyncOptions::default().with_object(o).0).unwrap_or_default();
    let extra = item.desired.is_none();
    let health = |health: &Health| HealthStatus {
        status: HealthStatusCode::from(health.status.as_str()),
        message: health.message.clone(),
        last_transition_time: None,
    };
    let missing = || HealthStatus { status: HealthStatusCode::Missing, ..HealthStatus::default() };
    ResourceStatus {
        group: item.key.group.to_string(),
        version,
        kind: item.key.kind.to_string(),
        namespace: item.key.namespace.to_string(),
        name: item.key.name.to_string(),
        status: SyncStatusCode::from(item.comparison.status().as_str()),
        health: match &item.live {
            _ if !persist_health => None,
            Some(live) => live.health.as_ref().map(health),
            None => Some(missing()),
        },
        hook: false,
        requires_pruning: extra,
        sync_wave: object.map(sync_wave).unwrap_or_default(),
        requires_deletion_confirmation: options.prune == Deletion::Confirm || options.delete == Deletion::Confirm,
    }
}

fn summary(compared: &Compared) -> ApplicationSummary {
    let mut images = BTreeSet::new();
    for live in compared.items.iter().filter_map(|item| item.live.as_ref()) {
        for path in [&["spec"][..], &["spec", "template", "spec"], &["spec", "jobTemplate", "spec", "template", "spec"]]
        {
            let pod = live.object.value().get_path(path);
            for list in ["initContainers", "containers"] {
                let containers = pod.and_then(|p| p.get(list)).and_then(Value::as_array).unwrap_or_default();
                images.extend(containers.iter().filter_map(|c| c.str_at(&["image"])).map(String::from));
            }
        }
    }
    let applications = compared
        .items
        .iter()
        .any(|item| &*item.key.kind == "Application" && &*item.key.group == bowline_core_crd::GROUP);
    ApplicationSummary { images: images.into_iter().collect(), is_app_of_apps: applications, ..Default::default() }
}

/// What a write came to.
pub enum Written {
    /// The Application as it is stored now.
    Now(Box<Application>),
    /// There was nothing to write.
    Nothing,
    /// The Application changed meanwhile, or is gone: look again.
    Outdated,
}

/// Writes what is different between the two. Where a request is taken off (a refresh, an operation) the write is refused when the
/// Application changed meanwhile, so that no request that came in between is lost.
pub async fn write(shared: &Shared, before: &Application, after: &Application) -> Result<Written, Error> {
    let Some(mut patch) = merge_patch(before, after) else { return Ok(Written::Nothing) };
    if before.status == ApplicationStatus::default() && after.status != before.status {
        // There is no status to patch yet: it is written whole, with the fields that the schema requires.
        patch["status"] = serde_json::to_value(&after.status).unwrap_or(Json::Null);
    }
    let refresh = |app: &Application| app.metadata.annotations.contains_key(annotation::REFRESH);
    let takes_off = (before.operation.is_some() && after.operation != before.operation)
        || (refresh(before) && !refresh(after))
        || before.metadata.finalizers != after.metadata.finalizers;
    if takes_off {
        patch["metadata"]["resourceVersion"] = json!(before.metadata.resource_version);
    }
    let options = WriteOptions { field_manager: FIELD_MANAGER.to_string(), ..WriteOptions::default() };
    let (namespace, name) = (&before.metadata.namespace, &before.metadata.name);
    let patch = Value::from(patch);
    let answer = shared
        .client
        .patch(&bowline_core_control::applications(), namespace, name, "", Patch::Merge(&patch), &options)
        .await;
    shared.metrics.status_writes.inc();
    match answer {
        Ok(answer) => {
            let stored: Application = serde_json::from_value(Json::from(&answer.value)).map_err(|e| Error::Decode {
                what: format!("the patch of application {namespace}/{name}"),
                reason: e.to_string(),
            })?;
            Ok(Written::Now(Box::new(stored)))
        }
        Err(error) if error.is(Class::Conflict) || error.is(Class::NotFound) => Ok(Written::Outdated),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_stays_on_record() {
        let resource = |kind: &str, name: &str| ResourceStatus {
            kind: kind.to_string(),
            name: name.to_string(),
            status: SyncStatusCode::Synced,
            ..ResourceStatus::default()
        };
        let before = [resource("Secret", "a"), resource("Secret", "b"), resource("ConfigMap", "gone")];
        let mut status = ApplicationStatus { resources: vec![resource("Secret", "a")], ..ApplicationStatus::default() };
        status.sync.status = SyncStatusCode::Synced;
        let told = keep_unseen(&mut status, &before, |kind| (&*kind.kind == "Secret").then(|| "forbidden".into()));
        assert_eq!(told, ["Secret b: it cannot be seen now whether it is there: forbidden"]);
        let shown: Vec<_> = status.resources.iter().map(|r| (r.name.as_str(), r.status.clone())).collect();
        assert_eq!(shown, [("a", SyncStatusCode::Synced), ("b", SyncStatusCode::Unknown)]);
        assert_eq!(status.sync.status, SyncStatusCode::Unknown, "no silent Synced");
        let before = status.resources.clone();
        assert_eq!(keep_unseen(&mut status, &before, |_| None), [] as [String; 0]);
    }
}
