//! [`Process`]: a program that is run in a container, with its keyboard and its screen.
//!
//! The API server hands the connection on to the kubelet, so it is one of its own, in HTTP/1.1, which becomes a WebSocket. What is
//! spoken on it is `v4.channel.k8s.io`: the first byte of a message says what the rest is. Every Kubernetes that lives speaks it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut, Bytes, BytesMut};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONNECTION, HOST, HeaderValue, UPGRADE};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::ask::Ask;
use crate::error::chain;
use crate::query::Query;
use crate::{ApiResource, Client, Error, Status};

/// The protocol.
const PROTOCOL: &str = "v4.channel.k8s.io";
/// Bytes of a message. Kubelets send 32 KB at once.
const MESSAGE: usize = 1 << 20;
/// Bytes of a refusal that are read.
const REFUSAL: usize = 64 << 10;
/// Channels, by the first byte of a message.
const STDIN: u8 = 0;
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const ERROR: u8 = 3;
const RESIZE: u8 = 4;

/// What is run, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessOptions {
    /// The container; empty where the pod has one.
    pub container: String,
    /// The program and its arguments; no shell is between.
    pub command: Vec<String>,
    /// With a terminal: keys come as they are typed, output and errors are one.
    pub terminal: bool,
}

/// A program that is run in a container. It ends with its [`Keyboard`] and its [`Screen`].
pub struct Process {
    /// What goes to it.
    pub keyboard: Keyboard,
    /// What comes of it.
    pub screen: Screen,
}

type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// What goes to a program.
pub struct Keyboard {
    sink: SplitSink<Socket, Message>,
    server: String,
}

/// What comes of a program.
pub struct Screen {
    stream: SplitStream<Socket>,
    server: String,
}

/// What a program says, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Output, of either kind.
    Output(Bytes),
    /// It ended well.
    Ended,
    /// It ended with this exit code.
    Exited(i32),
    /// It could not be started, or was broken off; the kubelet's words.
    Failed(String),
}

/// What stands in the last message: `metav1.Status`.
#[derive(Deserialize)]
#[serde(default)]
struct Outcome {
    status: String,
    #[serde(flatten)]
    more: Status,
}

impl Default for Outcome {
    fn default() -> Outcome {
        Outcome { status: "Failure".to_string(), more: Status::default() }
    }
}

// === impl Client ===

impl Client {
    /// Runs a program in a pod's container. The deadline is for its beginning; that it cannot be started is told by [`Screen::next`]
    /// where the kubelet finds it out only then.
    pub async fn run(&self, namespace: &str, pod: &str, options: &ProcessOptions) -> Result<Process, Error> {
        let pods = ApiResource::new("", "v1", "Pod", "pods", true);
        let mut query = Query::new(&format!("{}/exec", pods.object_path(namespace, pod)))
            .with("container", &options.container)
            .with("stdin", "true")
            .with("stdout", "true")
            .with_if(!options.terminal, "stderr", "true")
            .with_if(options.terminal, "tty", "true");
        for word in &options.command {
            query = query.with("command", word);
        }
        let path = query.finish();
        let ask = Ask { method: Method::GET, path: &path, accept: "*/*", body: None };
        let socket = self.in_time(&ask, self.upgraded(&ask)).await?;
        let server = self.server().to_string();
        let (sink, stream) = socket.split();
        Ok(Process { keyboard: Keyboard { sink, server: server.clone() }, screen: Screen { stream, server } })
    }

    async fn upgraded(&self, ask: &Ask<'_>) -> Result<Socket, Error> {
        let credential = self.credential().await?;
        let io = self.inner.pool.single(&credential).await?;
        let broken = |error: &hyper::Error| Error::Broken { server: self.server().to_string(), reason: chain(error) };
        let (mut sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(|e| broken(&e))?;
        let server = self.server().to_string();
        let cancel = self.inner.pool.tasks().cancel_token().clone();
        self.inner.pool.tasks().spawn(format!("kube process {server}"), async move {
            // How it ends is told by whoever reads it.
            let _ = cancel.run(connection.with_upgrades()).await;
        });
        let mut request = self.request_to(ask)?;
        let headers = request.headers_mut();
        headers.insert(HOST, host(&self.inner.pool.target().authority()));
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert("sec-websocket-version", HeaderValue::from_static("13"));
        headers.insert("sec-websocket-protocol", HeaderValue::from_static(PROTOCOL));
        // It tells a server that answers from one that repeats what it was told; nobody has to guess it.
        let half = || self.jitter().fraction().to_bits().to_be_bytes();
        let key = STANDARD.encode([half(), half()].concat());
        headers.insert("sec-websocket-key", HeaderValue::try_from(key).expect("because base64 is ASCII"));
        if let Some(value) = &credential.header {
            headers.insert(AUTHORIZATION, value.clone());
        }
        let response = sender.send_request(request).await.map_err(|e| broken(&e))?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let (head, body) = response.into_parts();
            let body = Limited::new(body, REFUSAL).collect().await.map(|all| all.to_bytes()).unwrap_or_default();
            return Err(self.refused(ask, &head, &body));
        }
        let spoken = response.headers().get("sec-websocket-protocol").and_then(|value| value.to_str().ok());
        if spoken != Some(PROTOCOL) {
            let reason = format!("it does not speak {PROTOCOL}, which runs programs");
            return Err(Error::Broken { server: self.server().to_string(), reason });
        }
        let upgraded = hyper::upgrade::on(response).await.map_err(|e| broken(&e))?;
        let bounds = WebSocketConfig::default().max_message_size(Some(MESSAGE)).max_frame_size(Some(MESSAGE));
        Ok(WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, Some(bounds)).await)
    }

    /// The request without what says that it is one to upgrade.
    fn request_to(&self, ask: &Ask<'_>) -> Result<Request<Full<Bytes>>, Error> {
        let path = format!("{}{}", self.inner.pool.target().prefix, ask.path);
        let mut request = Request::new(Full::new(Bytes::new()));
        *request.uri_mut() = path.parse().map_err(|e| Error::Config {
            server: self.server().to_string(),
            reason: format!("{path:?} is no path: {e}"),
        })?;
        self.mark(request.headers_mut());
        Ok(request)
    }
}

fn host(authority: &str) -> HeaderValue {
    HeaderValue::try_from(authority).expect("because an authority is made of a URL's characters")
}

// === impl Keyboard ===

impl Keyboard {
    /// Types.
    pub async fn keys(&mut self, keys: &[u8]) -> Result<(), Error> {
        self.send(STDIN, keys).await
    }

    /// Says how large the screen is now.
    pub async fn resize(&mut self, columns: u16, rows: u16) -> Result<(), Error> {
        self.send(RESIZE, format!("{{\"Width\":{columns},\"Height\":{rows}}}").as_bytes()).await
    }

    async fn send(&mut self, channel: u8, bytes: &[u8]) -> Result<(), Error> {
        let mut message = BytesMut::with_capacity(bytes.len() + 1);
        message.put_u8(channel);
        message.put_slice(bytes);
        let sent = self.sink.send(Message::Binary(message.freeze())).await;
        sent.map_err(|error| Error::Broken { server: self.server.clone(), reason: error.to_string() })
    }
}

// === impl Screen ===

impl Screen {
    /// What the program says next; `None` after its end, and where the connection was closed without a word about it.
    pub async fn next(&mut self) -> Result<Option<Said>, Error> {
        loop {
            let message = match self.stream.next().await {
                None | Some(Ok(Message::Close(_))) => return Ok(None),
                Some(Ok(message)) => message.into_data(),
                Some(Err(error)) => {
                    return Err(Error::Broken { server: self.server.clone(), reason: error.to_string() });
                }
            };
            match message.first() {
                // Each channel is opened with an empty message.
                Some(&(STDOUT | STDERR)) if message.len() > 1 => return Ok(Some(Said::Output(message.slice(1..)))),
                Some(&ERROR) if message.len() > 1 => return Ok(Some(outcome(&message[1..]))),
                _ => {}
            }
        }
    }
}

/// What the last message says.
fn outcome(json: &[u8]) -> Said {
    let Ok(Outcome { status, more }) = serde_json::from_slice(json) else {
        return Said::Failed(String::from_utf8_lossy(json).into_owned());
    };
    if status == "Success" {
        return Said::Ended;
    }
    let causes = more.details.iter().flat_map(|details| &details.causes);
    let code = causes.filter(|cause| cause.reason == "ExitCode").find_map(|cause| cause.message.parse().ok());
    match code {
        Some(code) if more.reason == "NonZeroExitCode" => Said::Exited(code),
        _ => Said::Failed(more.message),
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process({})", self.screen.server)
    }
}

#[cfg(test)]
mod tests;
