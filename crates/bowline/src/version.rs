//! `bowline version`.

use std::io::Write;

use bowline_base_value::Value;
use clap::Args;

use crate::error::CliError;
use crate::global::Global;
use crate::link::{self, Remote};
use crate::output::{self, Output};

/// `bowline version`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline version\n  bowline version --short\n  bowline version -o json")]
pub struct VersionArgs {
    /// The version alone
    #[arg(long)]
    short: bool,
    /// Only this program's version, asking nobody
    #[arg(long)]
    client: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Prints this program's version, and that of what it speaks to: the server, or in core mode the cluster, where it can be asked.
pub async fn run(global: &Global, args: VersionArgs) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    let version = format!("v{}", env!("CARGO_PKG_VERSION"));
    let named = if args.client { None } else { link::named(global)?.server };
    let server = match named {
        None => None,
        Some(_) => {
            let remote = Remote::connect(global).await?;
            Some(remote.call(async || remote.version().version(bowline_web_wire::Empty {}).await).await?)
        }
    };
    let asks_cluster = !args.client && !args.short && server.is_none();
    let cluster = if asks_cluster { crate::kube::server_version(global).await.ok() } else { None };
    match args.output {
        Output::Json | Output::Yaml => {
            let mut fields = vec![("client", [("Version", Value::from(version))].into_iter().collect::<Value>())];
            if let Some(cluster) = cluster {
                fields.push(("kubernetes", [("Version", Value::from(cluster))].into_iter().collect()));
            }
            if let Some(server) = server {
                let server = serde_json::to_value(&server).map_err(|e| CliError::failed(e.to_string()))?;
                fields.push(("server", Value::from(server)));
            }
            output::value(&mut out, &fields.into_iter().collect(), args.output)?;
        }
        Output::Wide | Output::Name if args.short => match server {
            None => writeln!(out, "{version}")?,
            Some(server) => writeln!(out, "bowline: {version}\nargocd-server: {}", server.version)?,
        },
        Output::Wide | Output::Name => {
            writeln!(out, "bowline: {version}")?;
            if let Some(cluster) = cluster {
                writeln!(out, "kubernetes: {cluster}")?;
            }
            if let Some(server) = server {
                writeln!(out, "argocd-server: {}", server.version)?;
                for (name, value) in [
                    ("BuildDate", &server.build_date),
                    ("GitCommit", &server.git_commit),
                    ("GitTreeState", &server.git_tree_state),
                    ("GitTag", &server.git_tag),
                    ("GoVersion", &server.go_version),
                    ("Compiler", &server.compiler),
                    ("Platform", &server.platform),
                    ("ExtraBuildInfo", &server.extra_build_info),
                    ("Kustomize Version", &server.kustomize_version),
                    ("Helm Version", &server.helm_version),
                    ("Kubectl Version", &server.kubectl_version),
                    ("Jsonnet Version", &server.jsonnet_version),
                ] {
                    if !value.is_empty() {
                        writeln!(out, "  {name}: {value}")?;
                    }
                }
            }
        }
    }
    Ok(())
}
