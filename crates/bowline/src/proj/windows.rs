//! `bowline proj windows`: when a project's applications may be synced.

use std::io::Write;

use bowline_core_crd::{AppProject, SyncWindow};
use bowline_plan_windows::Windows;
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::store::Projects;
use crate::error::CliError;
use crate::output::{self, Output, table};

#[derive(Subcommand, Debug)]
pub enum WindowsCommand {
    /// List a project's windows
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Add a window
    Add(AddArgs),
    /// Change a window
    Update(UpdateArgs),
    /// Delete a window
    Delete(WindowArgs),
    /// Let people sync while a window forbids automated syncs
    EnableManualSync(WindowArgs),
    /// Take that back
    DisableManualSync(WindowArgs),
    /// Let a sync that began before a window go on in it
    EnableSyncOverrun(WindowArgs),
    /// Take that back
    DisableSyncOverrun(WindowArgs),
}

/// `bowline proj windows list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj windows list team\n  bowline proj windows list team -o yaml")]
pub struct ListArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// A window of a project.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj windows list team   # shows the IDs\n  bowline proj windows delete team 0"
)]
pub struct WindowArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// ID of the window, from `windows list`
    #[arg(value_name = "ID")]
    id: usize,
}

/// What a window says.
#[derive(Args, Debug, Default)]
pub struct WindowFlags {
    /// When it opens, as a cron line (e.g. "0 22 * * *")
    #[arg(long, value_name = "CRON")]
    schedule: Option<String>,
    /// How long it stays open (e.g. 1h)
    #[arg(long, value_name = "DURATION")]
    duration: Option<String>,
    /// Applications it holds for; globs
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    applications: Vec<String>,
    /// Namespaces it holds for; globs
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    namespaces: Vec<String>,
    /// Clusters it holds for; globs
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    clusters: Vec<String>,
    /// Time zone of the schedule
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// People may sync while it forbids automated syncs
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    manual_sync: Option<bool>,
    /// A sync that began before may go on in it
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    sync_overrun: Option<bool>,
    /// It holds where applications, namespaces and clusters all match
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    use_and_operator: Option<bool>,
    /// What it is for
    #[arg(long)]
    description: Option<String>,
}

/// `bowline proj windows add`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj windows add team --kind allow --schedule '0 22 * * *' --duration 1h --applications '*'\n  bowline proj windows add team --kind deny --schedule '0 8 * * 1-5' --duration 9h --namespaces 'prod-*' --time-zone Europe/Berlin"
)]
pub struct AddArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// Whether it allows syncs or forbids them
    #[arg(short, long, value_parser = ["allow", "deny"])]
    kind: String,
    #[command(flatten)]
    flags: WindowFlags,
}

/// `bowline proj windows update`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj windows update team 0 --duration 2h")]
pub struct UpdateArgs {
    #[command(flatten)]
    window: WindowArgs,
    #[command(flatten)]
    flags: WindowFlags,
}

/// Runs a `proj windows` command.
pub async fn run(projects: &Projects, command: WindowsCommand) -> Result<(), CliError> {
    match command {
        WindowsCommand::List(args) => {
            let windows = projects.get(&args.project).await?.project.spec.sync_windows;
            let mut out = std::io::stdout();
            match args.output {
                Output::Json | Output::Yaml => output::message(&mut out, &windows, args.output)?,
                _ => list(&mut out, &windows, crate::kube::now())?,
            }
            Ok(())
        }
        WindowsCommand::Add(args) => {
            let mut window = SyncWindow { kind: args.kind, ..SyncWindow::default() };
            args.flags.put(&mut window);
            if window.schedule.is_empty() || window.duration.is_empty() {
                return Err(CliError::usage("a window needs --schedule and --duration"));
            }
            if window.applications.is_empty() && window.namespaces.is_empty() && window.clusters.is_empty() {
                return Err(CliError::usage("a window needs one of --applications, --namespaces and --clusters"));
            }
            check(&window)?;
            projects
                .change(&args.project, |project| {
                    project.spec.sync_windows.push(window);
                    Ok(())
                })
                .await
        }
        WindowsCommand::Update(args) => {
            change(projects, &args.window, |window| {
                args.flags.put(window);
                check(window)
            })
            .await
        }
        WindowsCommand::Delete(args) => {
            projects
                .change(&args.project, |project| {
                    find(project, args.id)?;
                    project.spec.sync_windows.remove(args.id);
                    Ok(())
                })
                .await
        }
        WindowsCommand::EnableManualSync(args) => set(projects, &args, |window| window.manual_sync = true).await,
        WindowsCommand::DisableManualSync(args) => set(projects, &args, |window| window.manual_sync = false).await,
        WindowsCommand::EnableSyncOverrun(args) => set(projects, &args, |window| window.sync_overrun = true).await,
        WindowsCommand::DisableSyncOverrun(args) => set(projects, &args, |window| window.sync_overrun = false).await,
    }
}

async fn set(projects: &Projects, at: &WindowArgs, put: impl FnOnce(&mut SyncWindow)) -> Result<(), CliError> {
    change(projects, at, |window| {
        put(window);
        Ok(())
    })
    .await
}

async fn change(
    projects: &Projects,
    at: &WindowArgs,
    change: impl FnOnce(&mut SyncWindow) -> Result<(), CliError>,
) -> Result<(), CliError> {
    projects.change(&at.project, |project| change(find(project, at.id)?)).await
}

fn find(project: &mut AppProject, id: usize) -> Result<&mut SyncWindow, CliError> {
    let name = project.metadata.name.clone();
    project.spec.sync_windows.get_mut(id).ok_or_else(|| {
        CliError::failed(format!("project '{name}' has no window {id}"))
            .hint(format!("bowline proj windows list {name} shows them with their IDs"))
    })
}

/// What is wrong with a window is told before it is stored.
fn check(window: &SyncWindow) -> Result<(), CliError> {
    match Windows::new([window]).errors().next() {
        Some(error) => Err(CliError::usage(error.to_string())),
        None => Ok(()),
    }
}

fn list(out: &mut dyn Write, windows: &[SyncWindow], now: Timestamp) -> Result<(), CliError> {
    let headers = [
        "ID",
        "STATUS",
        "KIND",
        "SCHEDULE",
        "DURATION",
        "APPLICATIONS",
        "NAMESPACES",
        "CLUSTERS",
        "MANUALSYNC",
        "SYNCOVERRUN",
        "TIMEZONE",
        "USEANDOPERATOR",
    ];
    let names = |names: &[String]| if names.is_empty() { "-".to_string() } else { names.join(",") };
    let switch = |on: bool| if on { "Enabled" } else { "Disabled" }.to_string();
    let rows = windows.iter().enumerate().map(|(id, window)| {
        let open = Windows::new([window]).usable().any(|window| window.open_since(now).is_some());
        vec![
            id.to_string(),
            if open { "Active" } else { "Inactive" }.to_string(),
            window.kind.clone(),
            window.schedule.clone(),
            window.duration.clone(),
            names(&window.applications),
            names(&window.namespaces),
            names(&window.clusters),
            switch(window.manual_sync),
            switch(window.sync_overrun),
            window.time_zone.clone(),
            switch(window.and_operator),
        ]
    });
    table::print(out, &headers, rows)?;
    Ok(())
}

// === impl WindowFlags ===

impl WindowFlags {
    fn put(&self, window: &mut SyncWindow) {
        for (field, flag) in [
            (&mut window.schedule, &self.schedule),
            (&mut window.duration, &self.duration),
            (&mut window.time_zone, &self.time_zone),
            (&mut window.description, &self.description),
        ] {
            if let Some(value) = flag {
                field.clone_from(value);
            }
        }
        for (field, flag) in [
            (&mut window.applications, &self.applications),
            (&mut window.namespaces, &self.namespaces),
            (&mut window.clusters, &self.clusters),
        ] {
            if !flag.is_empty() {
                field.clone_from(flag);
            }
        }
        for (field, flag) in [
            (&mut window.manual_sync, self.manual_sync),
            (&mut window.sync_overrun, self.sync_overrun),
            (&mut window.and_operator, self.use_and_operator),
        ] {
            *field = flag.unwrap_or(*field);
        }
    }
}
