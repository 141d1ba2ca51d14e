//! `bowline cluster add`.

use std::io::Write;

use bowline_base_kube::{Client, Config};
use bowline_base_value::{Value, yaml};
use bowline_core_crd::{
    AWSAuthConfig, Bytes, Cluster, ClusterConfig, Confidential, ExecProviderConfig, TLSClientConfig,
};
use bowline_core_settings::IN_CLUSTER_SERVER;
use bowline_web_wire::cluster::ClusterCreateRequest;
use clap::{Args, ValueEnum};

use super::pairs;
use super::{core, service_account};
use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Kube, context_config, kubeconfigs};
use crate::link::Link;
use crate::output::table;

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
    /// Shard of the controller that looks after it
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    shard: Option<i64>,
    /// Proxy through which this command reaches the cluster [default: that of the kubeconfig]
    #[arg(long, value_name = "URL")]
    proxy_url: Option<String>,
    /// Answers of the cluster come uncompressed
    #[arg(long)]
    disable_compression: bool,
    /// Log in by AWS: name of the cluster there
    #[arg(long, value_name = "NAME")]
    aws_cluster_name: Option<String>,
    /// Log in by AWS: the role to take on
    #[arg(long, value_name = "ARN", requires = "aws_cluster_name")]
    aws_role_arn: Option<String>,
    /// Log in by AWS: the profile
    #[arg(long, value_name = "NAME", requires = "aws_cluster_name")]
    aws_profile: Option<String>,
    /// Log in by a program that the server runs
    #[arg(long, value_name = "COMMAND", conflicts_with = "aws_cluster_name")]
    exec_command: Option<String>,
    /// Its arguments
    #[arg(long, value_name = "WORDS", value_delimiter = ',', requires = "exec_command", allow_hyphen_values = true)]
    exec_command_args: Vec<String>,
    /// Its environment
    #[arg(long, value_name = "NAME=VALUE", requires = "exec_command")]
    exec_command_env: Vec<String>,
    /// The version of the protocol that it speaks
    #[arg(long, value_name = "VERSION", requires = "exec_command")]
    exec_command_api_version: Option<String>,
    /// What to say where it is missing
    #[arg(long, value_name = "TEXT", requires = "exec_command")]
    exec_command_install_hint: Option<String>,
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

/// Makes an account for the server in the cluster, and remembers how to log in.
pub(super) async fn run(global: &Global, args: AddArgs) -> Result<(), CliError> {
    let Some(context) = &args.context else {
        let mut out = std::io::stderr();
        writeln!(out, "choose a context:")?;
        print_contexts(&mut out, global)?;
        return Err(CliError::quiet(1));
    };
    let mut config = context_config(global, Some(context)).map_err(|e| e.code(1))?;
    if let Some(proxy) = &args.proxy_url {
        config.proxy = Some(proxy.clone());
    }
    let link = Link::connect(global).await?;
    let (_own, target) = match &link {
        Link::Core(kube) => (None, kube.beside(&config)?),
        Link::Server(_) => {
            let kube = Kube::to(&config)?;
            let client = kube.client().clone();
            (Some(kube), client)
        }
    };
    let token = match &args.service_account {
        // Whoever logs in by AWS or a program needs no account.
        _ if args.aws_cluster_name.is_some() || args.exec_command.is_some() => String::new(),
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
    let cluster = Cluster {
        server: server.clone(),
        name: args.name.clone().unwrap_or_else(|| context.clone()),
        config: args.login(&config, ca, token)?,
        namespaces: args.namespaces.clone(),
        cluster_resources: args.cluster_resources,
        project: args.project.clone().unwrap_or_default(),
        shard: args.shard,
        labels: pairs(&args.labels, "--label")?,
        annotations: pairs(&args.annotations, "--annotation")?,
        ..Cluster::default()
    };
    match &link {
        Link::Core(kube) => core::store(kube, global, &cluster, args.upsert).await?,
        Link::Server(remote) => {
            let request = ClusterCreateRequest { cluster: Some(cluster), upsert: args.upsert };
            let made = remote.try_call(async || remote.clusters().create(request.clone()).await).await;
            made.map_err(|status| {
                let error = remote.refused(&status);
                if status.message().contains("upsert") { error.hint("use --upsert to change it") } else { error }
            })?;
        }
    }
    writeln!(std::io::stdout(), "Cluster '{server}' added")?;
    Ok(())
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

    /// How the server logs in, and how the cluster proves who it is.
    fn login(&self, config: &Config, ca: Option<Vec<u8>>, token: String) -> Result<ClusterConfig, CliError> {
        // An empty one says that the server needs none where this machine does.
        let proxy = self.server_proxy_url.as_deref().or(config.proxy.as_deref()).unwrap_or_default();
        Ok(ClusterConfig {
            bearer_token: Confidential(token),
            tls_client_config: TLSClientConfig {
                insecure: config.tls.insecure,
                server_name: config.tls.server_name.clone().unwrap_or_default(),
                ca_data: Bytes(ca.unwrap_or_default()),
                ..TLSClientConfig::default()
            },
            aws_auth_config: self.aws_cluster_name.as_ref().map(|name| AWSAuthConfig {
                cluster_name: name.clone(),
                role_arn: self.aws_role_arn.clone().unwrap_or_default(),
                profile: self.aws_profile.clone().unwrap_or_default(),
            }),
            exec_provider_config: match &self.exec_command {
                None => None,
                Some(command) => Some(ExecProviderConfig {
                    command: command.clone(),
                    args: self.exec_command_args.clone(),
                    env: pairs(&self.exec_command_env, "--exec-command-env")?,
                    api_version: self.exec_command_api_version.clone().unwrap_or_default(),
                    install_hint: self.exec_command_install_hint.clone().unwrap_or_default(),
                    ..ExecProviderConfig::default()
                }),
            },
            disable_compression: self.disable_compression,
            proxy_url: proxy.to_string(),
            ..ClusterConfig::default()
        })
    }
}
