//! The port: connections are accepted, told apart by their first byte, served, and let go.
//!
//! A connection has a slot. When all slots are taken, the connection that has been idle for longest is let go for the new one, so
//! that many who are silent do not keep out one who asks. Who is silent from the start, or slow to say what it wants, is let go too.

pub(crate) mod connection;
mod frames;
mod io;
mod refuse;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bowline_base_task::Tasks;
use hyper::{Request, Response};
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, watch};
use tower::util::BoxCloneSyncService;

use crate::metrics::Metrics;

/// What answers requests.
pub type Service = BoxCloneSyncService<Request<Body>, Response<Body>, std::convert::Infallible>;

/// How long an accepted connection waits for a slot before it is let go.
const SLOT: Duration = Duration::from_secs(1);

/// The numbers that bound what strangers can make the server hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once. An idle one costs some 30 KB, so this many are half a gigabyte at worst.
    pub connections: usize,
    /// Until a connection has said anything at all, and until a TLS handshake is done.
    pub silent: Duration,
    /// Until the headers of an HTTP/1 request are complete; an idle connection is closed after it too.
    pub headers: Duration,
    /// Until a connection without requests is closed. Long enough for a client that asks once a minute.
    pub idle: Duration,
    /// Streams of one HTTP/2 connection at once.
    pub streams: u32,
    /// Bytes of the headers of a request. A cookie of 20 parts has up to 80 KB.
    pub header_bytes: u32,
    /// How long a client that is to go has to take notice.
    pub goodbye: Duration,
}

/// What the port speaks.
#[derive(Clone, Default)]
pub enum Mode {
    /// Not known yet: the settings have not been read. Health is told, everything else waits or is asked to come again.
    #[default]
    Starting,
    /// HTTP in clear.
    Plain,
    /// TLS; who speaks HTTP in clear is sent there.
    Tls(Arc<ServerConfig>),
}

/// The port, bound and not yet served.
pub struct Port {
    listener: TcpListener,
}

/// What the connections of a port share.
pub struct Shared {
    /// Answers requests.
    pub app: Service,
    /// Answers them while the mode is not known.
    pub starting: Service,
    /// Answers HTTP in clear where TLS is spoken.
    pub redirect: Service,
    /// What is spoken.
    pub mode: watch::Receiver<Mode>,
    /// Bounds.
    pub limits: Limits,
    /// Counts.
    pub metrics: Metrics,
    /// Told when a slot is needed: the longest idle connection goes.
    pub(crate) pressure: Notify,
}

// === impl Limits ===

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 16_384,
            silent: Duration::from_secs(10),
            headers: Duration::from_secs(30),
            idle: Duration::from_secs(300),
            streams: 256,
            header_bytes: 128 << 10,
            goodbye: Duration::from_secs(5),
        }
    }
}

// === impl Mode ===

impl Mode {
    /// Whether TLS is spoken, as far as that is known.
    pub fn is_tls(&self) -> bool {
        matches!(self, Mode::Tls(_))
    }
}

impl std::fmt::Debug for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Mode::Starting => "starting",
            Mode::Plain => "plain",
            Mode::Tls(_) => "TLS",
        })
    }
}

// === impl Port ===

impl Port {
    /// Binds the port.
    pub async fn bind(address: SocketAddr) -> std::io::Result<Port> {
        Ok(Port { listener: TcpListener::bind(address).await? })
    }

    /// Where it listens: the port that was chosen, where 0 was asked for.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `closed` is told; connections are tasks of `tasks` and end with them.
    pub async fn serve(self, shared: Arc<Shared>, tasks: Tasks, closed: impl Future<Output = ()>) {
        let slots = Arc::new(Semaphore::new(shared.limits.connections));
        tokio::pin!(closed);
        loop {
            let accepted = tokio::select! {
                () = &mut closed => return,
                accepted = self.listener.accept() => accepted,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of descriptors, mostly: some will be free soon.
                    tracing::warn!(%error, "cannot accept a connection");
                    shared.pressure.notify_one();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let slot = match slots.clone().try_acquire_owned() {
                Ok(slot) => slot,
                Err(_) => {
                    shared.pressure.notify_one();
                    match tokio::time::timeout(SLOT, slots.clone().acquire_owned()).await {
                        Ok(Ok(slot)) => slot,
                        _ => {
                            shared.metrics.refused_connections.inc();
                            continue;
                        }
                    }
                }
            };
            let (shared, cancel) = (shared.clone(), tasks.cancel_token().clone());
            tasks.spawn("connection", async move {
                shared.metrics.connections.inc();
                connection::serve(&shared, stream, &cancel).await;
                shared.metrics.connections.dec();
                drop(slot);
            });
        }
    }
}
