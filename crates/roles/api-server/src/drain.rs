//! [`Draining`]: answers that would go on for ever end when the server stops, in the words of their protocol.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use bowline_base_task::Cancel;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Response};

use crate::call::Protocol;

/// What is under way has so long to end by itself.
const GRACE: Duration = Duration::from_secs(2);
const MESSAGE: &str = "the server is stopping; try again";

/// See the [module](self).
struct Draining {
    inner: Body,
    protocol: Protocol,
    /// Whether the answer is JSON, line by line.
    lines: bool,
    stop: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
    ended: bool,
}

/// The response, ended in time when `cancel` says so.
pub(crate) fn until(cancel: &Cancel, protocol: Protocol, response: Response<Body>) -> Response<Body> {
    // What is here whole needs no watching.
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    let cancel = cancel.clone();
    let stop = Box::pin(async move {
        cancel.cancelled().await;
        tokio::time::sleep(GRACE).await;
    });
    let kind = response.headers().get("content-type").map(|kind| kind.as_bytes()).unwrap_or_default();
    let lines = kind.starts_with(b"application/json");
    response.map(|inner| Body::new(Draining { inner, protocol, lines, stop, ended: false }))
}

// === impl Draining ===

impl HttpBody for Draining {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut this.inner).poll_frame(context);
        if polled.is_ready() || this.stop.as_mut().poll(context).is_pending() {
            return polled;
        }
        this.ended = true;
        let frame = match this.protocol {
            Protocol::Grpc => {
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", HeaderValue::from_static("14"));
                trailers.insert("grpc-message", HeaderValue::from_static(MESSAGE));
                Frame::trailers(trailers)
            }
            Protocol::GrpcWeb => {
                let text = format!("grpc-status:14\r\ngrpc-message:{MESSAGE}\r\n");
                let length = u32::try_from(text.len()).unwrap_or_default().to_be_bytes();
                Frame::data([&[0x80][..], &length, text.as_bytes()].concat().into())
            }
            Protocol::Http if this.lines => Frame::data(
                format!(
                    "{{\"error\":{{\"grpc_code\":14,\"http_code\":503,\"message\":\"{MESSAGE}\",\"http_status\":\"Service Unavailable\"}}}}\n"
                )
                .into(),
            ),
            // The client sees that it ended, and comes again.
            Protocol::Http => return Poll::Ready(None),
        };
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_in_its_own_words_and_what_ends_by_itself_is_left_alone() {
        let endless = || {
            let one = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"result\":1}\n"))]);
            let body = Body::from_stream(futures::StreamExt::chain(one, futures::stream::pending()));
            Response::builder().header("content-type", "application/json").body(body).unwrap()
        };
        for (protocol, want) in [
            (Protocol::Http, "{\"error\":{\"grpc_code\":14"),
            (Protocol::GrpcWeb, "grpc-status:14"),
            (Protocol::Grpc, ""),
        ] {
            let cancel = Cancel::new();
            let mut body = until(&cancel, protocol, endless()).into_body();
            assert!(body.frame().await.unwrap().unwrap().is_data());
            cancel.cancel();
            let all = body.collect().await.unwrap();
            if protocol == Protocol::Grpc {
                assert_eq!(all.trailers().unwrap()["grpc-status"], "14");
            } else {
                let text = String::from_utf8_lossy(&all.to_bytes()).to_string();
                assert!(text.contains(want), "{text}");
            }
        }
    }
}
