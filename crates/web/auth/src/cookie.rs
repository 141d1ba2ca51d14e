//! Cookies: read from requests, written to answers, and split where a token is longer than a browser takes.

/// The cookie that holds the token.
pub const TOKEN_COOKIE: &str = "argocd.token";
/// What a browser takes of a cookie with its name and attributes.
const LONGEST: usize = 4093;

/// How cookies of one server are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieRules {
    /// `--basehref`: the path that the cookies are for.
    pub base_href: String,
    /// Whether they are sent over TLS only.
    pub secure: bool,
    /// How many pieces a token may have (`ARGOCD_MAX_COOKIE_NUMBER`).
    pub most: usize,
}

/// A token that needs more pieces than are allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the authentication token is {length} characters long and requires {needed} cookies but the max number of cookies is {most}. \
     Contact your Argo CD administrator to increase the max number of cookies"
)]
pub struct TooLong {
    /// Of the token.
    pub length: usize,
    /// Pieces.
    pub needed: usize,
    /// Pieces that are allowed.
    pub most: usize,
}

// === impl CookieRules ===

impl CookieRules {
    /// The values of the `Set-Cookie` headers that store a token: one, or as many as it has pieces. The first says how many.
    pub fn token(&self, name: &str, token: &str) -> Result<Vec<String>, TooLong> {
        let attributes = self.attributes();
        let piece = LONGEST - (name.len() + 3) - (attributes.len() + 2);
        let needed = token.len().div_ceil(piece);
        if needed > self.most {
            return Err(TooLong { length: token.len(), needed, most: self.most });
        }
        let mut cookies = Vec::with_capacity(needed);
        let mut rest = token;
        for at in 0..needed {
            let mut end = piece.min(rest.len());
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let (value, after) = rest.split_at(end);
            rest = after;
            cookies.push(match at {
                0 if needed == 1 => format!("{name}={value}; {attributes}"),
                0 => format!("{name}={needed}:{value}; {attributes}"),
                at => format!("{name}-{at}={value}; {attributes}"),
            });
        }
        Ok(cookies)
    }

    /// A short cookie for `max_age` seconds, which is sent along when somebody comes from the identity provider.
    pub fn short(&self, name: &str, value: &str, max_age: u32) -> String {
        format!("{name}={value}; {}; Max-Age={max_age}", self.attributes())
    }

    /// The values of the `Set-Cookie` headers that take away every cookie of that name and its pieces.
    pub fn clear(&self, name: &str, present: &Cookies<'_>) -> Vec<String> {
        let is_one = |other: &str| {
            other.strip_prefix(name).is_some_and(|rest| {
                rest.is_empty() || rest.strip_prefix('-').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
            })
        };
        let mut names: Vec<&str> = present.pairs.iter().map(|(name, _)| *name).filter(|name| is_one(name)).collect();
        if names.is_empty() {
            names.push(name);
        }
        names.dedup();
        names.into_iter().map(|name| format!("{name}=; {}; Max-Age=0", self.attributes())).collect()
    }

    fn attributes(&self) -> String {
        let path = self.base_href.trim_matches('/');
        let secure = if self.secure { "; Secure" } else { "" };
        format!("path=/{path}; SameSite=lax; httpOnly{secure}")
    }
}

/// The cookies of a request.
#[derive(Clone, Debug, Default)]
pub struct Cookies<'a> {
    pairs: Vec<(&'a str, &'a str)>,
}

// === impl Cookies ===

impl<'a> Cookies<'a> {
    /// The cookies of `Cookie` headers.
    pub fn of(headers: impl IntoIterator<Item = &'a str>) -> Cookies<'a> {
        let pairs = headers
            .into_iter()
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
            .collect();
        Cookies { pairs }
    }

    /// The value of a cookie; of the last one where there are several, as in the contract.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.pairs.iter().rev().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }

    /// A token that may be in pieces, of which there may be `most`.
    pub fn token(&self, name: &str, most: usize) -> Option<String> {
        let first = self.get(name)?;
        let (count, start) = match first.split_once(':') {
            None => (1, first),
            Some((count, start)) => (count.parse::<usize>().ok().filter(|count| *count <= most)?, start),
        };
        if start.contains(':') {
            return None;
        }
        let mut token = start.to_string();
        for at in 1..count {
            token.push_str(self.get(&format!("{name}-{at}"))?);
        }
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(base_href: &str, secure: bool) -> CookieRules {
        CookieRules { base_href: base_href.into(), secure, most: 20 }
    }

    #[test]
    fn one_cookie_where_it_fits() {
        assert_eq!(
            rules("/", true).token(TOKEN_COOKIE, "a.b.c").unwrap(),
            ["argocd.token=a.b.c; path=/; SameSite=lax; httpOnly; Secure"]
        );
        assert_eq!(
            rules("/cd/", false).token(TOKEN_COOKIE, "a.b.c").unwrap(),
            ["argocd.token=a.b.c; path=/cd; SameSite=lax; httpOnly"]
        );
    }

    #[test]
    fn a_long_token_comes_back_whole() {
        for length in [4_000, 4_040, 9_000, 60_000] {
            let token: String = (0..length).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
            let cookies = rules("/", true).token(TOKEN_COOKIE, &token).unwrap();
            // The contract's sizes leave no room for a second digit in a name; browsers take 4096.
            assert!(cookies.iter().all(|cookie| cookie.len() <= LONGEST + 1), "{length}");
            let sent: Vec<&str> = cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
            let header = sent.join("; ");
            assert_eq!(Cookies::of([header.as_str()]).token(TOKEN_COOKIE, 20).as_deref(), Some(token.as_str()));
        }
        let error = rules("/", true).token(TOKEN_COOKIE, &"x".repeat(90_000)).unwrap_err();
        assert!(
            error.to_string().starts_with("the authentication token is 90000 characters long and requires 23 cookies")
        );
    }

    #[test]
    fn pieces_that_are_missing_or_too_many_are_no_token() {
        for header in
            ["argocd.token=2:a", "argocd.token=x:a", "argocd.token=1:a:b", "argocd.token=99999999999:a", "other=a"]
        {
            assert_eq!(Cookies::of([header]).token(TOKEN_COOKIE, 20), None, "{header}");
        }
        assert_eq!(Cookies::of(["x=1; argocd.token=a"]).token(TOKEN_COOKIE, 20).as_deref(), Some("a"));
    }

    #[test]
    fn all_pieces_are_cleared_and_nothing_else() {
        let cookies = Cookies::of(["argocd.token=2:a; argocd.token-1=b; argocd.tokens=c; argocd.oauthstate=d"]);
        assert_eq!(
            rules("/", false).clear(TOKEN_COOKIE, &cookies),
            [
                "argocd.token=; path=/; SameSite=lax; httpOnly; Max-Age=0",
                "argocd.token-1=; path=/; SameSite=lax; httpOnly; Max-Age=0"
            ]
        );
    }
}
