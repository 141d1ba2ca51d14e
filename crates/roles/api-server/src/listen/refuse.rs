//! What a client is told that speaks TLS to a port that does not.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 57\r\n\r\nthis port speaks HTTP in clear; use http:// or --plaintext";
/// How long what the client still sends is read: closing while something is unread would take the answer away from it.
const LINGER: Duration = Duration::from_millis(250);

/// Answers a TLS hello at once with what is no TLS, so that the client knows, and closes.
pub(crate) async fn refuse_tls(mut stream: TcpStream) {
    if stream.write_all(ANSWER).await.is_err() || stream.shutdown().await.is_err() {
        return;
    }
    let rest = async {
        let mut buffer = [0; 1024];
        while matches!(stream.read(&mut buffer).await, Ok(n) if n > 0) {}
    };
    let _ = tokio::time::timeout(LINGER, rest).await;
}
