//! Lines of a body that does not end.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use crate::Error;
use crate::error::chain;
use crate::pool::Lease;

/// An object in etcd has 1.5 MiB at most; in JSON and with managed fields it may be several times that.
const LINE: usize = 32 << 20;

/// A body as lines, each as it comes.
pub(crate) struct Lines {
    body: Incoming,
    /// Held until the body is done with.
    _lease: Lease,
    buffer: BytesMut,
    /// How much of the buffer holds no end of line.
    seen: usize,
    server: String,
    what: String,
}

// === impl Lines ===

impl Lines {
    pub(crate) fn new(body: Incoming, lease: Lease, server: String, what: String) -> Lines {
        Lines { body, _lease: lease, buffer: BytesMut::new(), seen: 0, server, what }
    }

    /// What follows the last end of a line, after the body has ended; `None` where that is nothing.
    pub(crate) fn rest(&mut self) -> Option<Bytes> {
        self.seen = 0;
        let rest = self.buffer.split().freeze();
        (!rest.is_empty()).then_some(rest)
    }

    /// The next line without its end; `None` where the body ended well. It can be given up and called again.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if let Some(at) = self.buffer[self.seen..].iter().position(|b| *b == b'\n') {
                let line = self.buffer.split_to(self.seen + at + 1).freeze();
                self.seen = 0;
                return Ok(Some(line.slice(..line.len() - 1)));
            }
            self.seen = self.buffer.len();
            if self.seen > LINE {
                return Err(Error::TooLarge { what: self.what.clone(), limit: LINE });
            }
            match self.body.frame().await {
                // A line without its end is not whole: it comes again with what follows it.
                None => return Ok(None),
                Some(Ok(frame)) => {
                    let Ok(data) = frame.into_data() else { continue };
                    // Most lines come whole: then there is nothing to copy.
                    if self.buffer.is_empty() && data.ends_with(b"\n") && !data[..data.len() - 1].contains(&b'\n') {
                        return Ok(Some(data.slice(..data.len() - 1)));
                    }
                    self.buffer.extend_from_slice(&data);
                }
                Some(Err(error)) => {
                    return Err(Error::Broken { server: self.server.clone(), reason: chain(&error) });
                }
            }
        }
    }
}
