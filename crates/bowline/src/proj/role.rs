//! `bowline proj role`: roles of a project, their policies, groups and tokens.

mod tokens;

use std::io::Write;

use bowline_core_crd::{AppProject, ProjectRole};
use clap::{Args, Subcommand, ValueEnum};

use super::store::Projects;
use crate::error::CliError;
use crate::output::{self, Output, table};

#[derive(Subcommand, Debug)]
pub enum RoleCommand {
    /// List a project's roles
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Show a role
    Get(GetArgs),
    /// Create a role
    Create(CreateArgs),
    /// Delete a role
    Delete(RoleArgs),
    /// Let a role do something, or forbid it
    AddPolicy(PolicyArgs),
    /// Take a policy away from a role
    RemovePolicy(PolicyArgs),
    /// Give a role to a group
    AddGroup(GroupArgs),
    /// Take a role away from a group
    RemoveGroup(GroupArgs),
    /// Hand out a token of a role
    CreateToken(tokens::CreateTokenArgs),
    /// List a role's tokens
    ListTokens(tokens::ListTokensArgs),
    /// Take a token back
    DeleteToken(tokens::DeleteTokenArgs),
}

/// `bowline proj role list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj role list team")]
pub struct ListArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline proj role get`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj role get team ci")]
pub struct GetArgs {
    #[command(flatten)]
    role: RoleArgs,
}

/// `bowline proj role create`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj role create team ci --description 'what CI may do'")]
pub struct CreateArgs {
    #[command(flatten)]
    role: RoleArgs,
    /// What the role is for
    #[arg(long, default_value = "")]
    description: String,
}

/// A role of a project.
#[derive(Args, Clone, Debug)]
pub struct RoleArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    pub project: String,
    /// Name of the role
    #[arg(value_name = "ROLE")]
    pub role: String,
}

/// `bowline proj role add-policy` and `remove-policy`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj role add-policy team ci --action sync --object '*'\n  bowline proj role add-policy team ci --action get --object 'shop-*' --permission deny\n  bowline proj role remove-policy team ci --action sync --object '*'"
)]
pub struct PolicyArgs {
    #[command(flatten)]
    role: RoleArgs,
    /// What may be done, such as get, sync, override, delete
    #[arg(short, long)]
    action: String,
    /// With which objects of the project; globs
    #[arg(short, long)]
    object: String,
    /// With what kind of thing
    #[arg(short, long, default_value = "applications")]
    resource: String,
    /// Whether it may or may not
    #[arg(short, long, value_enum, default_value = "allow")]
    permission: Permission,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Permission {
    /// It may.
    Allow,
    /// It may not.
    Deny,
}

/// `bowline proj role add-group` and `remove-group`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj role add-group team ci my-org:my-team")]
pub struct GroupArgs {
    #[command(flatten)]
    role: RoleArgs,
    /// The group, as the identity provider calls it
    #[arg(value_name = "GROUP")]
    group: String,
}

/// Runs a `proj role` command.
pub async fn run(projects: &Projects, command: RoleCommand) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    match command {
        RoleCommand::List(args) => {
            let roles = projects.get(&args.project).await?.project.spec.roles;
            match args.output {
                Output::Name => roles.iter().try_for_each(|role| writeln!(out, "{}", role.name))?,
                Output::Wide => {
                    let rows = roles.iter().map(|role| vec![role.name.clone(), role.description.clone()]);
                    table::print(&mut out, &["ROLE-NAME", "DESCRIPTION"], rows)?;
                }
                format => output::message(&mut out, &roles, format)?,
            }
        }
        RoleCommand::Get(args) => {
            let mut project = projects.get(&args.role.project).await?.project;
            show(&mut out, &mut project, &args.role)?;
        }
        RoleCommand::Create(args) => {
            let RoleArgs { project, role } = &args.role;
            projects
                .change(project, |project| {
                    if project.spec.roles.iter().any(|known| known.name == *role) {
                        return Err(CliError::failed(format!("Role '{role}' already exists")).code(1));
                    }
                    let (name, description) = (role.clone(), args.description.clone());
                    project.spec.roles.push(ProjectRole { name, description, ..ProjectRole::default() });
                    Ok(())
                })
                .await?;
            writeln!(out, "Role '{role}' created")?;
        }
        RoleCommand::Delete(RoleArgs { project, role }) => {
            let before = projects.get(&project).await?;
            let mut after = before.project.clone();
            after.spec.roles.retain(|known| known.name != role);
            if after.spec.roles.len() == before.project.spec.roles.len() {
                writeln!(out, "Role '{role}' not in project")?;
                return Ok(());
            }
            projects.update(&before, &after).await?;
            writeln!(out, "Role '{role}' deleted")?;
        }
        RoleCommand::AddPolicy(args) => {
            let line = args.line();
            change(projects, &args.role, |role| match role.policies.contains(&line) {
                true => Err(CliError::failed(format!("policy '{line}' already exists")).code(1)),
                false => {
                    role.policies.push(line.clone());
                    Ok(())
                }
            })
            .await?;
        }
        RoleCommand::RemovePolicy(args) => {
            let line = args.line();
            change(projects, &args.role, |role| match role.policies.iter().position(|known| *known == line) {
                Some(at) => {
                    role.policies.remove(at);
                    Ok(())
                }
                None => Err(CliError::failed(format!("Failed to remove policy: policy '{line}' not found"))
                    .hint("bowline proj role get shows the role's policies")
                    .code(1)),
            })
            .await?;
        }
        RoleCommand::AddGroup(args) => {
            let (group, role) = (&args.group, &args.role.role);
            let mut known = false;
            change(projects, &args.role, |role| {
                known = role.groups.contains(group);
                if !known {
                    role.groups.push(group.clone());
                }
                Ok(())
            })
            .await?;
            let word = if known { "already present in" } else { "added to" };
            writeln!(out, "Group '{group}' {word} role '{role}'")?;
        }
        RoleCommand::RemoveGroup(args) => {
            let (group, role) = (&args.group, &args.role.role);
            let mut known = false;
            change(projects, &args.role, |role| {
                let before = role.groups.len();
                role.groups.retain(|g| g != group);
                known = role.groups.len() < before;
                Ok(())
            })
            .await?;
            let word = if known { "removed from" } else { "not present in" };
            writeln!(out, "Group '{group}' {word} role '{role}'")?;
        }
        RoleCommand::CreateToken(args) => tokens::create(projects, args).await?,
        RoleCommand::ListTokens(args) => tokens::list(projects, args).await?,
        RoleCommand::DeleteToken(args) => tokens::delete(projects, args).await?,
    }
    Ok(())
}

async fn change(
    projects: &Projects,
    at: &RoleArgs,
    change: impl FnOnce(&mut ProjectRole) -> Result<(), CliError>,
) -> Result<(), CliError> {
    projects.change(&at.project, |project| change(find(project, &at.role)?)).await
}

/// A role of a project.
fn find<'a>(project: &'a mut AppProject, name: &str) -> Result<&'a mut ProjectRole, CliError> {
    let of = project.metadata.name.clone();
    project.spec.roles.iter_mut().find(|role| role.name == name).ok_or_else(|| {
        CliError::failed(format!("role '{name}' does not exist in project '{of}'"))
            .hint(format!("bowline proj role list {of} shows the roles"))
    })
}

fn show(out: &mut dyn Write, project: &mut AppProject, at: &RoleArgs) -> Result<(), CliError> {
    let tokens = tokens::of(project, &at.role)?;
    let role = find(project, &at.role)?;
    writeln!(out, "{:<15}{}", "Role Name:", role.name)?;
    writeln!(out, "{:<15}{}", "Description:", role.description)?;
    writeln!(out, "Policies:\n{}", policies(&at.project, role))?;
    if !role.groups.is_empty() {
        writeln!(out, "Groups:")?;
        role.groups.iter().try_for_each(|group| writeln!(out, "  - {group}"))?;
    }
    let now = crate::kube::now().as_second();
    writeln!(out, "JWT Tokens:")?;
    table::print(out, &["ID", "ISSUED-AT", "EXPIRES-AT"], tokens.iter().map(|token| tokens::row(token, now)))?;
    Ok(())
}

/// A role's lines of policy, those of its groups too.
fn policies(project: &str, role: &ProjectRole) -> String {
    let name = format!("proj:{project}:{}", role.name);
    // What every role of a project may: see it.
    let own = format!("p, {name}, projects, get, {project}, allow");
    let groups = role.groups.iter().map(|group| format!("g, {group}, {name}"));
    std::iter::once(own).chain(role.policies.iter().cloned()).chain(groups).collect::<Vec<_>>().join("\n")
}

// === impl PolicyArgs ===

impl PolicyArgs {
    fn line(&self) -> String {
        let RoleArgs { project, role } = &self.role;
        let PolicyArgs { resource, action, object, .. } = self;
        let permission = match self.permission {
            Permission::Allow => "allow",
            Permission::Deny => "deny",
        };
        format!("p, proj:{project}:{role}, {resource}, {action}, {project}/{object}, {permission}")
    }
}
