//! Tokens of the provider that are not good, by what is wrong with them.

use serde_json::{Value, json};

use super::*;
use crate::oidc::keys;
use crate::testing::{FakeProvider, ISSUER, Lab, unsigned};

fn check_with(lab: &Lab, text: &str, change: impl FnOnce(&mut OidcConfig)) -> Result<Claims, Refused> {
    let mut config = OidcConfig {
        issuer: ISSUER.into(),
        client_id: "cd".into(),
        cli_client_id: "cli".into(),
        ..OidcConfig::default()
    };
    change(&mut config);
    let algorithms = vec!["ES256".to_string()];
    let keys = keys::read(lab.provider.keys_json().to_string().as_bytes()).unwrap();
    let token = Token::parse(text).map_err(|error| Refused::Other(error.to_string()))?;
    Rules::of(&config, &algorithms).check(token, &keys, Timestamp::from_second(lab.provider.now()).unwrap())
}

fn check(changes: &Value) -> Result<Claims, Refused> {
    let lab = Lab::new();
    check_with(&lab, &lab.provider.token(changes), |_| {})
}

fn reason(result: Result<Claims, Refused>) -> String {
    result.map_or_else(|error| error.to_string(), |_| "good".to_string())
}

#[test]
fn a_good_token_is_good() {
    for changes in [json!({}), json!({"aud": ["x", "cli"]}), json!({"nbf": 0}), json!({"iat": null})] {
        assert_eq!(reason(check(&changes)), "good", "{changes}");
    }
}

/// Authentication flaws, the class of CVE-2023-22482: tokens that the same provider signed for somebody else.
#[test]
fn a_token_for_somebody_else_is_refused() {
    let provider = "id token issued by a different provider, expected \"https://idp.example\" got";
    for (changes, want) in [
        (json!({"aud": "grafana"}), "expected audience [\"cd\", \"cli\"] got [\"grafana\"]".to_string()),
        (json!({"aud": []}), "expected audience [\"cd\", \"cli\"] got []".to_string()),
        (json!({"aud": 7}), "expected audience [\"cd\", \"cli\"] got []".to_string()),
        (json!({"aud": null}), "the token has no aud claim".to_string()),
        (json!({"iss": "https://evil.example"}), format!("{provider} \"https://evil.example\"")),
        (json!({"iss": "https://idp.example/"}), format!("{provider} \"https://idp.example/\"")),
        (json!({"sub": null}), "the token has no sub claim".to_string()),
    ] {
        assert_eq!(reason(check(&changes)), want, "{changes}");
    }
    let lab = Lab::new();
    let other = lab.provider.token(&json!({"aud": "ci"}));
    assert!(check_with(&lab, &other, |config| config.allowed_audiences = vec!["ci".into()]).is_ok());
    let own = lab.provider.token(&json!({}));
    assert!(check_with(&lab, &own, |config| config.allowed_audiences = vec!["ci".into()]).is_err());
    let without = lab.provider.token(&json!({"aud": null}));
    let skip = |config: &mut OidcConfig| config.skip_audience_check_when_token_has_no_audience = true;
    assert!(check_with(&lab, &without, skip).is_ok());
    assert!(check_with(&lab, &other, skip).is_err(), "only where there is no audience at all");
}

#[test]
fn a_token_that_does_not_hold_now_is_refused() {
    let now = Lab::new().provider.now();
    for (changes, want) in [
        (json!({"exp": now}), "token is expired"),
        (json!({"exp": null}), "the token has no exp claim"),
        (json!({"exp": "soon"}), "exp '\"soon\"' is not a number"),
        (json!({"nbf": now + 600}), "current time 2026-01-02T03:04:05Z before the nbf time of the token"),
        (json!({"iat": now + 600}), "current time 2026-01-02T03:04:05Z before the iat time of the token"),
    ] {
        assert_eq!(reason(check(&changes)), want, "{changes}");
    }
    // What has ended is known to be the provider's before anybody acts on it.
    let lab = Lab::new();
    let (ended, good) = (lab.provider.token(&json!({"exp": now - 1})), lab.provider.token(&json!({})));
    let forged = format!("{}.{}", ended.rsplit_once('.').unwrap().0, good.rsplit_once('.').unwrap().1);
    assert_eq!(check_with(&lab, &forged, |_| {}), Err(Refused::Signature));
}

/// Authentication flaws: `none`, and a public key taken for a secret (algorithm confusion, the class of CVE-2022-29165).
#[test]
fn only_the_providers_keys_and_algorithms_count() {
    let lab = Lab::new();
    let claims = lab.provider.claims(&json!({}));
    let good = lab.provider.token(&json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let point = lab.provider.public_point();
    let hmac = |alg: &str| {
        use base64::Engine as _;
        let signed = unsigned(&json!({"alg": alg, "kid": "first"}), &claims);
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &point);
        let tag = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
        format!("{signed}.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(tag))
    };
    let with = |header: Value| format!("{}.{signature}", unsigned(&header, &claims));
    let stranger = FakeProvider::for_tests(&lab.clock);
    let brought = json!({"alg": "ES256", "kid": "first", "jwk": stranger.keys_json()["keys"][0]});
    let no_key = "failed to verify signature: no key of the provider fits";
    let unexpected = |alg: &str| format!("unexpected signature algorithm {alg:?}, expected [\"ES256\"]");
    for (name, text, want) in [
        ("none", format!("{}.", unsigned(&json!({"alg": "none"}), &claims)), unexpected("none")),
        ("public key as secret", hmac("HS256"), unexpected("HS256")),
        ("public key as secret under the right name", hmac("ES256"), no_key.to_string()),
        ("an algorithm that is not offered", with(json!({"alg": "RS256", "kid": "first"})), unexpected("RS256")),
        ("another's key", stranger.token(&json!({})), no_key.to_string()),
        ("a key that the token brings along", with(brought), no_key.to_string()),
        ("no signature", format!("{signed}."), no_key.to_string()),
    ] {
        assert_eq!(reason(check_with(&lab, &text, |_| {})), want, "{name}");
    }
}

#[test]
fn keys_of_other_kinds_are_left_out() {
    let set = json!({"keys": [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "first"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "use": "enc"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": "AQAB"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r", "alg": "RS256"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AQAB"},
    ]});
    let read = keys::read(set.to_string().as_bytes()).unwrap();
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(keys::read(b"[]").is_err());
}
