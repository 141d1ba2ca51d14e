//! `bowline proj add-…` and `remove-…`: one entry more, or one less, in a list of a project.

use std::io::Write;

use bowline_core_crd::{ApplicationDestination, OrphanedResourceKey, SignatureKey};
use clap::Args;

use super::spec::service_account;
use super::store::Projects;
use crate::error::CliError;

/// A project and a repository.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj add-source team https://git.example.com/team/shop.git\n  bowline proj remove-source team '*'"
)]
pub struct SourceArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// URL of the repository; globs, `!` in front refuses
    #[arg(value_name = "URL")]
    url: String,
}

/// A project and a namespace.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj add-source-namespace team team-apps\n  bowline proj remove-source-namespace team team-apps"
)]
pub struct NamespaceArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// The namespace; globs
    #[arg(value_name = "NAMESPACE")]
    namespace: String,
}

/// A project and a destination.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj add-destination team https://kubernetes.default.svc team-a\n  bowline proj add-destination team production team-a --name   # the cluster by its name"
)]
pub struct DestinationArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// URL of the cluster, or its name with --name
    #[arg(value_name = "SERVER|NAME")]
    server: String,
    /// The namespace; globs
    #[arg(value_name = "NAMESPACE")]
    namespace: String,
    /// The cluster is given by its name
    #[arg(long)]
    name: bool,
}

/// A project, a destination and an account.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj add-destination-service-account team https://kubernetes.default.svc team-a deployer\n  bowline proj add-destination-service-account team '*' '*' deployer --service-account-namespace team-a"
)]
pub struct AccountArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// URL of the cluster; globs
    #[arg(value_name = "SERVER")]
    server: String,
    /// The namespace; globs
    #[arg(value_name = "NAMESPACE")]
    namespace: String,
    /// The service account
    #[arg(value_name = "SERVICE-ACCOUNT")]
    account: String,
    /// Its namespace, where it is not the destination's
    #[arg(long, value_name = "NAMESPACE")]
    service_account_namespace: Option<String>,
}

/// A project and objects that do not count as orphaned.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj add-orphaned-ignore team '' ConfigMap --name 'kube-root-ca.crt'")]
pub struct IgnoreArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// API group; globs
    #[arg(value_name = "GROUP")]
    group: String,
    /// Kind; globs
    #[arg(value_name = "KIND")]
    kind: String,
    /// Name; globs
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,
}

/// A project and a key.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline proj add-signature-key team 4AEE18F83AFDEB23")]
pub struct KeyArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// ID of the key
    #[arg(value_name = "KEY-ID")]
    key: String,
}

/// Whether an entry comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It comes.
    Add,
    /// It goes.
    Remove,
}

// === impl Way ===

impl Way {
    /// Puts `item` into `list`, or takes it out. `what` is its name in the contract's sentences.
    fn apply<T: PartialEq>(self, list: &mut Vec<T>, item: T, what: &str) -> Result<(), CliError> {
        match (self, list.iter().position(|known| *known == item)) {
            (Way::Add, None) => list.push(item),
            (Way::Remove, Some(at)) => drop(list.remove(at)),
            (Way::Add, Some(_)) => {
                return Err(CliError::failed(format!("Specified {what} is already defined in project")).code(1));
            }
            (Way::Remove, None) => {
                return Err(CliError::failed(format!("Specified {what} does not exist in project"))
                    .hint("bowline proj get shows what there is")
                    .code(1));
            }
        }
        Ok(())
    }
}

/// `proj add-source` and `remove-source`. What is so already is told and no error.
pub async fn source(projects: &Projects, way: Way, args: SourceArgs) -> Result<(), CliError> {
    let before = projects.get(&args.project).await?;
    let mut after = before.project.clone();
    let list = &mut after.spec.source_repos;
    let mut out = std::io::stdout();
    match (way, list.iter().position(|known| *known == args.url)) {
        (Way::Add, Some(_)) => writeln!(out, "Specified source repository is already defined in project")?,
        (Way::Add, None) if list.iter().any(|known| known == "*") => {
            writeln!(out, "Source repository '*' already allowed in project")?;
        }
        (Way::Add, None) => list.push(args.url),
        (Way::Remove, None) => writeln!(out, "Source repository '{}' does not exist in project", args.url)?,
        (Way::Remove, Some(at)) => drop(list.remove(at)),
    }
    projects.update(&before, &after).await
}

/// `proj add-source-namespace` and `remove-source-namespace`.
pub async fn namespace(projects: &Projects, way: Way, args: NamespaceArgs) -> Result<(), CliError> {
    let before = projects.get(&args.project).await?;
    let mut after = before.project.clone();
    let list = &mut after.spec.source_namespaces;
    let mut out = std::io::stdout();
    match (way, list.iter().position(|known| *known == args.namespace)) {
        (Way::Add, Some(_)) => writeln!(out, "Source namespace '{}' already allowed in project", args.namespace)?,
        (Way::Add, None) => list.push(args.namespace),
        (Way::Remove, None) => writeln!(out, "Source namespace '{}' does not exist in project", args.namespace)?,
        (Way::Remove, Some(at)) => drop(list.remove(at)),
    }
    projects.update(&before, &after).await
}

/// `proj add-destination` and `remove-destination`.
pub async fn destination(projects: &Projects, way: Way, args: DestinationArgs) -> Result<(), CliError> {
    let named = args.name;
    let item = ApplicationDestination {
        server: if named { String::new() } else { args.server.clone() },
        name: if named { args.server } else { String::new() },
        namespace: args.namespace,
    };
    projects.change(&args.project, |p| way.apply(&mut p.spec.destinations, item, "destination")).await
}

/// `proj add-destination-service-account` and `remove-destination-service-account`.
pub async fn account(projects: &Projects, way: Way, args: AccountArgs) -> Result<(), CliError> {
    let account = match &args.service_account_namespace {
        Some(namespace) => format!("{namespace}:{}", args.account),
        None => args.account,
    };
    let item = service_account(&args.server, &args.namespace, &account);
    let what = "destination service account";
    projects.change(&args.project, |p| way.apply(&mut p.spec.destination_service_accounts, item, what)).await
}

/// `proj add-orphaned-ignore` and `remove-orphaned-ignore`.
pub async fn ignore(projects: &Projects, way: Way, args: IgnoreArgs) -> Result<(), CliError> {
    let item = OrphanedResourceKey { group: args.group, kind: args.kind, name: args.name };
    projects
        .change(&args.project, |project| {
            let settings = project.spec.orphaned_resources.get_or_insert_default();
            way.apply(&mut settings.ignore, item, "resource of orphaned ignored")
        })
        .await
}

/// `proj add-signature-key` and `remove-signature-key`.
pub async fn key(projects: &Projects, way: Way, args: KeyArgs) -> Result<(), CliError> {
    let item = SignatureKey { key_id: args.key };
    projects.change(&args.project, |p| way.apply(&mut p.spec.signature_keys, item, "signature key")).await
}
