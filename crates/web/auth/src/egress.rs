//! [`Http`]: requests to identity providers, as a port, and [`Egress`], which sends them.

mod tls;

use std::fmt;
use std::time::Duration;

use bowline_core_ports::BoxFuture;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// How long a request may take, from its start to the end of its answer.
const DEADLINE: Duration = Duration::from_secs(30);
/// What an answer may have: keys and tokens are far below.
const LONGEST: usize = 1 << 20;
/// How often an answer may send a reading request elsewhere.
const REDIRECTS: usize = 5;

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Method.
    pub method: Method,
    /// URL.
    pub url: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Which certificates the server may have.
    pub trust: Trust,
    /// Whether a reading request goes where the answer sends it, on the same host; else that answer is the answer.
    pub follows: bool,
}

/// Which certificates a server may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those of the system's authorities.
    #[default]
    System,
    /// Those of these authorities (PEM).
    Authorities(String),
    /// This one (PEM) and no other.
    Exactly(String),
    /// Any.
    Any,
}

/// An answer of any status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

/// No answer; the sentence says why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HttpError(pub String);

/// Sends requests.
pub trait Http: Send + Sync + fmt::Debug {
    /// The answer, of whatever status.
    fn send(&self, ask: Ask) -> BoxFuture<'_, Result<Answer, HttpError>>;
}

/// Sends requests over the network, a connection each: an identity provider is asked a few times an hour.
#[derive(Clone, Copy, Debug, Default)]
pub struct Egress;

// === impl Ask ===

impl Ask {
    /// A reading request.
    pub fn get(url: impl Into<String>, trust: Trust) -> Ask {
        Ask {
            method: Method::GET,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            trust,
            follows: true,
        }
    }

    /// The same request with a header. A value that no header can have is an error.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Result<Ask, HttpError> {
        let value =
            HeaderValue::try_from(value).map_err(|_| HttpError(format!("{name} would have a line break in it")))?;
        self.headers.insert(name, value);
        Ok(self)
    }
}

// === impl Egress ===

impl Http for Egress {
    fn send(&self, ask: Ask) -> BoxFuture<'_, Result<Answer, HttpError>> {
        Box::pin(async move {
            let what = format!("{} {}", ask.method, ask.url.split('?').next().unwrap_or_default());
            match tokio::time::timeout(DEADLINE, follow(ask)).await {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(reason)) => Err(HttpError(format!("{what}: {reason}"))),
                Err(_) => Err(HttpError(format!("{what}: no answer within {} s", DEADLINE.as_secs()))),
            }
        })
    }
}

/// Sends a request, and goes where the answer to a reading one sends it: on the same host, for its headers are meant for that.
async fn follow(mut ask: Ask) -> Result<Answer, String> {
    for _ in 0..REDIRECTS {
        let uri: Uri = ask.url.parse().map_err(|_| "the URL is none".to_string())?;
        let answer = once(&ask, &uri).await?;
        let reads = ask.follows && ask.method == Method::GET && answer.status.is_redirection();
        let Some(target) = answer.headers.get("location").and_then(|v| v.to_str().ok()).filter(|_| reads) else {
            return Ok(answer);
        };
        let same = format!("{}://{}", uri.scheme_str().unwrap_or_default(), uri.authority().map_or("", |a| a.as_str()));
        ask.url = if target.starts_with('/') && !target.starts_with("//") {
            format!("{same}{target}")
        } else {
            target.into()
        };
        if !ask.url.starts_with(&format!("{same}/")) {
            return Err(format!("it is sent on to another host ({target}): configure that one"));
        }
    }
    Err("it is sent on again and again".to_string())
}

async fn once(ask: &Ask, uri: &Uri) -> Result<Answer, String> {
    let https = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err("the URL does not begin with http:// or https://".to_string()),
    };
    let host = uri.host().ok_or("the URL has no host")?.trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await.map_err(|error| error.to_string())?;
    let io: Box<dyn Io> =
        if https { Box::new(tls::connect(stream, host, &ask.trust).await?) } else { Box::new(stream) };
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(io)).await.map_err(|error| error.to_string())?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder().method(&ask.method).uri(path);
    if let Some(headers) = request.headers_mut() {
        headers.clone_from(&ask.headers);
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        headers.insert(http::header::HOST, HeaderValue::try_from(authority).map_err(|error| error.to_string())?);
        headers.insert("user-agent", HeaderValue::from_static(concat!("bowline/", env!("CARGO_PKG_VERSION"))));
    }
    let request = request.body(Full::new(ask.body.clone())).map_err(|error| error.to_string())?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, LONGEST).collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok(Answer { status: head.status, headers: head.headers, body })
    };
    tokio::pin!(exchange);
    // The connection is driven here and nowhere else, so nothing is left of it when this ends.
    tokio::select! {
        answer = &mut exchange => answer,
        ended = connection => match ended {
            Ok(()) => exchange.await,
            Err(error) => Err(error.to_string()),
        },
    }
}

/// Bytes both ways.
trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}
