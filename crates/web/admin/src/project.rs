//! `project.ProjectService`.

mod global;
mod tokens;
mod update;
mod validate;

use bowline_base_kube::Class;
use bowline_base_value::Value;
use bowline_core_control::{World, projects};
use bowline_core_crd::{AppProject, AppProjectList, ListMeta, Resource};
use bowline_core_rbac::action::{Create, Delete, Get, Update};
use bowline_core_rbac::object::Project;
use bowline_core_rbac::{Action, Allowed};
use bowline_plan_windows::Windows;
use bowline_web_auth::normalize_role_tokens;
use bowline_web_wire::application::LinksResponse;
use bowline_web_wire::events::EventList;
use bowline_web_wire::project::{
    DetailedProjectsResponse, EmptyResponse, GlobalProjectsResponse, ListProjectLinksRequest, ProjectCreateRequest,
    ProjectQuery, ProjectService, ProjectTokenCreateRequest, ProjectTokenDeleteRequest, ProjectTokenResponse,
    ProjectUpdateRequest, SyncWindowsQuery, SyncWindowsResponse,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::Value as Json;

use crate::caller::Caller;
use crate::context::Context;
use crate::event::{About, Done};
use crate::failure::{denied, failed, missing, unreadable};

/// The project that every installation has.
const DEFAULT: &str = "default";

/// Projects.
#[derive(Clone)]
pub struct Projects(pub Context);

// === impl Projects ===

impl Projects {
    fn permit<A: Action>(&self, caller: &Caller, action: A, name: &str) -> Result<Allowed<A, Project>, Status> {
        caller.enforcer().permit(action, Project { name: name.to_string() }).map_err(denied)
    }

    /// A project as it is stored now, which is what a change is made of.
    async fn stored<A>(&self, allowed: &Allowed<A, Project>) -> Result<(Value, AppProject), Status> {
        let name = &allowed.object().name;
        let found = self.0.client.find::<Value>(&projects(), self.0.world.namespace(), name).await.map_err(failed)?;
        let raw = found.ok_or_else(|| missing("appprojects.argoproj.io", name))?;
        let project = read(&raw)?;
        Ok((raw, project))
    }

    /// A project as it is known.
    fn known<A>(&self, allowed: &Allowed<A, Project>) -> Result<AppProject, Status> {
        let name = &allowed.object().name;
        match self.0.world.project(name) {
            Some(project) => Ok(AppProject::clone(&project)),
            None => Err(missing("appprojects.argoproj.io", name)),
        }
    }

    /// Stores what became of a project, and waits until that is known here. `version` is the state that it was made of, where that matters.
    async fn store(
        &self,
        raw: &Value,
        before: &AppProject,
        after: &AppProject,
        version: &str,
    ) -> Result<AppProject, Status> {
        let name = &before.metadata.name;
        let mut wanted = after.clone();
        wanted.metadata.resource_version.clone_from(&before.metadata.resource_version);
        let patch = bowline_core_crd::patch::patch(&Json::from(raw), before, &wanted);
        let Some(patch) = patch else { return Ok(before.clone()) };
        let mut patch = Value::from(patch);
        if !version.is_empty()
            && let Some(place) = patch.ensure_path(&["metadata", "resourceVersion"])
        {
            *place = Value::from(version);
        }
        let patch = bowline_base_kube::Patch::Merge(&patch);
        let namespace = self.0.world.namespace();
        let options = crate::context::options();
        let answer = self.0.client.patch(&projects(), namespace, name, "", patch, &options).await.map_err(failed)?;
        let stored = read(&answer.value)?;
        self.seen(&stored).await;
        Ok(stored)
    }

    /// Waits until this state of a project, or a later one, is known here.
    async fn seen(&self, stored: &AppProject) {
        let version = |text: &str| text.parse::<u64>().unwrap_or(0);
        let (name, wanted) = (&stored.metadata.name, version(&stored.metadata.resource_version));
        let so = |world: &World| {
            world.project(name).is_some_and(|known| version(&known.metadata.resource_version) >= wanted)
        };
        self.0.settle(so).await;
    }

    async fn create_or_change(&self, caller: &Caller, asked: ProjectCreateRequest) -> Result<AppProject, Status> {
        let mut project = asked.project.ok_or_else(no_project)?;
        let allowed = self.permit(caller, Create, &project.metadata.name)?;
        validate::normalize(&mut project);
        validate::check(&project)?;
        project.metadata.namespace = self.0.world.namespace().to_string();
        project.api_version = bowline_core_crd::API_VERSION.to_string();
        project.kind = AppProject::KIND.to_string();
        let object = serde_json::to_value(&project).map(Value::from).map_err(|e| unreadable("the project", e))?;
        match self.0.create(&projects(), &object).await {
            Ok(created) => {
                let created = read(&created)?;
                self.seen(&created).await;
                let about = About { kind: AppProject::KIND, metadata: &created.metadata };
                self.0.tell(caller, about, Done::Created, "created project").await;
                Ok(created)
            }
            Err(error) if error.is(Class::AlreadyExists) => {
                let (raw, existing) = self.stored(&allowed).await?;
                if !asked.upsert {
                    if existing.spec == project.spec {
                        return Ok(existing);
                    }
                    return Err(Status::invalid_argument(format!(
                        "existing project spec is different; use upsert flag to force update; difference in keys {:?}",
                        update::differences(&existing.spec, &project.spec).join(",")
                    )));
                }
                let _may = self.permit(caller, Update, &project.metadata.name)?;
                let changed = AppProject { spec: project.spec, ..existing.clone() };
                self.store(&raw, &existing, &changed, &existing.metadata.resource_version).await
            }
            Err(error) => Err(failed(error)),
        }
    }
}

#[tonic::async_trait]
impl ProjectService for Projects {
    async fn create_token(
        &self,
        request: Request<ProjectTokenCreateRequest>,
    ) -> Result<Response<ProjectTokenResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.issue(&caller, request.into_inner()).await.map(Response::new)
    }

    async fn delete_token(
        &self,
        request: Request<ProjectTokenDeleteRequest>,
    ) -> Result<Response<EmptyResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.revoke(&caller, request.into_inner()).await?;
        Ok(Response::new(EmptyResponse {}))
    }

    async fn create(&self, request: Request<ProjectCreateRequest>) -> Result<Response<AppProject>, Status> {
        let caller = Caller::of(&request)?;
        self.create_or_change(&caller, request.into_inner()).await.map(shown).map(Response::new)
    }

    async fn list(&self, request: Request<ProjectQuery>) -> Result<Response<AppProjectList>, Status> {
        let caller = Caller::of(&request)?;
        let wanted = request.into_inner().name;
        let all = self.0.world.projects().list();
        let named = all.iter().filter(|stored| {
            *stored.name.namespace == *self.0.world.namespace() && (wanted.is_empty() || *stored.name.name == *wanted)
        });
        let items = named
            .filter(|stored| self.permit(&caller, Get, &stored.name.name).is_ok())
            .map(|stored| shown(AppProject::clone(&stored.object)))
            .collect();
        Ok(Response::new(AppProjectList { metadata: ListMeta::default(), items, ..AppProjectList::default() }))
    }

    async fn get_detailed_project(
        &self,
        request: Request<ProjectQuery>,
    ) -> Result<Response<DetailedProjectsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let allowed = self.permit(&caller, Get, &request.into_inner().name)?;
        let project = self.known(&allowed)?;
        let name = &allowed.object().name;
        Ok(Response::new(DetailedProjectsResponse {
            global_projects: self.globals(&project)?.into_iter().map(shown).collect(),
            repositories: crate::repository::of_project(&self.0, name),
            clusters: crate::cluster::of_project(&self.0, name).await,
            project: Some(shown(project)),
        }))
    }

    async fn get(&self, request: Request<ProjectQuery>) -> Result<Response<AppProject>, Status> {
        let caller = Caller::of(&request)?;
        let allowed = self.permit(&caller, Get, &request.into_inner().name)?;
        self.known(&allowed).map(shown).map(Response::new)
    }

    async fn get_global_projects(
        &self,
        request: Request<ProjectQuery>,
    ) -> Result<Response<GlobalProjectsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let allowed = self.permit(&caller, Get, &request.into_inner().name)?;
        let project = self.known(&allowed)?;
        let items = self.globals(&project)?.into_iter().map(shown).collect();
        Ok(Response::new(GlobalProjectsResponse { items }))
    }

    async fn update(&self, request: Request<ProjectUpdateRequest>) -> Result<Response<AppProject>, Status> {
        let caller = Caller::of(&request)?;
        let project = request.into_inner().project.ok_or_else(no_project)?;
        self.replace(&caller, project).await.map(shown).map(Response::new)
    }

    async fn delete(&self, request: Request<ProjectQuery>) -> Result<Response<EmptyResponse>, Status> {
        let caller = Caller::of(&request)?;
        let name = request.into_inner().name;
        let allowed = self.permit(&caller, Delete, &name)?;
        if name == DEFAULT {
            return Err(Status::invalid_argument(format!("name '{name}' is reserved and cannot be deleted")));
        }
        let (_, project) = self.stored(&allowed).await?;
        let used = self.0.world.applications().list().iter().filter(|app| app.object.spec.project() == name).count();
        if used > 0 {
            return Err(Status::invalid_argument(format!("project is referenced by {used} applications")));
        }
        let deleted = self.0.client.delete(&projects(), self.0.world.namespace(), &name, &Default::default()).await;
        deleted.map_err(failed)?;
        self.0.settle(|world| world.project(&name).is_none()).await;
        let about = About { kind: AppProject::KIND, metadata: &project.metadata };
        self.0.tell(&caller, about, Done::Deleted, "deleted project").await;
        Ok(Response::new(EmptyResponse {}))
    }

    async fn list_events(&self, request: Request<ProjectQuery>) -> Result<Response<EventList>, Status> {
        let caller = Caller::of(&request)?;
        let allowed = self.permit(&caller, Get, &request.into_inner().name)?;
        let project = self.known(&allowed)?;
        self.0.events_of(&project.metadata).await.map(Response::new)
    }

    async fn get_sync_windows_state(
        &self,
        request: Request<SyncWindowsQuery>,
    ) -> Result<Response<SyncWindowsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let allowed = self.permit(&caller, Get, &request.into_inner().name)?;
        let project = self.known(&allowed)?;
        let now = self.0.clock.now();
        // Each by itself, so that the answer has the window as it is written.
        let is_open = |window: &&bowline_core_crd::SyncWindow| {
            Windows::new([*window]).usable().any(|window| window.open_since(now).is_some())
        };
        let windows = project.spec.sync_windows.iter().filter(is_open).cloned().collect();
        Ok(Response::new(SyncWindowsResponse { windows }))
    }

    async fn list_links(&self, request: Request<ListProjectLinksRequest>) -> Result<Response<LinksResponse>, Status> {
        let caller = Caller::of(&request)?;
        let allowed = self.permit(&caller, Get, &request.into_inner().name)?;
        let project = self.known(&allowed)?;
        let about = crate::links::About::default().with_project(&project);
        crate::links::links(&self.0, "project.links", &about).map(Response::new)
    }
}

fn read(raw: &Value) -> Result<AppProject, Status> {
    serde_json::from_value(Json::from(raw)).map_err(|error| unreadable("the project", error))
}

fn no_project() -> Status {
    Status::invalid_argument("missing payload 'project' in request")
}

/// A project as answers have it: tokens listed in both places, without the type that does not travel.
fn shown(mut project: AppProject) -> AppProject {
    normalize_role_tokens(&mut project);
    project.api_version.clear();
    project.kind.clear();
    project
}
