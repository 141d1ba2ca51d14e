//! Login at an identity provider, with a code that comes back to a port of this machine (RFC 8252) and a proof that it is ours
//! (PKCE, RFC 7636); and another token for one that has run out.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_base_egress::{Ask, Egress, Method, Reach, Route, Tls, Url};
use bowline_base_task::Tasks;
use bowline_base_value::{Value, from_json};
use bowline_web_wire::cluster::Settings;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What an answer of a provider may have.
const LONGEST: u64 = 4 << 20;
/// What the browser's request may have: a code is short.
const REQUEST: usize = 64 << 10;
/// How long the browser has to send its request.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long somebody has to log in.
const LOGIN: Duration = Duration::from_secs(600);
/// The identity that the bundled dex knows command lines by.
const DEX_CLIENT: &str = "argo-cd-cli";
/// Where the browser comes back to.
const CALLBACK: &str = "/auth/callback";
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An identity provider, as this program uses it.
#[derive(Clone, Debug)]
pub struct Provider {
    http: Egress,
    tls: Tls,
    client: String,
    scopes: Vec<String>,
    claims: String,
    authorization: String,
    token: String,
}

/// What a login gives.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Who somebody is: the token of every call.
    pub id: String,
    /// Gets another one; empty where the provider gives none.
    pub refresh: String,
}

/// Why there was no login.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SsoError {
    /// The server knows no provider.
    #[error("the server is not configured for single sign-on")]
    NotConfigured,
    /// A request to the provider failed.
    #[error("{0}")]
    Provider(String),
    /// The port cannot be listened at.
    #[error("{address}: {reason}")]
    Listen {
        /// The address.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// The provider, or whoever sent the browser back, said no.
    #[error("the login failed: {0}")]
    Refused(String),
    /// Nobody came back.
    #[error("nobody logged in within {} minutes", LOGIN.as_secs() / 60)]
    Nobody,
    /// The machine gives no random numbers.
    #[error("the machine gives no random numbers: {0}")]
    Random(String),
}

// === impl Provider ===

impl Provider {
    /// The provider that a server's settings name, with what it says of itself. `tls` says which certificates are believed.
    pub async fn discover(settings: &Settings, tls: Tls, tasks: &Tasks, agent: &str) -> Result<Provider, SsoError> {
        let http = Egress::new(tasks.clone(), agent, |_| Reach::Anywhere);
        let or_default = |scopes: &[String]| match scopes {
            [] => ["openid", "profile", "email", "groups"].map(String::from).to_vec(),
            scopes => scopes.to_vec(),
        };
        let oidc = settings.oidc_config.as_ref().filter(|oidc| !oidc.issuer.is_empty());
        let dex = settings.dex_config.as_ref().filter(|dex| !dex.connectors.is_empty());
        let (issuer, client, scopes, claims) = match (oidc, dex) {
            (Some(oidc), _) => {
                let client = if oidc.cli_client_id.is_empty() { &oidc.client_id } else { &oidc.cli_client_id };
                let claims: Value = oidc
                    .id_token_claims
                    .iter()
                    .map(|(name, claim)| {
                        let mut fields = vec![("essential", Value::from(claim.essential))];
                        if !claim.value.is_empty() {
                            fields.push(("value", claim.value.as_str().into()));
                        }
                        if !claim.values.is_empty() {
                            fields.push(("values", claim.values.iter().map(|v| Value::from(v.as_str())).collect()));
                        }
                        (name.as_str(), fields.into_iter().collect::<Value>())
                    })
                    .collect();
                let asked: Value = [("id_token", claims)].into_iter().collect();
                let claims = if oidc.id_token_claims.is_empty() {
                    String::new()
                } else {
                    bowline_base_value::to_json(&asked, false)
                };
                (oidc.issuer.clone(), client.clone(), or_default(&oidc.scopes), claims)
            }
            (None, Some(_)) => {
                let scopes = ["openid", "profile", "email", "groups", "federated:id"].map(String::from).to_vec();
                let issuer = format!("{}/api/dex", settings.url.trim_end_matches('/'));
                (issuer, DEX_CLIENT.to_string(), scopes, String::new())
            }
            (None, None) => return Err(SsoError::NotConfigured),
        };
        let mut provider =
            Provider { http, tls, client, scopes, claims, authorization: String::new(), token: String::new() };
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let said = provider.ask(Method::GET, &url, None).await?;
        let text = |key: &str| said.str_at(&[key]).unwrap_or_default().to_string();
        if text("issuer").trim_end_matches('/') != issuer.trim_end_matches('/') {
            let reason = format!("{issuer}: the provider calls itself {:?}", text("issuer"));
            return Err(SsoError::Provider(reason));
        }
        (provider.authorization, provider.token) = (text("authorization_endpoint"), text("token_endpoint"));
        let offers = |list: &str, what: &str| {
            said.get(list).and_then(Value::as_array).is_some_and(|l| l.iter().any(|v| v.as_str() == Some(what)))
        };
        if offers("scopes_supported", "offline_access") && !provider.scopes.iter().any(|s| s == "offline_access") {
            provider.scopes.push("offline_access".to_string());
        }
        Ok(provider)
    }

    /// Lets somebody log in: listens at `port` of this machine, tells `show` the URL that a browser is to open, and waits. `callback`
    /// is host and port that the browser is sent back to, where these are others.
    pub async fn log_in(&self, port: u16, callback: Option<&str>, show: impl FnOnce(&str)) -> Result<Tokens, SsoError> {
        let address = format!("localhost:{port}");
        let listener = TcpListener::bind(&address)
            .await
            .map_err(|e| SsoError::Listen { address: address.clone(), reason: e.to_string() })?;
        let port = listener.local_addr().map(|a| a.port()).unwrap_or(port);
        let back = callback.map_or_else(|| format!("localhost:{port}"), String::from);
        let redirect = format!("http://{back}{CALLBACK}");
        let (state, verifier) = (random()?, random()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut query = vec![
            ("client_id", self.client.as_str()),
            ("redirect_uri", &redirect),
            ("response_type", "code"),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let scopes = self.scopes.join(" ");
        query.push(("scope", &scopes));
        if !self.claims.is_empty() {
            query.push(("claims", &self.claims));
        }
        let mark = if self.authorization.contains('?') { '&' } else { '?' };
        show(&format!("{}{mark}{}", self.authorization, form(&query)));
        let code = tokio::time::timeout(LOGIN, wait(&listener, &state)).await.map_err(|_| SsoError::Nobody)??;
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("client_id", &self.client),
            ("code", &code),
            ("redirect_uri", &redirect),
            ("code_verifier", &verifier),
        ]);
        self.exchange(body).await
    }

    /// Another token in place of one that has run out.
    pub async fn refresh(&self, token: &str) -> Result<Tokens, SsoError> {
        let body = form(&[("grant_type", "refresh_token"), ("client_id", &self.client), ("refresh_token", token)]);
        let mut tokens = self.exchange(body).await?;
        // A provider that gives no other one lets this one go on.
        if tokens.refresh.is_empty() {
            tokens.refresh = token.to_string();
        }
        Ok(tokens)
    }

    async fn exchange(&self, body: String) -> Result<Tokens, SsoError> {
        let said = self.ask(Method::POST, &self.token, Some(body)).await?;
        let text = |key: &str| said.str_at(&[key]).unwrap_or_default().to_string();
        let tokens = Tokens { id: text("id_token"), refresh: text("refresh_token") };
        if tokens.id.is_empty() {
            return Err(SsoError::Provider(
                "the provider gave no id_token: is the scope openid among those asked for?".into(),
            ));
        }
        Ok(tokens)
    }

    async fn ask(&self, method: Method, url: &str, body: Option<String>) -> Result<Value, SsoError> {
        let failed = |reason: String| SsoError::Provider(reason);
        let url = Url::parse(url).map_err(|e| failed(e.to_string()))?;
        let tls = self.tls.clone();
        let route = move |_: &Url| Route { tls: tls.clone(), proxy: None };
        let name = url.to_string();
        let mut ask = Ask::get(url, &route);
        ask.method = method;
        ask.accept = "application/json";
        ask.body = body.map(|body| ("application/x-www-form-urlencoded", Bytes::from(body)));
        let reply = self.http.send(ask).await.map_err(|e| failed(e.to_string()))?;
        let status = reply.status;
        let bytes = reply.bytes(LONGEST).await.map_err(|e| failed(e.to_string()))?;
        let said = from_json(&bytes).unwrap_or_default();
        if !status.is_success() {
            // The provider's own words hold no secrets: they are meant for whoever asked.
            let words = [said.str_at(&["error"]), said.str_at(&["error_description"])];
            let words: Vec<&str> = words.into_iter().flatten().collect();
            return Err(failed(format!("{name}: {status}: {}", words.join(": "))));
        }
        if said.as_object().is_none() {
            return Err(failed(format!("{name}: the answer is no JSON object")));
        }
        Ok(said)
    }
}

/// Waits until a browser comes back with the state that it was sent away with, and gives the code it brings.
async fn wait(listener: &TcpListener, state: &str) -> Result<String, SsoError> {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { continue };
        let Ok(Some(target)) = tokio::time::timeout(PATIENCE, request(&mut stream)).await else { continue };
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        if path != CALLBACK {
            answer(&mut stream, "404 Not Found", "Nothing is here.").await;
            continue;
        }
        let of = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut found = pairs.filter(|(key, _)| *key == name).map(|(_, value)| decode(value));
            found.next().unwrap_or_default()
        };
        if of("state") != state {
            // Somebody else's request must not end the login of whoever waits.
            answer(&mut stream, "400 Bad Request", "This is not the login that was begun here.").await;
            continue;
        }
        let error = of("error");
        if !error.is_empty() {
            answer(&mut stream, "400 Bad Request", "The login failed; the command line says why.").await;
            return Err(SsoError::Refused([error, of("error_description")].join(" ").trim().to_string()));
        }
        let code = of("code");
        if code.is_empty() {
            answer(&mut stream, "400 Bad Request", "The login failed: no code came back.").await;
            return Err(SsoError::Refused("no code came back".to_string()));
        }
        answer(&mut stream, "200 OK", "Authentication successful! Go on in the terminal; this page can be closed.")
            .await;
        return Ok(code);
    }
}

/// Path and query of the one request on a connection.
async fn request(stream: &mut tokio::net::TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while !bytes.windows(4).any(|w| w == b"\r\n\r\n") {
        let size = stream.read(&mut piece).await.ok()?;
        if size == 0 || bytes.len() + size > REQUEST {
            return None;
        }
        bytes.extend_from_slice(&piece[..size]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut words = text.lines().next()?.split(' ');
    (words.next()? == "GET").then_some(())?;
    words.next().map(String::from)
}

async fn answer(stream: &mut tokio::net::TcpStream, status: &str, sentence: &str) {
    let page = format!("<!doctype html><meta charset=utf-8><title>Bowline</title><p>{sentence}</p>");
    let length = page.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    // The browser may be gone already; what it brought counts all the same.
    let _ = stream.write_all(format!("{head}{page}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn form(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// 256 bits of the machine's randomness, as text of the alphabet that URLs and PKCE allow.
fn random() -> Result<String, SsoError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| SsoError::Random(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
