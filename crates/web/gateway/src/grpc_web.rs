//! gRPC-web as the command line speaks it: one POST for a call, frames in the body, trailers as a last frame.
//!
//! The command line's own bridge reads status and message from the response's headers, and of the last frame only that it
//! is there. So a call that fails before its first message is answered with headers alone, and every other body ends with that
//! frame. It does not decode the message either, which gRPC writes percent-encoded: only what must be encoded is.

use std::convert::Infallible;
use std::fmt::Write;
use std::task::{Context, Poll};

use bowline_web_wire::tonic::body::Body;
use bowline_web_wire::tonic::{Code, Status};
use bowline_web_wire::{Api, BoxError, GrpcService};
use bytes::{BufMut, Bytes, BytesMut};
use futures::future::BoxFuture;
use futures::stream;
use http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, TE};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tower_service::Service;

use crate::route::unescape;

/// The content type of requests and answers.
pub const GRPC_WEB: &str = "application/grpc-web+proto";

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
/// Marks the frame that holds trailers.
const TRAILERS: u8 = 0x80;

/// gRPC-web as a `tower` service, to be mounted for requests whose content type is [`GRPC_WEB`].
#[derive(Debug, Clone)]
pub struct GrpcWeb(GrpcService);

impl GrpcWeb {
    /// gRPC-web over the methods of an API.
    pub fn new(api: &Api) -> GrpcWeb {
        GrpcWeb(api.grpc())
    }
}

impl<B> Service<Request<B>> for GrpcWeb
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc+proto"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.remove(CONTENT_LENGTH);
        let answer = self.0.call(request);
        Box::pin(async move { Ok(bridge(answer.await?).await) })
    }
}

/// An answer of gRPC as one of gRPC-web.
async fn bridge(response: Response<Body>) -> Response<Body> {
    let (mut parts, mut body) = response.into_parts();
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(GRPC_WEB));
    parts.headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("grpc-status, grpc-message"));
    if parts.headers.contains_key(&GRPC_STATUS) {
        plain_message(&mut parts.headers);
        return Response::from_parts(parts, Body::empty());
    }
    let first = match body.frame().await {
        Some(Ok(frame)) => frame,
        Some(Err(status)) => return failed(parts, status),
        None => return failed(parts, Status::internal("the answer ended without a status")),
    };
    if let Some(trailers) = first.trailers_ref()
        && trailers.get(&GRPC_STATUS).is_some_and(|status| status != "0")
    {
        parts.headers.extend(trailers.clone());
        plain_message(&mut parts.headers);
        return Response::from_parts(parts, Body::empty());
    }
    let frames = stream::unfold(Some((Some(first), body)), |state| async {
        let (first, mut body) = state?;
        let frame = match first {
            Some(frame) => frame,
            None => match body.frame().await {
                Some(Ok(frame)) => frame,
                Some(Err(status)) => Frame::trailers(status_headers(&status)),
                None => Frame::trailers(status_headers(&Status::internal("the answer ended without a status"))),
            },
        };
        Some(match frame.into_data() {
            Ok(data) => (Ok::<_, Status>(Frame::data(data)), Some((None, body))),
            Err(frame) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                (Ok(Frame::data(trailer_frame(trailers))), None)
            }
        })
    });
    Response::from_parts(parts, Body::new(StreamBody::new(frames)))
}

fn failed(mut parts: http::response::Parts, status: Status) -> Response<Body> {
    parts.headers.extend(status_headers(&status));
    plain_message(&mut parts.headers);
    Response::from_parts(parts, Body::empty())
}

fn status_headers(status: &Status) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if status.add_header(&mut headers).is_err() {
        headers.insert(GRPC_STATUS, HeaderValue::from(i32::from(Code::Internal)));
    }
    headers
}

/// Encodes the message anew, as grpc-go does: only what is no printable ASCII, and `%`.
fn plain_message(headers: &mut HeaderMap) {
    let Some(message) = headers.get(&GRPC_MESSAGE).and_then(|message| message.to_str().ok()) else { return };
    let Some(message) = unescape(message, false) else { return };
    let mut plain = String::with_capacity(message.len());
    for byte in message.bytes() {
        if (b' '..=b'~').contains(&byte) && byte != b'%' {
            plain.push(char::from(byte));
        } else {
            let _ = write!(plain, "%{byte:02X}");
        }
    }
    if let Ok(plain) = HeaderValue::from_str(&plain) {
        headers.insert(GRPC_MESSAGE, plain);
    }
}

/// Trailers as the frame that ends a body.
fn trailer_frame(mut trailers: HeaderMap) -> Bytes {
    plain_message(&mut trailers);
    let mut lines = BytesMut::new();
    for (name, value) in &trailers {
        lines.put_slice(name.as_str().as_bytes());
        lines.put_slice(b": ");
        lines.put_slice(value.as_bytes());
        lines.put_slice(b"\r\n");
    }
    let mut frame = BytesMut::with_capacity(lines.len() + 5);
    frame.put_u8(TRAILERS);
    frame.put_u32(u32::try_from(lines.len()).unwrap_or(u32::MAX));
    frame.put_slice(&lines);
    frame.freeze()
}
