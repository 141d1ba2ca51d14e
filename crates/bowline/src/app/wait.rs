//! `bowline app wait`, and the live progress that `app sync` shows too.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::time::Duration;

use bowline_core_crd::Application;
use clap::Args;

use super::get::timeout;
use super::print::{self, resource_rows};
use super::resolve;
use super::store::{Apps, Stored};
use crate::cli::Global;
use crate::error::CliError;
use crate::kube::Selector;
use crate::output::{Style, table};

/// `bowline app wait`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app wait shop\n  bowline app wait shop --health --timeout 300\n  bowline app wait -l team=web --sync"
)]
pub struct WaitArgs {
    /// Names of the applications, or namespace/name
    #[arg(value_name = "APPNAME")]
    names: Vec<String>,
    #[command(flatten)]
    goals: Goals,
    /// Wait for all applications with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    selector: Option<String>,
    /// Give up after this many seconds; 0 never
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    timeout: u64,
    /// Namespace of the applications, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    app_namespace: Option<String>,
}

/// What is waited for; with none named: synced, healthy and no operation under way.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Goals {
    /// Wait until synced
    #[arg(long)]
    sync: bool,
    /// Wait until healthy
    #[arg(long)]
    health: bool,
    /// Wait until suspended (with --health: either will do)
    #[arg(long)]
    suspended: bool,
    /// Wait until degraded (with --health: either will do)
    #[arg(long)]
    degraded: bool,
    /// Wait until deleted
    #[arg(long)]
    delete: bool,
    /// Wait until no operation is under way
    #[arg(long)]
    operation: bool,
}

/// Waits.
pub async fn run(global: &Global, args: WaitArgs) -> Result<(), CliError> {
    if args.names.is_empty() && args.selector.is_none() {
        return Err(CliError::usage("name the applications to wait for, or select them with -l"));
    }
    let selector = args.selector.as_deref().map(Selector::parse).transpose()?;
    let apps = Apps::connect(global).await?;
    let mut targets: Vec<(String, String)> =
        args.names.iter().map(|name| resolve(name, args.app_namespace.as_deref(), global)).collect();
    if let Some(selector) = &selector {
        let namespace = args.app_namespace.as_deref().unwrap_or(&global.namespace);
        let found = apps.list(namespace, Some(selector)).await?;
        targets.extend(found.into_iter().map(|s| (s.app.metadata.namespace, s.app.metadata.name)));
    }
    for (namespace, name) in targets {
        if args.goals.delete {
            apps.until_gone(&namespace, &name).await?;
            writeln!(std::io::stdout(), "Application '{namespace}/{name}' deleted")?;
            continue;
        }
        let last = follow(&apps, &namespace, &name, timeout(args.timeout), |app| args.goals.reached(app)).await?;
        report(&last)?;
    }
    Ok(())
}

/// Shows each change of the application's objects until `done`, and gives its last state.
pub async fn follow(
    apps: &Apps,
    namespace: &str,
    name: &str,
    limit: Option<Duration>,
    done: impl Fn(&Application) -> bool,
) -> Result<Stored, CliError> {
    let mut out = std::io::stdout();
    let headers = ["TIMESTAMP", "GROUP", "KIND", "NAMESPACE", "NAME", "STATUS", "HEALTH", "HOOK", "MESSAGE"];
    let mut shown: BTreeMap<[String; 4], [String; 8]> = BTreeMap::new();
    let mut first = true;
    let mut last = None;
    let finished = apps
        .follow(namespace, name, limit, |stored| {
            let rows: Vec<[String; 8]> = resource_rows(&stored.app)
                .into_iter()
                .filter(|row| {
                    let key = [row[0].clone(), row[1].clone(), row[2].clone(), row[3].clone()];
                    shown.insert(key, row.clone()).as_ref() != Some(row)
                })
                .collect();
            let now = crate::kube::now().to_string();
            let rows = rows.into_iter().map(|row| std::iter::once(now.clone()).chain(row).collect::<Vec<String>>());
            let printed = if first {
                table::print(&mut out, &headers, rows)
            } else {
                rows.into_iter().try_for_each(|row| writeln!(out, "{}", table::align(&row.join("\t"))))
            };
            first = false;
            last = Some(stored.clone());
            match printed {
                Err(_) => ControlFlow::Break(()),
                Ok(()) if done(&stored.app) => ControlFlow::Break(()),
                Ok(()) => ControlFlow::Continue(()),
            }
        })
        .await?;
    match (finished, last) {
        (true, Some(stored)) => Ok(stored),
        (_, last) => {
            if let Some(stored) = &last {
                report(stored)?;
            }
            Err(CliError::failed(format!("timed out: application '{namespace}/{name}' did not get there"))
                .hint(format!("bowline app get {name} says what it waits for")))
        }
    }
}

/// Prints the state that a command ended with.
pub fn report(stored: &Stored) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    writeln!(out)?;
    let style = Style::of_stdout();
    print::summary(&mut out, &stored.app, style)?;
    if let Some(state) = &stored.app.status.operation_state {
        writeln!(out)?;
        print::operation(&mut out, state, crate::kube::now(), style)?;
    }
    if !stored.app.status.conditions.is_empty() {
        writeln!(out)?;
        print::condition_table(&mut out, &stored.app)?;
    }
    if !stored.app.status.resources.is_empty() {
        writeln!(out)?;
        print::resources(&mut out, &stored.app, style)?;
    }
    Ok(())
}

// === impl Goals ===

impl Goals {
    fn reached(&self, app: &Application) -> bool {
        let none = !(self.sync || self.health || self.suspended || self.degraded || self.operation);
        let health = app.status.health.status.as_str();
        let healthy = match (self.health || none, self.suspended, self.degraded) {
            (false, false, false) => true,
            (wanted, suspended, degraded) => {
                (wanted && health == "Healthy")
                    || (suspended && health == "Suspended")
                    || (degraded && health == "Degraded")
            }
        };
        let synced = !(self.sync || none) || app.status.sync.status.as_str() == "Synced";
        let idle = !(self.operation || none) || is_idle(app);
        healthy && synced && idle
    }
}

/// Whether no operation is asked for or under way.
pub fn is_idle(app: &Application) -> bool {
    app.operation.is_none() && app.status.operation_state.as_ref().is_none_or(|state| state.phase.is_completed())
}
