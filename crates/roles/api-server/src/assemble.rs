//! What is served, put together once the settings have been read.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bowline_base_clock::Clock;
use bowline_base_egress::{Proxies, Reach};
use bowline_base_task::Tasks;
use bowline_web_admin::{
    Accounts, Certificates, Clusters, Context, GpgKeys, Notifications, Projects, Repositories, RepositoryCredentials,
    Sessions, SettingsReader, States, Versions,
};
use bowline_web_api::{ApplicationSets, Applications, Own};
use bowline_web_auth::{Authenticator, Egress, KubeVault, Limits, Parts, SystemRandom};
use bowline_web_gateway::{Gateway, GrpcWeb, Health, Reflection, swagger, swagger_page};
use bowline_web_wire::{
    Api, GrpcService, account, application, applicationset, certificate, cluster, gpgkey, notification, project,
    repocreds, repository, session, version,
};
use bytes::Bytes;
use tokio::sync::watch;

use crate::Services;
use crate::files::Files;
use crate::gate::ApiGate;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::proxy::Proxy;
use crate::terminal::Terminals;
use crate::traces::Traces;

/// How long the first start waits before it tries again.
const AGAIN: Duration = Duration::from_secs(2);
/// How the server calls itself.
const AGENT: &str = concat!("bowline/", env!("CARGO_PKG_VERSION"));

/// What answers, besides what this crate answers itself.
pub(crate) struct Handlers {
    pub(crate) auth: Arc<Authenticator>,
    pub(crate) grpc: GrpcService,
    pub(crate) grpc_web: GrpcWeb,
    pub(crate) rest: Router,
    /// What the contract has no word for.
    pub(crate) own: Own,
    pub(crate) terminals: Terminals,
    pub(crate) proxy: Proxy,
    /// What handlers that are no RPCs stand on.
    pub(crate) context: Context,
    pub(crate) description: Bytes,
    /// The description as a page.
    pub(crate) description_page: Bytes,
    pub(crate) files: Files,
    /// The program for download.
    pub(crate) program: Option<PathBuf>,
}

/// What it is put together from.
pub(crate) struct Pieces {
    pub(crate) services: Services,
    pub(crate) files: Files,
    pub(crate) program: Option<PathBuf>,
    pub(crate) disable_auth: bool,
    pub(crate) login_limits: Limits,
    pub(crate) message_bytes: usize,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Metrics,
    pub(crate) serving: watch::Receiver<bool>,
    /// What stands between the server and identity providers.
    pub(crate) proxies: Proxies,
    /// Owns connections to them.
    pub(crate) tasks: Tasks,
}

// === impl Pieces ===

impl Pieces {
    /// Puts together what is served, and makes what a new installation lacks.
    pub(crate) async fn assemble(self, options: &Options) -> Handlers {
        let Services { world, client, engine, remotes, sources, charts } = self.services;
        let dex = bowline_web_auth::DexServer::default();
        let params = world.config_map("argocd-cmd-params-cm").unwrap_or_default();
        let flag = |key: &str| params.get(key).is_some_and(|value| value.trim() == "true");
        // Who runs the installation names the identity provider: it may be anywhere.
        let client_out = bowline_base_egress::Egress::new(self.tasks.clone(), AGENT, |_| Reach::Anywhere);
        let auth = Arc::new(Authenticator::new(Parts {
            vault: Arc::new(KubeVault::new(client.clone(), world.namespace())),
            http: Arc::new(Egress::new(client_out, self.proxies)),
            clock: self.clock.clone(),
            random: Arc::new(SystemRandom),
            options: bowline_web_auth::Options {
                disable_auth: self.disable_auth || flag("server.disable.auth"),
                base_href: options.base_href.clone(),
                root_path: options.root_path.clone(),
                insecure: options.insecure,
                limits: self.login_limits,
                dex: bowline_web_auth::DexServer {
                    address: params.get("server.dex.server").cloned().unwrap_or(dex.address),
                    plaintext: flag("server.dex.server.plaintext"),
                    strict_tls: flag("server.dex.server.strict.tls"),
                },
            },
            world: world.clone(),
        }));
        while let Err(error) = auth.first_start().await {
            tracing::error!(%error, retry_in = ?AGAIN, "the signing key and the first password cannot be stored");
            tokio::time::sleep(AGAIN).await;
        }
        let clock = self.clock.clone();
        let context = Context { world, client, auth: auth.clone(), engine, remotes, sources, charts, clock };
        let own = Own::new(context.clone());
        let kept = context.clone();
        let random = Arc::new(SystemRandom);
        let dropped = self.metrics.dropped_spans.clone();
        let traces = Traces::start(context.world.clone(), random, dropped, &self.tasks);
        let gate = Arc::new(ApiGate { traces, auth: auth.clone(), clock: self.clock, metrics: self.metrics.clone() });
        let metrics = self.metrics;
        let repositories = Repositories { context: context.clone(), states: States::default() };
        let api = Api::default()
            .behind(gate)
            .limited(self.message_bytes)
            .with(version::version_service(Arc::new(Versions)))
            .with(session::session_service(Arc::new(Sessions(auth.clone()))))
            .with(account::account_service(Arc::new(Accounts(context.clone()))))
            .with(cluster::settings_service(Arc::new(SettingsReader(context.clone()))))
            .with(project::project_service(Arc::new(Projects(context.clone()))))
            .with(cluster::cluster_service(Arc::new(Clusters(context.clone()))))
            .with(repository::repository_service(Arc::new(repositories)))
            .with(repocreds::repo_creds_service(Arc::new(RepositoryCredentials(context.clone()))))
            .with(certificate::certificate_service(Arc::new(Certificates(context.clone()))))
            .with(gpgkey::gpg_key_service(Arc::new(GpgKeys(context.clone()))))
            .with(notification::notification_service(Arc::new(Notifications(context.clone()))))
            .with(applicationset::application_set_service(Arc::new(ApplicationSets::new(context.clone()))))
            .with(application::application_service(Arc::new(Applications::new(context))));
        let api = Health::of(&api, self.serving).join(api);
        let api = Reflection::of(&api).join(api);
        let description = swagger(&api);
        Handlers {
            own,
            context: kept,
            proxy: Proxy::new(self.tasks.clone(), AGENT, metrics),
            terminals: Terminals::new(self.tasks),
            grpc: api.grpc(),
            grpc_web: GrpcWeb::new(&api),
            // Content types are checked before, by what the settings say at that moment.
            rest: Gateway::new(&api).content_types(Vec::new()).router(),
            description_page: Bytes::from(swagger_page(&description, "swagger.json")),
            description: Bytes::from(description.to_string()),
            auth,
            files: self.files,
            program: self.program,
        }
    }
}
