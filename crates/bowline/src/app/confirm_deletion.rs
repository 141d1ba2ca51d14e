//! `bowline app confirm-deletion`.

use std::io::Write;

use bowline_core_crd::Time;
use bowline_core_types::annotation;
use clap::Args;

use super::reference::AppRef;
use super::store::Apps;
use crate::error::CliError;
use crate::global::Global;
use crate::kube::now;

/// `bowline app confirm-deletion`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app confirm-deletion shop\n\nIt is a word for the sync or deletion that runs: what a later one would delete waits again."
)]
pub struct ConfirmArgs {
    #[command(flatten)]
    app: AppRef,
}

/// Confirms the deletions that an application's sync, or its own deletion, waits for.
pub async fn run(global: &Global, args: ConfirmArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = apps.get(&namespace, &name).await?;
    let mut changed = stored.app.clone();
    let approved = Time::new(now()).to_string();
    changed.metadata.annotations.insert(annotation::DELETION_APPROVED.to_string(), approved);
    apps.update(&stored, &changed, false).await?;
    writeln!(std::io::stdout(), "Application '{name}' updated successfully")?;
    Ok(())
}
