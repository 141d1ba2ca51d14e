//! Metrics, with Argo CD's names.

use std::fmt::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bowline_base_clock::Clock;
use bowline_base_telemetry::prometheus::collector::Collector;
use bowline_base_telemetry::prometheus::encoding::{DescriptorEncoder, EncodeMetric, LabelSetEncoder};
use bowline_base_telemetry::prometheus::metrics::counter::{ConstCounter, Counter};
use bowline_base_telemetry::prometheus::metrics::family::Family;
use bowline_base_telemetry::prometheus::metrics::gauge::{ConstGauge, Gauge};
use bowline_base_telemetry::prometheus::metrics::histogram::Histogram;
use bowline_base_telemetry::prometheus::registry::Registry;
use bowline_core_crd::Application;
use bowline_live_cache::{Cache, Connection};

use crate::clusters::Clusters;
use bowline_core_control::World;

/// Labels as pairs, in the order in which they are shown.
type Labels = Vec<(String, String)>;

/// What the loop counts.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Syncs that ended, by application and phase.
    pub syncs: Family<Labels, Counter>,
    sync_seconds: Family<Labels, Counter<f64, AtomicU64>>,
    reconcile: Family<Labels, Histogram>,
    orphaned: Family<Labels, Gauge>,
    requests: Family<Labels, Counter>,
    /// How long it took to tell applications of what happened in a cluster, in seconds.
    pub events_processing: Family<Labels, Histogram>,
    /// How many applications were told at once.
    pub events_in_batch: Family<Labels, Gauge>,
    /// Dry runs asked for.
    pub dry_runs: Counter,
    /// Writes of Applications' status.
    pub status_writes: Counter,
}

/// A request to a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The status code of the answer; 0 where there was none.
    pub code: u16,
    /// The verb of the API, such as `Patch`.
    pub verb: &'a str,
    /// The kind that was asked about.
    pub kind: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
}

fn seconds() -> Histogram {
    Histogram::new([0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
}

fn of_app(app: &Application) -> Labels {
    vec![
        ("namespace".to_string(), app.metadata.namespace.clone()),
        ("name".to_string(), app.metadata.name.clone()),
        ("project".to_string(), app.spec.project().to_string()),
    ]
}

/// The name that a label of an object has among the labels of a metric.
fn label_name(key: &str) -> String {
    format!("label_{}", key.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_"))
}

#[derive(Debug)]
struct Apps(Arc<World>);

struct ClusterNumbers {
    clusters: Arc<Clusters>,
    world: Arc<World>,
    clock: Arc<dyn Clock>,
}

// === impl Metrics ===

impl Metrics {
    /// Registers them. What is told of applications and clusters is read when it is asked for.
    pub(crate) fn register(
        registry: &mut Registry,
        world: Arc<World>,
        clusters: Arc<Clusters>,
        clock: Arc<dyn Clock>,
    ) -> Metrics {
        let metrics = Metrics {
            syncs: Family::default(),
            sync_seconds: Family::default(),
            reconcile: Family::new_with_constructor(seconds),
            orphaned: Family::default(),
            requests: Family::default(),
            events_processing: Family::new_with_constructor(seconds),
            events_in_batch: Family::default(),
            dry_runs: Counter::default(),
            status_writes: Counter::default(),
        };
        registry.register("argocd_app_sync", "Number of application syncs", metrics.syncs.clone());
        registry.register(
            "argocd_app_sync_duration_seconds",
            "Application sync performance in seconds total",
            metrics.sync_seconds.clone(),
        );
        registry.register(
            "argocd_app_orphaned_resources_count",
            "Number of orphaned resources per application",
            metrics.orphaned.clone(),
        );
        registry.register(
            "argocd_app_k8s_request",
            "Number of Kubernetes requests executed during application reconciliation",
            metrics.requests.clone(),
        );
        registry.register(
            "argocd_resource_events_processing",
            "Time to process resource events in seconds",
            metrics.events_processing.clone(),
        );
        registry.register(
            "argocd_resource_events_processed_in_batch",
            "Number of resource events processed in batch",
            metrics.events_in_batch.clone(),
        );
        registry.register("argocd_app_reconcile", "Application reconciliation performance", metrics.reconcile.clone());
        registry.register("bowline_dry_runs", "Dry runs that the API server was asked for", metrics.dry_runs.clone());
        registry.register(
            "bowline_status_writes",
            "Writes of the status of Applications",
            metrics.status_writes.clone(),
        );
        registry.register_collector(Box::new(Apps(world.clone())));
        registry.register_collector(Box::new(ClusterNumbers { clusters, world, clock }));
        metrics
    }

    /// Counts a sync that ended, and how long it took.
    pub fn synced(&self, app: &Application, server: &str, phase: &str, dry_run: bool, took: Duration) {
        let mut labels = of_app(app);
        labels.push(("dest_server".to_string(), server.to_string()));
        self.sync_seconds.get_or_create(&labels).inc_by(took.as_secs_f64());
        labels.push(("phase".to_string(), phase.to_string()));
        labels.push(("dry_run".to_string(), dry_run.to_string()));
        self.syncs.get_or_create(&labels).inc();
    }

    /// Counts a reconciliation by how long it took.
    pub fn reconciled(&self, namespace: &str, server: &str, seconds: f64) {
        let labels = vec![("namespace".into(), namespace.into()), ("dest_server".into(), server.into())];
        self.reconcile.get_or_create(&labels).observe(seconds);
    }

    /// How many objects of the application's namespace belong to nobody.
    pub fn orphaned(&self, app: &Application, count: usize) {
        self.orphaned.get_or_create(&of_app(app)).set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Forgets an application that is gone.
    pub fn forget(&self, app: &Application) {
        self.orphaned.remove(&of_app(app));
    }

    /// Counts a request to a cluster for an application.
    pub fn requested(&self, app: &Application, server: &str, request: &Request<'_>) {
        let mut labels = of_app(app);
        labels.extend([
            ("response_code".to_string(), request.code.to_string()),
            ("verb".to_string(), request.verb.to_string()),
            ("resource_kind".to_string(), request.kind.to_string()),
            ("resource_namespace".to_string(), request.namespace.to_string()),
            ("dry_run".to_string(), request.dry_run.to_string()),
            ("server".to_string(), server.to_string()),
        ]);
        self.requests.get_or_create(&labels).inc();
    }
}

impl Collector for Apps {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let info = ConstGauge::<i64>::new(1);
        let mut family =
            encoder.encode_descriptor("argocd_app_info", "Information about application", None, info.metric_type())?;
        for (_, app) in self.0.apps() {
            let source = app.spec.sources().into_iter().next().unwrap_or_default();
            let operation = match (&app.operation, app.metadata.deletion_timestamp) {
                (_, Some(_)) => "delete",
                (Some(_), None) => "sync",
                _ => "",
            };
            let labels = [
                ("namespace", app.metadata.namespace.as_str()),
                ("name", &app.metadata.name),
                ("project", app.spec.project()),
                ("autosync_enabled", if app.spec.is_automated() { "true" } else { "false" }),
                ("repo", &source.repo_url),
                ("dest_server", &app.spec.destination.server),
                ("dest_namespace", &app.spec.destination.namespace),
                ("sync_status", unknown(app.status.sync.status.as_str())),
                ("health_status", unknown(app.status.health.status.as_str())),
                ("operation", operation),
            ];
            info.encode(family.encode_family(&Pairs(&labels))?)?;
        }
        let settings = self.0.settings();
        if !settings.metrics_application_labels.is_empty() {
            let help = "Argo Application labels converted to Prometheus labels";
            let mut family = encoder.encode_descriptor("argocd_app_labels", help, None, info.metric_type())?;
            for (_, app) in self.0.apps() {
                let mut labels = of_app(&app);
                for key in &settings.metrics_application_labels {
                    let value = app.metadata.labels.get(key).cloned().unwrap_or_default();
                    labels.push((label_name(key), value));
                }
                info.encode(family.encode_family(&labels)?)?;
            }
        }
        if !settings.metrics_application_conditions.is_empty() {
            let help = "Report application conditions";
            let mut family = encoder.encode_descriptor("argocd_app_condition", help, None, info.metric_type())?;
            for (_, app) in self.0.apps() {
                for kind in &settings.metrics_application_conditions {
                    let count = app.status.conditions.iter().filter(|c| c.type_.as_str() == kind).count();
                    if count > 0 {
                        let mut labels = of_app(&app);
                        labels.push(("condition".to_string(), kind.clone()));
                        let number = ConstGauge::<i64>::new(i64::try_from(count).unwrap_or(i64::MAX));
                        number.encode(family.encode_family(&labels)?)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for ClusterNumbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClusterNumbers")
    }
}

impl Collector for ClusterNumbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let clusters = self.clusters.all();
        let mut each = |name: &str, help: &str, of: &dyn Fn(&Cache) -> i64| {
            let mut family = encoder.encode_descriptor(name, help, None, ConstGauge::<i64>::new(0).metric_type())?;
            for cluster in &clusters {
                let labels = [("server", cluster.reference.server.as_str()), ("name", &cluster.reference.name)];
                ConstGauge::<i64>::new(of(&cluster.cache)).encode(family.encode_family(&Pairs(&labels))?)?;
            }
            Ok::<(), Error>(())
        };
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        each("argocd_cluster_api_resources", "Number of monitored kubernetes API resources", &|cache| {
            number(cache.state().kinds)
        })?;
        each("argocd_cluster_api_resource_objects", "Number of k8s resource objects in the cache", &|cache| {
            cache.kinds().iter().map(|kind| number(kind.objects)).sum()
        })?;
        each("argocd_cluster_connection_status", "The k8s cluster current connection status", &|cache| {
            i64::from(cache.state().connection == Connection::Connected)
        })?;
        let now = self.clock.now();
        each("argocd_cluster_cache_age_seconds", "Cluster cache age in seconds", &|cache| {
            match cache.state().connection {
                // A watched cache is as old as the silence of the cluster.
                Connection::Failed { since, .. } => now.duration_since(since).as_secs(),
                _ => 0,
            }
        })?;
        let help = "Number of processed k8s resource events";
        let zero = ConstCounter::<u64>::new(0);
        let mut family = encoder.encode_descriptor("argocd_cluster_events", help, None, zero.metric_type())?;
        for cluster in &clusters {
            for kind in cluster.cache.kinds().iter().filter(|kind| kind.events > 0) {
                let labels = [
                    ("server", cluster.reference.server.as_str()),
                    ("namespace", ""),
                    ("name", &cluster.reference.name),
                    ("group", &kind.kind.group),
                    ("kind", &kind.kind.kind),
                ];
                ConstCounter::new(kind.events).encode(family.encode_family(&Pairs(&labels))?)?;
            }
        }
        let one = ConstGauge::<i64>::new(1);
        let mut family =
            encoder.encode_descriptor("argocd_cluster_info", "Information about cluster", None, one.metric_type())?;
        for cluster in &clusters {
            let version = cluster.cache.state().server_version.unwrap_or_default();
            let labels = [
                ("server", cluster.reference.server.as_str()),
                ("k8s_version", version.as_str()),
                ("name", &cluster.reference.name),
            ];
            one.encode(family.encode_family(&Pairs(&labels))?)?;
        }
        let keys = &self.world.settings().metrics_cluster_labels;
        if !keys.is_empty() {
            let help = "Argo Cluster labels converted to Prometheus labels";
            let mut family = encoder.encode_descriptor("argocd_cluster_labels", help, None, one.metric_type())?;
            for cluster in &clusters {
                let held = cluster.reference.secret.as_ref().map(|secret| secret.labels.clone()).unwrap_or_default();
                let mut labels: Labels = vec![
                    ("server".to_string(), cluster.reference.server.clone()),
                    ("name".to_string(), cluster.reference.name.clone()),
                ];
                labels.extend(keys.iter().map(|key| (label_name(key), held.get(key).cloned().unwrap_or_default())));
                one.encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

fn unknown(word: &str) -> &str {
    if word.is_empty() { "Unknown" } else { word }
}

struct Pairs<'a>(&'a [(&'a str, &'a str)]);

impl bowline_base_telemetry::prometheus::encoding::EncodeLabelSet for Pairs<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), Error> {
        use bowline_base_telemetry::prometheus::encoding::EncodeLabel;
        for pair in self.0 {
            pair.encode(encoder.encode_label())?;
        }
        Ok(())
    }
}
