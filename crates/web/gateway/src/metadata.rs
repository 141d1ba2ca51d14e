//! HTTP headers as gRPC's metadata, and back.

use bowline_web_wire::HttpHeaders;
use bowline_web_wire::tonic::metadata::MetadataMap;
use http::header::{AUTHORIZATION, HOST};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue};

/// Headers that have a meaning of their own in HTTP: they are told with a prefix.
const PERMANENT: [&str; 23] = [
    "accept",
    "accept-charset",
    "accept-language",
    "accept-ranges",
    "authorization",
    "cache-control",
    "content-type",
    "cookie",
    "date",
    "expect",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-schedule-tag-match",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "referer",
    "user-agent",
    "via",
];
const PREFIX: &str = "grpcgateway-";
/// Before the name of metadata in a header, both ways.
const METADATA: &str = "grpc-metadata-";

/// Metadata from headers: `authorization` as it is; the permanent ones with a prefix; `grpc-metadata-x` as `x`; and who
/// asked whom.
pub(crate) fn from_headers(headers: &HeaderMap) -> MetadataMap {
    let mut metadata = HeaderMap::new();
    let mut add = |name: &str, value: &HeaderValue| {
        if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
            metadata.append(name, value.clone());
        }
    };
    for (name, value) in headers {
        let name = name.as_str();
        if name == AUTHORIZATION.as_str() {
            add(name, value);
        }
        if PERMANENT.contains(&name) {
            add(&format!("{PREFIX}{name}"), value);
        } else if let Some(name) = name.strip_prefix(METADATA) {
            // What gRPC itself says in headers nobody may say for it.
            if !name.starts_with("grpc-") && !name.ends_with("-bin") {
                add(name, value);
            }
        } else if name == "x-forwarded-for" || name == "x-forwarded-host" {
            add(name, value);
        }
    }
    if let (Some(host), false) = (headers.get(HOST), headers.contains_key("x-forwarded-host")) {
        add("x-forwarded-host", host);
    }
    MetadataMap::from_headers(metadata)
}

/// Adds the metadata of an answer, and what REST alone is told, to the headers of a response.
pub(crate) fn into_headers(metadata: &MetadataMap, extensions: &Extensions, headers: &mut HeaderMap) {
    headers.insert("grpc-metadata-content-type", HeaderValue::from_static("application/grpc"));
    for (name, value) in metadata.as_ref() {
        if let Ok(name) = HeaderName::from_bytes(format!("{METADATA}{name}").as_bytes()) {
            headers.append(name, value.clone());
        }
    }
    if let Some(HttpHeaders(more)) = extensions.get::<HttpHeaders>() {
        for (name, value) in more {
            headers.append(name.clone(), value.clone());
        }
    }
}
