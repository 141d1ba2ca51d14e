//! Replacing a project: who loses what by it, and who may.

use std::collections::BTreeSet;

use bowline_core_crd::{AppProject, AppProjectSpec, Application};
use bowline_core_project::{Destination, is_destination_permitted, is_source_permitted};
use bowline_core_rbac::action::Update;
use bowline_core_rbac::object::{Cluster, Repository};
use bowline_web_auth::normalize_role_tokens;
use bowline_web_wire::tonic::Status;
use serde_json::Value as Json;

use crate::caller::Caller;
use crate::event::{About, Done};
use crate::failure::denied;
use crate::project::{Projects, validate};

// === impl Projects ===

impl Projects {
    pub(crate) async fn replace(&self, caller: &Caller, mut project: AppProject) -> Result<AppProject, Status> {
        let allowed = self.permit(caller, Update, &project.metadata.name)?;
        validate::normalize(&mut project);
        normalize_role_tokens(&mut project);
        validate::check(&project)?;
        let (raw, before) = self.stored(&allowed).await?;
        self.may_change(caller, &before.spec, &project.spec)?;
        self.orphans(&before, &project)?;
        let version = project.metadata.resource_version.clone();
        let mut after = before.clone();
        after.spec = project.spec;
        after.status = project.status;
        after.metadata.labels = project.metadata.labels;
        after.metadata.annotations = project.metadata.annotations;
        after.metadata.finalizers = project.metadata.finalizers;
        let stored = self.store(&raw, &before, &after, &version).await?;
        let about = About { kind: "AppProject", metadata: &stored.metadata };
        self.0.tell(caller, about, Done::Updated, "updated project").await;
        Ok(stored)
    }

    /// Whoever gives a project clusters or repositories, or takes them away, must be allowed to change these as well.
    fn may_change(&self, caller: &Caller, before: &AppProjectSpec, after: &AppProjectSpec) -> Result<(), Status> {
        let clusters =
            |spec: &AppProjectSpec| spec.destinations.iter().map(|to| to.server.clone()).collect::<BTreeSet<String>>();
        let may_cluster = |url: &String| {
            let cluster = Cluster { project: String::new(), url: url.clone() };
            caller.enforcer().permit(Update, cluster).map(|_proof| ()).map_err(denied)
        };
        let (old, new) = (clusters(before), clusters(after));
        for url in old.symmetric_difference(&new) {
            may_cluster(url)?;
        }
        let repositories = |spec: &AppProjectSpec| spec.source_repos.iter().cloned().collect::<BTreeSet<String>>();
        for url in repositories(before).symmetric_difference(&repositories(after)) {
            let repository = Repository { project: String::new(), url: url.clone() };
            caller.enforcer().permit(Update, repository).map(|_proof| ()).map_err(denied)?;
        }
        let kinds = |spec: &AppProjectSpec| {
            (
                spec.cluster_resource_whitelist.clone(),
                spec.cluster_resource_blacklist.clone(),
                spec.namespace_resource_whitelist.clone(),
                spec.namespace_resource_blacklist.clone(),
            )
        };
        if kinds(before) != kinds(after) {
            for url in &new {
                may_cluster(url)?;
            }
        }
        Ok(())
    }

    /// Refuses a change by which applications would no longer be permitted that are now.
    fn orphans(&self, before: &AppProject, after: &AppProject) -> Result<(), Status> {
        let (mut sources, mut destinations) = (0, 0);
        for app in self.0.world.applications().list().iter() {
            let app: &Application = &app.object;
            if app.spec.project() != after.metadata.name {
                continue;
            }
            let source = |spec: &AppProjectSpec| {
                app.spec.sources().iter().all(|source| is_source_permitted(spec, &source.repo_url))
            };
            let to = &app.spec.destination;
            let cluster = self.0.world.destination(&to.server, &to.name).ok();
            let destination = |spec: &AppProjectSpec| {
                let server = cluster.as_ref().map_or(to.server.as_str(), |cluster| &cluster.server);
                let name = cluster.as_ref().map_or(to.name.as_str(), |cluster| &cluster.name);
                let scoped = cluster.as_ref().is_some_and(|cluster| cluster.project == after.metadata.name);
                let place = Destination { server, name, namespace: &to.namespace, scoped_to_project: scoped };
                is_destination_permitted(spec, place)
            };
            sources += usize::from(source(&before.spec) && !source(&after.spec));
            destinations += usize::from(destination(&before.spec) && !destination(&after.spec));
        }
        let mut parts = Vec::new();
        for (count, what) in [(sources, "source"), (destinations, "destination")] {
            if count > 0 {
                parts.push(format!("{count} applications {what} became invalid"));
            }
        }
        match parts.is_empty() {
            true => Ok(()),
            false => Err(Status::invalid_argument(format!("as a result of project update {}", parts.join(" and ")))),
        }
    }
}

/// The paths at which two specs differ, as Go names fields: `SourceRepos.0`.
pub(crate) fn differences(a: &AppProjectSpec, b: &AppProjectSpec) -> Vec<String> {
    let value = |spec: &AppProjectSpec| serde_json::to_value(spec).unwrap_or_default();
    let mut paths = Vec::new();
    walk(&value(a), &value(b), String::new(), &mut paths);
    paths
}

fn walk(a: &Json, b: &Json, path: String, paths: &mut Vec<String>) {
    let none = Json::Null;
    let under = |name: &str| if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
    match (a, b) {
        _ if a == b => {}
        (Json::Object(a), Json::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let mut letters = name.chars();
                let go = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
                let go = go.unwrap_or_default();
                walk(a.get(name).unwrap_or(&none), b.get(name).unwrap_or(&none), under(&go), paths);
            }
        }
        (Json::Array(_) | Json::Null, Json::Array(_) | Json::Null) => {
            let items = |value: &Json| value.as_array().cloned().unwrap_or_default();
            let (a, b) = (items(a), items(b));
            for at in 0..a.len().max(b.len()) {
                walk(a.get(at).unwrap_or(&none), b.get(at).unwrap_or(&none), under(&at.to_string()), paths);
            }
        }
        _ => paths.push(path),
    }
}
