//! `bowline app history`.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::print;
use super::reference::AppRef;
use super::store::Apps;
use crate::error::CliError;
use crate::global::Global;

/// `bowline app history`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline app history shop\n  bowline app history shop -o id")]
pub struct HistoryArgs {
    #[command(flatten)]
    app: AppRef,
    /// Output format
    #[arg(short, long, value_enum, default_value = "wide")]
    output: HistoryOutput,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum HistoryOutput {
    /// A table.
    Wide,
    /// Ids only.
    Id,
}

/// Shows past syncs.
pub async fn run(global: &Global, args: HistoryArgs) -> Result<(), CliError> {
    let (namespace, name) = args.app.resolve(global);
    let stored = Apps::connect(global).await?.get(&namespace, &name).await?;
    let mut out = std::io::stdout();
    match args.output {
        HistoryOutput::Wide => print::history(&mut out, &stored.app.status.history)?,
        HistoryOutput::Id => {
            for entry in &stored.app.status.history {
                writeln!(out, "{}", entry.id)?;
            }
        }
    }
    Ok(())
}
