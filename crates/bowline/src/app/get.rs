//! `bowline app get`.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::reference::{AppRef, timeout};
use super::store::Apps;
use super::{print, resources, spec, why};
use crate::error::CliError;
use crate::global::Global;
use crate::output::{self, Output, Style};

/// `bowline app get`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app get shop\n  bowline app get shop --refresh\n  bowline app get shop -o tree\n  bowline app get shop -o json"
)]
pub struct GetArgs {
    #[command(flatten)]
    app: AppRef,
    /// Compare anew first
    #[arg(long)]
    refresh: bool,
    /// Compare anew first, and render anew whatever is remembered
    #[arg(long)]
    hard_refresh: bool,
    /// Show the last operation
    #[arg(long)]
    show_operation: bool,
    /// Show parameters and overrides
    #[arg(long)]
    show_params: bool,
    /// Which of several sources --show-params is about, from 1
    #[arg(long, value_name = "N", conflicts_with = "source_name")]
    source_position: Option<usize>,
    /// The same by the source's name
    #[arg(long, value_name = "NAME")]
    source_name: Option<String>,
    /// Give up after this many seconds; 0 never
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    timeout: u64,
    /// Output format
    #[arg(short, long, value_enum, default_value = "wide")]
    output: Format,
}

/// `-o`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A summary and a table.
    Wide,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// The name only.
    Name,
    /// A summary, and what owns what.
    #[value(alias = "tree=detailed")]
    Tree,
}

/// Shows an application.
pub async fn run(global: &Global, args: GetArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = if args.refresh || args.hard_refresh {
        apps.refresh(&namespace, &name, args.hard_refresh, timeout(args.timeout)).await?
    } else {
        apps.get(&namespace, &name).await?
    };
    let mut out = std::io::stdout();
    match args.output {
        Format::Json => output::value(&mut out, &stored.raw, Output::Json)?,
        Format::Yaml => output::value(&mut out, &stored.raw, Output::Yaml)?,
        Format::Name => writeln!(out, "{}", print::qualified_name(&stored.app))?,
        Format::Wide | Format::Tree => {
            let style = Style::of_stdout();
            let served = apps.served(&stored.app).await?;
            print::summary(&mut out, &stored.app, served.as_ref(), style)?;
            if !stored.app.status.conditions.is_empty() {
                writeln!(out)?;
                print::condition_table(&mut out, &stored.app)?;
                writeln!(out)?;
            }
            let sentences = why::sentences(&stored.app);
            if !sentences.is_empty() {
                writeln!(out)?;
                for sentence in sentences {
                    writeln!(out, "{sentence}")?;
                }
            }
            if let Some(state) = stored.app.status.operation_state.as_ref().filter(|_| args.show_operation) {
                writeln!(out)?;
                print::operation(&mut out, state, crate::kube::now(), style)?;
            }
            if args.show_params {
                let place = spec::position(&stored.app.spec, args.source_position, args.source_name.as_deref())?;
                if let Some(source) = stored.app.spec.sources().get(place.unwrap_or(0)) {
                    print::parameters(&mut out, source)?;
                }
            }
            if args.output == Format::Tree {
                writeln!(out)?;
                resources::tree(&mut out, global, &apps, &stored.app, style).await?;
            } else if !stored.app.status.resources.is_empty() {
                writeln!(out)?;
                print::resources(&mut out, &stored.app, style)?;
            }
        }
    }
    Ok(())
}
