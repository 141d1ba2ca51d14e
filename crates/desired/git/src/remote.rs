//! [`Remote`]: a repository URL, taken apart and checked before anything is done with it.

use std::fmt;
use std::path::PathBuf;

use bowline_core_types::Sensitive;

/// How a remote is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `https://`.
    Https,
    /// `http://`: without encryption, as the contract allows.
    Http,
    /// `ssh://` or `user@host:path`.
    Ssh,
    /// `file://` or an absolute path on this machine.
    File,
}

/// A checked repository URL. Its text holds no password, no line break, and nothing that a program could take for an option.
#[derive(Clone, Debug)]
pub struct Remote {
    transport: Transport,
    url: String,
    host: String,
    path: String,
    userinfo: Option<(String, Sensitive<String>)>,
}

/// Why a URL is refused. It never repeats what may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// Nothing was given.
    #[error("the repository URL is empty")]
    Empty,
    /// A control character or line break stands in it.
    #[error("repository URL {0:?} holds a control character")]
    Control(String),
    /// Another protocol, or a remote helper (`ext::…`).
    #[error("repository URL {0:?}: protocol not allowed, use https, http, ssh or file")]
    Protocol(String),
    /// A host or user that is none.
    #[error("repository URL {url:?}: {part:?} is not a {what}")]
    Part {
        /// The URL without its password.
        url: String,
        /// `host name`, `user name`, `port`.
        what: &'static str,
        /// The part.
        part: String,
    },
    /// The path is missing or begins like an option.
    #[error("repository URL {0:?} names no repository path")]
    Path(String),
}

// === impl Transport ===

impl Transport {
    /// The name that git knows the protocol by, for its allow-list.
    pub fn protocol(self) -> &'static str {
        match self {
            Transport::Https => "https",
            Transport::Http => "http",
            Transport::Ssh => "ssh",
            Transport::File => "file",
        }
    }
}

// === impl Remote ===

impl Remote {
    /// Takes a URL apart: `https://host/path`, `http://…`, `ssh://[user@]host[:port]/path`, `[user@]host:path`, `file:///path`
    /// or `/path`.
    pub fn parse(text: &str) -> Result<Remote, RemoteError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(RemoteError::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(RemoteError::Control(redact(text)));
        }
        if let Some(path) = text.strip_prefix("file://").or_else(|| text.starts_with('/').then_some(text)) {
            return Remote::file(text, path);
        }
        match text.split_once("://") {
            Some((scheme, rest)) => {
                let transport = match scheme.to_ascii_lowercase().as_str() {
                    "https" => Transport::Https,
                    "http" => Transport::Http,
                    "ssh" | "git+ssh" | "ssh+git" => Transport::Ssh,
                    _ => return Err(RemoteError::Protocol(redact(text))),
                };
                Remote::with_authority(text, transport, rest)
            }
            None => Remote::short_ssh(text),
        }
    }

    fn file(text: &str, path: &str) -> Result<Remote, RemoteError> {
        // `file://host/path` names another machine; git would read this one.
        if !path.starts_with('/') || path.trim_end_matches('/').is_empty() {
            return Err(RemoteError::Path(redact(text)));
        }
        Ok(Remote {
            transport: Transport::File,
            url: format!("file://{path}"),
            host: String::new(),
            path: path.to_string(),
            userinfo: None,
        })
    }

    fn with_authority(text: &str, transport: Transport, rest: &str) -> Result<Remote, RemoteError> {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (userinfo, host_port) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo), host),
            None => (None, authority),
        };
        let (host, port) = split_port(host_port);
        check_host(text, host)?;
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(part_error(text, "port", port.unwrap_or_default()));
        }
        if path.is_empty() || path.starts_with('-') {
            return Err(RemoteError::Path(redact(text)));
        }
        let (user, password) = match userinfo.map(|u| u.split_once(':').unwrap_or((u, ""))) {
            Some((user, password)) => (Some(user), password),
            None => (None, ""),
        };
        let scheme = transport.protocol();
        let url = match user {
            // Git asks ssh for the user; over http it is part of the credentials and stays out of the URL.
            Some(user) if transport == Transport::Ssh => {
                check_user(text, user)?;
                format!("{scheme}://{user}@{host_port}/{path}")
            }
            _ => format!("{scheme}://{host_port}/{path}"),
        };
        let userinfo = match transport {
            Transport::Ssh => None,
            _ => user.map(|user| (percent_decoded(user), Sensitive::new(percent_decoded(password)))),
        };
        Ok(Remote { transport, url, host: host.to_string(), path: path.to_string(), userinfo })
    }

    /// Whether both are reached at the same host and port, by the same protocol.
    pub(crate) fn is_on_host_of(&self, other: &Remote) -> bool {
        let place = |remote: &Remote| {
            let authority = remote.url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
            let authority = authority.unwrap_or(&remote.host);
            authority.rsplit_once('@').map_or(authority, |(_, place)| place).to_ascii_lowercase()
        };
        self.transport != Transport::File && self.transport == other.transport && place(self) == place(other)
    }

    fn short_ssh(text: &str) -> Result<Remote, RemoteError> {
        let Some((place, path)) = text.split_once(':') else { return Err(RemoteError::Protocol(redact(text))) };
        if path.starts_with(':') {
            // `ext::command` and its like.
            return Err(RemoteError::Protocol(redact(text)));
        }
        let (user, host) = match place.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, place),
        };
        check_host(text, host)?;
        if let Some(user) = user {
            check_user(text, user)?;
        }
        if path.is_empty() || path.starts_with('-') {
            return Err(RemoteError::Path(redact(text)));
        }
        let url = format!("{place}:{path}");
        Ok(Remote { transport: Transport::Ssh, url, host: host.to_string(), path: path.to_string(), userinfo: None })
    }

    /// How it is reached.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// The URL for git and for people; without a password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host, empty for files.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `https://host[:port]`: what credentials are bound to. Only for http and https.
    pub fn origin(&self) -> Option<&str> {
        let start = self.url.find("://")? + 3;
        matches!(self.transport, Transport::Http | Transport::Https)
            .then(|| &self.url[..start + self.url[start..].find('/').unwrap_or(self.url.len() - start)])
    }

    /// Where a `file` remote lies.
    pub fn directory(&self) -> Option<PathBuf> {
        (self.transport == Transport::File).then(|| PathBuf::from(&self.path))
    }

    /// User and password that stood in the URL.
    pub fn userinfo(&self) -> Option<&(String, Sensitive<String>)> {
        self.userinfo.as_ref()
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

/// A URL as people may see it: what stands between `://` (or the beginning) and `@` is shortened to the user's name where
/// it could hold a password. For text that may not even be a URL.
pub fn redact(text: &str) -> String {
    let start = text.find("://").map_or(0, |i| i + 3);
    let end = text[start..].find('/').map_or(text.len(), |i| start + i);
    let Some(at) = text[start..end].rfind('@').map(|i| start + i) else { return text.to_string() };
    match text[start..at].split_once(':') {
        Some((user, _)) => format!("{}{user}:***{}", &text[..start], &text[at..]),
        // A lone user of a web URL is often a token.
        None if text.starts_with("http") => format!("{}***{}", &text[..start], &text[at..]),
        None => text.to_string(),
    }
}

fn split_port(host_port: &str) -> (&str, Option<&str>) {
    match host_port.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host_port, None),
    }
}

fn check_host(text: &str, host: &str) -> Result<(), RemoteError> {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let fits = match bare {
        Some(v6) => !v6.is_empty() && v6.chars().all(|c| c.is_ascii_hexdigit() || c == ':' || c == '.'),
        None => {
            !host.is_empty()
                && !host.starts_with(['-', '.'])
                && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
        }
    };
    if fits { Ok(()) } else { Err(part_error(text, "host name", host)) }
}

fn check_user(text: &str, user: &str) -> Result<(), RemoteError> {
    let fits = !user.is_empty()
        && !user.starts_with('-')
        && user.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '~' | '@' | '%'));
    // What does not fit may be a password in a wrong place, so it is not told.
    if fits { Ok(()) } else { Err(part_error(text, "user name", "(hidden)")) }
}

fn part_error(text: &str, what: &'static str, part: &str) -> RemoteError {
    RemoteError::Part { url: redact(text), what, part: part.to_string() }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = (bytes[i] == b'%').then(|| text.get(i + 1..i + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
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
            ("https://h.example/o/r.git", "https https://h.example/o/r.git h.example"),
            ("HTTPS://h:8443/r", "https https://h:8443/r h"),
            ("http://[::1]:80/r", "http http://[::1]:80/r [::1]"),
            ("ssh://git@h:2222/o/r", "ssh ssh://git@h:2222/o/r h"),
            ("git@h:o/r.git", "ssh git@h:o/r.git h"),
            ("h:r", "ssh h:r h"),
            ("file:///srv/r.git", "file file:///srv/r.git "),
            ("/srv/r.git", "file file:///srv/r.git "),
            ("https://user:p%40ss@h/r", "https https://h/r h user:p@ss"),
        ] {
            let remote = Remote::parse(text).unwrap();
            let user = remote.userinfo().map(|(u, p)| format!(" {u}:{}", p.expose())).unwrap_or_default();
            assert_eq!(format!("{} {remote} {}{user}", remote.transport().protocol(), remote.host()), want, "{text}");
        }
        assert_eq!(Remote::parse("https://h:1/a/b").unwrap().origin(), Some("https://h:1"));
    }

    #[test]
    fn attack_urls_are_refused() {
        for text in [
            "",
            "--upload-pack=touch /tmp/x",
            "-oProxyCommand=x:y",
            "ssh://-oProxyCommand=x/r",
            "ssh://-oProxyCommand=x@h/r",
            "git@-oProxyCommand=x:r",
            "-u@h:r",
            "ext::sh -c x",
            "fd::17/x",
            "git://h/r",
            "ftp://h/r",
            "https://h",
            "https:///r",
            "https://h/-x",
            "https://h\nhost=evil/r",
            "https://h/r\r\nx",
            "h:-x",
            "h:",
            "file://host/srv",
            "file:///",
            "file://../x",
            "../relative",
            "ssh://h:x/r",
            "https://h h/r",
        ] {
            assert!(Remote::parse(text).is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn passwords_in_urls_are_never_told() {
        for text in ["https://u:s3cret@h/r\n", "ftp://u:s3cret@h/r", "https://s3cret@h h/r", "ssh://u:s3cret@h/r"] {
            let told = match Remote::parse(text) {
                Ok(remote) => format!("{remote} {remote:?} {}", remote.url()),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!told.contains("s3cret"), "{told}");
        }
    }
}
