//! Where commands go: to a server over its API, or to Kubernetes itself.

use std::path::PathBuf;
use std::time::Duration;

use bowline_base_task::Tasks;
use bowline_base_value::Sensitive;
use bowline_web_client::{Channel, LocalConfig, Server, ServerEntry, Tls, UserEntry, sso, token};
use bowline_web_wire::account::AccountServiceClient;
use bowline_web_wire::application::ApplicationServiceClient;
use bowline_web_wire::applicationset::ApplicationSetServiceClient;
use bowline_web_wire::certificate::CertificateServiceClient;
use bowline_web_wire::cluster::{ClusterServiceClient, SettingsQuery, SettingsServiceClient};
use bowline_web_wire::gpgkey::GPGKeyServiceClient;
use bowline_web_wire::project::ProjectServiceClient;
use bowline_web_wire::repocreds::RepoCredsServiceClient;
use bowline_web_wire::repository::RepositoryServiceClient;
use bowline_web_wire::session::SessionServiceClient;
use bowline_web_wire::tonic::{Code, Response, Status};
use bowline_web_wire::version::VersionServiceClient;

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::Kube;

/// What the program calls itself towards servers.
pub const AGENT: &str = concat!("bowline/", env!("CARGO_PKG_VERSION"));
/// How often a call is sent again that found the server away or too busy, and how long is waited in between.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Where a command goes.
pub enum Link {
    /// To Kubernetes itself.
    Core(Kube),
    /// To a server.
    Server(Remote),
}

/// A server, reached.
#[derive(Clone)]
pub struct Remote {
    channel: Channel,
    /// Owns the connections.
    tasks: Tasks,
    /// How often calls are tried again, besides the tries that every call has.
    more: u32,
}

/// What the flags and the file of logins say.
pub struct Named {
    /// The server; `None` for Kubernetes itself.
    pub server: Option<Server>,
    /// The user of the file whose token is used, and what gets another one.
    pub user: Option<UserEntry>,
    /// The file.
    pub config: LocalConfig,
    /// Where it is.
    pub path: PathBuf,
}

/// Where the file of logins is.
pub fn config_path(global: &Global) -> PathBuf {
    global.link.config.clone().unwrap_or_else(|| LocalConfig::path(files::variable))
}

/// Reads the file of logins.
pub fn config(global: &Global) -> Result<(PathBuf, LocalConfig), CliError> {
    let path = config_path(global);
    let config = LocalConfig::read(&path).map_err(|e| CliError::failed(e.to_string()))?;
    Ok((path, config))
}

/// What the flags, the environment and the file of logins name.
pub fn named(global: &Global) -> Result<Named, CliError> {
    let flags = &global.link;
    if flags.port_forward {
        return Err(CliError::usage("--port-forward is not offered")
            .hint("kubectl port-forward service/argocd-server -n argocd 8080:443 opens a port; --server localhost:8080 names it"));
    }
    let (path, config) = config(global)?;
    let mut named = Named { server: None, user: None, config, path };
    if flags.core {
        return Ok(named);
    }
    let context = flags.argocd_context.as_deref().unwrap_or_default();
    let context = match named.config.context(context) {
        // A server that is named needs no login that is remembered.
        Err(_) if flags.server.is_some() && context.is_empty() => None,
        found => found.map_err(|e| {
            CliError::failed(e.to_string()).hint("bowline context lists them; bowline login SERVER makes one")
        })?,
    }
    .cloned();
    let address = flags.server.clone().or_else(|| context.as_ref().map(|c| c.server.clone()));
    let Some(address) = address.filter(|address| !address.is_empty()) else { return Ok(named) };
    let entry = named.config.server(&address).cloned().unwrap_or_default();
    if entry.core {
        return Ok(named);
    }
    let mut server = server(global, address.clone(), &entry)?;
    // A login's token is for its own server alone.
    let own = context.filter(|context| context.server == address).map(|context| context.user);
    named.user = own.and_then(|user| named.config.user(&user)).cloned();
    let token = flags.auth_token.clone().or_else(|| named.user.as_ref().map(|user| user.auth_token.clone()));
    if flags.auth_token.is_some() {
        named.user = None;
    }
    server.token = Sensitive::new(token.unwrap_or_default());
    named.server = Some(server);
    Ok(named)
}

/// A server at an address, as the flags and what is remembered of it say.
pub fn server(global: &Global, address: String, entry: &ServerEntry) -> Result<Server, CliError> {
    let flags = &global.link;
    let pem = |data: &str| ServerEntry::pem(data).map_err(CliError::failed);
    let file = |path: &Option<String>| path.as_deref().map(files::read_bytes).transpose();
    let tls = Tls {
        ca: file(&flags.server_crt)?.or(pem(&entry.certificate_authority_data)?),
        cert: file(&flags.client_crt)?.or(pem(&entry.client_certificate_data)?),
        key: file(&flags.client_crt_key)?.or(pem(&entry.client_certificate_key_data)?).map(Sensitive::new),
        insecure: flags.insecure.unwrap_or(entry.insecure),
        only: None,
        server_name: None,
    };
    let root_path = flags.grpc_web_root_path.clone().unwrap_or_else(|| entry.grpc_web_root_path.clone());
    Ok(Server {
        plaintext: flags.plaintext || entry.plain_text || address.starts_with("http://"),
        address,
        tls,
        grpc_web: flags.grpc_web || entry.grpc_web || !root_path.is_empty(),
        root_path,
        token: Sensitive::new(String::new()),
        headers: flags.headers.clone(),
        agent: AGENT.to_string(),
    })
}

// === impl Link ===

impl Link {
    /// Where the flags and the current login lead to.
    pub async fn connect(global: &Global) -> Result<Link, CliError> {
        match named(global)? {
            named @ Named { server: Some(_), .. } => Ok(Link::Server(Remote::log_on(global, named).await?)),
            _ => Ok(Link::Core(Kube::connect(global).await?)),
        }
    }
}

// === impl Remote ===

impl Remote {
    /// The server that the flags and the current login name; an error where they name none.
    pub async fn connect(global: &Global) -> Result<Remote, CliError> {
        match named(global)? {
            named @ Named { server: Some(_), .. } => Remote::log_on(global, named).await,
            _ => Err(CliError::failed("this command speaks to a server, and none is named")
                .hint("bowline login SERVER logs in to one; --server and $ARGOCD_SERVER name one")),
        }
    }

    /// A server, spoken to as it says.
    pub fn to(server: Server, global: &Global) -> Remote {
        let tasks = Tasks::new();
        let channel = Channel::new(server, tasks.clone());
        Remote { channel, tasks, more: global.link.http_retry_max }
    }

    async fn log_on(global: &Global, mut named: Named) -> Result<Remote, CliError> {
        let server = named.server.take().expect("because only a named server is logged on to");
        let remote = Remote::to(server, global).probed().await?;
        let Some(mut user) = named.user.take().filter(|user| !user.refresh_token.is_empty()) else { return Ok(remote) };
        if !token::is_expired(&user.auth_token, crate::kube::now().as_second()) {
            return Ok(remote);
        }
        // Settings are told to everybody, and a token that has run out would only be refused.
        let provider = remote.with_token("").provider().await?;
        let tokens = provider.refresh(&user.refresh_token).await.map_err(|e| {
            CliError::failed(format!("the login has run out and cannot be renewed: {e}"))
                .hint("bowline relogin logs in again")
        })?;
        (user.auth_token, user.refresh_token) = (tokens.id, tokens.refresh);
        let renewed = remote.with_token(&user.auth_token);
        named.config.put_user(user);
        named.config.write(&named.path).map_err(|e| CliError::failed(e.to_string()))?;
        Ok(renewed)
    }

    /// The same server; over gRPC-web where gRPC does not get through and that does.
    pub async fn probed(self) -> Result<Remote, CliError> {
        if self.channel.server().grpc_web {
            return Ok(self);
        }
        let Err(error) = self.version().version(bowline_web_wire::Empty {}).await else { return Ok(self) };
        let web = self.changed(|server| server.grpc_web = true);
        if !matches!(error.code(), Code::Unavailable | Code::Unknown | Code::Internal) {
            return Ok(self);
        }
        match web.version().version(bowline_web_wire::Empty {}).await {
            Ok(_) => {
                files::warn("gRPC does not get through to the server, gRPC-web does: --grpc-web says so beforehand");
                Ok(web)
            }
            Err(_) => Err(self.refused(&error)),
        }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        self.channel.server()
    }

    /// The channel to it.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The same server with another token.
    pub fn with_token(&self, token: &str) -> Remote {
        self.changed(|server| server.token = Sensitive::new(token.to_string()))
    }

    fn changed(&self, change: impl FnOnce(&mut Server)) -> Remote {
        let mut server = self.channel.server().clone();
        change(&mut server);
        Remote { channel: Channel::new(server, self.tasks.clone()), ..self.clone() }
    }

    /// The identity provider that the server names.
    pub async fn provider(&self) -> Result<sso::Provider, CliError> {
        let settings = self.call(async || self.settings().get(SettingsQuery {}).await).await?;
        let tls = self.channel.server().tls.clone();
        sso::Provider::discover(&settings, tls, &self.tasks, AGENT).await.map_err(|e| CliError::failed(e.to_string()))
    }

    /// Makes a call, again where the server was away or too busy, and says what came of it in the contract's words.
    pub async fn call<A>(&self, call: impl AsyncFn() -> Result<Response<A>, Status>) -> Result<A, CliError> {
        self.try_call(call).await.map_err(|status| self.refused(&status))
    }

    /// The same with the refusal as the server sent it.
    pub async fn try_call<A>(&self, call: impl AsyncFn() -> Result<Response<A>, Status>) -> Result<A, Box<Status>> {
        let mut tries = 1;
        loop {
            match call().await {
                Ok(answer) => return Ok(answer.into_inner()),
                Err(status)
                    if matches!(status.code(), Code::ResourceExhausted | Code::Unavailable)
                        && tries < TRIES + self.more =>
                {
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(status) => return Err(Box::new(status)),
            }
        }
    }

    /// A refusal, as a command tells it.
    pub fn refused(&self, status: &Status) -> CliError {
        let code = match status.code() {
            Code::Cancelled => "Canceled".to_string(),
            code => format!("{code:?}"),
        };
        let mut text = status.message().to_string();
        let mut source = std::error::Error::source(status);
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            if !text.contains(&cause_text) && !cause_text.is_empty() {
                text = if text.is_empty() { cause_text } else { format!("{text}: {cause_text}") };
            }
            source = cause.source();
        }
        let address = &self.channel.server().address;
        let error = CliError::failed(format!("rpc error: code = {code} desc = {text}"));
        match status.code() {
            Code::Unauthenticated => error.hint(format!("bowline login {address} logs in; bowline relogin again")),
            Code::Unavailable | Code::Unknown if text.contains("TLS") => error.hint(
                "--plaintext speaks in clear, --server-crt FILE names the server's certificate, --insecure takes any",
            ),
            Code::Unavailable => error.hint(format!("is {address} the server, and is it running?")),
            Code::Unknown | Code::Internal if text.contains("HTTP/2") || text.contains("h2") => {
                error.hint("--grpc-web goes through proxies that know no HTTP/2; --plaintext speaks in clear")
            }
            _ => error,
        }
    }
}

/// The services.
impl Remote {
    /// Accounts.
    pub fn accounts(&self) -> AccountServiceClient<Channel> {
        AccountServiceClient::new(self.channel.client())
    }

    /// Applications.
    pub fn applications(&self) -> ApplicationServiceClient<Channel> {
        ApplicationServiceClient::new(self.channel.client())
    }

    /// Application sets.
    pub fn application_sets(&self) -> ApplicationSetServiceClient<Channel> {
        ApplicationSetServiceClient::new(self.channel.client())
    }

    /// Certificates and host keys.
    pub fn certificates(&self) -> CertificateServiceClient<Channel> {
        CertificateServiceClient::new(self.channel.client())
    }

    /// Clusters.
    pub fn clusters(&self) -> ClusterServiceClient<Channel> {
        ClusterServiceClient::new(self.channel.client())
    }

    /// Settings.
    pub fn settings(&self) -> SettingsServiceClient<Channel> {
        SettingsServiceClient::new(self.channel.client())
    }

    /// GnuPG keys.
    pub fn keys(&self) -> GPGKeyServiceClient<Channel> {
        GPGKeyServiceClient::new(self.channel.client())
    }

    /// Projects.
    pub fn projects(&self) -> ProjectServiceClient<Channel> {
        ProjectServiceClient::new(self.channel.client())
    }

    /// Credentials for repositories.
    pub fn credentials(&self) -> RepoCredsServiceClient<Channel> {
        RepoCredsServiceClient::new(self.channel.client())
    }

    /// Repositories.
    pub fn repositories(&self) -> RepositoryServiceClient<Channel> {
        RepositoryServiceClient::new(self.channel.client())
    }

    /// Logins.
    pub fn sessions(&self) -> SessionServiceClient<Channel> {
        SessionServiceClient::new(self.channel.client())
    }

    /// The version.
    pub fn version(&self) -> VersionServiceClient<Channel> {
        VersionServiceClient::new(self.channel.client())
    }
}
