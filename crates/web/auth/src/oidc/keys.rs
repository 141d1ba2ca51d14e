//! The provider's public keys (JWKS, RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::jwt::PublicKey;

/// A set of keys; more than this many are not looked at.
const MOST: usize = 100;

/// A public key with the name that tokens call it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedKey {
    pub id: Option<String>,
    /// The one algorithm that it is for, where it says so.
    pub algorithm: Option<String>,
    pub key: PublicKey,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

/// The keys of a set that can check a signature. Keys of other kinds, symmetric ones among them, are left out.
pub(crate) fn read(json: &[u8]) -> Result<Vec<NamedKey>, String> {
    let set: Set = serde_json::from_slice(json).map_err(|_| "is no set of keys".to_string())?;
    let signs = |key: &Jwk| key.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
    Ok(set.keys.into_iter().take(MOST).filter(signs).filter_map(named).collect())
}

fn named(jwk: Jwk) -> Option<NamedKey> {
    let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?.trim_end_matches('=')).ok();
    let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => PublicKey::Rsa { n: bytes(&jwk.n)?, e: bytes(&jwk.e)? },
        ("EC", Some(curve)) => {
            let size: usize = match curve {
                "P-256" => 32,
                "P-384" => 48,
                "P-521" => 66,
                _ => return None,
            };
            let mut point = vec![4];
            for part in [bytes(&jwk.x)?, bytes(&jwk.y)?] {
                // Some write numbers without the zeros in front.
                point.extend(std::iter::repeat_n(0, size.checked_sub(part.len())?));
                point.extend(part);
            }
            PublicKey::Ec { curve: curve.to_string(), point }
        }
        ("OKP", Some("Ed25519")) => PublicKey::Ed25519(bytes(&jwk.x)?),
        _ => return None,
    };
    Some(NamedKey { id: jwk.kid, algorithm: jwk.alg, key })
}
