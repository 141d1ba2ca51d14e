//! `/extensions/NAME/…`: requests that are handed on to the backend of an extension, for who may invoke it.

use std::time::Duration;

use axum::body::Body;
use bowline_base_egress::{Ask, Egress, Follow, HOP_BY_HOP, Reach, Route, Url};
use bowline_base_task::Tasks;
use bowline_web_admin::Caller;
use bowline_web_api::{EXTENSION_HEADERS, has_extensions, invoke};
use bowline_web_auth::{Presented, csrf};
use futures::stream;
use http_body_util::{BodyExt, Limited};
use hyper::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, HeaderName, HeaderValue, UPGRADE,
};
use hyper::{HeaderMap, Request, Response, StatusCode};
use tokio::time::Instant;

use crate::answer::text;
use crate::assemble::Handlers;
use crate::listen::connection::Peer;
use crate::metrics::Metrics;

/// What the paths begin with.
pub(crate) const PREFIX: &str = "/extensions/";
/// Bytes of a request that is handed on.
const REQUEST: usize = 32 << 20;
/// How long a backend may take until it answers.
const ANSWER: Duration = Duration::from_secs(300);
/// How long it may be silent in the middle of an answer.
const SILENCE: Duration = Duration::from_secs(300);

/// What hands requests on.
pub(crate) struct Proxy {
    egress: Egress,
    metrics: Metrics,
}

// === impl Proxy ===

impl Proxy {
    /// Connections are `tasks`'. Who runs the installation names the backends: they may be anywhere.
    pub(crate) fn new(tasks: Tasks, agent: &str, metrics: Metrics) -> Proxy {
        Proxy { egress: Egress::new(tasks, agent, |_| Reach::Anywhere), metrics }
    }

    /// The answer to a request for `rest`, which follows the prefix.
    pub(crate) async fn answer(&self, handlers: &Handlers, rest: &str, request: Request<Body>) -> Response<Body> {
        if !has_extensions(&handlers.context) {
            return text(StatusCode::NOT_FOUND, "Not Found\n");
        }
        let (extension, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if extension.is_empty() {
            return text(StatusCode::BAD_REQUEST, "Invalid URL: extension name must be provided\n");
        }
        let (parts, body) = request.into_parts();
        let presented = Presented::in_rest(&parts.headers, handlers.auth.options().limits.cookies);
        if !csrf::is_allowed(&parts.method, &parts.headers, presented.way, parts.headers.contains_key(UPGRADE)) {
            return text(StatusCode::FORBIDDEN, "a page of another site sent this request\n");
        }
        let principal = match handlers.auth.authenticate(&presented).await {
            Ok(session) => session.principal,
            Err(error) => return text(StatusCode::UNAUTHORIZED, format!("{}\n", error.message)),
        };
        let caller = Caller::new(principal, handlers.auth.clone());
        let told = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_string);
        let invocation = match invoke(&handlers.context, &caller, extension, told).await {
            Ok(invocation) => invocation,
            Err(no) => {
                let status = StatusCode::from_u16(no.status).unwrap_or(StatusCode::BAD_REQUEST);
                return text(status, format!("{}\n", no.message));
            }
        };
        if parts.headers.contains_key(UPGRADE) {
            return text(
                StatusCode::NOT_IMPLEMENTED,
                "extensions are asked over HTTP: a connection cannot become another\n",
            );
        }
        let began = Instant::now();
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let asked = async {
            let url = target(&invocation.url, path, &query)?;
            let body = Limited::new(body, REQUEST).collect().await.map_err(|_| Failed::Body)?.to_bytes();
            let mut headers = handed_on(&parts.headers);
            for (name, value) in &invocation.headers {
                let name = HeaderName::try_from(name.as_str()).map_err(|_| Failed::Header(name.clone()))?;
                let value = HeaderValue::try_from(value.expose().as_str());
                headers.insert(name.clone(), value.map_err(|_| Failed::Header(name.to_string()))?);
            }
            let kind = headers.remove("content-type");
            let route = |_: &Url| Route::default();
            let mut ask = Ask {
                method: parts.method.clone(),
                follow: Follow::Nowhere,
                body: (!body.is_empty()).then_some(("application/octet-stream", body)),
                dial: invocation.proxy.connection_timeout,
                deadline: ANSWER,
                ..Ask::get(url, &route)
            };
            ask.headers = headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            ask.headers.extend(kind.map(|kind| (hyper::header::CONTENT_TYPE, kind)));
            self.egress.send(ask).await.map_err(Failed::Egress)
        };
        let (status, response) = match asked.await {
            Ok(reply) => {
                let status = reply.status;
                let headers = without_connection(&reply.headers);
                let pieces = stream::unfold(Some(reply), |reply| async move {
                    let mut reply = reply?;
                    match reply.piece(SILENCE).await {
                        Ok(piece) => piece.map(|piece| (Ok(piece), Some(reply))),
                        Err(error) => Some((Err(error), None)),
                    }
                });
                let mut response = Response::new(Body::from_stream(pieces));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                (status, response)
            }
            Err(Failed::Body) => {
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                (status, text(status, format!("the body is longer than {REQUEST} bytes, or broke off\n")))
            }
            Err(failed) => {
                // Where backends stand is not for who asks.
                tracing::warn!(extension, error = %failed, "the backend of an extension cannot be asked");
                (StatusCode::BAD_GATEWAY, text(StatusCode::BAD_GATEWAY, "the extension's backend cannot be reached\n"))
            }
        };
        self.metrics.extension(extension, status.as_u16(), began.elapsed().as_secs_f64());
        let (user, status) = (caller.username(), status.as_u16());
        let application =
            parts.headers.get("argocd-application-name").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.address.to_string()).unwrap_or_default();
        let method = parts.method.as_str();
        tracing::info!(audit = true, extension, method, application, status, user, peer, "extension invoked");
        response
    }
}

/// Why a backend could not be asked.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the body broke off")]
    Body,
    #[error("{0} is no header, or its value is none")]
    Header(String),
    #[error("its url {0:?} cannot be used")]
    Url(String),
    #[error("{0}")]
    Egress(bowline_base_egress::Error),
}

/// The backend's host with the request's path: whatever stands in that, it leads to no other host.
fn target(backend: &str, path: &str, query: &str) -> Result<Url, Failed> {
    let wrong = || Failed::Url(backend.to_string());
    let backend = Url::parse(backend).map_err(|_| wrong())?;
    let path = if path.is_empty() { "/" } else { path };
    let url = Url::parse(&format!("{}{path}{query}", backend.origin())).map_err(|_| wrong())?;
    if url.origin() == backend.origin() { Ok(url) } else { Err(wrong()) }
}

/// What a backend sees of a request: neither who we know the caller by, nor what a caller says in our name.
fn handed_on(headers: &HeaderMap) -> HeaderMap {
    let mut handed = without_connection(headers);
    for name in [HOST, AUTHORIZATION, COOKIE, CONTENT_LENGTH, ACCEPT_ENCODING] {
        handed.remove(name);
    }
    for name in EXTENSION_HEADERS.into_iter().chain(["token", "grpc-metadata-token"]) {
        handed.remove(name);
    }
    handed
}

fn without_connection(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_lowercase())
        .collect();
    let stays = |name: &str| !HOP_BY_HOP.contains(&name) && !named.iter().any(|of| of == name);
    headers.iter().filter(|(name, _)| stays(name.as_str())).map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_no_other_host() {
        let to = |path: &str| {
            target("http://backend:80/base", path, "?q").map(|url| format!("{}{}", url.origin(), url.target()))
        };
        assert_eq!(to("").unwrap(), "http://backend/?q");
        assert_eq!(to("/a/b").unwrap(), "http://backend/a/b?q");
        for path in ["//evil.example/x", "/@evil.example/", "/..//evil.example"] {
            let url = to(path).unwrap();
            assert!(url.starts_with("http://backend/"), "{url}");
        }
        assert!(target("file:///etc", "/passwd", "").is_err());
    }

    #[test]
    fn a_backend_is_told_nothing_that_it_must_not_know() {
        let pairs = [
            ("authorization", "Bearer hidden"),
            ("cookie", "argocd.token=hidden"),
            ("token", "hidden"),
            ("argocd-username", "somebody"),
            ("connection", "x-hop"),
            ("x-hop", "1"),
            ("x-mine", "kept"),
        ];
        let headers: HeaderMap = pairs
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .into_iter()
            .collect();
        let handed = handed_on(&headers);
        assert_eq!(handed.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["x-mine"]);
    }
}
