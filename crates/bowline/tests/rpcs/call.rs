//! One call, by its name and with JSON, over gRPC, REST or gRPC-web.

use std::net::SocketAddr;
use std::time::Duration;

use bowline_web_wire::{Body as Holds, Kind, Rpc};
use bytes::{Buf, Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Map, Value, json};

use crate::types::Codec;

/// How a call goes over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// HTTP/2 with protobuf.
    Grpc,
    /// HTTP/1.1 with JSON.
    Rest,
    /// HTTP/1.1 with protobuf.
    Web,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// gRPC's code; 0 where it went well.
    pub code: i64,
    /// What was said of a failure.
    pub message: String,
    /// The answer, of a stream its first message.
    pub json: Value,
    /// Headers of the response.
    pub headers: HeaderMap,
}

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(60);

// === impl Way ===

impl Way {
    /// All three.
    pub const ALL: [Way; 3] = [Way::Grpc, Way::Rest, Way::Web];

    /// A word for names.
    pub fn name(self) -> &'static str {
        match self {
            Way::Grpc => "grpc",
            Way::Rest => "rest",
            Way::Web => "web",
        }
    }

    /// Calls. `token` is empty for nobody.
    pub fn call(self, server: SocketAddr, rpc: &Rpc, codec: Codec, token: &str, request: &Value) -> Answer {
        let answered = self.call_within(PATIENCE, server, rpc, codec, token, request);
        answered.unwrap_or_else(|| panic!("{} over {}: no answer", rpc.path, self.name()))
    }

    /// Calls; nothing where no answer comes so soon, as from a stream that has nothing to tell.
    pub fn call_within(
        self,
        patience: Duration,
        server: SocketAddr,
        rpc: &Rpc,
        codec: Codec,
        token: &str,
        request: &Value,
    ) -> Option<Answer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("because it can");
        let call = async {
            match self {
                Way::Rest => rest(server, rpc, token, request).await,
                Way::Grpc => framed(server, rpc, codec, token, request, false).await,
                Way::Web => framed(server, rpc, codec, token, request, true).await,
            }
        };
        runtime.block_on(async { tokio::time::timeout(patience, call).await.ok() })
    }
}

/// Sends a request over a connection of its own.
pub async fn send(server: SocketAddr, http2: bool, request: Request<Full<Bytes>>) -> Response<Incoming> {
    let stream = TokioIo::new(tokio::net::TcpStream::connect(server).await.expect("because the server listens"));
    if http2 {
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.expect("because it speaks h2");
        tokio::spawn(connection);
        sender.send_request(request).await.expect("because the server answers")
    } else {
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(stream).await.expect("because it speaks HTTP/1.1");
        tokio::spawn(connection);
        sender.send_request(request).await.expect("because the server answers")
    }
}

async fn framed(server: SocketAddr, rpc: &Rpc, codec: Codec, token: &str, request: &Value, web: bool) -> Answer {
    let messages = match (rpc.kind, request) {
        (Kind::ClientStream, Value::Array(messages)) => messages.clone(),
        _ => vec![request.clone()],
    };
    let mut body = BytesMut::new();
    for message in &messages {
        let bytes = (codec.encode)(message);
        body.extend_from_slice(&[0]);
        body.extend_from_slice(&u32::try_from(bytes.len()).expect("because messages are small").to_be_bytes());
        body.extend_from_slice(&bytes);
    }
    let kind = if web { "application/grpc-web+proto" } else { "application/grpc" };
    let mut builder = Request::builder()
        .method(Method::POST)
        .uri(if web { rpc.path.to_string() } else { format!("http://{server}{}", rpc.path) })
        .header("content-type", kind)
        .header("te", "trailers");
    if web {
        builder = builder.header("host", "h");
    }
    if !token.is_empty() {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    let request = builder.body(Full::new(body.freeze())).expect("because it is well-formed");
    let response = send(server, !web, request).await;
    assert_eq!(response.status(), 200, "{}: gRPC is always 200", rpc.path);
    let (parts, mut body) = response.into_parts();
    let mut status = parts.headers.clone();
    let (mut read, mut json) = (BytesMut::new(), Value::Null);
    while let Some(frame) = body.frame().await {
        let frame = frame.expect("because the answer arrives");
        match frame.into_data() {
            Ok(data) => read.extend_from_slice(&data),
            Err(frame) => status.extend(frame.into_trailers().expect("because it is no data")),
        }
        while read.len() >= 5 && read.len() >= 5 + length(&read) {
            let (flag, size) = (read[0], length(&read));
            read.advance(5);
            let message = read.split_to(size).freeze();
            if flag & 0x80 != 0 {
                for line in String::from_utf8_lossy(&message).lines() {
                    let (name, value) = line.split_once(':').expect("because trailers are lines");
                    let name: hyper::header::HeaderName = name.trim().parse().expect("because it is a name");
                    status.insert(name, value.trim().parse().expect("because it is a value"));
                }
            } else if json.is_null() {
                json = (codec.decode)(&message);
            }
        }
        if rpc.kind == Kind::ServerStream && !json.is_null() {
            // The rest of a stream is not waited for.
            status.insert("grpc-status", "0".parse().expect("because it is a number"));
            break;
        }
    }
    let text = |name: &str| status.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_string();
    Answer {
        code: text("grpc-status").parse().unwrap_or_else(|_| panic!("{}: no status in {status:?}", rpc.path)),
        message: unescaped(&text("grpc-message")),
        json,
        headers: parts.headers,
    }
}

fn length(frame: &[u8]) -> usize {
    u32::from_be_bytes([frame[1], frame[2], frame[3], frame[4]]) as usize
}

/// `grpc-message` is percent-encoded.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = (*first == b'%').then(|| more.get(..2)).flatten();
        match code.and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn rest(server: SocketAddr, rpc: &Rpc, token: &str, request: &Value) -> Answer {
    let (verb, target, body) = http(rpc, request);
    let mut builder = Request::builder().method(verb).uri(target).header("host", "h");
    builder = builder.header("content-type", "application/json");
    if !token.is_empty() {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    let response = send(server, false, builder.body(Full::new(Bytes::from(body))).expect("because it is well-formed"));
    let (parts, mut body) = response.await.into_parts();
    let mut text = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.expect("because the answer arrives").into_data() {
            text.extend_from_slice(&data);
        }
        if rpc.kind == Kind::ServerStream && text.contains(&b'\n') {
            break;
        }
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = if rpc.kind == Kind::ServerStream { line } else { &text[..] };
    let json: Value = serde_json::from_slice(line)
        .unwrap_or_else(|_| panic!("{}: {} {}", rpc.path, parts.status, String::from_utf8_lossy(&text)));
    let error = if rpc.kind == Kind::ServerStream { &json["error"] } else { &json };
    let code = error["grpc_code"].as_i64().or(error["code"].as_i64()).filter(|_| !parts.status.is_success());
    match code {
        Some(code) => Answer {
            code,
            message: error["message"].as_str().unwrap_or_default().to_string(),
            json: Value::Null,
            headers: parts.headers,
        },
        None => {
            assert_eq!(parts.status, 200, "{}: {json}", rpc.path);
            let json = if rpc.kind == Kind::ServerStream { json["result"].clone() } else { json };
            Answer { code: 0, message: String::new(), json, headers: parts.headers }
        }
    }
}

/// The verb, the path with its query, and the body of a request over REST.
pub fn http(rpc: &Rpc, request: &Value) -> (&'static str, String, String) {
    let binding = rpc.bindings.first().expect("because the contract has a route for each RPC");
    let mut left = request.clone();
    let mut path = String::new();
    for piece in binding.path.split_inclusive('}') {
        let Some((before, field)) = piece.split_once('{') else {
            path.push_str(piece);
            continue;
        };
        let field = field.trim_end_matches('}');
        let (field, deep) = field.strip_suffix("=**").map_or((field, false), |field| (field, true));
        let names: Vec<&str> = field.split('.').collect();
        let pointer = format!("/{}", names.join("/"));
        let value = left.pointer(&pointer).cloned().unwrap_or_default();
        if let (Some((last, above)), true) = (names.split_last(), !matches!(binding.body, Holds::Field(_))) {
            let parent = above.iter().fold(&mut left, |at, name| &mut at[*name]);
            if let Some(parent) = parent.as_object_mut() {
                parent.remove(*last);
            }
        }
        path.push_str(before);
        let text = value
            .as_str()
            .map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_string);
        path.push_str(&escaped(&text, deep));
    }
    let body = match binding.body {
        Holds::Nothing => Value::Null,
        Holds::Whole => return (binding.verb, path, series(&left)),
        Holds::Field(field) => left.as_object_mut().and_then(|left| left.remove(field)).unwrap_or(json!(null)),
    };
    let mut query = Vec::new();
    if let Value::Object(left) = &left {
        pairs("", left, &mut query);
    }
    let taken = |name: &str| binding.path.split(['{', '}']).any(|field| field.trim_end_matches("=**") == name);
    let query: Vec<String> = query
        .into_iter()
        .filter(|(name, _)| !taken(name))
        .map(|(name, value)| format!("{}={}", escaped(&name, false), escaped(&value, false)))
        .collect();
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    (binding.verb, path, if body.is_null() { String::new() } else { body.to_string() })
}

/// Several messages stand one after the other.
fn series(body: &Value) -> String {
    match body {
        Value::Array(messages) => messages.iter().map(|message| format!("{message}\n")).collect(),
        body => body.to_string(),
    }
}

fn pairs(prefix: &str, map: &Map<String, Value>, query: &mut Vec<(String, String)>) {
    for (key, value) in map {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Object(map) => pairs(&name, map, query),
            Value::Array(items) => query.extend(items.iter().map(|item| (name.clone(), plain(item)))),
            Value::Null => {}
            scalar => query.push((name, plain(scalar))),
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn escaped(text: &str, deep: bool) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (deep && byte == b'/');
    text.bytes().map(|byte| if safe(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
