//! How application sets are shown, in the columns of Argo CD's own command line.

use std::io::{self, Write};

use bowline_core_crd::ApplicationSet;

use crate::app::print::{parameters as source_parameters, print_source, time};
use crate::output::{Style, table};

/// Name as the contract shows it: with its namespace.
pub fn qualified_name(set: &ApplicationSet) -> String {
    match set.metadata.namespace.as_str() {
        "" => set.metadata.name.clone(),
        namespace => format!("{namespace}/{}", set.metadata.name),
    }
}

/// `appset list`.
pub fn list(out: &mut dyn Write, sets: &[ApplicationSet], style: Style) -> io::Result<()> {
    let rows = sets.iter().map(|set| {
        let spec = &set.spec.template.spec;
        let source = spec.sources().first().cloned().unwrap_or_default();
        let holds = set.status.conditions.iter().filter(|condition| condition.status == "True");
        let conditions: Vec<&str> = holds.map(|condition| condition.type_.as_str()).collect();
        vec![
            qualified_name(set),
            spec.project.clone(),
            policy(set, "nil"),
            style.state(set.status.health.status.as_str()),
            format!("[{}]", conditions.join(" ")),
            source.repo_url,
            source.path,
            source.target_revision,
        ]
    });
    table::print(out, &["NAME", "PROJECT", "SYNCPOLICY", "HEALTH", "CONDITIONS", "REPO", "PATH", "TARGET"], rows)
}

/// The head of `appset get`.
pub fn summary(out: &mut dyn Write, set: &ApplicationSet, style: Style) -> io::Result<()> {
    let spec = &set.spec.template.spec;
    let line = |out: &mut dyn Write, name: &str, value: &str| writeln!(out, "{name:<20}{value}");
    line(out, "Name:", &qualified_name(set))?;
    line(out, "Project:", spec.project())?;
    line(out, "Server:", spec.destination.cluster())?;
    line(out, "Namespace:", &spec.destination.namespace)?;
    line(out, "Health Status:", &style.state(set.status.health.status.as_str()))?;
    writeln!(out, "{}", if spec.has_multiple_sources() { "Sources:" } else { "Source:" })?;
    for source in &spec.sources() {
        print_source(out, source)?;
    }
    line(out, "SyncPolicy:", &policy(set, "<none>"))
}

/// The conditions of `appset get`.
pub fn conditions(out: &mut dyn Write, set: &ApplicationSet) -> io::Result<()> {
    let rows = set.status.conditions.iter().map(|condition| {
        let when = condition.last_transition_time.map(time).unwrap_or_default();
        vec![condition.type_.as_str().to_string(), condition.status.clone(), condition.message.clone(), when]
    });
    table::print(out, &["CONDITION", "STATUS", "MESSAGE", "LAST TRANSITION"], rows)
}

/// The parameters of `appset get --show-params`.
pub fn parameters(out: &mut dyn Write, set: &ApplicationSet) -> io::Result<()> {
    set.spec.template.spec.sources().iter().try_for_each(|source| source_parameters(out, source))
}

/// What it does with its applications, or the word for nothing said.
fn policy(set: &ApplicationSet, nothing: &str) -> String {
    let policy = set.spec.sync_policy.as_ref().and_then(|policy| policy.applications_sync.as_ref());
    policy.map_or(nothing.to_string(), |policy| policy.as_str().to_string())
}
