//! `bowline app confirm-deletion`.

use std::io::Write;

use bowline_base_value::Value;
use bowline_core_crd::Time;
use bowline_core_types::annotation;
use clap::Args;

use super::AppRef;
use super::store::Apps;
use crate::cli::Global;
use crate::error::CliError;
use crate::kube::{Resource, now};

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
    let mut patch = Value::object();
    if let Some(approved) = patch.ensure_path(&["metadata", "annotations", annotation::DELETION_APPROVED]) {
        *approved = Value::from(Time::new(now()).to_string());
    }
    apps.kube().merge(Resource::Applications, &namespace, &name, &patch).await?;
    writeln!(std::io::stdout(), "Application '{name}' updated successfully")?;
    Ok(())
}
