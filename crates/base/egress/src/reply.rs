//! [`Reply`]: an answer whose body is still to be read.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flate2::write::GzDecoder;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use hyper::{HeaderMap, Response, StatusCode};
use tokio::time::{Instant, timeout, timeout_at};

use crate::client::SILENCE;
use crate::error::chain;
use crate::{Error, Url};

/// Gives the connection back, once everything was read.
pub(crate) type Lease = Box<dyn FnOnce() + Send + Sync>;

/// What is read of an answer that nobody wants, so that its connection can go on.
const DRAINED: u64 = 64 << 10;

/// An answer of any status.
pub struct Reply {
    /// The URL that gave it, after all redirects.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: Incoming,
    gzip: bool,
    until: Instant,
    back: Lease,
}

// === impl Reply ===

impl Reply {
    pub(crate) fn new(url: Url, response: Response<Incoming>, gzip: bool, until: Instant, back: Lease) -> Reply {
        let (head, body) = response.into_parts();
        let encoding = head.headers.get(CONTENT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let gzip = gzip && encoding.eq_ignore_ascii_case("gzip");
        Reply { url, status: head.status, headers: head.headers, body, gzip, until, back }
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The whole body, of at most `limit` bytes.
    pub async fn bytes(self, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.each(limit, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })
        .await?;
        Ok(bytes)
    }

    /// Gives the body piece by piece, at most `limit` bytes of it; how many there were.
    pub async fn each(self, limit: u64, sink: impl FnMut(&[u8]) -> std::io::Result<()> + Send) -> Result<u64, Error> {
        let Reply { url, mut body, gzip, until, back, headers, .. } = self;
        let url = url.to_string();
        let too_large = || Error::TooLarge { url: url.clone(), limit };
        let announced = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
        if !gzip && announced.is_some_and(|announced| announced > limit) {
            return Err(too_large());
        }
        let mut out = Out::new(gzip, Counted { sink, left: limit, over: false });
        loop {
            let frame = match timeout_at(until.min(Instant::now() + SILENCE), body.frame()).await {
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(error))) => return Err(Error::Broken { url, reason: chain(&error) }),
                Ok(None) => break,
                Err(_) => return Err(Error::Timeout { url, after: SILENCE }),
            };
            let Some(piece) = frame.data_ref() else { continue };
            if let Err(error) = out.write(piece) {
                return Err(match out.counted().over {
                    true => too_large(),
                    false if gzip && error.kind() == std::io::ErrorKind::InvalidInput => {
                        Error::Encoding { url, reason: error.to_string() }
                    }
                    false => Error::Sink { url, reason: error.to_string() },
                });
            }
        }
        if let Err(error) = out.finish() {
            return Err(match out.counted().over {
                true => too_large(),
                false => Error::Encoding { url, reason: error.to_string() },
            });
        }
        back();
        Ok(limit - out.counted().left)
    }

    /// The next piece of the body as it was sent, compressed where it is; `None` at its end. `silence` is how long it may take to
    /// come; the deadline of the request is not looked at, for there are bodies that never end.
    pub async fn piece(&mut self, silence: Duration) -> Result<Option<Bytes>, Error> {
        loop {
            let url = || self.url.to_string();
            match timeout(silence, self.body.frame()).await {
                Ok(None) => return Ok(None),
                Ok(Some(Ok(frame))) => {
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
                Ok(Some(Err(error))) => return Err(Error::Broken { url: url(), reason: chain(&error) }),
                Err(_) => return Err(Error::Timeout { url: url(), after: silence }),
            }
        }
    }

    /// Reads the rest where it is short, so that the connection can be used again.
    pub(crate) async fn drain(self) {
        let _ = self.each(DRAINED, |_| Ok(())).await;
    }
}

/// Passes on a number of bytes.
struct Counted<F> {
    sink: F,
    left: u64,
    over: bool,
}

enum Out<F: FnMut(&[u8]) -> std::io::Result<()>> {
    Plain(Counted<F>),
    Gzip(Box<GzDecoder<Counted<F>>>),
}

impl<F: FnMut(&[u8]) -> std::io::Result<()>> Write for Counted<F> {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        let size = piece.len() as u64;
        if size > self.left {
            self.over = true;
            return Err(std::io::Error::other("more than the limit"));
        }
        (self.sink)(piece)?;
        self.left -= size;
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

// === impl Out ===

impl<F: FnMut(&[u8]) -> std::io::Result<()>> Out<F> {
    fn new(gzip: bool, counted: Counted<F>) -> Out<F> {
        if gzip { Out::Gzip(Box::new(GzDecoder::new(counted))) } else { Out::Plain(counted) }
    }

    fn write(&mut self, piece: &[u8]) -> std::io::Result<()> {
        match self {
            Out::Plain(out) => out.write_all(piece),
            Out::Gzip(out) => out.write_all(piece),
        }
    }

    fn finish(&mut self) -> std::io::Result<()> {
        match self {
            Out::Plain(_) => Ok(()),
            Out::Gzip(out) => out.try_finish(),
        }
    }

    fn counted(&self) -> &Counted<F> {
        match self {
            Out::Plain(out) => out,
            Out::Gzip(out) => out.get_ref(),
        }
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("url", &self.url).field("status", &self.status).finish_non_exhaustive()
    }
}
