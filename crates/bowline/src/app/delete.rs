//! `bowline app delete`.

use std::io::Write;

use clap::Args;

use super::print;
use super::reference::resolve;
use super::store::{Apps, Propagation};
use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::Selector;

/// `bowline app delete`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app delete shop\n  bowline app delete shop --cascade=false   # keep what it deployed\n  bowline app delete -l team=web --yes --wait"
)]
pub struct DeleteArgs {
    /// Names of the applications, or namespace/name
    #[arg(value_name = "APPNAME")]
    names: Vec<String>,
    /// Delete what the applications deployed too
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    cascade: bool,
    /// How dependents of deleted objects are deleted
    #[arg(short = 'p', long, value_enum, default_value = "foreground")]
    propagation_policy: Propagation,
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
    /// Delete all applications with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    selector: Option<String>,
    /// Wait until they are gone
    #[arg(long)]
    wait: bool,
    /// Namespace of the applications, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    app_namespace: Option<String>,
}

/// Deletes applications.
pub async fn run(global: &Global, args: DeleteArgs) -> Result<(), CliError> {
    if args.names.is_empty() && args.selector.is_none() {
        return Err(CliError::usage("name the applications to delete, or select them with -l"));
    }
    let selector = args.selector.as_deref().map(Selector::parse).transpose()?;
    let apps = Apps::connect(global).await?;
    let mut targets = Vec::new();
    for name in &args.names {
        let (namespace, name) = resolve(name, args.app_namespace.as_deref(), global);
        targets.push(apps.get(&namespace, &name).await?);
    }
    if let Some(selector) = &selector {
        let namespace = args.app_namespace.as_deref().unwrap_or(&global.namespace);
        targets.extend(apps.list(namespace, Some(selector)).await?);
    }
    let mut out = std::io::stdout();
    for stored in targets {
        let name = print::qualified_name(&stored.app);
        let objects = stored.app.status.resources.len();
        let consequence = match args.cascade {
            true => format!("application '{name}' and its {objects} objects"),
            false => format!("application '{name}' (its {objects} objects stay)"),
        };
        if !args.yes && !files::confirm(&format!("Delete {consequence}?"))? {
            return Err(CliError::failed(format!("nothing was deleted: say yes, or --yes, to delete {consequence}")));
        }
        apps.delete(&stored, args.cascade.then_some(args.propagation_policy)).await?;
        let (namespace, app) = (&stored.app.metadata.namespace, &stored.app.metadata.name);
        if args.wait {
            apps.until_gone(namespace, app, None).await?;
        }
        writeln!(out, "application '{name}' deleted")?;
    }
    Ok(())
}
