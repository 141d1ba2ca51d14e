//! `bowline app set`.

use std::io::Write;

use clap::Args;

use super::reference::AppRef;
use super::source_flags::SpecFlags;
use super::spec;
use super::store::Apps;
use crate::error::CliError;
use crate::global::Global;

/// `bowline app set`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app set shop --revision v2\n  bowline app set shop --sync-policy automated --self-heal --auto-prune\n  bowline app set shop --sync-option '!CreateNamespace=true'"
)]
pub struct SetArgs {
    #[command(flatten)]
    app: AppRef,
    /// Which of several sources, from 1
    #[arg(long, value_name = "N")]
    source_position: Option<usize>,
    /// Check repository and destination first
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    validate: bool,
    #[command(flatten)]
    flags: SpecFlags,
}

/// Changes a spec: only what the flags name is sent.
pub async fn run(global: &Global, args: SetArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = apps.get(&namespace, &name).await?;
    // With several sources, a name says which one is meant; with one, it is given to it.
    let several = stored.app.spec.has_multiple_sources() && args.source_position.is_none();
    let name = args.flags.source.source_name.as_deref().filter(|_| several);
    let position = spec::position(&stored.app.spec, args.source_position, name)?;
    let mut changed = stored.app.clone();
    spec::set(&mut changed.spec, &args.flags, position)?;
    if !apps.update(&stored, &changed, args.validate).await? {
        writeln!(std::io::stderr(), "nothing to change")?;
    }
    Ok(())
}
