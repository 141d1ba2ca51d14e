//! `bowline plan`: what a sync would do, and nothing done.
//!
//! The desired objects of a revision, a local folder or an edited Application are compared with what the cluster holds, by the definition and
//! the rules of the server, and the server's own planner says what a sync would make of that. The API server is only asked.

mod print;

use bowline_base_value::yaml;
use bowline_core_crd::{AppProject, Application};
use bowline_roles_app_controller::foresee::{Ground, Plan, Wish, default_project, foresee};
use clap::{Args, ValueEnum};

use crate::app::comparing;
use crate::app::selection::Selection;
use crate::app::store::{Apps, CoreApps, Stored, typed};
use crate::app::target::{TargetFlags, target};
use crate::control;
use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Resource as Api, from_raw};

/// The exit code where something would change.
const CHANGES: u8 = 2;
/// The exit code where it cannot be told, or the sync would be refused.
const ERROR: u8 = 1;

/// `bowline plan`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline plan shop                          # what would a sync change now?\n  bowline plan shop --revision feature-x     # what would this branch change?\n  bowline plan shop --local ./deploy         # what would this folder change?\n  bowline plan --file shop.yaml              # what would this edited Application change?\n  bowline plan shop --revision \"$SHA\" -o markdown > comment.md\n\nNothing is written: the API server is asked in dry runs. What Secrets hold is shown as digests.\n\nExit codes: 0 nothing would change, 2 something would, 1 it cannot be told or the sync would be refused."
)]
pub struct PlanArgs {
    /// Name of the application, or namespace/name
    #[arg(value_name = "APPNAME", required_unless_present = "file")]
    name: Option<String>,
    /// Namespace of the application, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    app_namespace: Option<String>,
    /// The Application as this file has it, with the state that the cluster holds; - is standard input
    #[arg(short, long, value_name = "FILE")]
    file: Option<String>,
    #[command(flatten)]
    target: TargetFlags,
    /// As if the sync deleted what is no longer declared [default: as automated syncs of the application do]
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    prune: Option<bool>,
    /// As if the deletions that wait for a person were confirmed
    #[arg(long)]
    confirmed: bool,
    /// Only these objects: GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME; `!` in front leaves out, `*` is any
    #[arg(long = "resource", value_name = "RESOURCE")]
    resources: Vec<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Wide,
    /// For programs.
    Json,
    /// For a comment on a change.
    Markdown,
}

/// Says what a sync would do.
pub async fn run(global: &Global, args: PlanArgs) -> Result<(), CliError> {
    let plan = plan(global, &args).await.map_err(|error| error.code(ERROR))?;
    let mut out = std::io::stdout();
    match args.output {
        Format::Wide => print::wide(&mut out, &plan, crate::output::Style::of_stdout())?,
        Format::Json => crate::output::value(&mut out, &plan.json(), crate::output::Output::Json)?,
        Format::Markdown => print::markdown(&mut out, &plan)?,
    }
    match (&plan.refused, plan.changes()) {
        (Some(_), _) => Err(CliError::quiet(ERROR)),
        (None, true) => Err(CliError::quiet(CHANGES)),
        (None, false) => Ok(()),
    }
}

async fn plan(global: &Global, args: &PlanArgs) -> Result<Plan, CliError> {
    let apps = Apps::core(global).await?;
    let mut app = application(global, &apps, args).await?;
    // The newest commit counts, not the one that the server compared last.
    app.status.sync = Default::default();
    let world = control::world(apps.kube(), global).await?;
    let project = app.spec.project().to_string();
    let found = apps.kube().find(Api::AppProjects, &global.namespace, &project).await?;
    let project: AppProject = match found {
        Some(raw) => from_raw(&raw).map_err(CliError::failed)?,
        // The server makes it when it starts.
        None if project == "default" => default_project(),
        None => {
            let name = &app.metadata.name;
            return Err(CliError::failed(format!(
                "application '{name}' is of project '{project}', which does not exist"
            ))
            .hint("bowline proj list shows the projects"));
        }
    };
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let target = target(global, &world, &app, &destination, &args.target).await?;
    let reference = world
        .destination(&app.spec.destination.server, &app.spec.destination.name)
        .map_err(|reason| CliError::failed(reason).hint("bowline cluster list shows the clusters that are known"))?;
    let comparing = comparing(&app, &world);
    let selection = Selection::parse(&args.resources)?;
    let acting = match destination.acting(&world, &app, &project) {
        Ok(acting) => acting,
        Err(reason) => return Ok(Plan::refused(&app, &target.revisions, Some(reason))),
    };
    let ground = Ground {
        world: &world,
        control: &global.namespace,
        cluster: acting.as_ref().unwrap_or(&destination.cluster),
        reads: &destination.cluster,
        reference: &reference,
        secrets: &destination.secrets,
        project: &project,
        comparing: &comparing,
    };
    let wish = Wish {
        objects: &target.objects,
        revisions: &target.revisions,
        prune: args.prune,
        confirmed: args.confirmed,
        selection: selection.patterns(),
        now: crate::kube::now(),
    };
    foresee(&ground, &app, wish).await.map_err(CliError::failed)
}

/// The Application: as the cluster holds it, or as a file has it with the state that the cluster holds.
async fn application(global: &Global, apps: &CoreApps, args: &PlanArgs) -> Result<Application, CliError> {
    let named =
        args.name.as_deref().map(|name| crate::app::reference::resolve(name, args.app_namespace.as_deref(), global));
    let Some(file) = &args.file else {
        let (namespace, name) = named.expect("because the command asks for a name or a file");
        return Ok(apps.get(&namespace, &name).await?.app);
    };
    let documents = yaml::documents(&files::read(file)?).map_err(|e| CliError::failed(format!("{file}: {e}")))?;
    let mut found = documents.iter().filter(|d| d.str_at(&["kind"]) == Some("Application"));
    let (Some(document), None) = (found.next(), found.next()) else {
        return Err(CliError::usage(format!("{file}: must hold one Application")));
    };
    let mut app = typed(document).map_err(|e| CliError::failed(format!("{file}: {e}")))?;
    if app.metadata.namespace.is_empty() {
        app.metadata.namespace = args.app_namespace.clone().unwrap_or_else(|| global.namespace.clone());
    }
    if let Some((namespace, name)) = named
        && (&namespace, &name) != (&app.metadata.namespace, &app.metadata.name)
    {
        let of_file = format!("{}/{}", app.metadata.namespace, app.metadata.name);
        return Err(CliError::usage(format!("{file} is about '{of_file}', the command about '{namespace}/{name}'")));
    }
    let stored = apps.find(&app.metadata.namespace, &app.metadata.name).await?;
    app.status = stored.map(|Stored { app, .. }| app.status).unwrap_or_default();
    Ok(app)
}
