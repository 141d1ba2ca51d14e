//! [`Scripts`].

use std::sync::{Mutex, PoisonError};

use bowline_base_glob::Glob;
use bowline_core_types::Object;
use bowline_live_health::{Health, HealthStatus};
use jiff::Timestamp;

use crate::machine::{Budget, Machine};

/// A script as it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthScript {
    /// The kind: `group/Kind`, `Kind` for the core group; a glob such as `*.crossplane.io/*` in the older form of the setting.
    pub kind: String,
    /// The script.
    pub source: String,
    /// Whether it may use `string` and `math`.
    pub open_libs: bool,
}

/// Scripts, each compiled when it is first needed.
#[derive(Debug)]
pub struct Scripts {
    scripts: Vec<Script>,
    budget: Budget,
}

#[derive(Debug)]
struct Script {
    given: HealthScript,
    glob: Option<Glob>,
    machine: Mutex<Option<Machine>>,
}

// === impl Scripts ===

impl Scripts {
    /// Scripts with the usual budget.
    pub fn new(scripts: impl IntoIterator<Item = HealthScript>) -> Scripts {
        let mut scripts: Vec<Script> = scripts
            .into_iter()
            .filter(|script| !script.source.is_empty())
            .map(|script| Script { glob: Glob::new(&script.kind, &[]).ok(), given: script, machine: Mutex::new(None) })
            .collect();
        // Which of several patterns that match is taken must not depend on anything but them.
        scripts.sort_by(|a, b| a.given.kind.cmp(&b.given.kind));
        Scripts { scripts, budget: Budget::default() }
    }

    /// The health that a script gives an object: that of its own kind, else one whose pattern matches. `None` where there is
    /// none for it. `now` is what the script's `os.time` says.
    pub fn health(&self, object: &Object, now: Timestamp) -> Option<Health> {
        let script = self.find(object.group(), object.kind())?;
        Some(script.run(object, now, self.budget).unwrap_or_else(|e| Health::new(HealthStatus::Unknown, e)))
    }

    /// The script for a kind, where there is one.
    pub fn script(&self, group: &str, kind: &str) -> Option<&HealthScript> {
        self.find(group, kind).map(|script| &script.given)
    }

    fn find(&self, group: &str, kind: &str) -> Option<&Script> {
        if self.scripts.is_empty() {
            return None;
        }
        let name = if group.is_empty() { kind.to_string() } else { format!("{group}/{kind}") };
        let exact = self.scripts.iter().find(|s| s.given.kind == name);
        exact.or_else(|| self.scripts.iter().find(|s| s.glob.as_ref().is_some_and(|g| g.matches(&name))))
    }

    /// The health of a live object: as [`bowline_live_health::assess`], with these scripts before the built-in rules.
    pub fn assess(&self, object: &Object, now: Timestamp) -> Option<Health> {
        bowline_live_health::assess_with(object, |object| self.health(object, now))
    }
}

// === impl Script ===

impl Script {
    fn run(&self, object: &Object, now: Timestamp, budget: Budget) -> Result<Health, String> {
        let mut slot = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
        let machine = match slot.take() {
            Some(machine) => machine,
            None => Machine::new(&self.given.source, self.given.open_libs, budget)?,
        };
        let health = machine.health(object, now);
        // A machine that ran out of memory is not used again.
        if machine.is_sound() {
            *slot = Some(machine);
        }
        health
    }
}
