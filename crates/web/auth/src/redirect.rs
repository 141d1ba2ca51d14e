//! Where a browser may be sent after a login.

use http::Uri;

/// Whether a browser may be sent to `target`: it is empty, or has scheme, host and port of one of the allowed URLs and a path within
/// that one's.
pub fn is_allowed(target: &str, allowed: &[&str]) -> bool {
    if target.is_empty() {
        return true;
    }
    // Browsers take a backslash for a slash and skip control characters; no URL of ours has either.
    if target.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace()) {
        return false;
    }
    let Some((origin, path)) = parts(target) else { return false };
    let Some(path) = clean(&path) else { return false };
    allowed.iter().filter_map(|url| parts(url)).any(|(allowed, base)| {
        let base = base.trim_end_matches('/');
        origin == allowed && (path == base || path.strip_prefix(base).is_some_and(|rest| rest.starts_with('/')))
    })
}

/// Scheme, host and port; all empty for a path alone.
type Origin = (String, String, Option<u16>);

/// The origin and the path.
fn parts(url: &str) -> Option<(Origin, String)> {
    let url = url.split('#').next().unwrap_or_default();
    if url.starts_with('/') && !url.starts_with("//") {
        let path = url.split('?').next().unwrap_or_default();
        return Some(((String::new(), String::new(), None), path.to_string()));
    }
    let uri: Uri = url.parse().ok()?;
    let scheme = uri.scheme_str()?.to_lowercase();
    let authority = uri.authority()?;
    if authority.as_str().contains('@') || !matches!(scheme.as_str(), "http" | "https") {
        return None;
    }
    let standard = if scheme == "https" { 443 } else { 80 };
    let port = authority.port_u16().or(Some(standard));
    Some(((scheme, authority.host().to_lowercase(), port), uri.path().to_string()))
}

/// A path without `.` and `..`; `None` where it has some in another writing.
fn clean(path: &str) -> Option<String> {
    let lower = path.to_lowercase();
    if ["%2e", "%2f", "%5c"].iter().any(|hidden| lower.contains(hidden)) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Open redirects: a link to the real login page that ends elsewhere.
    #[test]
    fn only_our_own_pages() {
        let allowed = ["https://cd.example/base", "http://other.example:4000", "/base"];
        for (target, want) in [
            ("", true),
            ("https://cd.example/base", true),
            ("https://cd.example/base/", true),
            ("https://cd.example/base/applications?x=1#y", true),
            ("https://CD.example:443/base/x", true),
            ("https://cd.example/basement", false),
            ("https://cd.example/base/../x", false),
            ("https://cd.example/base/%2e%2e/x", false),
            ("https://cd.example/", false),
            ("http://cd.example/base", false),
            ("https://cd.example:444/base", false),
            ("https://cd.example.evil/base", false),
            ("https://cd.example@evil/base", false),
            ("https://evil/base", false),
            ("//evil/base", false),
            ("/\\evil/base", false),
            ("/base/x", true),
            ("/x", false),
            ("javascript:alert(1)", false),
            ("https://cd.example/base/\r\nx", false),
            ("http://other.example:4000/anything", true),
            ("http://other.example/anything", false),
        ] {
            assert_eq!(is_allowed(target, &allowed), want, "{target:?}");
        }
        assert!(is_allowed("https://cd.example", &["https://cd.example/"]));
    }
}
