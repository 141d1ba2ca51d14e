//! Questions to whoever sits at the terminal.

use std::io::{BufRead, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::error::CliError;
use crate::files;

/// The terminal's modes as they were; they are so again when this is dropped.
struct Quiet {
    before: Termios,
}

/// Asks for a line of text; an error that names the flag where nobody is there to ask.
pub fn text(question: &str, flag: &str) -> Result<String, CliError> {
    if !files::is_terminal() {
        return Err(CliError::usage(format!("{} is missing, and nobody is there to be asked", question.trim()))
            .hint(format!("give it with {flag}")));
    }
    write!(std::io::stderr(), "{question}: ")?;
    line()
}

/// Asks for a secret, which is not shown as it is typed.
pub fn secret(question: &str, flag: &str) -> Result<String, CliError> {
    if !files::is_terminal() {
        return Err(CliError::usage(format!("{} is missing, and nobody is there to be asked", question.trim()))
            .hint(format!("give it with {flag}")));
    }
    // Before the question, so that nothing of a quick answer is shown or lost.
    let quiet = Quiet::new()?;
    write!(std::io::stderr(), "{question}: ")?;
    let typed = line();
    drop(quiet);
    writeln!(std::io::stderr())?;
    typed
}

fn line() -> Result<String, CliError> {
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(CliError::failed("nothing was typed"));
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_string())
}

// === impl Quiet ===

impl Quiet {
    fn new() -> Result<Quiet, CliError> {
        let stdin = std::io::stdin();
        let failed = |e: rustix::io::Errno| CliError::failed(format!("the terminal: {e}"));
        let before = tcgetattr(&stdin).map_err(failed)?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &modes).map_err(failed)?;
        Ok(Quiet { before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // Where the terminal is gone there is nothing to put right.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.before);
    }
}
