//! Proofs that a sender knows the secret; none of them can be found out by measuring how long it takes to be refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Whether `hex` is the HMAC-SHA256 of `body` under `key`.
pub(crate) fn is_signed(key: &str, body: &[u8], hex: &str) -> bool {
    let Some(signature) = from_hex(hex) else { return false };
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("because HMAC takes keys of any length");
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

/// Whether two texts are equal.
pub(crate) fn is_same(given: &str, secret: &str) -> bool {
    given.as_bytes().ct_eq(secret.as_bytes()).into()
}

/// User and password of an `Authorization` header.
pub(crate) fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_string(), password.to_string()))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let digit = |b: u8| (b as char).to_digit(16).and_then(|d| u8::try_from(d).ok());
    text.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_or_not() {
        assert_eq!(from_hex("00fF"), Some(vec![0, 255]));
        for bad in ["0", "0g", "é", "0x00"] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
        assert_eq!(basic("Basic dTpwOnE="), Some(("u".into(), "p:q".into())));
        for bad in ["", "Basic", "Bearer dTpw", "Basic ???", "Basic dQ=="] {
            assert_eq!(basic(bad), None, "{bad}");
        }
    }
}
