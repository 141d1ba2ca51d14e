//! [`Server`]: where a server is and how a connection to it is made.

use std::time::Duration;

pub use bowline_base_egress::Tls;
use bowline_base_egress::{Io, client_config, dial, handshake};
use bowline_base_value::Sensitive;

/// How long a connection may take to open.
const DIAL: Duration = Duration::from_secs(30);
/// The port where none is named.
const PORT: u16 = 443;

/// A server, how it is reached, and what every call carries.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// `host`, `host:port` or `[address]:port`; `https://` or `http://` in front is passed over.
    pub address: String,
    /// Speaks in clear, without TLS.
    pub plaintext: bool,
    /// Certificates: which ones are believed, and our own.
    pub tls: Tls,
    /// Speaks gRPC-web.
    pub grpc_web: bool,
    /// Path that the server's API stands under, as a proxy has it; gRPC-web only.
    pub root_path: String,
    /// The token of whoever is logged in; empty for nobody.
    pub token: Sensitive<String>,
    /// Further headers of every call, `Name: value`.
    pub headers: Vec<String>,
    /// What the program calls itself.
    pub agent: String,
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The address is none.
    #[error("{0:?} is no address of a server: write HOST or HOST:PORT")]
    Address(String),
    /// The host cannot be reached.
    #[error("cannot connect to {address}: {reason}")]
    Connect {
        /// Where to.
        address: String,
        /// What failed.
        reason: String,
    },
    /// The host was reached, and TLS failed.
    #[error("{address}: {reason}")]
    Tls {
        /// Where to.
        address: String,
        /// What failed.
        reason: String,
    },
    /// What answered speaks no HTTP/2.
    #[error("{0} does not speak HTTP/2, which gRPC needs")]
    NoHttp2(String),
}

/// What [`test_tls`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsTest {
    /// TLS with a certificate that is believed.
    Good,
    /// TLS with a certificate that is not believed, because of this.
    Untrusted(String),
    /// No TLS.
    Clear,
}

// === impl Server ===

impl Server {
    /// Host and port.
    pub fn host_and_port(&self) -> Result<(String, u16), DialError> {
        let bad = || DialError::Address(self.address.clone());
        let text = self.address.trim();
        let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        let text = text.trim_end_matches('/');
        if text.is_empty() || text.contains(['/', '@', '?', '#']) || text.chars().any(char::is_whitespace) {
            return Err(bad());
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (host, rest) = rest.split_once(']').ok_or_else(bad)?;
            return match rest.strip_prefix(':') {
                None if rest.is_empty() => Ok((host.to_string(), PORT)),
                Some(port) => Ok((host.to_string(), port.parse().map_err(|_| bad())?)),
                None => Err(bad()),
            };
        }
        match text.split_once(':') {
            None => Ok((text.to_string(), PORT)),
            Some(("", _)) => Err(bad()),
            Some((host, port)) => Ok((host.to_string(), port.parse().map_err(|_| bad())?)),
        }
    }

    /// Host and port as a request names them.
    pub fn authority(&self) -> Result<String, DialError> {
        let (host, port) = self.host_and_port()?;
        Ok(if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") })
    }

    /// A connection that speaks `protocol` (`h2` or `http/1.1`), with TLS unless the server is to be spoken to in clear.
    pub(crate) async fn open(&self, protocol: &str) -> Result<Box<dyn Io>, DialError> {
        let address = self.authority()?;
        let io = self.socket().await?;
        if self.plaintext {
            return Ok(io);
        }
        let (host, _) = self.host_and_port()?;
        let tls = |reason: String| DialError::Tls { address: address.clone(), reason };
        let config = client_config(&self.tls, None, &[protocol.as_bytes()]).map_err(tls)?;
        let name = self.tls.server_name.as_deref().unwrap_or(&host);
        let stream = match tokio::time::timeout(DIAL, handshake(io, config, name)).await {
            Ok(stream) => stream.map_err(tls)?,
            Err(_) => return Err(tls(format!("TLS: no answer within {} s", DIAL.as_secs()))),
        };
        // A server of HTTP/1.1 may pass over the question; one of HTTP/2 must answer it.
        let agreed = stream.get_ref().1.alpn_protocol() == Some(protocol.as_bytes());
        if protocol == "h2" && !agreed {
            return Err(DialError::NoHttp2(address));
        }
        Ok(Box::new(stream))
    }

    async fn socket(&self) -> Result<Box<dyn Io>, DialError> {
        let (host, port) = self.host_and_port()?;
        let address = self.authority()?;
        let failed = |reason: String| DialError::Connect { address: address.clone(), reason };
        match tokio::time::timeout(DIAL, dial(&host, port, None)).await {
            Ok(io) => io.map_err(failed),
            Err(_) => Err(failed(format!("no answer within {} s", DIAL.as_secs()))),
        }
    }
}

/// Finds out whether a server speaks TLS, and whether its certificate is believed. Names the reason where it cannot be reached.
pub async fn test_tls(server: &Server) -> Result<TlsTest, DialError> {
    drop(server.socket().await?);
    let open = |insecure: bool| {
        let tls = Tls { insecure, ..server.tls.clone() };
        let server = Server { plaintext: false, tls, ..server.clone() };
        async move { server.open("h2").await }
    };
    match open(true).await {
        Err(DialError::Tls { .. }) => Ok(TlsTest::Clear),
        Err(DialError::NoHttp2(_)) | Ok(_) => match open(false).await {
            Err(DialError::Tls { reason, .. }) => Ok(TlsTest::Untrusted(reason)),
            _ => Ok(TlsTest::Good),
        },
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let at = |address: &str| Server { address: address.into(), ..Server::default() }.authority();
        for (address, want) in [
            ("argocd.example.com", "argocd.example.com:443"),
            ("https://argocd.example.com/", "argocd.example.com:443"),
            ("localhost:8080", "localhost:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("[::1]", "[::1]:443"),
        ] {
            assert_eq!(at(address).as_deref(), Ok(want), "{address}");
        }
        for address in ["", "a:b", "a/b", ":80", "[::1", "u@h", "a b"] {
            assert_eq!(at(address), Err(DialError::Address(address.into())));
        }
    }
}
