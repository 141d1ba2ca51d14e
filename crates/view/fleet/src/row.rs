//! [`Row`]: one state of an Application, ready to be filtered, sorted and sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_core_crd::{Application, HealthStatusCode, OperationPhase, REFRESH_ANNOTATION, SyncStatusCode, Time};
use bowline_core_types::AppName;
use bytes::Bytes;

use crate::facet::Facet;
use crate::fleet::Clusters;
use crate::summary;

/// One state of an Application. What a list row shows is in [`Row::json`], made once and shared by all who ask.
#[derive(Debug)]
pub struct Row {
    /// What it is called.
    pub name: AppName,
    /// The object that it was made of.
    pub app: Arc<Application>,
    /// What is shown, as JSON.
    pub json: Bytes,
    /// How much it wants attention: 6 Degraded, 5 Missing, 4 Unknown, 3 OutOfSync, 2 under way, 1 Suspended, 0 in order.
    pub severity: u8,
    /// When it was made, in seconds.
    pub(crate) created: i64,
    /// When it was synced last, in seconds; 0 for never.
    pub(crate) synced: i64,
    /// What the search looks at, in lower case, with line ends between its parts.
    pub(crate) words: String,
    /// Its facets with their values as numbers of the fleet's dictionary.
    pub(crate) values: Vec<(Facet, u32)>,
}

// === impl Row ===

impl Row {
    /// A row; `number` gives the number of a facet's value, and is told the value as it is compared and as it is shown.
    pub(crate) fn new(
        name: &AppName,
        app: &Arc<Application>,
        clusters: &Clusters,
        mut number: impl FnMut(Facet, &str) -> u32,
    ) -> Row {
        let facts = Facts::of(app, clusters);
        let values = facts.values(app).into_iter().map(|(facet, value)| (facet, number(facet, &value))).collect();
        let json = serde_json::to_vec(&summary::Summary::of(app, &facts)).unwrap_or_default();
        Row {
            name: name.clone(),
            app: app.clone(),
            json: json.into(),
            severity: facts.severity,
            created: app.metadata.creation_timestamp.map_or(0, |time| time.timestamp().as_second()),
            synced: facts.last_sync.map_or(0, |time| time.timestamp().as_second()),
            words: facts.words(app),
            values,
        }
    }

    pub(crate) fn labels(&self) -> &BTreeMap<String, String> {
        &self.app.metadata.labels
    }

    pub(crate) fn annotations(&self) -> &BTreeMap<String, String> {
        &self.app.metadata.annotations
    }

    /// `namespace/name`, as answers name it.
    pub fn key(&self) -> String {
        format!("{}/{}", self.name.namespace, self.name.name)
    }
}

/// What is worked out of an Application before anything is shown.
pub(crate) struct Facts {
    pub(crate) sources: Vec<bowline_core_crd::ApplicationSource>,
    pub(crate) cluster: String,
    pub(crate) owner: Option<String>,
    pub(crate) health: &'static str,
    pub(crate) sync: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) pending: bool,
    pub(crate) last_sync: Option<Time>,
    pub(crate) refreshing: Option<&'static str>,
    pub(crate) severity: u8,
}

// === impl Facts ===

impl Facts {
    fn of(app: &Application, clusters: &Clusters) -> Facts {
        let status = &app.status;
        let health = match status.health.status {
            HealthStatusCode::Healthy => "Healthy",
            HealthStatusCode::Progressing => "Progressing",
            HealthStatusCode::Degraded => "Degraded",
            HealthStatusCode::Suspended => "Suspended",
            HealthStatusCode::Missing => "Missing",
            HealthStatusCode::Unknown | HealthStatusCode::Other(_) => "Unknown",
        };
        let sync = match status.sync.status {
            SyncStatusCode::Synced => "Synced",
            SyncStatusCode::OutOfSync => "OutOfSync",
            SyncStatusCode::Unknown | SyncStatusCode::Other(_) => "Unknown",
        };
        let state = status.operation_state.as_ref();
        let under_way =
            state.is_some_and(|state| matches!(state.phase, OperationPhase::Running | OperationPhase::Terminating));
        let pending = app.operation.is_some() && !under_way;
        let operation = match state.map(|state| &state.phase) {
            _ if pending => "Pending",
            None | Some(OperationPhase::Other(_)) => "None",
            Some(OperationPhase::Running) => "Running",
            Some(OperationPhase::Terminating) => "Terminating",
            Some(OperationPhase::Succeeded) => "Succeeded",
            Some(OperationPhase::Failed) => "Failed",
            Some(OperationPhase::Error) => "Error",
        };
        let severity = match (health, sync) {
            ("Degraded", _) => 6,
            ("Missing", _) => 5,
            ("Unknown", _) | (_, "Unknown") => 4,
            (_, "OutOfSync") => 3,
            ("Progressing", _) => 2,
            _ if under_way || pending => 2,
            ("Suspended", _) => 1,
            _ => 0,
        };
        let owners = app.metadata.owner_references.iter();
        let owner = owners.filter(|owner| owner.kind == "ApplicationSet").map(|owner| owner.name.clone()).next();
        let deployed = status.history.iter().filter_map(|entry| entry.deployed_at).max();
        let ended = || {
            let done = state.filter(|state| state.phase == OperationPhase::Succeeded)?;
            let dry = done.operation.sync.as_ref().is_some_and(|sync| sync.dry_run);
            done.finished_at.filter(|_| !dry)
        };
        let refreshing = app.metadata.annotations.get(REFRESH_ANNOTATION);
        Facts {
            sources: app.spec.sources(),
            cluster: clusters.shown(&app.spec.destination.server, &app.spec.destination.name),
            owner,
            health,
            sync,
            operation,
            pending,
            last_sync: deployed.or_else(ended),
            refreshing: refreshing.map(|kind| if kind == "hard" { "hard" } else { "normal" }),
            severity,
        }
    }

    fn values(&self, app: &Application) -> Vec<(Facet, String)> {
        let spec = &app.spec;
        let mut values = vec![
            (Facet::Project, spec.project().to_string()),
            (Facet::Cluster, self.cluster.clone()),
            (Facet::Namespace, spec.destination.namespace.clone()),
            (Facet::Health, self.health.to_string()),
            (Facet::Sync, self.sync.to_string()),
            (Facet::AutoSync, if spec.is_automated() { "enabled" } else { "disabled" }.to_string()),
            (Facet::Operation, self.operation.to_string()),
            (Facet::Owner, self.owner.clone().unwrap_or_else(|| "-".to_string())),
            (Facet::AppNamespace, app.metadata.namespace.clone()),
        ];
        for source in &self.sources {
            let revision = if source.target_revision.is_empty() { "HEAD" } else { &source.target_revision };
            values.push((Facet::Repo, source.repo_url.clone()));
            values.push((Facet::TargetRevision, revision.to_string()));
        }
        values.extend(app.metadata.labels.iter().map(|(key, value)| (Facet::Labels, format!("{key}={value}"))));
        // Two sources of one repository are one row of that repository.
        values.sort();
        values.dedup();
        values
    }

    fn words(&self, app: &Application) -> String {
        let destination = &app.spec.destination;
        let mut words = vec![
            app.metadata.name.as_str(),
            app.metadata.namespace.as_str(),
            app.spec.project(),
            &self.cluster,
            &destination.server,
            &destination.namespace,
        ];
        for source in &self.sources {
            words.extend([source.repo_url.as_str(), &source.path, &source.chart, &source.target_revision]);
        }
        words.extend(app.metadata.labels.values().map(String::as_str));
        words.retain(|word| !word.is_empty());
        words.join("\n").to_lowercase()
    }
}
