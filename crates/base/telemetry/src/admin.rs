//! The admin port: `/metrics`, `/healthz`, `/readyz`, `/livez`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Connections that are served at once. Scrapers and probes open a handful; more is a mistake or worse.
const CONNECTIONS: usize = 64;
/// How long a client may take to say what it wants.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Whether the process is ready and whether it is stopping; shared by whoever sets it and the admin port that tells it.
#[derive(Clone, Debug, Default)]
pub struct Health {
    ready: Arc<AtomicBool>,
    draining: Arc<AtomicBool>,
}

/// The admin port, bound and not yet served.
pub struct Admin {
    listener: TcpListener,
    registry: Arc<Registry>,
    health: Health,
}

// === impl Health ===

impl Health {
    /// Everything that is needed to serve has been read once.
    pub fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    /// The process is stopping: health says so first, so that nothing new is sent here.
    pub fn set_draining(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Ready and not stopping.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire) && !self.is_draining()
    }

    /// Stopping.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}

// === impl Admin ===

impl Admin {
    /// Binds the port.
    pub async fn bind(address: SocketAddr, registry: Registry, health: Health) -> std::io::Result<Admin> {
        let listener = TcpListener::bind(address).await?;
        Ok(Admin { listener, registry: Arc::new(registry), health })
    }

    /// Where it listens: the port that was chosen, where 0 was asked for.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until it is dropped; connections are served inside this future, so none outlives it.
    pub async fn serve(self) {
        let slots = Arc::new(Semaphore::new(CONNECTIONS));
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "admin port cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let (registry, health) = (self.registry.clone(), self.health.clone());
            connections.spawn(async move {
                let answer = hyper::service::service_fn(move |request| {
                    let answer = answer(&request, &registry, &health);
                    async move { Ok::<_, Infallible>(answer) }
                });
                let served = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_TIMEOUT)
                    .serve_connection(TokioIo::new(stream), answer)
                    .await;
                if let Err(error) = served {
                    tracing::debug!(%error, "admin connection ended early");
                }
                drop(slot);
            });
            while connections.try_join_next().is_some() {}
        }
    }
}

fn answer(request: &Request<Incoming>, registry: &Registry, health: &Health) -> Response<Full<Bytes>> {
    let text = |status: StatusCode, kind: &str, body: String| {
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, kind.parse().expect("because content types are constants"));
        response
    };
    let state = |good: bool, otherwise: &str| match good {
        true => text(StatusCode::OK, "text/plain; charset=utf-8", "ok".into()),
        false => text(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", otherwise.into()),
    };
    match request.uri().path() {
        "/metrics" => {
            let mut body = String::new();
            match prometheus_client::encoding::text::encode(&mut body, registry) {
                Ok(()) => text(StatusCode::OK, OPENMETRICS, body),
                Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "metrics cannot be written".into()),
            }
        }
        "/healthz" => state(!health.is_draining(), "stopping"),
        "/readyz" => state(health.is_ready(), "not ready"),
        "/livez" => state(true, ""),
        _ => text(
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            "there are /metrics, /healthz, /readyz and /livez\n".into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use prometheus_client::metrics::counter::Counter;

    use super::*;

    fn get(address: SocketAddr, path: &str) -> (u16, String) {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        (status, text.split_once("\r\n\r\n").unwrap().1.to_string())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn tells_metrics_and_state() {
        let mut registry = Registry::default();
        let counter: Counter = Counter::default();
        registry.register("bowline_test", "A test", counter.clone());
        counter.inc();
        let health = Health::default();
        let admin = Admin::bind(([127, 0, 0, 1], 0).into(), registry, health.clone()).await.unwrap();
        let address = admin.local_addr().unwrap();
        let served = tokio::task::spawn_blocking(move || {
            assert!(get(address, "/metrics").1.contains("bowline_test_total 1"));
            assert_eq!(get(address, "/readyz"), (503, "not ready".into()));
            health.set_ready();
            assert_eq!(get(address, "/readyz"), (200, "ok".into()));
            assert_eq!(get(address, "/healthz").0, 200);
            health.set_draining();
            assert_eq!(
                (get(address, "/healthz").0, get(address, "/readyz").0, get(address, "/livez").0),
                (503, 503, 200)
            );
            assert_eq!(get(address, "/else").0, 404);
        });
        tokio::select! {
            _ = admin.serve() => unreachable!("it serves until it is dropped"),
            result = served => result.unwrap(),
        }
    }
}
