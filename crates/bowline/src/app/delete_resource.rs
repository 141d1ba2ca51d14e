//! `bowline app delete-resource`.

use std::io::Write;

use bowline_core_ports::{Cluster, DeleteOptions, Propagation};
use clap::Args;

use super::AppRef;
use super::objects::ObjectFlags;
use crate::cli::Global;
use crate::error::CliError;

/// `bowline app delete-resource`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app delete-resource shop --kind Pod --resource-name web-0\n  bowline app delete-resource shop --kind ConfigMap --all --orphan\n\nWhat Git has comes again with the next sync."
)]
pub struct DeleteResourceArgs {
    #[command(flatten)]
    app: AppRef,
    #[command(flatten)]
    objects: ObjectFlags,
    /// At once, without time to end
    #[arg(long)]
    force: bool,
    /// Dependents stay
    #[arg(long)]
    orphan: bool,
}

/// Deletes live objects of an application.
pub async fn run(global: &Global, args: DeleteResourceArgs) -> Result<(), CliError> {
    let chosen = args.objects.choose(global, &args.app, "delete").await?;
    let propagation = if args.orphan { Propagation::Orphan } else { Propagation::Foreground };
    let options = DeleteOptions { propagation, force: args.force, ..DeleteOptions::default() };
    for (gvk, key) in &chosen.objects {
        let deleted = chosen.destination.cluster.delete(gvk, key, &options).await;
        if !deleted.map_err(|e| CliError::failed(format!("{key}: {e}")))? {
            return Err(CliError::failed(format!("{key} is not in the cluster")));
        }
        writeln!(std::io::stdout(), "Resource '{}' deleted", key.name)?;
    }
    Ok(())
}
