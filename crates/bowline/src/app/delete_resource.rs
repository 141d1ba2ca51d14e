//! `bowline app delete-resource`.

use std::io::Write;

use bowline_core_ports::{Cluster, DeleteOptions, Propagation};
use bowline_web_wire::application::ApplicationResourceDeleteRequest;
use clap::Args;

use super::objects::{ObjectFlags, Way};
use super::reference::AppRef;
use crate::error::CliError;
use crate::global::Global;

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
        match &chosen.way {
            Way::Core(destination) => {
                let deleted = destination.cluster.delete(gvk, key, &options).await;
                if !deleted.map_err(|e| CliError::failed(format!("{key}: {e}")))? {
                    return Err(CliError::failed(format!("{key} is not in the cluster")));
                }
            }
            Way::Server(apps) => {
                let request = ApplicationResourceDeleteRequest {
                    name: Some(chosen.app.metadata.name.clone()),
                    namespace: Some(key.namespace.to_string()),
                    resource_name: Some(key.name.to_string()),
                    version: Some(gvk.version.to_string()),
                    group: Some(key.group.to_string()),
                    kind: Some(key.kind.to_string()),
                    force: Some(args.force),
                    orphan: Some(args.orphan),
                    app_namespace: apps.namespace(&chosen.app.metadata.namespace),
                    project: Some(chosen.app.spec.project().to_string()),
                };
                let deleted = apps.remote().applications().delete_resource(request).await;
                deleted.map_err(|status| apps.remote().refused(&status))?;
            }
        }
        writeln!(std::io::stdout(), "Resource '{}' deleted", key.name)?;
    }
    Ok(())
}
