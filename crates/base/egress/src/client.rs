//! [`Egress`]: the HTTP client.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bowline_base_task::Tasks;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};

use crate::address::inward;
use crate::dial::{Io, handshake, tcp_to};
use crate::error::chain;
use crate::idle::{Idle, Sender};
use crate::reply::Lease;
use crate::tls::client_config;
use crate::{Error, Login, Proxy, Reply, Scheme, Tls, Url};

/// How long a connection may take to open.
const DIAL: Duration = Duration::from_secs(15);
/// How long an answer may take to begin, and to go on.
pub(crate) const SILENCE: Duration = Duration::from_secs(30);
/// How long a request may take with all its redirects and its body: 20 MB over a slow line.
const DEADLINE: Duration = Duration::from_secs(300);
/// Redirects that are followed, as many as Go's client follows.
const REDIRECTS: usize = 10;
/// Configurations of TLS that are kept: roots are long to read.
const CONFIGURATIONS: usize = 64;

/// The HTTP client. Clones share connections.
#[derive(Clone)]
pub struct Egress {
    inner: Arc<Inner>,
}

struct Inner {
    tasks: Tasks,
    agent: HeaderValue,
    allow: Box<dyn Fn(&Url) -> Reach + Send + Sync>,
    idle: Idle,
    configurations: Mutex<Vec<(Tls, Arc<rustls::ClientConfig>)>>,
}

/// How far a URL may lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To any address: somebody who runs the installation named this host.
    Anywhere,
    /// To any address but this machine's, link-local ones and the metadata services of clouds.
    Outward,
    /// Nowhere, because of this.
    Nowhere(String),
}

/// How a host is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// How it proves who it is, and we who we are.
    pub tls: Tls,
    /// What stands between.
    pub proxy: Option<Proxy>,
}

/// Where redirects may lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Follow {
    /// Wherever the allow-list lets them.
    #[default]
    Anywhere,
    /// To the same origin; another one is an error.
    SameOrigin,
    /// Nowhere: a redirect is the answer.
    Nowhere,
}

/// A request.
pub struct Ask<'a> {
    /// The method; redirects are followed for GET and HEAD.
    pub method: Method,
    /// Where redirects may lead.
    pub follow: Follow,
    /// Where to.
    pub url: Url,
    /// What is accepted.
    pub accept: &'a str,
    /// Further headers; they go along wherever redirects lead, so no credentials may be among them unless that is nowhere else.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// A body with its type.
    pub body: Option<(&'static str, Bytes)>,
    /// Who we are, at that login's own origin.
    pub login: Option<&'a Login>,
    /// How each host on the way is reached.
    pub route: &'a (dyn Fn(&Url) -> Route + Send + Sync),
    /// Whether the answer may come compressed; it is decompressed as it is read.
    pub gzip: bool,
    /// How long a connection may take to open.
    pub dial: Duration,
    /// How long it may take altogether.
    pub deadline: Duration,
}

// === impl Ask ===

impl<'a> Ask<'a> {
    /// A GET of anything.
    pub fn get(url: Url, route: &'a (dyn Fn(&Url) -> Route + Send + Sync)) -> Ask<'a> {
        Ask {
            method: Method::GET,
            follow: Follow::default(),
            url,
            accept: "*/*",
            headers: Vec::new(),
            body: None,
            login: None,
            route,
            gzip: false,
            dial: DIAL,
            deadline: DEADLINE,
        }
    }
}

// === impl Egress ===

impl Egress {
    /// A client that calls itself `agent` (letters that no header can hold are left out). `allow` says of each URL, redirects too,
    /// how far it may lead. Connections are `tasks`'.
    pub fn new(tasks: Tasks, agent: &str, allow: impl Fn(&Url) -> Reach + Send + Sync + 'static) -> Egress {
        let agent: String = agent.chars().filter(|c| (' '..='~').contains(c)).collect();
        let agent = HeaderValue::try_from(agent).expect("because only printable ASCII was kept");
        let allow = Box::new(allow);
        let inner = Inner { tasks, agent, allow, idle: Idle::default(), configurations: Mutex::default() };
        Egress { inner: Arc::new(inner) }
    }

    /// Sends a request, follows redirects, and gives the answer of any status; its body is still to be read.
    pub async fn send(&self, mut ask: Ask<'_>) -> Result<Reply, Error> {
        let until = Instant::now() + ask.deadline;
        let asked = ask.url.to_string();
        for _ in 0..=REDIRECTS {
            let reply = self.hop(&ask, until).await?;
            let reads = matches!(ask.method, Method::GET | Method::HEAD) && ask.follow != Follow::Nowhere;
            let follows = reads && reply.status.is_redirection();
            let Some(to) = reply.headers.get(header::LOCATION).filter(|_| follows && is_redirect(reply.status)) else {
                return Ok(reply);
            };
            let refused = |reason: String| Error::Refused { url: ask.url.to_string(), reason };
            let to = to.to_str().map_err(|_| refused("its redirect is no URL".to_string()))?;
            let to = ask.url.join(to).map_err(|e| refused(format!("its redirect cannot be followed: {e}")))?;
            if ask.url.origin().scheme == Scheme::Https && to.origin().scheme == Scheme::Http {
                return Err(refused(format!("it redirects to {to}, which is not encrypted")));
            }
            if ask.follow == Follow::SameOrigin && to.origin() != ask.url.origin() {
                return Err(refused(format!("it is sent on to another host ({to}): configure that one")));
            }
            // User and password in a redirect are not ours.
            ask.url = to.without_user();
            reply.drain().await;
        }
        Err(Error::Redirects { url: asked, limit: REDIRECTS })
    }

    async fn hop(&self, ask: &Ask<'_>, until: Instant) -> Result<Reply, Error> {
        let origin = ask.url.origin();
        let route = (ask.route)(&ask.url);
        let reach = (self.inner.allow)(&ask.url);
        if let Reach::Nowhere(reason) = reach {
            return Err(Error::Refused { url: ask.url.to_string(), reason });
        }
        let forward = route.proxy.as_ref().filter(|p| origin.scheme == Scheme::Http && p.forwards());
        // One that waited may be closed meanwhile; then another one is opened. What may have done something is not sent again, and
        // so not over one that waited.
        let reads = matches!(ask.method, Method::GET | Method::HEAD);
        let waited = if reads { self.inner.idle.take(origin, &route) } else { None };
        if let Some(sender) = waited
            && let Ok((response, sender)) = self.exchange(ask, sender, forward, until).await
        {
            return Ok(self.reply(ask, response, sender, route, until));
        }
        let sender = match timeout_at(until.min(Instant::now() + ask.dial), self.open(&ask.url, &route, &reach)).await {
            Ok(opened) => opened?,
            Err(_) => {
                let reason = format!("not open after {} s", ask.dial.as_secs_f64());
                return Err(Error::Connect { host: origin.to_string(), reason });
            }
        };
        let (response, sender) = self.exchange(ask, sender, forward, until).await?;
        Ok(self.reply(ask, response, sender, route, until))
    }

    fn reply(
        &self,
        ask: &Ask<'_>,
        response: Response<Incoming>,
        sender: Sender,
        route: Route,
        until: Instant,
    ) -> Reply {
        let egress = self.clone();
        let origin = ask.url.origin().clone();
        let back: Lease = Box::new(move || egress.inner.idle.put(origin, route, sender));
        Reply::new(ask.url.clone(), response, ask.gzip, until, back)
    }

    async fn exchange(
        &self,
        ask: &Ask<'_>,
        mut sender: Sender,
        forward: Option<&Proxy>,
        until: Instant,
    ) -> Result<(Response<Incoming>, Sender), Error> {
        let request = self.request(ask, forward)?;
        let url = || ask.url.to_string();
        let answer = async {
            sender.ready().await?;
            sender.send_request(request).await
        };
        match timeout_at(until.min(Instant::now() + SILENCE), answer).await {
            Ok(Ok(response)) => Ok((response, sender)),
            Ok(Err(error)) => Err(Error::Broken { url: url(), reason: chain(&error) }),
            Err(_) => Err(Error::Timeout { url: url(), after: SILENCE.min(ask.deadline) }),
        }
    }

    fn request(&self, ask: &Ask<'_>, forward: Option<&Proxy>) -> Result<Request<Full<Bytes>>, Error> {
        let origin = ask.url.origin();
        let invalid = |reason: String| Error::Refused { url: ask.url.to_string(), reason };
        let target = match forward {
            // A proxy is told where to; behind a tunnel, and without one, the server knows who it is.
            Some(_) => format!("{origin}{}", ask.url.target()),
            None => ask.url.target(),
        };
        let mut request = Request::new(Full::new(Bytes::new()));
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = target.parse().map_err(|e| invalid(format!("it cannot be asked for: {e}")))?;
        let headers = request.headers_mut();
        let value =
            |text: &str| HeaderValue::try_from(text).map_err(|e| invalid(format!("{text:?} is no header: {e}")));
        headers.insert(header::HOST, value(&origin.authority())?);
        headers.insert(header::USER_AGENT, self.inner.agent.clone());
        headers.insert(header::ACCEPT, value(ask.accept)?);
        let encoding = if ask.gzip { "gzip" } else { "identity" };
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding));
        if let Some((kind, _)) = &ask.body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, value) in &ask.headers {
            headers.insert(name.clone(), value.clone());
        }
        if let Some(authorization) = ask.login.and_then(|login| login.header_for(origin)) {
            headers.insert(header::AUTHORIZATION, authorization);
        }
        if let Some(authorization) = forward.and_then(Proxy::authorization) {
            let mut authorization = value(&authorization)?;
            authorization.set_sensitive(true);
            headers.insert(header::PROXY_AUTHORIZATION, authorization);
        }
        if let Some((_, body)) = &ask.body {
            *request.body_mut() = Full::new(body.clone());
        }
        Ok(request)
    }

    async fn open(&self, url: &Url, route: &Route, reach: &Reach) -> Result<Sender, Error> {
        let origin = url.origin();
        let failed = |reason: String| Error::Connect { host: origin.to_string(), reason };
        let io: Box<dyn Io> = match &route.proxy {
            None => Box::new(tcp_to(&addresses(url, reach).await?).await.map_err(failed)?),
            Some(proxy) => {
                // Names are resolved by the proxy, which has rules of its own; an address is one already.
                if let (Reach::Outward, Ok(address)) = (reach, origin.host.parse()) {
                    refuse_inward(url, address)?;
                }
                let opened = match origin.scheme == Scheme::Http && proxy.forwards() {
                    true => proxy.reach().await,
                    false => proxy.open(&origin.host, origin.port).await,
                };
                opened.map_err(|e| failed(format!("proxy {}: {e}", proxy.host())))?
            }
        };
        let io = match origin.scheme {
            Scheme::Http => io,
            Scheme::Https => {
                let config = self.configuration(&route.tls).map_err(failed)?;
                let name = route.tls.server_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&origin.host);
                Box::new(handshake(io, config, name).await.map_err(failed)?)
            }
        };
        let (sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(|e| failed(chain(&e)))?;
        let cancel = self.inner.tasks.cancel_token().clone();
        self.inner.tasks.spawn(format!("connection to {origin}"), async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(error = chain(&error), "connection ended");
                },
                () = cancel.cancelled() => {}
            }
        });
        Ok(sender)
    }

    fn configuration(&self, tls: &Tls) -> Result<Arc<rustls::ClientConfig>, String> {
        let mut known = self.inner.configurations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, config)) = known.iter().find(|(key, _)| key == tls) {
            return Ok(config.clone());
        }
        let config = Arc::new(client_config(tls, None, &[b"http/1.1"])?);
        if known.len() >= CONFIGURATIONS {
            known.remove(0);
        }
        known.push((tls.clone(), config.clone()));
        Ok(config)
    }
}

/// The addresses of a URL's host that it may lead to. What is checked here is what is connected to.
async fn addresses(url: &Url, reach: &Reach) -> Result<Vec<SocketAddr>, Error> {
    let origin = url.origin();
    let failed = |reason: String| Error::Connect { host: origin.to_string(), reason };
    let found =
        tokio::net::lookup_host((origin.host.as_str(), origin.port)).await.map_err(|e| failed(e.to_string()))?;
    let found: Vec<SocketAddr> = found.collect();
    if *reach == Reach::Outward {
        for address in &found {
            refuse_inward(url, address.ip())?;
        }
    }
    if found.is_empty() { Err(failed("the name has no address".to_string())) } else { Ok(found) }
}

fn refuse_inward(url: &Url, address: IpAddr) -> Result<(), Error> {
    let Some(what) = inward(address) else { return Ok(()) };
    let reason = format!("{address} is {what}: it is reached only where a repository Secret names this host");
    Err(Error::Refused { url: url.to_string(), reason })
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

impl std::fmt::Debug for Egress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Egress").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
