//! The OpenTelemetry protocol over gRPC, as far as spans need it: `opentelemetry/proto/collector/trace/v1/trace_service.proto`.

use bowline_web_client::Channel;
use bowline_web_wire::tonic::body::Body as CallBody;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Method, Request};
use tower::ServiceExt;

use crate::traces::Begun;

/// The call that takes spans.
const PATH: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/// Bytes of its answer that are read; it is all but empty.
const ANSWER: usize = 64 << 10;
/// A span of a server.
const SERVER: u64 = 2;
/// A status that is an error.
const ERROR: u64 = 2;

/// A call that ended.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// How it began.
    pub(crate) begun: Begun,
    /// Nanoseconds since 1970.
    pub(crate) end: u64,
    /// `service/method`.
    pub(crate) name: String,
    /// What else is known of it.
    pub(crate) attributes: Vec<(&'static str, String)>,
    /// gRPC's code.
    pub(crate) code: i32,
    /// Whether that is a fault of the server's.
    pub(crate) failed: bool,
}

/// What is sent at once.
pub(super) struct Export<'a> {
    /// Of this server.
    pub(super) attributes: &'a [(String, String)],
    pub(super) spans: &'a [Span],
}

/// Sends spans; the error says why they were not taken.
pub(super) async fn export(channel: Channel, export: Export<'_>) -> Result<(), String> {
    let message = export.encode();
    let mut frame = Vec::with_capacity(message.len() + 5);
    frame.push(0);
    frame.extend_from_slice(&u32::try_from(message.len()).map_err(|_| "too many spans")?.to_be_bytes());
    frame.extend_from_slice(&message);
    let mut request = Request::new(CallBody::new(Full::new(Bytes::from(frame))));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = PATH.parse().expect("because the path is well-formed");
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert("te", HeaderValue::from_static("trailers"));
    let response = channel.oneshot(request).await.map_err(|error| error.to_string())?;
    if !response.status().is_success() {
        return Err(format!("it answered {}", response.status()));
    }
    let (head, body) = response.into_parts();
    let all = Limited::new(body, ANSWER).collect().await.map_err(|error| error.to_string())?;
    let trailers = all.trailers().cloned().unwrap_or_default();
    let text = |headers: &HeaderMap, name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_string);
    let status = text(&trailers, "grpc-status").or_else(|| text(&head.headers, "grpc-status"));
    match status.as_deref() {
        Some("0") => Ok(()),
        Some(code) => {
            let words = text(&trailers, "grpc-message").or_else(|| text(&head.headers, "grpc-message"));
            Err(format!("it answered with code {code}: {}", words.unwrap_or_default()))
        }
        None => Err("it answered without a status".to_string()),
    }
}

// === impl Export ===

impl Export<'_> {
    fn encode(&self) -> Vec<u8> {
        let mut resource = Message::default();
        resource.attribute("service.name", "argocd-server");
        resource.attribute("service.version", env!("CARGO_PKG_VERSION"));
        for (name, value) in self.attributes {
            resource.attribute(name, value);
        }
        let mut scope = Message::default();
        scope.text(1, "bowline");
        let mut scoped = Message::default();
        scoped.message(1, scope);
        for span in self.spans {
            scoped.message(2, span.encode());
        }
        let mut of_resource = Message::default();
        of_resource.message(1, resource);
        of_resource.message(2, scoped);
        let mut request = Message::default();
        request.message(1, of_resource);
        request.0
    }
}

// === impl Span ===

impl Span {
    fn encode(&self) -> Message {
        let mut span = Message::default();
        span.bytes(1, &self.begun.trace);
        span.bytes(2, &self.begun.id);
        if let Some(parent) = &self.begun.parent {
            span.bytes(4, parent);
        }
        span.text(5, &self.name);
        span.number(6, SERVER);
        span.fixed(7, self.begun.start);
        span.fixed(8, self.end);
        for (name, value) in &self.attributes {
            let mut pair = Message::default();
            pair.pair(name, value);
            span.message(9, pair);
        }
        let mut pair = Message::default();
        pair.text(1, "rpc.grpc.status_code");
        let mut value = Message::default();
        value.number(3, u64::try_from(self.code).unwrap_or_default());
        pair.message(2, value);
        span.message(9, pair);
        if self.failed {
            let mut status = Message::default();
            status.number(3, ERROR);
            span.message(15, status);
        }
        span
    }
}

/// A message of protobuf, field by field.
#[derive(Default)]
struct Message(Vec<u8>);

// === impl Message ===

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn key(&mut self, field: u64, kind: u64) {
        self.varint(field << 3 | kind);
    }

    fn number(&mut self, field: u64, number: u64) {
        self.key(field, 0);
        self.varint(number);
    }

    fn fixed(&mut self, field: u64, number: u64) {
        self.key(field, 1);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.key(field, 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn message(&mut self, field: u64, message: Message) {
        self.bytes(field, &message.0);
    }

    /// `KeyValue` with a text.
    fn pair(&mut self, name: &str, value: &str) {
        self.text(1, name);
        let mut any = Message::default();
        any.text(1, value);
        self.message(2, any);
    }

    /// A pair as the first field, which is what a resource has of them.
    fn attribute(&mut self, name: &str, value: &str) {
        let mut pair = Message::default();
        pair.pair(name, value);
        self.message(1, pair);
    }
}
