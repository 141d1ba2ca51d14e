//! How a request came, and refusals in its own words.

use axum::body::Body;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};

/// The protocol of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// gRPC over HTTP/2.
    Grpc,
    /// gRPC-web.
    GrpcWeb,
    /// JSON, and all that is no API.
    Http,
}

// === impl Protocol ===

impl Protocol {
    /// What the content type says.
    pub fn of(headers: &HeaderMap) -> Protocol {
        let kind = headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes()).unwrap_or_default();
        match kind {
            kind if kind.starts_with(b"application/grpc-web") => Protocol::GrpcWeb,
            kind if kind.starts_with(b"application/grpc") => Protocol::Grpc,
            _ => Protocol::Http,
        }
    }

    /// For logs.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Grpc => "grpc",
            Protocol::GrpcWeb => "grpc-web",
            Protocol::Http => "http",
        }
    }
}

/// The names of gRPC's codes, as logs and metrics have them.
pub(crate) const CODES: [&str; 17] = [
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// A failure of our own in the protocol of the request: trailers alone for gRPC in both kinds, the contract's JSON otherwise.
pub(crate) fn mistake(protocol: Protocol, message: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let kind = match protocol {
        Protocol::Grpc => "application/grpc",
        Protocol::GrpcWeb => "application/grpc-web+proto",
        Protocol::Http => "application/json",
    };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if protocol == Protocol::Http {
        *response.body_mut() = Body::from(format!(r#"{{"error":"{message}","code":13,"message":"{message}"}}"#));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    } else {
        let headers = response.headers_mut();
        headers.insert("grpc-status", HeaderValue::from_static("13"));
        headers.insert("grpc-message", HeaderValue::from_static(message));
    }
    response
}
