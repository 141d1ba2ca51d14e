//! `bowline plan`: what a sync would do, and nothing done.
//!
//! The desired objects of a revision, a local folder or an edited Application are compared with what the cluster holds, by the definition and
//! the rules of the server, and the server's own planner says what a sync would make of that. The API server is only asked.

mod print;
mod view;

use std::collections::BTreeMap;

use bowline_base_value::{Value, yaml};
use bowline_core_crd::{AppProject, Application};
use bowline_core_ports::Cluster;
use bowline_core_types::{Object, ResourceKey, digest_secret, is_hook};
use bowline_live_health::assess;
use bowline_plan_diff::{Comparison, Difference};
use bowline_plan_planner::{
    Foreseen, Foresight, Guard, Input, Limits, Live, ManagedNamespace, Operation, Progress, Resource, Selector,
    Strategy, SyncOptions, hook_objects, preview,
};
use bowline_sync_executor::may_pass_later;
use clap::{Args, ValueEnum};

use crate::app::compared::{Compared, compared, comparing, name_of};
use crate::app::selection::Selection;
use crate::app::store::{Apps, CoreApps, Stored, typed};
use crate::app::target::{TargetFlags, target};
use crate::control::{self, Destination};
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

/// What a sync would do to an application.
pub struct Plan {
    /// `namespace/name`.
    pub application: String,
    /// The commit of each source; empty for a local folder.
    pub revisions: Vec<String>,
    /// Why the sync would be refused, with nothing written.
    pub refused: Option<String>,
    /// What would be done, in order.
    pub steps: Vec<Planned>,
}

/// One object or hook.
pub struct Planned {
    /// What would become of it, when and why.
    pub foresight: Foresight,
    /// The fields that would change.
    pub fields: Vec<Difference>,
    /// The object that would be made, Secrets as digests.
    pub object: Option<Object>,
    /// Why the API server would not take it, or why it could not be compared.
    pub error: Option<String>,
}

/// Says what a sync would do.
pub async fn run(global: &Global, args: PlanArgs) -> Result<(), CliError> {
    let plan = plan(global, &args).await.map_err(|error| error.code(ERROR))?;
    let mut out = std::io::stdout();
    match args.output {
        Format::Wide => print::wide(&mut out, &plan, crate::output::Style::of_stdout())?,
        Format::Json => crate::output::value(&mut out, &print::json(&plan), crate::output::Output::Json)?,
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
        None if project == "default" => view::default_project(),
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
    let comparing = comparing(&app, &world);
    let instance = app.instance_name(&global.namespace);
    let compared = compared(&destination, &world, &app, &instance, &target.objects, &comparing).await;

    let (options, operation) = asked(&app, args, &compared, target.revisions.first())?;
    let hooks: Vec<Object> = target.objects.iter().filter(|o| is_hook(o)).cloned().collect();
    let resources: Vec<Resource> = compared.iter().map(resource).collect();
    let tracking = world.settings().instance_id();
    let shared: Vec<(ResourceKey, String)> = compared
        .iter()
        .filter_map(|item| {
            let live = item.live.as_ref().filter(|live| item.desired.is_some() && tracking.is_self_reference(live))?;
            let other = tracking.instance(live).filter(|other| *other != instance)?;
            Some((item.key.clone(), other))
        })
        .collect();
    let reference = world
        .destination(&app.spec.destination.server, &app.spec.destination.name)
        .map_err(|reason| CliError::failed(reason).hint("bowline cluster list shows the clusters that are known"))?;
    let namespace = app.spec.destination.namespace.clone();
    let mut view =
        view::Snapshot { destination: &destination, reference: &reference, project: &project, live: BTreeMap::new() };
    let made = hooks.iter().flat_map(|hook| hook_objects(hook, &operation)).map(|(_, object)| object);
    for object in made.chain((!namespace.is_empty()).then(|| view::namespace(&namespace))) {
        let found = match destination.cluster.kind(&object.gvk()) {
            Some(_) => destination.cluster.get(&object.gvk(), object.namespace(), object.name()).await,
            None => Ok(None),
        };
        let found = found.map_err(|e| CliError::failed(format!("{}: {e}", object.key())))?;
        view.live.extend(found.map(|object| (object.key(), Live { health: assess(&object), object })));
    }
    let policy = app.spec.sync_policy.as_ref();
    let managed = policy.and_then(|p| p.managed_namespace_metadata.clone()).unwrap_or_default();
    let settings = world.settings();
    let seen = preview(&Input {
        operation: &operation,
        options: &options,
        resources: &resources,
        hooks: &hooks,
        complete: Ok(()),
        namespace: &namespace,
        managed_namespace: &ManagedNamespace { labels: managed.labels, annotations: managed.annotations },
        shared: &shared,
        confirmed: args.confirmed,
        guard: settings.deletion_guard.then(Guard::default).as_ref(),
        limits: &Limits::default(),
        progress: &Progress::default(),
        view: &view,
        now: operation.started_at,
    });
    let steps: Vec<Planned> = seen.steps.into_iter().map(|step| planned(&destination, step, &compared)).collect();
    let refused = seen.refused.or_else(|| refused_by_check(&steps));
    let application = format!("{}/{}", app.metadata.namespace, app.metadata.name);
    Ok(Plan { application, revisions: target.revisions, refused, steps })
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

/// The sync that is planned.
fn asked(
    app: &Application,
    args: &PlanArgs,
    compared: &[Compared],
    revision: Option<&String>,
) -> Result<(SyncOptions, Operation), CliError> {
    let policy = app.spec.sync_policy.as_ref();
    let texts = policy.map(|p| p.sync_options.as_slice()).unwrap_or_default();
    let (options, wrong) = SyncOptions::parse(texts.iter().map(String::as_str));
    if !wrong.is_empty() {
        let reasons: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        return Err(CliError::failed(reasons.join("; ")));
    }
    let selection = Selection::parse(&args.resources)?;
    let mut selectors = Vec::new();
    if !selection.is_everything() {
        let chosen = compared.iter().map(|item| &item.key);
        let chosen = chosen.filter(|key| selection.includes(&key.group, &key.kind, &key.namespace, &key.name));
        selectors.extend(chosen.map(|key| Selector {
            group: key.group.to_string(),
            kind: key.kind.to_string(),
            name: key.name.to_string(),
            namespace: key.namespace.to_string(),
        }));
        if selectors.is_empty() {
            return Err(CliError::failed("no object of the application matches --resource"));
        }
    }
    let prunes = app.spec.automated().is_some_and(|automated| automated.prunes());
    let operation = Operation {
        revision: revision.cloned().unwrap_or_default(),
        prune: args.prune.unwrap_or(prunes),
        dry_run: false,
        force: false,
        strategy: Strategy::Hook,
        selectors,
        started_at: crate::kube::now(),
        retries: 0,
    };
    Ok((options, operation))
}

fn resource(item: &Compared) -> Resource {
    Resource {
        key: item.key.clone(),
        desired: item.desired.clone(),
        live: item.live.as_ref().map(|live| Live { object: live.clone(), health: assess(live) }),
        in_sync: item.comparison == Comparison::InSync,
        checked: matches!(item.predicted, Some(Ok(_))),
    }
}

/// A step with what the comparison knows of its object.
fn planned(destination: &Destination, foresight: Foresight, compared: &[Compared]) -> Planned {
    let plain = !foresight.task.is_hook();
    // The planner may have taken a namespace away that the kind has no use for.
    let item = compared.iter().filter(|_| plain).find(|item| {
        let (a, b) = (&item.key, &foresight.task.key);
        (&a.group, &a.kind, &a.name) == (&b.group, &b.kind, &b.name)
            && (a.namespace == b.namespace || b.namespace.is_empty())
    });
    let fields = match item.map(|item| &item.comparison) {
        Some(Comparison::Differs(differences)) => differences.as_slice().to_vec(),
        _ => Vec::new(),
    };
    let object = foresight.task.desired.clone().filter(|_| foresight.foreseen == Foreseen::Create);
    let object = object.map(|mut object| {
        digest_secret(&mut object, &destination.secrets);
        object
    });
    let error = item.and_then(|item| match (&item.predicted, &item.comparison) {
        (Some(Err(error)), _) if foresight.task.skip_dry_run || may_pass_later(error) => None,
        (Some(Err(error)), _) => Some(error.to_string()),
        (_, Comparison::Unknown { error }) => Some(error.clone()),
        _ => None,
    });
    Planned { foresight, fields, object, error }
}

/// A sync is checked whole before its first write: one object that is refused stops it.
fn refused_by_check(steps: &[Planned]) -> Option<String> {
    let mut reasons: Vec<&str> = steps.iter().filter_map(|step| step.error.as_deref()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let what = "one or more objects failed to apply (dry run)";
    (!reasons.is_empty()).then(|| format!("{what}, reason: {}", reasons.join(",")))
}

// === impl Plan ===

impl Plan {
    /// Whether the cluster would be another one.
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|step| step.foresight.foreseen.is_change())
    }

    /// How many objects share each fate.
    pub fn count(&self, foreseen: Foreseen) -> usize {
        self.steps.iter().filter(|step| step.foresight.foreseen == foreseen).count()
    }
}

// === impl Planned ===

impl Planned {
    /// What names the object, as the contract's tables do.
    pub fn name(&self) -> String {
        name_of(&self.foresight.task.key)
    }

    /// One side of a difference as text.
    pub fn side(value: &Option<Value>) -> String {
        value.as_ref().map_or_else(|| "nothing".to_string(), |v| bowline_base_value::to_json(v, false))
    }
}
