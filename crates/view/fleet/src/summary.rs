//! What a row of a list shows. `docs/fleet.md` describes it field by field.

use std::collections::BTreeMap;

use bowline_core_crd::{
    Application, HealthStatusCode, OperationPhase, OperationState, ResourceStatus, ResultCode, RevisionHistory,
    SyncStatusCode, Time,
};
use serde::Serialize;

use crate::row::Facts;

/// Images that are named; the rest is counted.
const IMAGES: usize = 3;
/// Objects that are named.
const OBJECTS: usize = 3;
/// Characters of a message: a list shows a line, and the whole is on the application's page.
const MESSAGE: usize = 600;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary<'a> {
    key: String,
    name: &'a str,
    namespace: &'a str,
    uid: &'a str,
    project: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleting: Option<Time>,
    labels: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    severity: u8,
    health: Health,
    sync: Sync<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refreshing: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<Operation<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    pending: bool,
    sources: Vec<Source<'a>>,
    destination: Destination<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_sync: Option<AutoSync>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision_since: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reconciled_at: Option<Time>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<Condition<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<Images<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    urls: &'a [String],
    resources: Resources,
    #[serde(skip_serializing_if = "is_false")]
    apps: bool,
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Time>,
}

#[derive(Serialize)]
struct Sync<'a> {
    status: &'static str,
    revisions: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Operation<'a> {
    kind: &'static str,
    phase: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Time>,
    #[serde(skip_serializing_if = "str::is_empty")]
    by: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    automated: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    revision: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    retries: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Failed>,
}

#[derive(Serialize)]
struct Failed {
    object: String,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source<'a> {
    #[serde(rename = "repoURL")]
    repo_url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    chart: &'a str,
    #[serde(rename = "ref", skip_serializing_if = "str::is_empty")]
    reference: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    target_revision: &'a str,
}

#[derive(Serialize)]
struct Destination<'a> {
    server: &'a str,
    name: &'a str,
    namespace: &'a str,
    cluster: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AutoSync {
    prune: bool,
    self_heal: bool,
}

#[derive(Serialize)]
struct Condition<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Time>,
    level: &'static str,
}

#[derive(Serialize)]
struct Images<'a> {
    count: usize,
    first: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resources {
    total: usize,
    prune: usize,
    out_of_sync: usize,
    health: BTreeMap<String, usize>,
    sync: BTreeMap<String, usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    first: Vec<Object>,
}

#[derive(Serialize)]
struct Object {
    object: String,
    why: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

fn short(message: &str) -> String {
    match message.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_string(),
    }
}

// === impl Summary ===

impl<'a> Summary<'a> {
    pub(crate) fn of(app: &'a Application, facts: &'a Facts) -> Summary<'a> {
        let (metadata, spec, status) = (&app.metadata, &app.spec, &app.status);
        let revisions = match &status.sync.revisions[..] {
            [] => Some(status.sync.revision.as_str()).filter(|revision| !revision.is_empty()).into_iter().collect(),
            several => several.iter().map(String::as_str).collect(),
        };
        Summary {
            key: format!("{}/{}", metadata.namespace, metadata.name),
            name: &metadata.name,
            namespace: &metadata.namespace,
            uid: &metadata.uid,
            project: spec.project(),
            version: &metadata.resource_version,
            created: metadata.creation_timestamp,
            deleting: metadata.deletion_timestamp,
            labels: &metadata.labels,
            owner: facts.owner.as_deref(),
            severity: facts.severity,
            health: Health {
                status: facts.health,
                message: health_message(app),
                since: status.health.last_transition_time,
            },
            sync: Sync { status: facts.sync, revisions },
            refreshing: facts.refreshing,
            operation: status.operation_state.as_ref().map(|state| Operation::of(state, &status.history)),
            pending: facts.pending,
            sources: facts.sources.iter().map(Source::of).collect(),
            destination: Destination {
                server: &spec.destination.server,
                name: &spec.destination.name,
                namespace: &spec.destination.namespace,
                cluster: &facts.cluster,
            },
            auto_sync: spec
                .automated()
                .map(|automated| AutoSync { prune: automated.prunes(), self_heal: automated.self_heals() }),
            last_sync: facts.last_sync,
            revision_since: status.history.iter().filter_map(|entry| entry.deployed_at).max(),
            reconciled_at: status.reconciled_at,
            conditions: status.conditions.iter().map(Condition::of).collect(),
            images: (!status.summary.images.is_empty()).then(|| Images {
                count: status.summary.images.len(),
                first: &status.summary.images[..status.summary.images.len().min(IMAGES)],
            }),
            urls: &status.summary.external_urls,
            resources: Resources::of(&status.resources),
            apps: status.summary.is_app_of_apps
                || status.resources.iter().any(|r| r.group == "argoproj.io" && r.kind == "Application"),
        }
    }
}

/// The application's own words, else those of the first of its worst objects.
fn health_message(app: &Application) -> String {
    let status = &app.status;
    if !status.health.message.is_empty() {
        return short(&status.health.message);
    }
    let told = status.resources.iter().find_map(|resource| {
        let health = resource.health.as_ref()?;
        let same = health.status == status.health.status && health.status != HealthStatusCode::Healthy;
        (same && !health.message.is_empty()).then(|| format!("{}: {}", object(resource), health.message))
    });
    short(&told.unwrap_or_default())
}

fn object(resource: &ResourceStatus) -> String {
    format!("{}/{}", resource.kind, resource.name)
}

/// Whether an operation leads back to what was deployed before: every sync names its sources, so that alone tells nothing. A rollback
/// is asked for by somebody, applies without hooks, and deploys what some sync deployed before the last one.
fn leads_back(state: &OperationState, history: &[RevisionHistory]) -> bool {
    let Some(sync) = state.operation.sync.as_ref() else { return false };
    let applies = sync.sync_strategy.as_ref().is_some_and(|strategy| strategy.apply.is_some());
    if state.operation.initiated_by.automated || !applies {
        return false;
    }
    let same = |past: &RevisionHistory| {
        let one = sync.source.as_ref().is_some_and(|source| *source == past.source) && sync.revision == past.revision;
        let several = !past.sources.is_empty() && sync.sources == past.sources && sync.revisions == past.revisions;
        several || (past.sources.is_empty() && one)
    };
    let before = |past: &&RevisionHistory| past.deployed_at.is_some() && past.deployed_at <= state.started_at;
    let mut before = history.iter().filter(before).rev();
    before.next().is_some_and(|last| !same(last)) && before.any(same)
}

impl<'a> Operation<'a> {
    fn of(state: &'a OperationState, history: &[RevisionHistory]) -> Operation<'a> {
        let sync = state.operation.sync.as_ref();
        let result = state.sync_result.as_ref();
        let synced = result.map(|result| result.revision.as_str()).filter(|revision| !revision.is_empty());
        let first = || result.and_then(|result| result.revisions.first()).map(String::as_str);
        let asked = || sync.map(|sync| sync.revision.as_str());
        let failed = result.and_then(|result| {
            let bad = |phase: &OperationPhase| matches!(phase, OperationPhase::Failed | OperationPhase::Error);
            let mut all = result.resources.iter();
            let one = all.find(|r| r.status == ResultCode::SyncFailed || bad(&r.hook_phase))?;
            Some(Failed { object: format!("{}/{}", one.kind, one.name), message: short(&one.message) })
        });
        Operation {
            kind: if leads_back(state, history) { "rollback" } else { "sync" },
            phase: state.phase.as_str(),
            message: short(&state.message),
            started_at: state.started_at,
            finished_at: state.finished_at,
            by: &state.operation.initiated_by.username,
            automated: state.operation.initiated_by.automated,
            revision: synced.or_else(first).or_else(asked).unwrap_or_default(),
            retries: state.retry_count,
            failed,
        }
    }
}

impl<'a> Source<'a> {
    fn of(source: &'a bowline_core_crd::ApplicationSource) -> Source<'a> {
        Source {
            repo_url: &source.repo_url,
            path: &source.path,
            chart: &source.chart,
            reference: &source.ref_,
            target_revision: &source.target_revision,
        }
    }
}

impl<'a> Condition<'a> {
    fn of(condition: &'a bowline_core_crd::ApplicationCondition) -> Condition<'a> {
        let kind = condition.type_.as_str();
        let level = match kind {
            kind if kind.ends_with("Error") => "error",
            kind if kind.ends_with("Warning") => "warning",
            _ => "info",
        };
        Condition { kind, message: short(&condition.message), time: condition.last_transition_time, level }
    }
}

impl Resources {
    fn of(all: &[ResourceStatus]) -> Resources {
        let (mut health, mut sync) = (BTreeMap::new(), BTreeMap::new());
        let (mut prune, mut out_of_sync) = (0, 0);
        let mut first = Vec::new();
        for resource in all {
            if resource.requires_pruning {
                prune += 1;
            }
            if resource.status == SyncStatusCode::OutOfSync {
                out_of_sync += 1;
            }
            if !resource.hook {
                *sync.entry(resource.status.as_str().to_string()).or_default() += 1;
            }
            let well = resource.health.as_ref();
            if let Some(well) = well {
                *health.entry(well.status.as_str().to_string()).or_default() += 1;
            }
            let why = match well {
                Some(well) if !matches!(well.status, HealthStatusCode::Healthy | HealthStatusCode::Suspended) => {
                    let status = well.status.as_str();
                    Some(if well.message.is_empty() {
                        status.to_string()
                    } else {
                        format!("{status}: {}", short(&well.message))
                    })
                }
                _ if resource.requires_pruning => Some("Prune".to_string()),
                _ if resource.status == SyncStatusCode::OutOfSync => Some("OutOfSync".to_string()),
                _ => None,
            };
            if let Some(why) = why {
                let rank = well.map_or(0, |well| well.status.rank());
                first.push((rank, Object { object: object(resource), why }));
            }
        }
        // The worst first; of those that are equal, as they come.
        first.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        first.truncate(OBJECTS);
        let first = first.into_iter().map(|(_, object)| object).collect();
        Resources { total: all.len(), prune, out_of_sync, health, sync, first }
    }
}
