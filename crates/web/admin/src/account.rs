//! `account.AccountService`: local accounts, their passwords and API keys; and what the caller may.

use bowline_core_rbac::action::{Get, Update};
use bowline_core_rbac::{ACTIONS, Action, Allowed, Resource, object};
use bowline_core_types::Sensitive;
use bowline_web_wire::account::{
    Account, AccountService, AccountsList, CanIRequest, CanIResponse, CreateTokenRequest, CreateTokenResponse,
    DeleteTokenRequest, EmptyResponse, GetAccountRequest, ListAccountRequest, Token, UpdatePasswordRequest,
    UpdatePasswordResponse,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};

use crate::caller::Caller;
use crate::context::Context;
use crate::failure::{denied, of_auth};

/// Accounts.
#[derive(Clone)]
pub struct Accounts(pub Context);

// === impl Accounts ===

impl Accounts {
    fn permit<A: Action>(&self, caller: &Caller, action: A, name: &str) -> Result<Allowed<A, object::Account>, Status> {
        caller.enforcer().permit_account(action, object::Account { name: name.to_string() }).map_err(denied)
    }
}

#[tonic::async_trait]
impl AccountService for Accounts {
    async fn can_i(&self, request: Request<CanIRequest>) -> Result<Response<CanIResponse>, Status> {
        let caller = Caller::of(&request)?;
        let CanIRequest { resource, action, subresource } = request.into_inner();
        let unknown = |known: &[&str], word: &str| {
            Status::invalid_argument(format!("[{}] does not contain {word}", known.join(" ")))
        };
        // What stands behind a slash is a path of objects.
        if !ACTIONS.contains(&action.split('/').next().unwrap_or_default()) {
            return Err(unknown(&ACTIONS, &action));
        }
        let resource =
            Resource::from_word(&resource).ok_or_else(|| unknown(&Resource::ALL.map(Resource::as_str), &resource))?;
        // The control namespace is left out of names in a policy.
        let object = match subresource.splitn(3, '/').collect::<Vec<_>>()[..] {
            [project, namespace, name] if resource.is_project_scoped() && namespace == self.0.world.namespace() => {
                format!("{project}/{name}")
            }
            _ => subresource,
        };
        let rolls_back = action == "rollback" && !self.0.auth.config().rollback_enforced;
        let action = if rolls_back { "sync" } else { action.as_str() };
        let value = if caller.enforcer().allows(resource, action, &object) { "yes" } else { "no" };
        Ok(Response::new(CanIResponse { value: value.to_string() }))
    }

    async fn update_password(
        &self,
        request: Request<UpdatePasswordRequest>,
    ) -> Result<Response<UpdatePasswordResponse>, Status> {
        let caller = Caller::of(&request)?;
        let asked = request.into_inner();
        let (current, new) = (Sensitive::new(asked.current_password.0), Sensitive::new(asked.new_password.0));
        let changed = self.0.auth.update_password(&caller.principal, &asked.name, &current, &new).await;
        changed.map_err(of_auth)?;
        Ok(Response::new(UpdatePasswordResponse {}))
    }

    async fn list_accounts(&self, request: Request<ListAccountRequest>) -> Result<Response<AccountsList>, Status> {
        let caller = Caller::of(&request)?;
        let accounts = self.0.auth.accounts();
        let visible = accounts.values().filter(|account| self.permit(&caller, Get, &account.name).is_ok());
        Ok(Response::new(AccountsList { items: visible.map(shown).collect() }))
    }

    async fn get_account(&self, request: Request<GetAccountRequest>) -> Result<Response<Account>, Status> {
        let caller = Caller::of(&request)?;
        let allowed = self.permit(&caller, Get, &request.into_inner().name)?;
        let account = self.0.auth.account(&allowed.object().name).map_err(of_auth)?;
        Ok(Response::new(shown(&account)))
    }

    async fn create_token(
        &self,
        request: Request<CreateTokenRequest>,
    ) -> Result<Response<CreateTokenResponse>, Status> {
        let caller = Caller::of(&request)?;
        let asked = request.into_inner();
        let allowed = self.permit(&caller, Update, &asked.name)?;
        let issued = self.0.auth.create_token(&allowed, asked.expires_in, &asked.id).await.map_err(of_auth)?;
        tracing::info!(
            user = caller.principal.username,
            account = asked.name,
            id = issued.id,
            "a token was handed out"
        );
        Ok(Response::new(CreateTokenResponse { token: issued.token.expose().as_str().into() }))
    }

    async fn delete_token(&self, request: Request<DeleteTokenRequest>) -> Result<Response<EmptyResponse>, Status> {
        let caller = Caller::of(&request)?;
        let asked = request.into_inner();
        let allowed = self.permit(&caller, Update, &asked.name)?;
        self.0.auth.delete_token(&allowed, &asked.id).await.map_err(of_auth)?;
        tracing::info!(user = caller.principal.username, account = asked.name, id = asked.id, "a token was taken back");
        Ok(Response::new(EmptyResponse {}))
    }
}

fn shown(account: &bowline_web_auth::Account) -> Account {
    let token = |token: &bowline_web_auth::AccountToken| Token {
        id: token.id.clone(),
        issued_at: token.issued_at,
        expires_at: token.expires_at,
    };
    Account {
        name: account.name.clone(),
        enabled: account.enabled,
        capabilities: account.capabilities.iter().map(|capability| capability.as_str().to_string()).collect(),
        tokens: account.tokens.iter().map(token).collect(),
    }
}
