//! `bowline app edit`.

use std::io::Write;

use clap::Args;

use super::reference::AppRef;
use super::store::{Apps, typed};
use crate::editor;
use crate::error::CliError;
use crate::files;
use crate::global::Global;

/// `bowline app edit`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline app edit shop\n  EDITOR=nano bowline app edit shop")]
pub struct EditArgs {
    #[command(flatten)]
    app: AppRef,
}

/// Opens an application's spec in an editor and sends what was changed.
pub async fn run(global: &Global, args: EditArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = apps.get(&namespace, &name).await?;
    let spec = stored.raw.get("spec").cloned().unwrap_or_default();
    let Some(edited) = editor::edit(&spec)? else {
        files::note("nothing was changed");
        return Ok(());
    };
    let mut raw = stored.raw.clone();
    raw.as_object_mut().expect("because an Application is an object").insert("spec", edited);
    let changed = typed(&raw).map_err(|e| CliError::failed(format!("the edited spec: {e}")))?;
    apps.rewrite(&stored, &changed).await?;
    writeln!(std::io::stdout(), "application '{name}' edited")?;
    Ok(())
}
