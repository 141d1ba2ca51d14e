//! Where a cluster is, and connections to it: direct or through a proxy, plain or TLS.

use bowline_base_egress::{Io, Proxy, client_config, dial, handshake};
use hyper::Uri;

use crate::{Config, Tls};

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
            client_config(&target.tls, None, &[])?;
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
        self.dial_for(identity, &[b"h2", b"http/1.1"]).await
    }

    /// The same for a connection of its own in HTTP/1.1, which can become something else.
    pub(crate) async fn dial_plain(&self, identity: Option<(&[u8], &[u8])>) -> Result<Dialed, String> {
        self.dial_for(identity, &[b"http/1.1"]).await
    }

    async fn dial_for(&self, identity: Option<(&[u8], &[u8])>, protocols: &[&[u8]]) -> Result<Dialed, String> {
        let io = dial(&self.host, self.port, self.proxy.as_ref()).await?;
        if !self.https {
            return Ok(Dialed { io, h2: self.h2_plain });
        }
        let config = client_config(&self.tls, identity, protocols)?;
        let name = self.tls.server_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.host);
        let stream = handshake(io, config, name).await?;
        let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok(Dialed { io: Box::new(stream), h2 })
    }
}

fn host(uri: &Uri) -> Option<String> {
    // The address of an IPv6 host stands in brackets in a URL and without them everywhere else.
    Some(uri.host()?.trim_start_matches('[').trim_end_matches(']').to_string()).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(server: &str, proxy: Option<&str>) -> Result<Target, String> {
        Target::new(&Config { server: server.into(), proxy: proxy.map(String::from), ..Config::default() })
    }

    #[test]
    fn servers_and_proxies_are_urls() {
        let target = check("http://[::1]:8001/k8s/c-1/", None).unwrap();
        assert_eq!((target.host.as_str(), target.port, target.prefix.as_str()), ("::1", 8001, "/k8s/c-1"));
        assert_eq!(target.authority(), "[::1]:8001");
        assert_eq!(check("https://x", None).unwrap().authority(), "x");
        for bad in ["x:6443", "ftp://x", "", "https://"] {
            assert!(check(bad, None).is_err(), "{bad}");
        }
        assert!(check("https://x", Some("socks5://u:p@h")).unwrap().proxy.is_some());
        let error = check("https://x", Some("ftp://u:hidden@h")).unwrap_err();
        assert!(error.contains("socks5://") && !error.contains("hidden"), "{error}");
    }
}
