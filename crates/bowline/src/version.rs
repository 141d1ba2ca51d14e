//! `bowline version`.

use std::io::Write;

use bowline_base_value::Value;
use clap::Args;

use crate::cli::Global;
use crate::error::CliError;
use crate::output::{self, Output};

/// `bowline version`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline version\n  bowline version --short\n  bowline version -o json")]
pub struct VersionArgs {
    /// The version alone
    #[arg(long)]
    short: bool,
    /// Only this program's version, asking no cluster
    #[arg(long)]
    client: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Prints this program's version, and the cluster's where it can be asked.
pub async fn run(global: &Global, args: VersionArgs) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    let version = format!("v{}", env!("CARGO_PKG_VERSION"));
    let cluster = if args.client || args.short { None } else { crate::kube::server_version(global).await.ok() };
    match args.output {
        Output::Json | Output::Yaml => {
            let mut fields = vec![("client", [("Version", Value::from(version))].into_iter().collect::<Value>())];
            if let Some(cluster) = cluster {
                fields.push(("kubernetes", [("Version", Value::from(cluster))].into_iter().collect()));
            }
            output::value(&mut out, &fields.into_iter().collect(), args.output)?;
        }
        Output::Wide | Output::Name if args.short => writeln!(out, "{version}")?,
        Output::Wide | Output::Name => {
            writeln!(out, "bowline: {version}")?;
            if let Some(cluster) = cluster {
                writeln!(out, "kubernetes: {cluster}")?;
            }
        }
    }
    Ok(())
}
