//! OpenTelemetry traces of calls, where `otlp.address` of `argocd-cmd-params-cm` names a collector: a span a call, below the one that
//! the client says it belongs to.
//!
//! Calls do not wait for the collector. What it does not take in time is dropped and counted.

mod otlp;

use std::sync::Arc;
use std::time::Duration;

use bowline_base_task::Tasks;
use bowline_base_telemetry::prometheus::metrics::counter::Counter;
use bowline_core_control::World;
use bowline_web_auth::Random;
use bowline_web_client::{Channel, Server};
use hyper::HeaderMap;
use tokio::sync::mpsc;

pub(crate) use otlp::Span;
use otlp::{Export, export};

/// Spans that wait for the collector.
const WAITING: usize = 2048;
/// Spans of one message.
const BATCH: usize = 512;
/// How long a span may wait for others.
const GATHER: Duration = Duration::from_secs(2);
/// How long the collector may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// A collector that does not answer is told of this often.
const QUIET: Duration = Duration::from_secs(60);
/// The ConfigMap that names the collector.
const PARAMS: &str = "argocd-cmd-params-cm";

/// The traces of this process.
#[derive(Clone)]
pub(crate) struct Traces {
    world: Arc<World>,
    random: Arc<dyn Random>,
    queue: mpsc::Sender<Span>,
    dropped: Counter,
}

/// A span that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) trace: [u8; 16],
    pub(crate) id: [u8; 8],
    pub(crate) parent: Option<[u8; 8]>,
    /// Nanoseconds since 1970.
    pub(crate) start: u64,
}

/// What the settings say.
struct Settings {
    server: Server,
    /// Of the collector's resource, in the order of their names.
    attributes: Vec<(String, String)>,
}

// === impl Traces ===

impl Traces {
    /// Traces that a task of `tasks` sends on.
    pub(crate) fn start(world: Arc<World>, random: Arc<dyn Random>, dropped: Counter, tasks: &Tasks) -> Traces {
        let (queue, spans) = mpsc::channel(WAITING);
        let sending = send(world.clone(), spans, dropped.clone(), tasks.clone());
        let cancel = tasks.cancel_token().clone();
        tasks.spawn("send traces", async move {
            cancel.run(sending).await;
        });
        Traces { world, random, queue, dropped }
    }

    fn param(&self, key: &str) -> Option<String> {
        param(&self.world, key)
    }

    /// A call begins at `now` (nanoseconds since 1970). Nothing where it is not traced.
    pub(crate) fn begin(&self, headers: &HeaderMap, now: u64) -> Option<Begun> {
        self.param("otlp.address")?;
        let mut id = [0; 8];
        self.random.fill(&mut id);
        let above = headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(parent);
        if let Some((trace, parent, sampled)) = above {
            // Whoever began the trace decided.
            return sampled.then_some(Begun { trace, id, parent: Some(parent), start: now });
        }
        let mut trace = [0; 16];
        self.random.fill(&mut trace);
        let ratio = self.param("otlp.sample.ratio").and_then(|text| text.parse::<f64>().ok()).unwrap_or(1.0);
        let [.., a, b, c, d] = trace;
        let place = f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0);
        (place < ratio).then_some(Begun { trace, id, parent: None, start: now })
    }

    /// A call ended.
    pub(crate) fn end(&self, span: Span) {
        if self.queue.try_send(span).is_err() {
            self.dropped.inc();
        }
    }
}

fn param(world: &World, key: &str) -> Option<String> {
    world.config(PARAMS, key).map(|text| text.trim().to_string()).filter(|text| !text.is_empty())
}

/// `a:b,c:d` or `a=b,c=d`.
fn pairs(text: &str, between: char) -> Vec<(String, String)> {
    let pair = |item: &str| item.trim().split_once(between).map(|(a, b)| (a.trim().to_string(), b.trim().to_string()));
    text.split(',').filter_map(pair).filter(|(name, _)| !name.is_empty()).collect()
}

/// Where to, as the settings say now.
fn settings(world: &World) -> Option<Settings> {
    let address = param(world, "otlp.address")?;
    let headers = pairs(&param(world, "otlp.headers").unwrap_or_default(), '=');
    Some(Settings {
        server: Server {
            address,
            // The contract's default: collectors stand beside the server.
            plaintext: param(world, "otlp.insecure").is_none_or(|text| text != "false"),
            headers: headers.into_iter().map(|(name, value)| format!("{name}: {value}")).collect(),
            agent: concat!("bowline/", env!("CARGO_PKG_VERSION")).to_string(),
            ..Server::default()
        },
        attributes: pairs(&param(world, "otlp.attrs").unwrap_or_default(), ':'),
    })
}

/// The trace, the span above, and whether they are recorded: `traceparent` of W3C Trace Context.
fn parent(text: &str) -> Option<([u8; 16], [u8; 8], bool)> {
    let mut parts = text.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if version.len() != 2 || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let (trace, span) = (hex::<16>(trace)?, hex::<8>(span)?);
    let [flags] = hex::<1>(flags)?;
    (trace != [0; 16] && span != [0; 8]).then_some((trace, span, flags & 1 == 1))
}

fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(bytes)
}

/// Sends what comes, for as long as it comes.
async fn send(world: Arc<World>, mut spans: mpsc::Receiver<Span>, dropped: Counter, tasks: Tasks) {
    let mut channel: Option<(String, Channel)> = None;
    let mut told: Option<tokio::time::Instant> = None;
    let mut batch = Vec::new();
    while spans.recv_many(&mut batch, BATCH).await > 0 {
        let until = tokio::time::Instant::now() + GATHER;
        while batch.len() < BATCH {
            let room = BATCH - batch.len();
            match tokio::time::timeout_at(until, spans.recv_many(&mut batch, room)).await {
                Ok(n) if n > 0 => {}
                _ => break,
            }
        }
        let Some(Settings { server, attributes }) = settings(&world) else {
            batch.clear();
            continue;
        };
        let key = format!("{server:?}");
        let to = match &channel {
            Some((known, channel)) if *known == key => channel.clone(),
            _ => {
                let fresh = Channel::new(server, tasks.clone());
                channel = Some((key, fresh.clone()));
                fresh
            }
        };
        let sent = tokio::time::timeout(PATIENCE, export(to, Export { attributes: &attributes, spans: &batch })).await;
        let failed = match sent {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        if let Some(error) = failed {
            dropped.inc_by(batch.len() as u64);
            if told.is_none_or(|at| at.elapsed() > QUIET) {
                tracing::warn!(error, "traces cannot be sent to otlp.address");
                told = Some(tokio::time::Instant::now());
            }
        }
        batch.clear();
    }
}

#[cfg(test)]
mod tests;
