//! `bowline repo`: repositories and their credentials, kept in Secrets.

use std::io::Write;
use std::time::Duration;

use bowline_base_value::Value;
use bowline_core_ports::{Freshness, Sources};
use bowline_core_settings::{RepositoryKind, RepositorySecret, normalize_url};
use bowline_core_types::{Object, annotation};
use bowline_roles_app_controller::access;
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Kube, Resource, secret_name};
use crate::output::{self, Output, Style, table};
use crate::{control, files};

/// How long `repo list` and `repo add` wait for a repository to answer.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Subcommand, Debug)]
pub enum RepoCommand {
    /// Add a repository
    Add(Box<AddArgs>),
    /// List repositories
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Remove repositories
    #[command(visible_alias = "remove")]
    Rm(RmArgs),
}

/// `bowline repo add`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline repo add https://git.example.com/shop.git --username ci --password-file token\n  bowline repo add git@git.example.com:shop.git --ssh-private-key-path ~/.ssh/deploy\n  bowline repo add https://charts.example.com --type helm --name charts\n  bowline repo add registry.example.com/charts --type helm --enable-oci --username ci --password-file token"
)]
pub struct AddArgs {
    /// URL of the repository
    #[arg(value_name = "URL")]
    url: String,
    /// git, helm or oci
    #[arg(long = "type", default_value = "git", value_name = "TYPE")]
    kind: String,
    /// Name for people
    #[arg(long)]
    name: Option<String>,
    /// Project that owns it
    #[arg(long)]
    project: Option<String>,
    /// User name
    #[arg(long)]
    username: Option<String>,
    /// Password or token; better from a file, where other users of the machine cannot see it
    #[arg(long)]
    password: Option<String>,
    /// File with the password or token; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "password")]
    password_file: Option<String>,
    /// Bearer token
    #[arg(long)]
    bearer_token: Option<String>,
    /// File with the private SSH key
    #[arg(long, value_name = "FILE")]
    ssh_private_key_path: Option<String>,
    /// File with the TLS client certificate
    #[arg(long, value_name = "FILE")]
    tls_client_cert_path: Option<String>,
    /// File with the key of the TLS client certificate
    #[arg(long, value_name = "FILE")]
    tls_client_cert_key_path: Option<String>,
    /// Do not check the server's certificate or host key
    #[arg(long, visible_alias = "insecure-skip-server-verification")]
    insecure: bool,
    /// Proxy
    #[arg(long)]
    proxy: Option<String>,
    /// Hosts that are reached without the proxy
    #[arg(long)]
    no_proxy: Option<String>,
    /// The repository is a registry that holds Helm charts (with --type helm)
    #[arg(long)]
    enable_oci: bool,
    /// Speak to the registry without TLS
    #[arg(long)]
    insecure_oci_force_http: bool,
    /// Send the password without being asked for it
    #[arg(long)]
    force_http_basic_auth: bool,
    /// Change a repository of that URL that is there already
    #[arg(long)]
    upsert: bool,
}

/// `bowline repo list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline repo list\n  bowline repo list -o json   # without secrets")]
pub struct ListArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline repo rm`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline repo rm https://git.example.com/shop.git")]
pub struct RmArgs {
    /// URLs of the repositories
    #[arg(value_name = "URL", required = true)]
    urls: Vec<String>,
    /// Project that owns them
    #[arg(long)]
    project: Option<String>,
}

/// Runs a `repo` command.
pub async fn run(global: &Global, command: RepoCommand) -> Result<(), CliError> {
    let kube = Kube::connect(global).await?;
    match command {
        RepoCommand::Add(args) => add(&kube, global, *args).await,
        RepoCommand::List(args) => list(&kube, global, args).await,
        RepoCommand::Rm(args) => rm(&kube, global, args).await,
    }
}

async fn add(kube: &Kube, global: &Global, args: AddArgs) -> Result<(), CliError> {
    let read = |file: &Option<String>| file.as_deref().map(files::read).transpose();
    let password = match &args.password_file {
        Some(file) => Some(files::read(file)?.trim_end_matches(['\n', '\r']).to_string()),
        None => args.password.clone(),
    };
    let flag = |on: bool| on.then(|| "true".to_string());
    let fields = [
        ("url", Some(args.url.clone())),
        ("type", Some(args.kind.clone())),
        ("name", args.name.clone()),
        ("project", args.project.clone()),
        ("username", args.username.clone()),
        ("password", password),
        ("bearerToken", args.bearer_token.clone()),
        ("sshPrivateKey", read(&args.ssh_private_key_path)?),
        ("tlsClientCertData", read(&args.tls_client_cert_path)?),
        ("tlsClientCertKey", read(&args.tls_client_cert_key_path)?),
        ("insecure", flag(args.insecure)),
        ("proxy", args.proxy.clone()),
        ("noProxy", args.no_proxy.clone()),
        ("forceHttpBasicAuth", flag(args.force_http_basic_auth)),
        ("enableOCI", flag(args.enable_oci)),
        ("insecureOCIForceHttp", flag(args.insecure_oci_force_http)),
    ];
    let data: Value = fields.into_iter().filter_map(|(key, value)| Some((key, Value::from(value?)))).collect();
    let project = args.project.as_deref().unwrap_or_default();
    let name = secret_name("repo", &format!("{}{project}", args.url));
    let secret = crate::kube::secret(&name, &global.namespace, "repository", data.clone());
    // Read as the server will, so that what it cannot use is not stored.
    let object = Object::new(secret.clone()).map_err(|e| CliError::failed(e.to_string()))?;
    let read = RepositorySecret::from_secret(&object, false).map_err(|e| CliError::failed(e.to_string()))?;
    let known = repositories(kube, global, "repository").await?;
    let same = known.iter().find(|r| normalize_url(&r.url) == normalize_url(&args.url) && r.project == project);
    match same {
        Some(_) if !args.upsert => {
            return Err(CliError::failed(format!("repository '{}' is there already", args.url))
                .hint("use --upsert to change it"));
        }
        Some(repository) => {
            test(kube, global, &read, &object).await?;
            let patch: Value = [("stringData", data)].into_iter().collect();
            kube.merge(Resource::Secrets, &global.namespace, &repository.secret, &patch).await?;
        }
        None => {
            test(kube, global, &read, &object).await?;
            kube.create(Resource::Secrets, &global.namespace, &secret).await?;
        }
    }
    writeln!(std::io::stdout(), "Repository '{}' added", args.url)?;
    Ok(())
}

/// Asks a Helm repository or a registry whether it lets us in, as Argo CD does before it takes one.
async fn test(kube: &Kube, global: &Global, repository: &RepositorySecret, secret: &Object) -> Result<(), CliError> {
    if repository.kind == RepositoryKind::Git {
        return Ok(());
    }
    let world = control::world(kube, global).await?;
    world.put_secret(&repository.secret, Some(secret)).map_err(CliError::failed)?;
    let charts = crate::registry::known(world)?;
    let checked = tokio::time::timeout(PATIENCE, charts.check_stored(&repository.url, &repository.project)).await;
    let why = match checked {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    Err(CliError::failed(format!("error testing repository connectivity: {why}")))
}

async fn list(kube: &Kube, global: &Global, args: ListArgs) -> Result<(), CliError> {
    let found = repositories(kube, global, "repository").await?;
    let templates = repositories(kube, global, "repo-creds").await?;
    let mut out = std::io::stdout();
    let kind =
        |r: &RepositorySecret| if r.text("type").is_empty() { "git".to_string() } else { r.text("type").to_string() };
    match args.output {
        Output::Json | Output::Yaml => {
            let items: Value = found
                .iter()
                .map(|r| {
                    let fields = [
                        ("repo", Value::from(r.url.as_str())),
                        ("type", kind(r).into()),
                        ("name", r.name.as_str().into()),
                        ("project", r.project.as_str().into()),
                        ("hasCredentials", r.has_credentials().into()),
                        ("inheritedCreds", (credentials(r, &templates) == "inherited").into()),
                    ];
                    fields.into_iter().collect::<Value>()
                })
                .collect();
            output::value(&mut out, &items, args.output)?;
        }
        Output::Name => {
            for repository in found {
                writeln!(out, "{}", repository.url)?;
            }
        }
        Output::Wide => {
            let style = Style::of_stdout();
            let states = states(kube, global, &found).await?;
            let rows = found.iter().zip(states).map(|(r, (status, message))| {
                vec![
                    kind(r),
                    r.name.clone(),
                    r.url.clone(),
                    (r.flag("insecure") || r.flag("insecureIgnoreHostKey")).to_string(),
                    r.flag("enableOCI").to_string(),
                    r.flag("enableLfs").to_string(),
                    credentials(r, &templates).to_string(),
                    style.state(status),
                    message,
                    r.project.clone(),
                ]
            });
            let headers = ["TYPE", "NAME", "REPO", "INSECURE", "OCI", "LFS", "CREDS", "STATUS", "MESSAGE", "PROJECT"];
            table::print(&mut out, &headers, rows)?;
        }
    }
    Ok(())
}

/// Whether a repository has credentials: its own, or those of a template of its URL.
fn credentials(repository: &RepositorySecret, templates: &[RepositorySecret]) -> &'static str {
    let lends = || templates.iter().any(|t| normalize_url(&repository.url).starts_with(&normalize_url(&t.url)));
    match repository.has_credentials() {
        true => "true",
        false if lends() => "inherited",
        false => "false",
    }
}

/// Whether each repository can be reached from here, and why not.
async fn states(
    kube: &Kube,
    global: &Global,
    found: &[RepositorySecret],
) -> Result<Vec<(&'static str, String)>, CliError> {
    let world = control::world(kube, global).await?;
    let charts = crate::registry::known(world.clone())?;
    let charts = &charts;
    let git = control::repositories(move |url: &str, project: &str| access(&world, url, project))?;
    let git = &git;
    let asked = found.iter().map(|r| async {
        let asked = async {
            match r.kind {
                RepositoryKind::Git => git.resolve(&r.url, &r.project, "", Freshness::Now).await.map(|_| ()),
                _ => charts.check_stored(&r.url, &r.project).await,
            }
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(())) => ("Successful", String::new()),
            Ok(Err(error)) => ("Failed", error.to_string()),
            Err(_) => ("Failed", format!("no answer within {} s", PATIENCE.as_secs())),
        }
    });
    Ok(futures::future::join_all(asked).await)
}

async fn rm(kube: &Kube, global: &Global, args: RmArgs) -> Result<(), CliError> {
    let known = repositories(kube, global, "repository").await?;
    for url in &args.urls {
        let project = args.project.as_deref().unwrap_or_default();
        let found =
            known.iter().find(|r| normalize_url(&r.url) == normalize_url(url) && r.project == project).ok_or_else(
                || CliError::failed(format!("there is no repository '{url}'")).hint("bowline repo list shows them"),
            )?;
        crate::kube::remove_secret(kube, global, &found.secret).await?;
        writeln!(std::io::stdout(), "Repository '{url}' removed")?;
    }
    Ok(())
}

/// The repositories, or the templates of credentials, that Secrets tell of, by URL.
async fn repositories(kube: &Kube, global: &Global, kind: &str) -> Result<Vec<RepositorySecret>, CliError> {
    let selector = format!("{}={kind}", annotation::SECRET_TYPE);
    let secrets = kube.list(Resource::Secrets, &global.namespace, &selector).await?;
    let mut found = Vec::new();
    for raw in secrets {
        let read = Object::new(raw)
            .map_err(|e| e.to_string())
            .and_then(|object| RepositorySecret::from_secret(&object, kind == "repo-creds").map_err(|e| e.to_string()));
        match read {
            Ok(repository) => found.push(repository),
            // One that cannot be read hides no others.
            Err(reason) => files::warn(&reason),
        }
    }
    found.sort_by(|a, b| a.url.cmp(&b.url));
    Ok(found)
}
