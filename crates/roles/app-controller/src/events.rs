//! Kubernetes Events about Applications, with Argo CD's reasons and words.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bowline_base_clock::Clock;
use bowline_base_glob::Glob;
use bowline_base_kube::{ApiResource, Client, WriteOptions};
use bowline_core_control::World;
use bowline_core_crd::{API_VERSION, Application, OperationPhase, OperationState, Resource};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;

/// Events that wait to be written. They are for people; when a cluster is slow some are lost rather than anything waiting for them.
const WAITING: usize = 1024;

/// Who says so.
const COMPONENT: &str = "argocd-application-controller";

/// Why there is an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A sync began.
    OperationStarted,
    /// A sync ended.
    OperationCompleted,
    /// The sync status or the health changed.
    ResourceUpdated,
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Why.
    pub reason: Reason,
    /// Whether it is no good news.
    pub warning: bool,
    /// For people.
    pub message: String,
}

/// Which reasons make events: `--enable-k8s-event`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enabled(Vec<Reason>);

/// Where events are sent.
pub struct Events {
    enabled: Enabled,
    clock: Arc<dyn Clock>,
    queue: mpsc::Sender<(String, Json)>,
}

// === impl Reason ===

impl Reason {
    const ALL: [Reason; 3] = [Reason::OperationStarted, Reason::OperationCompleted, Reason::ResourceUpdated];

    fn as_str(self) -> &'static str {
        match self {
            Reason::OperationStarted => "OperationStarted",
            Reason::OperationCompleted => "OperationCompleted",
            Reason::ResourceUpdated => "ResourceUpdated",
        }
    }
}

// === impl Enabled ===

impl Default for Enabled {
    /// All of them.
    fn default() -> Enabled {
        Enabled(Reason::ALL.to_vec())
    }
}

impl FromStr for Enabled {
    type Err = String;

    /// `all`, `none`, or reasons with commas between them; reasons of other components are accepted and make nothing here.
    fn from_str(text: &str) -> Result<Enabled, String> {
        match text {
            "all" => Ok(Enabled::default()),
            "none" => Ok(Enabled(Vec::new())),
            list => {
                let words: Vec<&str> = list.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
                let others = ["StatusRefreshed", "ResourceCreated", "ResourceDeleted", "ResourceActionRan"];
                let known = |word: &&&str| Reason::ALL.iter().any(|r| r.as_str() == **word) || others.contains(word);
                if let Some(unknown) = words.iter().find(|word| !known(word)) {
                    return Err(format!(
                        "{unknown:?} is not a reason of events: use all, none, or a list such as OperationCompleted,ResourceUpdated"
                    ));
                }
                Ok(Enabled(Reason::ALL.into_iter().filter(|reason| words.contains(&reason.as_str())).collect()))
            }
        }
    }
}

// === impl Notice ===

impl Notice {
    /// An automated sync began.
    pub fn started(revisions: &[String]) -> Notice {
        Notice {
            reason: Reason::OperationStarted,
            warning: false,
            message: format!("Initiated automated sync to '{}'", revisions.join(", ")),
        }
    }

    /// An operation ended.
    pub fn completed(state: &OperationState) -> Notice {
        let sync = state.operation.sync.as_ref();
        let what = match sync.is_some_and(|sync| !sync.resources.is_empty()) {
            true => "Partial sync operation",
            false => "Sync operation",
        };
        let result = state.sync_result.as_ref();
        let revision = result.map(|r| if r.revisions.is_empty() { r.revision.clone() } else { r.revisions.join(", ") });
        let to = revision.filter(|r| !r.is_empty()).map(|r| format!(" to {r}")).unwrap_or_default();
        let warning = state.phase != OperationPhase::Succeeded;
        let end = if warning { format!("failed: {}", state.message) } else { "succeeded".to_string() };
        Notice { reason: Reason::OperationCompleted, warning, message: format!("{what}{to} {end}") }
    }
}

/// What of the status changed.
pub fn changes(before: &Application, after: &Application) -> Vec<Notice> {
    let mut told = Vec::new();
    let word = |word: &str| if word.is_empty() { "Unknown".to_string() } else { word.to_string() };
    let mut changed = |what: &str, from: &str, to: &str, why: &str| {
        if from != to {
            let why = if why.is_empty() { String::new() } else { format!(". {why}") };
            told.push(Notice {
                reason: Reason::ResourceUpdated,
                warning: false,
                message: format!("Updated {what} status: {} -> {}{why}", word(from), word(to)),
            });
        }
    };
    let (old, new) = (&before.status, &after.status);
    changed("sync", old.sync.status.as_str(), new.sync.status.as_str(), "");
    changed("health", old.health.status.as_str(), new.health.status.as_str(), &new.health.message);
    told
}

// === impl Events ===

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

impl Events {
    /// The sending end, and the work of writing what is sent.
    pub fn new(
        enabled: Enabled,
        clock: Arc<dyn Clock>,
        client: Client,
    ) -> (Events, impl Future<Output = ()> + Send + use<>) {
        let (queue, mut waiting) = mpsc::channel::<(String, Json)>(WAITING);
        let writing = async move {
            let resource = ApiResource::new("", "v1", "Event", "events", true);
            while let Some((namespace, event)) = waiting.recv().await {
                let written = client.create(&resource, &namespace, &event.into(), &WriteOptions::default()).await;
                if let Err(error) = written {
                    tracing::debug!(%error, namespace, "an event cannot be written");
                }
            }
        };
        (Events { enabled, clock, queue }, writing)
    }

    /// Sends what there is to tell of an application.
    pub fn send(&self, world: &World, app: &Application, told: impl IntoIterator<Item = Notice>) {
        for (i, told) in told.into_iter().enumerate() {
            if self.enabled.0.contains(&told.reason) {
                let event = event(app, &told, labels(world, app), self.clock.now(), i);
                if self.queue.try_send((app.metadata.namespace.clone(), event)).is_err() {
                    tracing::debug!(application = app.metadata.name, "an event is lost: too many wait to be written");
                }
            }
        }
    }
}

fn event(app: &Application, told: &Notice, labels: BTreeMap<String, String>, now: Timestamp, number: usize) -> Json {
    let meta = &app.metadata;
    let nanos = now.as_nanosecond() + i128::try_from(number).unwrap_or_default();
    let time = bowline_core_crd::Time::new(now).to_string();
    json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": format!("{}.{nanos:x}", meta.name), "namespace": meta.namespace, "labels": labels},
        "involvedObject": {
            "apiVersion": API_VERSION, "kind": Application::KIND, "name": meta.name, "namespace": meta.namespace,
            "uid": meta.uid, "resourceVersion": meta.resource_version,
        },
        "reason": told.reason.as_str(),
        "message": told.message,
        "type": if told.warning { "Warning" } else { "Normal" },
        "source": {"component": COMPONENT},
        "firstTimestamp": time,
        "lastTimestamp": time,
        "count": 1,
    })
}

/// The labels of the application and its project that the settings want on events.
fn labels(world: &World, app: &Application) -> BTreeMap<String, String> {
    let settings = world.settings();
    if settings.event_labels.is_empty() {
        return BTreeMap::new();
    }
    let globs = |patterns: &[String]| patterns.iter().filter_map(|p| Glob::new(p, &[]).ok()).collect::<Vec<Glob>>();
    let (wanted, unwanted) = (globs(&settings.event_labels), globs(&settings.event_labels_left_out));
    let any = |globs: &[Glob], key: &str| globs.iter().any(|glob| glob.matches(key));
    let project = world.project(app.spec.project());
    let of_project = project.iter().flat_map(|project| &project.metadata.labels);
    // The application's own outweigh the project's.
    let all = of_project.chain(&app.metadata.labels);
    all.filter(|(key, _)| any(&wanted, key) && !any(&unwanted, key)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::{SyncOperation, SyncOperationResource, SyncOperationResult};

    use super::*;

    #[test]
    fn what_is_told_reads_as_in_argo_cd() {
        let mut state = OperationState { phase: OperationPhase::Succeeded, ..OperationState::default() };
        let result = SyncOperationResult { revision: "abc".into(), ..SyncOperationResult::default() };
        state.sync_result = Some(result);
        assert_eq!(Notice::completed(&state).message, "Sync operation to abc succeeded");
        state.phase = OperationPhase::Failed;
        state.message = "no way".into();
        let resources = vec![SyncOperationResource::default()];
        state.operation.sync = Some(SyncOperation { resources, ..SyncOperation::default() });
        let failed = Notice::completed(&state);
        assert_eq!((failed.message.as_str(), failed.warning), ("Partial sync operation to abc failed: no way", true));

        let (before, mut after) = (Application::new("argocd", "a"), Application::new("argocd", "a"));
        assert_eq!(changes(&before, &after), []);
        after.status.sync.status = "Synced".into();
        after.status.health.status = "Degraded".into();
        after.status.health.message = "Caused by Pod:n/p".into();
        let messages: Vec<String> = changes(&before, &after).into_iter().map(|told| told.message).collect();
        assert_eq!(
            messages,
            ["Updated sync status: Unknown -> Synced", "Updated health status: Unknown -> Degraded. Caused by Pod:n/p"]
        );
    }

    #[test]
    fn reasons_are_switched_by_name() {
        assert_eq!("none".parse::<Enabled>().unwrap().0, []);
        assert_eq!("all".parse::<Enabled>().unwrap(), Enabled::default());
        let some = "ResourceUpdated, StatusRefreshed".parse::<Enabled>().unwrap();
        assert_eq!(some.0, [Reason::ResourceUpdated]);
        assert!("Everything".parse::<Enabled>().unwrap_err().contains("is not a reason of events"));
    }
}
