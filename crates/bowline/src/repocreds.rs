//! `bowline repocreds`: credentials for all repositories whose URLs begin alike.

use std::io::Write;

use bowline_base_value::Value;
use bowline_core_crd::RepoCreds;
use bowline_web_wire::repocreds::{RepoCredsCreateRequest, RepoCredsDeleteRequest, RepoCredsQuery};
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Kube, Resource, remove_secret, secret, secret_name};
use crate::link::Link;
use crate::output::{self, Output, table};
use crate::repo::core::repositories;
use crate::repo::flags::{CredentialFlags, secret_data};

/// The type of the Secrets that hold them.
const KIND: &str = "repo-creds";

#[derive(Subcommand, Debug)]
pub enum RepocredsCommand {
    /// Add credentials
    Add(Box<AddArgs>),
    /// List credentials
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Remove credentials
    #[command(visible_alias = "remove")]
    Rm(RmArgs),
}

/// `bowline repocreds add`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline repocreds add https://git.example.com/team/ --username ci --password-file token\n  bowline repocreds add git@git.example.com:team/ --ssh-private-key-path ~/.ssh/deploy\n  bowline repocreds add https://github.com/team --github-app-id 1 --github-app-installation-id 2 --github-app-private-key-path app.pem"
)]
pub struct AddArgs {
    /// What the URLs begin with
    #[arg(value_name = "URL")]
    url: String,
    #[command(flatten)]
    credentials: CredentialFlags,
    /// Change credentials of that URL that are there already
    #[arg(long)]
    upsert: bool,
}

/// `bowline repocreds list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline repocreds list\n  bowline repocreds list -o url")]
pub struct ListArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline repocreds rm`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline repocreds rm https://git.example.com/team/")]
pub struct RmArgs {
    /// What the URLs begin with
    #[arg(value_name = "URL", required = true)]
    urls: Vec<String>,
}

/// Runs a `repocreds` command.
pub async fn run(global: &Global, command: RepocredsCommand) -> Result<(), CliError> {
    let link = Link::connect(global).await?;
    let mut out = std::io::stdout();
    match command {
        RepocredsCommand::Add(args) => {
            let creds = args.credentials.credentials(&args.url)?;
            match &link {
                Link::Core(kube) => store(kube, global, &creds, args.upsert).await?,
                Link::Server(remote) => {
                    let request = RepoCredsCreateRequest { creds: Some(creds), upsert: args.upsert };
                    let call = async || remote.credentials().create_repository_credentials(request.clone()).await;
                    remote.call(call).await?;
                }
            }
            writeln!(out, "Repository credentials for '{}' added", args.url)?;
        }
        RepocredsCommand::List(args) => {
            let found = match &link {
                Link::Core(kube) => known(kube, global).await?.into_iter().map(|(creds, _)| creds).collect(),
                Link::Server(remote) => {
                    let query = RepoCredsQuery::default();
                    let call = async || remote.credentials().list_repository_credentials(query.clone()).await;
                    remote.call(call).await?.items
                }
            };
            print(&mut out, &found, args.output)?;
        }
        RepocredsCommand::Rm(args) => {
            for url in args.urls {
                match &link {
                    Link::Core(kube) => {
                        let found = known(kube, global).await?.into_iter().find(|(creds, _)| creds.url == url);
                        let (_, name) = found.ok_or_else(|| {
                            CliError::failed(format!("there are no credentials for '{url}'"))
                                .hint("bowline repocreds list shows them")
                        })?;
                        remove_secret(kube, global, &name).await?;
                    }
                    Link::Server(remote) => {
                        let request = RepoCredsDeleteRequest { url: url.clone() };
                        let call = async || remote.credentials().delete_repository_credentials(request.clone()).await;
                        remote.call(call).await?;
                    }
                }
                writeln!(out, "Repository credentials for '{url}' removed")?;
            }
        }
    }
    Ok(())
}

fn print(out: &mut dyn Write, found: &[RepoCreds], format: Output) -> Result<(), CliError> {
    match format {
        Output::Json | Output::Yaml => output::message(out, &found, format)?,
        Output::Name => found.iter().try_for_each(|creds| writeln!(out, "{}", creds.url))?,
        Output::Wide => {
            let username = |creds: &RepoCreds| match creds.username.as_str() {
                "" => "-".to_string(),
                name => name.to_string(),
            };
            let rows = found.iter().map(|creds| {
                vec![
                    creds.url.clone(),
                    username(creds),
                    (!creds.ssh_private_key.is_empty()).to_string(),
                    (!creds.tls_client_cert_data.is_empty()).to_string(),
                ]
            });
            table::print(out, &["URL PATTERN", "USERNAME", "SSH_CREDS", "TLS_CREDS"], rows)?;
        }
    }
    Ok(())
}

/// The credentials that Secrets hold, without what is secret, and the Secrets' names.
async fn known(kube: &Kube, global: &Global) -> Result<Vec<(RepoCreds, String)>, CliError> {
    let found = repositories(kube, global, KIND).await?;
    let told = found.iter().map(|secret| {
        let creds = RepoCreds {
            url: secret.url.clone(),
            type_: secret.text("type").to_string(),
            username: secret.text("username").to_string(),
            proxy: secret.text("proxy").to_string(),
            enable_oci: secret.flag("enableOCI"),
            ..RepoCreds::default()
        };
        (creds, secret.secret.clone())
    });
    Ok(told.collect())
}

async fn store(kube: &Kube, global: &Global, creds: &RepoCreds, upsert: bool) -> Result<(), CliError> {
    let data = secret_data(creds)?;
    let same = known(kube, global).await?.into_iter().find(|(known, _)| known.url == creds.url);
    match same {
        Some(_) if !upsert => Err(CliError::failed(format!("credentials for '{}' are there already", creds.url))
            .hint("use --upsert to change them")),
        Some((_, name)) => {
            let patch: Value = [("stringData", data)].into_iter().collect();
            kube.merge(Resource::Secrets, &global.namespace, &name, &patch).await.map(drop)
        }
        None => {
            let name = secret_name("creds", &creds.url);
            let object = secret(&name, &global.namespace, KIND, data);
            kube.create(Resource::Secrets, &global.namespace, &object).await.map(drop)
        }
    }
}
