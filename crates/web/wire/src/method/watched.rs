//! [`Watched`]: a stream of answers under the gate's eyes.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use futures::{FutureExt, Stream, StreamExt, stream};
use http::Extensions;
use tonic::{Code, Status};

use super::{Messages, Payload, complete, panicked};
use crate::gate::Gate;
use crate::rpc::Rpc;

/// A stream of answers that ends when its call is no longer allowed, and whose end the gate is told.
pub(super) struct Watched<A: Payload> {
    messages: Messages<A>,
    until: Option<BoxFuture<'static, Status>>,
    rpc: &'static Rpc,
    gate: Arc<dyn Gate>,
    extensions: Extensions,
    over: bool,
}

impl<A: Payload> Watched<A> {
    /// `until` ends the stream; `gate` is told how it ended.
    pub(super) fn new(
        messages: Messages<A>,
        until: Option<BoxFuture<'static, Status>>,
        rpc: &'static Rpc,
        gate: Arc<dyn Gate>,
        extensions: Extensions,
    ) -> Watched<A> {
        Watched { messages, until, rpc, gate, extensions, over: false }
    }

    fn end(&mut self, code: Code) {
        if !self.over {
            self.over = true;
            self.messages = Box::pin(stream::empty());
            self.gate.answered(self.rpc, &self.extensions, code);
        }
    }
}

impl<A: Payload> Stream for Watched<A> {
    type Item = Result<A, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        if let Some(until) = &mut self.until
            && let Poll::Ready(status) = until.poll_unpin(context)
        {
            self.end(status.code());
            return Poll::Ready(Some(Err(status)));
        }
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| self.messages.poll_next_unpin(context)));
        let polled = polled.unwrap_or_else(|panic| Poll::Ready(Some(Err(panicked(&*self.gate, self.rpc, &*panic)))));
        match polled.map(|item| item.map(|item| item.and_then(|item| complete(&item).map(|()| item)))) {
            Poll::Ready(Some(Err(status))) => {
                self.end(status.code());
                Poll::Ready(Some(Err(status)))
            }
            Poll::Ready(None) => {
                self.end(Code::Ok);
                Poll::Ready(None)
            }
            other => other,
        }
    }
}

impl<A: Payload> Drop for Watched<A> {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}
