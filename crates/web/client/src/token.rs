//! What a token says of itself, unverified: it is the server's to believe it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_base_value::{Value, from_json};

/// The claims of a JWT; `None` where the text is none.
pub fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    from_json(&bytes).ok().filter(|claims| claims.as_object().is_some())
}

/// Whether a token has run out at `now` (seconds since 1970). One that does not say when it ends has not.
pub fn is_expired(token: &str, now: i64) -> bool {
    let ends = claims(token).and_then(|claims| claims.get("exp").and_then(Value::as_f64));
    ends.is_some_and(|ends| ends <= now as f64)
}

/// Whom a token names, for people: the mail address, else the name, else the subject.
pub fn display_name(token: &str) -> String {
    let Some(claims) = claims(token) else { return String::new() };
    let named = ["email", "name", "sub"].into_iter().find_map(|key| claims.str_at(&[key]).filter(|v| !v.is_empty()));
    named.unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn tokens_tell_when_they_end_and_whose_they_are() {
        let one = token(r#"{"exp":100,"sub":"s","email":"a@b"}"#);
        assert_eq!((is_expired(&one, 99), is_expired(&one, 100)), (false, true));
        assert_eq!(display_name(&one), "a@b");
        assert_eq!(display_name(&token(r#"{"sub":"admin:login"}"#)), "admin:login");
        assert!(!is_expired(&token("{}"), i64::MAX));
        for text in ["", "a.b", "a.b.c", &token("[]")] {
            assert_eq!(claims(text), None, "{text}");
        }
    }
}
