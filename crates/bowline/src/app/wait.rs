//! `bowline app wait`, and the live progress that `app sync` shows too.

use std::io::Write;
use std::ops::ControlFlow;
use std::time::Duration;

use bowline_core_crd::Application;
use clap::Args;

use super::print;
use super::progress::Progress;
use super::reference::resolve;
use super::reference::timeout;
use super::selection::Selection;
use super::store::{Apps, Stored};
use crate::error::CliError;
use crate::global::Global;
use crate::kube::Selector;
use crate::output::{self, Output, Style};

/// `bowline app wait`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app wait shop\n  bowline app wait shop --health --timeout 300\n  bowline app wait -l team=web --sync\n  bowline app wait shop --resource apps:Deployment:web --health\n\nExit codes: 0 it is so, 20 it did not become so in time, or an object became Degraded while health was waited for."
)]
pub struct WaitArgs {
    /// Names of the applications, or namespace/name
    #[arg(value_name = "APPNAME")]
    names: Vec<String>,
    #[command(flatten)]
    goals: Goals,
    /// Wait only for these objects: GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME; `!` in front leaves out, `*` is any
    #[arg(long = "resource", value_name = "RESOURCE")]
    resources: Vec<String>,
    /// Wait for all applications with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    selector: Option<String>,
    /// Give up after this many seconds; 0 never
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    timeout: u64,
    /// Namespace of the applications, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    app_namespace: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
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
    /// Wait until what the source hydrator renders was rendered
    #[arg(long)]
    hydrated: bool,
}

/// Waits.
pub async fn run(global: &Global, args: WaitArgs) -> Result<(), CliError> {
    if args.names.is_empty() && args.selector.is_none() {
        return Err(CliError::usage("name the applications to wait for, or select them with -l"));
    }
    let selector = args.selector.as_deref().map(Selector::parse).transpose()?;
    let selection = Selection::parse(&args.resources)?;
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
            apps.until_gone(&namespace, &name, timeout(args.timeout)).await?;
            writeln!(std::io::stdout(), "Application '{namespace}/{name}' deleted")?;
            continue;
        }
        let following = Following {
            limit: timeout(args.timeout),
            selection: selection.clone(),
            fails_on_degraded: args.goals.is_none() || args.goals.health,
            output: args.output,
        };
        let done = |app: &Application| match selection.is_everything() {
            true => args.goals.reached(app),
            false => args.goals.reached_by(app, &selection),
        };
        let last = follow(&apps, &namespace, &name, &following, done).await?;
        report(&last, args.output)?;
    }
    Ok(())
}

/// How an application is followed.
pub struct Following {
    /// How long at most.
    pub limit: Option<Duration>,
    /// Whose changes are shown.
    pub selection: Selection,
    /// Whether an object that gets degraded ends it.
    pub fails_on_degraded: bool,
    /// Anything but the table shows only the end.
    pub output: Output,
}

/// Shows each change of the application's objects until `done`, and gives its last state.
pub async fn follow(
    apps: &Apps,
    namespace: &str,
    name: &str,
    how: &Following,
    done: impl Fn(&Application) -> bool,
) -> Result<Stored, CliError> {
    let mut out = std::io::stdout();
    let mut progress = Progress::new(how.selection.clone(), how.output != Output::Wide);
    let mut last = None;
    let mut failed: Option<CliError> = None;
    let finished = apps
        .follow(namespace, name, how.limit, |stored| {
            last = Some(stored.clone());
            if done(&stored.app) {
                return ControlFlow::Break(());
            }
            failed = match progress.show(&mut out, &stored.app, crate::kube::now()) {
                Err(error) => Some(error.into()),
                Ok(Some(object)) if how.fails_on_degraded => {
                    Some(CliError::failed(format!("application '{name}': {object} has become Degraded")))
                }
                Ok(_) => None,
            };
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await;
    progress.end(&mut out)?;
    match (finished?, failed, last) {
        (true, None, Some(stored)) => Ok(stored),
        (_, failed, last) => {
            if let Some(stored) = &last {
                report(stored, how.output)?;
                writeln!(out)?;
            }
            let seconds = how.limit.unwrap_or_default().as_secs();
            Err(failed.unwrap_or_else(|| {
                CliError::failed(format!(
                    "timed out ({seconds}s) waiting for app \"{namespace}/{name}\" match desired state"
                ))
                .hint(format!("bowline app get {name} says what it waits for"))
            }))
        }
    }
}

/// Prints the state that a command ended with.
pub fn report(stored: &Stored, output: Output) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    match output {
        Output::Json | Output::Yaml => return Ok(output::value(&mut out, &stored.raw, output)?),
        Output::Name => return Ok(writeln!(out, "{}", print::qualified_name(&stored.app))?),
        Output::Wide => {}
    }
    writeln!(out)?;
    let style = Style::of_stdout();
    print::summary(&mut out, &stored.app, None, style)?;
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
    fn is_none(&self) -> bool {
        !(self.sync || self.health || self.suspended || self.degraded || self.operation || self.hydrated)
    }

    fn reached(&self, app: &Application) -> bool {
        let idle = !(self.operation || self.is_none()) || is_idle(app);
        idle && self.is_rendered(app) && self.state(app.status.sync.status.as_str(), app.status.health.status.as_str())
    }

    /// Whether nothing is left for the hydrator, where that is waited for. An application without one has nothing to wait for.
    fn is_rendered(&self, app: &Application) -> bool {
        let hydrates = self.hydrated && app.spec.source_hydrator.is_some();
        let phase = app.status.source_hydrator.current_operation.as_ref().map(|operation| operation.phase.as_str());
        !hydrates || phase == Some("Hydrated")
    }

    /// Whether each of the selected objects is there.
    fn reached_by(&self, app: &Application, selection: &Selection) -> bool {
        let idle = !(self.operation || self.is_none()) || is_idle(app);
        let rows = print::resource_rows(app);
        let mut selected = rows.iter().filter(|r| selection.includes(&r[0], &r[1], &r[2], &r[3])).peekable();
        // An object that is not there yet is waited for.
        idle && selected.peek().is_some() && selected.all(|row| self.state(&row[4], &row[5]))
    }

    fn state(&self, sync: &str, health: &str) -> bool {
        let none = self.is_none();
        let healthy = match (self.health || none, self.suspended, self.degraded) {
            (false, false, false) => true,
            (wanted, suspended, degraded) => {
                (wanted && health == "Healthy")
                    || (suspended && health == "Suspended")
                    || (degraded && health == "Degraded")
            }
        };
        healthy && (!(self.sync || none) || sync == "Synced")
    }
}

/// Whether no operation is asked for or under way, and the last one's outcome has been compared.
pub fn is_idle(app: &Application) -> bool {
    let Some(state) = app.status.operation_state.as_ref().filter(|_| app.operation.is_none()) else {
        return app.operation.is_none();
    };
    let dry = state.operation.sync.as_ref().is_some_and(|sync| sync.dry_run);
    state.phase.is_completed() && (dry || app.status.reconciled_at >= state.finished_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(sync: &str, health: &str) -> Application {
        let mut app = Application::new("argocd", "shop");
        app.status.sync.status = sync.into();
        app.status.health.status = health.into();
        app
    }

    #[test]
    fn goals_are_reached_by_states() {
        let none = Goals::default();
        let health = Goals { health: true, ..none };
        let either = Goals { health: true, degraded: true, ..none };
        for (goals, sync, state, want) in [
            (none, "Synced", "Healthy", true),
            (none, "Synced", "Progressing", false),
            (none, "OutOfSync", "Healthy", false),
            (health, "OutOfSync", "Healthy", true),
            (either, "OutOfSync", "Degraded", true),
            (Goals { suspended: true, ..none }, "Synced", "Suspended", true),
            (Goals { sync: true, ..none }, "Synced", "Degraded", true),
            (Goals { operation: true, ..none }, "Unknown", "Unknown", true),
        ] {
            assert_eq!(goals.reached(&app(sync, state)), want, "{goals:?} {sync} {state}");
        }
    }

    #[test]
    fn an_operation_is_over_when_its_outcome_was_compared() {
        let mut app = app("Synced", "Healthy");
        assert!(is_idle(&app));
        app.operation = Some(Default::default());
        assert!(!is_idle(&app));
        app.operation = None;
        let mut state = bowline_core_crd::OperationState { phase: "Running".into(), ..Default::default() };
        app.status.operation_state = Some(state.clone());
        assert!(!is_idle(&app));
        state.phase = "Succeeded".into();
        state.finished_at = "2026-01-02T03:04:05Z".parse().ok();
        app.status.operation_state = Some(state);
        assert!(!is_idle(&app), "the comparison is from before");
        app.status.reconciled_at = "2026-01-02T03:04:05Z".parse().ok();
        assert!(is_idle(&app));
    }
}
