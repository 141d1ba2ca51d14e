//! `bowline repo`: repositories.

pub mod core;
pub mod flags;

use std::io::Write;

use bowline_core_crd::Repository;
use bowline_web_wire::repository::{RepoAccessQuery, RepoCreateRequest, RepoQuery};
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::global::Global;
use crate::link::{Link, Remote};
use crate::output::{self, Output, Style, table};
use flags::CredentialFlags;

#[derive(Subcommand, Debug)]
pub enum RepoCommand {
    /// Add a repository
    Add(Box<AddArgs>),
    /// List repositories
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Show a repository
    Get(GetArgs),
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
    /// Name for people
    #[arg(long)]
    name: Option<String>,
    /// Project that owns it
    #[arg(long)]
    project: Option<String>,
    #[command(flatten)]
    credentials: CredentialFlags,
    /// Do not check the server's certificate or host key
    #[arg(long, visible_alias = "insecure-ignore-host-key")]
    insecure_skip_server_verification: bool,
    /// Fetch large files (Git LFS)
    #[arg(long)]
    enable_lfs: bool,
    /// How many commits to fetch; 0 is all
    #[arg(long, value_name = "N")]
    depth: Option<i64>,
    /// A webhook does not render ahead for this repository
    #[arg(long)]
    webhook_manifest_cache_warm_disabled: bool,
    /// Change a repository of that URL that is there already
    #[arg(long)]
    upsert: bool,
}

/// `bowline repo list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline repo list\n  bowline repo list -o json   # without secrets")]
pub struct ListArgs {
    /// `hard` asks every repository anew whether it answers
    #[arg(long, value_parser = ["hard"])]
    refresh: Option<String>,
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

/// `bowline repo get`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline repo get https://git.example.com/shop.git")]
pub struct GetArgs {
    /// URL of the repository
    #[arg(value_name = "URL")]
    url: String,
    /// Project that owns it
    #[arg(long)]
    project: Option<String>,
    /// `hard` asks the repository anew whether it answers
    #[arg(long, value_parser = ["hard"])]
    refresh: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Runs a `repo` command.
pub async fn run(global: &Global, command: RepoCommand) -> Result<(), CliError> {
    match Link::connect(global).await? {
        Link::Core(kube) => match command {
            RepoCommand::Add(args) => core::add(&kube, global, *args).await,
            RepoCommand::List(args) => {
                let asks = args.output == Output::Wide;
                print(&core::list(&kube, global, asks).await?, args.output)
            }
            RepoCommand::Get(args) => {
                let mut found = core::list(&kube, global, true).await?;
                found.retain(|r| core::is_same(r, &args.url, args.project.as_deref().unwrap_or_default()));
                match found.pop() {
                    Some(repository) => print_one(&repository, args.output),
                    None => Err(CliError::failed(format!("there is no repository '{}'", args.url))
                        .hint("bowline repo list shows them")),
                }
            }
            RepoCommand::Rm(args) => core::rm(&kube, global, args).await,
        },
        Link::Server(remote) => match command {
            RepoCommand::Add(args) => add(&remote, *args).await,
            RepoCommand::List(args) => {
                let query = RepoQuery { force_refresh: args.refresh.is_some(), ..RepoQuery::default() };
                let list = remote.call(async || remote.repositories().list_repositories(query.clone()).await).await?;
                print(&list.items, args.output)
            }
            RepoCommand::Get(args) => {
                let query = RepoQuery {
                    repo: args.url,
                    force_refresh: args.refresh.is_some(),
                    app_project: args.project.unwrap_or_default(),
                };
                let found = remote.call(async || remote.repositories().get(query.clone()).await).await?;
                print_one(&found, args.output)
            }
            RepoCommand::Rm(args) => {
                for url in &args.urls {
                    let app_project = args.project.clone().unwrap_or_default();
                    let query = RepoQuery { repo: url.clone(), app_project, ..RepoQuery::default() };
                    remote.call(async || remote.repositories().delete_repository(query.clone()).await).await?;
                    writeln!(std::io::stdout(), "Repository '{url}' removed")?;
                }
                Ok(())
            }
        },
    }
}

/// Lets the server try the credentials, and stores the repository.
async fn add(remote: &Remote, args: AddArgs) -> Result<(), CliError> {
    let repo = args.repository()?;
    let access = RepoAccessQuery {
        repo: repo.repo.clone(),
        username: repo.username.clone(),
        password: repo.password.clone(),
        ssh_private_key: repo.ssh_private_key.clone(),
        insecure: repo.insecure,
        tls_client_cert_data: repo.tls_client_cert_data.clone(),
        tls_client_cert_key: repo.tls_client_cert_key.clone(),
        type_: repo.type_.clone(),
        name: repo.name.clone(),
        enable_oci: repo.enable_oci,
        github_app_private_key: repo.github_app_private_key.clone(),
        github_app_id: repo.github_app_id,
        github_app_installation_id: repo.github_app_installation_id,
        github_app_enterprise_base_url: repo.github_app_enterprise_base_url.clone(),
        proxy: repo.proxy.clone(),
        project: repo.project.clone(),
        gcp_service_account_key: repo.gcp_service_account_key.clone(),
        force_http_basic_auth: repo.force_http_basic_auth,
        use_azure_workload_identity: repo.use_azure_workload_identity,
        bearer_token: repo.bearer_token.clone(),
        insecure_oci_force_http: repo.insecure_oci_force_http,
        azure_service_principal_client_id: repo.azure_service_principal_client_id.clone(),
        azure_service_principal_client_secret: repo.azure_service_principal_client_secret.clone(),
        azure_service_principal_tenant_id: repo.azure_service_principal_tenant_id.clone(),
        azure_active_directory_endpoint: repo.azure_active_directory_endpoint.clone(),
    };
    remote.call(async || remote.repositories().validate_access(access.clone()).await).await?;
    let request = RepoCreateRequest { repo: Some(repo), upsert: args.upsert, creds_only: false };
    let made = remote.call(async || remote.repositories().create_repository(request.clone()).await).await?;
    writeln!(std::io::stdout(), "Repository '{}' added", made.repo)?;
    Ok(())
}

fn print(found: &[Repository], format: Output) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    match format {
        Output::Json | Output::Yaml => output::message(&mut out, &found, format)?,
        Output::Name => found.iter().try_for_each(|repository| writeln!(out, "{}", repository.repo))?,
        Output::Wide => {
            let style = Style::of_stdout();
            let rows = found.iter().map(|r| {
                vec![
                    if r.type_.is_empty() { "git".to_string() } else { r.type_.clone() },
                    r.name.clone(),
                    r.repo.clone(),
                    (r.insecure || r.insecure_ignore_host_key).to_string(),
                    r.enable_oci.to_string(),
                    r.enable_lfs.to_string(),
                    credentials(r).to_string(),
                    style.state(&r.connection_state.status),
                    r.connection_state.message.clone(),
                    r.project.clone(),
                ]
            });
            let headers = ["TYPE", "NAME", "REPO", "INSECURE", "OCI", "LFS", "CREDS", "STATUS", "MESSAGE", "PROJECT"];
            table::print(&mut out, &headers, rows)?;
        }
    }
    Ok(())
}

fn print_one(repository: &Repository, format: Output) -> Result<(), CliError> {
    match format {
        Output::Json | Output::Yaml => Ok(output::message(&mut std::io::stdout(), repository, format)?),
        Output::Name | Output::Wide => print(std::slice::from_ref(repository), format),
    }
}

/// Whether a repository has credentials: its own, or those of a template of its URL.
fn credentials(repository: &Repository) -> &'static str {
    // Secrets are not told; who logs in is.
    match (repository.inherited_creds, repository.username.is_empty()) {
        (true, _) => "inherited",
        (false, false) => "true",
        (false, true) => "false",
    }
}

// === impl AddArgs ===

impl AddArgs {
    /// The repository that the flags describe.
    fn repository(&self) -> Result<Repository, CliError> {
        let text = |flag: &Option<String>| flag.clone().unwrap_or_default();
        Ok(Repository {
            name: text(&self.name),
            project: text(&self.project),
            insecure: self.insecure_skip_server_verification,
            enable_lfs: self.enable_lfs,
            depth: self.depth.unwrap_or_default(),
            webhook_manifest_cache_warm_disabled: self.webhook_manifest_cache_warm_disabled,
            ..self.credentials.repository(&self.url)?
        })
    }
}
