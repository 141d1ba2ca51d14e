//! Whether a token of the identity provider is good.

use jiff::{SignedDuration, Timestamp};

use super::config::OidcConfig;
use super::keys::NamedKey;
use crate::claims::Claims;
use crate::jwt::Token;

/// How far the provider's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// A token that is not good.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refused {
    /// It was good and has ended; this is what it said.
    Expired(Claims),
    /// None of the keys that are known signed it.
    Signature,
    /// Anything else.
    Other(String),
}

/// The rules that tokens are held to.
#[derive(Clone, Debug)]
pub(crate) struct Rules<'a> {
    pub issuer: &'a str,
    /// For whom a token may be.
    pub audiences: Vec<&'a str>,
    /// Whether a token may be for nobody in particular.
    pub without_audience: bool,
    /// The signature algorithms that the provider uses.
    pub algorithms: &'a [String],
}

// === impl Rules ===

impl<'a> Rules<'a> {
    pub(crate) fn of(config: &'a OidcConfig, algorithms: &'a [String]) -> Rules<'a> {
        Rules {
            issuer: &config.issuer,
            audiences: config.audiences(),
            without_audience: config.skip_audience_check_when_token_has_no_audience,
            algorithms,
        }
    }

    /// The claims of a token that one of the keys signed, that is for us, and that holds now. Nothing that it says counts before
    /// its signature was checked, or it could send us round.
    pub(crate) fn check(&self, token: Token<'_>, keys: &[NamedKey], now: Timestamp) -> Result<Claims, Refused> {
        if !self.algorithms.contains(&token.algorithm) {
            return Err(other(format!(
                "unexpected signature algorithm {:?}, expected {:?}",
                token.algorithm, self.algorithms
            )));
        }
        let fits = |key: &&NamedKey| token.key_id.is_none() || key.id.is_none() || key.id == token.key_id;
        let of_algorithm = |key: &&NamedKey| key.algorithm.as_ref().is_none_or(|name| *name == token.algorithm);
        if !keys.iter().filter(fits).filter(of_algorithm).any(|key| token.is_signed_by(&key.key)) {
            return Err(Refused::Signature);
        }
        self.holds(token.into_claims(), now)
    }

    fn holds(&self, claims: Claims, now: Timestamp) -> Result<Claims, Refused> {
        let issuer = claims.text("iss");
        if issuer != self.issuer {
            return Err(other(format!(
                "id token issued by a different provider, expected {:?} got {issuer:?}",
                self.issuer
            )));
        }
        if claims.get("aud").is_none() {
            if !self.without_audience {
                return Err(other("the token has no aud claim".to_string()));
            }
        } else if !claims.audiences().iter().any(|audience| self.audiences.contains(audience)) {
            return Err(other(format!("expected audience {:?} got {:?}", self.audiences, claims.audiences())));
        }
        let time = |name| claims.time(name).map_err(other);
        let Some(expiry) = time("exp")? else { return Err(other("the token has no exp claim".to_string())) };
        for name in ["nbf", "iat"] {
            if time(name)?.is_some_and(|time| time > now + AHEAD) {
                return Err(other(format!("current time {now} before the {name} time of the token")));
            }
        }
        if claims.text("sub").is_empty() {
            return Err(other("the token has no sub claim".to_string()));
        }
        if expiry <= now { Err(Refused::Expired(claims)) } else { Ok(claims) }
    }
}

fn other(reason: String) -> Refused {
    Refused::Other(reason)
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Expired(_) => f.write_str("token is expired"),
            Refused::Signature => f.write_str("failed to verify signature: no key of the provider fits"),
            Refused::Other(reason) => f.write_str(reason),
        }
    }
}

#[cfg(test)]
mod tests;
