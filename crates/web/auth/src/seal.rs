//! [`Seal`]: what a browser keeps for us and may neither read nor change.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_core_types::Sensitive;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::random::Random;

/// Seals and opens values of one purpose, by a key that is made from the server's signing key.
pub(crate) struct Seal {
    key: LessSafeKey,
    purpose: &'static str,
}

// === impl Seal ===

impl Seal {
    /// Purposes do not open each other's values.
    pub(crate) fn new(signing_key: &Sensitive<String>, purpose: &'static str) -> Seal {
        let made = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, signing_key.expose().as_bytes()), purpose.as_bytes());
        let key =
            UnboundKey::new(&AES_256_GCM, made.as_ref()).expect("because HMAC-SHA256 gives the 32 bytes of the key");
        Seal { key: LessSafeKey::new(key), purpose }
    }

    /// A text for a cookie.
    pub(crate) fn close(&self, value: &impl Serialize, random: &dyn Random) -> String {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut text = serde_json::to_vec(value).expect("because what is sealed is plain data");
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(self.purpose), &mut text)
            .expect("because a cookie is far below what AES-GCM takes");
        let mut sealed = nonce.to_vec();
        sealed.append(&mut text);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// What was sealed; `None` where it was not sealed by this key, or changed since.
    pub(crate) fn open<T: DeserializeOwned>(&self, sealed: &str) -> Option<T> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let nonce: [u8; NONCE_LEN] = bytes.get(..NONCE_LEN)?.try_into().ok()?;
        let text = self
            .key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(self.purpose), bytes.get_mut(NONCE_LEN..)?)
            .ok()?;
        serde_json::from_slice(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn only_the_same_key_and_purpose_open_it() {
        let (one, two): (Sensitive<String>, Sensitive<String>) = ("one".to_string().into(), "two".to_string().into());
        let sealed = Seal::new(&one, "a").close(&"hidden", &SystemRandom);
        assert_eq!(Seal::new(&one, "a").open::<String>(&sealed).as_deref(), Some("hidden"));
        assert_eq!(Seal::new(&one, "b").open::<String>(&sealed), None);
        assert_eq!(Seal::new(&two, "a").open::<String>(&sealed), None);
        let mut changed = sealed.clone().into_bytes();
        changed[20] ^= 1;
        for other in [String::from_utf8_lossy(&changed).into_owned(), sealed[..20].to_string(), String::new()] {
            assert_eq!(Seal::new(&one, "a").open::<String>(&other), None);
        }
        assert_ne!(sealed, Seal::new(&one, "a").close(&"hidden", &SystemRandom));
    }
}
