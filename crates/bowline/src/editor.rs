//! The user's own editor, on a piece of an object.

use std::process::Command;

use bowline_base_value::{Value, yaml};

use crate::error::CliError;
use crate::files;

/// Opens a value in an editor; `None` where it came back as it was.
#[expect(clippy::disallowed_methods, reason = "the editor that the user names, and the file that it edits")]
pub fn edit(value: &Value) -> Result<Option<Value>, CliError> {
    let path = std::env::temp_dir().join(format!("bowline-edit-{}.yaml", std::process::id()));
    let file = path.to_string_lossy().into_owned();
    files::write(&file, &yaml::to_yaml(value), false)?;
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
    Ok((edited != *value).then_some(edited))
}
