//! `bowline app list`.

use std::io::Write;

use bowline_base_value::Value;
use bowline_core_crd::Application;
use bowline_core_settings::normalize_url;
use clap::Args;

use super::print;
use super::store::Apps;
use crate::error::CliError;
use crate::global::Global;
use crate::kube::Selector;
use crate::output::{self, Output, Style};

/// `bowline app list`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app list\n  bowline app list -p team-a -l tier=web\n  bowline app list -o name"
)]
pub struct ListArgs {
    /// Only applications of these projects
    #[arg(short = 'p', long = "project", value_name = "PROJECT")]
    projects: Vec<String>,
    /// Only applications with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    selector: Option<String>,
    /// Only applications with this source repository
    #[arg(short = 'r', long, value_name = "URL")]
    repo: Option<String>,
    /// Only applications with this source path
    #[arg(short = 'P', long)]
    path: Option<String>,
    /// Only applications of this cluster, by name or URL
    #[arg(short = 'c', long)]
    cluster: Option<String>,
    /// Namespace of the applications, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    app_namespace: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Lists applications.
pub async fn run(global: &Global, args: ListArgs) -> Result<(), CliError> {
    let selector = args.selector.as_deref().map(Selector::parse).transpose()?;
    let apps = Apps::connect(global).await?;
    let namespace = args.app_namespace.as_deref().unwrap_or(&global.namespace);
    let mut found = apps.list(namespace, selector.as_ref()).await?;
    found.retain(|stored| args.keeps(&stored.app));
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => {
            let items: Value = found.into_iter().map(|stored| stored.raw).collect();
            output::value(&mut out, &items, args.output)?;
        }
        Output::Name => {
            for stored in found {
                writeln!(out, "{}", print::qualified_name(&stored.app))?;
            }
        }
        Output::Wide => {
            let found: Vec<Application> = found.into_iter().map(|stored| stored.app).collect();
            print::list(&mut out, &found, Style::of_stdout())?;
        }
    }
    Ok(())
}

// === impl ListArgs ===

impl ListArgs {
    fn keeps(&self, app: &Application) -> bool {
        let project = app.spec.project();
        let destination = &app.spec.destination;
        let sources = app.spec.sources();
        (self.projects.is_empty() || self.projects.iter().any(|p| p == project))
            && self.cluster.as_ref().is_none_or(|c| *c == destination.server || *c == destination.name)
            && self.path.as_ref().is_none_or(|path| sources.iter().any(|s| s.path == *path))
            && self
                .repo
                .as_ref()
                .is_none_or(|repo| sources.iter().any(|s| normalize_url(&s.repo_url) == normalize_url(repo)))
    }
}
