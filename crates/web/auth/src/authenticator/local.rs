//! Tokens that the server itself issued: of accounts and of projects' roles.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bowline_core_rbac::project_subject;
use bowline_core_types::Sensitive;
use jiff::{SignedDuration, Timestamp};

use super::{Authenticator, Session, signing_mark};
use crate::accounts::Capability;
use crate::claims::Claims;
use crate::error::{AuthError, Code};
use crate::jwt::{self, Token};
use crate::presented::Way;
use crate::principal::{Kind, LOCAL_ISSUER, Principal};
use crate::random;
use crate::revocation;
use crate::state::State;

/// A login that ends within this is renewed while it is used.
const RENEWED_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// How far the clock of another replica may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_secs(10);

/// A token that was issued just now.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The token.
    pub token: Sensitive<String>,
    /// Its ID.
    pub id: String,
    /// When it was issued, in seconds since 1970.
    pub issued_at: i64,
    /// When it ends, in seconds since 1970; 0 never.
    pub expires_at: i64,
}

impl Authenticator {
    /// Issues a token. `lifetime` zero is for ever; `id` empty is a random one.
    pub(crate) fn issue(&self, subject: &str, lifetime: Duration, id: &str) -> Result<Issued, AuthError> {
        let state = self.state();
        let Some(key) = &state.signing_key else {
            return Err(AuthError::new(
                Code::Unavailable,
                "server.secretkey of argocd-secret is missing: no token can be signed",
            ));
        };
        let now = self.clock.now().as_second();
        let id = if id.is_empty() { random::uuid(&*self.random) } else { id.to_string() };
        let expires_at = match lifetime.as_secs() {
            0 => 0,
            seconds => now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX)),
        };
        let mut claims = Claims::default();
        claims.set("iss", LOCAL_ISSUER.into());
        claims.set("sub", subject.into());
        if expires_at != 0 {
            claims.set("exp", expires_at.into());
        }
        claims.set("nbf", now.into());
        claims.set("iat", now.into());
        claims.set("jti", id.clone().into());
        let token = jwt::sign(&claims, key.expose().as_bytes()).into();
        Ok(Issued { token, id, issued_at: now, expires_at })
    }

    pub(super) fn local_session(&self, token: Token<'_>, way: Way) -> Result<Session, AuthError> {
        let state = self.state();
        let Some(key) = &state.signing_key else {
            return Err(AuthError::invalid_session("server.secretkey of argocd-secret is missing"));
        };
        let claims = token.verify_hmac(key.expose().as_bytes()).map_err(AuthError::invalid_session)?;
        let mut principal = self.local_principal(&state, claims, None)?;
        principal.signed_with = signing_mark(&state);
        let renewed = self.renewal(&principal)?;
        let set_cookies = renewed.as_ref().map(|token| self.token_cookies(token, way)).unwrap_or_default();
        Ok(Session { principal: Arc::new(principal), renewed, set_cookies })
    }

    /// A token in the place of a login that is about to end; it lives as long as that one did.
    fn renewal(&self, principal: &Principal) -> Result<Option<Sensitive<String>>, AuthError> {
        let (Kind::Login, Some(issued), Some(end)) = (principal.kind, principal.issued_at, principal.expires_at) else {
            return Ok(None);
        };
        if end.duration_since(self.clock.now()) >= RENEWED_WITHIN {
            return Ok(None);
        }
        let lifetime = end.duration_since(issued).unsigned_abs();
        let subject = format!("{}:{}", principal.id, Capability::Login.as_str());
        self.issue(&subject, lifetime, "").map(|issued| Some(issued.token))
    }

    /// The principal of claims that were signed here, if they hold now. `renamed` is the account of a token that was looked at
    /// before, whose subject is then not taken apart again.
    pub(super) fn local_principal(
        &self,
        state: &State,
        claims: Claims,
        renamed: Option<&str>,
    ) -> Result<Principal, AuthError> {
        let invalid = |reason: &str| AuthError::invalid_session(reason);
        let now = self.clock.now();
        let time = |name: &str| claims.time(name).map_err(AuthError::invalid_session);
        let (issued, end) = (time("iat")?, time("exp")?);
        if end.is_some_and(|end| end <= now) {
            return Err(invalid("token has invalid claims: token is expired"));
        }
        if time("nbf")?.is_some_and(|start| start > now + AHEAD) {
            return Err(invalid("token has invalid claims: token is not valid yet"));
        }
        let Some(issued) = issued else { return Err(invalid("token does not have iat claim")) };
        if issued > now + AHEAD {
            return Err(invalid("token has invalid claims: token used before issued"));
        }
        let id = claims.text("jti").to_string();
        if !id.is_empty() && self.is_revoked(state, &id, issued, end.is_some()) {
            return Err(invalid("token is revoked, please re-login"));
        }
        let subject = claims.text("sub").to_string();
        let (kind, name) = match project_subject(&subject) {
            Some((project, role)) => {
                self.check_role_token(project, role, issued, &id)?;
                (Kind::ProjectRole, subject.clone())
            }
            None => {
                let (name, capability) = account_subject(&subject);
                self.check_account_token(state, name, capability, issued, &id)?;
                (if capability == Capability::Login { Kind::Login } else { Kind::ApiKey }, name.to_string())
            }
        };
        if renamed.is_some_and(|known| known != name) {
            return Err(invalid("the token is another user's"));
        }
        let groups = claims.scope_values(state.engine.policy().scopes());
        Ok(Principal {
            kind,
            username: name.clone(),
            id: name,
            groups,
            issuer: LOCAL_ISSUER.to_string(),
            issued_at: Some(issued),
            expires_at: end,
            token_id: (!id.is_empty()).then_some(id),
            claims,
            signed_with: signing_mark(state),
        })
    }

    fn check_account_token(
        &self,
        state: &State,
        name: &str,
        capability: Capability,
        issued: Timestamp,
        id: &str,
    ) -> Result<(), AuthError> {
        let invalid = |reason: String| Err(AuthError::invalid_session(reason));
        let Some(account) = state.accounts.get(name) else {
            return invalid(format!("account '{name}' does not exist"));
        };
        if !account.enabled {
            return invalid(format!("account {name} is disabled"));
        }
        if !account.has(capability) {
            return invalid(format!("account {name} does not have '{}' capability", capability.as_str()));
        }
        if id.is_empty() {
            return invalid("token does not have a unique identifier (jti claim) and cannot be validated".to_string());
        }
        if capability == Capability::ApiKey && account.token(id).is_none() {
            return invalid(format!("account {name} does not have token with id {id}"));
        }
        // A token knows whole seconds: the one of the second in which the password was set is good.
        if account.password_mtime.is_some_and(|set| issued.as_second() < set.as_second()) {
            return invalid("account password has changed since token issued".to_string());
        }
        Ok(())
    }

    fn check_role_token(&self, project: &str, role: &str, issued: Timestamp, id: &str) -> Result<(), AuthError> {
        let Some(found) = self.world().project(project) else {
            return Err(AuthError::invalid_session(format!("appproject.argoproj.io \"{project}\" not found")));
        };
        let seconds = issued.as_second();
        let tokens = found.status.jwt_tokens_by_role.get(role).map_or(&[][..], |tokens| &tokens.items);
        // Old tokens have no ID, and are known by the second in which they were issued.
        let by_time = |listed: &str| listed.is_empty() || listed == seconds.to_string();
        let known = tokens.iter().any(|token| match id {
            "" => token.iat == seconds && by_time(&token.id),
            id => token.id == id,
        });
        if known {
            return Ok(());
        }
        Err(AuthError::invalid_session(format!(
            "JWT token for role '{role}' issued at '{seconds}' does not exist in project '{project}'"
        )))
    }

    pub(crate) fn is_revoked(&self, state: &State, id: &str, issued: Timestamp, ends: bool) -> bool {
        state.revocations.has(id, issued.as_second(), ends)
            || self.revoked_here.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&revocation::digest(id))
    }
}

/// Account and capability of a subject: `name:login`, `name:apiKey`, or (as it was once) the name alone for an API key.
fn account_subject(subject: &str) -> (&str, Capability) {
    match subject.split_once(':') {
        None => (subject, Capability::ApiKey),
        Some((name, rest)) => {
            let word = rest.split(':').next().unwrap_or_default();
            (name, Capability::from_word(word).unwrap_or(Capability::ApiKey))
        }
    }
}
