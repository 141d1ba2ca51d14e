//! Tokens of the identity provider.

use std::sync::Arc;

use bowline_core_types::Sensitive;
use jiff::{SignedDuration, Timestamp};

use super::{Authenticator, Session, TOKEN_VERIFICATION};
use crate::claims::Claims;
use crate::error::AuthError;
use crate::jwt::Token;
use crate::oidc::{Provider, REFRESH_COOKIE, Refused, SsoSession};
use crate::presented::{Presented, Way};
use crate::principal::{Kind, LOCAL_ISSUER, Principal};
use crate::state::State;

impl Authenticator {
    pub(super) async fn external_session(
        &self,
        text: &Sensitive<String>,
        presented: &Presented,
    ) -> Result<Session, AuthError> {
        let state = self.state();
        let provider = self.provider(&state).await.map_err(AuthError::invalid_session)?;
        let kept = self.kept_session(&state, presented);
        let mut renewed = None;
        let mut claims = match provider.verify(text.expose()).await {
            Ok(claims) => claims,
            Err(Refused::Expired(claims)) => {
                let kept = kept.as_ref().filter(|kept| kept.is_of(&claims));
                match kept {
                    Some(kept) => match self.renew(&state, &provider, kept).await {
                        Ok(new) => renewed.insert(new).claims.clone(),
                        Err(reason) => {
                            tracing::debug!(reason, "a session cannot be renewed");
                            return Err(AuthError::invalid_session(TOKEN_VERIFICATION));
                        }
                    },
                    None => return Err(AuthError::invalid_session(TOKEN_VERIFICATION)),
                }
            }
            Err(error) => {
                // What is wrong with it is for the log: an attacker learns nothing from the answer.
                tracing::warn!(%error, "a token of the identity provider is not good");
                return Err(AuthError::invalid_session(TOKEN_VERIFICATION));
            }
        };
        let kept = kept.filter(|kept| kept.is_of(&claims));
        if renewed.is_none()
            && let Some(kept) = &kept
            && claims.time("exp").ok().flatten().is_some_and(|end| self.is_near(end, &provider))
        {
            match self.renew(&state, &provider, kept).await {
                Ok(new) => claims = renewed.insert(new).claims.clone(),
                // The token that came is still good.
                Err(reason) => tracing::debug!(reason, "a session cannot be renewed yet"),
            }
        }
        if provider.config.enable_user_info_groups && !provider.config.user_info_path.is_empty() {
            let kept = renewed.as_ref().map(|new| &new.session).or(kept.as_ref());
            let groups = self.user_info_groups(&provider, &claims, kept).await?;
            claims.set("groups", groups);
        }
        let principal = self.external_principal(&state, claims)?;
        let (token, set_cookies) = match renewed {
            None => (None, Vec::new()),
            Some(new) => {
                let mut cookies = self.token_cookies(&new.token, presented.way);
                cookies.extend(self.session_cookies(&state, &new.session, presented.way));
                (Some(new.token), cookies)
            }
        };
        Ok(Session { principal: Arc::new(principal), renewed: token, set_cookies })
    }

    /// The principal of a token that is shown for the last time: it is not renewed, and nobody is asked for groups.
    pub(crate) async fn principal_to_leave(&self, text: &str) -> Result<Principal, AuthError> {
        let token = Token::parse(text).map_err(AuthError::invalid_session)?;
        if token.unverified().text("iss") == LOCAL_ISSUER {
            let session = self.local_session(token, Way::None)?;
            return Ok(Principal::clone(&session.principal));
        }
        let state = self.state();
        let provider = self.provider(&state).await.map_err(AuthError::invalid_session)?;
        let claims = provider.verify(text).await.map_err(AuthError::invalid_session)?;
        self.external_principal(&state, claims)
    }

    fn is_near(&self, end: Timestamp, provider: &Provider) -> bool {
        let threshold = SignedDuration::try_from(provider.config.refresh_threshold()).unwrap_or(SignedDuration::MAX);
        end.duration_since(self.clock.now()) < threshold
    }

    /// The principal of claims that the provider signed.
    fn external_principal(&self, state: &State, claims: Claims) -> Result<Principal, AuthError> {
        let time = |name: &str| claims.time(name).map_err(AuthError::invalid_session);
        let (issued, end) = (time("iat")?, time("exp")?);
        let token_id = claims.external_id().map(String::from);
        if let Some(id) = &token_id
            && self.is_revoked(state, id, issued.unwrap_or(Timestamp::UNIX_EPOCH), false)
        {
            return Err(AuthError::invalid_session("token is revoked, please re-login"));
        }
        let id = claims.user_id().to_string();
        let email = claims.text("email");
        Ok(Principal {
            kind: Kind::External,
            username: if email.is_empty() { id.clone() } else { email.to_string() },
            id,
            groups: claims.scope_values(state.engine.policy().scopes()),
            issuer: claims.text("iss").to_string(),
            issued_at: issued,
            expires_at: end,
            token_id,
            claims,
            signed_with: None,
        })
    }

    /// Whether a token of a provider would still be taken: it has not ended, is not revoked, and the same provider is configured.
    pub(super) fn recheck_external(&self, principal: &Principal) -> Result<(), AuthError> {
        if principal.expires_at.is_none_or(|end| end <= self.clock.now()) {
            return Err(AuthError::invalid_session(TOKEN_VERIFICATION));
        }
        let state = self.state();
        if !self.is_issuer(&state, &principal.issuer) {
            return Err(AuthError::invalid_session("SSO is not configured"));
        }
        self.external_principal(&state, principal.claims.clone()).map(drop)
    }

    /// `Set-Cookie` headers that keep a session going, where the token came in cookies.
    fn session_cookies(&self, state: &State, session: &SsoSession, way: Way) -> Vec<String> {
        if way != Way::Cookie {
            return Vec::new();
        }
        self.store_session(state, session)
    }

    /// `Set-Cookie` headers that keep a session going. One that a browser cannot take is left out, with a word in the log.
    pub(crate) fn store_session(&self, state: &State, session: &SsoSession) -> Vec<String> {
        let Some(seal) = self.session_seal(state) else { return Vec::new() };
        let sealed = seal.close(session, &*self.random);
        self.options().cookies().token(REFRESH_COOKIE, &sealed).unwrap_or_else(|error| {
            tracing::error!(%error, "what keeps a session going cannot be stored in the browser");
            Vec::new()
        })
    }
}
