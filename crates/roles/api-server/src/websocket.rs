//! The beginning of a WebSocket (RFC 6455): a request of HTTP/1.1 that becomes one.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{CONNECTION, HeaderMap, HeaderValue, UPGRADE};
use hyper::upgrade::OnUpgrade;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::answer::text;

/// What the standard puts behind a client's key.
const MARK: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A WebSocket to a client.
pub(crate) type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// A connection that becomes a WebSocket once [`Offer::accept`]'s answer has been sent.
pub(crate) struct Offer {
    accept: HeaderValue,
    upgrade: OnUpgrade,
}

// === impl Offer ===

impl Offer {
    /// What a request offers, or the answer to one that is none.
    pub(crate) fn of(request: &mut Request<Body>) -> Result<Offer, Box<Response<Body>>> {
        let refused = |message: &'static str| Box::new(text(StatusCode::BAD_REQUEST, message));
        let headers = request.headers();
        if !has(headers, CONNECTION.as_str(), "upgrade") || !has(headers, UPGRADE.as_str(), "websocket") {
            return Err(refused("this is a WebSocket: the request does not ask for one\n"));
        }
        if !has(headers, "sec-websocket-version", "13") {
            let mut response = text(StatusCode::UPGRADE_REQUIRED, "this speaks version 13 of WebSocket\n");
            response.headers_mut().insert("sec-websocket-version", HeaderValue::from_static("13"));
            return Err(Box::new(response));
        }
        let Some(key) = headers.get("sec-websocket-key") else {
            return Err(refused("a WebSocket begins with Sec-WebSocket-Key\n"));
        };
        let digest = Sha1::new().chain_update(key.as_bytes()).chain_update(MARK.as_bytes()).finalize();
        let accept = HeaderValue::try_from(STANDARD.encode(digest)).expect("because base64 is ASCII");
        Ok(Offer { accept, upgrade: hyper::upgrade::on(request) })
    }

    /// The answer that accepts, and the socket once it is there. `longest` bounds a message, in bytes.
    pub(crate) fn accept(self, longest: usize) -> (Response<Body>, impl Future<Output = Option<Socket>> + Send) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert("sec-websocket-accept", self.accept);
        let bounds = WebSocketConfig::default().max_message_size(Some(longest)).max_frame_size(Some(longest));
        let socket = async move {
            let upgraded = self.upgrade.await.ok()?;
            Some(WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(bounds)).await)
        };
        (response, socket)
    }
}

/// Whether a header's list has a word.
fn has(headers: &HeaderMap, name: &str, word: &str) -> bool {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|found| found.trim().eq_ignore_ascii_case(word))
}
