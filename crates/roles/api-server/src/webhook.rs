//! `/api/webhook`: size, proof, a small hint, an answer. What is to be done about it is done by who gets the hint.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bowline_core_control::World;
use bowline_core_ports::Hints;
use bowline_web_webhook::{Refused, Secrets, Sender, address};
use http_body_util::BodyExt;
use hyper::header::CONTENT_LENGTH;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::answer::text;
use crate::metrics::Metrics;

/// Kilobytes of bodies that are held at once, over all webhooks: two of the largest that are allowed by default, thousands of usual ones.
const HELD: usize = 128 << 10;
/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes webhooks.
pub(crate) struct Webhooks {
    pub(crate) world: Arc<World>,
    pub(crate) hints: Arc<dyn Hints>,
    pub(crate) metrics: Metrics,
    held: Arc<Semaphore>,
}

/// Why a body was not read.
enum Unread {
    TooLarge,
    Slow,
    Broken,
    Full,
}

// === impl Webhooks ===

impl Webhooks {
    pub(crate) fn new(world: Arc<World>, hints: Arc<dyn Hints>, metrics: Metrics) -> Webhooks {
        Webhooks { world, hints, metrics, held: Arc::new(Semaphore::new(HELD)) }
    }

    /// The answer to a webhook whose body may have `limit` bytes.
    pub(crate) async fn answer(&self, request: Request<Body>, limit: usize) -> Response<Body> {
        self.metrics.webhooks_in_flight.inc();
        let (sender, answer) = self.take(request, limit).await;
        self.metrics.webhooks_in_flight.dec();
        let outcome = if answer.status().is_success() { "taken" } else { "refused" };
        let sender = sender.map_or("unknown", Sender::name);
        let labels = vec![("sender", sender.to_string()), ("outcome", outcome.to_string())];
        self.metrics.webhook_outcomes.get_or_create(&labels).inc();
        answer
    }

    async fn take(&self, request: Request<Body>, limit: usize) -> (Option<Sender>, Response<Body>) {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return (None, text(StatusCode::METHOD_NOT_ALLOWED, "Webhook processing failed: invalid HTTP Method\n"));
        }
        let headers = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let secret = self.world.server_secret();
        let get = |key: &str| secret.webhooks.get(key);
        let secrets = Secrets::new(&get);
        let sender = match Sender::of(&headers, secrets) {
            Ok(sender) => sender,
            Err(_) => return (None, text(StatusCode::BAD_REQUEST, "Unknown webhook event\n")),
        };
        // Who does not even name a proof is not listened to.
        if let Err(refused) = sender.admit(&headers, secrets) {
            return (Some(sender), self.refuse(sender, &refused, limit));
        }
        let too_long =
            headers(CONTENT_LENGTH.as_str()).and_then(|v| v.parse::<usize>().ok()).is_some_and(|n| n > limit);
        let read = match too_long {
            true => Err(Unread::TooLarge),
            false => tokio::time::timeout(PATIENCE, self.read(body, limit)).await.unwrap_or(Err(Unread::Slow)),
        };
        let (body, _held) = match read {
            Ok(read) => read,
            Err(Unread::TooLarge) => {
                return (Some(sender), self.refuse(sender, &Refused::Unreadable("too large".into()), limit));
            }
            Err(Unread::Slow) => {
                return (Some(sender), text(StatusCode::REQUEST_TIMEOUT, "the body came too slowly\n"));
            }
            Err(Unread::Broken) => return (Some(sender), text(StatusCode::BAD_REQUEST, "the body broke off\n")),
            Err(Unread::Full) => return (Some(sender), full()),
        };
        let hints = match sender.read(&headers, &body, secrets) {
            Ok(hints) => hints,
            Err(refused) => return (Some(sender), self.refuse(sender, &refused, limit)),
        };
        for hint in hints {
            let revision = hint.revision.as_deref().unwrap_or_default();
            tracing::info!(%sender, repository = hint.urls.first().map(|url| shown(url)), revision, "a push");
            if hint.verified {
                let repository = hint.urls.first().map(|url| shown(url)).unwrap_or_default();
                self.metrics.webhooks.get_or_create(&vec![("repo", repository)]).inc();
            }
            if self.hints.pushed(hint).is_err() {
                return (Some(sender), full());
            }
        }
        (Some(sender), text(StatusCode::OK, ""))
    }

    /// The whole body, with what it holds of the bytes that all may hold.
    async fn read(&self, mut body: Body, limit: usize) -> Result<(Vec<u8>, Vec<OwnedSemaphorePermit>), Unread> {
        let mut whole = Vec::new();
        let mut held = Vec::new();
        let mut paid = 0;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
            if whole.len() + data.len() > limit {
                return Err(Unread::TooLarge);
            }
            let needed = (whole.len() + data.len()).div_ceil(1024);
            if needed > paid {
                let more = u32::try_from(needed - paid).map_err(|_| Unread::TooLarge)?;
                held.push(self.held.clone().try_acquire_many_owned(more).map_err(|_| Unread::Full)?);
                paid = needed;
            }
            whole.extend_from_slice(&data);
        }
        Ok((whole, held))
    }

    fn refuse(&self, sender: Sender, refused: &Refused, limit: usize) -> Response<Body> {
        tracing::info!(%sender, %refused, detail = ?refused, "a webhook is refused");
        let message = match refused {
            Refused::Unreadable(_) => format!(
                "Webhook processing failed: The payload is either too large or corrupted. Please check the payload size (must be under {} MB) and ensure it is valid JSON\n",
                limit >> 20
            ),
            other => format!("Webhook processing failed: {other}\n"),
        };
        text(StatusCode::BAD_REQUEST, message)
    }
}

fn full() -> Response<Body> {
    text(StatusCode::SERVICE_UNAVAILABLE, "Queue is full, discarding webhook payload\n")
}

/// A URL for people: without user and password.
fn shown(url: &str) -> String {
    address(url).unwrap_or_else(|| url.rsplit_once('@').map_or(url, |(_, rest)| rest).to_string())
}
