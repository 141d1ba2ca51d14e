//! [`Provider`]: one identity provider: what it says of itself, its keys, and what it is asked.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_clock::Clock;
use bowline_base_egress::{encode, form};
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::config::{OidcConfig, Secret};
use super::keys::{self, NamedKey};
use super::verify::{Refused, Rules};
use crate::claims::Claims;
use crate::egress::{Answer, Ask, Http, Trust};
use crate::jwt::Token;

/// What a provider says of itself is read again after this long.
const DISCOVERY_AGE: Duration = Duration::from_secs(60 * 60);
/// Keys are read again for tokens that none of them signed, but not more often than this: anybody can send such tokens.
const KEYS_AGE: Duration = Duration::from_secs(5);
/// The algorithms that are accepted, where the provider names them.
const ALGORITHMS: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/// One identity provider.
#[derive(Debug)]
pub(crate) struct Provider {
    /// References to Secrets are followed.
    pub config: OidcConfig,
    /// The connector of a Dex that a login goes to.
    pub connector_id: String,
    trust: Trust,
    /// What stands for scheme, host and port of the issuer: a Dex beside us is asked directly.
    instead: Option<String>,
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    discovery: tokio::sync::Mutex<Option<(Duration, Arc<Discovery>)>>,
    keys: RwLock<Option<(Duration, Arc<[NamedKey]>)>>,
    reading_keys: tokio::sync::Mutex<()>,
}

/// What a provider says of itself (OpenID Connect Discovery).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Discovery {
    issuer: String,
    pub authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    pub response_types_supported: Vec<String>,
    id_token_signing_alg_values_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Vec<String>,
    pub code_challenge_methods_supported: Vec<String>,
}

/// What the token endpoint gave.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Tokens {
    pub id_token: Option<Secret>,
    #[serde(default)]
    pub access_token: Secret,
    #[serde(default)]
    pub refresh_token: Option<Secret>,
}

// === impl Provider ===

impl Provider {
    /// `instead` stands for scheme, host and port of the issuer's URL.
    pub(crate) fn new(
        config: OidcConfig,
        trust: Trust,
        instead: Option<String>,
        http: Arc<dyn Http>,
        clock: Arc<dyn Clock>,
    ) -> Provider {
        Provider {
            config,
            connector_id: String::new(),
            trust,
            instead,
            http,
            clock,
            discovery: tokio::sync::Mutex::default(),
            keys: RwLock::default(),
            reading_keys: tokio::sync::Mutex::default(),
        }
    }

    /// Whether another one would say the same.
    pub(crate) fn is_like(&self, other: &Provider) -> bool {
        self.config == other.config
            && self.connector_id == other.connector_id
            && self.trust == other.trust
            && self.instead == other.instead
    }

    /// The claims of a token of this provider.
    pub(crate) async fn verify(&self, text: &str) -> Result<Claims, Refused> {
        let unreachable = |reason: String| Refused::Other(reason);
        let discovery = self.discovery().await.map_err(unreachable)?;
        let algorithms = discovery.algorithms();
        let rules = Rules::of(&self.config, &algorithms);
        let parse = || Token::parse(text).map_err(|error| Refused::Other(error.to_string()));
        let before = self.known_keys();
        if let Some((_, keys)) = &before {
            match rules.check(parse()?, keys, self.clock.now()) {
                Err(Refused::Signature) => {}
                done => return done,
            }
        }
        // The provider may have new keys.
        let keys = self.new_keys(before.map(|(read, _)| read)).await.map_err(unreachable)?;
        rules.check(parse()?, &keys, self.clock.now())
    }

    /// What the provider says of itself.
    pub(crate) async fn discovery(&self) -> Result<Arc<Discovery>, String> {
        let mut known = self.discovery.lock().await;
        let now = self.clock.monotonic();
        if let Some((read, discovery)) = &*known
            && now < *read + DISCOVERY_AGE
        {
            return Ok(discovery.clone());
        }
        let url = format!("{}/.well-known/openid-configuration", self.config.issuer.trim_end_matches('/'));
        let failed = |reason: String| format!("failed to query provider {:?}: {reason}", self.config.issuer);
        let read = async {
            let discovery: Discovery = self.get(&url).await?;
            if discovery.issuer != self.config.issuer {
                return Err(format!(
                    "oidc: issuer did not match the issuer returned by provider, expected {:?} got {:?}",
                    self.config.issuer, discovery.issuer
                ));
            }
            Ok(Arc::new(discovery))
        };
        match (read.await, &*known) {
            (Ok(discovery), _) => {
                *known = Some((now, discovery.clone()));
                Ok(discovery)
            }
            // What it said last is better than nothing.
            (Err(reason), Some((_, old))) => {
                tracing::warn!(reason, "the identity provider cannot be asked about itself; what it said last holds");
                Ok(old.clone())
            }
            (Err(reason), None) => Err(failed(reason)),
        }
    }

    fn known_keys(&self) -> Option<(Duration, Arc<[NamedKey]>)> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The provider's keys, read again unless that was done since `seen`, or just now.
    async fn new_keys(&self, seen: Option<Duration>) -> Result<Arc<[NamedKey]>, String> {
        let _one_at_a_time = self.reading_keys.lock().await;
        let now = self.clock.monotonic();
        if let Some((read, keys)) = self.known_keys()
            && (Some(read) != seen || now < read + KEYS_AGE)
        {
            return Ok(keys);
        }
        let discovery = self.discovery().await?;
        let answer = self.ask(Ask::get(&discovery.jwks_uri, self.trust.clone())).await?;
        let read = keys::read(&success(answer)?.body).map_err(|reason| format!("{}: {reason}", discovery.jwks_uri))?;
        let keys: Arc<[NamedKey]> = read.into();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some((now, keys.clone()));
        Ok(keys)
    }

    /// Asks the token endpoint: for the tokens of a code, or for new ones.
    pub(crate) async fn tokens(&self, parameters: &[(&str, &str)]) -> Result<Tokens, String> {
        let discovery = self.discovery().await?;
        let secret = self.config.client_secret.expose();
        let methods = &discovery.token_endpoint_auth_methods_supported;
        // In the header where nothing is said, as the specification has it.
        let in_header =
            !secret.is_empty() && (methods.is_empty() || methods.iter().any(|m| m == "client_secret_basic"));
        let mut parameters = parameters.to_vec();
        if !in_header {
            parameters.push(("client_id", &self.config.client_id));
            if !secret.is_empty() {
                parameters.push(("client_secret", secret));
            }
        }
        let mut ask = Ask::get(&discovery.token_endpoint, self.trust.clone());
        ask.method = Method::POST;
        ask.body = form(&parameters).into();
        let mut ask = ask
            .with(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .and_then(|ask| ask.with(ACCEPT, "application/json"))
            .map_err(|error| error.to_string())?;
        if in_header {
            let pair = STANDARD.encode(format!("{}:{}", encode(&self.config.client_id), encode(secret)));
            ask = ask.with(AUTHORIZATION, &format!("Basic {pair}")).map_err(|error| error.to_string())?;
        }
        let answer = self.ask(ask).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        decode(&answer.body)
    }

    /// The claims at the userinfo endpoint.
    pub(crate) async fn user_info(&self, access_token: &str) -> Result<Claims, UserInfoError> {
        let base = if self.config.user_info_base_url.is_empty() {
            &self.config.issuer
        } else {
            &self.config.user_info_base_url
        };
        let other = UserInfoError::Other;
        let ask = Ask::get(format!("{base}{}", self.config.user_info_path), self.trust.clone())
            .with(AUTHORIZATION, &format!("Bearer {access_token}"))
            .map_err(|error| other(error.to_string()))?;
        let answer = self.ask(ask).await.map_err(other)?;
        if answer.status == http::StatusCode::UNAUTHORIZED {
            return Err(UserInfoError::Unauthorized);
        }
        let answer = success(answer).map_err(other)?;
        let content = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if content.split(';').next() == Some("application/jwt") {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            let verified = self.verify(text.trim()).await;
            return verified.map_err(|error| other(format!("user info response in jwt format not valid: {error}")));
        }
        match decode::<Value>(&answer.body).map_err(other)? {
            Value::Object(claims) => Ok(Claims::new(claims)),
            _ => Err(other("failed to decode response body to struct: it is no object".to_string())),
        }
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, String> {
        decode(&success(self.ask(Ask::get(url, self.trust.clone())).await?)?.body)
    }

    async fn ask(&self, mut ask: Ask) -> Result<Answer, String> {
        if let Some(instead) = &self.instead {
            let path = ask.url.splitn(4, '/').nth(3).unwrap_or_default();
            ask.url = format!("{instead}/{path}");
        }
        self.http.send(ask).await.map_err(|error| error.to_string())
    }
}

/// Why the userinfo endpoint gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UserInfoError {
    /// The access token is not accepted.
    Unauthorized,
    /// Anything else.
    Other(String),
}

// === impl Discovery ===

impl Discovery {
    fn algorithms(&self) -> Vec<String> {
        let named = self.id_token_signing_alg_values_supported.iter();
        let known: Vec<String> = named.filter(|name| ALGORITHMS.contains(&name.as_str())).cloned().collect();
        if known.is_empty() { vec!["RS256".to_string()] } else { known }
    }
}

fn success(answer: Answer) -> Result<Answer, String> {
    if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer)) }
}

/// Status and reason of a refusal. Its body is the provider's, and may hold what was sent: only the fields that the
/// specification has for people are told.
fn refusal(answer: &Answer) -> String {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text =
        |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default().chars().take(200).collect::<String>();
    let (error, description) = (text("error"), text("error_description"));
    match (error.is_empty(), description.is_empty()) {
        (true, _) => format!("the provider answered {}", answer.status),
        (false, true) => format!("the provider answered {}: {error}", answer.status),
        (false, false) => format!("the provider answered {}: {error}: {description}", answer.status),
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    // The reader's own errors quote what it read, which may be a token.
    serde_json::from_slice(body).map_err(|error| {
        format!("the provider's answer is not the expected JSON at line {} column {}", error.line(), error.column())
    })
}
