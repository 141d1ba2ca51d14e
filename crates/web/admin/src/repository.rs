//! `repository.RepositoryService`.

mod form;
mod state;

use bowline_base_kube::Class;
use bowline_base_value::Value;
use bowline_core_crd::{Repository, RepositoryList};
use bowline_core_ports::{Fields, SourceError, SourceErrorKind};
use bowline_core_rbac::action::{Create, Delete, Get, Update};
use bowline_core_rbac::{Action, Allowed, object};
use bowline_core_settings::{RepositorySecret, find_repository, normalize_url};
use bowline_web_wire::repository::{
    HelmChartsResponse, Refs, RepoAccessQuery, RepoAppDetailsQuery, RepoAppDetailsResponse, RepoAppsQuery,
    RepoAppsResponse, RepoCreateRequest, RepoQuery, RepoResponse, RepoUpdateRequest, RepositoryService,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::json;

use crate::caller::Caller;
use crate::context::{Context, secrets};
use crate::failure::{denied, failed, hidden};
use crate::secret;

pub(crate) use form::{credential_fields, filled};
pub use state::States;

/// Repositories.
#[derive(Clone)]
pub struct Repositories {
    /// What it stands on.
    pub context: Context,
    /// Whether repositories answered when they were asked last.
    pub states: States,
}

// === impl Repositories ===

impl Repositories {
    fn permit<A: Action>(
        &self,
        caller: &Caller,
        action: A,
        project: &str,
        url: &str,
    ) -> Result<Allowed<A, object::Repository>, Status> {
        let repository = object::Repository { project: project.to_string(), url: url.to_string() };
        caller.enforcer().permit(action, repository).map_err(denied)
    }

    /// The repository that a query names. Whoever may not see it is told the same as where there is none.
    fn find<A: Action>(
        &self,
        caller: &Caller,
        action: A,
        url: &str,
        project: &str,
    ) -> Result<(RepositorySecret, Allowed<A, object::Repository>), Status> {
        let wanted = normalize_url(url);
        let all = self.context.world.repositories();
        let mut found = all.iter().filter(|known| {
            !known.template && normalize_url(&known.url) == wanted && (project.is_empty() || known.project == project)
        });
        // Of several projects' the one of none is meant, where none is named.
        let first = found.next().ok_or_else(hidden)?;
        let known = std::iter::once(first).chain(found).min_by_key(|known| !known.project.is_empty());
        let known = known.ok_or_else(hidden)?;
        match self.permit(caller, action, &known.project, &known.url) {
            Ok(allowed) => Ok((known.clone(), allowed)),
            Err(status) if self.permit(caller, Get, &known.project, &known.url).is_ok() => Err(status),
            Err(_) => Err(hidden()),
        }
    }

    /// Whether a repository answers; one without credentials of its own is asked with those that are stored for it.
    async fn test(&self, fields: &Fields) -> Result<(), Status> {
        let fields = with_stored(&self.context, fields.clone());
        self.context.remotes.check(&fields).await.map_err(|error| of_source(&error))
    }

    async fn create_or_change(&self, caller: &Caller, asked: RepoCreateRequest) -> Result<Repository, Status> {
        let RepoCreateRequest { repo, upsert, creds_only } = asked;
        let repository = repo.ok_or_else(no_payload)?;
        let _may = self.permit(caller, Create, &repository.project, &repository.repo)?;
        if creds_only {
            return Err(Status::invalid_argument("credsOnly is not supported; create repository credentials instead"));
        }
        form::check(&repository)?;
        let fields = form::fields(&repository);
        if repository.project.is_empty() {
            self.test(&fields).await?;
        }
        let all = self.context.world.repositories();
        let existing = all.iter().find(|known| {
            !known.template
                && known.project == repository.project
                && normalize_url(&known.url) == normalize_url(&repository.repo)
        });
        if let Some(existing) = existing {
            if filled(&existing.data) == filled(&fields) {
                return Ok(answered(&repository));
            }
            if !upsert {
                return Err(Status::invalid_argument(
                    "existing repository spec is different; use upsert flag to force update",
                ));
            }
            let _may = self.permit(caller, Update, &existing.project, &existing.url)?;
            self.write(existing, &fields).await?;
            return Ok(answered(&repository));
        }
        let project = repository.project.as_str();
        let name = secret::name("repo", &[repository.repo.as_str(), project]);
        let object = secret::object(&name, "repository", &fields, &Default::default(), &Default::default());
        match self.context.create(&secrets(), &object).await {
            Ok(_) => {}
            Err(error) if error.is(Class::AlreadyExists) => {
                return Err(Status::already_exists(format!("repository {:?} already exists", repository.repo)));
            }
            Err(error) => return Err(failed(error)),
        }
        self.settled(&name, &fields).await;
        Ok(answered(&repository))
    }

    async fn write(&self, known: &RepositorySecret, fields: &Fields) -> Result<(), Status> {
        let patch = secret::patch(fields, json!({}));
        let changed = self.context.change(&secrets(), &known.secret, |_: &Value| Ok(Some(patch.clone()))).await?;
        changed.ok_or_else(hidden)?;
        self.states.forget(&known.url, &known.project);
        self.settled(&known.secret, fields).await;
        Ok(())
    }

    async fn settled(&self, name: &str, fields: &Fields) {
        let wanted = filled(fields);
        let so = |known: &RepositorySecret| known.secret == name && wanted.iter().all(|(k, v)| known.text(k) == *v);
        self.context.settle(|world| world.repositories().iter().any(so)).await;
    }

    async fn replace(&self, caller: &Caller, asked: RepoUpdateRequest) -> Result<Repository, Status> {
        let repository = asked.repo.ok_or_else(no_payload)?;
        let (known, _may) = self.find(caller, Update, &repository.repo, "")?;
        // Whoever moves a repository between projects must be allowed to in both.
        let _may = self.permit(caller, Update, &repository.project, &repository.repo)?;
        form::check(&repository)?;
        self.write(&known, &form::fields(&repository)).await?;
        Ok(answered(&repository))
    }

    async fn forget(&self, caller: &Caller, query: RepoQuery) -> Result<RepoResponse, Status> {
        let (known, _may) = self.find(caller, Delete, &query.repo, &query.app_project)?;
        self.context.forget_secret(&known.secret).await?;
        self.states.forget(&known.url, &known.project);
        let gone = |known: &RepositorySecret, name: &str| known.secret == name;
        self.context.settle(|world| !world.repositories().iter().any(|r| gone(r, &known.secret))).await;
        Ok(RepoResponse {})
    }

    async fn listed(&self, caller: &Caller, query: RepoQuery) -> Result<RepositoryList, Status> {
        let all = self.context.world.repositories();
        let visible =
            all.iter().filter(|known| !known.template && self.permit(caller, Get, &known.project, &known.url).is_ok());
        let mut items: Vec<Repository> = visible.map(form::shown).collect();
        items.sort_by(|a, b| (&a.repo, &a.project).cmp(&(&b.repo, &b.project)));
        self.states.fill(&self.context, &mut items, query.force_refresh).await;
        Ok(RepositoryList { items, ..RepositoryList::default() })
    }

    fn no_hydrator(&self) -> Status {
        let on =
            self.context.world.config("argocd-cmd-params-cm", "hydrator.enabled").is_some_and(|v| v.trim() == "true");
        Status::unimplemented(if on { "the hydrator is not supported yet" } else { "hydrator is disabled" })
    }
}

#[tonic::async_trait]
impl RepositoryService for Repositories {
    async fn list(&self, request: Request<RepoQuery>) -> Result<Response<RepositoryList>, Status> {
        self.list_repositories(request).await
    }

    async fn get(&self, request: Request<RepoQuery>) -> Result<Response<Repository>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        let (known, _may) = self.find(&caller, Get, &query.repo, &query.app_project)?;
        let mut items = [form::shown(&known)];
        self.states.fill(&self.context, &mut items, query.force_refresh).await;
        let [repository] = items;
        Ok(Response::new(repository))
    }

    async fn get_write(&self, request: Request<RepoQuery>) -> Result<Response<Repository>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }

    async fn list_repositories(&self, request: Request<RepoQuery>) -> Result<Response<RepositoryList>, Status> {
        let caller = Caller::of(&request)?;
        self.listed(&caller, request.into_inner()).await.map(Response::new)
    }

    async fn list_write_repositories(&self, request: Request<RepoQuery>) -> Result<Response<RepositoryList>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }

    async fn list_refs(&self, request: Request<RepoQuery>) -> Result<Response<Refs>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        let (known, _may) = self.find(&caller, Get, &query.repo, &query.app_project)?;
        let refs = self.context.remotes.refs(&known.url, &known.project).await.map_err(|error| of_source(&error))?;
        Ok(Response::new(Refs { branches: refs.branches, tags: refs.tags }))
    }

    async fn list_oci_tags(&self, request: Request<RepoQuery>) -> Result<Response<Refs>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        let (_known, _may) = self.find(&caller, Get, &query.repo, &query.app_project)?;
        Err(Status::unimplemented("listing the tags of an OCI repository is not supported yet"))
    }

    async fn list_apps(&self, request: Request<RepoAppsQuery>) -> Result<Response<RepoAppsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        let (_known, _may) = self.find(&caller, Get, &query.repo, &query.app_project)?;
        Err(Status::unimplemented("listing the applications of a repository is not supported yet"))
    }

    async fn get_app_details(
        &self,
        request: Request<RepoAppDetailsQuery>,
    ) -> Result<Response<RepoAppDetailsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        let source = query.source.ok_or_else(|| Status::invalid_argument("missing payload 'source' in request"))?;
        let (_known, _may) = self.find(&caller, Get, &source.repo_url, &query.app_project)?;
        Err(Status::unimplemented("details of a source are not supported yet"))
    }

    async fn get_helm_charts(&self, request: Request<RepoQuery>) -> Result<Response<HelmChartsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        let (_known, _may) = self.find(&caller, Get, &query.repo, &query.app_project)?;
        Err(Status::unimplemented("listing the charts of a Helm repository is not supported yet"))
    }

    async fn create(&self, request: Request<RepoCreateRequest>) -> Result<Response<Repository>, Status> {
        self.create_repository(request).await
    }

    async fn create_repository(&self, request: Request<RepoCreateRequest>) -> Result<Response<Repository>, Status> {
        let caller = Caller::of(&request)?;
        self.create_or_change(&caller, request.into_inner()).await.map(Response::new)
    }

    async fn create_write_repository(
        &self,
        request: Request<RepoCreateRequest>,
    ) -> Result<Response<Repository>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }

    async fn update(&self, request: Request<RepoUpdateRequest>) -> Result<Response<Repository>, Status> {
        self.update_repository(request).await
    }

    async fn update_repository(&self, request: Request<RepoUpdateRequest>) -> Result<Response<Repository>, Status> {
        let caller = Caller::of(&request)?;
        self.replace(&caller, request.into_inner()).await.map(Response::new)
    }

    async fn update_write_repository(
        &self,
        request: Request<RepoUpdateRequest>,
    ) -> Result<Response<Repository>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }

    async fn delete(&self, request: Request<RepoQuery>) -> Result<Response<RepoResponse>, Status> {
        self.delete_repository(request).await
    }

    async fn delete_repository(&self, request: Request<RepoQuery>) -> Result<Response<RepoResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.forget(&caller, request.into_inner()).await.map(Response::new)
    }

    async fn delete_write_repository(&self, request: Request<RepoQuery>) -> Result<Response<RepoResponse>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }

    async fn validate_access(&self, request: Request<RepoAccessQuery>) -> Result<Response<RepoResponse>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        let _may = self.permit(&caller, Create, &query.project, &query.repo)?;
        let repository = form::of_query(query);
        form::check(&repository)?;
        self.test(&form::fields(&repository)).await?;
        Ok(Response::new(RepoResponse {}))
    }

    async fn validate_write_access(&self, request: Request<RepoAccessQuery>) -> Result<Response<RepoResponse>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }
}

/// The repositories of a project, for those who may see the project.
pub(crate) fn of_project(context: &Context, project: &str) -> Vec<Repository> {
    let all = context.world.repositories();
    all.iter().filter(|known| !known.template && known.project == project).map(form::shown).collect()
}

/// The fields with the credentials that are stored for the URL, where they have none.
fn with_stored(context: &Context, mut fields: Fields) -> Fields {
    let text = |fields: &Fields, key: &str| fields.get(key).map(|v| v.expose().clone()).unwrap_or_default();
    let (url, project) = (text(&fields, "url"), text(&fields, "project"));
    if form::has_credentials(&fields) {
        return fields;
    }
    let all = context.world.repositories();
    let (stored, template) = find_repository(&all, &url, &project);
    let source = stored.filter(|stored| stored.has_credentials()).or(template);
    for (key, value) in source.into_iter().flat_map(|source| &source.data) {
        if form::is_credential(key) && !value.expose().is_empty() {
            fields.insert(key.clone(), value.clone());
        }
    }
    fields
}

fn of_source(error: &SourceError) -> Status {
    let text = format!("error testing repository connectivity: {}", error.message);
    match error.kind {
        SourceErrorKind::Refused => Status::invalid_argument(text),
        SourceErrorKind::Authentication if error.message.contains("repository not found") => Status::not_found(text),
        _ => Status::unknown(text),
    }
}

fn no_payload() -> Status {
    Status::invalid_argument("missing payload 'repo' in request")
}

/// What is said of a repository that was stored.
fn answered(repository: &Repository) -> Repository {
    let kind = if repository.type_.is_empty() { "git".to_string() } else { repository.type_.clone() };
    Repository {
        repo: repository.repo.clone(),
        type_: kind,
        name: repository.name.clone(),
        project: repository.project.clone(),
        ..Repository::default()
    }
}
