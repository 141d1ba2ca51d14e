//! `bowline appset`: ApplicationSets, which make Applications.

mod print;
mod store;

use std::io::Write;

use bowline_base_value::{Value, yaml};
use bowline_core_crd::{API_VERSION, Application, ApplicationSet, Resource as _};
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Selector, from_raw, to_raw};
use crate::output::{self, Output, Style};
use store::AppSets;

#[derive(Subcommand, Debug)]
pub enum AppsetCommand {
    /// Create application sets
    Create(CreateArgs),
    /// Show an application set
    Get(GetArgs),
    /// List application sets
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Say which applications an application set would make
    Generate(GenerateArgs),
    /// Delete application sets
    #[command(visible_alias = "rm")]
    Delete(DeleteArgs),
}

/// `bowline appset create`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline appset create teams.yaml\n  bowline appset create teams.yaml --upsert\n  bowline appset create teams.yaml --dry-run -o json   # what would be stored"
)]
pub struct CreateArgs {
    /// Files with ApplicationSet manifests; - is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Change one that is there already
    #[arg(long)]
    upsert: bool,
    /// Store nothing
    #[arg(long)]
    dry_run: bool,
    /// Wait until its applications were made
    #[arg(long)]
    wait: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline appset get`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline appset get teams\n  bowline appset get teams --show-params\n  bowline appset get argocd/teams -o yaml"
)]
pub struct GetArgs {
    /// Name of the application set, or namespace/name
    #[arg(value_name = "APPSETNAME")]
    name: String,
    /// Show parameters and overrides of the template
    #[arg(long)]
    show_params: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline appset list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline appset list\n  bowline appset list -l team=web -o name")]
pub struct ListArgs {
    /// Only those of these projects
    #[arg(short, long = "project", value_name = "PROJECT")]
    projects: Vec<String>,
    /// Only those with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    selector: Option<String>,
    /// Namespace of the application sets, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    appset_namespace: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline appset generate`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline appset generate teams.yaml\n  bowline appset generate teams.yaml -o yaml")]
pub struct GenerateArgs {
    /// File with the ApplicationSet; - is standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline appset delete`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline appset delete teams\n  bowline appset delete teams --yes --wait")]
pub struct DeleteArgs {
    /// Names of the application sets, or namespace/name
    #[arg(value_name = "APPSETNAME", required = true)]
    names: Vec<String>,
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
    /// Wait until they are gone
    #[arg(long)]
    wait: bool,
}

/// Runs an `appset` command.
pub async fn run(global: &Global, command: AppsetCommand) -> Result<(), CliError> {
    let sets = AppSets::connect(global).await?;
    match command {
        AppsetCommand::Create(args) => create(&sets, args).await,
        AppsetCommand::Get(args) => get(&sets, args).await,
        AppsetCommand::List(args) => list(&sets, args).await,
        AppsetCommand::Generate(args) => generate(&sets, args).await,
        AppsetCommand::Delete(args) => delete(&sets, args).await,
    }
}

async fn create(sets: &AppSets, args: CreateArgs) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    for file in &args.files {
        for set in read(file)? {
            let (made, word) = sets.create(&set, args.upsert, args.dry_run).await?;
            if args.dry_run {
                files::note("dry run: nothing was stored");
            }
            match args.output {
                Output::Json | Output::Yaml => output::value(&mut out, &to_raw(&made)?, args.output)?,
                _ => {
                    let name = &made.metadata.name;
                    writeln!(out, "ApplicationSet '{name}' {word}")?;
                    writeln!(out)?;
                    print::summary(&mut out, &made, Style::of_stdout())?;
                }
            }
            if args.wait && !args.dry_run {
                sets.until_made(&made).await?;
            }
        }
    }
    Ok(())
}

async fn get(sets: &AppSets, args: GetArgs) -> Result<(), CliError> {
    let set = sets.get(&args.name).await?;
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => output::value(&mut out, &to_raw(&set)?, args.output)?,
        Output::Name => writeln!(out, "{}", print::qualified_name(&set))?,
        Output::Wide => {
            print::summary(&mut out, &set, Style::of_stdout())?;
            if !set.status.conditions.is_empty() {
                writeln!(out)?;
                print::conditions(&mut out, &set)?;
            }
            if args.show_params {
                print::parameters(&mut out, &set)?;
            }
        }
    }
    Ok(())
}

async fn list(sets: &AppSets, args: ListArgs) -> Result<(), CliError> {
    let selector = args.selector.as_deref().map(Selector::parse).transpose()?;
    let mut found = sets.list(args.appset_namespace.as_deref(), selector.as_ref()).await?;
    found.retain(|set| args.projects.is_empty() || args.projects.contains(&set.spec.template.spec.project));
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => {
            let items: Vec<Value> = found.iter().map(to_raw).collect::<Result<_, _>>()?;
            output::value(&mut out, &items.into_iter().collect(), args.output)?;
        }
        Output::Name => found.iter().try_for_each(|set| writeln!(out, "{}", print::qualified_name(set)))?,
        Output::Wide => print::list(&mut out, &found, Style::of_stdout())?,
    }
    Ok(())
}

async fn generate(sets: &AppSets, args: GenerateArgs) -> Result<(), CliError> {
    let mut found = read(&args.file)?;
    let (Some(set), true) = (found.pop(), found.is_empty()) else {
        return Err(CliError::usage(format!("{}: must hold one ApplicationSet", args.file)));
    };
    let apps = sets.generate(&set).await?;
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => {
            // What was generated has no state yet, and is to be applied as it is printed.
            let raws: Vec<Value> = apps.iter().map(to_raw).collect::<Result<_, _>>()?;
            let raws = raws.iter().map(|raw| -> Value {
                let part = |name: &str| raw.get_path(&[name]).cloned().unwrap_or_default();
                let head = [("apiVersion", Value::from(API_VERSION)), ("kind", Value::from(Application::KIND))];
                head.into_iter().chain(["metadata", "spec"].map(|name| (name, part(name)))).collect()
            });
            output::value(&mut out, &raws.collect(), args.output)?;
        }
        Output::Name => apps.iter().try_for_each(|app| writeln!(out, "{}", crate::app::print::qualified_name(app)))?,
        Output::Wide => crate::app::print::list(&mut out, &apps, Style::of_stdout())?,
    }
    Ok(())
}

async fn delete(sets: &AppSets, args: DeleteArgs) -> Result<(), CliError> {
    for name in &args.names {
        let set = sets.get(name).await?;
        let count = set.status.resources.len();
        let question = format!("Delete application set '{name}' and its {count} applications?");
        if !args.yes && !files::confirm(&question)? {
            return Err(CliError::failed(format!("nothing was deleted: say yes, or --yes, to delete '{name}'")));
        }
        sets.delete(name).await?;
        if args.wait {
            sets.until_gone(name).await?;
        }
        writeln!(std::io::stdout(), "applicationset '{name}' deleted")?;
    }
    Ok(())
}

fn read(file: &str) -> Result<Vec<ApplicationSet>, CliError> {
    let failed = |e: String| CliError::failed(format!("{file}: {e}"));
    let documents = yaml::documents(&files::read(file)?).map_err(|e| failed(e.to_string()))?;
    let mut found = Vec::new();
    for document in documents.iter().filter(|d| !d.is_null()) {
        let kind = document.str_at(&["kind"]).unwrap_or("(none)");
        if kind != "ApplicationSet" {
            return Err(failed(format!("kind is {kind}, expected ApplicationSet")));
        }
        found.push(from_raw(document).map_err(failed)?);
    }
    if found.is_empty() {
        return Err(failed("no ApplicationSet in it".to_string()));
    }
    Ok(found)
}
