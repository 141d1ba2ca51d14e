//! Requests that a foreign page made a browser send.
//!
//! Cookies go along with them, headers do not. `SameSite=lax` keeps cookies back from other sites; what is left are pages of the
//! same site, such as another host of the same domain. So a request that came with a cookie and changes something is refused
//! where the browser itself says that another origin made it, or where its `Origin` is another host.

use http::{HeaderMap, Method};

use crate::presented::Way;

/// Whether a request may be carried out, as far as who made the browser send it. `opens` says that it opens a connection that
/// carries more (a websocket), which is then like a change.
pub fn is_allowed(method: &Method, headers: &HeaderMap, way: Way, opens: bool) -> bool {
    let harmless = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !opens;
    if way != Way::Cookie || harmless {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    // Browsers that do not say so send the origin with what is not a plain GET; programs send neither.
    match text("origin") {
        None => true,
        Some(origin) => {
            let host = text("x-forwarded-host").or_else(|| text("host")).unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, rest)| !host.is_empty() && rest == host)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, pairs: &[(&'static str, &str)], way: Way, opens: bool, want: bool) {
        let headers: HeaderMap =
            pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        assert_eq!(is_allowed(&method, &headers, way, opens), want, "{method} {pairs:?} {way:?}");
    }

    /// CSRF, the class of CVE-2024-22424: a page of a neighbouring host posts with the victim's cookie.
    #[test]
    fn a_neighbours_page_cannot_change_anything() {
        let cookie = Way::Cookie;
        check(Method::POST, &[("sec-fetch-site", "same-origin")], cookie, false, true);
        check(Method::POST, &[("sec-fetch-site", "same-site")], cookie, false, false);
        check(Method::DELETE, &[("sec-fetch-site", "cross-site")], cookie, false, false);
        check(Method::GET, &[("sec-fetch-site", "cross-site")], cookie, false, true);
        check(Method::GET, &[("sec-fetch-site", "same-site")], cookie, true, false);
        check(Method::POST, &[("origin", "https://evil.x"), ("host", "cd.x")], cookie, false, false);
        check(Method::POST, &[("origin", "null"), ("host", "cd.x")], cookie, false, false);
        check(Method::POST, &[("origin", "https://cd.x"), ("host", "cd.x")], cookie, false, true);
        check(Method::POST, &[("origin", "https://evil.x"), ("host", "cd.x")], Way::Header, false, true);
        check(Method::POST, &[("host", "cd.x")], cookie, false, true);
    }
}
