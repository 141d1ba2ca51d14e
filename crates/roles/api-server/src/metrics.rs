//! Metrics, with Argo CD's names where it has them.

use bowline_base_telemetry::prometheus::metrics::counter::Counter;
use bowline_base_telemetry::prometheus::metrics::family::Family;
use bowline_base_telemetry::prometheus::metrics::gauge::Gauge;
use bowline_base_telemetry::prometheus::metrics::histogram::Histogram;
use bowline_base_telemetry::prometheus::registry::Registry;

/// Labels as pairs, in the order in which they are shown.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// How long calls took, each family with the same buckets.
pub(crate) type Seconds = Family<Labels, Histogram, fn() -> Histogram>;

/// What the API server counts.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Calls that began, by service and method.
    pub(crate) started: Family<Labels, Counter>,
    /// Calls that ended, by service, method and code.
    pub(crate) handled: Family<Labels, Counter>,
    /// How long calls took, in seconds; only where it is asked for, since it has many lines.
    pub(crate) seconds: Option<Seconds>,
    /// Logins with a name and a password, by their outcome.
    logins: Family<Labels, Counter>,
    /// Requests to the backends of extensions, by extension and status.
    extension_requests: Family<Labels, Counter>,
    /// How long those took, in seconds.
    extension_seconds: Seconds,
    /// Webhooks by repository, where the sender proved itself: strangers must not choose labels.
    pub(crate) webhooks: Family<Labels, Counter>,
    /// Webhooks by sender and outcome.
    pub(crate) webhook_outcomes: Family<Labels, Counter>,
    /// Webhooks that are being read.
    pub(crate) webhooks_in_flight: Gauge,
    /// Spans that no collector took.
    pub(crate) dropped_spans: Counter,
    /// Open connections.
    pub(crate) connections: Gauge,
    /// Connections for which there was no slot.
    pub(crate) refused_connections: Counter,
}

// === impl Metrics ===

impl Metrics {
    /// Registers them.
    pub fn register(registry: &mut Registry, histogram: bool) -> Metrics {
        let metrics = Metrics {
            started: Family::default(),
            handled: Family::default(),
            seconds: histogram.then(|| {
                Family::new_with_constructor(
                    (|| Histogram::new([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]))
                        as fn() -> Histogram,
                )
            }),
            logins: Family::default(),
            extension_requests: Family::default(),
            extension_seconds: Family::new_with_constructor(
                (|| Histogram::new([0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0])) as fn() -> Histogram,
            ),
            webhooks: Family::default(),
            webhook_outcomes: Family::default(),
            webhooks_in_flight: Gauge::default(),
            dropped_spans: Counter::default(),
            connections: Gauge::default(),
            refused_connections: Counter::default(),
        };
        let info: Family<Labels, Gauge> = Family::default();
        info.get_or_create(&vec![("version", env!("CARGO_PKG_VERSION").to_string())]).set(1);
        registry.register("argocd_info", "Information about the server", info);
        registry.register("grpc_server_started", "Total number of RPCs started on the server", metrics.started.clone());
        registry.register(
            "grpc_server_handled",
            "Total number of RPCs completed on the server, regardless of success or failure",
            metrics.handled.clone(),
        );
        if let Some(seconds) = &metrics.seconds {
            registry.register(
                "grpc_server_handling_seconds",
                "Response latency in seconds of RPCs handled by the server",
                seconds.clone(),
            );
        }
        registry.register("argocd_login_request", "Number of login requests", metrics.logins.clone());
        registry.register(
            "argocd_proxy_extension_request",
            "Number of requests sent to configured proxy extensions",
            metrics.extension_requests.clone(),
        );
        registry.register(
            "argocd_proxy_extension_request_duration_seconds",
            "Request duration in seconds between the server and the extension backend",
            metrics.extension_seconds.clone(),
        );
        registry.register(
            "argocd_webhook_requests",
            "Number of webhook requests received by repo",
            metrics.webhooks.clone(),
        );
        registry.register("bowline_webhooks", "Webhooks by sender and outcome", metrics.webhook_outcomes.clone());
        registry.register(
            "argocd_webhook_handlers_in_flight",
            "Number of webhook requests that are being handled",
            metrics.webhooks_in_flight.clone(),
        );
        registry.register(
            "bowline_server_dropped_spans",
            "Spans of traces that the collector did not take",
            metrics.dropped_spans.clone(),
        );
        registry.register("bowline_server_connections", "Open connections", metrics.connections.clone());
        registry.register(
            "bowline_server_refused_connections",
            "Connections that were let go since all slots were taken",
            metrics.refused_connections.clone(),
        );
        metrics
    }

    /// Somebody logged in, or could not.
    pub(crate) fn login(&self, good: bool) {
        let status = if good { "success" } else { "failed" };
        self.logins.get_or_create(&vec![("status", status.to_string())]).inc();
    }

    /// The backend of an extension answered.
    pub(crate) fn extension(&self, extension: &str, status: u16, seconds: f64) {
        let name = vec![("extension", extension.to_string())];
        self.extension_seconds.get_or_create(&name).observe(seconds);
        let labels = vec![("extension", extension.to_string()), ("status", status.to_string())];
        self.extension_requests.get_or_create(&labels).inc();
    }
}
