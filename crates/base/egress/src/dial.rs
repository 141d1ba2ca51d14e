//! Sockets: direct or through a proxy, plain or TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::Proxy;
use crate::error::chain;

/// Bytes both ways, over whatever lies between.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection to a host, through a proxy where one is given. The error says what failed.
pub async fn dial(host: &str, port: u16, proxy: Option<&Proxy>) -> Result<Box<dyn Io>, String> {
    match proxy {
        None => Ok(Box::new(tcp(host, port).await?)),
        Some(proxy) => proxy.open(host, port).await.map_err(|e| format!("proxy {}: {e}", proxy.host())),
    }
}

pub(crate) async fn tcp(host: &str, port: u16) -> Result<TcpStream, String> {
    ready(TcpStream::connect((host, port)).await)
}

/// A connection to the first of some addresses that answers.
pub(crate) async fn tcp_to(addresses: &[SocketAddr]) -> Result<TcpStream, String> {
    ready(TcpStream::connect(addresses).await)
}

fn ready(stream: std::io::Result<TcpStream>) -> Result<TcpStream, String> {
    let stream = stream.map_err(|e| e.to_string())?;
    // Requests are small and must not wait for more of them.
    stream.set_nodelay(true).map_err(|e| e.to_string())?;
    Ok(stream)
}

/// Speaks TLS on a connection; `name` is what the server's certificate must carry.
pub async fn handshake(
    io: Box<dyn Io>,
    config: impl Into<Arc<rustls::ClientConfig>>,
    name: &str,
) -> Result<tokio_rustls::client::TlsStream<Box<dyn Io>>, String> {
    let name = ServerName::try_from(name.to_string()).map_err(|e| format!("{name:?} is no server name: {e}"))?;
    TlsConnector::from(config.into()).connect(name, io).await.map_err(|e| format!("TLS: {}", chain(&e)))
}
