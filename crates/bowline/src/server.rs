//! `bowline server`.

mod api;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bowline_base_kube::{Class, Client, ListOptions};
use bowline_base_task::Tasks;
use bowline_base_telemetry::prometheus::registry::Registry;
use bowline_base_telemetry::{Admin, Health, LogFormat, init_log};
use bowline_desired_issuer::Workload;
use bowline_roles_app_controller::{AppController, Config, EnabledEvents};
use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engines::renderers;
use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Resource, config, runtime};
use crate::random::random;

/// What is under way has this long to end after a first signal.
const DRAIN: Duration = Duration::from_secs(20);

/// `bowline server`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline server                                   # in a cluster, as its service account\n  bowline server --kubeconfig ~/.kube/config --namespace argocd\n\nThe first SIGTERM or SIGINT lets work that is under way end; a second one does not wait."
)]
pub struct ServerArgs {
    /// Where metrics and health are served
    #[arg(long, default_value = "0.0.0.0:8082", value_name = "ADDRESS:PORT")]
    admin_address: SocketAddr,
    /// Directory for mirrors of Git repositories and for charts; one process may use it [default: bowline in the temporary directory]
    #[arg(long, value_name = "DIRECTORY")]
    cache_dir: Option<PathBuf>,
    #[command(flatten)]
    api: api::ApiArgs,
    /// Let Applications name repositories on this machine's own disk (file:// URLs and paths): who may write an Application may then
    /// read each of them that its project permits
    #[arg(long)]
    allow_local_repositories: bool,
    /// Kubernetes events to write: all, none, or reasons with commas between them
    #[arg(long, env = "ARGOCD_ENABLE_K8S_EVENT", default_value = "all", value_name = "REASONS")]
    enable_k8s_event: EnabledEvents,
}

/// Runs the server until a signal ends it.
pub fn run(global: &Global, args: ServerArgs) -> Result<(), CliError> {
    let format: LogFormat = global.logformat.parse().map_err(|e| CliError::usage(format!("{e}")))?;
    init_log(format, &global.loglevel).map_err(|e| CliError::usage(e.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(serve(global, args));
    // What is still on a blocking thread (a DNS look-up, say) is not waited for.
    runtime.shutdown_background();
    result
}

async fn serve(global: &Global, args: ServerArgs) -> Result<(), CliError> {
    let signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let tasks = Tasks::new();
    let health = Health::default();
    let mut registry = Registry::default();
    let surroundings = runtime(&tasks);
    // The API tells its health from here on, so its ports come first.
    let api = args.api.bind(&health).await?;
    let client = Client::new(&config(global)?, &surroundings).map_err(crate::kube::failed)?;
    let cache = args.cache_dir.clone().unwrap_or_else(|| std::env::temp_dir().join("bowline"));
    let registries = bowline_desired_registry::Settings::new(cache.join("registry"));
    let mut git = bowline_desired_git::Settings::new(cache, std::env::vars_os());
    git.local = args.allow_local_repositories;
    let controller = Config {
        namespace: global.namespace.clone(),
        registries,
        proxies: crate::registry::proxies()?,
        workload: Workload::from_environment(crate::files::variable),
        git,
        secrets: random()?,
        seed: u64::from_le_bytes(random()?),
        events: args.enable_k8s_event,
    };
    let controller = AppController::start(controller, client.clone(), renderers(), surroundings.clone(), &mut registry)
        .map_err(|e| CliError::failed(e.to_string()))?;
    let controller = Arc::new(controller);
    api.start(&args.api, global.link.insecure, &controller, client.clone(), &surroundings, &health)?;
    let admin = Admin::bind(args.admin_address, registry, health.clone()).await.map_err(|e| {
        CliError::failed(format!("{}: {e}", args.admin_address)).hint("another address is named with --admin-address")
    })?;
    tracing::info!(address = %admin.local_addr()?, namespace = global.namespace, version = env!("CARGO_PKG_VERSION"), "bowline server");
    let cancel = tasks.cancel_token().clone();
    tasks.spawn("admin port", async move {
        cancel.run(admin.serve()).await;
    });

    // Health is told before the cluster has answered: a probe must not wait for it.
    check(&client, global).await?;

    let (mut terminate, mut interrupt) = signals;
    let ready = async {
        controller.ready().await;
        health.set_ready();
        tracing::info!("ready");
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = ready => {}
        () = one(&mut terminate, &mut interrupt) => {}
    }
    tracing::info!("stopping: what is under way is finished first");
    health.set_draining();
    controller.stop();
    tokio::select! {
        late = tasks.drain(DRAIN) => {
            if !late.is_empty() {
                tracing::warn!(tasks = late.join(", "), "these did not end in time and were broken off");
            }
        }
        () = one(&mut terminate, &mut interrupt) => tracing::warn!("a second signal: nothing is waited for"),
    }
    Ok(())
}

async fn one(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Says at once what would otherwise be a watch that fails for ever: a cluster that cannot be reached, or knows no Applications.
async fn check(client: &Client, global: &Global) -> Result<(), CliError> {
    let options = ListOptions { limit: 1, ..ListOptions::default() };
    match client.list(&Resource::Applications.api(), &global.namespace, &options).await {
        Ok(_) => Ok(()),
        Err(error) if error.is(Class::NotFound) => Err(CliError::failed("the cluster does not know Applications")
            .hint("kubectl apply --server-side -f deploy/crds")),
        // A cluster that is only out of reach for now is waited for.
        Err(error) if error.is_transient() => {
            tracing::warn!(%error, "the cluster cannot be reached yet");
            Ok(())
        }
        Err(error) => Err(crate::kube::failed(error)),
    }
}
