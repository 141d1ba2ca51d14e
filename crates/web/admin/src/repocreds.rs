//! `repocreds.RepoCredsService`: credentials for all repositories whose URL begins alike.

use bowline_base_kube::Class;
use bowline_base_value::Value;
use bowline_core_crd::{RepoCreds, RepoCredsList};
use bowline_core_rbac::action::{Create, Delete, Get, Update};
use bowline_core_settings::{RepositoryKind, RepositorySecret};
use bowline_web_wire::repocreds::{
    RepoCredsCreateRequest, RepoCredsDeleteRequest, RepoCredsQuery, RepoCredsResponse, RepoCredsService,
    RepoCredsUpdateRequest,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::json;

use crate::caller::Caller;
use crate::context::{Context, secrets};
use crate::failure::{failed, missing};
use crate::repository::{credential_fields, filled};
use crate::secret;
use crate::side::Side;

/// Credentials of repositories.
#[derive(Clone)]
pub struct RepositoryCredentials(pub Context);

// === impl RepositoryCredentials ===

impl RepositoryCredentials {
    fn known(&self, side: Side, url: &str) -> Option<RepositorySecret> {
        side.all(&self.0.world).iter().find(|known| known.template && known.url == *url).cloned()
    }

    async fn write(&self, side: Side, known: &RepositorySecret, creds: &RepoCreds) -> Result<(), Status> {
        let fields = credential_fields(creds);
        let patch = secret::patch(&fields, json!({}));
        let changed = self.0.change(&secrets(), &known.secret, |_: &Value| Ok(Some(patch.clone()))).await?;
        changed.ok_or_else(|| missing("repository credentials", &creds.url))?;
        self.settled(side, &known.secret, creds).await;
        Ok(())
    }

    async fn settled(&self, side: Side, name: &str, creds: &RepoCreds) {
        let fields = credential_fields(creds);
        let wanted = filled(&fields);
        let so = |known: &RepositorySecret| known.secret == name && wanted.iter().all(|(k, v)| known.text(k) == *v);
        self.0.settle(|world| side.all(world).iter().any(so)).await;
    }

    fn list(&self, side: Side, caller: &Caller) -> RepoCredsList {
        let all = side.all(&self.0.world);
        let visible = all.iter().filter(|known| known.template && side.permit(caller, Get, "", &known.url).is_ok());
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
        RepoCredsList { items, ..RepoCredsList::default() }
    }

    async fn create(&self, side: Side, caller: &Caller, asked: RepoCredsCreateRequest) -> Result<RepoCreds, Status> {
        let RepoCredsCreateRequest { creds, upsert } = asked;
        let creds = creds.ok_or_else(no_payload)?;
        side.permit(caller, Create, "", &creds.url)?;
        if creds.url.trim().is_empty() {
            return Err(Status::invalid_argument("must specify URL"));
        }
        let answer = RepoCreds { url: creds.url.clone(), ..RepoCreds::default() };
        let fields = credential_fields(&creds);
        if let Some(known) = self.known(side, &creds.url) {
            if filled(&known.data) == filled(&fields) {
                return Ok(answer);
            }
            if !upsert {
                return Err(Status::invalid_argument(
                    "existing repository credentials spec is different; use upsert flag to force update",
                ));
            }
            side.permit(caller, Update, "", &creds.url)?;
            self.write(side, &known, &creds).await?;
            return Ok(answer);
        }
        let (kind, prefix) = side.credentials();
        let name = secret::name(prefix, &[creds.url.as_str()]);
        let object = secret::object(&name, kind, &fields, &Default::default(), &Default::default());
        match self.0.create(&secrets(), &object).await {
            Ok(_) => {}
            Err(error) if error.is(Class::AlreadyExists) => {
                return Err(Status::already_exists(format!("repository credentials {:?} already exist", creds.url)));
            }
            Err(error) => return Err(failed(error)),
        }
        self.settled(side, &name, &creds).await;
        Ok(answer)
    }

    async fn update(&self, side: Side, caller: &Caller, asked: RepoCredsUpdateRequest) -> Result<RepoCreds, Status> {
        let creds = asked.creds.ok_or_else(no_payload)?;
        side.permit(caller, Update, "", &creds.url)?;
        let known = self.known(side, &creds.url).ok_or_else(|| missing("repository credentials", &creds.url))?;
        self.write(side, &known, &creds).await?;
        Ok(RepoCreds { url: creds.url, ..RepoCreds::default() })
    }

    async fn delete(
        &self,
        side: Side,
        caller: &Caller,
        asked: RepoCredsDeleteRequest,
    ) -> Result<RepoCredsResponse, Status> {
        let url = asked.url;
        side.permit(caller, Delete, "", &url)?;
        let known = self.known(side, &url).ok_or_else(|| missing("repository credentials", &url))?;
        self.0.forget_secret(&known.secret).await?;
        self.0.settle(|world| !side.all(world).iter().any(|other| other.secret == known.secret)).await;
        Ok(RepoCredsResponse {})
    }

    fn writing(&self) -> Result<Side, Status> {
        Side::Write.admit(&self.0)
    }
}

#[tonic::async_trait]
impl RepoCredsService for RepositoryCredentials {
    async fn list_repository_credentials(
        &self,
        request: Request<RepoCredsQuery>,
    ) -> Result<Response<RepoCredsList>, Status> {
        Ok(Response::new(self.list(Side::Read, &Caller::of(&request)?)))
    }

    async fn list_write_repository_credentials(
        &self,
        request: Request<RepoCredsQuery>,
    ) -> Result<Response<RepoCredsList>, Status> {
        let caller = Caller::of(&request)?;
        Ok(Response::new(self.list(self.writing()?, &caller)))
    }

    async fn create_repository_credentials(
        &self,
        request: Request<RepoCredsCreateRequest>,
    ) -> Result<Response<RepoCreds>, Status> {
        let caller = Caller::of(&request)?;
        self.create(Side::Read, &caller, request.into_inner()).await.map(Response::new)
    }

    async fn create_write_repository_credentials(
        &self,
        request: Request<RepoCredsCreateRequest>,
    ) -> Result<Response<RepoCreds>, Status> {
        let caller = Caller::of(&request)?;
        self.create(self.writing()?, &caller, request.into_inner()).await.map(Response::new)
    }

    async fn update_repository_credentials(
        &self,
        request: Request<RepoCredsUpdateRequest>,
    ) -> Result<Response<RepoCreds>, Status> {
        let caller = Caller::of(&request)?;
        self.update(Side::Read, &caller, request.into_inner()).await.map(Response::new)
    }

    async fn update_write_repository_credentials(
        &self,
        request: Request<RepoCredsUpdateRequest>,
    ) -> Result<Response<RepoCreds>, Status> {
        let caller = Caller::of(&request)?;
        self.update(self.writing()?, &caller, request.into_inner()).await.map(Response::new)
    }

    async fn delete_repository_credentials(
        &self,
        request: Request<RepoCredsDeleteRequest>,
    ) -> Result<Response<RepoCredsResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.delete(Side::Read, &caller, request.into_inner()).await.map(Response::new)
    }

    async fn delete_write_repository_credentials(
        &self,
        request: Request<RepoCredsDeleteRequest>,
    ) -> Result<Response<RepoCredsResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.delete(self.writing()?, &caller, request.into_inner()).await.map(Response::new)
    }
}

fn no_payload() -> Status {
    Status::invalid_argument("missing payload 'creds' in request")
}
