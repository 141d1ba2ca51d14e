//! Responses with one message, and errors.

use std::io::Write;

use axum::body::Body;
use bowline_web_wire::json::{Json, write};
use bowline_web_wire::status::{ErrorBody, StreamError, http_status};
use bowline_web_wire::tonic::Status;
use bowline_web_wire::{Prepared, Selection};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{Extensions, HeaderMap, HeaderValue, Response, StatusCode};

/// Smaller bodies are sent as they are: compressed they would hardly be smaller.
const WORTH_COMPRESSING: usize = 1400;

/// The JSON of an answer. What was prepared has the fields of the selection already.
pub(crate) fn body(answer: &dyn Json, extensions: &Extensions, selection: Option<&Selection>) -> Bytes {
    if let Some(Prepared(bytes)) = extensions.get::<Prepared>() {
        return bytes.clone();
    }
    let mut out = Vec::new();
    match selection {
        Some(selection) => {
            let mut value = answer.to_value();
            selection.prune(&mut value);
            write(&value, &mut out);
        }
        None => answer.write(&mut out),
    }
    out.into()
}

/// A response with a body of JSON.
pub(crate) fn json(status: StatusCode, bytes: Bytes, compress: bool) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    let body = if compress && bytes.len() >= WORTH_COMPRESSING {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
        let compressed = encoder.write_all(&bytes).and_then(|()| encoder.finish());
        compressed.expect("because writing into memory does not fail").into()
    } else {
        bytes
    };
    *response.body_mut() = Body::from(body);
    response
}

/// Whether the client takes gzip.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(";q=").unwrap_or((coding, "1"));
        matches!(name.trim(), "gzip" | "*") && quality.trim().parse::<f32>().is_ok_and(|quality| quality > 0.0)
    })
}

/// A failed call.
pub(crate) fn error(status: &Status) -> Response<Body> {
    let mut bytes = Vec::new();
    write(&ErrorBody::from(status), &mut bytes);
    with_headers(json(http_status(status.code()), bytes.into(), false), status)
}

/// A stream that failed before its first message.
pub(crate) fn stream_error(status: &Status) -> Response<Body> {
    let mut bytes = Vec::new();
    write(&StreamError::from(status), &mut bytes);
    with_headers(json(http_status(status.code()), bytes.into(), false), status)
}

/// Metadata of a failure goes into headers like that of an answer.
fn with_headers(mut response: Response<Body>, status: &Status) -> Response<Body> {
    let none = Extensions::new();
    crate::metadata::into_headers(status.metadata(), &none, response.headers_mut());
    response
}

/// A response with a line of text.
pub(crate) fn text(status: StatusCode, line: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(line));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}
