//! Requests under `/api/bowline/v1/`: the same login, the same words of errors and the same streams as the contract's.

use axum::body::Body;
use bowline_web_admin::{Caller, of_auth};
use bowline_web_api::{Objects, OwnAnswer};
use bowline_web_auth::Presented;
use bowline_web_wire::json::write;
use bowline_web_wire::status::{ErrorBody, StreamError, http_status};
use bowline_web_wire::tonic::{Code, Status};
use bytes::Bytes;
use futures::StreamExt;
use http_body_util::BodyExt;
use hyper::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, SET_COOKIE};
use hyper::{Request, Response};

use crate::assemble::Handlers;
use crate::call::CODES;
use crate::listen::connection::Peer;

/// What the paths begin with.
pub(crate) const PREFIX: &str = "/api/bowline/v1/";

/// Answers a request for `path`, which follows the prefix. Its body must be bounded.
pub(crate) async fn answer(handlers: &Handlers, path: &str, request: Request<Body>) -> Response<Body> {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.address.to_string()).unwrap_or_default();
    let presented = request.extensions().get::<Presented>().cloned().unwrap_or_default();
    let (user, response) = match handlers.auth.authenticate(&presented).await.map_err(of_auth) {
        Ok(session) => {
            let caller = Caller::new(session.principal.clone(), handlers.auth.clone());
            let mut response = of_caller(handlers, &caller, path, request).await;
            if let Ok(response) = &mut response {
                for cookie in &session.set_cookies {
                    if let Ok(cookie) = HeaderValue::from_str(cookie) {
                        response.headers_mut().append(SET_COOKIE, cookie);
                    }
                }
            }
            (session.principal.username.clone(), response)
        }
        Err(status) => (String::new(), Err(status)),
    };
    let code = response.as_ref().err().map_or(Code::Ok, Status::code);
    let code = usize::try_from(i32::from(code)).ok().and_then(|code| CODES.get(code)).copied().unwrap_or("Unknown");
    tracing::info!(protocol = "http", service = "bowline", method = path, code, user, peer, "call");
    response.unwrap_or_else(|status| error(&status))
}

async fn of_caller(
    handlers: &Handlers,
    caller: &Caller,
    path: &str,
    request: Request<Body>,
) -> Result<Response<Body>, Status> {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let body = body.collect().await.map_err(|error| Status::invalid_argument(format!("the body: {error}")))?;
    let found = handlers.own.answer(caller, parts.method.as_str(), path, query, &body.to_bytes()).await;
    let answer = found.ok_or_else(|| Status::not_found("Not Found"))??;
    let events = parts.headers.get_all(ACCEPT).iter().any(|kind| kind == "text/event-stream");
    Ok(match answer {
        OwnAnswer::Json(bytes) => {
            let mut response = Response::new(Body::from(bytes));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        OwnAnswer::Stream(objects) => {
            let mut response = Response::new(Body::from_stream(pieces(objects, events)));
            let kind = if events { "text/event-stream" } else { "application/json" };
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response.headers_mut().insert("x-content-type-options", HeaderValue::from_static("nosniff"));
            response
        }
    })
}

/// Objects as lines or events, each a `result`; an error is the last one.
fn pieces(objects: Objects, events: bool) -> impl futures::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    let (before, after) = if events { ("data: ", "\n\n") } else { ("", "\n") };
    objects.map(move |object| {
        let mut out = before.as_bytes().to_vec();
        match object {
            Ok(object) => {
                out.reserve(object.len() + 16);
                out.extend_from_slice(b"{\"result\":");
                out.extend_from_slice(&object);
                out.push(b'}');
            }
            Err(status) => write(&StreamError::from(&status), &mut out),
        }
        out.extend_from_slice(after.as_bytes());
        Ok(out.into())
    })
}

fn error(status: &Status) -> Response<Body> {
    let mut bytes = Vec::new();
    write(&ErrorBody::from(status), &mut bytes);
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = http_status(status.code());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
