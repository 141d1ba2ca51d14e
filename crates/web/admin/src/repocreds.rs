//! `repocreds.RepoCredsService`: credentials for all repositories whose URL begins alike.

use bowline_base_kube::Class;
use bowline_base_value::Value;
use bowline_core_crd::{RepoCreds, RepoCredsList};
use bowline_core_rbac::action::{Create, Delete, Get, Update};
use bowline_core_rbac::{Action, Allowed, object};
use bowline_core_settings::{RepositoryKind, RepositorySecret};
use bowline_web_wire::repocreds::{
    RepoCredsCreateRequest, RepoCredsDeleteRequest, RepoCredsQuery, RepoCredsResponse, RepoCredsService,
    RepoCredsUpdateRequest,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::json;

use crate::caller::Caller;
use crate::context::{Context, secrets};
use crate::failure::{denied, failed, missing};
use crate::repository::{credential_fields, filled};
use crate::secret;

/// Credentials of repositories.
#[derive(Clone)]
pub struct RepositoryCredentials(pub Context);

// === impl RepositoryCredentials ===

impl RepositoryCredentials {
    fn permit<A: Action>(
        &self,
        caller: &Caller,
        action: A,
        url: &str,
    ) -> Result<Allowed<A, object::Repository>, Status> {
        let repository = object::Repository { project: String::new(), url: url.to_string() };
        caller.enforcer().permit(action, repository).map_err(denied)
    }

    fn known<A>(&self, allowed: &Allowed<A, object::Repository>) -> Option<RepositorySecret> {
        let url = &allowed.object().url;
        self.0.world.repositories().iter().find(|known| known.template && known.url == *url).cloned()
    }

    async fn write(&self, known: &RepositorySecret, creds: &RepoCreds) -> Result<(), Status> {
        let fields = credential_fields(creds);
        let patch = secret::patch(&fields, json!({}));
        let changed = self.0.change(&secrets(), &known.secret, |_: &Value| Ok(Some(patch.clone()))).await?;
        changed.ok_or_else(|| missing("repository credentials", &creds.url))?;
        self.settled(&known.secret, creds).await;
        Ok(())
    }

    async fn settled(&self, name: &str, creds: &RepoCreds) {
        let fields = credential_fields(creds);
        let wanted = filled(&fields);
        let so = |known: &RepositorySecret| known.secret == name && wanted.iter().all(|(k, v)| known.text(k) == *v);
        self.0.settle(|world| world.repositories().iter().any(so)).await;
    }

    fn no_hydrator(&self) -> Status {
        let on = self.0.world.config("argocd-cmd-params-cm", "hydrator.enabled").is_some_and(|v| v.trim() == "true");
        Status::unimplemented(if on { "the hydrator is not supported yet" } else { "hydrator is disabled" })
    }
}

#[tonic::async_trait]
impl RepoCredsService for RepositoryCredentials {
    async fn list_repository_credentials(
        &self,
        request: Request<RepoCredsQuery>,
    ) -> Result<Response<RepoCredsList>, Status> {
        let caller = Caller::of(&request)?;
        let all = self.0.world.repositories();
        let visible = all.iter().filter(|known| known.template && self.permit(&caller, Get, &known.url).is_ok());
        let mut items: Vec<RepoCreds> = visible
            .map(|known| RepoCreds {
                url: known.url.clone(),
                username: known.text("username").to_string(),
                type_: match known.kind {
                    RepositoryKind::Git => String::new(),
                    RepositoryKind::Helm => "helm".to_string(),
                    RepositoryKind::Oci => "oci".to_string(),
                },
                enable_oci: known.flag("enableOCI"),
                ..RepoCreds::default()
            })
            .collect();
        items.sort_by(|a, b| a.url.cmp(&b.url));
        Ok(Response::new(RepoCredsList { items, ..RepoCredsList::default() }))
    }

    async fn list_write_repository_credentials(
        &self,
        request: Request<RepoCredsQuery>,
    ) -> Result<Response<RepoCredsList>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }

    async fn create_repository_credentials(
        &self,
        request: Request<RepoCredsCreateRequest>,
    ) -> Result<Response<RepoCreds>, Status> {
        let caller = Caller::of(&request)?;
        let RepoCredsCreateRequest { creds, upsert } = request.into_inner();
        let creds = creds.ok_or_else(no_payload)?;
        let allowed = self.permit(&caller, Create, &creds.url)?;
        if creds.url.trim().is_empty() {
            return Err(Status::invalid_argument("must specify URL"));
        }
        let answer = RepoCreds { url: creds.url.clone(), ..RepoCreds::default() };
        let fields = credential_fields(&creds);
        if let Some(known) = self.known(&allowed) {
            if filled(&known.data) == filled(&fields) {
                return Ok(Response::new(answer));
            }
            if !upsert {
                return Err(Status::invalid_argument(
                    "existing repository credentials spec is different; use upsert flag to force update",
                ));
            }
            let _may = self.permit(&caller, Update, &creds.url)?;
            self.write(&known, &creds).await?;
            return Ok(Response::new(answer));
        }
        let name = secret::name("creds", &[creds.url.as_str()]);
        let object = secret::object(&name, "repo-creds", &fields, &Default::default(), &Default::default());
        match self.0.create(&secrets(), &object).await {
            Ok(_) => {}
            Err(error) if error.is(Class::AlreadyExists) => {
                return Err(Status::already_exists(format!("repository credentials {:?} already exist", creds.url)));
            }
            Err(error) => return Err(failed(error)),
        }
        self.settled(&name, &creds).await;
        Ok(Response::new(answer))
    }

    async fn create_write_repository_credentials(
        &self,
        request: Request<RepoCredsCreateRequest>,
    ) -> Result<Response<RepoCreds>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }

    async fn update_repository_credentials(
        &self,
        request: Request<RepoCredsUpdateRequest>,
    ) -> Result<Response<RepoCreds>, Status> {
        let caller = Caller::of(&request)?;
        let creds = request.into_inner().creds.ok_or_else(no_payload)?;
        let allowed = self.permit(&caller, Update, &creds.url)?;
        let known = self.known(&allowed).ok_or_else(|| missing("repository credentials", &creds.url))?;
        self.write(&known, &creds).await?;
        Ok(Response::new(RepoCreds { url: creds.url, ..RepoCreds::default() }))
    }

    async fn update_write_repository_credentials(
        &self,
        request: Request<RepoCredsUpdateRequest>,
    ) -> Result<Response<RepoCreds>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }

    async fn delete_repository_credentials(
        &self,
        request: Request<RepoCredsDeleteRequest>,
    ) -> Result<Response<RepoCredsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let url = request.into_inner().url;
        let allowed = self.permit(&caller, Delete, &url)?;
        let known = self.known(&allowed).ok_or_else(|| missing("repository credentials", &url))?;
        self.0.forget_secret(&known.secret).await?;
        self.0.settle(|world| !world.repositories().iter().any(|other| other.secret == known.secret)).await;
        Ok(Response::new(RepoCredsResponse {}))
    }

    async fn delete_write_repository_credentials(
        &self,
        request: Request<RepoCredsDeleteRequest>,
    ) -> Result<Response<RepoCredsResponse>, Status> {
        Caller::of(&request)?;
        Err(self.no_hydrator())
    }
}

fn no_payload() -> Status {
    Status::invalid_argument("missing payload 'creds' in request")
}
