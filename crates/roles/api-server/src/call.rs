//! How a request came and what was asked: told by the paths, for logs, metrics and errors.

use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;

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

/// The call that a request is. The REST gateway puts it into the response's extensions; for gRPC the path says it. Whatever has no
/// method is named by its route, so that no path that a client chose gets into logs and metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Such as `application.ApplicationService`; empty for routes.
    pub service: String,
    /// Such as `List`, or the route.
    pub method: String,
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

// === impl Call ===

impl Call {
    /// The call that a gRPC path names, where it is one of `services`; clients must not make up labels.
    pub fn of_path(path: &str, services: &[&str]) -> Call {
        let rest = path.strip_prefix('/').unwrap_or(path);
        match rest.split_once('/') {
            Some((service, method))
                if services.contains(&service)
                    && method.len() <= 64
                    && method.bytes().all(|b| b.is_ascii_alphanumeric()) =>
            {
                Call { service: service.to_string(), method: method.to_string() }
            }
            _ => Call::route("unknown"),
        }
    }

    /// A route that is no call.
    pub fn route(name: &str) -> Call {
        Call { service: String::new(), method: name.to_string() }
    }
}

/// The numbers of gRPC and their names, as logs and metrics have them.
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

/// The code that stands for an HTTP status.
pub(crate) fn code_of(status: u16) -> usize {
    match status {
        100..=399 => 0,
        401 => 16,
        403 => 7,
        404 => 5,
        405 | 501 => 12,
        408 => 1,
        409 => 6,
        429 => 8,
        400..=499 => 3,
        503 => 14,
        504 => 4,
        _ => 2,
    }
}

/// A refusal in the protocol of the request: trailers alone for gRPC in both kinds, the contract's JSON otherwise.
pub(crate) fn refusal(protocol: Protocol, code: usize, message: &str) -> hyper::Response<axum::body::Body> {
    use axum::body::Body;
    use hyper::header::HeaderValue;
    use hyper::{Response, StatusCode};
    let mut response = Response::new(Body::empty());
    let kind = match protocol {
        Protocol::Grpc => "application/grpc",
        Protocol::GrpcWeb => "application/grpc-web+proto",
        Protocol::Http => "application/json",
    };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if protocol == Protocol::Http {
        let status = match code {
            1 => 408,
            3 | 9 | 11 => 400,
            4 => 504,
            5 => 404,
            6 | 10 => 409,
            7 => 403,
            8 => 429,
            12 => 501,
            14 => 503,
            16 => 401,
            _ => 500,
        };
        let message = bowline_base_value::to_json(&message.into(), true);
        *response.body_mut() = Body::from(format!(r#"{{"error":{message},"code":{code},"message":{message}}}"#));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return response;
    }
    let headers = response.headers_mut();
    headers.insert("grpc-status", HeaderValue::from(code as u64));
    // What is not printable is escaped; the command line shows the rest as it is.
    let escaped: String = message
        .bytes()
        .map(|byte| match byte {
            b'%' => "%25".to_string(),
            b' '..=b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&escaped) {
        headers.insert("grpc-message", value);
    }
    if protocol == Protocol::GrpcWeb {
        headers.insert("access-control-expose-headers", HeaderValue::from_static("grpc-status, grpc-message"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_calls_and_nothing_else() {
        let services = ["application.ApplicationService"];
        for (path, want) in [
            ("/application.ApplicationService/List", ("application.ApplicationService", "List")),
            ("/application.ApplicationService/List/More", ("", "unknown")),
            ("/made.Up/List", ("", "unknown")),
            ("/application.ApplicationService/", ("application.ApplicationService", "")),
            ("/", ("", "unknown")),
            ("", ("", "unknown")),
        ] {
            let call = Call::of_path(path, &services);
            assert_eq!((call.service.as_str(), call.method.as_str()), want, "{path}");
        }
    }

    #[test]
    fn refusals_speak_the_protocol_of_the_request() {
        let web = refusal(Protocol::GrpcWeb, 7, "permission denied: é 100%");
        assert_eq!((web.status().as_u16(), &web.headers()["grpc-status"]), (200, &"7".parse().unwrap()));
        assert_eq!(web.headers()["grpc-message"], "permission denied: %C3%A9 100%25");
        let rest = refusal(Protocol::Http, 9, "no");
        assert_eq!((rest.status().as_u16(), rest.headers()[CONTENT_TYPE].to_str().unwrap()), (400, "application/json"));
    }
}
