//! Who speaks HTTP in clear to a port of TLS is sent there.

use axum::body::Body;
use hyper::header::{HOST, HeaderValue, LOCATION};
use hyper::{Request, Response, StatusCode};

use crate::answer::text;

/// 307 to `https://` with the same host and path; under the root path where there is one.
pub(crate) fn redirect(request: &Request<Body>, root: &str) -> Response<Body> {
    let host = request.uri().authority().map(|a| a.as_str()).or_else(|| request.headers().get(HOST)?.to_str().ok());
    let Some(host) = host.filter(|host| !host.is_empty() && !host.contains(['/', '\\', '@', '?', '#'])) else {
        return text(StatusCode::BAD_REQUEST, "the Host header is missing or names no host\n");
    };
    let path = request.uri().path();
    let under = path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let root = if under { "" } else { root };
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    match HeaderValue::from_str(&format!("https://{host}{root}{path}{query}")) {
        Ok(location) => {
            let mut response = text(StatusCode::TEMPORARY_REDIRECT, "this port speaks TLS: use https://\n");
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => text(StatusCode::BAD_REQUEST, "the path cannot be redirected\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_under_https() {
        for (host, uri, root, want) in [
            ("h:8080", "/a?b=c", "", Ok("https://h:8080/a?b=c")),
            ("h", "/", "/under", Ok("https://h/under/")),
            ("h", "/under/x", "/under", Ok("https://h/under/x")),
            ("h", "/understood", "/under", Ok("https://h/under/understood")),
            ("h", "//evil/x", "", Ok("https://h//evil/x")),
            ("", "/", "", Err(400)),
            ("user@evil", "/", "", Err(400)),
            ("h/../..", "/", "", Err(400)),
        ] {
            let request = Request::builder().uri(uri).header(HOST, host).body(Body::empty()).unwrap();
            let response = redirect(&request, root);
            match want {
                Ok(location) => {
                    assert_eq!(response.status(), 307);
                    assert_eq!(response.headers()[LOCATION], location);
                }
                Err(status) => assert_eq!(response.status(), status, "{host} {uri}"),
            }
        }
    }
}
