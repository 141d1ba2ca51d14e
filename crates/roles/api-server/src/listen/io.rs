//! [`Watched`]: a byte stream that counts what comes in and watches the pings of HTTP/2.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::listen::frames::Frames;

/// Pings that come sooner than this after the last one are strikes. The contract's number.
const PING_EVERY: Duration = Duration::from_secs(10);
/// Strikes that are forgiven: clients measure the line with pings when much is sent to them.
const STRIKES: u32 = 2;
/// What is written in answer to a ping is shorter than this; anything longer is an answer to a request, which forgives strikes.
const SMALL: usize = 64;

/// How a connection stands; shared by its stream, its requests and its watcher.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Bytes that came in.
    pub(crate) read: AtomicU64,
    /// Requests that are being answered.
    pub(crate) active: AtomicUsize,
    /// Requests so far.
    pub(crate) requests: AtomicU64,
    /// Told when one of these changes in a way that matters.
    pub(crate) changed: Notify,
    /// The client pings more than it may.
    pub(crate) too_many_pings: AtomicBool,
}

/// A request that is being answered.
pub(crate) struct Active(Arc<State>);

/// See the [module](self).
pub(crate) struct Watched<S> {
    inner: S,
    state: Arc<State>,
    frames: Frames,
    last_ping: Option<Instant>,
    strikes: u32,
}

// === impl State ===

impl State {
    /// A request begins; it ends when the result is dropped.
    pub(crate) fn begin(self: &Arc<State>) -> Active {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.active.fetch_add(1, Ordering::AcqRel);
        self.changed.notify_one();
        Active(self.clone())
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.active.load(Ordering::Acquire) == 0
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::AcqRel);
        self.0.changed.notify_one();
    }
}

// === impl Watched ===

impl<S> Watched<S> {
    pub(crate) fn new(inner: S, state: Arc<State>) -> Watched<S> {
        Watched { inner, state, frames: Frames::default(), last_ping: None, strikes: 0 }
    }

    fn pinged(&mut self) {
        let now = Instant::now();
        if self.last_ping.is_some_and(|last| now.duration_since(last) < PING_EVERY) {
            self.strikes += 1;
        }
        self.last_ping = Some(now);
        if self.strikes > STRIKES && !self.state.too_many_pings.swap(true, Ordering::AcqRel) {
            self.state.changed.notify_one();
        }
    }

    fn wrote(&mut self, bytes: usize) {
        if bytes > SMALL {
            self.strikes = 0;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.inner).poll_read(context, buffer);
        let new = &buffer.filled()[before..];
        if !new.is_empty() {
            this.state.read.fetch_add(new.len() as u64, Ordering::Relaxed);
            for _ in 0..this.frames.pings_in(new) {
                this.pinged();
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_write(context, bytes);
        if let Poll::Ready(Ok(bytes)) = polled {
            this.wrote(bytes);
        }
        polled
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_write_vectored(context, parts);
        if let Poll::Ready(Ok(bytes)) = polled {
            this.wrote(bytes);
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const PING: &[u8] = b"\0\0\x08\x06\0\0\0\0\0abcdefgh";

    #[tokio::test(start_paused = true)]
    async fn pings_in_a_row_are_too_many_and_answers_forgive_them() {
        for (pause, answer, want) in [
            (Duration::from_secs(11), 0, false),
            (Duration::from_secs(1), 0, true),
            (Duration::from_secs(1), SMALL + 1, false),
        ] {
            let (mut client, server) = duplex(1 << 16);
            let state = Arc::new(State::default());
            let mut server = Watched::new(server, state.clone());
            client.write_all(PREFACE).await.unwrap();
            let mut buffer = [0; 1024];
            for _ in 0..6 {
                client.write_all(PING).await.unwrap();
                let _ = server.read(&mut buffer).await.unwrap();
                server.write_all(&vec![0; answer]).await.unwrap();
                tokio::time::advance(pause).await;
            }
            assert_eq!(state.too_many_pings.load(Ordering::Acquire), want, "{pause:?} {answer}");
        }
    }
}
