//! The API server: one port for gRPC, gRPC-web, REST, the web UI and webhooks.
//!
//! [`ApiServer::bind`] takes the port and [`ApiServer::start`] serves it; [`listen`] is how connections come and go, `server` what a
//! request meets. What settings say counts from the moment that they change: connections that are open stay open, requests that are
//! under way go on, and the next ones meet the new options, the new certificate.

mod answer;
mod assemble;
mod call;
mod certificates;
mod client_version;
mod download;
mod drain;
mod extensions;
mod files;
mod gate;
mod gzip;
mod health;
mod limits;
pub mod listen;
mod metrics;
mod observe;
mod options;
mod own;
mod proxy;
mod redirect;
mod server;
mod sign_in;
mod terminal;
#[cfg(test)]
mod tests;
mod tls;
mod traces;
mod webhook;
mod websocket;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use bowline_base_clock::Clock;
use bowline_base_egress::Proxies;
use bowline_base_kube::Client;
use bowline_base_task::Tasks;
use bowline_base_telemetry::Health;
use bowline_core_control::World;
use bowline_core_ports::{BoxFuture, Charts, Engine, Hints, Remotes, Sources};
use hyper::{Request, Response, StatusCode};
use tokio::sync::{Notify, watch};
use tower::util::BoxCloneSyncService;

pub use files::{Asset, Files};
pub use limits::Stalled;
pub use listen::connection::Peer;
pub use metrics::Metrics;
pub use options::{Flags, Options};
pub use tls::Certificate;

use assemble::Pieces;
use certificates::{Given, Source};
use health::Healthz;
use listen::{Limits, Mode, Port, Shared};
use server::Server;
use webhook::Webhooks;

/// Bytes of a message by default: the contract's 200 MB.
pub const MESSAGE_BYTES: usize = 200 << 20;
/// Health says that the server stops; so long it goes on taking requests, so that whoever sends them has noticed.
const NOTICE: Duration = Duration::from_millis(500);

/// What the API server is started with.
pub struct Config {
    /// What the command line says.
    pub flags: Flags,
    /// Bounds of connections.
    pub limits: Limits,
    /// Bytes of a message.
    pub message_bytes: usize,
    /// The program for download.
    pub program: Option<PathBuf>,
    /// The web UI.
    pub files: Files,
    /// Everybody may do everything.
    pub disable_auth: bool,
    /// Limits of logins.
    pub login_limits: bowline_web_auth::Limits,
    /// What stands between the server and identity providers.
    pub proxies: Proxies,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            flags: Flags::default(),
            limits: Limits::default(),
            message_bytes: MESSAGE_BYTES,
            program: None,
            files: Files::built(),
            disable_auth: false,
            login_limits: bowline_web_auth::Limits::default(),
            proxies: Proxies::default(),
        }
    }
}

/// What the services stand on.
pub struct Services {
    /// What the control namespace says.
    pub world: Arc<World>,
    /// The way to the cluster that holds it.
    pub client: Client,
    /// What is known of clusters and what they hold.
    pub engine: Arc<dyn Engine>,
    /// The way to clusters and repositories that somebody asks about.
    pub remotes: Arc<dyn Remotes>,
    /// The repositories that applications come from.
    pub sources: Arc<dyn Sources>,
    /// The Helm repositories and registries that charts come from.
    pub charts: Arc<dyn Charts>,
}

/// What the API server stands on.
pub struct Surroundings {
    /// What the services stand on.
    pub services: Services,
    /// Is done when what the control namespace says has been read once.
    pub read: BoxFuture<'static, ()>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Owns what runs.
    pub tasks: Tasks,
    /// Says when the server stops.
    pub health: Health,
    /// Gets what webhooks say.
    pub hints: Arc<dyn Hints>,
    /// What is counted.
    pub metrics: Metrics,
}

/// The API server, bound and not yet served.
pub struct ApiServer {
    port: Port,
}

// === impl ApiServer ===

impl ApiServer {
    /// Binds the port.
    pub async fn bind(address: SocketAddr) -> std::io::Result<ApiServer> {
        Ok(ApiServer { port: Port::bind(address).await? })
    }

    /// Where it listens: the port that was chosen, where 0 was asked for.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.port.local_addr()
    }

    /// Serves from now on: health at once, everything else when the settings have been read.
    pub fn start(self, config: Config, around: Surroundings) {
        let Surroundings { services, read, clock, tasks, health, hints, metrics } = around;
        let (world, client) = (services.world.clone(), services.client.clone());
        let first = Arc::new(Options::of(&config.flags, &world.settings()));
        let (options_out, options) = watch::channel(first);
        let (mode_out, mode) = watch::channel(Mode::Starting);
        let (given_out, given) = watch::channel(Given::default());
        let (serving_out, serving) = watch::channel(true);
        let cancel = tasks.cancel_token().clone();

        let watching = certificates::watch_given(client.clone(), world.namespace().to_string(), given_out);
        spawn(&tasks, "watch the server's certificate", watching);
        let handlers = Arc::new(OnceLock::new());
        let source =
            Source { world: world.clone(), client: client.clone(), flags: config.flags, clock: clock.clone(), given };
        let pieces = Pieces {
            services,
            files: config.files,
            program: config.program,
            disable_auth: config.disable_auth,
            login_limits: config.login_limits,
            message_bytes: config.message_bytes,
            clock: clock.clone(),
            metrics: metrics.clone(),
            serving,
            proxies: config.proxies,
            tasks: tasks.clone(),
        };
        let assembled = handlers.clone();
        spawn(&tasks, "follow the server's options", async move {
            read.await;
            let now = Options::of(&source.flags, &source.world.settings());
            let made = pieces.assemble(&now).await;
            let auth = made.auth.clone();
            let _ = assembled.set(made);
            // Cookies are what the settings say now, not what they said at the start.
            let mut current = options_out.subscribe();
            let cookies = async {
                while current.changed().await.is_ok() {
                    let now = current.borrow_and_update().clone();
                    auth.follow(&now.base_href, &now.root_path, now.insecure);
                }
            };
            tokio::join!(certificates::follow(source, options_out, mode_out), cookies);
        });
        let stopping = cancel.clone();
        tasks.spawn("say that the server stops", async move {
            stopping.cancelled().await;
            serving_out.send_replace(false);
        });

        let healthz = Arc::new(Healthz::new(health, Some(client), clock));
        let server = Arc::new(Server {
            handlers,
            options: options.clone(),
            healthz: healthz.clone(),
            webhooks: Webhooks::new(world, hints, metrics.clone()),
            message_bytes: config.message_bytes,
            cancel: cancel.clone(),
        });
        let app = service(move |request| {
            let server = server.clone();
            async move { server.answer(request).await }
        });
        let starting = service(move |request: Request<Body>| {
            let healthz = healthz.clone();
            async move {
                match request.uri().path().ends_with("/healthz") {
                    true => healthz.answer(request.uri()).await,
                    false => answer::text(StatusCode::SERVICE_UNAVAILABLE, "the server is starting; try again\n"),
                }
            }
        });
        let redirect = service(move |request: Request<Body>| {
            let root = options.borrow().root_path.clone();
            async move { redirect::redirect(&request, &root) }
        });
        let limits = config.limits;
        let shared = Shared { app, starting, redirect, mode, limits, metrics, pressure: Notify::new() };
        // The connections are waited for apart from the rest: what is under way may still need it.
        let connections = tasks.scope();
        let serving = self.port.serve(Arc::new(shared), connections, async move {
            cancel.cancelled().await;
            tokio::time::sleep(NOTICE).await;
        });
        tasks.spawn("api port", serving);
    }
}

fn spawn(tasks: &Tasks, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
    let cancel = tasks.cancel_token().clone();
    tasks.spawn(name, async move {
        cancel.run(task).await;
    });
}

fn service<F>(answer: impl Fn(Request<Body>) -> F + Clone + Send + Sync + 'static) -> listen::Service
where
    F: Future<Output = Response<Body>> + Send + 'static,
{
    BoxCloneSyncService::new(tower::service_fn(move |request| {
        let answering = answer(request);
        async move { Ok::<_, Infallible>(answering.await) }
    }))
}
