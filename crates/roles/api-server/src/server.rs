//! What a request meets, from the outside in: the log, the metrics, who asks, whether the client is one that is served, the limits; and
//! the routes.

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use bowline_base_task::Cancel;
use futures::FutureExt;
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::answer::text;
use crate::call::{Call, Protocol, refusal};
use crate::files::Files;
use crate::health::Healthz;
use crate::limits::bounded;
use crate::listen::connection::Peer;
use crate::observe::Observer;
use crate::options::Options;
use crate::webhook::Webhooks;
use crate::{client_version, download, drain, gzip};

/// What a name and a password need.
const LOGIN_BYTES: usize = 64 << 10;

/// What answers, besides what this crate answers itself.
#[derive(Clone, Default)]
pub struct Handlers {
    /// gRPC services, by their paths; gRPC-web comes to `grpc_web`.
    pub grpc: Router,
    /// The same services as gRPC-web.
    pub grpc_web: Router,
    /// `/api/…`: the REST gateway.
    pub api: Router,
    /// `/auth/…` and `/api/dex/…`: the way to the identity provider and back.
    pub sign_in: Router,
    /// `/swagger.json`.
    pub description: Option<bytes::Bytes>,
    /// The web UI.
    pub files: Files,
    /// The names of the gRPC services.
    pub services: Vec<&'static str>,
}

pub(crate) struct Server {
    pub(crate) handlers: Handlers,
    pub(crate) options: watch::Receiver<Arc<Options>>,
    pub(crate) observer: Observer,
    pub(crate) healthz: Arc<Healthz>,
    pub(crate) webhooks: Option<Webhooks>,
    /// The program for download.
    pub(crate) program: Option<PathBuf>,
    /// Bytes of a message.
    pub(crate) message_bytes: usize,
    pub(crate) cancel: Cancel,
}

// === impl Server ===

impl Server {
    /// Answers a request.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let protocol = Protocol::of(request.headers());
        let peer = request.extensions().get::<Peer>().copied();
        let options = self.options.borrow().clone();
        let root = options.root_path.as_str();
        let path = request.uri().path();
        let call = match protocol {
            Protocol::Http => None,
            _ => Some(Call::of_path(path.strip_prefix(root).unwrap_or(path), &self.handlers.services)),
        };
        let packs = options.gzip && protocol == Protocol::Http && gzip::accepts(request.headers());
        let answering = async {
            let answering = AssertUnwindSafe(self.route(protocol, request, &options));
            let answered = answering.catch_unwind().await;
            answered.unwrap_or_else(|_| {
                tracing::error!("a handler panicked; the panic itself is on standard error");
                refusal(protocol, 13, "the server made a mistake, which it has logged")
            })
        };
        let response = self.observer.watch(protocol, peer, call, answering).await;
        let response = drain::until(&self.cancel, protocol, response);
        if packs { gzip::compress(response) } else { response }
    }

    async fn route(&self, protocol: Protocol, mut request: Request<Body>, options: &Options) -> Response<Body> {
        let root = options.root_path.as_str();
        let path = request.uri().path();
        let Some(path) = under(path, root).map(str::to_string) else {
            return match (protocol, path) {
                // Probes and command lines are not told about root paths.
                (Protocol::Http, "/healthz") => marked("healthz", self.healthz.answer(request.uri()).await),
                (Protocol::Grpc, _) => self.call(protocol, request).await,
                _ => marked("unknown", text(StatusCode::NOT_FOUND, "Not Found\n")),
            };
        };
        if !root.is_empty()
            && let Some(uri) = with_path(request.uri(), &path)
        {
            *request.uri_mut() = uri;
        }
        if protocol != Protocol::Http {
            return self.call(protocol, request).await;
        }
        let method = request.method().clone();
        match path.as_str() {
            "/healthz" => marked("healthz", self.healthz.answer(request.uri()).await),
            "/api/webhook" => match &self.webhooks {
                Some(webhooks) => marked("webhook", webhooks.answer(request, options.webhook_bytes).await),
                None => marked("webhook", text(StatusCode::NOT_FOUND, "Not Found\n")),
            },
            "/swagger.json" => match self.handlers.description.clone().filter(|_| !options.swagger_disabled) {
                Some(description) => {
                    let mut response = text(StatusCode::OK, description);
                    response
                        .headers_mut()
                        .insert(CONTENT_TYPE, "application/json".parse().expect("because it is a constant"));
                    marked("swagger", response)
                }
                None => marked("swagger", text(StatusCode::NOT_FOUND, "Not Found\n")),
            },
            path if path.starts_with("/auth/") || path.starts_with("/api/dex/") || path == "/api/dex" => {
                let request = request.map(|body| bounded(body, LOGIN_BYTES));
                marked("sign-in", self.ask(&self.handlers.sign_in, request).await)
            }
            path if path.starts_with("/api/") => {
                let changes = !matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
                if changes && !is_allowed(&request, &options.content_types) {
                    return marked("api", text(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Invalid content type\n"));
                }
                let limit = if path == "/api/v1/session" { LOGIN_BYTES } else { self.message_bytes };
                let request = request.map(|body| bounded(body, limit));
                marked("api", self.ask(&self.handlers.api, request).await)
            }
            path => match path.strip_prefix("/download/") {
                Some(name) => marked("download", download::answer(&method, name, self.program.as_deref()).await),
                None => marked("files", self.handlers.files.answer(&method, path, request.headers(), options)),
            },
        }
    }

    /// A call of gRPC, in either kind.
    async fn call(&self, protocol: Protocol, request: Request<Body>) -> Response<Body> {
        let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        if let Err((code, message)) = client_version::check(agent) {
            return refusal(protocol, code, &message);
        }
        let request = request.map(|body| bounded(body, self.message_bytes));
        let router = if protocol == Protocol::GrpcWeb { &self.handlers.grpc_web } else { &self.handlers.grpc };
        let response = self.ask(router, request).await;
        // What no service knows is told as gRPC tells it.
        if response.status() == StatusCode::NOT_FOUND {
            refusal(protocol, 12, "unknown service or method")
        } else {
            response
        }
    }

    async fn ask(&self, router: &Router, request: Request<Body>) -> Response<Body> {
        let Ok(response) = router.clone().oneshot(request).await;
        response
    }
}

/// The path without the root path, where it is under it.
fn under<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    match path.strip_prefix(root)? {
        "" => Some("/"),
        rest if rest.starts_with('/') => Some(rest),
        _ => None,
    }
}

fn with_path(uri: &hyper::Uri, path: &str) -> Option<hyper::Uri> {
    let mut parts = uri.clone().into_parts();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    parts.path_and_query = Some(format!("{path}{query}").parse().ok()?);
    hyper::Uri::from_parts(parts).ok()
}

/// Whether the content type is one that pages of other sites cannot send unasked. Parameters, such as a charset, do not matter.
fn is_allowed(request: &Request<Body>, types: &[String]) -> bool {
    if types.is_empty() {
        return true;
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    types.iter().any(|allowed| kind.eq_ignore_ascii_case(allowed))
}

/// The response of a route, named for the log where it is no call.
fn marked(route: &str, mut response: Response<Body>) -> Response<Body> {
    if response.extensions().get::<Call>().is_none() {
        response.extensions_mut().insert(Call::route(route));
    }
    response
}
