//! Few connections, shared: each request goes to the least loaded one, and another is opened where all are full.
//!
//! API servers limit the streams of a connection (100 is common) and let more of them wait in silence, so a connection counts
//! as full before that. Servers that speak HTTP/1.1 only get a connection per request in flight, kept for the next one.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bowline_base_egress::Io;
use bowline_base_task::Tasks;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use crate::Error;
use crate::auth::{Credential, Identity};
use crate::connect::{Dialed, Target};
use crate::error::chain;

/// Streams after which a connection counts as full.
const STREAMS: usize = 80;
/// A connection without streams is closed where the others have room for this many fewer than full.
const SPARE: usize = STREAMS / 2;
/// How long a connection may take to open.
const DIAL: Duration = Duration::from_secs(15);
/// A connection that could not be opened is not tried again by others within this time.
const FAILED: Duration = Duration::from_millis(250);
/// A silent connection is asked whether it lives.
const PING: Duration = Duration::from_secs(30);
/// How long the answer to that may take.
const PONG: Duration = Duration::from_secs(15);
/// What a stream may hold that nobody has read yet.
const WINDOW: u32 = 1 << 20;
/// What all streams of a connection may hold.
const CONNECTION_WINDOW: u32 = 16 << 20;
/// HTTP/1.1 connections at once.
const PLAIN: usize = 256;
/// HTTP/1.1 connections that are kept for later.
const PLAIN_IDLE: usize = 16;

type Body = Full<Bytes>;
/// How many requests are on a connection.
type Load = Arc<watch::Sender<usize>>;

/// The connections to one API server.
pub(crate) struct Pool {
    target: Target,
    server: Arc<str>,
    tasks: Tasks,
    state: Mutex<State>,
    dialing: tokio::sync::Mutex<Option<(Instant, Error)>>,
    plain: Arc<Semaphore>,
    /// How many connections have been opened; changes tell that the server can be reached again.
    opened: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    shared: Vec<Shared>,
    idle: Vec<(http1::SendRequest<Body>, Load)>,
    speaks_plain: bool,
    /// Connections of another client certificate are not used for new requests.
    identity: Option<Arc<Identity>>,
}

struct Shared {
    sender: http2::SendRequest<Body>,
    load: Load,
}

/// A place on a connection; given back when it is dropped.
pub(crate) struct Lease {
    kind: Kind,
    pool: Weak<Pool>,
}

enum Kind {
    Shared { sender: http2::SendRequest<Body>, load: Load },
    Plain { sender: Option<http1::SendRequest<Body>>, load: Load, complete: bool, _permit: OwnedSemaphorePermit },
}

/// Client certificate and key, where we have them.
fn identity(credential: &Credential) -> Option<(&[u8], &[u8])> {
    credential.identity.as_deref().map(|identity| (identity.cert.as_slice(), identity.key.expose().as_slice()))
}

/// Runs hyper's futures as tasks of ours.
#[derive(Clone)]
struct Executor {
    tasks: Tasks,
}

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Executor {
    fn execute(&self, future: F) {
        self.tasks.spawn("kube request", future);
    }
}

// === impl Pool ===

impl Pool {
    pub(crate) fn new(target: Target, server: Arc<str>, tasks: Tasks) -> Pool {
        Pool {
            target,
            server,
            tasks,
            state: Mutex::default(),
            dialing: tokio::sync::Mutex::new(None),
            plain: Arc::new(Semaphore::new(PLAIN)),
            opened: watch::Sender::new(0),
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// How many connections are open, and how many requests are on them.
    pub(crate) fn load(&self) -> (usize, usize) {
        let state = self.lock();
        let plain = PLAIN - self.plain.available_permits();
        let shared = state.shared.iter().filter(|c| !c.sender.is_closed());
        let (connections, streams) = shared.fold((0, 0), |(n, s), c| (n + 1, s + *c.load.borrow()));
        (connections + plain + state.idle.len(), streams + plain)
    }

    /// Changes whenever a connection has been opened.
    pub(crate) fn opened(&self) -> watch::Receiver<u64> {
        self.opened.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a request: on an open connection with room, else on a new one.
    pub(crate) async fn lease(self: &Arc<Self>, credential: &Credential) -> Result<Lease, Error> {
        if let Some(lease) = self.place(credential, STREAMS)? {
            return Ok(lease);
        }
        if self.lock().speaks_plain {
            // Nothing is shared, so nothing needs to wait for another's connection.
            return self.plain(credential).await;
        }
        let mut failed = self.dialing.lock().await;
        // Whoever held the lock may have opened what we need, or found out that it cannot be had.
        if let Some(lease) = self.place(credential, STREAMS)? {
            return Ok(lease);
        }
        if let Some((_, error)) = failed.as_ref().filter(|(at, _)| at.elapsed() < FAILED) {
            return Err(error.clone());
        }
        match self.open(credential).await {
            Ok(lease) => {
                *failed = None;
                Ok(lease)
            }
            Err(error) => {
                *failed = Some((Instant::now(), error.clone()));
                drop(failed);
                // A full connection is better than none.
                self.place(credential, usize::MAX)?.ok_or(error)
            }
        }
    }

    fn place(self: &Arc<Self>, credential: &Credential, full: usize) -> Result<Option<Lease>, Error> {
        let mut state = self.lock();
        let same = match (&state.identity, &credential.identity) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        };
        if !same {
            state.identity = credential.identity.clone();
            state.shared.clear();
            state.idle.clear();
        }
        state.shared.retain(|connection| !connection.sender.is_closed());
        let best = state.shared.iter().min_by_key(|c| *c.load.borrow());
        Ok(best.filter(|c| *c.load.borrow() < full).map(|c| {
            c.load.send_modify(|n| *n += 1);
            let kind = Kind::Shared { sender: c.sender.clone(), load: c.load.clone() };
            Lease { kind, pool: Arc::downgrade(self) }
        }))
    }

    async fn plain(self: &Arc<Self>, credential: &Credential) -> Result<Lease, Error> {
        let permit = self.plain.clone().acquire_owned().await.expect("because the semaphore is never closed");
        let idle = {
            let mut state = self.lock();
            state.idle.retain(|(sender, _)| sender.is_ready());
            state.idle.pop()
        };
        match idle {
            Some((sender, load)) => {
                load.send_modify(|n| *n += 1);
                Ok(self.plain_lease(sender, load, permit))
            }
            None => {
                let dialed = self.dial(credential).await?;
                self.plain_start(dialed, permit).await
            }
        }
    }

    fn plain_lease(
        self: &Arc<Self>,
        sender: http1::SendRequest<Body>,
        load: Load,
        permit: OwnedSemaphorePermit,
    ) -> Lease {
        let kind = Kind::Plain { sender: Some(sender), load, complete: false, _permit: permit };
        Lease { kind, pool: Arc::downgrade(self) }
    }

    async fn dial(&self, credential: &Credential) -> Result<Dialed, Error> {
        self.in_time(self.target.dial(identity(credential))).await
    }

    /// A connection in HTTP/1.1 that nobody shares.
    pub(crate) async fn single(&self, credential: &Credential) -> Result<Box<dyn Io>, Error> {
        Ok(self.in_time(self.target.dial_plain(identity(credential))).await?.io)
    }

    pub(crate) fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    async fn in_time(&self, dialing: impl Future<Output = Result<Dialed, String>>) -> Result<Dialed, Error> {
        let late = || format!("not open after {} s", DIAL.as_secs());
        match tokio::time::timeout(DIAL, dialing).await {
            Ok(Ok(dialed)) => Ok(dialed),
            Ok(Err(reason)) => Err(self.failed(reason)),
            Err(_) => Err(self.failed(late())),
        }
    }

    fn failed(&self, reason: String) -> Error {
        Error::Connect { server: self.server.to_string(), reason }
    }

    async fn open(self: &Arc<Self>, credential: &Credential) -> Result<Lease, Error> {
        let dialed = self.dial(credential).await?;
        if !dialed.h2 {
            self.lock().speaks_plain = true;
            let permit = self.plain.clone().acquire_owned().await.expect("because the semaphore is never closed");
            return self.plain_start(dialed, permit).await;
        }
        let (sender, connection) = http2::Builder::new(Executor { tasks: self.tasks.clone() })
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .keep_alive_timeout(PONG)
            .keep_alive_while_idle(true)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake(TokioIo::new(dialed.io))
            .await
            .map_err(|e| self.failed(chain(&e)))?;
        let load = Arc::new(watch::Sender::new(1));
        self.keep(connection, &load);
        self.lock().shared.push(Shared { sender: sender.clone(), load: load.clone() });
        self.opened.send_modify(|n| *n += 1);
        Ok(Lease { kind: Kind::Shared { sender, load }, pool: Arc::downgrade(self) })
    }

    async fn plain_start(self: &Arc<Self>, dialed: Dialed, permit: OwnedSemaphorePermit) -> Result<Lease, Error> {
        let (sender, connection) =
            http1::handshake(TokioIo::new(dialed.io)).await.map_err(|e| self.failed(chain(&e)))?;
        let load = Arc::new(watch::Sender::new(1));
        self.keep(connection, &load);
        self.opened.send_modify(|n| *n += 1);
        Ok(self.plain_lease(sender, load, permit))
    }

    /// Runs a connection until it ends: by itself, or once the tasks are to end and no request is on it any more. What is
    /// under way can still be finished, on a new connection too.
    fn keep(&self, connection: impl Future<Output = hyper::Result<()>> + Send + 'static, load: &Load) {
        let (server, cancel, mut load) = (self.server.clone(), self.tasks.cancel_token().clone(), load.subscribe());
        self.tasks.spawn(format!("kube connection {server}"), async move {
            let unneeded = async {
                cancel.cancelled().await;
                // An error says that whoever could use it is gone.
                let _ = load.wait_for(|n| *n == 0).await;
            };
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%server, error = chain(&error), "connection ended");
                },
                () = unneeded => {}
            }
        });
    }
}

// === impl Lease ===

/// Why nothing came of sending, and the request where it never left.
pub(crate) struct Unsent {
    pub(crate) request: Option<Request<Body>>,
    pub(crate) reason: String,
}

impl Lease {
    /// Whether requests carry their host in the URI (HTTP/2) and not in a header.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.kind, Kind::Shared { .. })
    }

    /// Sends the request on its way; the answer's body must be read before the lease is dropped.
    pub(crate) fn send(
        &mut self,
        request: Request<Body>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Incoming>, Unsent>> + Send + '_>> {
        let unsent = |mut error: hyper::client::conn::TrySendError<Request<Body>>| {
            let request = error.take_message();
            Unsent { request, reason: chain(&error.into_error()) }
        };
        match &mut self.kind {
            Kind::Shared { sender, .. } => {
                let answer = sender.try_send_request(request);
                Box::pin(async move { answer.await.map_err(unsent) })
            }
            Kind::Plain { sender, .. } => match sender {
                Some(sender) => {
                    let answer = sender.try_send_request(request);
                    Box::pin(async move { answer.await.map_err(unsent) })
                }
                None => unreachable!("the sender is taken when the lease is dropped"),
            },
        }
    }

    /// The answer has been read to its end: the connection can serve another request.
    pub(crate) fn complete(&mut self) {
        if let Kind::Plain { complete, .. } = &mut self.kind {
            *complete = true;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let pool = self.pool.upgrade();
        match &mut self.kind {
            Kind::Shared { load, .. } => {
                load.send_modify(|n| *n -= 1);
                let left = *load.borrow();
                let Some(pool) = pool.filter(|_| left == 0) else { return };
                let mut state = pool.lock();
                let roomy = |c: &Shared| !Arc::ptr_eq(&c.load, load) && *c.load.borrow() < SPARE;
                if state.shared.iter().any(roomy) {
                    state.shared.retain(|c| !Arc::ptr_eq(&c.load, load) || *c.load.borrow() > 0);
                }
            }
            Kind::Plain { sender, load, complete, .. } => {
                load.send_modify(|n| *n -= 1);
                if let (Some(pool), Some(sender), true) = (pool, sender.take(), *complete) {
                    let mut state = pool.lock();
                    if state.idle.len() < PLAIN_IDLE {
                        state.idle.push((sender, load.clone()));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
