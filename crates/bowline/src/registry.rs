//! Helm repositories and OCI registries from the command line.

use std::path::PathBuf;
use std::sync::Arc;

use bowline_base_egress::{Egress, Proxies, Reach, Url};
use bowline_base_task::Tasks;
use bowline_base_value::Sensitive;
use bowline_core_control::World;
use bowline_core_ports::SourceError;
use bowline_desired_registry::{Access, Credentials, Dependency, Registries, Repositories, Secrets, Settings};
use clap::Args;

use crate::error::CliError;
use crate::files;

/// Caches beside each other: a cache has one owner, and so many commands may run at once.
const CACHES: usize = 16;

/// How a chart's repository is reached, with helm's own flags.
#[derive(Args, Clone, Debug, Default)]
pub struct AccessFlags {
    /// User name for the chart's repository or registry
    #[arg(long, default_value = "", hide_default_value = true)]
    pub username: String,
    /// Password for it
    #[arg(long, default_value = "", hide_default_value = true)]
    pub password: String,
    /// Certificates (PEM) that its server may be signed by
    #[arg(long, default_value = "", hide_default_value = true, value_name = "FILE")]
    pub ca_file: String,
    /// Client certificate (PEM)
    #[arg(long, default_value = "", hide_default_value = true, value_name = "FILE")]
    pub cert_file: String,
    /// Key of the client certificate (PEM)
    #[arg(long, default_value = "", hide_default_value = true, value_name = "FILE")]
    pub key_file: String,
    /// Do not check its server's certificate
    #[arg(long)]
    pub insecure_skip_tls_verify: bool,
    /// Speak to a registry without TLS
    #[arg(long)]
    pub plain_http: bool,
}

/// Nobody's Secrets: what was given on the command line, for the repository that was named there.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The beginning of the repository's URL, as it is handed on.
    pub url: String,
    /// How it is reached.
    pub credentials: Credentials,
}

impl Repositories for Given {
    fn access(&self, url: &str, _: &str) -> Result<Access, SourceError> {
        let credentials = match !self.url.is_empty() && url == self.url {
            true => self.credentials.clone(),
            // A registry without TLS is meant wherever it is spoken of.
            false => Credentials { plain_http: self.credentials.plain_http, ..Credentials::default() },
        };
        Ok(Access { scope: String::new(), credentials })
    }

    fn trust(&self, _: &str) -> Option<String> {
        None
    }

    fn dependency(&self, repository: &str, project: &str) -> Result<Dependency, SourceError> {
        if repository.starts_with('@') || repository.starts_with("alias:") {
            let text = format!("{repository}: names of repositories are known to the server only; write the URL");
            return Err(SourceError::new(bowline_core_ports::SourceErrorKind::Refused, text));
        }
        Ok(Dependency { url: repository.to_string(), access: self.access(repository, project)?, permitted: true })
    }
}

/// Registries that a user reaches by what was given on the command line: wherever the machine can reach.
pub fn given(given: Given) -> Result<Registries, CliError> {
    open(given, |_| Reach::Anywhere)
}

/// Registries as the server reaches them.
pub fn known(world: Arc<World>) -> Result<Registries, CliError> {
    let secrets = Secrets::new(world);
    let allow = secrets.clone();
    open(secrets, move |url| allow.reach(url))
}

/// The machine's proxies.
pub fn proxies() -> Result<Proxies, CliError> {
    Proxies::from_environment(files::variable).map_err(CliError::failed)
}

fn open<R: Repositories + Clone + 'static>(
    repositories: R,
    allow: impl Fn(&Url) -> Reach + Clone + Send + Sync + 'static,
) -> Result<Registries, CliError> {
    let agent = concat!("bowline/", env!("CARGO_PKG_VERSION"));
    let (base, machine) = (cache(), proxies()?);
    let mut last = None;
    for number in 0..CACHES {
        let egress = Egress::new(Tasks::new(), agent, allow.clone());
        let settings = Settings::new(base.join(format!("registry-{number}")));
        match Registries::new(settings, egress, machine.clone(), repositories.clone()) {
            Ok(registries) => return Ok(registries),
            Err(error) => last = Some(error),
        }
    }
    let reason = last.map(|e| e.to_string()).unwrap_or_default();
    Err(CliError::failed(format!("the registry cache in {} cannot be used: {reason}", base.display()))
        .hint("$XDG_CACHE_HOME names another place"))
}

/// Where caches of the command line are.
pub fn cache() -> PathBuf {
    files::variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(files::variable("HOME")?).join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
        .join("bowline")
}

// === impl AccessFlags ===

impl AccessFlags {
    /// What the flags say.
    pub fn credentials(&self) -> Result<Credentials, CliError> {
        let read = |file: &str| if file.is_empty() { Ok(None) } else { files::read(file).map(Some) };
        let (cert, key) = (read(&self.cert_file)?, read(&self.key_file)?);
        if cert.is_some() != key.is_some() {
            return Err(CliError::usage("--cert-file and --key-file belong together"));
        }
        Ok(Credentials {
            username: self.username.clone(),
            password: (!self.password.is_empty()).then(|| Sensitive::new(self.password.clone())),
            tls_client_cert: cert,
            tls_client_key: key.map(Sensitive::new),
            ca: read(&self.ca_file)?,
            insecure: self.insecure_skip_tls_verify,
            plain_http: self.plain_http,
            ..Credentials::default()
        })
    }
}
