//! [`Apps`]: Applications as somebody else sees them.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bowline_base_kube::{Client, Event, Watch, WatchOptions, WriteOptions};
use bowline_base_value::Value;
use futures::stream::{self, StreamExt as _};

use crate::lab::{CONTROL, annotate, applications};

/// How long anything may take; nothing that is worth measuring takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(120);
/// Requests of ours at once.
const PARALLEL: usize = 32;

/// Applications, seen through a watch of our own.
pub struct Apps {
    client: Client,
    watch: Watch,
    known: HashMap<String, Value>,
    log: PathBuf,
}

// === impl Apps ===

impl Apps {
    pub(crate) async fn new(client: &Client, log: &Path) -> Apps {
        let options = WatchOptions { skip_managed_fields: true, ..WatchOptions::default() };
        let watch = Watch::new(client, &applications(), CONTROL, options);
        let mut apps = Apps { client: client.clone(), watch, known: HashMap::new(), log: log.to_path_buf() };
        while !matches!(apps.next().await, Event::Complete) {}
        apps
    }

    /// Makes Applications, many at once.
    pub async fn create(&self, apps: Vec<Value>) -> impl Future<Output = ()> + use<> {
        let client = self.client.clone();
        async move {
            let (resource, options) = (applications(), WriteOptions::default());
            let made = stream::iter(&apps).map(|app| client.create(&resource, CONTROL, app, &options));
            let answers: Vec<_> = made.buffer_unordered(PARALLEL).collect().await;
            for answer in answers {
                answer.unwrap_or_else(|error| panic!("making an application: {error}"));
            }
        }
    }

    /// Asks for a refresh of all of these, and gives when it has been asked for: the version of each that asks.
    pub fn refresh(&self, names: &[String]) -> impl Future<Output = HashMap<String, u64>> + use<> {
        self.annotate(names, Some("normal"))
    }

    /// Takes back what was asked for.
    pub fn unask(&self, names: &[String]) -> impl Future<Output = HashMap<String, u64>> + use<> {
        self.annotate(names, None)
    }

    fn annotate(
        &self,
        names: &[String],
        refresh: Option<&'static str>,
    ) -> impl Future<Output = HashMap<String, u64>> + use<> {
        let (client, names) = (self.client.clone(), names.to_vec());
        async move {
            let asked = names.into_iter().map(|name| {
                let client = &client;
                async move {
                    let version = annotate(client, &name, refresh).await;
                    (name, version)
                }
            });
            stream::iter(asked).buffer_unordered(PARALLEL).collect().await
        }
    }

    /// Waits until all of these are as `good` says.
    pub async fn until(&mut self, what: &str, names: &[String], good: impl Fn(&str, &Value) -> bool) {
        let is_bad = |name: &&String, known: &HashMap<String, Value>| {
            !known.get(name.as_str()).is_some_and(|app| good(name, app))
        };
        let mut waiting: BTreeSet<&String> = names.iter().filter(|name| is_bad(name, &self.known)).collect();
        let late = tokio::time::sleep(PATIENCE);
        tokio::pin!(late);
        while !waiting.is_empty() {
            tokio::select! {
                event = self.next() => {
                    if let Event::Applied(app) = &event
                        && let Some(name) = waiting.iter().find(|waiting| waiting.as_str() == name(app)).copied()
                        && good(name, app)
                    {
                        waiting.remove(name);
                    }
                }
                () = &mut late => {
                    let first = waiting.first().expect("because some are waited for");
                    let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                    panic!("{first} and {} more did not become {what}: {:?}\n{log}", waiting.len() - 1, self.known.get(*first));
                }
            }
        }
    }

    /// Takes in what the watch has to say.
    async fn next(&mut self) -> Event {
        let event = self.watch.next().await;
        match &event {
            Event::Listed(apps) => self.known.extend(apps.iter().map(|app| (name(app).to_string(), app.clone()))),
            Event::Applied(app) => {
                self.known.insert(name(app).to_string(), app.clone());
            }
            Event::Deleted(app) => {
                self.known.remove(name(app));
            }
            Event::Failed { error, .. } => panic!("watching Applications: {error}"),
            Event::Listing | Event::Complete | Event::Resumed => {}
        }
        event
    }

    /// Whether the Application is synced to `revision`, by an operation that has succeeded, with no request left.
    pub fn is_synced(app: &Value, revision: &str) -> bool {
        app.str_at(&["status", "sync", "status"]) == Some("Synced")
            && app.str_at(&["status", "sync", "revision"]) == Some(revision)
            && app.str_at(&["status", "operationState", "phase"]) == Some("Succeeded")
            && app.str_at(&["status", "operationState", "syncResult", "revision"]) == Some(revision)
            && app.get("operation").is_none()
            && !Self::asks_for_refresh(app)
    }

    /// Whether a refresh that was asked for at version `asked` has been made.
    pub fn is_refreshed(app: &Value, asked: u64) -> bool {
        version(app) > asked && !Self::asks_for_refresh(app)
    }

    fn asks_for_refresh(app: &Value) -> bool {
        app.str_at(&["metadata", "annotations", "argocd.argoproj.io/refresh"]).is_some()
    }
}

fn name(app: &Value) -> &str {
    app.str_at(&["metadata", "name"]).unwrap_or_default()
}

/// The resource version as a number.
pub(crate) fn version(app: &Value) -> u64 {
    app.str_at(&["metadata", "resourceVersion"]).and_then(|text| text.parse().ok()).unwrap_or_default()
}
