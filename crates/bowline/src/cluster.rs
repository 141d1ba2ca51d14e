//! `bowline cluster`: destination clusters and how to log in to them, kept in Secrets.

mod service_account;

use std::io::Write;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_kube::{Client, Config};
use bowline_base_value::{Value, to_json, yaml};
use bowline_core_settings::{ClusterSecret, IN_CLUSTER_NAME, IN_CLUSTER_SERVER};
use bowline_core_types::{Object, annotation};
use bowline_roles_app_controller::cluster_config;
use clap::{Args, Subcommand, ValueEnum};

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Kube, Resource, context_config, kubeconfigs, secret, secret_name};
use crate::output::{self, Output, Style, table};

/// How long `cluster list` waits for a cluster to say its version.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Subcommand, Debug)]
pub enum ClusterCommand {
    /// Add a cluster: make an account for the server there, and remember how to log in
    Add(Box<AddArgs>),
    /// List clusters
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Remove clusters
    #[command(visible_alias = "remove")]
    Rm(RmArgs),
}

/// `bowline cluster add`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline cluster add prod                       # a context of the kubeconfig\n  bowline cluster add prod --name production --label region=eu\n  bowline cluster add team --managed-namespace team-a --managed-namespace team-b\n  bowline cluster add prod --service-account deployer   # an account that is there already\n\nThe context's own credentials are used to make the account and are not stored.\n\nExit codes: 0 added, 1 there is no such context or the answer was no, 20 it could not be added."
)]
pub struct AddArgs {
    /// Context of the kubeconfig
    #[arg(value_name = "CONTEXT")]
    context: Option<String>,
    /// Name of the cluster [default: CONTEXT]
    #[arg(long)]
    name: Option<String>,
    /// The server runs in this cluster: reach it from inside, by kubernetes.default.svc
    #[arg(long, conflicts_with = "cluster_endpoint")]
    in_cluster: bool,
    /// Where the server reaches the cluster
    #[arg(long, value_enum, default_value = "kubeconfig")]
    cluster_endpoint: Endpoint,
    /// Manage only these namespaces (--namespace behind `cluster add` is the same)
    #[arg(long = "managed-namespace", value_name = "NAMESPACE", value_delimiter = ',')]
    namespaces: Vec<String>,
    /// Manage cluster-scoped kinds too, where only some namespaces are managed
    #[arg(long)]
    cluster_resources: bool,
    /// Log in as this account, which is there already, instead of a new one
    #[arg(long, value_name = "NAME")]
    service_account: Option<String>,
    /// Namespace of the account
    #[arg(long, default_value = "kube-system", value_name = "NAMESPACE")]
    system_namespace: String,
    /// Project that owns the cluster
    #[arg(long)]
    project: Option<String>,
    /// Labels of the Secret
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// Annotations of the Secret
    #[arg(long = "annotation", value_name = "KEY=VALUE")]
    annotations: Vec<String>,
    /// Proxy through which the server reaches the cluster [default: that of the kubeconfig]
    #[arg(long, value_name = "URL")]
    server_proxy_url: Option<String>,
    /// Change a cluster of that URL that is there already
    #[arg(long)]
    upsert: bool,
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Endpoint {
    /// The URL of the kubeconfig.
    Kubeconfig,
    /// The URL that the cluster publishes in kube-public.
    KubePublic,
    /// kubernetes.default.svc.
    Internal,
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
        ClusterCommand::Add(args) => add(global, *args).await,
        ClusterCommand::List(args) => list(global, args).await,
        ClusterCommand::Rm(args) => rm(global, args).await,
    }
}

async fn add(global: &Global, args: AddArgs) -> Result<(), CliError> {
    let Some(context) = &args.context else {
        let mut out = std::io::stderr();
        writeln!(out, "choose a context:")?;
        print_contexts(&mut out, global)?;
        return Err(CliError::quiet(1));
    };
    let config = context_config(global, Some(context)).map_err(|e| e.code(1))?;
    let kube = Kube::connect(global).await?;
    let target = kube.beside(&config)?;
    let token = match &args.service_account {
        Some(account) => service_account::token(&target, &args.system_namespace, account).await?,
        None => {
            let level = if args.namespaces.is_empty() { "cluster" } else { "namespace" };
            let question = format!(
                "This makes the service account `{}` in the cluster of context `{context}`, with full {level} level privileges. Go on?",
                service_account::ACCOUNT
            );
            if !args.yes && files::is_terminal() && !files::confirm(&question)? {
                return Err(CliError::failed("nothing was done").code(1));
            }
            service_account::install(&target, &args.system_namespace, &args.namespaces).await?
        }
    };
    let (server, ca) = args.endpoint(&target, &config).await?;
    let name = args.name.as_deref().unwrap_or(context);
    let login = login(&config, ca, &token, args.server_proxy_url.as_deref());
    let fields = [
        ("name", Some(name.to_string())),
        ("server", Some(server.clone())),
        ("namespaces", (!args.namespaces.is_empty()).then(|| args.namespaces.join(","))),
        ("clusterResources", args.cluster_resources.then(|| "true".to_string())),
        ("project", args.project.clone()),
        ("config", Some(to_json(&login, false))),
    ];
    let data: Value = fields.into_iter().filter_map(|(key, value)| Some((key, Value::from(value?)))).collect();
    store(&kube, global, &server, data, &args).await?;
    writeln!(std::io::stdout(), "Cluster '{server}' added")?;
    Ok(())
}

/// Makes or changes the cluster's Secret.
async fn store(kube: &Kube, global: &Global, server: &str, data: Value, args: &AddArgs) -> Result<(), CliError> {
    let pairs = |pairs: &[String], flag: &str| -> Result<Vec<(String, Value)>, CliError> {
        let split = |pair: &String| match pair.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_string(), Value::from(value))),
            _ => Err(CliError::usage(format!("{flag} {pair}: write KEY=VALUE"))),
        };
        pairs.iter().map(split).collect()
    };
    let (labels, annotations) = (pairs(&args.labels, "--label")?, pairs(&args.annotations, "--annotation")?);
    let known = clusters(kube, global).await?;
    let same = known.iter().find(|cluster| cluster.server == server);
    if same.is_some() && !args.upsert {
        return Err(CliError::failed(format!("cluster '{server}' is there already")).hint("use --upsert to change it"));
    }
    let name = match same {
        Some(cluster) => cluster.secret.clone(),
        None => {
            let host = server.split_once("://").map_or(server, |(_, rest)| rest);
            let host = host.split(['/', ':']).next().unwrap_or_default().to_lowercase();
            secret_name(&format!("cluster-{host}"), server)
        }
    };
    let mut object = secret(&name, &global.namespace, "cluster", data);
    for (field, pairs) in [("labels", labels), ("annotations", annotations)] {
        let map = object.ensure_path(&["metadata", field]).and_then(Value::as_object_mut);
        let map = map.expect("because a new Secret has labels and annotations");
        pairs.into_iter().for_each(|(key, value)| drop(map.insert(key, value)));
    }
    // Read as the server will, so that what it cannot use is not stored.
    let read = Object::new(object.clone()).map_err(|e| CliError::failed(e.to_string()))?;
    ClusterSecret::from_secret(&read).map_err(|e| CliError::failed(e.to_string()))?;
    match same {
        Some(_) => kube.merge(Resource::Secrets, &global.namespace, &name, &object).await?,
        None => kube.create(Resource::Secrets, &global.namespace, &object).await?,
    };
    Ok(())
}

/// The `config` of the cluster's Secret: the account's token, and how the server proves who it is.
fn login(config: &Config, ca: Option<Vec<u8>>, token: &str, proxy: Option<&str>) -> Value {
    let mut tls = vec![("insecure", Value::from(config.tls.insecure))];
    if let Some(name) = &config.tls.server_name {
        tls.push(("serverName", name.as_str().into()));
    }
    if let Some(ca) = ca {
        tls.push(("caData", STANDARD.encode(ca).into()));
    }
    let mut fields = vec![("bearerToken", Value::from(token)), ("tlsClientConfig", tls.into_iter().collect())];
    // An empty one says that the server needs none where this machine does.
    if let Some(proxy) = proxy.or(config.proxy.as_deref()).filter(|proxy| !proxy.is_empty()) {
        fields.push(("proxyUrl", proxy.into()));
    }
    fields.into_iter().collect()
}

async fn list(global: &Global, args: ListArgs) -> Result<(), CliError> {
    let kube = Kube::connect(global).await?;
    let mut found = clusters(&kube, global).await?;
    let world = crate::control::world(&kube, global).await?;
    if world.settings().in_cluster_enabled && !found.iter().any(|c| c.server == IN_CLUSTER_SERVER) {
        found.insert(
            0,
            ClusterSecret {
                labels: Default::default(),
                annotations: Default::default(),
                secret: String::new(),
                name: IN_CLUSTER_NAME.to_string(),
                server: IN_CLUSTER_SERVER.to_string(),
                namespaces: Vec::new(),
                cluster_resources: false,
                project: String::new(),
                skip_reconcile: false,
                auth: Default::default(),
            },
        );
    }
    let mut out = std::io::stdout();
    match args.output {
        ListOutput::Server => found.iter().try_for_each(|c| writeln!(out, "{}", c.server))?,
        ListOutput::Name => found.iter().try_for_each(|c| writeln!(out, "{}", c.name))?,
        ListOutput::Json | ListOutput::Yaml => {
            let format = if args.output == ListOutput::Json { Output::Json } else { Output::Yaml };
            output::value(&mut out, &found.iter().map(shown).collect(), format)?;
        }
        ListOutput::Wide => {
            let style = Style::of_stdout();
            let asked = futures::future::join_all(found.iter().map(|cluster| state(&kube, cluster))).await;
            let rows = found.iter().zip(asked).map(|(cluster, state)| {
                let (version, status, message) = match state {
                    Ok(version) => (version, "Successful", String::new()),
                    Err(reason) => (String::new(), "Failed", reason),
                };
                let server = match cluster.namespaces.len() {
                    0 => cluster.server.clone(),
                    n => format!("{} ({n} namespaces)", cluster.server),
                };
                vec![server, cluster.name.clone(), version, style.state(status), message, cluster.project.clone()]
            });
            table::print(&mut out, &["SERVER", "NAME", "VERSION", "STATUS", "MESSAGE", "PROJECT"], rows)?;
        }
    }
    Ok(())
}

/// A cluster without its secrets.
fn shown(cluster: &ClusterSecret) -> Value {
    let mut fields = vec![("name", Value::from(cluster.name.as_str())), ("server", cluster.server.as_str().into())];
    if !cluster.namespaces.is_empty() {
        fields.push(("namespaces", cluster.namespaces.iter().map(|n| Value::from(n.as_str())).collect()));
        fields.push(("clusterResources", cluster.cluster_resources.into()));
    }
    if !cluster.project.is_empty() {
        fields.push(("project", cluster.project.as_str().into()));
    }
    fields.into_iter().collect()
}

/// The cluster's version, or why it cannot be had.
async fn state(kube: &Kube, cluster: &ClusterSecret) -> Result<String, String> {
    let client = match cluster.secret.is_empty() {
        true => kube.client().clone(),
        false => kube.beside(&cluster_config(cluster)?).map_err(|e| e.to_string())?,
    };
    match tokio::time::timeout(PATIENCE, crate::kube::version_of(&client)).await {
        Ok(version) => Ok(version.map_err(|e| e.to_string())?.trim_start_matches('v').to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

async fn rm(global: &Global, args: RmArgs) -> Result<(), CliError> {
    let kube = Kube::connect(global).await?;
    let known = clusters(&kube, global).await?;
    for wanted in &args.clusters {
        let same = |c: &&ClusterSecret| c.server == wanted.trim_end_matches('/') || c.name == *wanted;
        let cluster = known.iter().find(same).ok_or_else(|| {
            CliError::failed(format!("there is no cluster '{wanted}'")).hint("bowline cluster list shows them")
        })?;
        let question =
            format!("Remove '{wanted}'? Applications that deploy to it will have the health status Unknown.");
        if !args.yes && !files::confirm(&question)? {
            return Err(CliError::failed(format!("'{wanted}' was not removed: say yes, or --yes")));
        }
        crate::kube::remove_secret(&kube, global, &cluster.secret).await?;
        writeln!(std::io::stdout(), "Cluster '{wanted}' removed")?;
        match context_config(global, Some(&cluster.name)) {
            Ok(config) => service_account::uninstall(&kube.beside(&config)?).await?,
            Err(_) => files::warn(&format!(
                "the kubeconfig has no context '{}': the service account {} in that cluster is left to you",
                cluster.name,
                service_account::ACCOUNT
            )),
        }
    }
    Ok(())
}

/// The clusters that Secrets tell of, by name.
async fn clusters(kube: &Kube, global: &Global) -> Result<Vec<ClusterSecret>, CliError> {
    let selector = format!("{}=cluster", annotation::SECRET_TYPE);
    let secrets = kube.list(Resource::Secrets, &global.namespace, &selector).await?;
    let mut found = Vec::new();
    for raw in secrets {
        let read = Object::new(raw)
            .map_err(|e| e.to_string())
            .and_then(|object| ClusterSecret::from_secret(&object).map_err(|e| e.to_string()));
        match read {
            Ok(cluster) => found.push(cluster),
            // One that cannot be read hides no others.
            Err(reason) => files::warn(&reason),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The contexts of the kubeconfig, as `cluster add` without one shows them.
fn print_contexts(out: &mut dyn Write, global: &Global) -> Result<(), CliError> {
    let mut rows = Vec::new();
    for path in kubeconfigs(global) {
        let Ok(config) = yaml::from_yaml(files::read(&path.to_string_lossy())?) else { continue };
        let named = |list: &'static str| config.get(list).and_then(Value::as_array).unwrap_or_default().iter();
        for context in named("contexts") {
            let text = |path: &[&str]| context.str_at(path).unwrap_or_default().to_string();
            let (name, cluster) = (text(&["name"]), text(&["context", "cluster"]));
            let server = named("clusters").find(|c| c.str_at(&["name"]) == Some(&cluster));
            let server = server.and_then(|c| c.str_at(&["cluster", "server"])).unwrap_or_default().to_string();
            let current = if config.str_at(&["current-context"]) == Some(&name) { "*" } else { " " };
            rows.push(vec![current.to_string(), name, cluster, server]);
        }
    }
    rows.sort_by(|a, b| a[1].cmp(&b[1]));
    table::print(out, &["CURRENT", "NAME", "CLUSTER", "SERVER"], rows)?;
    Ok(())
}

// === impl AddArgs ===

impl AddArgs {
    /// The URL that the server is to use, and the authorities that vouch for it.
    async fn endpoint(&self, target: &Client, config: &Config) -> Result<(String, Option<Vec<u8>>), CliError> {
        let own = (config.server.clone(), config.tls.ca.clone());
        match self.cluster_endpoint {
            _ if self.in_cluster => Ok((IN_CLUSTER_SERVER.to_string(), own.1)),
            Endpoint::Internal => Ok((IN_CLUSTER_SERVER.to_string(), own.1)),
            Endpoint::Kubeconfig => Ok(own),
            Endpoint::KubePublic => match service_account::published(target).await? {
                Some(published) => Ok(published),
                None => {
                    files::warn("the cluster publishes no endpoint in kube-public: that of the kubeconfig is used");
                    Ok(own)
                }
            },
        }
    }
}
