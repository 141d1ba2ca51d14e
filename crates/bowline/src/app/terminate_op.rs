//! `bowline app terminate-op`.

use std::io::Write;

use clap::Args;

use super::reference::AppRef;
use super::store::Apps;
use crate::error::CliError;
use crate::global::Global;

/// `bowline app terminate-op`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline app terminate-op shop")]
pub struct TerminateArgs {
    #[command(flatten)]
    app: AppRef,
}

/// Asks for the end of the operation under way. Hooks that run are stopped; what was applied stays.
pub async fn run(global: &Global, args: TerminateArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    apps.terminate(&namespace, &name).await?;
    writeln!(std::io::stdout(), "Application '{name}' operation terminating")?;
    Ok(())
}
