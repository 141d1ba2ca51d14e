//! `bowline proj`: projects.

mod integrity;
mod kinds;
mod lists;
mod print;
mod role;
mod spec;
mod store;
mod windows;

use std::io::Write;

use bowline_base_value::{Value, yaml};
use bowline_core_crd::AppProject;
use clap::{Args, Subcommand};

use crate::editor;
use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::from_raw;
use crate::output::{self, Output};
use kinds::{Scope, permit};
use lists::Way;
use spec::ProjectFlags;
use store::Projects;

#[derive(Subcommand, Debug)]
pub enum ProjCommand {
    /// Create a project
    Create(Box<CreateArgs>),
    /// Show a project
    Get(GetArgs),
    /// List projects
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Change a project's spec
    Set(Box<SetArgs>),
    /// Edit a project's spec in an editor
    Edit(EditArgs),
    /// Delete projects
    #[command(visible_alias = "rm")]
    Delete(DeleteArgs),
    /// Permit a source repository
    AddSource(lists::SourceArgs),
    /// Permit it no more
    RemoveSource(lists::SourceArgs),
    /// Let Applications of a namespace use the project
    AddSourceNamespace(lists::NamespaceArgs),
    /// Let them no more
    RemoveSourceNamespace(lists::NamespaceArgs),
    /// Permit a destination
    AddDestination(lists::DestinationArgs),
    /// Permit it no more
    RemoveDestination(lists::DestinationArgs),
    /// Let syncs into a destination act as a service account
    AddDestinationServiceAccount(lists::AccountArgs),
    /// Let them no more
    RemoveDestinationServiceAccount(lists::AccountArgs),
    /// Let objects not count as orphaned
    AddOrphanedIgnore(lists::IgnoreArgs),
    /// Let them count
    RemoveOrphanedIgnore(lists::IgnoreArgs),
    /// Name a key of which one must have signed a commit
    AddSignatureKey(lists::KeyArgs),
    /// Name it no more
    RemoveSignatureKey(lists::KeyArgs),
    /// Permit a cluster-scoped kind
    AllowClusterResource(kinds::KindArgs),
    /// Refuse a cluster-scoped kind
    DenyClusterResource(kinds::KindArgs),
    /// Permit a kind in namespaces
    AllowNamespaceResource(kinds::KindArgs),
    /// Refuse a kind in namespaces
    DenyNamespaceResource(kinds::KindArgs),
    /// Which signatures commits must have
    #[command(subcommand)]
    SourceIntegrity(integrity::IntegrityCommand),
    /// Roles of a project
    #[command(subcommand)]
    Role(role::RoleCommand),
    /// When applications of a project may be synced
    #[command(subcommand)]
    Windows(windows::WindowsCommand),
}

/// `bowline proj create`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj create team-a --src 'https://git.example.com/team-a/*' \\\n      --dest https://kubernetes.default.svc,team-a --allow-cluster-resource /Namespace\n  bowline proj create -f team-a.yaml --upsert"
)]
pub struct CreateArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    name: Option<String>,
    /// File with an AppProject manifest; - is standard input
    #[arg(short = 'f', long, value_name = "FILE")]
    file: Option<String>,
    /// Change a project of that name that is there already
    #[arg(long)]
    upsert: bool,
    #[command(flatten)]
    flags: ProjectFlags,
}

/// `bowline proj set`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj set team-a --description 'Team A'\n  bowline proj set team-a -s https://git.example.com/one.git -s https://git.example.com/two.git"
)]
pub struct SetArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    name: String,
    #[command(flatten)]
    flags: ProjectFlags,
}

/// `bowline proj get`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj get team-a\n  bowline proj get team-a -o yaml")]
pub struct GetArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    name: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline proj list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj list\n  bowline proj list -o name")]
pub struct ListArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline proj edit`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj edit team-a\n  EDITOR=nano bowline proj edit team-a")]
pub struct EditArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    name: String,
}

/// `bowline proj delete`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj delete team-a")]
pub struct DeleteArgs {
    /// Names of the projects
    #[arg(value_name = "PROJECT", required = true)]
    names: Vec<String>,
}

/// Runs a `proj` command.
pub async fn run(global: &Global, command: ProjCommand) -> Result<(), CliError> {
    let projects = Projects::connect(global).await?;
    let projects = &projects;
    match command {
        ProjCommand::Create(args) => create(projects, *args).await,
        ProjCommand::Get(args) => get(projects, args).await,
        ProjCommand::List(args) => list(projects, args).await,
        ProjCommand::Set(args) => set(projects, *args).await,
        ProjCommand::Edit(args) => edit(projects, args).await,
        ProjCommand::Delete(args) => {
            for name in &args.names {
                projects.delete(name).await?;
            }
            Ok(())
        }
        ProjCommand::AddSource(args) => lists::source(projects, Way::Add, args).await,
        ProjCommand::RemoveSource(args) => lists::source(projects, Way::Remove, args).await,
        ProjCommand::AddSourceNamespace(args) => lists::namespace(projects, Way::Add, args).await,
        ProjCommand::RemoveSourceNamespace(args) => lists::namespace(projects, Way::Remove, args).await,
        ProjCommand::AddDestination(args) => lists::destination(projects, Way::Add, args).await,
        ProjCommand::RemoveDestination(args) => lists::destination(projects, Way::Remove, args).await,
        ProjCommand::AddDestinationServiceAccount(args) => lists::account(projects, Way::Add, args).await,
        ProjCommand::RemoveDestinationServiceAccount(args) => lists::account(projects, Way::Remove, args).await,
        ProjCommand::AddOrphanedIgnore(args) => lists::ignore(projects, Way::Add, args).await,
        ProjCommand::RemoveOrphanedIgnore(args) => lists::ignore(projects, Way::Remove, args).await,
        ProjCommand::AddSignatureKey(args) => lists::key(projects, Way::Add, args).await,
        ProjCommand::RemoveSignatureKey(args) => lists::key(projects, Way::Remove, args).await,
        ProjCommand::AllowClusterResource(args) => permit(projects, Scope::Cluster, true, args).await,
        ProjCommand::DenyClusterResource(args) => permit(projects, Scope::Cluster, false, args).await,
        ProjCommand::AllowNamespaceResource(args) => permit(projects, Scope::Namespace, true, args).await,
        ProjCommand::DenyNamespaceResource(args) => permit(projects, Scope::Namespace, false, args).await,
        ProjCommand::SourceIntegrity(command) => integrity::run(projects, command).await,
        ProjCommand::Role(command) => role::run(projects, command).await,
        ProjCommand::Windows(command) => windows::run(projects, command).await,
    }
}

async fn create(projects: &Projects, args: CreateArgs) -> Result<(), CliError> {
    let mut project: AppProject = match &args.file {
        Some(file) => {
            let value = yaml::from_yaml(&files::read(file)?).map_err(|e| CliError::failed(format!("{file}: {e}")))?;
            from_raw(&value).map_err(|e| CliError::failed(format!("{file}: {e}")))?
        }
        None => AppProject::default(),
    };
    if let Some(name) = &args.name {
        project.metadata.name.clone_from(name);
    }
    if project.metadata.name.is_empty() {
        return Err(CliError::usage("a project needs a name: bowline proj create NAME …"));
    }
    args.flags.put(&mut project.spec)?;
    projects.create(project, args.upsert).await
}

async fn set(projects: &Projects, args: SetArgs) -> Result<(), CliError> {
    if args.flags.is_empty() {
        return Err(CliError::usage("Please set at least one option to update").code(1));
    }
    projects.change(&args.name, |project| args.flags.put(&mut project.spec)).await
}

async fn edit(projects: &Projects, args: EditArgs) -> Result<(), CliError> {
    let before = projects.get(&args.name).await?;
    let spec = before.raw.get("spec").cloned().unwrap_or_default();
    let Some(edited) = editor::edit(&spec)? else {
        files::note("nothing was changed");
        return Ok(());
    };
    let mut raw = before.raw.clone();
    raw.as_object_mut().expect("because a project is an object").insert("spec", edited);
    let after = from_raw(&raw).map_err(|e| CliError::failed(format!("the edited spec: {e}")))?;
    projects.update(&before, &after).await
}

async fn get(projects: &Projects, args: GetArgs) -> Result<(), CliError> {
    let stored = projects.get(&args.name).await?;
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => output::value(&mut out, &stored.raw, args.output)?,
        Output::Name => writeln!(out, "{}", args.name)?,
        Output::Wide => {
            let scoped = projects.scoped(&args.name).await?;
            print::one(&mut out, &stored.project, &scoped)?;
        }
    }
    Ok(())
}

async fn list(projects: &Projects, args: ListArgs) -> Result<(), CliError> {
    let found = projects.list().await?;
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => {
            let items: Value = found.into_iter().map(|stored| stored.raw).collect();
            output::value(&mut out, &items, args.output)?;
        }
        Output::Name => found.iter().try_for_each(|stored| writeln!(out, "{}", stored.project.metadata.name))?,
        Output::Wide => print::list(&mut out, found.iter().map(|stored| &stored.project))?,
    }
    Ok(())
}
