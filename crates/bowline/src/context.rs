//! `bowline context` and `bowline configure`: the logins that are remembered.

use std::io::Write;
use std::path::{Path, PathBuf};

use bowline_web_client::LocalConfig;
use clap::Args;

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::link;
use crate::output::table;

/// `bowline context`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline context                       # which there are\n  bowline context argocd.example.com    # use this one\n  bowline context -                     # the one before\n  bowline context argocd.example.com --delete"
)]
pub struct ContextArgs {
    /// Name of the context to use; - is the one before
    #[arg(value_name = "CONTEXT", allow_hyphen_values = true)]
    name: Option<String>,
    /// Forget it
    #[arg(long, requires = "name")]
    delete: bool,
}

/// `bowline configure`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline configure --prompts-enabled=true\n  bowline configure --prompts-enabled=false"
)]
pub struct ConfigureArgs {}

/// Lists contexts, uses one, or forgets it.
pub fn context(global: &Global, args: ContextArgs) -> Result<(), CliError> {
    let (path, mut config) = link::config(global)?;
    let mut out = std::io::stdout();
    let Some(name) = args.name else {
        let rows = config.contexts.iter().map(|context| {
            let current = if context.name == config.current_context { "*" } else { "" };
            vec![current.to_string(), context.name.clone(), context.server.clone()]
        });
        return Ok(table::print(&mut out, &["CURRENT", "NAME", "SERVER"], rows)?);
    };
    let name = if name == "-" { before(&path)? } else { name };
    let undefined = || {
        CliError::failed(format!("there is no context '{name}'"))
            .hint("bowline context lists them; bowline login makes one")
    };
    if args.delete {
        if !config.remove_context(&name) {
            return Err(undefined());
        }
        save(&config, &path)?;
        return Ok(writeln!(out, "Context '{name}' deleted")?);
    }
    if config.current_context == name {
        return Ok(writeln!(out, "Already at context '{name}'")?);
    }
    config.context(&name).map_err(|_| undefined())?;
    let last = std::mem::replace(&mut config.current_context, name.clone());
    save(&config, &path)?;
    files::write(&last_path(&path).to_string_lossy(), &last, false)?;
    writeln!(out, "Switched to context '{name}'")?;
    Ok(())
}

/// Changes how commands behave on this machine.
pub fn configure(global: &Global, _: ConfigureArgs) -> Result<(), CliError> {
    let Some(enabled) = global.link.prompts_enabled else {
        return Err(CliError::usage("what is to change? --prompts-enabled=true or --prompts-enabled=false"));
    };
    let (path, mut config) = link::config(global)?;
    config.prompts_enabled = enabled;
    save(&config, &path)?;
    writeln!(
        std::io::stdout(),
        "Successfully updated the following configuration settings:\nprompts-enabled: {enabled}"
    )?;
    Ok(())
}

fn save(config: &LocalConfig, path: &Path) -> Result<(), CliError> {
    config.write(path).map_err(|e| CliError::failed(e.to_string()))
}

/// Where the context before is remembered.
fn last_path(config: &Path) -> PathBuf {
    config.with_file_name(".prev-ctx")
}

fn before(config: &Path) -> Result<String, CliError> {
    let path = last_path(config);
    match path.exists() {
        true => Ok(files::read(&path.to_string_lossy())?.trim().to_string()),
        false => Err(CliError::failed("no context was used before this one").hint("bowline context lists them")),
    }
}
