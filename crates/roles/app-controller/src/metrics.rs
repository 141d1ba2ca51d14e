//! Metrics, with Argo CD's names.

use std::fmt::Error;
use std::sync::Arc;

use bowline_base_telemetry::prometheus::collector::Collector;
use bowline_base_telemetry::prometheus::encoding::{DescriptorEncoder, EncodeMetric, LabelSetEncoder};
use bowline_base_telemetry::prometheus::metrics::counter::Counter;
use bowline_base_telemetry::prometheus::metrics::family::Family;
use bowline_base_telemetry::prometheus::metrics::gauge::ConstGauge;
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
    /// How long reconciliations took, in seconds.
    pub reconcile: Histogram,
    /// Dry runs asked for.
    pub dry_runs: Counter,
    /// Writes of Applications' status.
    pub status_writes: Counter,
}

#[derive(Debug)]
struct Apps(Arc<World>);

struct ClusterNumbers(Arc<Clusters>);

// === impl Metrics ===

impl Metrics {
    /// Registers them. What is told of applications and clusters is read when it is asked for.
    pub(crate) fn register(registry: &mut Registry, world: Arc<World>, clusters: Arc<Clusters>) -> Metrics {
        let metrics = Metrics {
            syncs: Family::default(),
            reconcile: Histogram::new([0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0]),
            dry_runs: Counter::default(),
            status_writes: Counter::default(),
        };
        registry.register("argocd_app_sync", "Number of application syncs", metrics.syncs.clone());
        registry.register("argocd_app_reconcile", "Application reconciliation performance", metrics.reconcile.clone());
        registry.register("bowline_dry_runs", "Dry runs that the API server was asked for", metrics.dry_runs.clone());
        registry.register(
            "bowline_status_writes",
            "Writes of the status of Applications",
            metrics.status_writes.clone(),
        );
        registry.register_collector(Box::new(Apps(world)));
        registry.register_collector(Box::new(ClusterNumbers(clusters)));
        metrics
    }

    /// Counts a sync that ended.
    pub fn synced(&self, app: &Application, server: &str, phase: &str, dry_run: bool) {
        let labels = vec![
            ("namespace".to_string(), app.metadata.namespace.clone()),
            ("name".to_string(), app.metadata.name.clone()),
            ("project".to_string(), app.spec.project().to_string()),
            ("dest_server".to_string(), server.to_string()),
            ("phase".to_string(), phase.to_string()),
            ("dry_run".to_string(), dry_run.to_string()),
        ];
        self.syncs.get_or_create(&labels).inc();
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
        let clusters = self.0.all();
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
        each("argocd_cluster_watch_events", "Events of watches since the start", &|cache| {
            i64::try_from(cache.counts().events).unwrap_or(i64::MAX)
        })
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
