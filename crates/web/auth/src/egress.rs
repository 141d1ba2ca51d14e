//! [`Http`]: requests to identity providers, as a port, and [`Egress`], which sends them.

use std::fmt;
use std::time::Duration;

use bowline_base_egress::{self as client, Egress as Client, Follow, Proxies, Route, Tls, Url};
use bowline_core_ports::BoxFuture;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

/// How long a request may take, from its start to the end of its answer.
const DEADLINE: Duration = Duration::from_secs(30);
/// What an answer may have: keys and tokens are far below.
const LONGEST: u64 = 1 << 20;
/// The type of a body whose headers tell none.
const PLAIN: &str = "application/octet-stream";

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

/// Sends requests over the network, as everything that goes out does: through the machine's proxies, bounded.
#[derive(Clone, Debug)]
pub struct Egress {
    client: Client,
    proxies: Proxies,
}

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

impl Egress {
    /// Over this client, through the machine's `proxies`. Who runs the installation names the identity provider, so its client must
    /// let every host through.
    pub fn new(client: Client, proxies: Proxies) -> Egress {
        Egress { client, proxies }
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, String> {
        let url = Url::parse(&ask.url).map_err(|error| error.to_string())?;
        let tls = ask.trust.tls();
        let route = |url: &Url| Route { tls: tls.clone(), proxy: self.proxies.for_url(url).cloned() };
        let mut request = client::Ask::get(url, &route);
        request.method = ask.method;
        // Headers carry credentials, which are meant for this host alone.
        request.follow = if ask.follows { Follow::SameOrigin } else { Follow::Nowhere };
        request.headers = ask.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        request.body = (!ask.body.is_empty()).then_some((PLAIN, ask.body));
        request.deadline = DEADLINE;
        let mut reply = self.client.send(request).await.map_err(|error| error.to_string())?;
        let (status, headers) = (reply.status, std::mem::take(&mut reply.headers));
        let body = reply.bytes(LONGEST).await.map_err(|error| error.to_string())?;
        Ok(Answer { status, headers, body: body.into() })
    }
}

impl Http for Egress {
    fn send(&self, ask: Ask) -> BoxFuture<'_, Result<Answer, HttpError>> {
        Box::pin(async move {
            let what = format!("{} {}", ask.method, ask.url.split('?').next().unwrap_or_default());
            self.ask(ask).await.map_err(|reason| HttpError(format!("{what}: {reason}")))
        })
    }
}

// === impl Trust ===

impl Trust {
    fn tls(&self) -> Tls {
        match self {
            Trust::System => Tls::default(),
            Trust::Authorities(pem) => Tls { ca: Some(pem.clone().into_bytes()), ..Tls::default() },
            Trust::Exactly(pem) => Tls { only: Some(pem.clone().into_bytes()), ..Tls::default() },
            Trust::Any => Tls { insecure: true, ..Tls::default() },
        }
    }
}
