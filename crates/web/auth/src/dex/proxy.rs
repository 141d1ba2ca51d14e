//! `/api/dex`: what browsers and command lines ask Dex is passed on to the Dex beside us.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, COOKIE, HOST, HeaderName, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::DEX_PATH;
use crate::authenticator::Authenticator;
use crate::config::Sso;
use crate::cookie::TOKEN_COOKIE;
use crate::egress::Ask;
use crate::oidc::{REFRESH_COOKIE, STATE_COOKIE};
use bowline_base_egress::HOP_BY_HOP;

/// What the body of a request to Dex may have: forms.
pub const LONGEST_BODY: usize = 1 << 20;

impl Authenticator {
    /// Whether there is a Dex to pass requests on to.
    pub fn has_dex(&self) -> bool {
        matches!(self.config().sso, Sso::Dex(_))
    }

    /// Passes a request below `/api/dex` on, with a body of at most [`LONGEST_BODY`], and gives Dex's answer. Where Dex fails, the
    /// browser goes back to the login page, which says so.
    pub async fn dex_proxy(&self, request: &Parts, body: Bytes) -> Response<Bytes> {
        let failed = |status, reason: &str| {
            let mut response = Response::new(Bytes::from(format!("{reason}\n")));
            *response.status_mut() = status;
            response
        };
        if !self.has_dex() {
            return failed(StatusCode::BAD_REQUEST, "dex is not configured");
        }
        if body.len() > LONGEST_BODY {
            return failed(StatusCode::PAYLOAD_TOO_LARGE, "the request's body is too long");
        }
        let config = self.config();
        let Some(rest) = request.uri.path().find(DEX_PATH).map(|at| &request.uri.path()[at..]) else {
            return failed(StatusCode::NOT_FOUND, "404 page not found");
        };
        let prefix = config.url.parse::<http::Uri>().map(|uri| uri.path().trim_end_matches('/').to_string());
        let query = request.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let trust = match self.dex_trust().await {
            Ok(trust) => trust,
            Err(reason) => {
                tracing::error!(reason, "dex cannot be trusted");
                return failed(StatusCode::BAD_GATEWAY, "dex cannot be reached");
            }
        };
        let url = format!("{}{}{rest}{query}", self.options().dex.url(), prefix.unwrap_or_default());
        let ask = Ask {
            method: request.method.clone(),
            url,
            headers: passed_on(&request.headers),
            body,
            trust,
            follows: false,
        };
        match self.http.send(ask).await {
            Err(error) => {
                tracing::error!(%error, "dex cannot be reached");
                failed(StatusCode::BAD_GATEWAY, "dex cannot be reached")
            }
            Ok(answer) if answer.status == StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(answer = %String::from_utf8_lossy(&answer.body), "dex failed");
                let mut response = failed(StatusCode::SEE_OTHER, "");
                let options = self.options();
                let base = options.base_href.trim_matches('/');
                let login = if base.is_empty() {
                    "/login?has_sso_error=true".into()
                } else {
                    format!("/{base}/login?has_sso_error=true")
                };
                if let Ok(login) = HeaderValue::try_from(login) {
                    response.headers_mut().insert(LOCATION, login);
                }
                *response.body_mut() = Bytes::new();
                response
            }
            Ok(answer) => {
                let mut response = Response::new(answer.body);
                *response.status_mut() = answer.status;
                *response.headers_mut() = without_hops(&answer.headers);
                response
            }
        }
    }
}

/// What Dex may see of a request: everything but the server's own sessions.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let mut passed = without_hops(headers);
    passed.remove(HOST);
    let ours = |name: &str| [TOKEN_COOKIE, REFRESH_COOKIE, STATE_COOKIE].iter().any(|own| name.starts_with(own));
    let cookies: Vec<&str> = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .map(str::trim)
        .filter(|pair| !pair.is_empty() && !ours(pair))
        .collect();
    passed.remove(COOKIE);
    if let (false, Ok(value)) = (cookies.is_empty(), HeaderValue::try_from(cookies.join("; "))) {
        passed.insert(COOKIE, value);
    }
    passed
}

fn without_hops(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all("connection")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_lowercase())
        .collect();
    let stays = |name: &HeaderName| {
        *name != CONTENT_LENGTH && !HOP_BY_HOP.contains(&name.as_str()) && !named.iter().any(|hop| hop == name.as_str())
    };
    headers.iter().filter(|(name, _)| stays(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}
