//! A login with a code: where the browser is sent, and what is made of it when it comes back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::provider::{Discovery, Provider, Tokens};
use crate::claims::Claims;
use crate::random::{self, Random};
use crate::url::with_query;

/// The cookie that remembers a login while the browser is at the provider.
pub(crate) const STATE_COOKIE: &str = "argocd.oauthstate";
/// How long that may take.
pub(crate) const STATE_AGE: SignedDuration = SignedDuration::from_mins(5);
/// What the seal of the cookie is for.
pub(crate) const PURPOSE: &str = "login at an identity provider";

/// Letters of values that nobody can guess: 24 of them have 142 bits.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A login under way, sealed in the browser's keeping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Login {
    /// What the provider gives back in the URL: the browser that began is the one that comes back.
    pub state: String,
    /// What the provider writes into the token: the token is for this login.
    pub nonce: String,
    /// The proof of RFC 7636; empty where it is not asked for.
    pub verifier: String,
    /// Where the browser goes in the end.
    pub return_url: String,
    /// When it began, in seconds since 1970.
    pub began_at: i64,
}

// === impl Login ===

impl Login {
    pub(crate) fn new(return_url: String, proves: bool, now: Timestamp, random: &dyn Random) -> Login {
        let verifier = if proves {
            // 256 bits, as the RFC recommends.
            let mut bytes = [0; 32];
            random.fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        } else {
            String::new()
        };
        let text = || random::text(random, LETTERS, 24);
        Login { state: text(), nonce: text(), verifier, return_url, began_at: now.as_second() }
    }

    /// Whether the browser took too long.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        now.as_second() - self.began_at > STATE_AGE.as_secs() || self.began_at > now.as_second() + 60
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.verifier.as_bytes()))
    }
}

// === impl Provider ===

impl Provider {
    /// Whether logins prove that they began here: where that is asked for, and where the provider says that it can.
    pub(crate) fn proves(&self, discovery: &Discovery) -> bool {
        self.config.enable_pkce_authentication
            || discovery.code_challenge_methods_supported.iter().any(|method| method == "S256")
    }

    /// The page of the provider that the browser is sent to.
    pub(crate) fn login_url(&self, discovery: &Discovery, login: &Login, callback: &str) -> String {
        let scopes = self.config.scopes().join(" ");
        let (challenge, claims) = (login.challenge(), self.config.claims_parameter());
        let mut parameters = vec![
            ("client_id", self.config.client_id.as_str()),
            ("redirect_uri", callback),
            ("response_type", "code"),
            ("scope", &scopes),
            ("state", &login.state),
            ("nonce", &login.nonce),
        ];
        if let Some(claims) = &claims {
            parameters.push(("claims", claims));
        }
        if !login.verifier.is_empty() {
            parameters.push(("code_challenge", &challenge));
            parameters.push(("code_challenge_method", "S256"));
        }
        if !self.config.domain_hint.is_empty() {
            parameters.push(("domain_hint", &self.config.domain_hint));
        }
        if !self.connector_id.is_empty() {
            parameters.push(("connector_id", &self.connector_id));
        }
        with_query(&discovery.authorization_endpoint, &parameters)
    }

    /// The tokens for a code, and what the ID token says.
    pub(crate) async fn exchange(&self, code: &str, login: &Login, callback: &str) -> Result<(Tokens, Claims), String> {
        let mut parameters = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", callback)];
        if !login.verifier.is_empty() {
            parameters.push(("code_verifier", &login.verifier));
        }
        let tokens = self.tokens(&parameters).await.map_err(|reason| format!("failed to get token: {reason}"))?;
        let Some(id_token) = &tokens.id_token else { return Err("no id_token in token response".to_string()) };
        let claims = self.verify(id_token.expose()).await.map_err(|error| {
            tracing::warn!(%error, "a token of the identity provider is not good");
            crate::authenticator::TOKEN_VERIFICATION.to_string()
        })?;
        if claims.text("nonce") != login.nonce {
            return Err("the token is not for this login: its nonce is another".to_string());
        }
        Ok((tokens, claims))
    }

    /// New tokens for a session, and what the new ID token says.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Result<(Tokens, Claims), String> {
        let tokens = self.tokens(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await?;
        let Some(id_token) = &tokens.id_token else { return Err("empty id_token".to_string()) };
        let claims = self.verify(id_token.expose()).await.map_err(|error| error.to_string())?;
        Ok((tokens, claims))
    }
}
