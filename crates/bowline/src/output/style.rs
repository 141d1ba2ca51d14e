//! Colours, on a terminal only: what is piped or redirected is plain text, as scripts know it.

use std::io::IsTerminal;

/// Whether colours are used; not by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    colours: bool,
}

/// What a word says, and so its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Good,
    Busy,
    Bad,
}

// === impl Style ===

impl Style {
    /// Colours where standard output is a terminal and nobody asked for none (`NO_COLOR`).
    pub fn of_stdout() -> Style {
        Style { colours: std::io::stdout().is_terminal() && crate::files::variable("NO_COLOR").is_none() }
    }

    /// A state of the contract (`Synced`, `Degraded` …) in its colour.
    pub fn state(self, word: &str) -> String {
        let tone = match word.split_whitespace().next().unwrap_or_default() {
            "Synced" | "Healthy" | "Succeeded" | "Pruned" => Tone::Good,
            "OutOfSync" | "Progressing" | "Running" | "Suspended" | "Missing" | "Terminating" => Tone::Busy,
            "Degraded" | "Failed" | "Error" | "SyncFailed" => Tone::Bad,
            _ => return word.to_string(),
        };
        self.paint(tone, word)
    }

    /// A line of a unified diff.
    pub fn diff(self, line: &str) -> String {
        match line.as_bytes().first() {
            Some(b'+') => self.paint(Tone::Good, line),
            Some(b'-') => self.paint(Tone::Bad, line),
            _ => line.to_string(),
        }
    }

    fn paint(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Good => 32,
            Tone::Busy => 33,
            Tone::Bad => 31,
        };
        if self.colours && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// Columns that a text takes on a terminal: one each character but for the codes that change colours.
pub fn width(text: &str) -> usize {
    let mut count = 0;
    let mut in_code = false;
    for c in text.chars() {
        match (in_code, c) {
            (true, 'm') => in_code = false,
            (true, _) => {}
            (false, '\x1b') => in_code = true,
            (false, _) => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_take_no_room_and_are_off_unless_asked_for() {
        let colours = Style { colours: true };
        assert_eq!(colours.state("Synced to main"), "\x1b[32mSynced to main\x1b[0m");
        assert_eq!(width(&colours.state("Degraded")), 8);
        assert_eq!(colours.state("Whatever"), "Whatever");
        assert_eq!(Style::default().state("Synced"), "Synced");
        assert_eq!(colours.diff("-old"), "\x1b[31m-old\x1b[0m");
        assert_eq!(Style::default().diff("+new"), "+new");
    }
}
