//! `bowline admin settings rbac`: what a policy permits, and why.

use std::io::Write;
use std::sync::Arc;

use bowline_base_value::{Value, yaml};
use bowline_core_crd::AppProject;
use bowline_core_rbac::{Engine, Map, Policy, PolicySource, Resource as Word, check_request, resource_alias};
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Kube, Resource, from_raw};

#[derive(Subcommand, Debug)]
pub enum RbacCommand {
    /// Say whether a role, user or group may do something, and which line decides
    Can(CanArgs),
    /// Say what is wrong with a policy
    Validate(ValidateArgs),
}

/// Which policy is meant; without any of these, that of the installation.
#[derive(Args, Clone, Debug)]
struct PolicyFlags {
    /// File with the policy: CSV, or argocd-rbac-cm as a manifest; - is standard input
    #[arg(long, value_name = "FILE")]
    policy_file: Option<String>,
}

/// `bowline admin settings rbac can`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline admin settings rbac can role:readonly get application 'default/shop'\n  bowline admin settings rbac can crew sync applications 'team/*' --policy-file policy.csv\n  bowline admin settings rbac can alice delete cluster '*' --default-role role:readonly\n\nWhich line decides is told on standard error.\n\nExit codes: 0 it may, 1 it may not, 20 it cannot be told."
)]
pub struct CanArgs {
    /// A role, user or group
    #[arg(value_name = "ROLE/SUBJECT")]
    subject: String,
    /// What would be done
    #[arg(value_name = "ACTION")]
    action: String,
    /// With what kind of thing
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// With which one
    #[arg(value_name = "OBJECT", default_value = "*")]
    object: String,
    #[command(flatten)]
    policy: PolicyFlags,
    /// The role of everyone [default: that of the policy]
    #[arg(long, value_name = "ROLE")]
    default_role: Option<String>,
    /// The built-in roles count
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    use_builtin_policy: bool,
    /// Refuse actions and resources that there are not
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    strict: bool,
    /// Say it by the exit code alone
    #[arg(short, long)]
    quiet: bool,
}

/// `bowline admin settings rbac validate`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline admin settings rbac validate --policy-file policy.csv\n  bowline admin settings rbac validate -n argocd\n\nExit codes: 0 it is good, 1 it is not."
)]
pub struct ValidateArgs {
    #[command(flatten)]
    policy: PolicyFlags,
}

/// Runs an `admin settings rbac` command.
pub(super) async fn run(global: &Global, command: RbacCommand) -> Result<(), CliError> {
    match command {
        RbacCommand::Can(args) => can(global, args).await,
        RbacCommand::Validate(args) => validate(global, args).await,
    }
}

async fn can(global: &Global, args: CanArgs) -> Result<(), CliError> {
    let resource = resource_alias(&args.resource);
    if args.strict {
        check_request(resource, &args.action)
            .map_err(|e| CliError::usage(e.to_string()).hint("--strict=false asks all the same"))?;
    }
    let (mut source, projects) = policy(global, &args.policy).await?;
    source.builtin = args.use_builtin_policy;
    if let Some(role) = args.default_role {
        source.default_role = role;
    }
    let policy = Policy::new(&source).map_err(|e| CliError::failed(e.to_string()).hint("rbac validate tells more"))?;
    let scoped = Word::from_word(resource).is_some_and(Word::is_project_scoped);
    let object = if scoped && args.object == "*" { "*/*" } else { args.object.as_str() };
    let engine = Engine::of(Arc::new(policy), projects.iter());
    let explained = engine.explain_role(&args.subject, resource, &args.action, object);
    if !args.quiet {
        writeln!(std::io::stdout(), "{}", if explained.allowed { "Yes" } else { "No" })?;
        files::note(&explained.to_string());
    }
    if explained.allowed { Ok(()) } else { Err(CliError::quiet(1)) }
}

async fn validate(global: &Global, args: ValidateArgs) -> Result<(), CliError> {
    let (source, _) = policy(global, &args.policy).await?;
    match Policy::new(&source) {
        Ok(policy) => {
            policy.warnings().iter().for_each(|warning| files::warn(&warning.to_string()));
            writeln!(std::io::stdout(), "Policy is valid.")?;
            Ok(())
        }
        Err(error) => {
            error.faults.iter().for_each(|fault| files::note(&fault.to_string()));
            Err(CliError::failed("Policy is invalid.").code(1))
        }
    }
}

/// The policy that the flags name, and the projects where it is the installation's.
async fn policy(global: &Global, flags: &PolicyFlags) -> Result<(PolicySource, Vec<AppProject>), CliError> {
    let data = |value: &Value| -> Map {
        let data = value.get("data").and_then(Value::as_object);
        let pairs = data.into_iter().flat_map(|data| data.iter());
        pairs.map(|(key, value)| (key.to_string(), value.as_str().unwrap_or_default().to_string())).collect()
    };
    if let Some(file) = &flags.policy_file {
        let text = files::read(file)?;
        // A policy is no object in YAML; a manifest says what it is.
        let manifest = yaml::from_yaml(&text).ok().filter(|value| value.str_at(&["kind"]) == Some("ConfigMap"));
        let source = match manifest {
            Some(manifest) => PolicySource::from_config_map(&data(&manifest)),
            None => PolicySource::from_text(file, &text),
        };
        return Ok((source, Vec::new()));
    }
    let kube = Kube::connect(global).await?;
    let found = kube.find(Resource::ConfigMaps, &global.namespace, "argocd-rbac-cm").await?;
    let source = PolicySource::from_config_map(&found.as_ref().map(data).unwrap_or_default());
    let projects = kube.list(Resource::AppProjects, &global.namespace, "").await?;
    let projects = projects.iter().filter_map(|raw| from_raw(raw).ok()).collect();
    Ok((source, projects))
}
