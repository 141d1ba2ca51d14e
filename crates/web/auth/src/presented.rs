//! [`Presented`]: the token that came with a request.

use bowline_core_types::Sensitive;
use http::HeaderMap;

use crate::cookie::{Cookies, TOKEN_COOKIE};
use crate::jwt;

/// The header of gRPC requests that holds the token.
const TOKEN_HEADER: &str = "token";

/// The token that came with a request, and what else a session may need of it.
#[derive(Clone, Debug, Default)]
pub struct Presented {
    /// The token; `None` where there was none.
    pub token: Option<Sensitive<String>>,
    /// How it came.
    pub way: Way,
    /// The cookie of [`REFRESH_COOKIE`](crate::REFRESH_COOKIE), which renews sessions of an identity provider.
    pub refresh: Option<Sensitive<String>>,
}

/// How a token came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// There was none.
    #[default]
    None,
    /// In a header that no browser sends by itself.
    Header,
    /// In cookies, which a browser sends along whoever made it ask: see [`csrf`](crate::csrf).
    Cookie,
}

// === impl Presented ===

impl Presented {
    /// Of a gRPC or gRPC-web request: metadata `token`, then `authorization: Bearer …`.
    pub fn in_grpc(metadata: &HeaderMap) -> Presented {
        let token = text(metadata, TOKEN_HEADER).next().or_else(|| bearer(metadata));
        Presented::header(token)
    }

    /// Of a REST request: `Authorization: Bearer …`, then the cookies. `most` is how many pieces a token may have.
    pub fn in_rest(headers: &HeaderMap, most: usize) -> Presented {
        let bearer = text(headers, "grpc-metadata-token").next().or_else(|| bearer(headers));
        let cookies = Cookies::of(text(headers, "cookie"));
        let refresh = cookies.token(crate::REFRESH_COOKIE, most).map(Sensitive::new);
        let presented = match (bearer, cookies.token(TOKEN_COOKIE, most).filter(|token| jwt::looks_like_one(token))) {
            (Some(token), _) => Presented::header(Some(token)),
            (None, Some(token)) => Presented { token: Some(token.into()), way: Way::Cookie, refresh: None },
            (None, None) => Presented::default(),
        };
        // What renews a session belongs to the cookie, not to a token that came beside it.
        if presented.way == Way::Cookie { Presented { refresh, ..presented } } else { presented }
    }

    fn header(token: Option<&str>) -> Presented {
        let way = if token.is_some() { Way::Header } else { Way::None };
        Presented { token: token.map(|token| token.to_string().into()), way, refresh: None }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    text(headers, "authorization")
        .filter_map(|value| value.strip_prefix("Bearer "))
        .find(|token| jwt::looks_like_one(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn shown(presented: &Presented) -> (Option<&str>, Way) {
        (presented.token.as_ref().map(|token| token.expose().as_str()), presented.way)
    }

    #[test]
    fn the_first_place_that_has_a_token_counts() {
        for (pairs, grpc, rest) in [
            (&[][..], (None, Way::None), (None, Way::None)),
            (&[("token", "x")][..], (Some("x"), Way::Header), (None, Way::None)),
            (
                &[("authorization", "Bearer a.b.c"), ("token", "x")],
                (Some("x"), Way::Header),
                (Some("a.b.c"), Way::Header),
            ),
            (
                &[("authorization", "Bearer a.b"), ("authorization", "Bearer d.e.f")],
                (Some("d.e.f"), Way::Header),
                (Some("d.e.f"), Way::Header),
            ),
            (&[("authorization", "Basic a.b.c")], (None, Way::None), (None, Way::None)),
            (&[("cookie", "argocd.token=a.b.c")], (None, Way::None), (Some("a.b.c"), Way::Cookie)),
            (&[("cookie", "argocd.token=2:a.b; argocd.token-1=.c")], (None, Way::None), (Some("a.b.c"), Way::Cookie)),
            (
                &[("cookie", "argocd.token=a.b.c"), ("authorization", "Bearer d.e.f")],
                (Some("d.e.f"), Way::Header),
                (Some("d.e.f"), Way::Header),
            ),
        ] {
            let headers = headers(pairs);
            assert_eq!(shown(&Presented::in_grpc(&headers)), grpc, "{pairs:?}");
            assert_eq!(shown(&Presented::in_rest(&headers, 20)), rest, "{pairs:?}");
        }
    }
}
