//! [`bounded`]: a request's body, of bounded size, that goes on or ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes};
use http_body_util::Limited;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// A client that sends nothing for this long in the middle of a request has gone.
const STALLED: Duration = Duration::from_secs(60);

/// A body that stopped coming. One that is too large ends in [`http_body_util::LengthLimitError`], which axum knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request body stopped coming")]
pub struct Stalled;

/// See [`bounded`].
struct Bounded {
    inner: Body,
    stalled: Pin<Box<Sleep>>,
}

/// The body, which ends in an error where it has more than `limit` bytes or stops coming.
pub(crate) fn bounded(inner: Body, limit: usize) -> Body {
    if inner.is_end_stream() {
        return inner;
    }
    let stalled = Box::pin(tokio::time::sleep(STALLED));
    Body::new(Limited::new(Bounded { inner, stalled }, limit))
}

// === impl Bounded ===

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Pending => {
                ready!(this.stalled.as_mut().poll(context));
                Poll::Ready(Some(Err(Stalled.into())))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(Some(Ok(frame))) => {
                this.stalled.as_mut().reset(Instant::now() + STALLED);
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn read(limit: usize, frames: Vec<&'static str>, ends: bool) -> Result<usize, String> {
        let stream = futures::stream::iter(frames.into_iter().map(Ok::<_, std::io::Error>));
        let rest = futures::stream::poll_fn(move |_| match ends {
            true => Poll::Ready(None),
            false => Poll::Pending,
        });
        let body = bounded(Body::from_stream(futures::StreamExt::chain(stream, rest)), limit);
        body.collect().await.map(|all| all.to_bytes().len()).map_err(|error| error.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_bounded_in_size_and_silence() {
        assert_eq!(read(4, vec!["ab", "cd"], true).await, Ok(4));
        assert_eq!(read(3, vec!["ab", "cd"], true).await, Err("length limit exceeded".into()));
        assert_eq!(read(9, vec!["ab"], false).await, Err("the request body stopped coming".into()));
    }
}
