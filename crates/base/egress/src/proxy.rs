//! [`Proxy`] and [`Proxies`]: what stands between us and the others, and for whom.

use std::io;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_value::Sensitive;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::dial::{Io, handshake, tcp};
use crate::tls::{Tls, client_config};
use crate::url::{Scheme, Url, host_and_port, percent_decode};

/// A proxy's answer to CONNECT is a status line and some headers.
const ANSWER: usize = 16 << 10;

/// `http://`, `https://` or `socks5://`, with `user:password@` where it asks for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    kind: Kind,
    host: String,
    port: u16,
    user: Option<(String, Sensitive<String>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Http,
    Https,
    Socks5,
}

/// Which proxy is for which URL, with the rules of Go's `httpproxy`: this machine is always reached directly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    direct: Vec<Direct>,
}

/// Whom no proxy is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Direct {
    All,
    /// An address and how many bits of it count.
    Network(IpAddr, u32),
    Domain {
        name: String,
        port: Option<u16>,
        itself: bool,
    },
}

// === impl Proxy ===

impl Proxy {
    /// Reads a proxy's URL.
    pub fn parse(text: &str) -> Result<Proxy, String> {
        // Its text may hold a password, so no message repeats it.
        let none = || "the proxy is no URL: write http://HOST:PORT".to_string();
        // As Go reads it: without a scheme it is an HTTP proxy.
        let (scheme, rest) = text.trim().split_once("://").unwrap_or(("http", text.trim()));
        let (kind, port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Kind::Http, 80),
            "https" => (Kind::Https, 443),
            "socks5" | "socks5h" => (Kind::Socks5, 1080),
            _ => return Err("the proxy must start with http://, https:// or socks5://".into()),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let user = user.map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            (percent_decode(name), Sensitive::new(percent_decode(password)))
        });
        let (host, named) = host_and_port(place).ok_or_else(none)?;
        Ok(Proxy { kind, host, port: named.unwrap_or(port), user })
    }

    /// Its host, for messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it takes requests for `http://` whole; else a tunnel is asked for.
    pub(crate) fn forwards(&self) -> bool {
        self.kind != Kind::Socks5
    }

    /// The value of `Proxy-Authorization`.
    pub(crate) fn authorization(&self) -> Option<String> {
        let (name, password) = self.user.as_ref()?;
        Some(format!("Basic {}", STANDARD.encode(format!("{name}:{}", password.expose()))))
    }

    /// A connection to the proxy itself.
    pub(crate) async fn reach(&self) -> Result<Box<dyn Io>, String> {
        let tcp = tcp(&self.host, self.port).await?;
        match self.kind {
            Kind::Http | Kind::Socks5 => Ok(Box::new(tcp)),
            Kind::Https => {
                let config = client_config(&Tls::default(), None, &[b"http/1.1"])?;
                Ok(Box::new(handshake(Box::new(tcp), config, &self.host).await?))
            }
        }
    }

    /// A connection through the proxy.
    pub async fn open(&self, host: &str, port: u16) -> Result<Box<dyn Io>, String> {
        let mut io = self.reach().await?;
        match self.kind {
            Kind::Socks5 => self.socks5(&mut io, host, port).await.map_err(|e| e.to_string())?,
            _ => self.connect(&mut io, host, port).await.map_err(|e| e.to_string())?,
        }
        Ok(io)
    }

    async fn connect(&self, io: &mut Box<dyn Io>, host: &str, port: u16) -> io::Result<()> {
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
        let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(authorization) = self.authorization() {
            request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        request.push_str("\r\n");
        io.write_all(request.as_bytes()).await?;
        // Read byte by byte: what follows the empty line belongs to the server behind it.
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            if answer.len() >= ANSWER {
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

// === impl Proxies ===

impl Proxies {
    /// One proxy for everything but the hosts that `direct` lists (the form of `NO_PROXY`).
    pub fn one(proxy: &str, direct: &str) -> Result<Proxies, String> {
        let proxy = Proxy::parse(proxy)?;
        Ok(Proxies { http: Some(proxy.clone()), https: Some(proxy), direct: directs(direct) })
    }

    /// What the process's environment says: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` in either case. `variable` gives one of them.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Proxies, String> {
        let either = |name: &str| {
            let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
            set(name).or_else(|| set(&name.to_lowercase()))
        };
        let proxy =
            |name: &str| either(name).map(|text| Proxy::parse(&text)).transpose().map_err(|e| format!("${name}: {e}"));
        Ok(Proxies {
            http: proxy("HTTP_PROXY")?,
            https: proxy("HTTPS_PROXY")?,
            direct: directs(&either("NO_PROXY").unwrap_or_default()),
        })
    }

    /// The proxy for a URL; `None` where it is reached directly.
    pub fn for_url(&self, url: &Url) -> Option<&Proxy> {
        let origin = url.origin();
        let proxy = match origin.scheme {
            Scheme::Http => self.http.as_ref(),
            Scheme::Https => self.https.as_ref(),
        }?;
        let address = origin.host.parse::<IpAddr>().ok();
        let here = origin.host == "localhost" || address.is_some_and(|address| address.is_loopback());
        let direct = here || self.direct.iter().any(|rule| rule.fits(&origin.host, origin.port, address));
        (!direct).then_some(proxy)
    }
}

fn directs(text: &str) -> Vec<Direct> {
    text.split(',')
        .map(|entry| entry.trim().to_lowercase())
        .filter(|entry| !entry.is_empty())
        .filter_map(direct)
        .collect()
}

fn direct(entry: String) -> Option<Direct> {
    if entry == "*" {
        return Some(Direct::All);
    }
    if let Some((address, bits)) = entry.split_once('/') {
        let address: IpAddr = address.parse().ok()?;
        return Some(Direct::Network(address, bits.parse().ok()?));
    }
    if let Ok(address) = entry.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Some(Direct::Network(address, 128));
    }
    let (name, port) = match entry.rsplit_once(':') {
        Some((name, port)) => (name.to_string(), Some(port.parse().ok()?)),
        None => (entry, None),
    };
    if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Some(Direct::Domain { name: address.to_string(), port, itself: true });
    }
    let below = name.strip_prefix("*.").or_else(|| name.strip_prefix('.'));
    let (name, itself) = match below {
        Some(below) => (below.to_string(), false),
        None => (name, true),
    };
    Some(Direct::Domain { name, port, itself })
}

// === impl Direct ===

impl Direct {
    fn fits(&self, host: &str, port: u16, address: Option<IpAddr>) -> bool {
        match self {
            Direct::All => true,
            Direct::Network(network, bits) => address.is_some_and(|address| in_network(address, *network, *bits)),
            Direct::Domain { name, port: only, itself } => {
                let below = host.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'));
                only.is_none_or(|only| only == port) && (below || (*itself && host == name))
            }
        }
    }
}

fn in_network(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => {
            let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
            u32::from(a) & mask == u32::from(n) & mask
        }
        (IpAddr::V6(a), IpAddr::V6(n)) => {
            let mask = u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0);
            u128::from(a) & mask == u128::from(n) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_urls_and_their_passwords_are_not_told() {
        let proxy = Proxy::parse("socks5://u%40x:p%3A@h").unwrap();
        assert_eq!((proxy.kind, proxy.host.as_str(), proxy.port), (Kind::Socks5, "h", 1080));
        assert_eq!(proxy.user.as_ref().map(|(u, p)| (u.as_str(), p.expose().as_str())), Some(("u@x", "p:")));
        assert!(!format!("{proxy:?}").contains("p:\""));
        let error = Proxy::parse("ftp://u:hidden@h").unwrap_err();
        assert!(error.contains("socks5://") && !error.contains("hidden"), "{error}");
        assert_eq!(Proxy::parse("h:3128"), Proxy::parse("http://h:3128/"));
        assert!(Proxy::parse("").is_err() && Proxy::parse("http://").is_err());
    }

    #[test]
    fn who_is_reached_directly() {
        let listed = "Example.com, .below.org,*.star.org,10.0.0.0/8,fd00::/8,1.2.3.4,port.org:8443";
        let proxies = Proxies::one("http://proxy:3128", listed).unwrap();
        for (url, direct) in [
            ("https://example.com", true),
            ("https://a.example.com", true),
            ("https://notexample.com", false),
            ("https://below.org", false),
            ("https://a.below.org", true),
            ("https://a.star.org", true),
            ("https://star.org", false),
            ("http://10.1.2.3", true),
            ("http://11.1.2.3", false),
            ("http://[fd12::1]", true),
            ("http://1.2.3.4:81", true),
            ("https://port.org", false),
            ("https://port.org:8443", true),
            ("http://localhost:5000", true),
            ("http://127.0.0.1:5000", true),
        ] {
            assert_eq!(proxies.for_url(&Url::parse(url).unwrap()).is_none(), direct, "{url}");
        }
        let all = Proxies::one("http://proxy", "*").unwrap();
        assert!(all.for_url(&Url::parse("https://x").unwrap()).is_none());
        let variables = |name: &str| (name == "https_proxy").then(|| "http://p".to_string());
        let from = Proxies::from_environment(variables).unwrap();
        assert!(from.for_url(&Url::parse("https://x").unwrap()).is_some());
        assert!(from.for_url(&Url::parse("http://x").unwrap()).is_none());
    }

    #[tokio::test]
    async fn connects_through_an_http_proxy() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Proxy::parse(&format!("http://u:p@127.0.0.1:{port}")).unwrap();
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 1000];
            let n = stream.read(&mut request).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 ok\r\n\r\nhello").await.unwrap();
            String::from_utf8_lossy(&request[..n]).into_owned()
        };
        let (io, request) = tokio::join!(proxy.open("far", 81), server);
        assert_eq!(request, "CONNECT far:81 HTTP/1.1\r\nHost: far:81\r\nProxy-Authorization: Basic dTpw\r\n\r\n");
        let mut hello = [0; 5];
        io.unwrap().read_exact(&mut hello).await.unwrap();
        assert_eq!(&hello, b"hello");
    }

    #[tokio::test]
    async fn connects_through_a_socks_proxy() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Proxy::parse(&format!("socks5://u:p@127.0.0.1:{port}")).unwrap();
        let server = async {
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
        let (io, seen) = tokio::join!(proxy.open("far", 81), server);
        assert!(io.is_ok());
        assert_eq!(
            seen,
            [b"\x05\x01\x02".to_vec(), b"\x01\x01u\x01p".to_vec(), b"\x05\x01\x00\x03\x03far\x00\x51".to_vec()]
        );
    }
}
