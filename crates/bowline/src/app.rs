//! `bowline app`: Applications, over the Kubernetes API.

mod create;
mod delete;
mod diff;
mod get;
mod history;
mod list;
mod manifests;
pub mod print;
mod progress;
mod selection;
mod set;
pub mod source_flags;
pub mod spec;
mod store;
mod sync;
mod target;
mod wait;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::error::CliError;

#[derive(Subcommand, Debug)]
pub enum AppCommand {
    /// Create an application
    Create(Box<create::CreateArgs>),
    /// Show an application: state, objects, conditions
    Get(get::GetArgs),
    /// List applications
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    /// Sync applications to their target state, and wait
    Sync(Box<sync::SyncArgs>),
    /// Wait until applications are in a state
    Wait(wait::WaitArgs),
    /// Show how live objects differ from the target state (exit code 1 where they do)
    Diff(Box<diff::DiffArgs>),
    /// Print the manifests of an application
    Manifests(Box<manifests::ManifestsArgs>),
    /// Show past syncs
    History(history::HistoryArgs),
    /// Sync to a past state
    Rollback(sync::RollbackArgs),
    /// Change an application's spec
    Set(Box<set::SetArgs>),
    /// Delete applications, with their objects or without
    #[command(visible_alias = "rm")]
    Delete(delete::DeleteArgs),
}

/// The application that a command is about.
#[derive(Args, Clone, Debug)]
pub struct AppRef {
    /// Name of the application, or namespace/name
    #[arg(value_name = "APPNAME")]
    pub name: String,
    /// Namespace of the application, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    pub app_namespace: Option<String>,
}

/// Runs an `app` command.
pub async fn run(global: &Global, command: AppCommand) -> Result<(), CliError> {
    match command {
        AppCommand::Create(args) => create::run(global, *args).await,
        AppCommand::Get(args) => get::run(global, args).await,
        AppCommand::List(args) => list::run(global, args).await,
        AppCommand::Sync(args) => sync::run(global, *args).await,
        AppCommand::Wait(args) => wait::run(global, args).await,
        AppCommand::Diff(args) => diff::run(global, *args).await,
        AppCommand::Manifests(args) => manifests::run(global, *args).await,
        AppCommand::History(args) => history::run(global, args).await,
        AppCommand::Rollback(args) => sync::rollback(global, args).await,
        AppCommand::Set(args) => set::run(global, *args).await,
        AppCommand::Delete(args) => delete::run(global, args).await,
    }
}

// === impl AppRef ===

impl AppRef {
    /// Namespace and name.
    pub fn resolve(&self, global: &Global) -> (String, String) {
        resolve(&self.name, self.app_namespace.as_deref(), global)
    }
}

/// Namespace and name of an application that is given as `name` or `namespace/name`.
pub fn resolve(name: &str, namespace: Option<&str>, global: &Global) -> (String, String) {
    match name.split_once('/') {
        Some((namespace, name)) => (namespace.to_string(), name.to_string()),
        None => (namespace.unwrap_or(&global.namespace).to_string(), name.to_string()),
    }
}
