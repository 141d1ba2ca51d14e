//! Secret data as keyed digests.
//!
//! What a Secret holds is replaced as it enters, from a watch or from a renderer, so that no cache, diff, log or message can
//! show it. Equal values under one key have equal digests, which is all that comparing needs; without the key a digest says
//! nothing, not even to one who can guess the value.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_value::{Map, Value, to_json};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{Object, Sensitive, annotation};

/// What a digest starts with. No base64 text holds a hyphen, so a digest is never taken for `data` of a Secret.
pub const SECRET_DIGEST_PREFIX: &str = "hmac-sha256:";

/// The key of a process's secret digests: random bytes, made once at its start and kept in memory only.
#[derive(Clone, Debug)]
pub struct SecretKey {
    key: Sensitive<[u8; 32]>,
    /// Annotations of Secrets whose values are digested too.
    masked: Arc<[String]>,
}

// === impl SecretKey ===

impl SecretKey {
    /// A key of 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> SecretKey {
        SecretKey { key: Sensitive::new(bytes), masked: Arc::new([]) }
    }

    /// The same key, for Secrets whose annotations of these names hold secrets too (`resource.sensitive.mask.annotations`).
    pub fn masking(&self, annotations: impl IntoIterator<Item = String>) -> SecretKey {
        SecretKey { key: self.key.clone(), masked: annotations.into_iter().collect() }
    }

    /// The digest of one value: [`SECRET_DIGEST_PREFIX`] and 64 hexadecimal digits.
    pub fn digest(&self, value: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose()).expect("because HMAC takes keys of any length");
        mac.update(value);
        let mut text = String::with_capacity(SECRET_DIGEST_PREFIX.len() + 64);
        text.push_str(SECRET_DIGEST_PREFIX);
        for byte in mac.finalize().into_bytes() {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(nibble.into(), 16).expect("because a nibble is below 16"));
            }
        }
        text
    }
}

/// Whether the object is a Secret of the core group, whose `data` must not be shown.
pub fn is_secret(object: &Object) -> bool {
    object.kind() == "Secret" && object.group().is_empty()
}

/// Replaces what a Secret holds by digests under `key`; other objects are left as they are.
///
/// `data` and `stringData` that hold the same bytes get the same digest: `data` is digested after base64 decoding (as written
/// where it is no base64). The copy that `kubectl apply` keeps in an annotation is digested whole.
pub fn digest_secret(object: &mut Object, key: &SecretKey) {
    if !is_secret(object) {
        return;
    }
    let decoded = |value: &Value| match value.as_str() {
        Some(text) => match STANDARD.decode(text) {
            Ok(bytes) => key.digest(&bytes),
            Err(_) => key.digest(text.as_bytes()),
        },
        None => key.digest(to_json(value, false).as_bytes()),
    };
    let verbatim = |value: &Value| match value.as_str() {
        Some(text) => key.digest(text.as_bytes()),
        None => key.digest(to_json(value, false).as_bytes()),
    };
    let fields = object.fields_mut();
    digest_field(fields, "data", decoded);
    digest_field(fields, "stringData", verbatim);
    if let Some(annotations) = fields
        .get_mut("metadata")
        .and_then(Value::as_object_mut)
        .and_then(|metadata| metadata.get_mut("annotations"))
        .and_then(Value::as_object_mut)
    {
        for name in [annotation::LAST_APPLIED].into_iter().chain(key.masked.iter().map(String::as_str)) {
            if let Some(value) = annotations.get_mut(name) {
                *value = verbatim(value).into();
            }
        }
    }
}

/// Digests the entries of one field, or the whole of a field that holds no entries.
fn digest_field(fields: &mut Map, name: &str, digest: impl Fn(&Value) -> String) {
    match fields.get_mut(name) {
        None | Some(Value::Null) => {}
        Some(Value::Object(entries)) => {
            for (_, value) in Arc::make_mut(entries).iter_mut().filter(|(_, value)| !value.is_null()) {
                *value = digest(value).into();
            }
        }
        Some(other) => *other = digest(other).into(),
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn check(json: &str, key: u8) -> String {
        let mut object = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
        digest_secret(&mut object, &SecretKey::new([key; 32]));
        to_json(object.value(), false)
    }

    #[test]
    fn nothing_that_a_secret_holds_is_left() {
        let text = check(
            r#"{"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":{"name":"s","annotations":{
              "kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"a\":\"aHVudGVyMg==\"}}","keep":"me"}},
              "data":{"a":"aHVudGVyMg==","bad":"hunter2","null":null},"stringData":{"b":"hunter2","n":4711}}"#,
            1,
        );
        for secret in ["aHVudGVyMg", "hunter2", "4711"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(
            text.contains(r#""keep":"me""#) && text.contains(r#""type":"Opaque""#) && text.contains(r#""null":null"#)
        );
        let odd = check(r#"{"apiVersion":"v1","kind":"Secret","data":["hunter2"],"stringData":"hunter2"}"#, 1);
        assert!(!odd.contains("hunter2"), "{odd}");
    }

    #[test]
    fn equal_bytes_have_equal_digests_under_one_key_only() {
        let digest = |json: &str, key| {
            let text = check(json, key);
            let start = text.find(SECRET_DIGEST_PREFIX).unwrap();
            text[start..start + SECRET_DIGEST_PREFIX.len() + 64].to_string()
        };
        let data = r#"{"apiVersion":"v1","kind":"Secret","data":{"a":"aHVudGVyMg=="}}"#;
        let string = r#"{"apiVersion":"v1","kind":"Secret","stringData":{"b":"hunter2"}}"#;
        assert_eq!(digest(data, 1), digest(string, 1));
        assert_ne!(digest(data, 1), digest(data, 2));
    }

    #[test]
    fn annotations_that_are_named_are_digested_too() {
        let json =
            br#"{"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{"token":"hunter2","note":"mine"}}}"#;
        let mut object = Object::new(from_json(json).unwrap()).unwrap();
        digest_secret(&mut object, &SecretKey::new([1; 32]).masking(["token".to_string()]));
        let text = to_json(object.value(), false);
        assert!(!text.contains("hunter2") && text.contains(r#""note":"mine""#), "{text}");
    }

    #[test]
    fn other_kinds_are_left_as_they_are() {
        for json in [
            r#"{"apiVersion":"v1","data":{"a":"b"},"kind":"ConfigMap"}"#,
            r#"{"apiVersion":"vault.example.com/v1","data":{"a":"b"},"kind":"Secret"}"#,
        ] {
            assert_eq!(check(json, 1), json);
        }
    }

    #[test]
    fn digests_are_hmac_sha256() {
        // RFC 4231, test case 2, with the key padded to 32 bytes with zeros, which HMAC does itself.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        assert_eq!(
            SecretKey::new(key).digest(b"what do ya want for nothing?"),
            "hmac-sha256:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
