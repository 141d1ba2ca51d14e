//! `bowline app add-source` and `bowline app remove-source`.

use std::io::Write;

use bowline_core_crd::ApplicationSource;
use clap::Args;

use super::reference::AppRef;
use super::source_flags::SourceFlags;
use super::spec;
use super::store::Apps;
use crate::error::CliError;
use crate::files;
use crate::global::Global;

/// `bowline app add-source`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app add-source shop --repo https://git.example.com/values.git --ref values\n  bowline app add-source shop --repo https://charts.example.com --helm-chart redis --revision 20.x"
)]
pub struct AddSourceArgs {
    #[command(flatten)]
    app: AppRef,
    /// Repository URL
    #[arg(long, value_name = "URL")]
    repo: String,
    #[command(flatten)]
    flags: Box<SourceFlags>,
}

/// `bowline app remove-source`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app remove-source shop --source-position 2\n  bowline app remove-source shop --source-name values"
)]
pub struct RemoveSourceArgs {
    #[command(flatten)]
    app: AppRef,
    /// Position of the source, from 1
    #[arg(long, value_name = "N", required_unless_present = "source_name", conflicts_with = "source_name")]
    source_position: Option<usize>,
    /// Name of the source
    #[arg(long, value_name = "NAME")]
    source_name: Option<String>,
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Adds a source to those of an application that has several, or makes several of its one.
pub async fn add(global: &Global, args: AddSourceArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = apps.get(&namespace, &name).await?;
    let mut changed = stored.app.clone();
    let mut source = ApplicationSource { repo_url: args.repo.clone(), ..ApplicationSource::default() };
    spec::set_source(&mut source, &args.flags)?;
    if let Some(single) = changed.spec.source.take() {
        changed.spec.sources.insert(0, single);
    }
    changed.spec.sources.push(source);
    apps.update(&stored, &changed, true).await?;
    writeln!(std::io::stdout(), "Application '{name}' updated successfully")?;
    Ok(())
}

/// Takes a source away from an application that has several.
pub async fn remove(global: &Global, args: RemoveSourceArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = apps.get(&namespace, &name).await?;
    let position = spec::position(&stored.app.spec, args.source_position, args.source_name.as_deref())?;
    let (Some(position), true) = (position, stored.app.spec.sources.len() > 1) else {
        return Err(CliError::failed("Application does not have more than one source configured")
            .hint(format!("bowline app set {name} changes its source")));
    };
    if !args.yes && files::is_terminal() {
        let question = format!("Remove source {} of application '{name}'?", position + 1);
        if !files::confirm(&question)? {
            return Err(CliError::failed("nothing was removed").code(1));
        }
    }
    let mut changed = stored.app.clone();
    changed.spec.sources.remove(position);
    apps.update(&stored, &changed, true).await?;
    writeln!(std::io::stdout(), "Application '{name}' updated successfully")?;
    Ok(())
}
