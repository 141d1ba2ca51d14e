//! Who we are for a registry: what its challenge asks for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bowline_base_egress::header::WWW_AUTHENTICATE;
use bowline_base_egress::{Ask, Login, Reply, Scheme, StatusCode, Url};
use bowline_base_value::Sensitive;
use bowline_core_ports::SourceError;
use serde::Deserialize;
use tokio::time::Instant;

use super::{Name, Repository};
use crate::registries::{Door, Shared};
use crate::{Credentials, failure};

/// Bytes of an answer with a token.
const ANSWER: u64 = 1 << 20;
/// How long a token counts where nobody says: the distribution specification's default.
const LIFE: Duration = Duration::from_secs(60);
/// Tokens are not used in their last moments.
const SPARE: Duration = Duration::from_secs(10);
/// Logins that are kept.
const KEPT: usize = 1000;

/// Logins that registries accepted, by repository and whom they are for.
#[derive(Default)]
pub(crate) struct Tokens {
    kept: Mutex<HashMap<(String, String), Kept>>,
}

struct Kept {
    login: Login,
    credentials: Credentials,
    until: Instant,
}

#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: String, scope: String },
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
    expires_in: Option<u64>,
}

// === impl Tokens ===

impl Tokens {
    /// The login that was accepted last.
    pub(crate) fn known(&self, door: &Door, name: &Name) -> Option<Login> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get(&(door.scope.clone(), name.to_string()))?;
        let same = kept.credentials == door.access && kept.login.origin() == door.url.origin();
        (same && Instant::now() < kept.until).then(|| kept.login.clone())
    }

    fn keep(&self, door: &Door, name: &Name, login: &Login, life: Duration) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        let until = Instant::now() + life.saturating_sub(SPARE);
        let entry = Kept { login: login.clone(), credentials: door.access.clone(), until };
        kept.insert((door.scope.clone(), name.to_string()), entry);
    }
}

/// What to log in with after a registry refused a request; `None` where there is nothing (more) to say. `refused` says that a login
/// was among it.
pub(super) async fn login(
    repository: &Repository<'_>,
    what: &str,
    reply: &Reply,
    refused: bool,
) -> Result<Option<Login>, SourceError> {
    let Repository { shared, door, name } = repository;
    let headers = reply.headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let challenges: Vec<Challenge> = headers.flat_map(challenges).collect();
    let origin = door.url.origin();
    if reply.url.origin() != origin {
        // Another host asks; what we are there was never said.
        return Ok(None);
    }
    for challenge in challenges {
        match challenge {
            // Basic credentials that were refused are refused again.
            Challenge::Basic if refused => {}
            Challenge::Basic => {
                if let Some(login) = door.access.basic(origin) {
                    shared.tokens.keep(door, name, &login, Duration::from_secs(3600));
                    return Ok(Some(login));
                }
            }
            Challenge::Bearer { realm, service, scope } => {
                if let Some(token) = &door.access.bearer_token {
                    return Ok((!refused).then(|| Login::bearer(origin.clone(), token)));
                }
                let scope = if scope.is_empty() { format!("repository:{}:pull", name.repository) } else { scope };
                let (token, life) = token(shared, door, what, &realm, &service, &scope).await?;
                let login = Login::bearer(origin.clone(), &token);
                shared.tokens.keep(door, name, &login, life);
                return Ok(Some(login));
            }
        }
    }
    Ok(None)
}

/// Fetches a token for a scope.
async fn token(
    shared: &Shared,
    door: &Door,
    what: &str,
    realm: &str,
    service: &str,
    scope: &str,
) -> Result<(Sensitive<String>, Duration), SourceError> {
    let bad = |reason: String| failure::refused(format!("{what}: the registry's token service: {reason}"));
    let url = Url::parse(realm).map_err(|e| bad(e.to_string()))?.without_user();
    if door.url.origin().scheme == Scheme::Https && url.origin().scheme == Scheme::Http {
        return Err(bad(format!("{url} is not encrypted")));
    }
    let mut query = url.query().map(|query| format!("{query}&")).unwrap_or_default();
    if !service.is_empty() {
        query.push_str(&format!("service={}&", encoded(service)));
    }
    query.push_str(&format!("scope={}", encoded(scope)));
    let url = url.with_query(Some(query));
    let login = door.access.basic(url.origin());
    let route = |url: &Url| door.route(shared, url);
    let ask = Ask { accept: "application/json", login: login.as_ref(), ..Ask::get(url.clone(), &route) };
    let reply = shared.egress.send(ask).await.map_err(|e| failure::unanswered(what, &e))?;
    if reply.status != StatusCode::OK {
        return Err(failure::status(what, &url.to_string(), reply.status, login.is_some()));
    }
    let body = reply.bytes(ANSWER).await.map_err(|e| failure::unanswered(what, &e))?;
    // The reader's own errors may quote what it read.
    let answer: Answer =
        serde_json::from_slice(&body).map_err(|_| bad(format!("{url} did not answer with a token")))?;
    let token = if answer.token.is_empty() { answer.access_token } else { answer.token };
    if token.is_empty() || token.chars().any(char::is_control) {
        return Err(bad(format!("{url} did not answer with a token")));
    }
    let life = answer.expires_in.map_or(LIFE, |seconds| Duration::from_secs(seconds.min(24 * 3600)));
    Ok((Sensitive::new(token), life))
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b':' | b'/') => {
                out.push(char::from(b));
            }
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

/// The challenges of a `WWW-Authenticate` header that can be answered.
fn challenges(header: &str) -> Vec<Challenge> {
    let mut found: Vec<(String, HashMap<String, String>)> = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', ',', '\t']);
        let end = rest.find([' ', '=', ',']).unwrap_or(rest.len());
        let word = &rest[..end];
        if word.is_empty() {
            break;
        }
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            found.push((word.to_ascii_lowercase(), HashMap::new()));
            continue;
        };
        let (value, after) = match value.trim_start().strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let value = value.trim_start();
                let end = value.find([',', ' ']).unwrap_or(value.len());
                (value[..end].to_string(), &value[end..])
            }
        };
        rest = after;
        if let Some((_, parameters)) = found.last_mut() {
            parameters.insert(word.to_ascii_lowercase(), value);
        }
    }
    let challenge = |(scheme, mut parameters): (String, HashMap<String, String>)| {
        let mut take = |name: &str| parameters.remove(name).unwrap_or_default();
        match scheme.as_str() {
            "basic" => Some(Challenge::Basic),
            "bearer" => {
                Some(Challenge::Bearer { realm: take("realm"), service: take("service"), scope: take("scope") })
            }
            _ => None,
        }
    };
    found.into_iter().filter_map(challenge).collect()
}

/// A quoted text, and what stands behind it.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let bearer = |realm: &str, service: &str, scope: &str| Challenge::Bearer {
            realm: realm.into(),
            service: service.into(),
            scope: scope.into(),
        };
        for (header, want) in [
            (
                r#"Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull,push""#,
                vec![bearer("https://auth.example/token", "registry", "repository:a/b:pull,push")],
            ),
            (r#"bearer realm=https://h/t, service=x"#, vec![bearer("https://h/t", "x", "")]),
            (r#"Basic realm="Registry Realm""#, vec![Challenge::Basic]),
            (
                r#"Negotiate, Basic realm="x", Bearer realm="y\"z",service="s""#,
                vec![Challenge::Basic, bearer("y\"z", "s", "")],
            ),
            ("", vec![]),
            (r#"Bearer realm="unfinished"#, vec![bearer("unfinished", "", "")]),
            ("=x", vec![]),
        ] {
            assert_eq!(challenges(header), want, "{header}");
        }
        assert_eq!(encoded("repository:a/b:pull a&b"), "repository:a/b:pull%20a%26b");
    }
}
