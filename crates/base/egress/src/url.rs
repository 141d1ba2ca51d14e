//! [`Url`]: an address of the web, taken apart and checked before anything is done with it.

use std::fmt;

use bowline_base_value::Sensitive;

/// An `http` or `https` URL. Its text for people holds neither user nor query, which may be secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    origin: Origin,
    user: Option<(String, Sensitive<String>)>,
    /// Begins with a slash; characters that may not stand in a request are percent-encoded.
    path: String,
    query: Option<String>,
}

/// What credentials are bound to: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The scheme.
    pub scheme: Scheme,
    /// The host in lower case; IPv6 addresses without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// The schemes that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Without encryption.
    Http,
    /// With TLS.
    Https,
}

/// Why a text is no URL that can be fetched. It never repeats what may be a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Another scheme, or none.
    #[error("{url:?} does not begin with https:// or http://")]
    Scheme {
        /// The URL, without user and query.
        url: String,
    },
    /// The host or port is none.
    #[error("{url:?} names no host")]
    Host {
        /// The URL, without user and query.
        url: String,
    },
    /// A control character stands in it.
    #[error("a URL holds a control character")]
    Control,
}

// === impl Scheme ===

impl Scheme {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    fn port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

// === impl Origin ===

impl Origin {
    /// Host and port as they stand in a request: the scheme's own port is left out.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == self.scheme.port() { host } else { format!("{host}:{}", self.port) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.authority())
    }
}

// === impl Url ===

impl Url {
    /// Takes an absolute URL apart.
    pub fn parse(text: &str) -> Result<Url, UrlError> {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err(UrlError::Control);
        }
        let url = || hide(text);
        let (scheme, rest) = text.split_once("://").ok_or_else(|| UrlError::Scheme { url: url() })?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(UrlError::Scheme { url: url() }),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (host, port) = host_and_port(place).ok_or_else(|| UrlError::Host { url: url() })?;
        let port = port.unwrap_or_else(|| scheme.port());
        let user = user.filter(|user| !user.is_empty()).map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            (percent_decode(name), Sensitive::new(percent_decode(password)))
        });
        let (path, query) = path_and_query(rest);
        Ok(Url { origin: Origin { scheme, host, port }, user, path: rooted(&path), query })
    }

    /// The URL that `reference` means where this one is the base (RFC 3986, section 5.2).
    pub fn join(&self, reference: &str) -> Result<Url, UrlError> {
        let reference = reference.trim();
        if reference.contains("://") && has_scheme(reference) {
            return Url::parse(reference);
        }
        if reference.chars().any(char::is_control) {
            return Err(UrlError::Control);
        }
        if reference.starts_with("//") {
            return Url::parse(&format!("{}:{reference}", self.origin.scheme.as_str()));
        }
        if has_scheme(reference) {
            return Err(UrlError::Scheme { url: hide(reference) });
        }
        let (path, query) = path_and_query(reference);
        let mut joined = Url { query, ..self.clone() };
        if path.is_empty() {
            if !reference.starts_with('?') {
                joined.query = self.query.clone();
            }
        } else if path.starts_with('/') {
            joined.path = without_dots(&path);
        } else {
            let directory = self.path.rsplit_once('/').map_or("", |(directory, _)| directory);
            joined.path = without_dots(&format!("{directory}/{path}"));
        }
        Ok(joined)
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// User and password that stood in it.
    pub fn user(&self) -> Option<&(String, Sensitive<String>)> {
        self.user.as_ref()
    }

    /// The same without user and password.
    pub fn without_user(mut self) -> Url {
        self.user = None;
        self
    }

    /// The path, percent-encoded, with the slash at its beginning.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, without its question mark.
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// The same with another query.
    pub fn with_query(mut self, query: Option<String>) -> Url {
        self.query = query;
        self
    }

    /// The same with another path; what may not stand in one is percent-encoded.
    pub fn with_path(mut self, path: &str) -> Url {
        self.path = rooted(&encode(path));
        self
    }

    /// Path and query, as they are asked for.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// A text that may be a URL as people may see it: without user and query.
fn hide(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find('/').map_or(text.len(), |at| start + at);
    match text[start..end].rfind('@') {
        Some(at) => format!("{}{}", &text[..start], &text[start + at + 1..]),
        None => text.to_string(),
    }
}

/// Whether a text begins with a scheme and a colon.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let mut bytes = scheme.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`.
pub(crate) fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => {
            let (host, port) = match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            };
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
            if host.is_empty() || host.starts_with(['.', '-']) || !host.bytes().all(plain) {
                return None;
            }
            (host, port)
        }
    };
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(port.parse::<u16>().ok().filter(|port| *port != 0)?),
    };
    Some((host.to_ascii_lowercase(), port))
}

fn path_and_query(text: &str) -> (String, Option<String>) {
    let text = text.split('#').next().unwrap_or_default();
    match text.split_once('?') {
        Some((path, query)) => (encode(path), Some(encode(query))),
        None => (encode(text), None),
    }
}

fn rooted(path: &str) -> String {
    if path.starts_with('/') { path.to_string() } else { format!("/{path}") }
}

/// Percent-encodes what no request may hold; what is encoded already stays.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    for (i, segment) in segments.iter().enumerate() {
        let last = i + 1 == segments.len();
        match *segment {
            "." if last => kept.push(""),
            "." => {}
            ".." => {
                kept.pop();
                if last {
                    kept.push("");
                }
            }
            name => kept.push(name),
        }
    }
    format!("/{}", kept.join("/"))
}

pub(crate) fn percent_decode(text: &str) -> String {
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

    #[test]
    fn urls_are_taken_apart() {
        for (text, want) in [
            ("https://H.example", "https://h.example/"),
            ("HTTP://h:80/a b/é?x=1#f", "http://h/a%20b/%C3%A9 x=1"),
            ("https://u:p%40s@h:8443/a?", "https://h:8443/a  u:p@s"),
            ("http://[::1]:5000/v2/", "http://[::1]:5000/v2/"),
            ("https://h/%7Ea", "https://h/%7Ea"),
        ] {
            let url = Url::parse(text).unwrap();
            let query = url.query().map(|q| format!(" {q}")).unwrap_or_default();
            let user = url.user().map(|(u, p)| format!(" {u}:{}", p.expose())).unwrap_or_default();
            assert_eq!(format!("{url}{query}{user}"), want, "{text}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused_without_its_password() {
        for text in [
            "",
            "h/x",
            "ftp://u:s3cret@h",
            "https://",
            "https://u:s3cret@",
            "https://h:0/",
            "https://h:x/",
            "https://h h/",
            "https://[::1",
            "https://-h/",
            "file:///etc/passwd",
            "https://h/\r\nx: y",
            "https://[v6]/",
        ] {
            let error = Url::parse(text).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn references_are_resolved() {
        let base = Url::parse("https://h/a/b/c?q").unwrap();
        for (reference, want) in [
            ("d", "https://h/a/b/d"),
            ("./d/../e?x", "https://h/a/b/e?x"),
            ("../../../d", "https://h/d"),
            ("..", "https://h/a/"),
            ("/d", "https://h/d"),
            ("?x", "https://h/a/b/c?x"),
            ("", "https://h/a/b/c?q"),
            ("//other:1/d", "https://other:1/d"),
            ("http://other/d", "http://other/d"),
            ("a:b", "\"a:b\" does not begin with https:// or http://"),
            ("javascript:alert(1)", "\"javascript:alert(1)\" does not begin with https:// or http://"),
        ] {
            let joined = base.join(reference).map(|url| format!("{}{}", url.origin(), url.target()));
            assert_eq!(joined.unwrap_or_else(|e| e.to_string()), want, "{reference}");
        }
    }
}
