//! The commands, and how one is run.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::error::CliError;
use crate::{app, cluster, helm, kustomize, plan, proj, render, repo, server, version};

/// GitOps continuous delivery for Kubernetes: declare in Git what should run, Bowline makes it so and says why.
#[derive(Parser, Debug)]
#[command(name = "bowline", version, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Kubeconfig of the cluster that holds the Applications [default: $KUBECONFIG, ~/.kube/config, or in-cluster]
    #[arg(long, global = true, env = "KUBECONFIG", value_name = "FILE", hide_env_values = true)]
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, global = true, value_name = "NAME")]
    pub kube_context: Option<String>,
    /// Namespace of Applications and settings
    #[arg(long, short = 'n', global = true, env = "ARGOCD_NAMESPACE", default_value = "argocd", hide_env = true)]
    pub namespace: String,
    /// Log lines: text or json
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT")]
    pub logformat: String,
    /// Log level: debug, info, warn or error
    #[arg(long, global = true, default_value = "info", value_name = "LEVEL")]
    pub loglevel: String,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the server
    Server(Box<server::ServerArgs>),
    /// Applications
    #[command(subcommand, visible_alias = "application", visible_alias = "applications")]
    App(app::AppCommand),
    /// Say what a sync would change, object by object and field by field, and write nothing (exit code 2 where it would)
    Plan(Box<plan::PlanArgs>),
    /// Projects
    #[command(subcommand, visible_alias = "project")]
    Proj(proj::ProjCommand),
    /// Repositories and their credentials
    #[command(subcommand)]
    Repo(repo::RepoCommand),
    /// Destination clusters
    #[command(subcommand)]
    Cluster(cluster::ClusterCommand),
    /// Print what a source renders to
    Render(Box<render::RenderArgs>),
    /// Render Helm charts as helm does: bowline helm template CHART
    #[command(disable_help_flag = true)]
    Helm(helm::Words),
    /// Build kustomizations as kustomize does: bowline kustomize build DIR
    #[command(disable_help_flag = true)]
    Kustomize(helm::Words),
    /// Print the version
    Version(version::VersionArgs),
}

/// Commands behind which the contract's `--namespace` names something else than the control namespace, and what it is called here.
const NAMESPACES: [(&str, &str, &str); 4] = [
    ("cluster", "add", "--managed-namespace"),
    ("app", "logs", "--resource-namespace"),
    ("app", "patch-resource", "--resource-namespace"),
    ("app", "delete-resource", "--resource-namespace"),
];

/// The arguments as clap is to read them. `--namespace` names the control namespace everywhere; where the contract has another meaning for
/// it behind a command, that is spelled out.
pub fn arguments(given: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = given.into_iter().collect();
    let behind = NAMESPACES.iter().find_map(|(group, command, flag)| {
        let at = arguments.windows(2).position(|pair| pair[0] == *group && pair[1] == *command)?;
        Some((at + 2, flag))
    });
    let Some((from, flag)) = behind else { return arguments };
    for argument in arguments.iter_mut().skip(from) {
        let Some(rest) = argument.to_str().and_then(|text| text.strip_prefix("--namespace")) else { continue };
        if rest.is_empty() || rest.starts_with('=') {
            *argument = format!("{flag}{rest}").into();
        }
    }
    arguments
}

/// Runs a command to its end.
pub fn run(cli: Cli) -> Result<(), CliError> {
    let Cli { global, command } = cli;
    if let Command::Server(args) = command {
        return server::run(&global, *args);
    }
    if let Command::Helm(words) = command {
        return helm::run(words);
    }
    // A command does one thing at a time: one thread is enough.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Server(_) | Command::Helm(_) => unreachable!("because it was run above"),
            Command::App(command) => app::run(&global, command).await,
            Command::Plan(args) => plan::run(&global, *args).await,
            Command::Proj(command) => proj::run(&global, command).await,
            Command::Repo(command) => repo::run(&global, command).await,
            Command::Cluster(command) => cluster::run(&global, command).await,
            Command::Render(args) => render::run(*args).await,
            Command::Kustomize(words) => kustomize::run(words).await,
            Command::Version(args) => version::run(&global, args).await,
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_namespace_behind_some_commands_is_another_one() {
        for (given, want) in [
            (
                "bowline --namespace ci cluster add prod --namespace a",
                "bowline --namespace ci cluster add prod --managed-namespace a",
            ),
            ("bowline cluster add prod --namespace=a -n ci", "bowline cluster add prod --managed-namespace=a -n ci"),
            ("bowline cluster list --namespace ci", "bowline cluster list --namespace ci"),
            ("bowline -n ci app logs shop --namespace shop", "bowline -n ci app logs shop --resource-namespace shop"),
        ] {
            let arguments = arguments(given.split(' ').map(OsString::from));
            assert_eq!(arguments, want.split(' ').map(OsString::from).collect::<Vec<_>>());
        }
    }
}
