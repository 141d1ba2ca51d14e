//! URLs, as `net/url` takes them apart and puts them together.

use bowline_base_gotmpl::Type::{Map as Dict, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, Kind, Map, Runtime, Value, quote};

/// The table.
pub const TABLE: &[Entry] = &[
    // Names are never resolved while rendering.
    Entry::new("getHostByName", &[Str], |_, _| Ok("".into())),
    Entry::new("urlJoin", &[Dict], url_join),
    Entry::new("urlParse", &[Str], url_parse),
];

#[derive(Default)]
struct Url {
    scheme: String,
    opaque: String,
    user: Option<String>,
    host: String,
    path: String,
    raw_path: String,
    query: String,
    force_query: bool,
    fragment: String,
}

fn url_parse(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let text = a.str(0);
    let url = parse(&text)
        .map_err(|reason| CallError::new(format!("unable to parse url: parse {}: {reason}", quote(text.as_bytes()))))?;
    let hostname = hostname(&url.host).to_string();
    Ok(Value::map([
        ("scheme", url.scheme.into()),
        ("host", url.host.into()),
        ("hostname", hostname.into()),
        ("path", url.path.into()),
        ("query", url.query.into()),
        ("opaque", url.opaque.into()),
        ("fragment", url.fragment.into()),
        ("userinfo", Value::from(url.user.unwrap_or_default())),
    ]))
}

/// Takes a URL apart as Go does, and gives its scheme, which is empty where the URL is relative. The error is Go's.
pub fn parse_url(text: &str) -> Result<String, String> {
    parse(text).map(|url| url.scheme).map_err(|reason| format!("parse {}: {reason}", quote(text.as_bytes())))
}

fn hostname(host: &str) -> &str {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.split(']').next().unwrap_or(inner);
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn parse(text: &str) -> Result<Url, String> {
    if text.bytes().any(|b| b < b' ' || b == 0x7f) {
        return Err("net/url: invalid control character in URL".to_string());
    }
    let (main, fragment) = text.split_once('#').unwrap_or((text, ""));
    let mut url = Url { fragment: unescape(fragment)?, ..Url::default() };
    if main == "*" {
        url.path = "*".to_string();
        return Ok(url);
    }
    let (scheme, mut rest) = split_scheme(main)?;
    url.scheme = scheme.to_ascii_lowercase();
    if rest.ends_with('?') && rest.matches('?').count() == 1 {
        url.force_query = true;
        rest = &rest[..rest.len() - 1];
    } else if let Some((before, query)) = rest.split_once('?') {
        url.query = query.to_string();
        rest = before;
    }
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_string();
            return Ok(url);
        }
        let first = rest.split('/').next().unwrap_or_default();
        if first.contains(':') {
            return Err("first path segment in URL cannot contain colon".to_string());
        }
    }
    if (!url.scheme.is_empty() || !rest.starts_with("///")) && rest.starts_with("//") {
        let after = &rest[2..];
        let end = after.find('/').unwrap_or(after.len());
        let (authority, path) = after.split_at(end);
        rest = path;
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        url.user = user.map(userinfo).transpose()?;
        check_host(host)?;
        url.host = unescape(host)?;
    }
    url.path = unescape(rest)?;
    if escape_path(&url.path) != rest {
        url.raw_path = rest.to_string();
    }
    Ok(url)
}

fn split_scheme(text: &str) -> Result<(&str, &str), String> {
    for (i, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if i > 0 => {}
            ':' if i == 0 => return Err("missing protocol scheme".to_string()),
            ':' => return Ok((&text[..i], &text[i + 1..])),
            _ => return Ok(("", text)),
        }
    }
    Ok(("", text))
}

fn userinfo(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !text.chars().all(allowed) {
        return Err("net/url: invalid userinfo".to_string());
    }
    let (name, password) = match text.split_once(':') {
        Some((name, password)) => (name, Some(password)),
        None => (text, None),
    };
    let again = |part: &str| unescape(part).map(|part| escape(&part, "-_.~$&+,;="));
    Ok(match password {
        Some(password) => format!("{}:{}", again(name)?, again(password)?),
        None => again(name)?,
    })
}

fn check_host(host: &str) -> Result<(), String> {
    if host.starts_with('[') && !host.contains(']') {
        return Err("missing ']' in host".to_string());
    }
    let port =
        if let Some(end) = host.find(']') { &host[end + 1..] } else { host.rfind(':').map_or("", |i| &host[i..]) };
    let is_port = |text: &str| text.strip_prefix(':').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    if !port.is_empty() && !is_port(port) {
        return Err(format!("invalid port {} after host", quote(port.as_bytes())));
    }
    if let Some(bad) =
        host.chars().find(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-_.~!$&'()*+,;=:[]<>\"%".contains(*c))
    {
        return Err(format!("invalid character {} in host name", quote(bad.to_string().as_bytes())));
    }
    Ok(())
}

fn unescape(text: &str) -> Result<String, String> {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b'%' {
            let digits = text.get(i + 1..i + 3).and_then(|d| u8::from_str_radix(d, 16).ok());
            let Some(byte) = digits else {
                let shown: String = text[i..].chars().take(3).collect();
                return Err(format!("invalid URL escape {}", quote(shown.as_bytes())));
            };
            out.push(byte);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn escape(text: &str, keep: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || (c.is_ascii() && keep.contains(c)) {
            out.push(c);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn escape_path(path: &str) -> String {
    escape(path, "-_.~$&+,/:;=@")
}

fn url_join(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let map = a.map(0);
    let part = |key: &str| string_field(&map, key);
    let userinfo = part("userinfo")?;
    let user = match userinfo.as_str() {
        "" => None,
        text => {
            let url = format!("proto://{text}@host");
            let parsed = parse(&url).map_err(|reason| {
                let quoted = quote(url.as_bytes());
                CallError::new(format!("unable to parse userinfo in dict: parse {quoted}: {reason}"))
            })?;
            parsed.user
        }
    };
    let url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user,
        ..Url::default()
    };
    Ok(joined(&url).into())
}

fn string_field(map: &Map, key: &str) -> Result<String, CallError> {
    match map.get(key.as_bytes()) {
        None => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.to_str().into_owned()),
        Some(Value::Nil) => Err(crate::cast::nil_dereference()),
        Some(other) if other.kind() != Kind::String => {
            let kind = other.kind_name();
            Err(format!("unable to parse {key} key, must be of type string, but {kind} found").into())
        }
        Some(_) => Ok(String::new()),
    }
}

fn joined(url: &Url) -> String {
    let mut out = String::new();
    if !url.scheme.is_empty() {
        out.push_str(&url.scheme);
        out.push(':');
    }
    if !url.opaque.is_empty() {
        out.push_str(&url.opaque);
    } else {
        if !url.scheme.is_empty() || !url.host.is_empty() || url.user.is_some() {
            if !url.host.is_empty() || !url.path.is_empty() || url.user.is_some() {
                out.push_str("//");
            }
            if let Some(user) = &url.user {
                out.push_str(user);
                out.push('@');
            }
            out.push_str(&escape(&url.host, "-_.~!$&'()*+,;=:[]<>\""));
        }
        let path = if url.raw_path.is_empty() { escape_path(&url.path) } else { url.raw_path.clone() };
        if !path.is_empty() && !path.starts_with('/') && !url.host.is_empty() {
            out.push('/');
        }
        if out.is_empty() && path.split('/').next().is_some_and(|first| first.contains(':')) {
            out.push_str("./");
        }
        out.push_str(&path);
    }
    if url.force_query || !url.query.is_empty() {
        out.push('?');
        out.push_str(&url.query);
    }
    if !url.fragment.is_empty() {
        out.push('#');
        out.push_str(&escape(&url.fragment, "-_.~$&+,/:;=?@!()*"));
    }
    out
}
