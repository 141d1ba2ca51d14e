//! `bowline proj`: projects.

use std::io::Write;

use bowline_base_value::{Value, yaml};
use bowline_core_crd::{
    AppProject, AppProjectSpec, ApplicationDestination, ApplicationDestinationServiceAccount,
    ClusterResourceRestrictionItem, patch,
};
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Kube, Resource, from_raw, to_raw};
use crate::output::{self, Output, table};

#[derive(Subcommand, Debug)]
pub enum ProjCommand {
    /// Create a project
    Create(Box<CreateArgs>),
    /// Show a project
    Get(GetArgs),
    /// List projects
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Delete projects
    #[command(visible_alias = "rm")]
    Delete(DeleteArgs),
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
    /// What the project is for
    #[arg(long)]
    description: Option<String>,
    /// Permitted source repositories; globs, `!` in front refuses
    #[arg(short = 's', long = "src", value_name = "URL")]
    sources: Vec<String>,
    /// Permitted destinations: server (or name:NAME), and namespace
    #[arg(short = 'd', long = "dest", value_name = "SERVER,NAMESPACE")]
    destinations: Vec<String>,
    /// Namespaces whose Applications may use the project
    #[arg(long = "source-namespaces", value_name = "NAMESPACE")]
    source_namespaces: Vec<String>,
    /// Permitted cluster-scoped kinds
    #[arg(long = "allow-cluster-resource", value_name = "GROUP/KIND")]
    allow_cluster: Vec<String>,
    /// Refused cluster-scoped kinds
    #[arg(long = "deny-cluster-resource", value_name = "GROUP/KIND")]
    deny_cluster: Vec<String>,
    /// Permitted namespaced kinds; where any is given, no others are
    #[arg(long = "allow-namespaced-resource", value_name = "GROUP/KIND")]
    allow_namespaced: Vec<String>,
    /// Refused namespaced kinds
    #[arg(long = "deny-namespaced-resource", value_name = "GROUP/KIND")]
    deny_namespaced: Vec<String>,
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
    let kube = Kube::connect(global).await?;
    match command {
        ProjCommand::Create(args) => create(&kube, global, *args).await,
        ProjCommand::Get(args) => get(&kube, global, args).await,
        ProjCommand::List(args) => list(&kube, global, args).await,
        ProjCommand::Delete(args) => delete(&kube, global, args).await,
    }
}

async fn create(kube: &Kube, global: &Global, args: CreateArgs) -> Result<(), CliError> {
    let mut project: AppProject = match &args.file {
        Some(file) => {
            let value = yaml::from_yaml(&files::read(file)?).map_err(|e| CliError::failed(format!("{file}: {e}")))?;
            from_raw(&value).map_err(|e| CliError::failed(format!("{file}: {e}")))?
        }
        None => AppProject::default(),
    };
    if let Some(name) = &args.name {
        project.metadata.name = name.clone();
    }
    if project.metadata.name.is_empty() {
        return Err(CliError::usage("a project needs a name: bowline proj create NAME …"));
    }
    project.api_version = bowline_core_crd::API_VERSION.to_string();
    project.kind = "AppProject".to_string();
    project.metadata.namespace = global.namespace.clone();
    args.put(&mut project)?;
    let name = project.metadata.name.clone();
    match kube.find(Resource::AppProjects, &global.namespace, &name).await? {
        None => {
            kube.create(Resource::AppProjects, &global.namespace, &to_raw(&project)?).await?;
        }
        Some(raw) => {
            let before: AppProject = from_raw(&raw).map_err(CliError::failed)?;
            let after = AppProject { spec: project.spec, ..before.clone() };
            if !args.upsert && before.spec != after.spec {
                return Err(CliError::failed(format!("project '{name}' is there already and its spec is different"))
                    .hint("use --upsert to change it"));
            }
            if let Some(patch) = patch::patch(&(&raw).into(), &before, &after) {
                kube.merge(Resource::AppProjects, &global.namespace, &name, &Value::from(patch)).await?;
            }
        }
    }
    Ok(())
}

async fn get(kube: &Kube, global: &Global, args: GetArgs) -> Result<(), CliError> {
    let raw = kube.get(Resource::AppProjects, &global.namespace, &args.name).await?;
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => output::value(&mut out, &raw, args.output)?,
        Output::Name => writeln!(out, "{}", args.name)?,
        Output::Wide => {
            let project: AppProject = from_raw(&raw).map_err(CliError::failed)?;
            let spec = &project.spec;
            let lines = |name: &str, values: Vec<String>| {
                let values = if values.is_empty() { vec!["<none>".to_string()] } else { values };
                values
                    .into_iter()
                    .enumerate()
                    .map(|(i, value)| format!("{:<29}{value}\n", if i == 0 { name } else { "" }))
                    .collect::<String>()
            };
            let kind = |group: &str, kind: &str| format!("{group}/{kind}");
            write!(out, "{}", lines("Name:", vec![project.metadata.name.clone()]))?;
            write!(out, "{}", lines("Description:", vec![spec.description.clone()]))?;
            let destinations = spec.destinations.iter().map(destination).collect();
            write!(out, "{}", lines("Destinations:", destinations))?;
            write!(out, "{}", lines("Repositories:", spec.source_repos.clone()))?;
            write!(out, "{}", lines("Source Namespaces:", spec.source_namespaces.clone()))?;
            let allowed = spec.cluster_resource_whitelist.iter().map(|k| kind(&k.group, &k.kind)).collect();
            write!(out, "{}", lines("Allowed Cluster Resources:", allowed))?;
            let denied = spec.namespace_resource_blacklist.iter().map(|k| kind(&k.group, &k.kind)).collect();
            write!(out, "{}", lines("Denied Namespaced Resources:", denied))?;
            let keys: Vec<&str> = spec.signature_keys.iter().map(|k| k.key_id.as_str()).collect();
            let keys = if keys.is_empty() { Vec::new() } else { vec![keys.join(", ")] };
            write!(out, "{}", lines("Signature keys:", keys))?;
            write!(out, "{}", lines("Orphaned Resources:", vec![orphaned(spec)]))?;
        }
    }
    Ok(())
}

async fn list(kube: &Kube, global: &Global, args: ListArgs) -> Result<(), CliError> {
    let found = kube.list(Resource::AppProjects, &global.namespace, "").await?;
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => output::value(&mut out, &found.into_iter().collect(), args.output)?,
        Output::Name => {
            for raw in found {
                writeln!(out, "{}", raw.str_at(&["metadata", "name"]).unwrap_or_default())?;
            }
        }
        Output::Wide => {
            let mut rows = Vec::new();
            for raw in &found {
                let project: AppProject = from_raw(raw).map_err(CliError::failed)?;
                let spec = &project.spec;
                let count = |one: Option<String>, n: usize, noun: &str| match (one, n) {
                    (_, 0) => "<none>".to_string(),
                    (Some(one), 1) => one,
                    (_, n) => format!("{n} {noun}"),
                };
                let first = spec.cluster_resource_whitelist.first().map(|k| format!("{}/{}", k.group, k.kind));
                rows.push(vec![
                    project.metadata.name.clone(),
                    spec.description.clone(),
                    count(spec.destinations.first().map(destination), spec.destinations.len(), "destinations"),
                    count(spec.source_repos.first().cloned(), spec.source_repos.len(), "repos"),
                    count(first, spec.cluster_resource_whitelist.len(), "resources"),
                    count(None, spec.namespace_resource_blacklist.len(), "resources"),
                    count(None, spec.signature_keys.len(), "key(s)"),
                    orphaned(spec),
                    count(
                        spec.destination_service_accounts.first().map(service_account),
                        spec.destination_service_accounts.len(),
                        "destinationServiceAccounts",
                    ),
                ]);
            }
            let headers = [
                "NAME",
                "DESCRIPTION",
                "DESTINATIONS",
                "SOURCES",
                "CLUSTER-RESOURCE-WHITELIST",
                "NAMESPACE-RESOURCE-BLACKLIST",
                "SIGNATURE-KEYS",
                "ORPHANED-RESOURCES",
                "DESTINATION-SERVICE-ACCOUNTS",
            ];
            table::print(&mut out, &headers, rows)?;
        }
    }
    Ok(())
}

async fn delete(kube: &Kube, global: &Global, args: DeleteArgs) -> Result<(), CliError> {
    for name in &args.names {
        if name == "default" {
            return Err(CliError::failed("project 'default' cannot be deleted"));
        }
        let users: Vec<String> = kube
            .list(Resource::Applications, &global.namespace, "")
            .await?
            .iter()
            .filter(|app| app.str_at(&["spec", "project"]) == Some(name))
            .map(|app| app.str_at(&["metadata", "name"]).unwrap_or_default().to_string())
            .collect();
        if !users.is_empty() {
            return Err(CliError::failed(format!("project '{name}' is referenced by {} applications", users.len()))
                .hint(format!("they are: {}", users.join(", "))));
        }
        kube.delete(Resource::AppProjects, &global.namespace, name).await?;
    }
    Ok(())
}

fn destination(destination: &ApplicationDestination) -> String {
    format!("{},{}", destination.cluster(), destination.namespace)
}

fn service_account(account: &ApplicationDestinationServiceAccount) -> String {
    format!("{},{},{}", account.server, account.namespace, account.default_service_account)
}

fn orphaned(spec: &AppProjectSpec) -> String {
    let Some(settings) = &spec.orphaned_resources else { return "disabled".to_string() };
    let warn = settings.warn == Some(true);
    match settings.ignore.len() {
        0 => format!("enabled (warn={warn})"),
        n => format!("enabled (warn={warn}, ignored {n})"),
    }
}

// === impl CreateArgs ===

impl CreateArgs {
    fn put(&self, project: &mut AppProject) -> Result<(), CliError> {
        let spec = &mut project.spec;
        if let Some(description) = &self.description {
            spec.description = description.clone();
        }
        spec.source_repos.extend(self.sources.iter().cloned());
        spec.source_namespaces.extend(self.source_namespaces.iter().cloned());
        for text in &self.destinations {
            let (server, namespace) = text
                .split_once(',')
                .ok_or_else(|| CliError::usage(format!("--dest {text}: write SERVER,NAMESPACE")))?;
            let named = server.strip_prefix("name:");
            spec.destinations.push(ApplicationDestination {
                server: if named.is_some() { String::new() } else { server.to_string() },
                name: named.unwrap_or_default().to_string(),
                namespace: namespace.to_string(),
            });
        }
        let kind = |text: &str, flag: &str| match text.split_once('/') {
            Some((group, kind)) => Ok((group.to_string(), kind.to_string())),
            None => Err(CliError::usage(format!("{flag} {text}: write GROUP/KIND (/KIND in the core group)"))),
        };
        for (texts, flag, list) in [
            (&self.allow_cluster, "--allow-cluster-resource", &mut spec.cluster_resource_whitelist),
            (&self.deny_cluster, "--deny-cluster-resource", &mut spec.cluster_resource_blacklist),
        ] {
            for text in texts {
                let (group, kind) = kind(text, flag)?;
                list.push(ClusterResourceRestrictionItem { group, kind, name: String::new() });
            }
        }
        for text in &self.allow_namespaced {
            let (group, kind) = kind(text, "--allow-namespaced-resource")?;
            let list = spec.namespace_resource_whitelist.get_or_insert_with(Vec::new);
            list.push(bowline_core_crd::GroupKind { group, kind });
        }
        for text in &self.deny_namespaced {
            let (group, kind) = kind(text, "--deny-namespaced-resource")?;
            spec.namespace_resource_blacklist.push(bowline_core_crd::GroupKind { group, kind });
        }
        Ok(())
    }
}
