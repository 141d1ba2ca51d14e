//! The API server's flags and its start beside the controller.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bowline_base_kube::{Client, Runtime};
use bowline_base_telemetry::prometheus::registry::Registry;
use bowline_base_telemetry::{Admin, Health};
use bowline_roles_api_server::listen::Limits;
use bowline_roles_api_server::{ApiServer, Config, Flags, Metrics, Services, Surroundings};
use bowline_roles_app_controller::AppController;
use clap::Args;

use crate::error::CliError;

/// Flags of the API server, with Argo CD's names. Those that are not given are read from `argocd-cmd-params-cm`.
#[derive(Args, Debug)]
#[command(next_help_heading = "API server")]
pub struct ApiArgs {
    /// Address that the API is served at
    #[arg(
        long,
        default_value = "0.0.0.0",
        env = "ARGOCD_SERVER_LISTEN_ADDRESS",
        hide_env = true,
        value_name = "ADDRESS"
    )]
    address: IpAddr,
    /// Port of it: gRPC, gRPC-web, REST, the web UI and webhooks
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Address of the API server's metrics
    #[arg(
        long,
        default_value = "0.0.0.0",
        env = "ARGOCD_SERVER_METRICS_LISTEN_ADDRESS",
        hide_env = true,
        value_name = "ADDRESS"
    )]
    metrics_address: IpAddr,
    /// Port of them
    #[arg(long, default_value_t = 8083)]
    metrics_port: u16,
    /// Path that everything stands under
    #[arg(long, env = "ARGOCD_SERVER_ROOTPATH", hide_env = true, value_name = "PATH")]
    rootpath: Option<String>,
    /// <base> of the web UI, where a proxy cuts a path off
    #[arg(long, env = "ARGOCD_SERVER_BASEHREF", hide_env = true, value_name = "PATH")]
    basehref: Option<String>,
    /// X-Frame-Options of the web UI
    #[arg(long, env = "ARGOCD_SERVER_X_FRAME_OPTIONS", hide_env = true, value_name = "VALUE")]
    x_frame_options: Option<String>,
    /// Content-Security-Policy of the web UI
    #[arg(long, env = "ARGOCD_SERVER_CONTENT_SECURITY_POLICY", hide_env = true, value_name = "VALUE")]
    content_security_policy: Option<String>,
    /// Compress answers
    #[arg(long, env = "ARGOCD_SERVER_ENABLE_GZIP", hide_env = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    enable_gzip: Option<bool>,
    /// Content types of requests that change something, with ; between them
    #[arg(long, env = "ARGOCD_API_CONTENT_TYPES", hide_env = true, value_name = "TYPES")]
    api_content_types: Option<String>,
    /// Oldest version of TLS: 1.2 or 1.3
    #[arg(long, env = "ARGOCD_TLS_MIN_VERSION", hide_env = true, value_name = "VERSION")]
    tlsminversion: Option<String>,
    /// Newest version of TLS
    #[arg(long, env = "ARGOCD_TLS_MAX_VERSION", hide_env = true, value_name = "VERSION")]
    tlsmaxversion: Option<String>,
    /// Cipher suites of TLS 1.2, with : between them
    #[arg(long, env = "ARGOCD_TLS_CIPHERS", hide_env = true, value_name = "NAMES")]
    tlsciphers: Option<String>,
    /// Let everybody do everything
    #[arg(long, env = "ARGOCD_SERVER_DISABLE_AUTH", hide_env = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", value_name = "true|false")]
    disable_auth: bool,
    /// Megabytes that a message may have
    #[arg(long, default_value_t = 200, env = "ARGOCD_GRPC_MAX_SIZE_MB", hide = true)]
    grpc_max_size_mb: usize,
    /// Tell in the metrics how long calls took
    #[arg(long, env = "ARGOCD_ENABLE_GRPC_TIME_HISTOGRAM", hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    grpc_time_histogram: bool,
}

/// The API server with its ports bound.
pub struct Bound {
    server: ApiServer,
    metrics: Admin,
    counted: Metrics,
}

// === impl ApiArgs ===

impl ApiArgs {
    /// Binds the ports.
    pub async fn bind(&self, health: &Health) -> Result<Bound, CliError> {
        let failed = |address: SocketAddr, flag: &str| {
            let hint = format!("another one is named with {flag}");
            move |e: std::io::Error| CliError::failed(format!("{address}: {e}")).hint(hint)
        };
        let address = SocketAddr::new(self.address, self.port);
        let server = ApiServer::bind(address).await.map_err(failed(address, "--address and --port"))?;
        let mut registry = Registry::default();
        let counted = Metrics::register(&mut registry, self.grpc_time_histogram);
        let address = SocketAddr::new(self.metrics_address, self.metrics_port);
        let metrics = Admin::bind(address, registry, health.clone());
        let metrics = metrics.await.map_err(failed(address, "--metrics-address and --metrics-port"))?;
        Ok(Bound { server, metrics, counted })
    }

    /// What was given. `insecure` is the flag of every command, which here says to serve in clear.
    fn flags(&self, insecure: Option<bool>) -> Flags {
        Flags {
            insecure: insecure
                .or_else(|| crate::files::variable("ARGOCD_SERVER_INSECURE").map(|value| value == "true")),
            root_path: self.rootpath.clone(),
            base_href: self.basehref.clone(),
            frame_options: self.x_frame_options.clone(),
            content_security_policy: self.content_security_policy.clone(),
            gzip: self.enable_gzip,
            content_types: self.api_content_types.clone(),
            tls_min: self.tlsminversion.clone(),
            tls_max: self.tlsmaxversion.clone(),
            tls_ciphers: self.tlsciphers.clone(),
        }
    }
}

// === impl Bound ===

impl Bound {
    /// Serves, beside the controller and over what that knows.
    pub fn start(
        self,
        args: &ApiArgs,
        insecure: Option<bool>,
        controller: &Arc<AppController>,
        client: Client,
        runtime: &Runtime,
        health: &Health,
    ) -> Result<(), CliError> {
        let address = self.server.local_addr()?;
        tracing::info!(%address, metrics = %self.metrics.local_addr()?, "api server");
        let read = controller.clone();
        let around = Surroundings {
            services: Services {
                world: controller.world().clone(),
                client,
                engine: controller.engine(),
                remotes: controller.remotes(),
                sources: controller.sources(),
                charts: controller.charts(),
            },
            read: Box::pin(async move { read.ready().await }),
            clock: runtime.clock.clone(),
            tasks: runtime.tasks.clone(),
            health: health.clone(),
            hints: controller.hints(),
            metrics: self.counted,
        };
        let config = Config {
            flags: args.flags(insecure),
            limits: Limits { connections: connections(), ..Limits::default() },
            message_bytes: args.grpc_max_size_mb.saturating_mul(1 << 20),
            program: std::env::current_exe().ok(),
            disable_auth: args.disable_auth,
            login_limits: login_limits(),
            proxies: crate::registry::proxies()?,
            ..Config::default()
        };
        self.server.start(config, around);
        let cancel = runtime.tasks.cancel_token().clone();
        runtime.tasks.spawn("metrics port", async move {
            cancel.run(self.metrics.serve()).await;
        });
        Ok(())
    }
}

/// Limits of logins, as the environment says.
fn login_limits() -> bowline_web_auth::Limits {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment of the API server")]
    let (limits, wrong) = bowline_web_auth::Limits::from_environment(|name| std::env::var(name).ok());
    for sentence in wrong {
        tracing::warn!("{sentence}");
    }
    limits
}

/// How many connections the API may have: as many as it wants, or half of the files that the process may open. The process is given
/// all that it may be given, for the number that a shell starts with is meant for programs that wait for files one after the other.
fn connections() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where that is refused, it is what it was.
    let _ = setrlimit(Resource::Nofile, limit);
    let files = getrlimit(Resource::Nofile).current.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    Limits::default().connections.min(files / 2)
}
