//! `/healthz`: whether the server takes requests; with `?full=true` whether the cluster answers too.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bowline_base_clock::Clock;
use bowline_base_kube::Client;
use bowline_base_telemetry::Health;
use hyper::header::{CACHE_CONTROL, HeaderValue};
use hyper::{Response, StatusCode, Uri};
use tokio::sync::Mutex;

use crate::answer::text;

/// How long an answer of the cluster counts: whoever asks, it is asked once in this time.
const COUNTS: Duration = Duration::from_secs(1);
/// How long the cluster has to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tells whether the server is well.
pub(crate) struct Healthz {
    health: Health,
    client: Option<Client>,
    clock: Arc<dyn Clock>,
    last: Mutex<Option<(Duration, Result<(), String>)>>,
}

// === impl Healthz ===

impl Healthz {
    pub(crate) fn new(health: Health, client: Option<Client>, clock: Arc<dyn Clock>) -> Healthz {
        Healthz { health, client, clock, last: Mutex::default() }
    }

    /// The answer.
    pub(crate) async fn answer(&self, uri: &Uri) -> Response<Body> {
        let full = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "full=true"));
        let mut response = if self.health.is_draining() {
            text(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping\n")
        } else if !full {
            text(StatusCode::OK, "ok")
        } else {
            match self.cluster().await {
                Ok(()) => text(StatusCode::OK, "ok"),
                // What is wrong in detail is the log's, for this answer needs no login.
                Err(error) => {
                    tracing::warn!(error, "the cluster does not answer");
                    text(StatusCode::SERVICE_UNAVAILABLE, "the cluster does not answer\n")
                }
            }
        };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    async fn cluster(&self) -> Result<(), String> {
        let Some(client) = &self.client else { return Ok(()) };
        // Who comes while it is being asked waits here, and gets the same answer.
        let mut last = self.last.lock().await;
        let now = self.clock.monotonic();
        if let Some((at, known)) = &*last
            && now.saturating_sub(*at) < COUNTS
        {
            return known.clone();
        }
        let asked = tokio::time::timeout(PATIENCE, client.get_raw("/version")).await;
        let answer = match asked {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        *last = Some((self.clock.monotonic(), answer.clone()));
        answer
    }
}
