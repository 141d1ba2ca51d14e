//! Answers are compressed for those who ask for it, piece by piece, so that a stream goes on as it comes.

use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::{Body as HttpBody, Frame};
use hyper::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderValue, VARY,
};
use hyper::{Response, StatusCode};

/// What is smaller does not get smaller by it: it fits into one packet anyway.
const LEAST: u64 = 1400;
/// So much is compressed before others have their turn.
const PIECE: usize = 64 << 10;

/// A body as it is compressed.
struct Gzip {
    inner: Body,
    encoder: Option<GzEncoder<Vec<u8>>>,
    /// What is left of a large piece.
    rest: Bytes,
}

/// Whether a client takes gzip: it is named, or `*` is, and not with a weight of nothing.
pub(crate) fn accepts(headers: &HeaderMap) -> bool {
    let mut any = false;
    for value in headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()) {
        for item in value.split(',') {
            let (coding, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
            let taken = weight.is_none_or(|weight| weight > 0.0);
            match coding.trim() {
                coding if coding.eq_ignore_ascii_case("gzip") => return taken,
                "*" => any = taken,
                _ => {}
            }
        }
    }
    any
}

/// The response compressed, where that is worth it and allowed.
pub(crate) fn compress(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let headers = &mut head.headers;
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let worth = kind.starts_with("text/") && kind != "text/event-stream"
        || kind.ends_with("json")
        || kind.ends_with("javascript")
        || kind.ends_with("xml")
        || kind.ends_with("wasm");
    let small = body.size_hint().upper().is_some_and(|size| size < LEAST);
    let empty =
        matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::SWITCHING_PROTOCOLS);
    let fixed = headers.contains_key(CONTENT_ENCODING)
        || headers.contains_key(CONTENT_RANGE)
        || headers.get(CACHE_CONTROL).is_some_and(|v| v.as_bytes().windows(12).any(|w| w == b"no-transform"));
    if !worth || fixed {
        return Response::from_parts(head, body);
    }
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    if small || empty {
        return Response::from_parts(head, body);
    }
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.remove(CONTENT_LENGTH);
    // The compressed form is another representation than the one that a strong tag names.
    if let Some(tag) = headers.get(ETAG).and_then(|tag| tag.to_str().ok()).filter(|tag| !tag.starts_with("W/"))
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{tag}"))
    {
        headers.insert(ETAG, weak);
    }
    let encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let body = Gzip { inner: body, encoder: Some(encoder), rest: Bytes::new() };
    Response::from_parts(head, Body::new(body))
}

// === impl Gzip ===

impl HttpBody for Gzip {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        loop {
            let Some(encoder) = &mut this.encoder else { return Poll::Ready(None) };
            if !this.rest.is_empty() {
                let piece = this.rest.split_to(this.rest.len().min(PIECE));
                let written = encoder.write_all(&piece).and_then(|()| match this.rest.is_empty() {
                    // The client gets what there is, whenever the next comes.
                    true => encoder.flush(),
                    false => Ok(()),
                });
                if let Err(error) = written {
                    return Poll::Ready(Some(Err(axum::Error::new(error))));
                }
                let out = std::mem::take(encoder.get_mut());
                if out.is_empty() {
                    continue;
                }
                return Poll::Ready(Some(Ok(Frame::data(out.into()))));
            }
            match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    // Trailers belong to gRPC, which is not compressed here.
                    Err(_) => continue,
                },
                Some(Err(error)) => {
                    this.encoder = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    let finished = this.encoder.take().map(GzEncoder::finish);
                    return Poll::Ready(
                        finished.map(|out| out.map(|out| Frame::data(out.into())).map_err(axum::Error::new)),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::MultiGzDecoder;
    use http_body_util::BodyExt;

    use super::*;

    fn response(kind: &'static str, body: impl Into<Body>) -> Response<Body> {
        Response::builder().header(CONTENT_TYPE, kind).header(ETAG, "\"1\"").body(body.into()).unwrap()
    }

    #[test]
    fn who_takes_gzip() {
        for (value, want) in [
            ("gzip", true),
            ("deflate, gzip;q=0.5", true),
            ("GZIP", true),
            ("*", true),
            ("gzip;q=0", false),
            ("*;q=0.1, gzip;q=0", false),
            ("br", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(accepts(&headers), want, "{value}");
        }
    }

    #[tokio::test]
    async fn what_is_worth_it_is_compressed_and_comes_as_it_is_sent() {
        let long = "a long answer ".repeat(20_000);
        let packed = compress(response("application/json; charset=utf-8", long.clone()));
        assert_eq!(
            (&packed.headers()[CONTENT_ENCODING], &packed.headers()[ETAG]),
            (&"gzip".parse().unwrap(), &"W/\"1\"".parse().unwrap())
        );
        let bytes = packed.into_body().collect().await.unwrap().to_bytes();
        assert!(bytes.len() < long.len() / 20, "{}", bytes.len());
        let mut text = String::new();
        MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        assert!(text == long);

        for (kind, body) in [("application/json", "short"), ("text/event-stream", &long), ("image/png", &long)] {
            assert!(!compress(response(kind, body.to_string())).headers().contains_key(CONTENT_ENCODING), "{kind}");
        }

        let (mut sender, receiver) = futures::channel::mpsc::channel(1);
        let mut stream = compress(response("application/json", Body::from_stream(receiver))).into_body();
        for line in ["{\"result\":1}\n", "{\"result\":2}\n"] {
            futures::SinkExt::send(&mut sender, Ok::<_, std::io::Error>(line)).await.unwrap();
            let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
            assert!(!frame.is_empty(), "it is there before the next is sent");
        }
    }
}
