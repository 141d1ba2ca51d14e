//! The identity provider that is configured, and the sessions that it keeps going.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bowline_core_types::Sensitive;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::authenticator::Authenticator;
use crate::claims::Claims;
use crate::config::Sso;
use crate::dex::{self, DexConfig};
use crate::egress::Trust;
use crate::error::AuthError;
use crate::oidc::{OidcConfig, Provider, SsoSession};
use crate::presented::Presented;
use crate::revocation;
use crate::seal::Seal;
use crate::state::State;
use crate::vault::Holder;

/// How long a reference to another Secret than `argocd-secret` is not looked at again.
const REFERENCES_AGE: Duration = Duration::from_secs(60);
/// Answers that are remembered, of each kind.
const REMEMBERED: usize = 1_000;
/// How long a renewal answers those who come with the same old token: requests that were under way together.
const RENEWAL_AGE: Duration = Duration::from_secs(60);

/// The provider, and what it answered lately.
#[derive(Debug, Default)]
pub(crate) struct Providers {
    current: tokio::sync::Mutex<Option<Current>>,
    renewals: Mutex<HashMap<Box<str>, (Duration, Renewal)>>,
    user_infos: Mutex<HashMap<Box<str>, (Timestamp, Value)>>,
}

type Renewal = Arc<OnceCell<Result<Renewed, String>>>;

#[derive(Debug)]
struct Current {
    sso: Sso,
    url: String,
    secret: Arc<bowline_core_settings::ServerSecret>,
    /// When references to other Secrets were followed; `None` where there are none.
    followed: Option<Duration>,
    provider: Arc<Provider>,
}

/// A session after it was renewed.
#[derive(Clone, Debug)]
pub(crate) struct Renewed {
    pub token: Sensitive<String>,
    pub claims: Claims,
    pub session: SsoSession,
}

// === impl SsoSession ===

impl SsoSession {
    /// Whether these claims are the session's user's.
    pub(crate) fn is_of(&self, claims: &Claims) -> bool {
        self.issuer == claims.text("iss") && self.subject == claims.text("sub")
    }
}

// === impl Authenticator ===

impl Authenticator {
    /// The provider that is configured.
    pub(crate) async fn provider(&self, state: &State) -> Result<Arc<Provider>, String> {
        let config = &state.config;
        let mut current = self.providers.current.lock().await;
        let now = self.clock.monotonic();
        if let Some(known) = &*current
            && known.sso == config.sso
            && known.url == config.url
            && Arc::ptr_eq(&known.secret, &state.secret)
            && known.followed.is_none_or(|read| now < read + REFERENCES_AGE)
        {
            return Ok(known.provider.clone());
        }
        let (built, followed) = match &config.sso {
            Sso::None => return Err("SSO is not configured".to_string()),
            Sso::Broken(reason) => return Err(format!("SSO is not configured: {reason}")),
            Sso::Oidc(oidc) => self.oidc_provider(state, oidc).await?,
            Sso::Dex(dex) => (self.dex_provider(state, dex).await?, false),
        };
        // Keys and what the provider says of itself are kept while it is the same.
        let provider = match current.take() {
            Some(known) if known.provider.is_like(&built) => known.provider,
            _ => Arc::new(built),
        };
        *current = Some(Current {
            sso: config.sso.clone(),
            url: config.url.clone(),
            secret: state.secret.clone(),
            followed: followed.then_some(now),
            provider: provider.clone(),
        });
        Ok(provider)
    }

    async fn oidc_provider(&self, state: &State, config: &OidcConfig) -> Result<(Provider, bool), String> {
        let (found, others) = self.references(state, config.raw.expose()).await;
        let config = config.resolved(&|name| found.get(name).cloned())?;
        let trust = match (config.skip_verify, config.root_ca.is_empty()) {
            (true, _) => Trust::Any,
            (false, true) => Trust::System,
            (false, false) => Trust::Authorities(config.root_ca.clone()),
        };
        Ok((Provider::new(config, trust, None, self.http.clone(), self.clock.clone()), others))
    }

    async fn dex_provider(&self, state: &State, config: &DexConfig) -> Result<Provider, String> {
        let key = state.signing_key.as_ref().ok_or("server.secretkey of argocd-secret is missing")?;
        let oidc = OidcConfig {
            issuer: format!("{}{}", state.config.url, dex::DEX_PATH),
            client_id: dex::CLIENT_ID.to_string(),
            client_secret: dex::client_secret(key).expose().clone().into(),
            cli_client_id: dex::CLI_CLIENT_ID.to_string(),
            requested_scopes: DexConfig::scopes().map(String::from).into(),
            ..OidcConfig::default()
        };
        let trust = self.dex_trust().await?;
        let instead = Some(self.options().dex.url());
        let mut provider = Provider::new(oidc, trust, instead, self.http.clone(), self.clock.clone());
        provider.connector_id.clone_from(&config.connector_id);
        Ok(provider)
    }

    /// Which certificate the Dex beside us may have.
    pub(crate) async fn dex_trust(&self) -> Result<Trust, String> {
        const SECRET: &str = "argocd-dex-server-tls";
        if self.options().dex.plaintext || !self.options().dex.strict_tls {
            return Ok(Trust::Any);
        }
        let held =
            self.vault.read(Holder::Secret, SECRET).await.map_err(|error| format!("secret {SECRET}: {error}"))?;
        let certificate = held.and_then(|held| held.data.get("tls.crt").cloned());
        let certificate = certificate.ok_or_else(|| format!("secret {SECRET}: key \"tls.crt\" is missing"))?;
        Ok(Trust::Exactly(certificate.expose().clone()))
    }

    /// What the references in a setting lead to, by what stands behind the `$`: keys of `argocd-secret`, and `secret:key` of other
    /// Secrets that are part of the installation. One that leads nowhere is left out.
    pub async fn references_of(&self, setting: &Value) -> HashMap<String, Sensitive<String>> {
        let (found, _) = self.references(&self.state(), setting).await;
        found.into_iter().map(|(name, value)| (name, value.into())).collect()
    }

    /// What the references in a setting lead to, and whether some lead to other Secrets than `argocd-secret`.
    pub(crate) async fn references(&self, state: &State, setting: &Value) -> (HashMap<String, String>, bool) {
        let mut names = Vec::new();
        collect(setting, &mut names);
        let mut found = HashMap::new();
        let mut others: BTreeMap<String, Option<crate::vault::Held>> = BTreeMap::new();
        for name in names {
            let value = match name.split_once(':') {
                None => state.secret.get(&name).map(|value| value.expose().clone()),
                Some((secret, key)) => {
                    if !others.contains_key(secret) {
                        let held = self.vault.read(Holder::Secret, secret).await.unwrap_or_else(|error| {
                            tracing::warn!(secret, %error, "a Secret that a setting refers to cannot be read");
                            None
                        });
                        others.insert(secret.to_string(), held.filter(|held| held.part_of));
                    }
                    let held = others.get(secret).and_then(Option::as_ref);
                    held.and_then(|held| held.data.get(key)).map(|value| value.expose().clone())
                }
            };
            match value {
                Some(value) => drop(found.insert(name, value)),
                None => tracing::warn!(
                    reference = format!("${name}"),
                    "a setting refers to a Secret's key that is not there"
                ),
            }
        }
        (found, !others.is_empty())
    }

    /// Whether tokens of this issuer are the configured provider's.
    pub(crate) fn is_issuer(&self, state: &State, issuer: &str) -> bool {
        match &state.config.sso {
            Sso::None | Sso::Broken(_) => false,
            Sso::Dex(_) => issuer == format!("{}{}", state.config.url, dex::DEX_PATH),
            Sso::Oidc(config) => config.issuer == issuer || config.issuer.starts_with('$'),
        }
    }

    pub(crate) fn session_seal(&self, state: &State) -> Option<Seal> {
        Some(Seal::new(state.signing_key.as_ref()?, crate::oidc::SESSION_PURPOSE))
    }

    /// What keeps the session going that came with a request; `None` where nothing does.
    pub(crate) fn kept_session(&self, state: &State, presented: &Presented) -> Option<SsoSession> {
        let sealed = presented.refresh.as_ref()?;
        let kept: SsoSession = self.session_seal(state)?.open(sealed.expose())?;
        let started = Timestamp::from_second(kept.started_at).ok()?;
        let over = kept.ends_at(state.config.session) <= self.clock.now();
        (!over && !self.is_revoked(state, &kept.id, started, true)).then_some(kept)
    }

    /// Gets new tokens for a session. Those who come together with the same old one share the answer: a provider takes it once.
    pub(crate) async fn renew(&self, state: &State, provider: &Provider, kept: &SsoSession) -> Result<Renewed, String> {
        if kept.refresh_token.is_empty() {
            return Err("the provider gave nothing to renew it with".to_string());
        }
        let now = self.clock.monotonic();
        let renewal = {
            let mut renewals = self.providers.renewals.lock().unwrap_or_else(PoisonError::into_inner);
            if renewals.len() >= REMEMBERED {
                renewals.retain(|_, (begun, _)| now < *begun + RENEWAL_AGE);
            }
            if renewals.len() >= REMEMBERED {
                return Err("too many sessions are being renewed".to_string());
            }
            let fresh = || (now, Renewal::default());
            let entry = renewals.entry(revocation::digest(&kept.refresh_token)).or_insert_with(fresh);
            let failed = entry.1.get().is_some_and(Result::is_err);
            if now >= entry.0 + RENEWAL_AGE || (failed && now >= entry.0 + RENEWAL_AGE / 10) {
                *entry = fresh();
            }
            entry.1.clone()
        };
        let ask = || async {
            let (tokens, claims) = provider.refresh(&kept.refresh_token).await?;
            if !kept.is_of(&claims) {
                return Err("the new token is another user's".to_string());
            }
            let token = tokens.id_token.as_ref().map(|token| token.expose().to_string()).unwrap_or_default();
            let mut session = kept.clone();
            if let Some(new) = &tokens.refresh_token {
                session.refresh_token = new.expose().to_string();
            }
            if !session.access_token.is_empty() {
                session.access_token = tokens.access_token.expose().to_string();
            }
            Ok(Renewed { token: token.into(), claims, session })
        };
        let renewed = renewal.get_or_init(ask).await.clone()?;
        if renewed.session.ends_at(state.config.session) <= self.clock.now() {
            return Err("the session has lasted as long as sessions may".to_string());
        }
        Ok(renewed)
    }

    /// The groups that the userinfo endpoint names.
    pub(crate) async fn user_info_groups(
        &self,
        provider: &Provider,
        claims: &Claims,
        kept: Option<&SsoSession>,
    ) -> Result<Value, AuthError> {
        let subject = claims.text("sub");
        let failed =
            |reason: String| AuthError::invalid_session(format!("error fetching user info endpoint: {reason}"));
        let Some(access_token) = kept.map(|kept| &kept.access_token).filter(|token| !token.is_empty()) else {
            return Err(AuthError::invalid_session(format!(
                "error while querying userinfo endpoint: no accessToken for {subject}"
            )));
        };
        let now = self.clock.now();
        let key = revocation::digest(access_token);
        {
            let known = self.providers.user_infos.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, groups)) = known.get(&key).filter(|(end, _)| *end > now) {
                return Ok(groups.clone());
            }
        }
        let said = provider.user_info(access_token).await.map_err(|error| match error {
            crate::oidc::UserInfoError::Unauthorized => {
                AuthError::invalid_session("error while querying userinfo endpoint: the access token is not accepted")
            }
            crate::oidc::UserInfoError::Other(reason) => failed(reason),
        })?;
        if said.text("sub") != subject {
            return Err(AuthError::invalid_session(
                "subject of claims from user info endpoint didn't match subject of idToken, \
                 see https://openid.net/specs/openid-connect-core-1_0.html#UserInfo",
            ));
        }
        let groups = said.get("groups").cloned().unwrap_or_default();
        let of_token = claims.time("exp").ok().flatten().unwrap_or(now);
        let configured = provider.config.user_info_expiration();
        let end = match configured {
            Duration::ZERO => of_token,
            configured => of_token.min(now.saturating_add(configured).unwrap_or(of_token)),
        };
        let mut known = self.providers.user_infos.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, (end, _)| *end > now);
        }
        if known.len() < REMEMBERED {
            known.insert(key, (end, groups.clone()));
        }
        Ok(groups)
    }
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('$').filter(|name| !name.is_empty()) {
                names.push(name.trim().to_string());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(entries) => entries.values().for_each(|entry| collect(entry, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
