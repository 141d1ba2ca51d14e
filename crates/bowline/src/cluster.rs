//! `bowline cluster`: destination clusters and how to log in to them.

mod add;
mod core;
mod service_account;

use std::collections::BTreeMap;
use std::io::Write;

use bowline_base_value::Value;
use bowline_core_crd::Cluster;
use bowline_web_wire::cluster::{ClusterID, ClusterQuery, ClusterUpdateRequest};
use clap::{Args, Subcommand, ValueEnum};

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Kube, context_config};
use crate::link::Link;
use crate::output::{self, Output, Style, table};

#[derive(Subcommand, Debug)]
pub enum ClusterCommand {
    /// Add a cluster: make an account for the server there, and remember how to log in
    Add(Box<add::AddArgs>),
    /// List clusters
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Show a cluster
    Get(GetArgs),
    /// Change a cluster's name, namespaces, labels or annotations
    Set(SetArgs),
    /// Replace the token that the server logs in with
    RotateAuth(RotateArgs),
    /// Remove clusters
    #[command(visible_alias = "remove")]
    Rm(RmArgs),
}

/// `bowline cluster list`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline cluster list\n  bowline cluster list -o server\n  bowline cluster list -o json   # without secrets"
)]
pub struct ListArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value = "wide")]
    output: ListOutput,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ListOutput {
    /// A table.
    Wide,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// URLs only.
    Server,
    /// Names only.
    Name,
}

/// `bowline cluster get`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline cluster get in-cluster\n  bowline cluster get https://prod.example.com:6443 -o wide"
)]
pub struct GetArgs {
    /// URL or name of the cluster
    #[arg(value_name = "SERVER|NAME")]
    cluster: String,
    /// Output format
    #[arg(short, long, value_enum, default_value = "yaml")]
    output: ListOutput,
}

/// `bowline cluster set`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline cluster set prod --name production\n  bowline cluster set prod --label region=eu\n  bowline cluster set prod --managed-namespace '*'   # all of them"
)]
pub struct SetArgs {
    /// URL or name of the cluster
    #[arg(value_name = "SERVER|NAME")]
    cluster: String,
    /// The name
    #[arg(long)]
    name: Option<String>,
    /// Namespaces that are managed; * for all (--namespace behind `cluster set` is the same)
    #[arg(long = "managed-namespace", value_name = "NAMESPACE", value_delimiter = ',')]
    namespaces: Vec<String>,
    /// Labels of the Secret
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// Annotations of the Secret
    #[arg(long = "annotation", value_name = "KEY=VALUE")]
    annotations: Vec<String>,
}

/// `bowline cluster rotate-auth`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline cluster rotate-auth production")]
pub struct RotateArgs {
    /// URL or name of the cluster
    #[arg(value_name = "SERVER|NAME")]
    cluster: String,
}

/// `bowline cluster rm`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline cluster rm https://prod.example.com:6443\n  bowline cluster rm production --yes\n\nWhat `cluster add` made in the cluster is removed too, where the kubeconfig has a context of the cluster's name."
)]
pub struct RmArgs {
    /// URLs or names of the clusters
    #[arg(value_name = "SERVER|NAME", required = true)]
    clusters: Vec<String>,
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Runs a `cluster` command.
pub async fn run(global: &Global, command: ClusterCommand) -> Result<(), CliError> {
    match command {
        ClusterCommand::Add(args) => add::run(global, *args).await,
        ClusterCommand::List(args) => list(global, args).await,
        ClusterCommand::Get(args) => get(global, args).await,
        ClusterCommand::Set(args) => set(global, args).await,
        ClusterCommand::RotateAuth(args) => rotate(global, args).await,
        ClusterCommand::Rm(args) => rm(global, args).await,
    }
}

async fn list(global: &Global, args: ListArgs) -> Result<(), CliError> {
    let link = Link::connect(global).await?;
    let found = match &link {
        Link::Core(kube) => core::list(kube, global, args.output == ListOutput::Wide).await?,
        Link::Server(remote) => {
            let query = ClusterQuery::default();
            remote.call(async || remote.clusters().list(query.clone()).await).await?.items
        }
    };
    let mut out = std::io::stdout();
    match args.output {
        ListOutput::Server => found.iter().try_for_each(|c| writeln!(out, "{}", c.server))?,
        ListOutput::Name => found.iter().try_for_each(|c| writeln!(out, "{}", c.name))?,
        ListOutput::Json | ListOutput::Yaml => {
            let format = if args.output == ListOutput::Json { Output::Json } else { Output::Yaml };
            match &link {
                Link::Core(_) => {
                    let items: Value = found.iter().map(core::shown).collect();
                    output::value(&mut out, &items, format)?;
                }
                Link::Server(_) => output::message(&mut out, &found, format)?,
            }
        }
        ListOutput::Wide => print_table(&mut out, &found)?,
    }
    Ok(())
}

async fn get(global: &Global, args: GetArgs) -> Result<(), CliError> {
    let cluster = match Link::connect(global).await? {
        Link::Core(kube) => {
            let found = core::list(&kube, global, true).await?;
            let wanted = args.cluster.trim_end_matches('/');
            found.into_iter().find(|c| c.server == wanted || c.name == wanted).ok_or_else(|| {
                CliError::failed(format!("there is no cluster '{wanted}'")).hint("bowline cluster list shows them")
            })?
        }
        Link::Server(remote) => {
            let query = query(&args.cluster);
            remote.call(async || remote.clusters().get(query.clone()).await).await?
        }
    };
    let mut out = std::io::stdout();
    match args.output {
        ListOutput::Json => output::message(&mut out, &cluster, Output::Json)?,
        ListOutput::Yaml => output::message(&mut out, &cluster, Output::Yaml)?,
        ListOutput::Server => writeln!(out, "{}", cluster.server)?,
        ListOutput::Name => writeln!(out, "{}", cluster.name)?,
        ListOutput::Wide => details(&mut out, &cluster)?,
    }
    Ok(())
}

async fn set(global: &Global, args: SetArgs) -> Result<(), CliError> {
    match Link::connect(global).await? {
        Link::Core(kube) => core::set(&kube, global, &args.cluster, &args).await?,
        Link::Server(remote) => {
            let mut fields = Vec::new();
            let mut field = |name: &str, given: bool| fields.extend(given.then(|| name.to_string()));
            field("name", args.name.is_some());
            field("namespaces", args.namespaces().is_some());
            field("labels", !args.labels.is_empty());
            field("annotations", !args.annotations.is_empty());
            if fields.is_empty() {
                return Err(CliError::usage("Specify the cluster fields to be updated").code(1));
            }
            let cluster = Cluster {
                name: args.name.clone().unwrap_or_default(),
                namespaces: args.namespaces().unwrap_or_default(),
                labels: pairs(&args.labels, "--label")?,
                annotations: pairs(&args.annotations, "--annotation")?,
                ..Cluster::default()
            };
            let id = query(&args.cluster).id;
            let request = ClusterUpdateRequest { cluster: Some(cluster), updated_fields: fields, id };
            remote.call(async || remote.clusters().update(request.clone()).await).await?;
        }
    }
    writeln!(std::io::stdout(), "Cluster '{}' updated.", args.cluster)?;
    Ok(())
}

async fn rotate(global: &Global, args: RotateArgs) -> Result<(), CliError> {
    let Link::Server(remote) = Link::connect(global).await? else {
        return Err(CliError::failed("a token is replaced by a server, and none is named")
            .hint("bowline login SERVER logs in to one; bowline cluster add --upsert makes a token anew"));
    };
    let query = query(&args.cluster);
    remote.call(async || remote.clusters().rotate_auth(query.clone()).await).await?;
    writeln!(std::io::stdout(), "Cluster '{}' rotated auth", args.cluster)?;
    Ok(())
}

async fn rm(global: &Global, args: RmArgs) -> Result<(), CliError> {
    let link = Link::connect(global).await?;
    for wanted in &args.clusters {
        if let Link::Core(kube) = &link {
            core::check(kube, global, wanted).await?;
        }
        let question =
            format!("Remove '{wanted}'? Applications that deploy to it will have the health status Unknown.");
        if !args.yes && !files::confirm(&question)? {
            return Err(CliError::failed(format!("'{wanted}' was not removed: say yes, or --yes")));
        }
        let name = match &link {
            Link::Core(kube) => core::forget(kube, global, wanted).await?,
            Link::Server(remote) => {
                let query = query(wanted);
                let cluster = remote.call(async || remote.clusters().get(query.clone()).await).await?;
                remote.call(async || remote.clusters().delete(query.clone()).await).await?;
                cluster.name
            }
        };
        writeln!(std::io::stdout(), "Cluster '{wanted}' removed")?;
        match context_config(global, Some(&name)) {
            Ok(config) => service_account::uninstall(Kube::to(&config)?.client()).await?,
            Err(_) => files::warn(&format!(
                "the kubeconfig has no context '{name}': the service account {} in that cluster is left to you",
                service_account::ACCOUNT
            )),
        }
    }
    Ok(())
}

/// The cluster of this URL or name.
fn query(wanted: &str) -> ClusterQuery {
    let kind = if wanted.contains("://") { "server" } else { "name" };
    let id = ClusterID { type_: kind.to_string(), value: wanted.to_string() };
    ClusterQuery { id: Some(id), ..ClusterQuery::default() }
}

/// `KEY=VALUE` of each.
fn pairs(texts: &[String], flag: &str) -> Result<BTreeMap<String, String>, CliError> {
    let split = |pair: &String| match pair.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_string(), value.to_string())),
        _ => Err(CliError::usage(format!("{flag} {pair}: write KEY=VALUE"))),
    };
    texts.iter().map(split).collect()
}

fn print_table(out: &mut dyn Write, found: &[Cluster]) -> Result<(), CliError> {
    let style = Style::of_stdout();
    let rows = found.iter().map(|cluster| {
        let server = match cluster.namespaces.len() {
            0 => cluster.server.clone(),
            n => format!("{} ({n} namespaces)", cluster.server),
        };
        let state = &cluster.info.connection_state;
        vec![
            server,
            cluster.name.clone(),
            cluster.info.server_version.clone(),
            style.state(&state.status),
            state.message.clone(),
            cluster.project.clone(),
        ]
    });
    table::print(out, &["SERVER", "NAME", "VERSION", "STATUS", "MESSAGE", "PROJECT"], rows)?;
    Ok(())
}

fn details(out: &mut dyn Write, cluster: &Cluster) -> Result<(), CliError> {
    let tls = &cluster.config.tls_client_config;
    let namespaces =
        if cluster.namespaces.is_empty() { "all namespaces".to_string() } else { cluster.namespaces.join(", ") };
    let lines = [
        ("Cluster information\n\n  Server URL:", cluster.server.clone()),
        ("  Server Name:", cluster.name.clone()),
        ("  Server Version:", cluster.info.server_version.clone()),
        ("  Namespaces:", namespaces),
        ("\nTLS configuration\n\n  Client cert:", (!tls.cert_data.0.is_empty()).to_string()),
        ("  Cert validation:", (!tls.insecure).to_string()),
        ("\nAuthentication\n\n  Basic authentication:", (!cluster.config.username.is_empty()).to_string()),
        ("  oAuth authentication:", (!cluster.config.bearer_token.is_empty()).to_string()),
        ("  AWS authentication:", cluster.config.aws_auth_config.is_some().to_string()),
        ("\nDisable compression:", cluster.config.disable_compression.to_string()),
        ("\nUse proxy:", (!cluster.config.proxy_url.is_empty()).to_string()),
    ];
    for (name, value) in lines {
        let (before, last) = name.rsplit_once('\n').map_or(("", name), |(before, last)| (before, last));
        if !before.is_empty() || name.starts_with('\n') {
            writeln!(out, "{before}")?;
        }
        let width = if last.starts_with(' ') { 25 } else { last.len() + 1 };
        writeln!(out, "{last:<width$}{value}")?;
    }
    Ok(())
}

// === impl SetArgs ===

impl SetArgs {
    /// The namespaces that are to be managed; none of them for all.
    fn namespaces(&self) -> Option<Vec<String>> {
        match self.namespaces.iter().any(|name| name == "*") {
            true => Some(Vec::new()),
            false => (!self.namespaces.is_empty()).then(|| self.namespaces.clone()),
        }
    }
}
