//! The command line's own files and streams: the one place of the binary that reads what a user names.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use crate::error::CliError;

/// Bytes of a file that a user names: far more than any manifest, far less than memory.
const LARGEST: u64 = 64 << 20;

/// Reads the file `path`, or standard input where it is `-`, as text.
pub fn read(path: &str) -> Result<String, CliError> {
    String::from_utf8(read_bytes(path)?).map_err(|_| CliError::failed(format!("{path}: is not UTF-8 text")))
}

/// Reads the file `path`, or standard input where it is `-`.
pub fn read_bytes(path: &str) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    let read = if path == "-" {
        std::io::stdin().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        open(Path::new(path)).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
    };
    match read {
        Err(error) => Err(CliError::failed(format!("{path}: {error}"))),
        Ok(size) if size as u64 > LARGEST => Err(CliError::failed(format!("{path}: is larger than {LARGEST} bytes"))),
        Ok(_) => Ok(bytes),
    }
}

/// Writes the file `path`, or adds to it, making the folders above it.
pub fn write(path: &str, text: &str, add: bool) -> Result<(), CliError> {
    let put = || {
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).append(add).truncate(!add);
        options.open(path)?.write_all(text.as_bytes())
    };
    put().map_err(|e| CliError::failed(format!("{path}: {e}")))
}

/// Writes the file `path` for its owner alone.
pub fn write_private(path: &str, text: &str) -> Result<(), CliError> {
    use std::os::unix::fs::OpenOptionsExt;
    let put = || {
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).truncate(true).mode(0o600);
        options.open(path)?.write_all(text.as_bytes())
    };
    put().map_err(|e| CliError::failed(format!("{path}: {e}")))
}

#[expect(clippy::disallowed_methods, reason = "a file that the user named on the command line")]
fn open(path: &Path) -> std::io::Result<std::fs::File> {
    std::fs::File::open(path)
}

/// A variable of the environment; `None` where it is not set or empty.
#[expect(clippy::disallowed_methods, reason = "what the user's shell says about the terminal and the machine")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Prints an error.
pub fn complain(error: &CliError) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "error: {error}");
}

/// Tells what went wrong without ending the command.
pub fn warn(what: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {what}");
}

/// Tells something that belongs to no output.
pub fn note(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// Whether somebody can be asked.
pub fn is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks a question on the terminal; without one the answer is no.
pub fn confirm(question: &str) -> Result<bool, CliError> {
    if !is_terminal() {
        return Ok(false);
    }
    write!(std::io::stderr(), "{question} [y/n] ")?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "yes" | "Y"))
}
