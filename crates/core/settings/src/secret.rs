//! The data of a Secret as text.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_core_types::{Object, Sensitive};

/// A Secret's data, decoded.
pub type SecretText = BTreeMap<String, Sensitive<String>>;

/// A Secret that does not configure what its label says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// A key that is needed is missing or empty.
    #[error("secret {secret}: key {key:?} is missing")]
    Missing {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: &'static str,
    },
    /// A key's value cannot be read.
    #[error("secret {secret}: key {key:?}: {reason}")]
    Invalid {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: String,
        /// What is wrong, without the value.
        reason: String,
    },
}

/// Decodes `data` of a Secret (and `stringData` over it, where it was not yet stored).
pub fn secret_text(secret: &Object) -> Result<SecretText, SecretError> {
    let invalid = |key: &str, reason: &str| SecretError::Invalid {
        secret: secret.name().to_string(),
        key: key.to_string(),
        reason: reason.to_string(),
    };
    let mut text = SecretText::new();
    if let Some(data) = secret.value().get("data").and_then(|d| d.as_object()) {
        for (key, value) in data.iter() {
            let bytes =
                STANDARD.decode(value.as_str().unwrap_or_default()).map_err(|_| invalid(key, "is not base64"))?;
            let value = String::from_utf8(bytes).map_err(|_| invalid(key, "is not UTF-8 text"))?;
            text.insert(key.to_string(), Sensitive::new(value));
        }
    }
    if let Some(data) = secret.value().get("stringData").and_then(|d| d.as_object()) {
        for (key, value) in data.iter() {
            text.insert(key.to_string(), Sensitive::new(value.as_str().unwrap_or_default().to_string()));
        }
    }
    Ok(text)
}
