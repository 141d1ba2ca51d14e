//! Sockets: direct or through a proxy, plain or TLS.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_value::Sensitive;
use hyper::Uri;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::error::chain;
use crate::tls;
use crate::{Config, Tls};

/// A proxy's answer to CONNECT is a status line and some headers.
const PROXY_ANSWER: usize = 16 << 10;

/// Bytes both ways, over whatever lies between.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection and whether HTTP/2 is spoken on it.
pub(crate) struct Dialed {
    pub(crate) io: Box<dyn Io>,
    pub(crate) h2: bool,
}

/// What a configuration says of connections, checked.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) https: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Before `/api`, without a slash at its end.
    pub(crate) prefix: String,
    tls: Tls,
    proxy: Option<Proxy>,
    h2_plain: bool,
}

#[derive(Clone, Debug)]
struct Proxy {
    kind: ProxyKind,
    host: String,
    port: u16,
    user: Option<(String, Sensitive<String>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProxyKind {
    Http,
    Https,
    Socks5,
}

// === impl Target ===

impl Target {
    /// Checks a configuration. Errors say what is wrong and what to do.
    pub(crate) fn new(config: &Config) -> Result<Target, String> {
        let uri: Uri =
            config.server.parse().map_err(|e| format!("the server is no URL ({e}): write https://HOST:PORT"))?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("the server must start with https:// or http://".into()),
        };
        let host = host(&uri).ok_or("the server's URL has no host")?;
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        let proxy = config.proxy.as_deref().filter(|p| !p.is_empty()).map(Proxy::parse).transpose()?;
        let target = Target {
            https,
            host,
            port,
            prefix: uri.path().trim_end_matches('/').to_string(),
            tls: config.tls.clone(),
            proxy,
            h2_plain: config.http2_prior_knowledge,
        };
        if https {
            // Certificates that cannot be used are told now, not at the first request.
            tls::client_config(&target.tls, None, &[])?;
        }
        Ok(target)
    }

    /// `host:port` as it stands in requests.
    pub(crate) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.https, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// Opens a connection; `identity` (certificates, key; PEM) takes the place of the configured client certificate.
    pub(crate) async fn dial(&self, identity: Option<(&[u8], &[u8])>) -> Result<Dialed, String> {
        let io: Box<dyn Io> = match &self.proxy {
            None => Box::new(tcp(&self.host, self.port).await?),
            Some(proxy) => proxy.open(&self.host, self.port).await.map_err(|e| format!("proxy {}: {e}", proxy.host))?,
        };
        if !self.https {
            return Ok(Dialed { io, h2: self.h2_plain });
        }
        let config = tls::client_config(&self.tls, identity, &[b"h2", b"http/1.1"])?;
        let name = self.tls.server_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.host);
        let stream = handshake(io, config, name).await?;
        let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok(Dialed { io: Box::new(stream), h2 })
    }
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, String> {
    let stream = TcpStream::connect((host, port)).await.map_err(|e| e.to_string())?;
    // Requests are small and must not wait for more of them.
    stream.set_nodelay(true).map_err(|e| e.to_string())?;
    Ok(stream)
}

async fn handshake(
    io: Box<dyn Io>,
    config: rustls::ClientConfig,
    name: &str,
) -> Result<tokio_rustls::client::TlsStream<Box<dyn Io>>, String> {
    let name = ServerName::try_from(name.to_string()).map_err(|e| format!("{name:?} is no server name: {e}"))?;
    TlsConnector::from(Arc::new(config)).connect(name, io).await.map_err(|e| format!("TLS: {}", chain(&e)))
}

fn host(uri: &Uri) -> Option<String> {
    // The address of an IPv6 host stands in brackets in a URL and without them everywhere else.
    Some(uri.host()?.trim_start_matches('[').trim_end_matches(']').to_string()).filter(|host| !host.is_empty())
}

// === impl Proxy ===

impl Proxy {
    fn parse(text: &str) -> Result<Proxy, String> {
        // Its text may hold a password, so no message repeats it.
        let uri: Uri = text.parse().map_err(|_| "the proxy is no URL: write http://HOST:PORT")?;
        let (kind, port) = match uri.scheme_str() {
            Some("http") => (ProxyKind::Http, 80),
            Some("https") => (ProxyKind::Https, 443),
            Some("socks5") => (ProxyKind::Socks5, 1080),
            _ => return Err("the proxy must start with http://, https:// or socks5://".into()),
        };
        let user = uri.authority().and_then(|a| a.as_str().rsplit_once('@')).map(|(user, _)| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            (percent_decode(name), Sensitive::new(percent_decode(password)))
        });
        let host = host(&uri).ok_or("the proxy's URL has no host")?;
        Ok(Proxy { kind, host, port: uri.port_u16().unwrap_or(port), user })
    }

    async fn open(&self, host: &str, port: u16) -> Result<Box<dyn Io>, String> {
        let tcp = tcp(&self.host, self.port).await?;
        let mut io: Box<dyn Io> = match self.kind {
            ProxyKind::Http | ProxyKind::Socks5 => Box::new(tcp),
            ProxyKind::Https => {
                let config = tls::client_config(&Tls::default(), None, &[b"http/1.1"])?;
                Box::new(handshake(Box::new(tcp), config, &self.host).await?)
            }
        };
        match self.kind {
            ProxyKind::Socks5 => self.socks5(&mut io, host, port).await.map_err(|e| e.to_string())?,
            _ => self.connect(&mut io, host, port).await.map_err(|e| e.to_string())?,
        }
        Ok(io)
    }

    async fn connect(&self, io: &mut Box<dyn Io>, host: &str, port: u16) -> io::Result<()> {
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
        let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some((name, password)) = &self.user {
            let user = STANDARD.encode(format!("{name}:{}", password.expose()));
            request.push_str(&format!("Proxy-Authorization: Basic {user}\r\n"));
        }
        request.push_str("\r\n");
        io.write_all(request.as_bytes()).await?;
        // Read byte by byte: what follows the empty line belongs to the server behind it.
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            if answer.len() >= PROXY_ANSWER {
                return Err(io::Error::other("its answer to CONNECT has no end"));
            }
            answer.push(io.read_u8().await?);
        }
        let line = String::from_utf8_lossy(&answer);
        let line = line.lines().next().unwrap_or_default();
        match line.split(' ').nth(1) {
            Some(code) if code.starts_with('2') => Ok(()),
            _ => Err(io::Error::other(format!("it answered {line:?}"))),
        }
    }

    async fn socks5(&self, io: &mut Box<dyn Io>, host: &str, port: u16) -> io::Result<()> {
        // RFC 1928 and RFC 1929.
        let method = if self.user.is_some() { 2 } else { 0 };
        io.write_all(&[5, 1, method]).await?;
        let mut chosen = [0; 2];
        io.read_exact(&mut chosen).await?;
        if chosen != [5, method] {
            return Err(io::Error::other("it accepts no way of ours to log in"));
        }
        let short =
            |text: &str| u8::try_from(text.len()).map_err(|_| io::Error::other("a name is longer than 255 bytes"));
        if let Some((name, password)) = &self.user {
            let password = password.expose();
            let mut login = vec![1, short(name)?];
            login.extend(name.as_bytes());
            login.push(short(password)?);
            login.extend(password.as_bytes());
            io.write_all(&login).await?;
            io.read_exact(&mut chosen).await?;
            if chosen[1] != 0 {
                return Err(io::Error::other("it refused user and password"));
            }
        }
        // Names are resolved there, addresses are names too.
        let mut request = vec![5, 1, 0, 3, short(host)?];
        request.extend(host.as_bytes());
        request.extend(port.to_be_bytes());
        io.write_all(&request).await?;
        let mut head = [0; 4];
        io.read_exact(&mut head).await?;
        if head[1] != 0 {
            return Err(io::Error::other(format!("it cannot reach {host}:{port} (SOCKS error {})", head[1])));
        }
        let rest = match head[3] {
            1 => 4,
            4 => 16,
            _ => usize::from(io.read_u8().await?),
        };
        let mut bound = vec![0; rest + 2];
        io.read_exact(&mut bound).await?;
        Ok(())
    }
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes.get(i + 1..i + 3).and_then(|h| std::str::from_utf8(h).ok());
        match (bytes[i], hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 3;
            }
            (byte, _) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(server: &str, proxy: Option<&str>) -> Result<Target, String> {
        Target::new(&Config { server: server.into(), proxy: proxy.map(String::from), ..Config::default() })
    }

    #[test]
    fn servers_are_urls() {
        let target = check("http://[::1]:8001/k8s/c-1/", None).unwrap();
        assert_eq!((target.host.as_str(), target.port, target.prefix.as_str()), ("::1", 8001, "/k8s/c-1"));
        assert_eq!(target.authority(), "[::1]:8001");
        assert_eq!(check("https://x", None).unwrap().authority(), "x");
        for bad in ["x:6443", "ftp://x", "", "https://"] {
            assert!(check(bad, None).is_err(), "{bad}");
        }
    }

    #[test]
    fn proxies_are_urls_and_their_passwords_are_not_told() {
        let proxy = check("https://x", Some("socks5://u%40x:p%3A@h")).unwrap().proxy.unwrap();
        assert_eq!((proxy.kind, proxy.host.as_str(), proxy.port), (ProxyKind::Socks5, "h", 1080));
        assert_eq!(proxy.user.as_ref().map(|(u, p)| (u.as_str(), p.expose().as_str())), Some(("u@x", "p:")));
        assert!(!format!("{proxy:?}").contains("p:\""));
        let error = check("https://x", Some("ftp://u:hidden@h")).unwrap_err();
        assert!(error.contains("socks5://") && !error.contains("hidden"), "{error}");
    }

    #[tokio::test]
    async fn connects_through_an_http_proxy() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = check("http://far:81", Some(&format!("http://u:p@127.0.0.1:{port}"))).unwrap();
        let proxy = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 1000];
            let n = stream.read(&mut request).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 ok\r\n\r\nhello").await.unwrap();
            String::from_utf8_lossy(&request[..n]).into_owned()
        };
        let (dialed, request) = tokio::join!(target.dial(None), proxy);
        assert_eq!(request, "CONNECT far:81 HTTP/1.1\r\nHost: far:81\r\nProxy-Authorization: Basic dTpw\r\n\r\n");
        let mut hello = [0; 5];
        dialed.unwrap().io.read_exact(&mut hello).await.unwrap();
        assert_eq!(&hello, b"hello");
    }

    #[tokio::test]
    async fn connects_through_a_socks_proxy() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = check("http://far:81", Some(&format!("socks5://u:p@127.0.0.1:{port}"))).unwrap();
        let proxy = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            for (expect, answer) in [(3, &[5, 2][..]), (5, &[1, 0]), (10, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])] {
                let mut request = vec![0; expect];
                stream.read_exact(&mut request).await.unwrap();
                seen.push(request);
                stream.write_all(answer).await.unwrap();
            }
            seen
        };
        let (dialed, seen) = tokio::join!(target.dial(None), proxy);
        dialed.unwrap();
        assert_eq!(
            seen,
            [b"\x05\x01\x02".to_vec(), b"\x01\x01u\x01p".to_vec(), b"\x05\x01\x00\x03\x03far\x00\x51".to_vec()]
        );
    }
}
