//! [`Issuers`]: logins, asked for where they are needed and kept while they are good.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bowline_base_clock::Clock;
use bowline_base_egress::{Ask, Egress, Error, Follow, Method, Proxies, Route, StatusCode, Tls, Url, form};
use bowline_base_value::Sensitive;
use bytes::Bytes;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Issuer, Workload, azure, github, google};

/// How long before its end a login is asked for anew: longer than a fetch may take.
const EARLY: Duration = Duration::from_secs(5 * 60);
/// Logins that are kept. Beyond that the oldest goes, and is asked for again: an installation has a handful.
const KEPT: usize = 1000;
/// How long an issuer may take to answer.
const DEADLINE: Duration = Duration::from_secs(30);
/// Bytes of an answer: a hundred installations are some 300 KiB.
const ANSWER: u64 = 4 << 20;
/// Characters of an issuer's own words that are told.
const WORDS: usize = 300;

/// What to log in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// User and password.
    Password {
        /// The user.
        user: String,
        /// The password: a token.
        password: Sensitive<String>,
    },
    /// A bearer token.
    Bearer(Sensitive<String>),
}

/// Why there is no login.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NotIssued {
    /// A sentence.
    pub reason: String,
    /// Whether it may be there another time: the issuer could not be reached, or was busy.
    pub passing: bool,
}

/// A login and its end.
pub(crate) struct Issued {
    pub(crate) login: Login,
    pub(crate) until: Timestamp,
}

/// Certificates that a host may be signed by, in PEM, where the settings say so.
type Trust = dyn Fn(&str) -> Option<String> + Send + Sync;

/// All issuers of an installation. Each login is asked for once, however many repositories wait for it.
pub struct Issuers {
    egress: Egress,
    clock: Arc<dyn Clock>,
    proxies: Proxies,
    workload: Option<Workload>,
    trust: Box<Trust>,
    kept: Mutex<Vec<Arc<Kept>>>,
}

/// One login, and whose it is.
struct Kept {
    issuer: Issuer,
    /// For GitHub Apps without an installation: whose repositories it is for.
    owner: String,
    issued: tokio::sync::Mutex<Option<Issued>>,
}

/// How the issuer is asked for one login.
pub(crate) struct Call<'a> {
    issuers: &'a Issuers,
    proxies: &'a Proxies,
}

// === impl NotIssued ===

impl NotIssued {
    pub(crate) fn refused(reason: impl Into<String>) -> NotIssued {
        NotIssued { reason: reason.into(), passing: false }
    }
}

// === impl Issuers ===

impl Issuers {
    /// Issuers that are reached by `egress`, through `proxies` where a repository names none, and believed by what `trust` says of
    /// their hosts. `workload` is the Azure identity of this process.
    pub fn new(
        egress: Egress,
        clock: Arc<dyn Clock>,
        proxies: Proxies,
        workload: Option<Workload>,
        trust: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Issuers {
        Issuers { egress, clock, proxies, workload, trust: Box::new(trust), kept: Mutex::default() }
    }

    /// The login for the repository at `url`, good for some minutes at least. `proxies` are the repository's own.
    pub async fn login(&self, issuer: &Issuer, url: &str, proxies: Option<&Proxies>) -> Result<Login, NotIssued> {
        if *issuer == Issuer::AzureWorkload {
            azure::check(url)?;
        }
        let kept = self.kept(issuer, url);
        let mut issued = kept.issued.lock().await;
        if let Some(issued) = issued.as_ref().filter(|issued| self.clock.now() + EARLY < issued.until) {
            return Ok(issued.login.clone());
        }
        let call = Call { issuers: self, proxies: proxies.unwrap_or(&self.proxies) };
        let new = match issuer {
            Issuer::GitHubApp { app, installation, key, api } => {
                github::issue(&call, *app, *installation, key, api, &kept.owner).await
            }
            Issuer::Google { key } => google::issue(&call, key).await,
            Issuer::AzureWorkload => azure::workload(&call, self.workload.as_ref()).await,
            Issuer::AzurePrincipal { tenant, client, secret, authority } => {
                azure::principal(&call, authority, tenant, client, secret).await
            }
        }?;
        let login = new.login.clone();
        *issued = Some(new);
        Ok(login)
    }

    fn kept(&self, issuer: &Issuer, url: &str) -> Arc<Kept> {
        let owner = match issuer {
            Issuer::GitHubApp { installation: None, .. } => github::owner(url).to_ascii_lowercase(),
            _ => String::new(),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.iter().find(|known| known.issuer == *issuer && known.owner == owner) {
            return known.clone();
        }
        if kept.len() == KEPT {
            kept.remove(0);
        }
        let new = Arc::new(Kept { issuer: issuer.clone(), owner, issued: tokio::sync::Mutex::default() });
        kept.push(new.clone());
        new
    }
}

// === impl Call ===

impl Call<'_> {
    pub(crate) fn now(&self) -> Timestamp {
        self.issuers.clock.now()
    }

    pub(crate) fn in_seconds(&self, seconds: i64) -> Timestamp {
        self.now().checked_add(Duration::from_secs(seconds.unsigned_abs())).unwrap_or(Timestamp::MAX)
    }

    /// Asks for JSON; a form is sent as one. The answer of an issuer that refuses is told in its own words.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        url: &str,
        bearer: Option<&Sensitive<String>>,
        fields: Option<&[(&str, &str)]>,
    ) -> Result<T, NotIssued> {
        let parsed = Url::parse(url).map_err(|e| NotIssued::refused(format!("{url}: {e}")))?;
        let route = |url: &Url| self.route(url);
        let login = bearer.map(|token| bowline_base_egress::Login::bearer(parsed.origin().clone(), token));
        let encoded = fields.map(form);
        let ask = Ask {
            method,
            // What proves who we are is for this host.
            follow: Follow::SameOrigin,
            accept: if bearer.is_some() { github::ACCEPT } else { "application/json" },
            body: encoded.map(|text| ("application/x-www-form-urlencoded", Bytes::from(text))),
            login: login.as_ref(),
            deadline: DEADLINE,
            ..Ask::get(parsed.clone(), &route)
        };
        let unanswered = |error: Error| NotIssued {
            passing: matches!(error, Error::Connect { .. } | Error::Broken { .. } | Error::Timeout { .. }),
            reason: error.to_string(),
        };
        let reply = self.issuers.egress.send(ask).await.map_err(unanswered)?;
        let status = reply.status;
        let body = reply.bytes(ANSWER).await.map_err(unanswered)?;
        if !status.is_success() {
            let passing = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
            let origin = parsed.origin();
            return Err(NotIssued { reason: format!("{origin} answered {status}{}", words(&body)), passing });
        }
        serde_json::from_slice(&body)
            .map_err(|_| NotIssued::refused(format!("{} answered something that is no login", parsed.origin())))
    }

    fn route(&self, url: &Url) -> Route {
        let ca = (self.issuers.trust)(&url.origin().host).map(String::into_bytes);
        Route { tls: Tls { ca, ..Tls::default() }, proxy: self.proxies.for_url(url).cloned() }
    }
}

/// What an issuer says of why it refuses: GitHub's `message`, OAuth's `error_description` or `error`.
fn words(body: &[u8]) -> String {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let text = ["message", "error_description", "error"].iter().find_map(|key| answer[*key].as_str());
    let line = text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).take(WORDS).collect();
    if line.is_empty() { line } else { format!(": {line}") }
}
