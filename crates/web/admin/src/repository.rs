//! `repository.RepositoryService`.

mod details;
mod form;
mod look;
mod state;

use bowline_base_kube::Class;
use bowline_base_value::Value;
use bowline_core_crd::{Repository, RepositoryList};
use bowline_core_ports::{Fields, SourceError, SourceErrorKind};
use bowline_core_rbac::Action;
use bowline_core_rbac::action::{Create, Delete, Get, Update};
use bowline_core_settings::{RepositorySecret, find_repository, normalize_url};
use bowline_web_wire::repository::{
    HelmChartsResponse, Refs, RepoAccessQuery, RepoAppDetailsQuery, RepoAppDetailsResponse, RepoAppsQuery,
    RepoAppsResponse, RepoCreateRequest, RepoQuery, RepoResponse, RepoUpdateRequest, RepositoryService,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::json;

use crate::caller::Caller;
use crate::context::{Context, secrets};
use crate::failure::{failed, hidden};
use crate::secret;
use crate::side::Side;

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
    /// The repository that a query names. Whoever may not see it is told the same as where there is none.
    fn find<A: Action>(
        &self,
        side: Side,
        caller: &Caller,
        action: A,
        url: &str,
        project: &str,
    ) -> Result<RepositorySecret, Status> {
        let wanted = normalize_url(url);
        let all = side.all(&self.context.world);
        let found = all.iter().filter(|known| {
            !known.template && normalize_url(&known.url) == wanted && (project.is_empty() || known.project == project)
        });
        // Of several projects' the one of none is meant, where none is named.
        let known = found.min_by_key(|known| !known.project.is_empty()).ok_or_else(hidden)?;
        match side.permit(caller, action, &known.project, &known.url) {
            Ok(()) => Ok(known.clone()),
            Err(status) if side.permit(caller, Get, &known.project, &known.url).is_ok() => Err(status),
            Err(_) => Err(hidden()),
        }
    }

    /// Whether a repository answers; one without credentials of its own is asked with those that are stored for it.
    async fn test(&self, side: Side, fields: &Fields) -> Result<(), Status> {
        let fields = with_stored(side, &self.context, fields.clone());
        self.context.remotes.check(&fields).await.map_err(|error| of_source(&error))
    }

    async fn create_or_change(
        &self,
        side: Side,
        caller: &Caller,
        asked: RepoCreateRequest,
    ) -> Result<Repository, Status> {
        let RepoCreateRequest { repo, upsert, creds_only } = asked;
        let repository = repo.ok_or_else(no_payload)?;
        side.permit(caller, Create, &repository.project, &repository.repo)?;
        if creds_only {
            return Err(Status::invalid_argument("credsOnly is not supported; create repository credentials instead"));
        }
        form::check(&repository)?;
        let fields = form::fields(&repository);
        if repository.project.is_empty() {
            self.test(side, &fields).await?;
        }
        let all = side.all(&self.context.world);
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
            side.permit(caller, Update, &existing.project, &existing.url)?;
            self.write(side, existing, &fields).await?;
            return Ok(answered(&repository));
        }
        let project = repository.project.as_str();
        let (kind, prefix) = side.repository();
        let name = secret::name(prefix, &[repository.repo.as_str(), project]);
        let object = secret::object(&name, kind, &fields, &Default::default(), &Default::default());
        match self.context.create(&secrets(), &object).await {
            Ok(_) => {}
            Err(error) if error.is(Class::AlreadyExists) => {
                return Err(Status::already_exists(format!("repository {:?} already exists", repository.repo)));
            }
            Err(error) => return Err(failed(error)),
        }
        self.settled(side, &name, &fields).await;
        Ok(answered(&repository))
    }

    async fn write(&self, side: Side, known: &RepositorySecret, fields: &Fields) -> Result<(), Status> {
        let patch = secret::patch(fields, json!({}));
        let changed = self.context.change(&secrets(), &known.secret, |_: &Value| Ok(Some(patch.clone()))).await?;
        changed.ok_or_else(hidden)?;
        self.states.forget(&known.url, &known.project);
        self.settled(side, &known.secret, fields).await;
        Ok(())
    }

    async fn settled(&self, side: Side, name: &str, fields: &Fields) {
        let wanted = filled(fields);
        let so = |known: &RepositorySecret| known.secret == name && wanted.iter().all(|(k, v)| known.text(k) == *v);
        self.context.settle(|world| side.all(world).iter().any(so)).await;
    }

    async fn replace(&self, side: Side, caller: &Caller, asked: RepoUpdateRequest) -> Result<Repository, Status> {
        let repository = asked.repo.ok_or_else(no_payload)?;
        let known = self.find(side, caller, Update, &repository.repo, "")?;
        // Whoever moves a repository between projects must be allowed to in both.
        side.permit(caller, Update, &repository.project, &repository.repo)?;
        form::check(&repository)?;
        self.write(side, &known, &form::fields(&repository)).await?;
        Ok(answered(&repository))
    }

    async fn forget(&self, side: Side, caller: &Caller, query: RepoQuery) -> Result<RepoResponse, Status> {
        let known = self.find(side, caller, Delete, &query.repo, &query.app_project)?;
        self.context.forget_secret(&known.secret).await?;
        self.states.forget(&known.url, &known.project);
        let gone = |known: &RepositorySecret, name: &str| known.secret == name;
        self.context.settle(|world| !side.all(world).iter().any(|r| gone(r, &known.secret))).await;
        Ok(RepoResponse {})
    }

    async fn listed(&self, side: Side, caller: &Caller, query: RepoQuery) -> Result<RepositoryList, Status> {
        let all = side.all(&self.context.world);
        let visible =
            all.iter().filter(|known| !known.template && side.permit(caller, Get, &known.project, &known.url).is_ok());
        let mut items: Vec<Repository> = visible.map(form::shown).collect();
        items.sort_by(|a, b| (&a.repo, &a.project).cmp(&(&b.repo, &b.project)));
        self.states.fill(side, &self.context, &mut items, query.force_refresh).await;
        Ok(RepositoryList { items, ..RepositoryList::default() })
    }

    async fn one(&self, side: Side, caller: &Caller, query: RepoQuery) -> Result<Repository, Status> {
        let known = self.find(side, caller, Get, &query.repo, &query.app_project)?;
        let mut items = [form::shown(&known)];
        self.states.fill(side, &self.context, &mut items, query.force_refresh).await;
        let [repository] = items;
        Ok(repository)
    }

    async fn validate(&self, side: Side, caller: &Caller, query: RepoAccessQuery) -> Result<RepoResponse, Status> {
        side.permit(caller, Create, &query.project, &query.repo)?;
        let repository = form::of_query(query);
        form::check(&repository)?;
        self.test(side, &form::fields(&repository)).await?;
        Ok(RepoResponse {})
    }

    /// A repository that somebody wants to look into: a known one, or one that nobody has registered where the caller may see
    /// whatever has that URL.
    fn look_into(&self, caller: &Caller, url: &str, project: &str) -> Result<(String, String), Status> {
        match self.find(Side::Read, caller, Get, url, project) {
            Ok(known) => Ok((known.url, if project.is_empty() { known.project } else { project.to_string() })),
            Err(refusal) => {
                let wanted = normalize_url(url);
                let all = self.context.world.repositories();
                let is_known = all.iter().any(|known| !known.template && normalize_url(&known.url) == wanted);
                if is_known && project.is_empty() {
                    return Err(refusal);
                }
                Side::Read.permit(caller, Get, "", url).map_err(|_| hidden())?;
                Ok((url.to_string(), project.to_string()))
            }
        }
    }
}

/// Who calls, and what they say.
fn open<T>(request: Request<T>) -> Result<(Caller, T), Status> {
    Ok((Caller::of(&request)?, request.into_inner()))
}

#[tonic::async_trait]
impl RepositoryService for Repositories {
    async fn list(&self, request: Request<RepoQuery>) -> Result<Response<RepositoryList>, Status> {
        self.list_repositories(request).await
    }

    async fn get(&self, request: Request<RepoQuery>) -> Result<Response<Repository>, Status> {
        let (caller, query) = open(request)?;
        self.one(Side::Read, &caller, query).await.map(Response::new)
    }

    async fn get_write(&self, request: Request<RepoQuery>) -> Result<Response<Repository>, Status> {
        let (caller, query) = open(request)?;
        self.one(Side::Write.admit(&self.context)?, &caller, query).await.map(Response::new)
    }

    async fn list_repositories(&self, request: Request<RepoQuery>) -> Result<Response<RepositoryList>, Status> {
        let (caller, query) = open(request)?;
        self.listed(Side::Read, &caller, query).await.map(Response::new)
    }

    async fn list_write_repositories(&self, request: Request<RepoQuery>) -> Result<Response<RepositoryList>, Status> {
        let (caller, query) = open(request)?;
        self.listed(Side::Write.admit(&self.context)?, &caller, query).await.map(Response::new)
    }

    async fn list_refs(&self, request: Request<RepoQuery>) -> Result<Response<Refs>, Status> {
        let (caller, query) = open(request)?;
        let (url, project) = self.look_into(&caller, &query.repo, &query.app_project)?;
        look::refs(&self.context, &url, &project).await.map(Response::new)
    }

    async fn list_oci_tags(&self, request: Request<RepoQuery>) -> Result<Response<Refs>, Status> {
        let (caller, query) = open(request)?;
        let (url, project) = self.look_into(&caller, &query.repo, &query.app_project)?;
        look::tags(&self.context, &url, &project).await.map(Response::new)
    }

    async fn list_apps(&self, request: Request<RepoAppsQuery>) -> Result<Response<RepoAppsResponse>, Status> {
        let (caller, query) = open(request)?;
        let (url, project) = self.look_into(&caller, &query.repo, &query.app_project)?;
        look::permit_application(&self.context, &caller, &query.app_name, &query.app_project)?;
        look::applications(&self.context, &url, &project, &query.revision).await.map(Response::new)
    }

    async fn get_app_details(
        &self,
        request: Request<RepoAppDetailsQuery>,
    ) -> Result<Response<RepoAppDetailsResponse>, Status> {
        let (caller, query) = open(request)?;
        let source =
            query.source.clone().ok_or_else(|| Status::invalid_argument("missing payload 'source' in request"))?;
        let (_, project) = self.look_into(&caller, &source.repo_url, &query.app_project)?;
        details::permit(&self.context, &caller, &query, &source)?;
        details::details(&self.context, &source, &project).await.map(Response::new)
    }

    async fn get_helm_charts(&self, request: Request<RepoQuery>) -> Result<Response<HelmChartsResponse>, Status> {
        let (caller, query) = open(request)?;
        let (url, project) = self.look_into(&caller, &query.repo, &query.app_project)?;
        look::charts(&self.context, &url, &project).await.map(Response::new)
    }

    async fn create(&self, request: Request<RepoCreateRequest>) -> Result<Response<Repository>, Status> {
        self.create_repository(request).await
    }

    async fn create_repository(&self, request: Request<RepoCreateRequest>) -> Result<Response<Repository>, Status> {
        let (caller, asked) = open(request)?;
        self.create_or_change(Side::Read, &caller, asked).await.map(Response::new)
    }

    async fn create_write_repository(
        &self,
        request: Request<RepoCreateRequest>,
    ) -> Result<Response<Repository>, Status> {
        let (caller, asked) = open(request)?;
        self.create_or_change(Side::Write.admit(&self.context)?, &caller, asked).await.map(Response::new)
    }

    async fn update(&self, request: Request<RepoUpdateRequest>) -> Result<Response<Repository>, Status> {
        self.update_repository(request).await
    }

    async fn update_repository(&self, request: Request<RepoUpdateRequest>) -> Result<Response<Repository>, Status> {
        let (caller, asked) = open(request)?;
        self.replace(Side::Read, &caller, asked).await.map(Response::new)
    }

    async fn update_write_repository(
        &self,
        request: Request<RepoUpdateRequest>,
    ) -> Result<Response<Repository>, Status> {
        let (caller, asked) = open(request)?;
        self.replace(Side::Write.admit(&self.context)?, &caller, asked).await.map(Response::new)
    }

    async fn delete(&self, request: Request<RepoQuery>) -> Result<Response<RepoResponse>, Status> {
        self.delete_repository(request).await
    }

    async fn delete_repository(&self, request: Request<RepoQuery>) -> Result<Response<RepoResponse>, Status> {
        let (caller, query) = open(request)?;
        self.forget(Side::Read, &caller, query).await.map(Response::new)
    }

    async fn delete_write_repository(&self, request: Request<RepoQuery>) -> Result<Response<RepoResponse>, Status> {
        let (caller, query) = open(request)?;
        self.forget(Side::Write.admit(&self.context)?, &caller, query).await.map(Response::new)
    }

    async fn validate_access(&self, request: Request<RepoAccessQuery>) -> Result<Response<RepoResponse>, Status> {
        let (caller, query) = open(request)?;
        self.validate(Side::Read, &caller, query).await.map(Response::new)
    }

    async fn validate_write_access(&self, request: Request<RepoAccessQuery>) -> Result<Response<RepoResponse>, Status> {
        let (caller, query) = open(request)?;
        self.validate(Side::Write.admit(&self.context)?, &caller, query).await.map(Response::new)
    }
}

/// The repositories of a project, for those who may see the project.
pub(crate) fn of_project(context: &Context, project: &str) -> Vec<Repository> {
    let all = context.world.repositories();
    all.iter().filter(|known| !known.template && known.project == project).map(form::shown).collect()
}

/// The fields with the credentials that are stored for the URL, where they have none.
fn with_stored(side: Side, context: &Context, mut fields: Fields) -> Fields {
    let text = |fields: &Fields, key: &str| fields.get(key).map(|v| v.expose().clone()).unwrap_or_default();
    let (url, project) = (text(&fields, "url"), text(&fields, "project"));
    if form::has_credentials(&fields) {
        return fields;
    }
    let all = side.all(&context.world);
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
