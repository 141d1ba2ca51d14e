//! Changes of accounts: passwords and API keys.

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_core_rbac::object::Account as AccountName;
use bowline_core_rbac::{Allowed, action, project_subject};
use bowline_core_types::Sensitive;
use jiff::SignedDuration;

use crate::accounts::{Account, AccountToken, Capability, secret_keys};
use crate::authenticator::{Authenticator, Issued};
use crate::error::{AuthError, Code};
use crate::password;
use crate::principal::Principal;
use crate::state::State;
use crate::vault::{Holder, VaultError, update};

/// The Secret with passwords and API keys.
pub(crate) const SERVER_SECRET: &str = "argocd-secret";
/// How old the token of a user of an identity provider may be who changes a password.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// How long a change is waited for until what the server knows says so too.
const SETTLES_WITHIN: Duration = Duration::from_secs(5);
/// What an API key's list may have: a Secret holds 1 MiB, and other accounts' keys stand in it too.
const MOST_TOKENS: usize = 1_000;

/// What an `Account` read by `GetAccount` is changed into: keys of the Secret.
type Keys = BTreeMap<String, Option<Sensitive<String>>>;

impl From<VaultError> for AuthError {
    fn from(error: VaultError) -> AuthError {
        let code = match error {
            VaultError::Conflict => Code::Aborted,
            VaultError::Other(_) => Code::Unavailable,
        };
        AuthError::new(code, format!("{SERVER_SECRET}: {error}"))
    }
}

impl Authenticator {
    /// Changes a password, as `AccountService.UpdatePassword` does: of the caller, or of the account `name` where the policy lets
    /// the caller. A local account shows its own current password; a user of an identity provider a token that is five minutes old
    /// at most.
    pub async fn update_password(
        &self,
        principal: &Principal,
        name: &str,
        current: &Sensitive<String>,
        new: &Sensitive<String>,
    ) -> Result<(), AuthError> {
        let changed = if name.is_empty() { &principal.id } else { name };
        let enforcer = self.enforcer(principal);
        let account = AccountName { name: changed.to_string() };
        let allowed = if *changed == principal.id && principal.is_local() {
            enforcer.permit_account(action::Update, account)
        } else {
            // The contract asks about the name that was given, even where none was.
            let asked = enforcer.permit(action::Update, AccountName { name: name.to_string() });
            asked.and_then(|_| enforcer.permit(action::Update, account))
        };
        let allowed = allowed.map_err(|denied| AuthError::new(Code::PermissionDenied, denied.to_string()))?;
        if principal.is_local() {
            if name.is_empty() && project_subject(&principal.id).is_some() {
                let message = format!("password can only be changed for local users, not user {:?}", principal.id);
                return Err(AuthError::new(Code::InvalidArgument, message));
            }
            if self.verify_password(&principal.id, current).await.is_err() {
                return Err(AuthError::new(Code::InvalidArgument, "current password does not match"));
            }
        } else {
            let issued = principal.issued_at.ok_or_else(|| {
                AuthError::new(Code::Unknown, "failed to get issue time: token does not have iat claim")
            })?;
            if self.clock.now().duration_since(issued) > FRESH {
                return Err(AuthError::new(
                    Code::Unknown,
                    "SSO token is too old. Please use 'argocd relogin' to get a new token",
                ));
            }
        }
        self.set_password(&allowed, new).await?;
        if *changed == principal.id {
            tracing::info!(user = principal.id, "a user changed the own password");
        } else {
            tracing::info!(user = principal.id, account = changed, "a user changed another's password");
        }
        Ok(())
    }

    /// Sets an account's password, if the pattern allows it. Sessions from before end.
    pub async fn set_password(
        &self,
        allowed: &Allowed<action::Update, AccountName>,
        new: &Sensitive<String>,
    ) -> Result<(), AuthError> {
        let config = self.config();
        if !config.allows_password(new.expose()) {
            let message = format!("new password does not match the following expression: {}", config.password_pattern);
            return Err(AuthError::new(Code::Unknown, message));
        }
        let hash = password::hash(new, &*self.random).await?;
        let name = allowed.object().name.clone();
        let [password_key, mtime_key, _] = secret_keys(&name);
        let now = self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let wanted = hash.clone();
        self.change(&name, |_| {
            Ok(Keys::from([(password_key.clone(), Some(hash.clone())), (mtime_key.clone(), Some(now.clone().into()))]))
        })
        .await?;
        self.settle(|state| state.accounts.get(&name).is_some_and(|account| account.password_hash == wanted)).await;
        Ok(())
    }

    /// Makes an API key of an account. `expires_in` is in seconds, none or less is for ever; `id` empty is a random one.
    pub async fn create_token(
        &self,
        allowed: &Allowed<action::Update, AccountName>,
        expires_in: i64,
        id: &str,
    ) -> Result<Issued, AuthError> {
        let name = allowed.object().name.clone();
        let plain = |message: String| {
            Err(AuthError::new(Code::Unknown, format!("failed to update account with new token: {message}")))
        };
        let subject = format!("{name}:{}", Capability::ApiKey.as_str());
        let issued = self.issue(&subject, Duration::from_secs(expires_in.try_into().unwrap_or(0)), id)?;
        let now = issued.issued_at;
        self.change(&name, |account| {
            if account.token(&issued.id).is_some() {
                return plain(format!("account already has token with id '{}'", issued.id));
            }
            if !account.has(Capability::ApiKey) {
                return plain(format!("account '{name}' does not have apiKey capability"));
            }
            let mut tokens = account.tokens.clone();
            if tokens.len() >= MOST_TOKENS {
                // Those that have ended are of no use any more.
                tokens.retain(|token| token.expires_at == 0 || token.expires_at > now);
            }
            if tokens.len() >= MOST_TOKENS {
                return plain(format!("account '{name}' has {MOST_TOKENS} tokens: delete some"));
            }
            tokens.push(AccountToken { id: issued.id.clone(), issued_at: now, expires_at: issued.expires_at });
            Ok(token_keys(&name, &tokens))
        })
        .await?;
        let known =
            |state: &State| state.accounts.get(&name).is_some_and(|account| account.token(&issued.id).is_some());
        self.settle(known).await;
        Ok(issued)
    }

    /// Deletes an API key: it is good for nothing any more.
    pub async fn delete_token(
        &self,
        allowed: &Allowed<action::Update, AccountName>,
        id: &str,
    ) -> Result<(), AuthError> {
        let name = allowed.object().name.clone();
        self.change(&name, |account| {
            let mut tokens = account.tokens.clone();
            tokens.retain(|token| token.id != id);
            if tokens.len() == account.tokens.len() {
                return Err(AuthError::new(Code::NotFound, format!("token with id '{id}' does not exist")));
            }
            Ok(token_keys(&name, &tokens))
        })
        .await?;
        self.settle(|state| state.accounts.get(&name).is_none_or(|account| account.token(id).is_none())).await;
        Ok(())
    }

    /// Changes an account as it is stored, not as it is known: another replica may have changed it just now.
    async fn change(
        &self,
        name: &str,
        mut decide: impl FnMut(&Account) -> Result<Keys, AuthError>,
    ) -> Result<(), AuthError> {
        let known = self.account(name)?;
        update(&*self.vault, Holder::Secret, SERVER_SECRET, |data| {
            let [_, _, tokens] = secret_keys(name);
            let stored = data.get(&tokens).map(Sensitive::expose).filter(|text| !text.is_empty());
            let tokens = match stored.map(|text| serde_json::from_str::<Option<Vec<AccountToken>>>(text)) {
                None => Vec::new(),
                Some(Ok(tokens)) => tokens.unwrap_or_default(),
                Some(Err(_)) => {
                    let message = format!("{SERVER_SECRET}: {tokens}: is no list of tokens: mend or remove it");
                    return Err(AuthError::new(Code::Internal, message));
                }
            };
            decide(&Account { tokens, ..known.clone() }).map(Some)
        })
        .await
    }

    /// Waits until what the server knows says what was written, so that the next request finds it so.
    pub(crate) async fn settle(&self, so: impl Fn(&State) -> bool) {
        let mut changes = self.changes();
        let wait = async {
            loop {
                changes.see();
                if so(&self.state()) || !changes.next().await {
                    return;
                }
            }
        };
        if tokio::time::timeout(SETTLES_WITHIN, wait).await.is_err() {
            tracing::warn!("a change of an account was stored, and the watch has not told it yet");
        }
    }
}

fn token_keys(name: &str, tokens: &[AccountToken]) -> Keys {
    let [_, _, key] = secret_keys(name);
    let text = serde_json::to_string(tokens).expect("because tokens are plain data");
    Keys::from([(key, (!tokens.is_empty()).then(|| text.into()))])
}
