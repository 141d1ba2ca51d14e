//! `bowline app sync` and `bowline app rollback`.

use std::io::Write;

use bowline_base_value::{Value, to_json};
use bowline_core_crd::{
    Application, Backoff, Info, Operation, OperationPhase, ResultCode, RetryStrategy, SyncOperation,
    SyncOperationResource, SyncStatusCode, SyncStrategy, SyncStrategyApply, SyncStrategyHook,
};
use clap::{Args, ValueEnum};

use super::diff::show;
use super::manifests::{Secrets, objects_of};
use super::reference::timeout;
use super::reference::{AppRef, resolve};
use super::selection::Selection;
use super::store::{Apps, Stored};
use super::target::{SourceRevisions, TargetFlags};
use super::wait::{Following, follow, is_idle, report};
use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::Selector;
use crate::output::Output;

/// `bowline app sync`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app sync shop\n  bowline app sync shop --revision v2 --prune\n  bowline app sync shop --resource apps:Deployment:web\n  bowline app sync -l team=web --async\n\nExit codes: 0 synced, 1 the sync failed or left something to prune, 20 it could not be asked for or did not end in time."
)]
pub struct SyncArgs {
    /// Names of the applications, or namespace/name
    #[arg(value_name = "APPNAME")]
    names: Vec<String>,
    /// Sync all applications with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    selector: Option<String>,
    /// Only applications of these projects
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<String>,
    /// Sync to this revision instead of the target
    #[arg(long)]
    revision: Option<String>,
    #[command(flatten)]
    several: SourceRevisions,
    /// Delete what is no longer declared
    #[arg(long)]
    prune: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Delete and create again what cannot be changed
    #[arg(long)]
    force: bool,
    /// Replace objects instead of applying to them
    #[arg(long)]
    replace: bool,
    /// Apply on the server (the default here)
    #[arg(long)]
    server_side: bool,
    /// Sync only what is out of sync
    #[arg(long)]
    apply_out_of_sync_only: bool,
    /// Sync strategy
    #[arg(long, value_enum, default_value = "hook")]
    strategy: Strategy,
    /// Sync only these objects: GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME; `!` in front leaves out, `*` is any
    #[arg(long = "resource", value_name = "RESOURCE")]
    resources: Vec<String>,
    /// Sync only objects with these labels
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// Sync the folder PATH instead of what Git has; it stands in for the source's path
    #[arg(long, value_name = "PATH", conflicts_with_all = ["revision", "source_revisions"])]
    local: Option<String>,
    /// Root of the local repository [default: the Git work tree around --local]
    #[arg(long, value_name = "PATH", requires = "local")]
    local_repo_root: Option<String>,
    /// Show what would change first, and ask
    #[arg(long)]
    preview_changes: bool,
    /// Do not ask after --preview-changes
    #[arg(long = "assumeYes", visible_alias = "assume-yes")]
    assume_yes: bool,
    /// Notes that are kept with the operation
    #[arg(long = "info", value_name = "NAME=VALUE")]
    infos: Vec<String>,
    /// Do not wait
    #[arg(long = "async")]
    is_async: bool,
    /// How often a failed sync is tried again; negative for ever
    #[arg(long, default_value_t = 0, value_name = "N", allow_negative_numbers = true)]
    retry_limit: i64,
    /// First delay between tries
    #[arg(long, default_value = "5s", value_name = "DURATION")]
    retry_backoff_duration: String,
    /// Longest delay between tries
    #[arg(long, default_value = "3m0s", value_name = "DURATION")]
    retry_backoff_max_duration: String,
    /// By what each further delay grows
    #[arg(long, default_value_t = 2, value_name = "N")]
    retry_backoff_factor: i64,
    /// Tries take the newest revision instead of the first one
    #[arg(long)]
    retry_refresh: bool,
    /// Give up waiting after this many seconds; 0 never
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    timeout: u64,
    /// Namespace of the applications, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    app_namespace: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Strategy {
    /// Without hooks.
    Apply,
    /// With hooks.
    Hook,
}

/// `bowline app rollback`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app history shop\n  bowline app rollback shop 3\n  bowline app rollback shop   # to the sync before the last\n\nExit codes: 0 synced, 1 the sync failed, 20 it could not be asked for or did not end in time."
)]
pub struct RollbackArgs {
    #[command(flatten)]
    app: AppRef,
    /// Id of the past sync, from `app history`
    #[arg(value_name = "ID")]
    id: Option<i64>,
    /// Delete what was not declared then
    #[arg(long)]
    prune: bool,
    /// Give up waiting after this many seconds; 0 never
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    timeout: u64,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Asks for syncs and follows them.
pub async fn run(global: &Global, args: SyncArgs) -> Result<(), CliError> {
    if args.names.is_empty() && args.selector.is_none() && args.projects.is_empty() {
        return Err(CliError::usage("name the applications to sync, or select them with -l or --project"));
    }
    let selector = args.selector.as_deref().map(Selector::parse).transpose()?;
    let apps = Apps::connect(global).await?;
    let mut targets = Vec::new();
    for name in &args.names {
        let (namespace, name) = resolve(name, args.app_namespace.as_deref(), global);
        targets.push(apps.get(&namespace, &name).await?);
    }
    if args.names.is_empty() {
        let namespace = args.app_namespace.as_deref().unwrap_or(&global.namespace);
        targets = apps.list(namespace, selector.as_ref()).await?;
        targets.retain(|s| args.projects.is_empty() || args.projects.contains(&s.app.spec.project));
    }
    if targets.is_empty() {
        return Err(CliError::failed("no application matches").hint("bowline app list shows what there is").code(1));
    }
    let selection = Selection::parse(&args.resources)?;
    for stored in targets {
        let mut operation = args.operation(&stored.app, &selection)?;
        let target = TargetFlags::of_sync(&args.revision, &args.several, &args.local, &args.local_repo_root);
        if !args.labels.is_empty() || args.local.is_some() {
            let secrets = if args.local.is_some() { Secrets::Plain } else { Secrets::Hidden };
            let manifests = objects_of(global, &apps, &stored.app, &target, secrets).await?;
            let sync = operation.sync.get_or_insert_default();
            if !args.labels.is_empty() {
                sync.resources = labelled(&stored.app, &manifests, &args.labels)?;
            }
            if args.local.is_some() {
                sync.manifests = manifests.iter().map(|manifest| to_json(manifest, false)).collect();
            }
        }
        if args.preview_changes {
            let name = &stored.app.metadata.name;
            if !show(global, &apps, &stored.app, &target).await? {
                writeln!(std::io::stdout(), "====== No Differences found ======")?;
                continue;
            }
            let asks = !args.assume_yes && !args.dry_run;
            if asks && !files::confirm(&format!("Sync application '{name}' with these changes?"))? {
                return Err(CliError::failed(format!("'{name}' was not synced: say yes, or --assumeYes")).code(1));
            }
        }
        start(&apps, &stored, None, operation).await?;
        if !args.is_async {
            finish(&apps, &stored, args.timeout, &selection, args.output).await?;
        }
    }
    Ok(())
}

/// The managed objects whose manifests have all of these labels.
fn labelled(app: &Application, manifests: &[Value], labels: &[String]) -> Result<Vec<SyncOperationResource>, CliError> {
    let pairs = labels
        .iter()
        .map(|pair| pair.split_once('=').ok_or_else(|| CliError::usage(format!("--label {pair}: write KEY=VALUE"))))
        .collect::<Result<Vec<_>, _>>()?;
    let has = |manifest: &&Value| {
        pairs.iter().all(|(key, value)| manifest.str_at(&["metadata", "labels", key]) == Some(value))
    };
    let chosen = manifests.iter().filter(has).map(|manifest| {
        let at = |path: &[&str]| manifest.str_at(path).unwrap_or_default().to_string();
        let api_version = at(&["apiVersion"]);
        let group = api_version.split_once('/').map_or("", |(group, _)| group).to_string();
        let (kind, name) = (at(&["kind"]), at(&["metadata", "name"]));
        // Where a manifest names no namespace, what the server found says which it is.
        let known = app.status.resources.iter().find(|r| (&r.group, &r.kind, &r.name) == (&group, &kind, &name));
        let namespace = match at(&["metadata", "namespace"]) {
            namespace if namespace.is_empty() => known.map(|r| r.namespace.clone()).unwrap_or_default(),
            namespace => namespace,
        };
        SyncOperationResource { group, kind, name, namespace }
    });
    let chosen: Vec<SyncOperationResource> = chosen.collect();
    if chosen.is_empty() {
        return Err(CliError::failed("no object has these labels")
            .hint(format!("bowline app manifests {} shows the objects with their labels", app.metadata.name))
            .code(1));
    }
    Ok(chosen)
}

/// Syncs to a state of the history.
pub async fn rollback(global: &Global, args: RollbackArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = apps.get(&namespace, &name).await?;
    if stored.app.spec.is_automated() {
        return Err(CliError::failed("rollback cannot be initiated when auto-sync is enabled")
            .hint(format!("bowline app set {name} --sync-policy none turns it off")));
    }
    let history = &stored.app.status.history;
    let entry = match args.id {
        Some(id) => history.iter().find(|entry| entry.id == id).ok_or_else(|| {
            CliError::failed(format!("application '{name}' has no past sync with id {id}"))
                .hint(format!("bowline app history {name} lists them"))
        })?,
        None => history.iter().rev().nth(1).ok_or_else(|| {
            CliError::failed(format!("application '{name}' was synced only once: there is nothing to roll back to"))
        })?,
    };
    let policy = stored.app.spec.sync_policy.as_ref();
    let sync = SyncOperation {
        revision: entry.revision.clone(),
        revisions: entry.revisions.clone(),
        source: Some(entry.source.clone()),
        sources: entry.sources.clone(),
        prune: args.prune,
        sync_options: policy.map(|p| p.sync_options.clone()).unwrap_or_default(),
        sync_strategy: Some(SyncStrategy { apply: Some(SyncStrategyApply::default()), ..SyncStrategy::default() }),
        ..SyncOperation::default()
    };
    let operation = Operation { sync: Some(sync), ..Operation::default() };
    start(&apps, &stored, Some(entry.id), operation).await?;
    finish(&apps, &stored, args.timeout, &Selection::default(), args.output).await
}

/// Asks for the operation; `id` is the past sync that it goes back to.
async fn start(apps: &Apps, stored: &Stored, id: Option<i64>, operation: Operation) -> Result<(), CliError> {
    if !is_idle(&stored.app) {
        return Err(CliError::failed("another operation is already in progress")
            .hint(format!("bowline app wait {} --operation waits for it", stored.app.metadata.name)));
    }
    match id {
        None => apps.start(stored, operation).await,
        Some(id) => apps.roll_back(stored, id, operation).await,
    }
}

/// Follows the operation to its end. Every state that is seen from here on is one after it was asked for.
async fn finish(
    apps: &Apps,
    before: &Stored,
    seconds: u64,
    selection: &Selection,
    output: Output,
) -> Result<(), CliError> {
    let metadata = &before.app.metadata;
    let following =
        Following { limit: timeout(seconds), selection: selection.clone(), fails_on_degraded: false, output };
    let last = follow(apps, &metadata.namespace, &metadata.name, &following, is_idle).await?;
    report(&last, output)?;
    let Some(state) = &last.app.status.operation_state else {
        return Err(CliError::failed("the operation left no result"));
    };
    if state.operation.sync.as_ref().is_some_and(|sync| sync.dry_run) {
        return Ok(());
    }
    writeln!(std::io::stderr())?;
    if state.phase != OperationPhase::Succeeded {
        return Err(CliError::failed(format!("Operation has completed with phase: {}", state.phase)).code(1));
    }
    let results = state.sync_result.as_ref().map(|result| result.resources.as_slice()).unwrap_or_default();
    let left = results.iter().filter(|result| result.status == ResultCode::PruneSkipped).count();
    if selection.is_everything() && left > 0 && last.app.status.sync.status != SyncStatusCode::Synced {
        return Err(CliError::failed(format!("{left} resources require pruning"))
            .hint("--prune deletes what is no longer declared")
            .code(1));
    }
    Ok(())
}

// === impl SyncArgs ===

impl SyncArgs {
    fn operation(&self, app: &Application, selection: &Selection) -> Result<Operation, CliError> {
        let policy = app.spec.sync_policy.as_ref();
        // Options of the command stand in place of the application's, as the contract has it.
        let asked = [
            (self.replace, "Replace=true"),
            (self.server_side, "ServerSideApply=true"),
            (self.apply_out_of_sync_only, "ApplyOutOfSyncOnly=true"),
        ];
        let asked: Vec<String> =
            asked.into_iter().filter(|(on, _)| *on).map(|(_, option)| option.to_string()).collect();
        let options = match asked.is_empty() {
            true => policy.map(|p| p.sync_options.clone()).unwrap_or_default(),
            false => asked,
        };
        let apply = SyncStrategyApply { force: self.force };
        let strategy = match self.strategy {
            Strategy::Apply => SyncStrategy { apply: Some(apply), ..SyncStrategy::default() },
            Strategy::Hook => SyncStrategy { hook: Some(SyncStrategyHook { apply }), ..SyncStrategy::default() },
        };
        let sync = SyncOperation {
            source: if app.spec.has_multiple_sources() { None } else { app.spec.sources().pop() },
            sources: app.spec.sources.clone(),
            revision: self.revision.clone().unwrap_or_default(),
            revisions: self.several.of(app, self.revision.is_some())?,
            prune: self.prune,
            dry_run: self.dry_run,
            sync_options: options,
            sync_strategy: Some(strategy),
            resources: selection.of(app)?,
            ..SyncOperation::default()
        };
        let info = self
            .infos
            .iter()
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) => Ok(Info { name: name.to_string(), value: value.to_string() }),
                None => Err(CliError::usage(format!("--info {pair}: write NAME=VALUE"))),
            })
            .collect::<Result<_, _>>()?;
        let retry = match self.retry_limit {
            0 => policy.and_then(|p| p.retry.clone()).unwrap_or_default(),
            limit => RetryStrategy {
                limit,
                refresh: self.retry_refresh,
                backoff: Some(Backoff {
                    duration: self.retry_backoff_duration.clone(),
                    factor: Some(self.retry_backoff_factor),
                    max_duration: self.retry_backoff_max_duration.clone(),
                }),
            },
        };
        Ok(Operation { sync: Some(sync), info, retry, ..Operation::default() })
    }
}
