//! `bowline app`: Applications.

mod actions;
mod confirm_deletion;
mod create;
mod delete;
mod delete_resource;
mod diff;
mod edit;
mod get;
mod get_resource;
mod history;
mod list;
mod logs;
mod manifests;
mod nodes;
mod objects;
mod patch;
mod patch_resource;
pub mod print;
mod progress;
pub mod reference;
mod resources;
pub mod selection;
mod served;
mod set;
pub mod source_flags;
mod sources;
pub mod spec;
pub mod store;
mod sync;
pub mod target;
mod terminate_op;
mod unset;
mod wait;
mod why;

use bowline_core_control::World;
use bowline_core_crd::Application;
use bowline_roles_app_controller::Comparing;
use clap::Subcommand;

use crate::error::CliError;
use crate::global::Global;

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
    /// Take back what `set` has set
    Unset(Box<unset::UnsetArgs>),
    /// Patch an Application
    Patch(patch::PatchArgs),
    /// Edit an application's spec in an editor
    Edit(edit::EditArgs),
    /// End the operation that is under way
    TerminateOp(terminate_op::TerminateArgs),
    /// Confirm the deletions that a sync waits for
    ConfirmDeletion(confirm_deletion::ConfirmArgs),
    /// List an application's live objects and what these own
    Resources(resources::ResourcesArgs),
    /// Print the logs of an application's pods
    Logs(Box<logs::LogsArgs>),
    /// Show live objects of an application, field by field
    GetResource(get_resource::GetResourceArgs),
    /// Actions that an application's objects offer
    #[command(subcommand)]
    Actions(actions::ActionsCommand),
    /// Add a source
    AddSource(sources::AddSourceArgs),
    /// Remove a source
    RemoveSource(sources::RemoveSourceArgs),
    /// Patch live objects of an application
    PatchResource(patch_resource::PatchResourceArgs),
    /// Delete live objects of an application
    DeleteResource(delete_resource::DeleteResourceArgs),
    /// Delete applications, with their objects or without
    #[command(visible_alias = "rm")]
    Delete(delete::DeleteArgs),
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
        AppCommand::Unset(args) => unset::run(global, *args).await,
        AppCommand::Patch(args) => patch::run(global, args).await,
        AppCommand::Edit(args) => edit::run(global, args).await,
        AppCommand::TerminateOp(args) => terminate_op::run(global, args).await,
        AppCommand::ConfirmDeletion(args) => confirm_deletion::run(global, args).await,
        AppCommand::Resources(args) => resources::run(global, args).await,
        AppCommand::Logs(args) => logs::run(global, *args).await,
        AppCommand::GetResource(args) => get_resource::run(global, args).await,
        AppCommand::Actions(command) => actions::run(global, command).await,
        AppCommand::AddSource(args) => sources::add(global, args).await,
        AppCommand::RemoveSource(args) => sources::remove(global, args).await,
        AppCommand::PatchResource(args) => patch_resource::run(global, args).await,
        AppCommand::DeleteResource(args) => delete_resource::run(global, args).await,
        AppCommand::Delete(args) => delete::run(global, args).await,
    }
}

/// How the application's objects are compared; what is wrong with the rules goes to standard error.
pub fn comparing(app: &Application, world: &World) -> Comparing {
    let (comparing, wrong) = Comparing::by_settings(app, world);
    wrong.iter().for_each(|reason| crate::files::warn(reason));
    comparing
}
