//! The application controller: the loop that keeps clusters as Git says and tells how that stands.
//!
//! [`AppController::start`] starts the watches of the control namespace and the workers. Each worker takes an application's name
//! from the queue and [`reconcile`](reconcile::reconcile)s it; that function is the place to start reading.

mod acting;
mod autosync;
mod clusters;
mod compare;
mod conditions;
mod counted;
mod customizations;
mod delete;
mod desired;
mod events;
pub mod foresee;
mod hints;
mod lanes;
mod metrics;
mod mirrors;
mod operate;
mod operation_state;
mod orphaned;
mod project;
mod reconcile;
mod remotes;
mod rules;
mod serve;
mod source;
mod status;
mod view;
mod windows;
mod workers;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use bowline_base_clock::{Clock, Jitter};
use bowline_base_egress::{Egress, Proxies};
use bowline_base_kube::{Client, Runtime};
use bowline_base_queue::Queue;
use bowline_base_task::{Readiness, Tasks};
use bowline_base_telemetry::prometheus::registry::Registry;
use bowline_core_control::{Change, Control, Watched, World, watch};
use bowline_core_crd::Application;
use bowline_core_ports::{Hints, SourceError, SourceErrorKind};
use bowline_core_settings::find_repository;
use bowline_core_types::{AppName, SecretKey};
use bowline_desired_git::{Access, GitRepositories, redact};
use bowline_desired_issuer::{Issuers, Workload};
use bowline_desired_registry::{Registries, Secrets};
use bowline_desired_render::{Engine, Engines, Jsonnet, Memo};

pub use autosync::retry_delay;
pub use clusters::config as cluster_config;
pub use desired::{Target, features};
pub use events::Enabled as EnabledEvents;
pub use metrics::Metrics;
pub use rules::Comparing;

pub(crate) use workers::Workers;

use clusters::Clusters;
use customizations::Customizations;
use events::Events;
use hints::{Door, Told};
use lanes::Lanes;
use reconcile::AppState;

/// Bytes of rendered objects that are kept: ten objects of two kilobytes each for ten thousand applications.
const RENDERS: usize = 256 << 20;

/// What repositories are told that we are.
const AGENT: &str = concat!("bowline/", env!("CARGO_PKG_VERSION"));

/// What the controller is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The control namespace: Applications, projects, settings.
    pub namespace: String,
    /// How repositories are cached and reached.
    pub git: bowline_desired_git::Settings,
    /// How Helm repositories and OCI registries are cached.
    pub registries: bowline_desired_registry::Settings,
    /// The machine's proxies, for repositories that name none.
    pub proxies: Proxies,
    /// The Azure identity of this process.
    pub workload: Option<Workload>,
    /// 32 bytes that nobody outside knows: the key of the digests that stand for what Secrets hold.
    pub secrets: [u8; 32],
    /// A number that nobody outside knows.
    pub seed: u64,
    /// Which Kubernetes events are written.
    pub events: EnabledEvents,
}

/// The renderers that the binary was built with.
#[derive(Default)]
pub struct Renderers {
    /// Helm.
    pub helm: Option<Box<dyn Engine>>,
    /// Kustomize.
    pub kustomize: Option<Box<dyn Engine>>,
    /// Jsonnet.
    pub jsonnet: Option<Box<dyn Jsonnet>>,
}

/// A running controller.
pub struct AppController {
    shared: Arc<Shared>,
    readiness: Readiness,
    hints: Arc<dyn Hints>,
}

/// What all workers share.
pub(crate) struct Shared {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub jitter: Jitter,
    pub tasks: Tasks,
    pub runtime: Runtime,
    pub client: Client,
    pub world: Arc<World>,
    pub clusters: Arc<Clusters>,
    pub sources: Arc<GitRepositories>,
    pub charts: Arc<Registries>,
    pub engines: Renderers,
    pub memo: Memo,
    pub queue: Arc<Queue<AppName>>,
    pub events: Events,
    pub told: Told,
    pub states: Mutex<HashMap<AppName, Arc<tokio::sync::Mutex<AppState>>>>,
    /// What the settings say of single kinds.
    pub kinds: RwLock<Arc<Customizations>>,
    pub metrics: Metrics,
    /// What the last looks found, for who shows it.
    pub shown: serve::Shown,
}

/// Why the controller cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The Git cache cannot be used.
    #[error("the Git cache cannot be used: {0}")]
    GitCache(std::io::Error),
    /// The cache of charts cannot be used.
    #[error("the registry cache cannot be used: {0}")]
    RegistryCache(std::io::Error),
}

// === impl AppController ===

impl AppController {
    /// Starts to watch and to work. Tasks are `runtime`'s.
    pub fn start(
        config: Config,
        client: Client,
        engines: Renderers,
        runtime: Runtime,
        registry: &mut Registry,
    ) -> Result<AppController, StartError> {
        let started = u64::try_from(runtime.clock.now().as_millisecond()).unwrap_or_default();
        let world = Arc::new(World::starting_at(config.namespace.clone(), started));
        let access = {
            let world = world.clone();
            move |url: &str, project: &str| access(&world, url, project)
        };
        let secrets = Secrets::new(world.clone());
        let egress = {
            let secrets = secrets.clone();
            Egress::new(runtime.tasks.clone(), AGENT, move |url| secrets.reach(url))
        };
        let issuers = {
            let (world, clock) = (world.clone(), runtime.clock.clone());
            let trust = move |host: &str| world.config("argocd-tls-certs-cm", host);
            Issuers::new(egress.clone(), clock, config.proxies.clone(), config.workload.clone(), trust)
        };
        let sources = GitRepositories::new(config.git.clone(), access).map_err(StartError::GitCache)?;
        let sources = sources.with_issuers(issuers);
        let charts = Registries::new(config.registries.clone(), egress, config.proxies.clone(), secrets)
            .map_err(StartError::RegistryCache)?;
        let clusters = Arc::new(Clusters::new(SecretKey::new(config.secrets), config.seed));
        let (events, writing) = Events::new(config.events.clone(), runtime.clock.clone(), client.clone());
        let cancel = runtime.tasks.cancel_token().clone();
        runtime.tasks.spawn("events", async move {
            cancel.run(writing).await;
        });
        let shared = Arc::new(Shared {
            clock: runtime.clock.clone(),
            jitter: runtime.jitter.clone(),
            tasks: runtime.tasks.clone(),
            metrics: Metrics::register(registry, world.clone(), clusters.clone(), runtime.clock.clone()),
            clusters,
            memo: Memo::new(RENDERS),
            queue: Arc::new(Queue::new()),
            events,
            told: Told::default(),
            shown: serve::Shown::default(),
            states: Mutex::default(),
            kinds: RwLock::default(),
            runtime,
            client,
            world,
            sources: Arc::new(sources),
            charts: Arc::new(charts),
            engines,
            config,
        });
        let readiness = Readiness::new();
        let read = Readiness::new();
        let control = Arc::new(Control {
            client: shared.client.clone(),
            world: shared.world.clone(),
            told: Box::new({
                let shared = shared.clone();
                move |change| shared.changed(change)
            }),
        });
        for what in Watched::ALL {
            let pending = read.pending(what.name());
            let (watching, cancel) = (watch(control.clone(), what, pending), shared.tasks.cancel_token().clone());
            shared.tasks.spawn(format!("watch {}", what.name()), async move {
                cancel.run(watching).await;
            });
        }
        let started = readiness.pending("applications, projects and settings");
        let starter = shared.clone();
        shared.tasks.spawn("start of the workers", async move {
            // Nothing is decided before everything was read once: a project that is not there yet is not a missing one.
            read.ready().await;
            project::ensure_default(&starter).await;
            let (mirrors, cancel) = (mirrors::keep(starter.clone()), starter.tasks.cancel_token().clone());
            starter.tasks.spawn("unused mirrors", async move {
                cancel.run(mirrors).await;
            });
            work(starter);
            drop(started);
        });
        let (door, hints) = Door::new();
        let (heeding, cancel) = (hints::heed(shared.clone(), hints), shared.tasks.cancel_token().clone());
        shared.tasks.spawn("hints", async move {
            cancel.run(heeding).await;
        });
        Ok(AppController { shared, readiness, hints: Arc::new(door) })
    }

    /// The way to clusters and repositories that somebody asks about.
    pub fn remotes(&self) -> Arc<dyn bowline_core_ports::Remotes> {
        Arc::new(remotes::Asked(self.shared.clone()))
    }

    /// The repositories that applications come from.
    pub fn sources(&self) -> Arc<dyn bowline_core_ports::Sources> {
        self.shared.sources.clone()
    }

    /// The Helm repositories and registries that charts come from.
    pub fn charts(&self) -> Arc<dyn bowline_core_ports::Charts> {
        self.shared.charts.clone()
    }

    /// Where hints of what was pushed go.
    pub fn hints(&self) -> Arc<dyn Hints> {
        self.hints.clone()
    }

    /// Waits until everything that is needed was read once.
    pub async fn ready(&self) {
        self.readiness.ready().await;
    }

    /// What is known of applications, for who shows them.
    pub fn engine(&self) -> Arc<dyn bowline_core_ports::Engine> {
        Arc::new(serve::Served(self.shared.clone()))
    }

    /// What the control namespace says.
    pub fn world(&self) -> &Arc<World> {
        &self.shared.world
    }

    /// Ends the giving out of work; what is being worked on is finished.
    pub fn stop(&self) {
        self.shared.queue.close();
    }
}

/// Takes applications from the queue until it is closed, those of each cluster on a lane of their own.
fn work(shared: Arc<Shared>) {
    let (asked, worker, spawner) = (shared.clone(), shared.clone(), shared.clone());
    let lane = move |name: &AppName| {
        let app = asked.world.app(name);
        let to = app.map(|app| app.spec.destination.clone()).unwrap_or_default();
        asked.world.destination(&to.server, &to.name).map(|cluster| cluster.server).unwrap_or_default()
    };
    let work = move |name: AppName| {
        let shared = worker.clone();
        async move {
            let next = reconcile::reconcile(&shared, &name).await;
            if let Some(after) = next.after {
                shared.queue.add_after(name.clone(), after);
            }
            tracing::debug!(application = %name, next = ?next.after, reason = next.reason, "reconciled");
        }
    };
    let spawn = move |worker: futures::future::BoxFuture<'static, ()>| {
        spawner.tasks.spawn("worker", worker);
    };
    let width = shared.world.settings().status_processors;
    Workers::new(shared.queue.clone(), Arc::new(Lanes::default()), width, lane, work, spawn).start();
}

// === impl Shared ===

impl Shared {
    pub(crate) fn state(&self, name: &AppName) -> Arc<tokio::sync::Mutex<AppState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).entry(name.clone()).or_default().clone()
    }

    /// Queues what a change of the control namespace concerns.
    fn changed(&self, change: Change<'_>) {
        match change {
            Change::Application(name) => self.queue.add(name.clone()),
            Change::ApplicationGone(name) => self.forget(name),
            Change::ApplicationSet(_) => {}
            Change::Project(project) => self.queue_where(|app| app.spec.project() == project),
            Change::ConfigMap { before, .. } => {
                let kinds = self.customizations();
                let said = self.world.config_under("argocd-cm", customizations::PREFIX);
                if *kinds.made_from() != said {
                    *self.kinds.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Customizations::read(said));
                }
                self.clusters.settings_changed(self, before, &kinds);
                self.queue_where(|_| true);
            }
            Change::Cluster => {
                self.clusters.forget(|known| {
                    let now = self.world.destination(&known.server, "");
                    now.is_ok_and(|now| now.secret == known.secret)
                });
                self.queue_where(|_| true);
            }
            Change::Repository => self.queue_where(|_| true),
        }
    }

    /// What the settings say of single kinds.
    pub(crate) fn customizations(&self) -> Arc<Customizations> {
        self.kinds.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn queue_where(&self, which: impl Fn(&Application) -> bool) {
        for (name, app) in self.world.apps() {
            if which(&app) {
                self.queue.add(name);
            }
        }
    }

    pub(crate) fn forget(&self, name: &AppName) {
        if let Some(gone) = self.world.app(name) {
            self.metrics.forget(&gone);
        }
        self.states.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        self.queue.forget(name);
        self.told.forget(name);
        self.shown.forget(name);
    }

    /// A period with a random part, so that applications do not all come due together.
    pub(crate) fn poll_after(&self) -> Option<Duration> {
        let settings = self.world.settings();
        if settings.reconciliation.is_zero() {
            return None;
        }
        Some(settings.reconciliation + settings.reconciliation_jitter.mul_f64(self.jitter.fraction()))
    }
}

// === impl Renderers ===

impl Renderers {
    pub(crate) fn borrow(&self) -> Engines<'_> {
        Engines { helm: self.helm.as_deref(), kustomize: self.kustomize.as_deref(), jsonnet: self.jsonnet.as_deref() }
    }
}

/// How a repository lets us in: its Secret, else the longest matching template, and what the settings trust.
pub fn access(world: &World, url: &str, project: &str) -> Result<Access, SourceError> {
    let repositories = world.repositories();
    let (repository, template) = find_repository(&repositories, url, project);
    let Access { scope, mut credentials } = Access::from_secrets(repository, template)
        .map_err(|e| SourceError::new(SourceErrorKind::Refused, format!("{}: {e}", redact(url))))?;
    credentials.known_hosts = world.config("argocd-ssh-known-hosts-cm", "ssh_known_hosts").unwrap_or_default();
    if let Some(host) = url.split_once("://").map(|(_, rest)| rest.split(['/', ':']).next().unwrap_or_default()) {
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        credentials.ca = world.config("argocd-tls-certs-cm", host);
    }
    Ok(Access { scope, credentials })
}
