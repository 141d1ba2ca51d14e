//! What an application should hold, rendered from here: for `app manifests` and `app diff`.

use bowline_core_control::World;
use bowline_core_crd::{Application, ApplicationSource};
use bowline_core_project::is_source_permitted;
use bowline_core_types::Object;
use bowline_desired_render::{Ownership, finish};
use bowline_roles_app_controller::{access, features};
use clap::Args;

use crate::control::{Destination, repositories};
use crate::desired::{Checkout, For, Origins, check_out, is_namespaced, rendered};
use crate::error::CliError;
use crate::global::Global;
use crate::local;

/// Which state of the sources is meant; without any of these the one that the server compared last.
#[derive(Args, Clone, Debug, Default)]
pub struct TargetFlags {
    /// At this revision
    #[arg(long)]
    revision: Option<String>,
    #[command(flatten)]
    several: SourceRevisions,
    /// As the local folder PATH has it, which stands in for the source's path
    #[arg(long, value_name = "PATH", conflicts_with_all = ["revision", "source_revisions"])]
    local: Option<String>,
    /// Root of the local repository [default: the Git work tree around --local]
    #[arg(long, value_name = "PATH", requires = "local")]
    local_repo_root: Option<String>,
}

/// Revisions of some of several sources.
#[derive(Args, Clone, Debug, Default)]
pub struct SourceRevisions {
    /// One of several sources at this revision; --source-positions or --source-names says which
    #[arg(long = "revisions", value_name = "REVISION")]
    source_revisions: Vec<String>,
    /// Positions of the sources that --revisions are for, from 1
    #[arg(long, value_name = "N", value_delimiter = ',', conflicts_with = "source_names")]
    source_positions: Vec<usize>,
    /// Names of the sources that --revisions are for
    #[arg(long, value_name = "NAME")]
    source_names: Vec<String>,
}

/// Revisions as requests name them.
pub struct Asked {
    /// Of an application with one source.
    pub revision: Option<String>,
    /// Positions of some of several sources, from 1.
    pub positions: Vec<i64>,
    /// A revision for each of them.
    pub revisions: Vec<String>,
}

/// What an application should hold.
pub struct Target {
    /// Its objects, as its own: named spaces, marked, each once; hooks too.
    pub objects: Vec<Object>,
    /// The commit of each source; empty for a local folder.
    pub revisions: Vec<String>,
}

/// What an application should hold.
pub async fn target(
    global: &Global,
    world: &std::sync::Arc<World>,
    app: &Application,
    destination: &Destination,
    flags: &TargetFlags,
) -> Result<Target, CliError> {
    let spec = &app.spec;
    let instance = app.instance_name(&global.namespace);
    let charts = crate::registry::known(world.clone())?;
    let known = world.clone();
    let git = repositories(move |url: &str, project: &str| access(&known, url, project))?;
    let checkouts = match &flags.local {
        Some(folder) => vec![local_checkout(spec.sources(), folder, flags.local_repo_root.as_deref())?],
        None => {
            let revisions = match (&flags.revision, flags.several.of(app, flags.revision.is_some())?) {
                (Some(revision), _) => vec![revision.clone()],
                (None, asked) if asked.is_empty() => compared(app),
                (None, asked) => asked,
            };
            let origins = Origins { git: &git, charts: &charts };
            check_out(origins, spec.project(), spec.sources(), &revisions).await?
        }
    };
    let api_versions = destination.discovery.api_versions();
    let project = world.project(spec.project());
    let permits = |url: &str| project.as_deref().is_some_and(|project| is_source_permitted(&project.spec, url));
    let whom = For {
        app: &instance,
        namespace: &spec.destination.namespace,
        project: spec.project(),
        kube_version: &destination.version,
        api_versions: &api_versions,
        permits: Some(&permits),
    };
    let objects = rendered(Some(&git), &charts, &checkouts, whom, &features(world)).await?;
    let tracking = world.settings().instance_id();
    let ownership = Ownership { instance: &instance, namespace: &spec.destination.namespace, tracking: &tracking };
    let defined = objects.clone();
    let finished = finish(objects, ownership, &|gvk| {
        let served = destination.discovery.resource(&gvk.group, &gvk.version, &gvk.kind);
        served.map(|kind| kind.namespaced).or_else(|| is_namespaced(&defined, gvk))
    });
    for (key, times) in &finished.repeated {
        crate::files::warn(&format!("{key} is there {times} times; the last one counts"));
    }
    let revisions = checkouts.iter().map(|checkout| checkout.revision.clone()).collect();
    Ok(Target { objects: finished.objects, revisions })
}

/// The revisions that the server compared last; none where it compared another spec.
fn compared(app: &Application) -> Vec<String> {
    let sync = &app.status.sync;
    let same = match app.spec.has_multiple_sources() {
        true => sync.compared_to.sources == app.spec.sources,
        false => app.spec.sources().first() == Some(&sync.compared_to.source),
    };
    match (same, sync.revisions.is_empty()) {
        (false, _) => Vec::new(),
        (true, true) => vec![sync.revision.clone()],
        (true, false) => sync.revisions.clone(),
    }
}

fn local_checkout(mut sources: Vec<ApplicationSource>, folder: &str, root: Option<&str>) -> Result<Checkout, CliError> {
    let (Some(mut source), true) = (sources.pop(), sources.is_empty()) else {
        return Err(CliError::usage("--local stands in for one source, and the application has several"));
    };
    let local = local::open(folder, root)?;
    source.path = if local.path.is_empty() { ".".to_string() } else { local.path };
    Ok(Checkout { source, tree: local.tree, revision: String::new() })
}

// === impl TargetFlags ===

impl TargetFlags {
    /// The state that a sync with these flags goes to.
    pub fn of_sync(
        revision: &Option<String>,
        several: &SourceRevisions,
        local: &Option<String>,
        local_repo_root: &Option<String>,
    ) -> TargetFlags {
        TargetFlags {
            revision: revision.clone(),
            several: several.clone(),
            local: local.clone(),
            local_repo_root: local_repo_root.clone(),
        }
    }

    /// Whether another state is meant than the one that the server compared last.
    pub fn is_other(&self) -> bool {
        self.revision.is_some() || self.local.is_some() || !self.several.source_revisions.is_empty()
    }

    /// The local folder that stands in for the source, and the root around it.
    pub fn local(&self) -> Option<(&str, Option<&str>)> {
        self.local.as_deref().map(|folder| (folder, self.local_repo_root.as_deref()))
    }

    /// The revisions, as requests name them.
    pub fn revisions(&self, app: &Application) -> Result<Asked, CliError> {
        let asked = self.several.of(app, self.revision.is_some())?;
        let named = asked.into_iter().enumerate().filter(|(_, revision)| !revision.is_empty());
        let (positions, revisions) = named.map(|(place, revision)| (place as i64 + 1, revision)).unzip();
        let revision = self.revision.clone().or_else(|| {
            // Without any, what was compared last: that is what the other commands speak of.
            (!app.spec.has_multiple_sources()).then(|| compared(app).pop()).flatten()
        });
        Ok(Asked { revision: revision.filter(|revision| !revision.is_empty()), positions, revisions })
    }
}

// === impl SourceRevisions ===

impl SourceRevisions {
    /// A revision for each source, empty where the source's own counts; nothing where none was given. `single` says that the command
    /// has a revision for an application with one source.
    pub fn of(&self, app: &Application, single: bool) -> Result<Vec<String>, CliError> {
        let spec = &app.spec;
        if single && spec.has_multiple_sources() {
            return Err(CliError::usage(
                "the application has several sources: use --revisions with --source-positions or --source-names",
            ));
        }
        if self.source_revisions.len() != self.source_positions.len() + self.source_names.len() {
            return Err(CliError::usage(
                "give one --source-positions N or --source-names NAME for each --revisions REVISION",
            ));
        }
        if self.source_revisions.is_empty() {
            return Ok(Vec::new());
        }
        let mut revisions = vec![String::new(); spec.sources().len()];
        let by_position = self.source_positions.iter().map(|n| super::spec::position(spec, Some(*n), None));
        let by_name = self.source_names.iter().map(|name| super::spec::position(spec, None, Some(name)));
        for (place, revision) in by_position.chain(by_name).zip(&self.source_revisions) {
            revisions[place?.unwrap_or(0)].clone_from(revision);
        }
        Ok(revisions)
    }
}
