//! What a request meets, from the outside in: the log, the metrics, who asks, whether the client is one that is served, the limits; and
//! the routes.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use bowline_base_task::Cancel;
use bowline_web_api::badge;
use bowline_web_auth::{LONGEST_BODY, Presented, csrf};
use bowline_web_gateway::SWAGGER_PAGE_POLICY;
use futures::FutureExt;
use hyper::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::answer::text;
use crate::assemble::Handlers;
use crate::call::{Protocol, mistake};
use crate::health::Healthz;
use crate::limits::bounded;
use crate::listen::connection::Peer;
use crate::observe::{self, Route};
use crate::options::Options;
use crate::webhook::Webhooks;
use crate::{download, drain, extensions, gzip, own, proxy, sign_in};

/// What a name and a password need.
const LOGIN_BYTES: usize = 64 << 10;
/// What a message has before it.
const FRAME: usize = 5;

pub(crate) struct Server {
    /// Everything that is put together after the settings have been read.
    pub(crate) handlers: Arc<OnceLock<Handlers>>,
    pub(crate) options: watch::Receiver<Arc<Options>>,
    pub(crate) healthz: Arc<Healthz>,
    pub(crate) webhooks: Webhooks,
    /// Bytes of a message.
    pub(crate) message_bytes: usize,
    pub(crate) cancel: Cancel,
}

// === impl Server ===

impl Server {
    /// Answers a request.
    pub(crate) async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        let protocol = Protocol::of(request.headers());
        let peer = request.extensions().get::<Peer>().copied();
        request.extensions_mut().insert(protocol);
        let options = self.options.borrow().clone();
        let packs = options.gzip && protocol == Protocol::Http && gzip::accepts(request.headers());
        let answering = AssertUnwindSafe(self.route(protocol, request, &options));
        let response = answering.catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!("a handler panicked; the panic itself is on standard error");
            mistake(protocol, "the server made a mistake, which it has logged")
        });
        observe::tell(protocol, peer, &response);
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
        let Some(handlers) = self.handlers.get() else {
            return match path.as_str() {
                "/healthz" => marked("healthz", self.healthz.answer(request.uri()).await),
                _ => marked("starting", text(StatusCode::SERVICE_UNAVAILABLE, "the server is starting; try again\n")),
            };
        };
        match path.as_str() {
            "/healthz" => marked("healthz", self.healthz.answer(request.uri()).await),
            "/api/webhook" => marked("webhook", self.webhooks.answer(request, options.webhook_bytes).await),
            "/swagger.json" if !options.swagger_disabled => {
                let mut response = text(StatusCode::OK, handlers.description.clone());
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                marked("swagger", response)
            }
            "/swagger-ui" | "/swagger-ui/" if !options.swagger_disabled => {
                let mut response = text(StatusCode::OK, handlers.description_page.clone());
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SWAGGER_PAGE_POLICY));
                marked("swagger", response)
            }
            "/swagger.json" | "/swagger-ui" | "/swagger-ui/" => {
                marked("swagger", text(StatusCode::NOT_FOUND, "Not Found\n"))
            }
            "/api/badge" => marked("badge", picture(handlers, &request)),
            "/terminal" => marked("terminal", handlers.terminals.answer(handlers, request).await),
            "/extensions.js" => marked("files", extensions::answer(&method, Path::new(extensions::FOLDER)).await),
            path if path.starts_with("/auth/") || path == "/api/dex" || path.starts_with("/api/dex/") => {
                let request = request.map(|body| bounded(body, LONGEST_BODY));
                let page = sign_in::answer(&handlers.auth, path, request).await;
                marked("sign-in", page.unwrap_or_else(|| text(StatusCode::NOT_FOUND, "Not Found\n")))
            }
            path if path.starts_with("/api/") => marked("api", self.rest(handlers, path, request, options).await),
            path if path.starts_with(proxy::PREFIX) => {
                let rest = path[proxy::PREFIX.len()..].to_string();
                marked("extension", handlers.proxy.answer(handlers, &rest, request).await)
            }
            path => match path.strip_prefix("/download/") {
                Some(name) => marked("download", download::answer(&method, name, handlers.program.as_deref()).await),
                None => marked("files", handlers.files.answer(&method, path, request.headers(), options)),
            },
        }
    }

    /// A call over REST.
    async fn rest(
        &self,
        handlers: &Handlers,
        path: &str,
        mut request: Request<Body>,
        options: &Options,
    ) -> Response<Body> {
        let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if changes && !is_allowed(&request, &options.content_types) {
            return text(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Invalid content type\n");
        }
        let presented = Presented::in_rest(request.headers(), handlers.auth.options().limits.cookies);
        if !csrf::is_allowed(request.method(), request.headers(), presented.way, false) {
            return text(StatusCode::FORBIDDEN, "a page of another site sent this request\n");
        }
        request.extensions_mut().insert(presented);
        // Answers are compressed here, where that can be switched off.
        request.headers_mut().remove(ACCEPT_ENCODING);
        let limit = if path == "/api/v1/session" { LOGIN_BYTES } else { self.message_bytes };
        if let Some(path) = path.strip_prefix(own::PREFIX) {
            return own::answer(handlers, path, request.map(|body| bounded(body, limit))).await;
        }
        let Ok(response) = handlers.rest.clone().oneshot(request.map(|body| bounded(body, limit))).await;
        response
    }

    /// A call of gRPC, in either kind.
    async fn call(&self, protocol: Protocol, mut request: Request<Body>) -> Response<Body> {
        let Some(handlers) = self.handlers.get() else {
            return text(StatusCode::SERVICE_UNAVAILABLE, "the server is starting; try again\n");
        };
        let presented = Presented::in_grpc(request.headers());
        request.extensions_mut().insert(presented);
        let request = request.map(|body| bounded(body, self.message_bytes.saturating_add(FRAME)));
        let Ok(response) = match protocol {
            Protocol::GrpcWeb => handlers.grpc_web.clone().oneshot(request).await,
            _ => handlers.grpc.clone().oneshot(request).await,
        };
        response.map(Body::new)
    }
}

/// The badge that a query asks for. Pages of other places may fetch it, and nobody keeps it.
fn picture(handlers: &Handlers, request: &Request<Body>) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
    }
    let Some(svg) = badge(&handlers.context, request.uri().query().unwrap_or_default()) else {
        return text(StatusCode::BAD_REQUEST, "a name in the query is none that Kubernetes could have\n");
    };
    let mut response = text(StatusCode::OK, svg);
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "image/svg+xml"),
        (CACHE_CONTROL, "private, no-store"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        // Opened as a page of its own it may do nothing.
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
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

/// The response of a route, named for the log.
fn marked(route: &'static str, mut response: Response<Body>) -> Response<Body> {
    response.extensions_mut().insert(Route(route));
    response
}
