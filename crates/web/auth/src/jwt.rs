//! JSON Web Tokens: taken apart, signed and checked. What the claims have to be is decided elsewhere.

use aws_lc_rs::{hmac, signature};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::claims::Claims;

/// What a token may have: twenty cookies of four kilobytes are the most that a browser sends.
const LONGEST: usize = 128 << 10;

/// A token, taken apart. Nothing that it says is true before its signature is checked.
#[derive(Debug)]
pub struct Token<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    /// The algorithm that it names.
    pub algorithm: String,
    /// The key that it names.
    pub key_id: Option<String>,
    claims: Claims,
}

/// A text that is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not three parts.
    #[error("token is malformed: token contains an invalid number of segments")]
    Parts,
    /// Longer than any token is.
    #[error("token is malformed: it is longer than {LONGEST} bytes")]
    Length,
    /// A part that is not what it has to be.
    #[error("token is malformed: could not {0}")]
    Part(&'static str),
}

/// A signature algorithm with the public key that fits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA: modulus and exponent, big-endian.
    Rsa {
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
    /// An elliptic curve: its name and the uncompressed point.
    Ec {
        /// `P-256`, `P-384` or `P-521`.
        curve: String,
        /// `04`, x and y.
        point: Vec<u8>,
    },
    /// Ed25519.
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that must be understood; none is.
    #[serde(default)]
    crit: Option<Value>,
}

/// Whether a text looks like a token.
pub fn looks_like_one(text: &str) -> bool {
    text.splitn(3, '.').count() == 3
}

// === impl Token ===

impl<'a> Token<'a> {
    /// Takes a token apart.
    pub fn parse(text: &'a str) -> Result<Token<'a>, Malformed> {
        if text.len() > LONGEST {
            return Err(Malformed::Length);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, body, signature] = parts[..] else { return Err(Malformed::Parts) };
        let decode = |part: &str, what| URL_SAFE_NO_PAD.decode(part).map_err(|_| Malformed::Part(what));
        let header: Header = serde_json::from_slice(&decode(header, "base64 decode header")?)
            .map_err(|_| Malformed::Part("JSON decode header"))?;
        if header.crit.is_some() {
            return Err(Malformed::Part("understand what the header says is critical"));
        }
        let claims: Map<String, Value> = serde_json::from_slice(&decode(body, "base64 decode claim")?)
            .map_err(|_| Malformed::Part("JSON decode claim"))?;
        Ok(Token {
            signed: &text[..text.len() - signature.len() - 1],
            signature: decode(signature, "base64 decode signature")?,
            algorithm: header.alg,
            key_id: header.kid,
            claims: Claims::new(claims),
        })
    }

    /// What the token says before anything about it is known to be true: only to choose how to check it.
    pub fn unverified(&self) -> &Claims {
        &self.claims
    }

    /// The claims, if the token was signed with this secret by one of the HMAC algorithms.
    pub fn verify_hmac(self, secret: &[u8]) -> Result<Claims, String> {
        let algorithm = match self.algorithm.as_str() {
            "HS256" => hmac::HMAC_SHA256,
            "HS384" => hmac::HMAC_SHA384,
            "HS512" => hmac::HMAC_SHA512,
            other => {
                return Err(format!(
                    "token is unverifiable: error while executing keyfunc: unexpected signing method: {other}"
                ));
            }
        };
        let key = hmac::Key::new(algorithm, secret);
        match hmac::verify(&key, self.signed.as_bytes(), &self.signature) {
            Ok(()) => Ok(self.claims),
            Err(_) => Err("token signature is invalid: signature is invalid".to_string()),
        }
    }

    /// Whether the token was signed by the owner of this key, with an algorithm that fits the key's kind. HMAC and `none` never do:
    /// a public key is no secret.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let message = self.signed.as_bytes();
        match key {
            PublicKey::Rsa { n, e } => {
                let parameters: &signature::RsaParameters = match self.algorithm.as_str() {
                    "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
                    "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
                    "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
                    "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
                    "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
                    "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
                    _ => return false,
                };
                let key = signature::RsaPublicKeyComponents { n, e };
                key.verify(parameters, message, &self.signature).is_ok()
            }
            PublicKey::Ec { curve, point } => {
                let algorithm: &dyn signature::VerificationAlgorithm = match (self.algorithm.as_str(), curve.as_str()) {
                    ("ES256", "P-256") => &signature::ECDSA_P256_SHA256_FIXED,
                    ("ES384", "P-384") => &signature::ECDSA_P384_SHA384_FIXED,
                    ("ES512", "P-521") => &signature::ECDSA_P521_SHA512_FIXED,
                    _ => return false,
                };
                signature::UnparsedPublicKey::new(algorithm, point).verify(message, &self.signature).is_ok()
            }
            PublicKey::Ed25519(key) => {
                self.algorithm == "EdDSA"
                    && signature::UnparsedPublicKey::new(&signature::ED25519, key)
                        .verify(message, &self.signature)
                        .is_ok()
            }
        }
    }

    /// The claims, once a key was found that [`Token::is_signed_by`].
    pub fn into_claims(self) -> Claims {
        self.claims
    }
}

/// A token with these claims, signed with HMAC-SHA256.
pub fn sign(claims: &Claims, secret: &[u8]) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = encode(&json!({"alg": "HS256", "typ": "JWT"}));
    let signed = format!("{header}.{}", encode(&Value::Object(claims.as_map().clone())));
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_with_the_same_secret_or_not() {
        let mut claims = Claims::default();
        claims.set("sub", "a".into());
        let text = sign(&claims, b"secret");
        assert_eq!(Token::parse(&text).unwrap().verify_hmac(b"secret"), Ok(claims));
        assert!(Token::parse(&text).unwrap().verify_hmac(b"other").is_err());
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let shorter = format!("{signed}.{}", &signature[..20]);
        assert!(Token::parse(&shorter).is_err() || Token::parse(&shorter).unwrap().verify_hmac(b"secret").is_err());
    }

    #[test]
    fn the_example_of_rfc_7515() {
        let text = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
                    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
                    dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let claims = Token::parse(text).unwrap().verify_hmac(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
        assert_eq!(claims.text("iss"), "joe");
    }

    #[test]
    fn what_is_no_token_says_why() {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        for (text, want) in [
            ("a.b", "token is malformed: token contains an invalid number of segments".to_string()),
            ("a.b.c.d", "token is malformed: token contains an invalid number of segments".to_string()),
            ("!.b.c", "token is malformed: could not base64 decode header".to_string()),
            (&format!("{}.b.c", part("{}")), "token is malformed: could not JSON decode header".to_string()),
            (
                &format!("{}.{}.c", part(r#"{"alg":"HS256"}"#), part("[]")),
                "token is malformed: could not JSON decode claim".to_string(),
            ),
            (
                &format!("{}.{}.", part(r#"{"alg":"HS256","crit":["b64"]}"#), part("{}")),
                "token is malformed: could not understand what the header says is critical".to_string(),
            ),
            (&"x".repeat(LONGEST + 1), format!("token is malformed: it is longer than {LONGEST} bytes")),
        ] {
            assert_eq!(Token::parse(text).map(|_| ()).unwrap_err().to_string(), want, "{text:.60}");
        }
    }
}
