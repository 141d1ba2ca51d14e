//! `bowline app edit`.

use std::io::Write;
use std::process::Command;

use bowline_base_value::{Value, yaml};
use clap::Args;

use super::reference::AppRef;
use super::store::{Apps, typed};
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
#[expect(clippy::disallowed_methods, reason = "the editor that the user names, and the file that it edits")]
pub async fn run(global: &Global, args: EditArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = apps.get(&namespace, &name).await?;
    let spec = stored.raw.get("spec").cloned().unwrap_or_default();
    let path = std::env::temp_dir().join(format!("bowline-edit-{}.yaml", std::process::id()));
    let file = path.to_string_lossy().into_owned();
    files::write(&file, &yaml::to_yaml(&spec), false)?;
    let editor = ["KUBE_EDITOR", "VISUAL", "EDITOR"].iter().find_map(|name| files::variable(name));
    let editor = editor.unwrap_or_else(|| "vi".to_string());
    // An editor may come with words of its own: EDITOR='code --wait'.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let status = Command::new(program).args(words).arg(&path).status();
    let edited = files::read(&file);
    let _ = std::fs::remove_file(&path);
    match status {
        Err(error) => {
            return Err(CliError::failed(format!("{program}: {error}")).hint("$EDITOR names the editor to use"));
        }
        Ok(status) if !status.success() => return Err(CliError::failed(format!("{program}: {status}"))),
        Ok(_) => {}
    }
    let edited: Value = yaml::from_yaml(&edited?).map_err(|e| CliError::failed(format!("the edited spec: {e}")))?;
    if edited == spec {
        writeln!(std::io::stderr(), "nothing was changed")?;
        return Ok(());
    }
    let mut raw = stored.raw.clone();
    raw.as_object_mut().expect("because an Application is an object").insert("spec", edited);
    let changed = typed(&raw).map_err(|e| CliError::failed(format!("the edited spec: {e}")))?;
    apps.rewrite(&stored, &changed).await?;
    writeln!(std::io::stdout(), "application '{name}' edited")?;
    Ok(())
}
