//! [`Channel`]: carries calls to one server, as a `tower` service that the generated clients speak through.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bowline_base_egress::chain;
use bowline_base_task::Tasks;
use bowline_web_wire::tonic::body::Body as CallBody;
use bowline_web_wire::{BoxError, Client};
use bytes::Bytes;
use http::header::{HOST, HeaderName, HeaderValue, USER_AGENT};
use http_body::Frame;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use tower_service::Service;

use crate::dial::{DialError, Server};
use crate::grpc_web::Unframed;

/// What a message may have, both ways, in bytes: lists of applications are long.
pub const MESSAGE_LIMIT: usize = 200 << 20;
/// How often a server that says nothing is asked whether it is there. Servers of the contract take more than one in 10 s for an attack.
const ALIVE: Duration = Duration::from_secs(30);

/// Carries calls to one server. Clones share the connection.
#[derive(Clone)]
pub struct Channel {
    inner: Arc<Inner>,
}

struct Inner {
    server: Server,
    tasks: Tasks,
    shared: Mutex<Option<http2::SendRequest<CallBody>>>,
}

/// The body of an answer.
pub enum AnswerBody {
    /// As HTTP/2 carries it.
    Grpc(Incoming),
    /// Unwrapped from gRPC-web.
    Web(Unframed<Incoming>),
}

/// Runs what HTTP/2 has to run, under names.
#[derive(Clone)]
struct Executor {
    tasks: Tasks,
}

// === impl Channel ===

impl Channel {
    /// A channel to a server. Nothing is opened yet; connections are `tasks`'.
    pub fn new(server: Server, tasks: Tasks) -> Channel {
        Channel { inner: Arc::new(Inner { server, tasks, shared: Mutex::new(None) }) }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.inner.server
    }

    /// What the generated clients take.
    pub fn client(&self) -> Client<Channel> {
        Client::new(self.clone(), MESSAGE_LIMIT)
    }

    /// Sends one request over a connection of its own, in HTTP/1.1: what is no call, such as logging out. Gives the status.
    pub async fn send(&self, mut request: http::Request<Full<Bytes>>) -> Result<http::StatusCode, BoxError> {
        let host = HeaderValue::try_from(self.inner.server.authority()?)?;
        request.headers_mut().insert(HOST, host);
        let mut sender = self.inner.http1().await?;
        Ok(sender.send_request(request).await?.status())
    }
}

impl Service<http::Request<CallBody>> for Channel {
    type Response = http::Response<AnswerBody>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<CallBody>) -> Self::Future {
        let inner = self.inner.clone();
        Box::pin(async move {
            match inner.server.grpc_web {
                false => inner.grpc(request).await,
                true => inner.grpc_web(request).await,
            }
        })
    }
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel").field("server", &self.inner.server.address).finish_non_exhaustive()
    }
}

// === impl Inner ===

impl Inner {
    async fn grpc(&self, mut request: http::Request<CallBody>) -> Result<http::Response<AnswerBody>, BoxError> {
        self.sign(request.headers_mut())?;
        let scheme = if self.server.plaintext { "http" } else { "https" };
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = format!("{scheme}://{}{path}", self.server.authority()?).parse()?;
        let mut sender = self.http2().await?;
        let response = sender.send_request(request).await?;
        Ok(response.map(AnswerBody::Grpc))
    }

    async fn grpc_web(&self, request: http::Request<CallBody>) -> Result<http::Response<AnswerBody>, BoxError> {
        let (mut head, body) = request.into_parts();
        // The contract's servers read a whole message before they answer.
        let body = Limited::new(body, MESSAGE_LIMIT).collect().await.map_err(|error| error.to_string())?.to_bytes();
        let root = self.server.root_path.trim_matches('/');
        let root = if root.is_empty() { String::new() } else { format!("/{root}") };
        let path = format!("{root}{}", head.uri.path());
        head.uri = path.parse()?;
        head.version = http::Version::HTTP_11;
        head.headers.remove("te");
        head.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc-web+proto"));
        head.headers.insert(HOST, HeaderValue::try_from(self.server.authority()?)?);
        self.sign(&mut head.headers)?;
        let mut sender = self.http1().await?;
        let response = sender.send_request(http::Request::from_parts(head, Full::new(body))).await?;
        let status = response.status();
        if status != http::StatusCode::OK && !response.headers().contains_key("grpc-status") {
            let scheme = if self.server.plaintext { "http" } else { "https" };
            let address = self.server.authority()?;
            return Err(format!("POST {scheme}://{address}{path} failed with status code {}", status.as_u16()).into());
        }
        Ok(response.map(|body| AnswerBody::Web(Unframed::new(body))))
    }

    /// Puts on what every call carries: who calls, with which program, and what the user adds.
    fn sign(&self, headers: &mut http::HeaderMap) -> Result<(), BoxError> {
        if !self.server.token.expose().is_empty() {
            let mut token = HeaderValue::try_from(self.server.token.expose().as_str())
                .map_err(|_| "the token holds characters that no token has")?;
            token.set_sensitive(true);
            headers.insert("token", token);
        }
        let agent = HeaderValue::try_from(self.server.agent.as_str())?;
        headers.insert(USER_AGENT, agent);
        for header in &self.server.headers {
            let (name, value) =
                header.split_once(':').ok_or("additional headers must be colon(:)-separated: Name: value")?;
            let name =
                HeaderName::try_from(name.trim()).map_err(|_| format!("{:?} is no name of a header", name.trim()))?;
            let mut value = HeaderValue::try_from(value.trim()).map_err(|_| format!("{name}: no value of a header"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(())
    }

    async fn http2(&self) -> Result<http2::SendRequest<CallBody>, BoxError> {
        let known = self.shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sender) = known.filter(|sender| !sender.is_closed()) {
            return Ok(sender);
        }
        let io = self.server.open("h2").await?;
        let (sender, connection) = http2::Builder::new(Executor { tasks: self.tasks.clone() })
            .timer(TokioTimer::new())
            .keep_alive_interval(ALIVE)
            .handshake(TokioIo::new(io))
            .await
            .map_err(|error| self.failed(&error))?;
        self.drive(connection);
        *self.shared.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
        Ok(sender)
    }

    async fn http1(&self) -> Result<http1::SendRequest<Full<Bytes>>, BoxError> {
        let io = self.server.open("http/1.1").await?;
        let (sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(|error| self.failed(&error))?;
        self.drive(connection);
        Ok(sender)
    }

    fn failed(&self, error: &hyper::Error) -> DialError {
        DialError::Connect { address: self.server.address.clone(), reason: chain(error) }
    }

    fn drive<F: Future<Output = Result<(), hyper::Error>> + Send + 'static>(&self, connection: F) {
        let cancel = self.tasks.cancel_token().clone();
        // How a connection ended is told by the call that it broke.
        self.tasks.spawn("connection to the server", async move {
            let _ = cancel.run(connection).await;
        });
    }
}

// === impl AnswerBody ===

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            AnswerBody::Grpc(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
            AnswerBody::Web(body) => Pin::new(body).poll_frame(cx),
        }
    }
}

// === impl Executor ===

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Executor {
    fn execute(&self, future: F) {
        self.tasks.spawn("HTTP/2", future);
    }
}
