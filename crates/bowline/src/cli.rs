//! The commands, and how one is run.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::error::CliError;
use crate::global::Global;
use crate::{
    account, admin, app, appset, cert, cluster, completion, context, gpg, helm, kustomize, login, plan, proj, render,
    repo, repocreds, server, version,
};

/// GitOps continuous delivery for Kubernetes: declare in Git what should run, Bowline makes it so and says why.
#[derive(Parser, Debug)]
#[command(
    name = "bowline",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    args_override_self = true
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the server
    Server(Box<server::ServerArgs>),
    /// Applications
    #[command(subcommand, visible_alias = "application", visible_alias = "applications")]
    App(app::AppCommand),
    /// Application sets, which make applications
    #[command(subcommand, visible_alias = "applicationset", visible_alias = "applicationsets")]
    Appset(appset::AppsetCommand),
    /// Say what a sync would change, object by object and field by field, and write nothing (exit code 2 where it would)
    Plan(Box<plan::PlanArgs>),
    /// Projects
    #[command(subcommand, visible_alias = "project")]
    Proj(proj::ProjCommand),
    /// Repositories
    #[command(subcommand)]
    Repo(repo::RepoCommand),
    /// Credentials for all repositories whose URLs begin alike
    #[command(subcommand)]
    Repocreds(repocreds::RepocredsCommand),
    /// Certificates of repository servers, and host keys of SSH
    #[command(subcommand)]
    Cert(cert::CertCommand),
    /// Keys that may have signed commits
    #[command(subcommand)]
    Gpg(gpg::GpgCommand),
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
    /// Log in to a server
    Login(login::LoginArgs),
    /// Log in again
    Relogin(login::ReloginArgs),
    /// Log out
    Logout(login::LogoutArgs),
    /// The logins that are remembered: list them, use one, forget one
    #[command(visible_alias = "ctx")]
    Context(context::ContextArgs),
    /// Change how commands behave on this machine
    Configure(context::ConfigureArgs),
    /// Accounts, passwords and tokens
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// What is done on Kubernetes itself, with the rights of the kubeconfig
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Print a script that completes commands in a shell
    Completion(completion::CompletionArgs),
    /// Print the manual, or write its pages
    Man(completion::ManArgs),
    /// Print the version
    Version(version::VersionArgs),
}

/// Commands behind which the contract's `--namespace` names something else than the control namespace, and what it is called here.
const NAMESPACES: [(&str, &str, &str); 7] = [
    ("cluster", "add", "--managed-namespace"),
    ("cluster", "set", "--managed-namespace"),
    ("app", "get-resource", "--resource-namespace"),
    ("app", "actions", "--resource-namespace"),
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

/// The arguments with those that `$ARGOCD_OPTS` adds: flags of every command, as a shell would part them. What the command line says
/// comes later and so counts.
pub fn with_options(mut given: Vec<OsString>, options: Option<&str>) -> Result<Vec<OsString>, CliError> {
    let words = words(options.unwrap_or_default())
        .ok_or_else(|| CliError::usage("ARGOCD_OPTS: a quotation mark is not closed"))?;
    let at = given.len().min(1);
    given.splice(at..at, words.into_iter().map(OsString::from));
    Ok(given)
}

/// Words as a shell parts them: by blanks, with quotation marks and backslashes; `None` where a mark is not closed.
fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// The commands as they are read: what follows a flag that wants a value is its value, whatever it begins with. A password may begin
/// with a dash.
pub fn command() -> clap::Command {
    taking(Cli::command())
}

fn taking(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|argument| {
        let takes =
            argument.get_action().takes_values() && !argument.is_positional() && !argument.is_require_equals_set();
        if takes { argument.allow_hyphen_values(true) } else { argument }
    });
    command.mut_subcommands(taking)
}

/// The arguments with switches as they are read here: `--prune=true` is `--prune`, and `--prune=false` is left out.
fn switched(command: &clap::Command, arguments: Vec<OsString>) -> Vec<OsString> {
    // What follows these is another program's command line.
    if arguments.iter().skip(1).any(|word| word == "helm" || word == "kustomize") {
        return arguments;
    }
    // The command's own flags, and those of every command, which stand at the root.
    let words = arguments.iter().skip(1).filter_map(|word| word.to_str()).take_while(|word| *word != "--");
    let named = words.fold(command, |at, word| at.find_subcommand(word).unwrap_or(at));
    let switches: BTreeSet<&str> = [command, named]
        .into_iter()
        .flat_map(|command| command.get_arguments())
        .filter(|argument| !argument.get_action().takes_values())
        .flat_map(|argument| argument.get_long_and_visible_aliases().unwrap_or_default())
        .collect();
    let mut open = true;
    let kept = arguments.into_iter().filter_map(|word| {
        open &= word != "--";
        let Some((name, value)) = word.to_str().filter(|_| open).and_then(|text| text.split_once('=')) else {
            return Some(word);
        };
        let is_switch = name.strip_prefix("--").is_some_and(|name| switches.contains(name));
        match (is_switch, value) {
            (true, "true" | "1" | "t" | "T" | "TRUE" | "True") => Some(name.into()),
            (true, "false" | "0" | "f" | "F" | "FALSE" | "False") => None,
            _ => Some(word),
        }
    });
    kept.collect()
}

/// Reads the arguments, or ends the process with what is wrong with them.
pub fn parse(arguments: Vec<OsString>) -> Cli {
    let command = command();
    let arguments = switched(&command, arguments);
    let matches = command.get_matches_from(arguments);
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
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
            Command::Appset(command) => appset::run(&global, command).await,
            Command::Plan(args) => plan::run(&global, *args).await,
            Command::Proj(command) => proj::run(&global, command).await,
            Command::Repo(command) => repo::run(&global, command).await,
            Command::Repocreds(command) => repocreds::run(&global, command).await,
            Command::Cert(command) => cert::run(&global, command).await,
            Command::Gpg(command) => gpg::run(&global, command).await,
            Command::Cluster(command) => cluster::run(&global, command).await,
            Command::Render(args) => render::run(*args).await,
            Command::Kustomize(words) => kustomize::run(words).await,
            Command::Login(args) => login::login(&global, args).await,
            Command::Relogin(args) => login::relogin(&global, args).await,
            Command::Logout(args) => login::logout(&global, args).await,
            Command::Context(args) => context::context(&global, args),
            Command::Configure(args) => context::configure(&global, args),
            Command::Account(command) => account::run(&global, command).await,
            Command::Admin(command) => admin::run(&global, command).await,
            Command::Completion(args) => completion::completion(self::command(), args),
            Command::Man(args) => completion::man(self::command(), args),
            Command::Version(args) => version::run(&global, args).await,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_fit_together() {
        command().debug_assert();
    }

    #[test]
    fn a_value_may_begin_with_a_dash() {
        let given = ["bowline", "login", "s", "--password", "-d4be", "--sso-port", "1"].map(OsString::from);
        let parsed = Cli::from_arg_matches(&command().try_get_matches_from(given).unwrap());
        assert!(matches!(parsed.unwrap().command, Command::Login(_)));
        // What needs no value does not take the next word for one.
        let given = ["bowline", "app", "list", "--insecure", "-o", "name"].map(OsString::from);
        assert!(command().try_get_matches_from(given).is_ok());
    }

    #[test]
    fn switches_may_be_said_in_full() {
        for (given, want) in [
            ("bowline app sync a --prune=true --async=false", "bowline app sync a --prune"),
            ("bowline login s --plaintext=true --insecure=false", "bowline login s --plaintext --insecure=false"),
            ("bowline app set a -- --prune=true", "bowline app set a -- --prune=true"),
            ("bowline plan a --prune=false", "bowline plan a --prune=false"),
            ("bowline app delete a --cascade=false", "bowline app delete a --cascade=false"),
            ("bowline helm template . --debug=true", "bowline helm template . --debug=true"),
            ("bowline app sync a --info prune=true", "bowline app sync a --info prune=true"),
        ] {
            let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
            assert_eq!(switched(&command(), words(given)), words(want));
        }
    }

    #[test]
    fn options_of_the_environment_come_first() {
        let with = |options: &str| {
            let given = vec!["bowline".into(), "app".into()];
            with_options(given, Some(options)).map(|all| all.into_iter().skip(1).collect::<Vec<_>>()).ok()
        };
        let want = |words: &[&str]| Some(words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(with(""), want(&["app"]));
        assert_eq!(with("--grpc-web  --header 'a: b c'"), want(&["--grpc-web", "--header", "a: b c", "app"]));
        assert_eq!(with(r#"--server="x y" a\ b"#), want(&["--server=x y", "a b", "app"]));
        assert_eq!(with("--header 'a"), None);
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
