//! `bowline completion` and `bowline man`: what the program says of itself to shells and to `man`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::error::CliError;

/// `bowline completion`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  source <(bowline completion bash)\n  bowline completion zsh > \"${fpath[1]}/_bowline\"\n  bowline completion fish > ~/.config/fish/completions/bowline.fish"
)]
pub struct CompletionArgs {
    /// The shell: bash, zsh, fish, elvish or powershell
    #[arg(value_enum)]
    shell: Shell,
}

/// `bowline man`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline man /usr/local/share/man/man1   # a page for each command\n  bowline man | man -l -                   # the one of bowline itself"
)]
pub struct ManArgs {
    /// Folder to write a page for each command to [default: the page of bowline itself, on standard output]
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Prints the script that completes commands.
pub fn completion(mut command: Command, args: CompletionArgs) -> Result<(), CliError> {
    let mut script = Vec::new();
    generate(args.shell, &mut command, "bowline", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(())
}

/// Prints or writes the manual's pages.
pub fn man(command: Command, args: ManArgs) -> Result<(), CliError> {
    let failed = |e: std::io::Error| CliError::failed(e.to_string());
    match args.folder {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).map_err(failed)?;
            std::io::stdout().write_all(&page)?;
            Ok(())
        }
        Some(folder) => write(command, &folder),
    }
}

fn write(command: Command, folder: &Path) -> Result<(), CliError> {
    let failed = |e: std::io::Error| CliError::failed(format!("{}: {e}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(command, folder).map_err(failed)
}
