//! `bowline proj source-integrity git policies`: which signatures commits of which repositories must have.

use std::io::Write;

use bowline_core_crd::{
    AppProject, SourceIntegrity, SourceIntegrityGit, SourceIntegrityGitPolicy, SourceIntegrityGitPolicyGPG,
    SourceIntegrityGitPolicyRepo,
};
use clap::{Args, Subcommand};

use super::store::Projects;
use crate::error::CliError;
use crate::output::{self, Output, table};

#[derive(Subcommand, Debug)]
pub enum IntegrityCommand {
    /// Of Git sources
    #[command(subcommand)]
    Git(GitCommand),
}

#[derive(Subcommand, Debug)]
pub enum GitCommand {
    /// Rules for repositories
    #[command(subcommand)]
    Policies(PoliciesCommand),
}

#[derive(Subcommand, Debug)]
pub enum PoliciesCommand {
    /// List a project's rules
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Add a rule
    Add(AddArgs),
    /// Change a rule
    Update(UpdateArgs),
    /// Delete a rule
    Delete(DeleteArgs),
}

/// `policies list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj source-integrity git policies list team")]
pub struct ListArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `policies add`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj source-integrity git policies add team --repo-url 'https://git.example.com/*' --gpg-mode head --gpg-key 4AEE18F83AFDEB23"
)]
pub struct AddArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// URLs of the repositories; globs, `!` in front leaves out
    #[arg(long = "repo-url", value_name = "URL", required = true)]
    urls: Vec<String>,
    /// Which commits are looked at
    #[arg(long, value_parser = ["none", "head", "strict"])]
    gpg_mode: String,
    /// IDs of the keys that count
    #[arg(long = "gpg-key", value_name = "KEY-ID")]
    keys: Vec<String>,
}

/// `policies update`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj source-integrity git policies update team 0 --add-gpg-key 4AEE18F83AFDEB23"
)]
pub struct UpdateArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// ID of the rule, from `policies list`
    #[arg(value_name = "ID")]
    id: usize,
    /// Which commits are looked at
    #[arg(long, value_parser = ["none", "head", "strict"])]
    gpg_mode: Option<String>,
    /// URLs of repositories that come
    #[arg(long = "add-repo-url", value_name = "URL")]
    add_urls: Vec<String>,
    /// URLs of repositories that go
    #[arg(long = "delete-repo-url", value_name = "URL")]
    delete_urls: Vec<String>,
    /// IDs of keys that come
    #[arg(long = "add-gpg-key", value_name = "KEY-ID")]
    add_keys: Vec<String>,
    /// IDs of keys that go
    #[arg(long = "delete-gpg-key", value_name = "KEY-ID")]
    delete_keys: Vec<String>,
}

/// `policies delete`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj source-integrity git policies delete team 0")]
pub struct DeleteArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// ID of the rule, from `policies list`
    #[arg(value_name = "ID")]
    id: usize,
}

/// Runs a `proj source-integrity` command.
pub async fn run(projects: &Projects, command: IntegrityCommand) -> Result<(), CliError> {
    let IntegrityCommand::Git(GitCommand::Policies(command)) = command;
    match command {
        PoliciesCommand::List(args) => {
            let mut project = projects.get(&args.project).await?.project;
            let mut out = std::io::stdout();
            let found = policies(&mut project);
            match args.output {
                Output::Json | Output::Yaml => output::message(&mut out, found, args.output)?,
                _ => list(&mut out, found)?,
            }
            Ok(())
        }
        PoliciesCommand::Add(args) => {
            let repos = args.urls.into_iter().map(|url| SourceIntegrityGitPolicyRepo { url }).collect();
            let gpg = Some(SourceIntegrityGitPolicyGPG { mode: args.gpg_mode, keys: args.keys });
            projects
                .change(&args.project, |project| {
                    policies(project).push(SourceIntegrityGitPolicy { repos, gpg });
                    Ok(())
                })
                .await
        }
        PoliciesCommand::Update(args) => {
            projects
                .change(&args.project, |project| {
                    let policy = find(project, args.id)?;
                    policy.repos.retain(|repo| !args.delete_urls.contains(&repo.url));
                    policy
                        .repos
                        .extend(args.add_urls.iter().map(|url| SourceIntegrityGitPolicyRepo { url: url.clone() }));
                    let gpg = policy.gpg.get_or_insert_default();
                    gpg.keys.retain(|key| !args.delete_keys.contains(key));
                    gpg.keys.extend(args.add_keys.iter().cloned());
                    if let Some(mode) = &args.gpg_mode {
                        gpg.mode.clone_from(mode);
                    }
                    Ok(())
                })
                .await
        }
        PoliciesCommand::Delete(args) => {
            projects
                .change(&args.project, |project| {
                    find(project, args.id)?;
                    policies(project).remove(args.id);
                    Ok(())
                })
                .await
        }
    }
}

fn policies(project: &mut AppProject) -> &mut Vec<SourceIntegrityGitPolicy> {
    let integrity = project.spec.source_integrity.get_or_insert_with(SourceIntegrity::default);
    &mut integrity.git.get_or_insert_with(SourceIntegrityGit::default).policies
}

fn find(project: &mut AppProject, id: usize) -> Result<&mut SourceIntegrityGitPolicy, CliError> {
    let name = project.metadata.name.clone();
    policies(project).get_mut(id).ok_or_else(|| {
        CliError::failed(format!("project '{name}' has no rule {id}"))
            .hint(format!("bowline proj source-integrity git policies list {name} shows them with their IDs"))
    })
}

fn list(out: &mut dyn Write, policies: &[SourceIntegrityGitPolicy]) -> Result<(), CliError> {
    let rows = policies.iter().enumerate().map(|(id, policy)| {
        let repos: Vec<&str> = policy.repos.iter().map(|repo| repo.url.as_str()).collect();
        let (mode, keys) = policy.gpg.as_ref().map(|gpg| (gpg.mode.clone(), gpg.keys.join(", "))).unwrap_or_default();
        vec![id.to_string(), repos.join(", "), mode, keys]
    });
    table::print(out, &["ID", "REPO-URLS", "GPG-MODE", "GPG-KEYS"], rows)?;
    Ok(())
}
