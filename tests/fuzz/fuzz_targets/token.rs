//! A token, cookies and a return URL: none of them makes anything panic, and what nobody signed is not good.
#![no_main]

use bowline_web_auth::jwt::{PublicKey, Token};
use bowline_web_auth::{CookieRules, Cookies, TOKEN_COOKIE, redirect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for key in [
        PublicKey::Rsa { n: text.as_bytes().to_vec(), e: vec![1, 0, 1] },
        PublicKey::Ec { curve: "P-256".into(), point: text.as_bytes().to_vec() },
        PublicKey::Ed25519(text.as_bytes().to_vec()),
    ] {
        assert!(!Token::parse(text).is_ok_and(|token| token.is_signed_by(&key)));
    }
    if let Ok(token) = Token::parse(text) {
        let claims = token.unverified();
        let _ = (claims.user_id(), claims.audiences(), claims.external_id(), claims.time("exp"));
        assert!(token.verify_hmac(b"nobody knows this").is_err());
    }
    let _ = Cookies::of([text]).token(TOKEN_COOKIE, 20);
    let rules = CookieRules { base_href: text.into(), secure: true, most: 20 };
    if let Ok(cookies) = rules.token(TOKEN_COOKIE, text) {
        let sent: Vec<&str> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
        if !text.contains([';', ':', '"', ',']) && text.trim() == text && !text.is_empty() {
            assert_eq!(Cookies::of([sent.join("; ").as_str()]).token(TOKEN_COOKIE, 20).as_deref(), Some(text));
        }
    }
    assert!(!redirect::is_allowed(text, &["https://cd.example/base"]) || text.is_empty() || text.to_lowercase().starts_with("https://cd.example"));
});
