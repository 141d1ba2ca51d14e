//! What `app sync` and `app wait` show while they wait: rows for each change, or on a terminal what is not done yet, in place.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};

use bowline_core_crd::Application;
use jiff::Timestamp;

use super::print::resource_rows;
use super::selection::Selection;
use crate::output::{Style, table};

/// Objects that are shown at once on a terminal: a small window still holds them.
const SHOWN: usize = 15;

/// Minimal widths of the columns of rows, as the contract's scripts know them.
const WIDTHS: [usize; 8] = [5, 10, 10, 20, 8, 7, 10, 0];

const HEADERS: [&str; 9] = ["TIMESTAMP", "GROUP", "KIND", "NAMESPACE", "NAME", "STATUS", "HEALTH", "HOOK", "MESSAGE"];

/// What has been shown so far.
pub struct Progress {
    selection: Selection,
    /// Rows by group, kind, namespace and name.
    shown: BTreeMap<[String; 4], [String; 4]>,
    mode: Mode,
}

enum Mode {
    /// Nothing: the end alone is wanted.
    Quiet,
    /// A row for each change; the headers are still to come.
    Rows { headers: bool },
    /// In place: so many lines stand there.
    InPlace { lines: usize, style: Style },
}

// === impl Progress ===

impl Progress {
    /// Shows changes of the selected objects; nothing where `quiet`.
    pub fn new(selection: Selection, quiet: bool) -> Progress {
        let mode = match (quiet, io::stdout().is_terminal()) {
            (true, _) => Mode::Quiet,
            (false, true) => Mode::InPlace { lines: 0, style: Style::of_stdout() },
            (false, false) => Mode::Rows { headers: true },
        };
        Progress { selection, shown: BTreeMap::new(), mode }
    }

    /// Takes in the next state and shows what is new in it. An object that got degraded is told: `kind name: before`.
    pub fn show(&mut self, out: &mut dyn Write, app: &Application, now: Timestamp) -> io::Result<Option<String>> {
        let (changed, degraded) = self.take(app);
        match &mut self.mode {
            Mode::Quiet => {}
            Mode::Rows { headers } => {
                let time = now.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
                let header = HEADERS.map(String::from).to_vec();
                let head = std::mem::take(headers).then_some(header);
                let rows = changed.into_iter().map(|row| std::iter::once(time.clone()).chain(row).collect());
                let lines: Vec<String> = head.into_iter().chain(rows).map(padded).collect();
                if !lines.is_empty() {
                    writeln!(out, "{}", table::align(&lines.join("\n")))?;
                }
            }
            Mode::InPlace { lines, style } => {
                let text = in_place(app, &self.selection, *style);
                erase(out, *lines)?;
                // Long lines are cut by the terminal: one that wrapped would be counted wrongly.
                write!(out, "\x1b[?7l{text}\x1b[?7h")?;
                *lines = text.lines().count();
            }
        }
        out.flush()?;
        Ok(degraded)
    }

    /// Takes away what stands in place.
    pub fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if let Mode::InPlace { lines, .. } = &mut self.mode {
            erase(out, std::mem::take(lines))?;
        }
        out.flush()
    }

    /// The rows that are new, and an object that was well and is degraded now.
    fn take(&mut self, app: &Application) -> (Vec<[String; 8]>, Option<String>) {
        let (mut changed, mut degraded) = (Vec::new(), None);
        for row in resource_rows(app) {
            let [group, kind, namespace, name, state @ ..] = row;
            if !self.selection.includes(&group, &kind, &namespace, &name) {
                continue;
            }
            let key = [group, kind, namespace, name];
            let mut news = true;
            let merged = match self.shown.get(&key) {
                None => state,
                Some(before) => {
                    let was = before[1].as_str();
                    if state[1] == "Degraded" && was != "Degraded" && was != "Unknown" {
                        degraded = Some(format!("{} {}: {was}", key[1], key[3]));
                    }
                    // What is not said any more stays as it was said.
                    let merged: [String; 4] =
                        std::array::from_fn(|i| if state[i].is_empty() { before[i].clone() } else { state[i].clone() });
                    news = merged != *before;
                    merged
                }
            };
            if news {
                let [a, b, c, d] = key.clone();
                let [e, f, g, h] = merged.clone();
                changed.push([a, b, c, d, e, f, g, h]);
                self.shown.insert(key, merged);
            }
        }
        (changed, degraded)
    }
}

/// A row whose cells but the first are right-aligned in their columns' minimal widths.
fn padded(row: Vec<String>) -> String {
    let widths = std::iter::once(0).chain(WIDTHS);
    let cells = row.into_iter().zip(widths).map(|(cell, width)| {
        let cell = cell.replace(['\t', '\n'], " ");
        format!("{cell:>width$}")
    });
    cells.collect::<Vec<_>>().join("\t")
}

fn in_place(app: &Application, selection: &Selection, style: Style) -> String {
    let rows: Vec<[String; 8]> =
        resource_rows(app).into_iter().filter(|r| selection.includes(&r[0], &r[1], &r[2], &r[3])).collect();
    let is_done = |row: &&[String; 8]| {
        matches!(row[4].as_str(), "Synced" | "Succeeded")
            && matches!(row[5].as_str(), "" | "Healthy" | "Synced" | "Pruned")
    };
    let done = rows.iter().filter(is_done).count();
    let operation = app.status.operation_state.as_ref();
    let mut words = vec![
        style.state(app.status.sync.status.as_str()),
        style.state(app.status.health.status.as_str()),
        format!("{done} of {} objects", rows.len()),
    ];
    if app.operation.is_some() || operation.is_some_and(|state| !state.phase.is_completed()) {
        let phase = operation.map(|state| state.phase.as_str()).unwrap_or("Pending");
        words.push(style.state(phase));
        words.extend(operation.map(|state| state.message.replace('\n', " ")).filter(|message| !message.is_empty()));
    }
    words.retain(|word| !word.is_empty());
    let mut text = format!("{}: {}\n", app.metadata.name, words.join(", "));
    let waiting: Vec<&[String; 8]> = rows.iter().filter(|row| !is_done(row)).collect();
    let lines: Vec<String> = waiting
        .iter()
        .take(SHOWN)
        .map(|row| {
            let message = row[7].replace(['\t', '\n'], " ");
            format!("  {}\t{}\t{}\t{}\t{message}", row[1], row[3], style.state(&row[4]), style.state(&row[5]))
        })
        .collect();
    if !lines.is_empty() {
        text.push_str(&table::align(&lines.join("\n")));
        text.push('\n');
    }
    if waiting.len() > SHOWN {
        text.push_str(&format!("  … and {} more\n", waiting.len() - SHOWN));
    }
    text
}

/// Goes up so many lines and clears what follows.
fn erase(out: &mut dyn Write, lines: usize) -> io::Result<()> {
    if lines > 0 { write!(out, "\x1b[{lines}F\x1b[J") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::{HealthStatus, ResourceStatus};

    use super::*;

    fn app(health: &str, sync: &str) -> Application {
        let mut app = Application::new("argocd", "shop");
        app.status.sync.status = sync.into();
        app.status.health.status = health.into();
        app.status.resources = vec![ResourceStatus {
            group: "apps".into(),
            version: "v1".into(),
            kind: "Deployment".into(),
            namespace: "shop".into(),
            name: "web".into(),
            status: sync.into(),
            health: Some(HealthStatus { status: health.into(), ..HealthStatus::default() }),
            ..ResourceStatus::default()
        }];
        app
    }

    fn show(progress: &mut Progress, app: &Application) -> (String, Option<String>) {
        let mut out = Vec::new();
        let degraded = progress.show(&mut out, app, "2026-01-02T03:04:05Z".parse().unwrap()).unwrap();
        (String::from_utf8(out).unwrap(), degraded)
    }

    #[test]
    fn only_changes_are_rows() {
        let mode = Mode::Rows { headers: true };
        let mut progress = Progress { selection: Selection::default(), shown: BTreeMap::new(), mode };
        // Printed by Go with the contract's formats.
        let (first, _) = show(&mut progress, &app("Progressing", "OutOfSync"));
        assert_eq!(
            first,
            concat!(
                "TIMESTAMP                  GROUP        KIND   NAMESPACE                  NAME    STATUS    HEALTH            HOOK  MESSAGE\n",
                "2026-01-02T03:04:05+00:00   apps  Deployment        shop                   web  OutOfSync  Progressing              \n"
            )
        );
        assert_eq!(show(&mut progress, &app("Progressing", "OutOfSync")), (String::new(), None));
        let (next, degraded) = show(&mut progress, &app("Degraded", "Synced"));
        assert!(next.contains("Synced  Degraded") && !next.contains("TIMESTAMP"), "{next:?}");
        assert_eq!(degraded.as_deref(), Some("Deployment web: Progressing"));
    }

    #[test]
    fn in_place_says_what_is_not_done() {
        let text = in_place(&app("Progressing", "OutOfSync"), &Selection::default(), Style::default());
        assert_eq!(text, "shop: OutOfSync, Progressing, 0 of 1 objects\n  Deployment  web  OutOfSync  Progressing  \n");
        let text = in_place(&app("Healthy", "Synced"), &Selection::default(), Style::default());
        assert_eq!(text, "shop: Synced, Healthy, 1 of 1 objects\n");
    }
}
