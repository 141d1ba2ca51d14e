//! What `app` commands print, in the columns of Argo CD's own command line.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use bowline_core_crd::{
    Application, ApplicationSource, OperationState, ResourceStatus, RevisionHistory, SyncStatusCode, Time,
};
use bowline_core_settings::format_duration;
use bowline_web_wire::application::{ApplicationSyncWindow, ApplicationSyncWindowsResponse};
use jiff::Timestamp;

use crate::output::{Style, table};

/// Characters of a parameter's value that are shown.
const SHOWN_OF_A_PARAMETER: usize = 80;

/// Name as the contract shows it: with its namespace.
pub fn qualified_name(app: &Application) -> String {
    format!("{}/{}", app.metadata.namespace, app.metadata.name)
}

/// `app list`.
pub fn list(out: &mut dyn Write, apps: &[Application], style: Style) -> io::Result<()> {
    let headers = [
        "NAME",
        "CLUSTER",
        "NAMESPACE",
        "PROJECT",
        "STATUS",
        "HEALTH",
        "SYNCPOLICY",
        "CONDITIONS",
        "REPO",
        "PATH",
        "TARGET",
    ];
    let rows = apps.iter().map(|app| {
        let source = app.spec.sources().first().cloned().unwrap_or_default();
        vec![
            qualified_name(app),
            app.spec.destination.cluster().to_string(),
            app.spec.destination.namespace.clone(),
            app.spec.project().to_string(),
            style.state(app.status.sync.status.as_str()),
            style.state(app.status.health.status.as_str()),
            sync_policy(app).to_string(),
            conditions(app),
            source.repo_url,
            source.path,
            source.target_revision,
        ]
    });
    table::print(out, &headers, rows)
}

/// What of an application's summary only a server knows.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// Where its page is.
    pub url: String,
    /// When it may be synced.
    pub windows: ApplicationSyncWindowsResponse,
}

// === impl Served ===

impl Served {
    /// Whether it may be synced now, in a word or two.
    fn allowance(&self) -> &'static str {
        let ApplicationSyncWindowsResponse { active_windows, assigned_windows, can_sync } = &self.windows;
        let is =
            |kind: &str, windows: &[ApplicationSyncWindow]| windows.iter().any(|w| w.kind.as_deref() == Some(kind));
        let denied = is("deny", active_windows);
        let closed = !is("allow", active_windows) && is("allow", assigned_windows);
        match (denied || closed, can_sync.unwrap_or(true)) {
            (false, _) => "Sync Allowed",
            (true, true) => "Manual Allowed",
            (true, false) => "Sync Denied",
        }
    }

    /// The windows that hold for it.
    fn assigned(&self) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let window =
            |w: &ApplicationSyncWindow| format!("{}:{}:{}", text(&w.kind), text(&w.schedule), text(&w.duration));
        self.windows.assigned_windows.iter().map(window).collect::<Vec<_>>().join(",")
    }
}

/// The head of `app get`.
pub fn summary(out: &mut dyn Write, app: &Application, served: Option<&Served>, style: Style) -> io::Result<()> {
    let sources = app.spec.sources();
    line(out, "Name:", &qualified_name(app))?;
    line(out, "Project:", app.spec.project())?;
    line(out, "Server:", app.spec.destination.cluster())?;
    line(out, "Namespace:", &app.spec.destination.namespace)?;
    if let Some(served) = served {
        line(out, "URL:", &served.url)?;
    }
    writeln!(out, "{}", if app.spec.has_multiple_sources() { "Sources:" } else { "Source:" })?;
    for source in &sources {
        print_source(out, source)?;
    }
    if let Some(served) = served {
        line(out, "SyncWindow:", served.allowance())?;
        let assigned = served.assigned();
        if !assigned.is_empty() {
            line(out, "Assigned Windows:", &assigned)?;
        }
    }
    let policy = match app.spec.automated() {
        Some(automated) if automated.prunes() => "Automated (Prune)",
        Some(_) => "Automated",
        None => "Manual",
    };
    line(out, "Sync Policy:", policy)?;
    let target = sources.first().map(|s| s.target_revision.as_str()).unwrap_or_default();
    let sync = &app.status.sync;
    let mut status = style.state(sync.status.as_str());
    match sync.status {
        SyncStatusCode::Synced => status.push_str(&format!(" to {target}")),
        SyncStatusCode::OutOfSync => status.push_str(&format!(" from {target}")),
        _ => {}
    }
    if !is_sha(target)
        && let Some(short) = sync.revision.get(..7).filter(|short| short.len() < sync.revision.len())
    {
        status.push_str(&format!(" ({short})"));
    }
    line(out, "Sync Status:", &status)?;
    line(out, "Health Status:", &style.state(app.status.health.status.as_str()))
}

/// The objects of `app get` and `app sync`: state, and what the last sync said of each.
pub fn resources(out: &mut dyn Write, app: &Application, style: Style) -> io::Result<()> {
    let headers = ["GROUP", "KIND", "NAMESPACE", "NAME", "STATUS", "HEALTH", "HOOK", "MESSAGE"];
    let rows = resource_rows(app).into_iter().map(|mut row| {
        row[4] = style.state(&row[4]);
        row[5] = style.state(&row[5]);
        row.to_vec()
    });
    table::print(out, &headers, rows)
}

/// The rows of [`resources`]: first what the last sync did, in its order, then the other objects by name.
pub fn resource_rows(app: &Application) -> Vec<[String; 8]> {
    let mut rest: BTreeMap<String, &ResourceStatus> =
        app.status.resources.iter().map(|r| (key(&r.group, &r.kind, &r.namespace, &r.name), r)).collect();
    let done = app.status.operation_state.as_ref().and_then(|state| state.sync_result.as_ref());
    let mut rows: Vec<[String; 8]> = Vec::new();
    for result in done.map(|done| done.resources.as_slice()).unwrap_or_default() {
        let live = rest.remove(&key(&result.group, &result.kind, &result.namespace, &result.name));
        let (status, health) = match live.filter(|_| result.hook_type.is_empty()) {
            Some(live) => (live.status.as_str(), health_of(live)),
            None => (result.hook_phase.as_str(), result.status.as_str()),
        };
        rows.push([
            result.group.clone(),
            result.kind.clone(),
            result.namespace.clone(),
            result.name.clone(),
            status.to_string(),
            health.to_string(),
            result.hook_type.clone(),
            result.message.clone(),
        ]);
    }
    rows.extend(rest.into_values().map(|r| {
        [
            r.group.clone(),
            r.kind.clone(),
            r.namespace.clone(),
            r.name.clone(),
            r.status.as_str().to_string(),
            health_of(r).to_string(),
            String::new(),
            String::new(),
        ]
    }));
    rows
}

/// The conditions of `app get`, where there are any.
pub fn condition_table(out: &mut dyn Write, app: &Application) -> io::Result<()> {
    let rows = app.status.conditions.iter().map(|condition| {
        let when = condition.last_transition_time.map(time).unwrap_or_default();
        vec![condition.type_.as_str().to_string(), condition.message.clone(), when]
    });
    table::print(out, &["CONDITION", "MESSAGE", "LAST TRANSITION"], rows)
}

/// The last operation of `app get --show-operation`, `app sync` and `app wait`.
pub fn operation(out: &mut dyn Write, state: &OperationState, now: Timestamp, style: Style) -> io::Result<()> {
    if let Some(result) = &state.sync_result {
        line(out, "Operation:", "Sync")?;
        let revisions = if result.revisions.is_empty() { result.revision.clone() } else { result.revisions.join(", ") };
        line(out, "Sync Revision:", &revisions)?;
    }
    line(out, "Phase:", &style.state(state.phase.as_str()))?;
    line(out, "Start:", &state.started_at.map(time).unwrap_or_default())?;
    line(out, "Finished:", &state.finished_at.map(time).unwrap_or_default())?;
    if let Some(start) = state.started_at {
        let end = state.finished_at.map_or(now, Time::timestamp);
        let seconds = (end.as_second() - start.timestamp().as_second()).max(0).unsigned_abs();
        line(out, "Duration:", &format_duration(Duration::from_secs(seconds)))?;
    }
    if !state.message.is_empty() {
        line(out, "Message:", &state.message)?;
    }
    Ok(())
}

/// The Helm parameters of `app get --show-params`.
pub fn parameters(out: &mut dyn Write, source: &ApplicationSource) -> io::Result<()> {
    let Some(helm) = &source.helm else { return Ok(()) };
    let rows = helm.parameters.iter().map(|p| {
        let value = match p.value.chars().count() {
            n if n > SHOWN_OF_A_PARAMETER => {
                p.value.chars().take(SHOWN_OF_A_PARAMETER - 3).chain("...".chars()).collect()
            }
            _ => p.value.clone(),
        };
        vec![p.name.clone(), value]
    });
    writeln!(out)?;
    table::print(out, &["NAME", "VALUE"], rows)
}

/// `app history`.
pub fn history(out: &mut dyn Write, history: &[RevisionHistory]) -> io::Result<()> {
    let mut repositories: Vec<(String, Vec<String>)> = Vec::new();
    for entry in history {
        let when = entry.deployed_at.map(time).unwrap_or_default();
        let sources: Vec<(&ApplicationSource, &str)> = if entry.sources.is_empty() {
            vec![(&entry.source, &entry.revision)]
        } else {
            let revisions = entry.revisions.iter().map(String::as_str).chain(std::iter::repeat(""));
            entry.sources.iter().zip(revisions).collect()
        };
        for (source, revision) in sources {
            let mut target = source.target_revision.clone();
            if let Some(short) = revision.get(..7) {
                target.push_str(&format!(" ({short})"));
            }
            let row = format!("{}\t{when}\t{target}", entry.id);
            match repositories.iter_mut().find(|(url, _)| *url == source.repo_url) {
                Some((_, rows)) => rows.push(row),
                None => repositories.push((source.repo_url.clone(), vec![row])),
            }
        }
    }
    let tables: Vec<String> = repositories
        .into_iter()
        .map(|(url, rows)| format!("SOURCE\t{url}\nID\tDATE\tREVISION\n{}\n", rows.join("\n")))
        .collect();
    write!(out, "{}", table::align(&tables.join("\n")))
}

/// A time as Go prints it.
pub fn time(time: Time) -> String {
    time.timestamp().strftime("%Y-%m-%d %H:%M:%S +0000 UTC").to_string()
}

/// One source, below `Source:`.
pub fn print_source(out: &mut dyn Write, source: &ApplicationSource) -> io::Result<()> {
    line(out, "- Repo:", &source.repo_url)?;
    line(out, "  Target:", &source.target_revision)?;
    if !source.path.is_empty() {
        line(out, "  Path:", &source.path)?;
    }
    if !source.chart.is_empty() {
        line(out, "  Chart:", &source.chart)?;
    }
    if source.is_ref() {
        line(out, "  Ref:", &source.ref_)?;
    }
    if let Some(helm) = source.helm.as_ref().filter(|h| !h.value_files.is_empty()) {
        line(out, "  Helm Values:", &helm.value_files.join(","))?;
    }
    if let Some(kustomize) = source.kustomize.as_ref().filter(|k| !k.name_prefix.is_empty()) {
        line(out, "  Name Prefix:", &kustomize.name_prefix)?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{name:<20}{value}")
}

fn key(group: &str, kind: &str, namespace: &str, name: &str) -> String {
    format!("{group}/{kind}/{namespace}/{name}")
}

fn health_of(resource: &ResourceStatus) -> &str {
    resource.health.as_ref().map(|health| health.status.as_str()).unwrap_or_default()
}

fn sync_policy(app: &Application) -> &'static str {
    match app.spec.automated() {
        Some(automated) if automated.prunes() => "Auto-Prune",
        Some(_) => "Auto",
        None => "Manual",
    }
}

fn conditions(app: &Application) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for condition in &app.status.conditions {
        *counts.entry(condition.type_.as_str()).or_default() += 1;
    }
    if counts.is_empty() {
        return "<none>".to_string();
    }
    let words: Vec<String> = counts
        .into_iter()
        .map(|(name, count)| if count > 1 { format!("{name}({count})") } else { name.to_string() })
        .collect();
    words.join(",")
}

/// Whether a revision is a commit, whole or shortened, and so says itself which one it is.
fn is_sha(revision: &str) -> bool {
    (7..=40).contains(&revision.len()) && revision.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
