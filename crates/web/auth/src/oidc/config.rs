//! [`OidcConfig`]: `oidc.config` of `argocd-cm`.

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_core_settings::parse_duration;
use bowline_core_types::Sensitive;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::check_url;

/// What is asked for where nothing is said.
const SCOPES: [&str; 4] = ["openid", "profile", "email", "groups"];

/// An identity provider that speaks OpenID Connect.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OidcConfig {
    /// What people call it.
    pub name: String,
    /// Its URL, which its tokens name too.
    pub issuer: String,
    /// What it knows the server by.
    #[serde(rename = "clientID")]
    pub client_id: String,
    /// The server's password there; before it is resolved it may be a reference such as `$oidc.clientSecret` or `$secret:key`.
    pub client_secret: Secret,
    /// What it knows the command line by, where that is another client.
    #[serde(rename = "cliClientID")]
    pub cli_client_id: String,
    /// Whose tokens are accepted too; the clients' own where none is named.
    pub allowed_audiences: Vec<String>,
    /// Whether a token that is for nobody in particular is accepted.
    pub skip_audience_check_when_token_has_no_audience: bool,
    /// Scopes that are asked for.
    pub requested_scopes: Vec<String>,
    /// Claims that are asked for.
    #[serde(rename = "requestedIDTokenClaims")]
    pub requested_id_token_claims: BTreeMap<String, Option<ClaimRequest>>,
    /// Where a logout goes on; `{{token}}` and `{{logoutRedirectURL}}` are filled in.
    #[serde(rename = "logoutURL")]
    pub logout_url: String,
    /// Certificates (PEM) that the provider's own must come from; the system's where empty.
    #[serde(rename = "rootCA")]
    pub root_ca: String,
    /// Whether a login proves that it began here (RFC 7636).
    #[serde(rename = "enablePKCEAuthentication")]
    pub enable_pkce_authentication: bool,
    /// Sent along as `domain_hint`.
    pub domain_hint: String,
    /// Whether groups come from the userinfo endpoint.
    pub enable_user_info_groups: bool,
    /// URL of that endpoint without its path; the issuer where empty.
    #[serde(rename = "userInfoBaseURL")]
    pub user_info_base_url: String,
    /// Path of that endpoint.
    pub user_info_path: String,
    /// How long its answer holds, as a duration; as long as the token where empty.
    pub user_info_cache_expiration: String,
    /// How long before its end a token is renewed, as a duration; only when it has ended where empty.
    pub refresh_token_threshold: String,
    /// What only Entra ID has.
    pub azure: Option<Value>,
    /// Whether any certificate of the provider is accepted (`oidc.tls.insecure.skip.verify`).
    #[serde(skip)]
    pub skip_verify: bool,
    /// The setting as it was written, before references were followed.
    #[serde(skip)]
    pub(crate) raw: Sensitive<Value>,
}

/// A text that is not shown.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Secret(String);

/// A claim that is asked for, as OpenID Connect has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimRequest {
    /// Whether it must be there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// Its value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// One of these values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

// === impl Secret ===

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(sensitive)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(text)
    }
}

// === impl OidcConfig ===

impl OidcConfig {
    /// Reads the setting, which is YAML, after it became a value. References to Secrets are left as they are.
    pub fn read(value: Value, skip_verify: bool) -> Result<OidcConfig, String> {
        let mut config: OidcConfig = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        config.skip_verify = skip_verify;
        config.raw = value.into();
        config.domain_hint = config.domain_hint.trim().to_string();
        if !config.issuer.starts_with('$') {
            check_url(&config.issuer).map_err(|reason| format!("issuer: {reason}"))?;
        }
        if !config.user_info_base_url.is_empty() {
            check_url(&config.user_info_base_url).map_err(|reason| format!("userInfoBaseURL: {reason}"))?;
        }
        if config.client_id.is_empty() {
            return Err("clientID: is missing: it is what the provider knows the server by".to_string());
        }
        config.duration("userInfoCacheExpiration", &config.user_info_cache_expiration)?;
        config.duration("refreshTokenThreshold", &config.refresh_token_threshold)?;
        if let Some(azure) = &config.azure {
            for field in ["useWorkloadIdentity", "enableUserGroupOverageClaim"] {
                if azure.get(field).and_then(Value::as_bool) == Some(true) {
                    return Err(format!("azure.{field}: is not built; a client secret and groups in the token are"));
                }
            }
        }
        Ok(config)
    }

    /// The same with references to Secrets followed; a reference that leads nowhere stays as it is.
    pub fn resolved(&self, resolve: &dyn Fn(&str) -> Option<String>) -> Result<OidcConfig, String> {
        let mut value = self.raw.expose().clone();
        crate::dex::follow(&mut value, resolve);
        OidcConfig::read(value, self.skip_verify)
    }

    fn duration(&self, field: &str, text: &str) -> Result<Duration, String> {
        if text.is_empty() {
            Ok(Duration::ZERO)
        } else {
            parse_duration(text).map_err(|reason| format!("{field}: {reason}"))
        }
    }

    /// How long the userinfo endpoint's answer holds; zero is as long as the token.
    pub fn user_info_expiration(&self) -> Duration {
        self.duration("", &self.user_info_cache_expiration).unwrap_or_default()
    }

    /// How long before its end a token is renewed.
    pub fn refresh_threshold(&self) -> Duration {
        self.duration("", &self.refresh_token_threshold).unwrap_or_default()
    }

    /// The scopes that are asked for.
    pub fn scopes(&self) -> Vec<&str> {
        if self.requested_scopes.is_empty() {
            SCOPES.to_vec()
        } else {
            self.requested_scopes.iter().map(String::as_str).collect()
        }
    }

    /// For whom a token may be.
    pub fn audiences(&self) -> Vec<&str> {
        if self.allowed_audiences.is_empty() {
            [self.client_id.as_str(), &self.cli_client_id].into_iter().filter(|id| !id.is_empty()).collect()
        } else {
            self.allowed_audiences.iter().map(String::as_str).collect()
        }
    }

    /// The parameter `claims` of a login; `None` where no claim is asked for.
    pub fn claims_parameter(&self) -> Option<String> {
        (!self.requested_id_token_claims.is_empty())
            .then(|| serde_json::json!({"id_token": self.requested_id_token_claims}).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn everything_that_can_be_said() {
        let config = OidcConfig::read(
            json!({
                "name": "SSO", "issuer": "https://i.example", "clientID": "cd", "clientSecret": "$oidc:secret",
                "cliClientID": "cli", "requestedScopes": ["openid", "offline_access"],
                "requestedIDTokenClaims": {"groups": {"essential": true}, "acr": {"values": ["a"]}, "x": null},
                "logoutURL": "https://i.example/out?t={{token}}", "enablePKCEAuthentication": true,
                "refreshTokenThreshold": "2m", "azure": {"useWorkloadIdentity": false}, "unknown": 1
            }),
            true,
        )
        .unwrap();
        assert_eq!(config.audiences(), ["cd", "cli"]);
        assert_eq!(config.scopes(), ["openid", "offline_access"]);
        assert_eq!(config.refresh_threshold(), Duration::from_secs(120));
        assert_eq!(
            config.claims_parameter().unwrap(),
            r#"{"id_token":{"acr":{"values":["a"]},"groups":{"essential":true},"x":null}}"#
        );
        assert!(config.skip_verify && !format!("{config:?}").contains("oidc:secret"));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (value, want) in [
            (json!({"clientID": "x"}), "issuer: "),
            (json!({"issuer": "ftp://i", "clientID": "x"}), "issuer: \"ftp://i\" must be a URL"),
            (json!({"issuer": "https://i"}), "clientID: is missing"),
            (
                json!({"issuer": "https://i", "clientID": "x", "refreshTokenThreshold": "soon"}),
                "refreshTokenThreshold: ",
            ),
            (
                json!({"issuer": "https://i", "clientID": "x", "azure": {"useWorkloadIdentity": true}}),
                "azure.useWorkloadIdentity: is not built",
            ),
            (json!({"issuer": "https://i", "clientID": 7}), "invalid type"),
        ] {
            let error = OidcConfig::read(value.clone(), false).unwrap_err();
            assert!(error.contains(want), "{value}: {error}");
        }
    }
}
