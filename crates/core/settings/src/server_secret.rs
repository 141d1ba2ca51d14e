//! `argocd-secret`: what only the server itself may know.

use std::collections::BTreeMap;

use bowline_core_types::{Object, Sensitive};

use crate::{SecretError, SecretText, secret_text};

/// Keys of the secrets that webhooks are signed with.
const WEBHOOKS: &str = "webhook.";

/// The Secret `argocd-secret`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerSecret {
    /// `server.secretkey`: what sessions are signed with.
    pub signing_key: Option<Sensitive<String>>,
    /// `admin.password`: a bcrypt hash.
    pub admin_password: Option<Sensitive<String>>,
    /// `admin.passwordMtime`: when it was set, RFC 3339; older sessions end with it.
    pub admin_password_mtime: Option<String>,
    /// `webhook.<sender>.<key>`, by `<sender>.<key>`.
    pub webhooks: BTreeMap<String, Sensitive<String>>,
    /// Everything: settings refer to it as `$key`.
    all: SecretText,
}

// === impl ServerSecret ===

impl ServerSecret {
    /// Reads the Secret.
    pub fn from_secret(object: &Object) -> Result<ServerSecret, SecretError> {
        let all = secret_text(object)?;
        let of = |key: &str| all.get(key).filter(|value| !value.expose().is_empty()).cloned();
        Ok(ServerSecret {
            signing_key: of("server.secretkey"),
            admin_password: of("admin.password"),
            admin_password_mtime: of("admin.passwordMtime").map(|text| text.expose().clone()),
            webhooks: all
                .iter()
                .filter_map(|(key, value)| Some((key.strip_prefix(WEBHOOKS)?.to_string(), value.clone())))
                .collect(),
            all,
        })
    }

    /// One key as it is stored.
    pub fn get(&self, key: &str) -> Option<&Sensitive<String>> {
        self.all.get(key)
    }

    /// What a setting's value means: `$key` is that key of the Secret, anything else is itself. A key that is not there is an error
    /// that names it.
    pub fn resolve(&self, value: &str) -> Result<Sensitive<String>, String> {
        match value.strip_prefix('$') {
            None => Ok(Sensitive::new(value.to_string())),
            Some(key) => self.all.get(key).cloned().ok_or_else(|| format!("argocd-secret has no key {key:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::Value;

    use super::*;

    #[test]
    fn keys_are_typed_and_referred_to_and_never_shown() {
        let data: Value = [
            ("server.secretkey", Value::from("hidden-key")),
            ("admin.password", "hidden-hash".into()),
            ("admin.passwordMtime", "2026-01-02T03:04:05Z".into()),
            ("webhook.github.secret", "hidden-hook".into()),
            ("dex.clientSecret", "hidden-client".into()),
        ]
        .into_iter()
        .collect();
        let value: Value =
            [("apiVersion", Value::from("v1")), ("kind", "Secret".into()), ("stringData", data)].into_iter().collect();
        let secret = ServerSecret::from_secret(&Object::new(value).unwrap()).unwrap();
        assert_eq!(secret.signing_key.as_ref().unwrap().expose(), "hidden-key");
        assert_eq!(secret.webhooks["github.secret"].expose(), "hidden-hook");
        assert_eq!(secret.resolve("$dex.clientSecret").unwrap().expose(), "hidden-client");
        assert_eq!(secret.resolve("plain").unwrap().expose(), "plain");
        assert_eq!(secret.resolve("$gone").unwrap_err(), "argocd-secret has no key \"gone\"");
        assert!(!format!("{secret:?}").contains("hidden"));
    }
}
