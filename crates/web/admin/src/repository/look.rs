//! What is in a repository: branches, tags, charts, and what could be deployed from it.

use std::collections::BTreeMap;

use bowline_core_ports::{Freshness, SourceError, SourceErrorKind};
use bowline_core_rbac::{action, object};
use bowline_web_wire::repository::{AppInfo, HelmChart, HelmChartsResponse, Refs, RepoAppsResponse};
use bowline_web_wire::tonic::Status;

use crate::caller::Caller;
use crate::context::Context;
use crate::failure::hidden;

/// What makes a directory a kustomization.
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The branches and tags of a Git repository.
pub(super) async fn refs(context: &Context, url: &str, project: &str) -> Result<Refs, Status> {
    let refs = context.remotes.refs(url, project).await.map_err(|error| failed(&error))?;
    Ok(Refs { branches: refs.branches, tags: refs.tags })
}

/// The tags of an artifact in a registry.
pub(super) async fn tags(context: &Context, url: &str, project: &str) -> Result<Refs, Status> {
    let tags = context.charts.tags(url, project).await.map_err(|error| failed(&error))?;
    Ok(Refs { branches: Vec::new(), tags })
}

/// The charts of a Helm repository, by name.
pub(super) async fn charts(context: &Context, url: &str, project: &str) -> Result<HelmChartsResponse, Status> {
    let charts = context.charts.list(url, project).await.map_err(|error| failed(&error))?;
    let mut items: Vec<HelmChart> =
        charts.into_iter().map(|chart| HelmChart { name: chart.name, versions: chart.versions }).collect();
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(HelmChartsResponse { items })
}

/// Looking for applications is for who may make or change the one that it is for.
pub(super) fn permit_application(context: &Context, caller: &Caller, name: &str, project: &str) -> Result<(), Status> {
    let enforcer = caller.enforcer();
    let app = || application(context, name, project);
    let may = enforcer.permit(action::Create, app()).is_ok() || enforcer.permit(action::Update, app()).is_ok();
    if may { Ok(()) } else { Err(hidden()) }
}

/// An application as policies name it; `name` may have its namespace before it, with a slash between.
pub(super) fn application(context: &Context, name: &str, project: &str) -> object::Application {
    let control = context.world.namespace();
    let (namespace, name) = name.split_once('/').unwrap_or((control, name));
    object::Application::new(project, namespace, name, control)
}

/// The directories that hold a chart or a kustomization, by path. One that holds both is a kustomization, as where it is rendered.
pub(super) async fn applications(
    context: &Context,
    url: &str,
    project: &str,
    revision: &str,
) -> Result<RepoAppsResponse, Status> {
    let sources = &context.sources;
    let resolved = sources.resolve(url, project, revision, Freshness::Within(60_000)).await;
    let commit = resolved.map_err(|error| failed(&error))?.commit;
    let tree = sources.tree(url, project, commit).await.map_err(|error| failed(&error))?;
    let mut found: BTreeMap<String, &str> = BTreeMap::new();
    for (path, entry) in tree.walk("").map_err(|error| Status::unknown(error.to_string()))? {
        if !entry.kind.is_file() {
            continue;
        }
        let (directory, name) = path.rsplit_once('/').unwrap_or((".", &path));
        if KUSTOMIZATIONS.contains(&name) {
            found.insert(directory.to_string(), "Kustomize");
        } else if name == "Chart.yaml" {
            found.entry(directory.to_string()).or_insert("Helm");
        }
    }
    let items = found.into_iter().map(|(path, type_)| AppInfo { type_: type_.to_string(), path }).collect();
    Ok(RepoAppsResponse { items })
}

/// A repository that cannot be looked into.
pub(super) fn failed(error: &SourceError) -> Status {
    let message = error.message.clone();
    match error.kind {
        SourceErrorKind::Refused | SourceErrorKind::NoSuchRevision => Status::invalid_argument(message),
        SourceErrorKind::Authentication => Status::not_found(message),
        SourceErrorKind::Unreachable => Status::unavailable(message),
        SourceErrorKind::Damaged => Status::unknown(message),
    }
}
