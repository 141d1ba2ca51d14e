//! One request: sent, answered whole or refused.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode, Uri};
use serde::de::DeserializeOwned;

use super::Client;
use crate::auth::Credential;
use crate::error::chain;
use crate::pool::Lease;
use crate::{Error, Status};

/// How long a request may take from its start to the end of its answer; watches excepted.
const DEADLINE: Duration = Duration::from_secs(60);
/// What an answer may hold. A page of 500 large objects and the OpenAPI of a large group are well below.
const BODY: usize = 128 << 20;
/// How often a request is sent that never left because its connection had just ended.
const ATTEMPTS: u32 = 3;

/// One request before it has a connection.
pub(super) struct Ask<'a> {
    pub method: Method,
    /// Path and query.
    pub path: &'a str,
    pub accept: &'static str,
    pub body: Option<(&'static str, Bytes)>,
}

// === impl Client ===

impl Client {
    pub(super) async fn in_time<T>(
        &self,
        ask: &Ask<'_>,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        match tokio::time::timeout(DEADLINE, work).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout { server: self.inner.server.to_string(), what: ask.what(), after: DEADLINE }),
        }
    }

    /// The whole answer, where it is a success.
    pub(super) async fn whole(&self, ask: &Ask<'_>) -> Result<(Response<()>, Bytes), Error> {
        self.in_time(ask, async {
            let mut again = true;
            loop {
                let (mut lease, response) = self.send(ask).await?;
                if !response.status().is_success() {
                    return Err(self.refusal(ask, lease, response).await);
                }
                let (head, body) = response.into_parts();
                match read(body).await {
                    Ok(body) => {
                        lease.complete();
                        return Ok((Response::from_parts(head, ()), body));
                    }
                    Err(ReadError::TooLarge) => return Err(Error::TooLarge { what: ask.what(), limit: BODY }),
                    // Reading can be repeated without harm; a server that stops breaks off what it is sending.
                    Err(ReadError::Broken(_)) if again && ask.method == Method::GET => again = false,
                    Err(ReadError::Broken(reason)) => return Err(self.broken(reason)),
                }
            }
        })
        .await
    }

    fn broken(&self, reason: String) -> Error {
        Error::Broken { server: self.inner.server.to_string(), reason }
    }

    /// Who we are now.
    pub(super) async fn credential(&self) -> Result<Credential, Error> {
        let found = self.inner.credentials.get().await;
        found.map_err(|reason| Error::Credentials { server: self.inner.server.to_string(), reason })
    }

    /// Sends a request until it has an answer of any status.
    pub(super) async fn send(&self, ask: &Ask<'_>) -> Result<(Lease, Response<Incoming>), Error> {
        let mut renewed = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let credential = self.credential().await?;
            let mut lease = self.inner.pool.lease(&credential).await?;
            let request = self.request(ask, &lease, credential.header.as_ref())?;
            match lease.send(request).await {
                Ok(response) if response.status() == StatusCode::UNAUTHORIZED && !renewed => {
                    renewed = true;
                    if !self.inner.credentials.refused().await {
                        return Ok((lease, response));
                    }
                }
                Ok(response) => return Ok((lease, response)),
                // What never left, or only reads, can be sent again.
                Err(unsent) if attempt < ATTEMPTS && (unsent.request.is_some() || ask.method == Method::GET) => {}
                Err(unsent) => return Err(self.broken(unsent.reason)),
            }
        }
    }

    fn request(
        &self,
        ask: &Ask<'_>,
        lease: &Lease,
        authorization: Option<&HeaderValue>,
    ) -> Result<Request<Full<Bytes>>, Error> {
        let target = self.inner.pool.target();
        let authority = target.authority();
        let uri = if lease.is_shared() {
            let scheme = if target.https { "https" } else { "http" };
            format!("{scheme}://{authority}{}{}", target.prefix, ask.path)
        } else {
            format!("{}{}", target.prefix, ask.path)
        };
        let uri: Uri = uri.parse().map_err(|e| Error::Config {
            server: self.inner.server.to_string(),
            reason: format!("{:?} is no path: {e}", ask.path),
        })?;
        let mut request = Request::new(Full::new(Bytes::new()));
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        self.mark(headers);
        headers.insert(ACCEPT, HeaderValue::from_static(ask.accept));
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        if !lease.is_shared() {
            let host = HeaderValue::try_from(authority).expect("because an authority is made of a URL's characters");
            headers.insert(HOST, host);
        }
        if let Some((content, body)) = &ask.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content));
            *request.body_mut() = Full::new(body.clone());
        }
        Ok(request)
    }

    /// Puts on what every request carries: whom we act as, and what we call ourselves.
    pub(super) fn mark(&self, headers: &mut HeaderMap) {
        headers.extend(self.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        headers.insert("user-agent", HeaderValue::from_static(concat!("bowline/", env!("CARGO_PKG_VERSION"))));
    }

    /// The error that an answer without success is.
    pub(super) async fn refusal(&self, ask: &Ask<'_>, mut lease: Lease, response: Response<Incoming>) -> Error {
        let (head, body) = response.into_parts();
        let body = match read(body).await {
            Ok(body) => {
                lease.complete();
                body
            }
            Err(_) => Bytes::new(),
        };
        self.refused(ask, &head, &body)
    }

    /// The error that an answer without success is, read.
    pub(super) fn refused(&self, ask: &Ask<'_>, head: &hyper::http::response::Parts, body: &[u8]) -> Error {
        let mut status: Status = serde_json::from_slice(body).unwrap_or_default();
        status.code = head.status.as_u16();
        if status.message.is_empty() {
            // Not the API server's own answer: a proxy's, or authentication's in front of it.
            let words: String = String::from_utf8_lossy(body).trim().chars().take(300).collect();
            status.message = format!("{} answered {} with {}: {words}", self.inner.server, ask.what(), head.status);
        }
        let seconds = head.headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse().ok());
        status.retry_after = seconds;
        Error::Status(Box::new(status))
    }
}

// === impl Ask ===

impl Ask<'_> {
    /// For messages: method and path.
    pub fn what(&self) -> String {
        format!("{} {}", self.method, self.path.split('?').next().unwrap_or_default())
    }

    pub fn decode<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, Error> {
        serde_json::from_slice(body).map_err(|e| {
            // Where a value is of another type than expected, serde quotes it, and it may be a secret.
            let reason = match e.classify() {
                serde_json::error::Category::Data => {
                    format!("a field has not the expected form at line {} column {}", e.line(), e.column())
                }
                _ => e.to_string(),
            };
            Error::Decode { what: self.what(), reason }
        })
    }
}

enum ReadError {
    TooLarge,
    Broken(String),
}

async fn read(body: Incoming) -> Result<Bytes, ReadError> {
    match Limited::new(body, BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(ReadError::TooLarge),
        Err(error) => Err(ReadError::Broken(chain(&*error))),
    }
}
