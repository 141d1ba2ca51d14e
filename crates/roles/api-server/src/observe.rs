//! Each request in the log and in the metrics, once its answer has been sent: who asked for what, how it came, what came of it and
//! how long it took. Paths, queries, bodies and headers are not among it: they hold names that others chose, and secrets.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use bowline_base_clock::Clock;
use hyper::Response;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::call::{CODES, Call, Protocol, code_of};
use crate::listen::connection::Peer;
use crate::metrics::Metrics;

/// Who asks, for the log: whoever finds it out puts it into the response's extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asker(pub String);

/// Watches requests.
#[derive(Clone)]
pub(crate) struct Observer {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Metrics,
}

/// One request that is being answered; its end is told when this is dropped.
struct Running {
    observer: Observer,
    started: Duration,
    protocol: Protocol,
    peer: Option<Peer>,
    call: Call,
    asker: String,
    status: u16,
    /// The code, once it is known.
    code: Option<usize>,
    /// Whether all of the answer was given out.
    complete: bool,
}

struct Observed {
    inner: Body,
    running: Running,
}

// === impl Observer ===

impl Observer {
    /// The answer of `answering`, watched to its end.
    pub(crate) async fn watch(
        &self,
        protocol: Protocol,
        peer: Option<Peer>,
        call: Option<Call>,
        answering: impl Future<Output = Response<Body>>,
    ) -> Response<Body> {
        let started = self.clock.monotonic();
        let response = answering.await;
        let (head, body) = response.into_parts();
        let call = head.extensions.get::<Call>().cloned().or(call).unwrap_or_else(|| Call::route("unknown"));
        let header = head.headers.get("grpc-status").and_then(|value| value.to_str().ok()?.parse().ok());
        let status = head.status.as_u16();
        let code = match protocol {
            Protocol::Http => Some(code_of(status)),
            _ if status != 200 => Some(code_of(status)),
            _ => header,
        };
        if !call.service.is_empty() {
            self.metrics.started.get_or_create(&labels(&call)).inc();
        }
        let running = Running {
            observer: self.clone(),
            started,
            protocol,
            peer,
            call,
            asker: head.extensions.get::<Asker>().cloned().unwrap_or_default().0,
            status,
            code,
            complete: body.is_end_stream(),
        };
        Response::from_parts(head, Body::new(Observed { inner: body, running }))
    }
}

fn labels(call: &Call) -> Vec<(&'static str, String)> {
    vec![("grpc_service", call.service.clone()), ("grpc_method", call.method.clone())]
}

impl Drop for Running {
    fn drop(&mut self) {
        // An answer that was not taken to its end is one that the client did not want any more.
        let code = match (self.code, self.complete) {
            (Some(0) | None, false) => 1,
            (Some(code), _) => code,
            (None, true) => 0,
        };
        let code = CODES.get(code).copied().unwrap_or("Unknown");
        let took = self.observer.clock.monotonic().saturating_sub(self.started);
        let metrics = &self.observer.metrics;
        if !self.call.service.is_empty() {
            let mut labels = labels(&self.call);
            if let Some(seconds) = &metrics.seconds {
                seconds.get_or_create(&labels).observe(took.as_secs_f64());
            }
            labels.push(("grpc_code", code.to_string()));
            metrics.handled.get_or_create(&labels).inc();
        }
        let (service, method, asker) = (self.call.service.as_str(), self.call.method.as_str(), self.asker.as_str());
        let peer = self.peer.map(|peer| peer.address.to_string()).unwrap_or_default();
        let millis = took.as_secs_f64() * 1e3;
        let (protocol, status) = (self.protocol.name(), self.status);
        if self.call.service.is_empty() {
            tracing::debug!(protocol, method, status, peer, millis, "request");
        } else {
            tracing::info!(protocol, service, method, code, user = asker, peer, millis, "call");
        }
    }
}

impl HttpBody for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_frame(context);
        match &polled {
            Poll::Ready(None) => this.running.complete = true,
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    let code = trailers.get("grpc-status").and_then(|value| value.to_str().ok()?.parse().ok());
                    this.running.code = code.or(this.running.code);
                    this.running.complete = true;
                }
                this.running.complete |= this.inner.is_end_stream();
            }
            Poll::Ready(Some(Err(_))) => this.running.code = Some(2),
            Poll::Pending => {}
        }
        polled
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
    use bowline_base_clock::ManualClock;
    use bowline_base_telemetry::prometheus::registry::Registry;
    use http_body_util::BodyExt;
    use hyper::HeaderMap;
    use hyper::header::HeaderValue;

    use super::*;

    async fn check(protocol: Protocol, response: Response<Body>, read: bool, want: &str) {
        let metrics = Metrics::register(&mut Registry::default(), true);
        let clock = Arc::new(ManualClock::new(jiff::Timestamp::UNIX_EPOCH));
        let observer = Observer { clock, metrics: metrics.clone() };
        let call = Call { service: "s.S".into(), method: "M".into() };
        let response = observer.watch(protocol, None, Some(call), async { response }).await;
        if read {
            let _ = response.into_body().collect().await;
        } else {
            drop(response);
        }
        let labels =
            vec![("grpc_service", "s.S".to_string()), ("grpc_method", "M".into()), ("grpc_code", want.to_string())];
        assert_eq!(metrics.handled.get_or_create(&labels).get(), 1, "{want}");
    }

    #[tokio::test]
    async fn the_code_is_found_wherever_it_stands() {
        let grpc = |code: &'static str| Response::builder().header("grpc-status", code).body(Body::empty()).unwrap();
        check(Protocol::Grpc, grpc("5"), true, "NotFound").await;
        check(Protocol::Http, Response::builder().status(403).body("no".into()).unwrap(), true, "PermissionDenied")
            .await;
        check(Protocol::Http, Response::new("yes".into()), true, "OK").await;
        check(Protocol::Http, Response::new("yes".into()), false, "Canceled").await;
        let trailed = |code: &'static str| {
            let trailers = HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from_static(code))]);
            let body = http_body_util::Full::new(Bytes::from("m")).with_trailers(async { Some(Ok(trailers)) });
            Response::new(Body::new(body))
        };
        check(Protocol::Grpc, trailed("0"), true, "OK").await;
        check(Protocol::Grpc, trailed("14"), true, "Unavailable").await;
        check(Protocol::Grpc, trailed("0"), false, "Canceled").await;
    }
}
