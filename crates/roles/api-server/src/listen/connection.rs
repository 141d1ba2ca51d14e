//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use bowline_base_task::Cancel;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::listen::io::{Active, State, Watched};
use crate::listen::refuse::refuse_tls;
use crate::listen::{Limits, Mode, Service, Shared};

/// What a TLS record begins with.
const HANDSHAKE: u8 = 0x16;
/// Less than this is no request: a shortest one of HTTP/1 has 18 bytes, the preface of HTTP/2 has 24.
const LEAST: u64 = 18;
/// Only who has been idle for this long goes when a slot is needed.
const SETTLED: Duration = Duration::from_secs(1);
/// A peer that may be gone is asked this often, and has so long to answer.
const PING: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(20));

/// Who the client is and how it came, for those who answer.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its address, or that of the proxy before us.
    pub address: std::net::SocketAddr,
    /// Whether it came over TLS.
    pub tls: bool,
}

/// Serves a connection until it ends, is let go, or `cancel` says so.
pub(crate) async fn serve(shared: &Arc<Shared>, stream: TcpStream, cancel: &Cancel) {
    let Ok(address) = stream.peer_addr() else { return };
    // An answer is one write; waiting for more to send would only delay it.
    let _ = stream.set_nodelay(true);
    let mut first = [0];
    let silent = shared.limits.silent;
    let peeked = tokio::select! {
        peeked = timeout(silent, stream.peek(&mut first)) => peeked,
        () = shared.pressure.notified() => return,
        () = cancel.cancelled() => return,
    };
    if !matches!(peeked, Ok(Ok(1))) {
        return;
    }
    let hello = first[0] == HANDSHAKE;
    let mut mode = shared.mode.clone();
    let known = if hello {
        // A handshake needs the certificate: it waits for the settings, for as long as it may be silent.
        let known = timeout(silent, mode.wait_for(|mode| !matches!(mode, Mode::Starting))).await;
        match known {
            Ok(Ok(mode)) => mode.clone(),
            _ => return,
        }
    } else {
        mode.borrow().clone()
    };
    let peer = Peer { address, tls: false };
    match (known, hello) {
        (Mode::Starting, _) => http(shared, stream, shared.starting.clone(), peer, Protocol::Any, cancel).await,
        (Mode::Plain, true) => refuse_tls(stream).await,
        (Mode::Plain, false) => http(shared, stream, shared.app.clone(), peer, Protocol::Any, cancel).await,
        (Mode::Tls(_), false) => http(shared, stream, shared.redirect.clone(), peer, Protocol::Http1, cancel).await,
        (Mode::Tls(config), true) => {
            let handshake = tokio_rustls::TlsAcceptor::from(config).accept(stream);
            let accepted = tokio::select! {
                accepted = timeout(silent, handshake) => accepted,
                () = cancel.cancelled() => return,
            };
            match accepted {
                Ok(Ok(stream)) => {
                    let protocol = match stream.get_ref().1.alpn_protocol() {
                        Some(b"h2") => Protocol::Http2,
                        _ => Protocol::Any,
                    };
                    let peer = Peer { tls: true, ..peer };
                    http(shared, stream, shared.app.clone(), peer, protocol, cancel).await;
                }
                Ok(Err(error)) => tracing::debug!(%address, %error, "a TLS handshake failed"),
                Err(_) => tracing::debug!(%address, "a TLS handshake was not done in time"),
            }
        }
    }
}

/// Which HTTP a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// What its first bytes say.
    Any,
    Http1,
    Http2,
}

async fn http<S>(shared: &Shared, stream: S, service: Service, peer: Peer, protocol: Protocol, cancel: &Cancel)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = shared.limits;
    let state = Arc::new(State::default());
    let io = TokioIo::new(Watched::new(stream, state.clone()));
    let builder = builder(limits, protocol);
    let answering = hyper::service::service_fn({
        let state = state.clone();
        move |mut request: Request<Incoming>| {
            let (active, service) = (state.begin(), service.clone());
            request.extensions_mut().insert(peer);
            async move {
                let Ok(response) = service.oneshot(request.map(Body::new)).await;
                Ok::<Response<Answer>, Infallible>(response.map(|body| Answer { body, _active: active }))
            }
        }
    });
    let connection = builder.serve_connection_with_upgrades(io, answering);
    tokio::pin!(connection);
    let silent = tokio::time::sleep(limits.silent);
    tokio::pin!(silent);
    let mut begun = false;
    let mut leaving = false;
    loop {
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = &mut silent, if !begun => {
                begun = true;
                let nothing = state.requests.load(Ordering::Relaxed) == 0 && state.read.load(Ordering::Relaxed) < LEAST;
                if nothing {
                    return;
                }
                None
            }
            () = over(shared, &state, limits), if !leaving => {
                leaving = true;
                connection.as_mut().graceful_shutdown();
                None
            }
            () = cancel.cancelled(), if !leaving => {
                leaving = true;
                connection.as_mut().graceful_shutdown();
                None
            }
            () = gone(&state, limits), if leaving => return,
        };
        if let Some(ended) = ended {
            if let Err(error) = ended {
                tracing::debug!(address = %peer.address, %error, "a connection ended early");
            }
            return;
        }
    }
}

fn builder(limits: Limits, protocol: Protocol) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(limits.header_bytes as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING.0)
        .keep_alive_timeout(PING.1)
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.header_bytes)
        // Room for one manifest of a megabyte without waiting for the client's leave.
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(2 << 20)
        .max_send_buf_size(1 << 20);
    match protocol {
        Protocol::Any => builder,
        Protocol::Http1 => builder.http1_only(),
        Protocol::Http2 => builder.http2_only(),
    }
}

/// Waits until the connection has been idle for too long, is the one that goes for another, or pings too much.
async fn over(shared: &Shared, state: &State, limits: Limits) {
    loop {
        if state.too_many_pings.load(Ordering::Acquire) {
            return;
        }
        if !state.is_idle() {
            state.changed.notified().await;
            continue;
        }
        let pressed = async {
            tokio::time::sleep(SETTLED).await;
            shared.pressure.notified().await;
        };
        tokio::select! {
            () = state.changed.notified() => {}
            () = tokio::time::sleep(limits.idle) => return,
            () = pressed => return,
        }
    }
}

/// Waits until a connection that is to go has nothing under way and has had its time.
async fn gone(state: &State, limits: Limits) {
    loop {
        if state.is_idle() {
            tokio::select! {
                () = state.changed.notified() => continue,
                () = tokio::time::sleep(limits.goodbye) => return,
            }
        }
        state.changed.notified().await;
    }
}

/// A body that counts as under way until it has been sent.
struct Answer {
    body: Body,
    _active: Active,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
