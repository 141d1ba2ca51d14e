//! [`AuthConfig`]: the keys of `argocd-cm` about logins.

use std::time::Duration;

use bowline_base_value::yaml;
use bowline_core_settings::{Map, parse_duration};
use regex::Regex;
use serde_json::Value;

use crate::accounts::flag;
use crate::oidc::OidcConfig;

/// The ConfigMap.
pub(crate) const CONFIG: &str = "argocd-cm";
/// How long a session is where nothing is said.
const SESSION: Duration = Duration::from_secs(24 * 60 * 60);
/// What passwords have to be where nothing is said.
const PASSWORD_PATTERN: &str = "^.{8,32}$";

/// What `argocd-cm` says about logins.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// `url`: where people reach the server; empty where it is not set. Single sign-on needs it.
    pub url: String,
    /// `additionalUrls`: where people reach the server too.
    pub additional_urls: Vec<String>,
    /// `users.anonymous.enabled`: whether people without a token have the default role.
    pub anonymous: bool,
    /// `users.session.duration`: how long a login lasts.
    pub session: Duration,
    /// `passwordPattern`: what new passwords have to match, as it is written.
    pub password_pattern: String,
    /// Whether permissions over a whole application include its live objects
    /// (`server.rbac.disableApplicationFineGrainedRBACInheritance: "false"`).
    pub inherits_fine_grained: bool,
    /// `server.rbac.rollback.enforce.enable`: whether a rollback needs its own permission.
    pub rollback_enforced: bool,
    /// Where people log in besides local accounts.
    pub sso: Sso,
}

/// Where people log in besides local accounts.
#[derive(Clone, Debug, PartialEq)]
pub enum Sso {
    /// Nowhere.
    None,
    /// `oidc.config`: an identity provider. References to Secrets (`$…`) are not yet followed.
    Oidc(Box<OidcConfig>),
    /// `dex.config`: a Dex beside the server, which speaks to the provider.
    Dex(Box<crate::dex::DexConfig>),
    /// What is configured cannot be used; a sentence says why.
    Broken(String),
}

// === impl AuthConfig ===

impl Default for AuthConfig {
    fn default() -> AuthConfig {
        AuthConfig {
            url: String::new(),
            additional_urls: Vec::new(),
            anonymous: false,
            session: SESSION,
            password_pattern: PASSWORD_PATTERN.to_string(),
            inherits_fine_grained: false,
            rollback_enforced: false,
            sso: Sso::None,
        }
    }
}

impl AuthConfig {
    /// What the ConfigMap says, and a sentence for each key that cannot be used. Such a key keeps what it had in `last`.
    pub fn read(last: &AuthConfig, data: &Map) -> (AuthConfig, Vec<String>) {
        let mut config = AuthConfig::default();
        let mut wrong = Vec::new();
        let text = |key: &str| data.get(key).map(|text| text.trim()).filter(|text| !text.is_empty());
        let mut say = |key: &str, reason: String| wrong.push(format!("{CONFIG}: {key}: {reason}"));
        for (key, field, before) in [
            ("users.anonymous.enabled", &mut config.anonymous, last.anonymous),
            ("server.rbac.rollback.enforce.enable", &mut config.rollback_enforced, last.rollback_enforced),
        ] {
            if let Some(text) = text(key) {
                *field = flag(text).unwrap_or_else(|| {
                    say(key, format!("{text:?} is neither true nor false"));
                    before
                });
            }
        }
        let key = "server.rbac.disableApplicationFineGrainedRBACInheritance";
        if let Some(text) = text(key) {
            config.inherits_fine_grained = match flag(text) {
                Some(disabled) => !disabled,
                None => {
                    say(key, format!("{text:?} is neither true nor false"));
                    last.inherits_fine_grained
                }
            };
        }
        if let Some(text) = text("users.session.duration") {
            config.session = parse_duration(text).unwrap_or_else(|reason| {
                say("users.session.duration", reason);
                last.session
            });
        }
        if let Some(text) = text("passwordPattern") {
            match Regex::new(text) {
                Ok(_) => config.password_pattern = text.to_string(),
                Err(_) => {
                    say("passwordPattern", "is no regular expression".to_string());
                    config.password_pattern.clone_from(&last.password_pattern);
                }
            }
        }
        if let Some(text) = text("url") {
            match check_url(text) {
                Ok(()) => config.url = text.trim_end_matches('/').to_string(),
                Err(reason) => {
                    say("url", reason);
                    config.url.clone_from(&last.url);
                }
            }
        }
        if let Some(text) = text("additionalUrls") {
            match urls(text) {
                Ok(urls) => config.additional_urls = urls,
                Err(reason) => {
                    say("additionalUrls", reason);
                    config.additional_urls.clone_from(&last.additional_urls);
                }
            }
        }
        config.sso = sso(&config.url, text("oidc.config"), text("dex.config"), data);
        if let Sso::Broken(reason) = &config.sso {
            wrong.push(reason.clone());
        }
        (config, wrong)
    }

    /// Whether a new password is one that the pattern allows.
    pub fn allows_password(&self, password: &str) -> bool {
        Regex::new(&self.password_pattern).is_ok_and(|pattern| pattern.is_match(password))
    }

    /// Every URL at which people reach the server.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.url.as_str())
            .filter(|url| !url.is_empty())
            .chain(self.additional_urls.iter().map(String::as_str))
    }
}

/// OIDC counts before Dex, and nothing counts without a URL to come back to.
fn sso(url: &str, oidc: Option<&str>, dex: Option<&str>, data: &Map) -> Sso {
    let (key, text) = match (oidc, dex) {
        (Some(text), _) => ("oidc.config", text),
        (None, Some(text)) => ("dex.config", text),
        (None, None) => return Sso::None,
    };
    let broken = |reason: String| Sso::Broken(format!("{CONFIG}: {key}: {reason}"));
    if url.is_empty() {
        return broken("single sign-on needs url, to which people come back".to_string());
    }
    let value = match yaml::from_yaml(text) {
        Ok(value) => Value::from(&value),
        Err(error) => return broken(error.to_string()),
    };
    let skip_verify = data.get("oidc.tls.insecure.skip.verify").is_some_and(|text| flag(text.trim()) == Some(true));
    let read = if key == "oidc.config" {
        OidcConfig::read(value, skip_verify).map(|config| Sso::Oidc(Box::new(config)))
    } else {
        let connector = data.get("dex.auth.connectorId").cloned().unwrap_or_default();
        crate::dex::DexConfig::read(value, connector).map(|config| Sso::Dex(Box::new(config)))
    };
    read.unwrap_or_else(broken)
}

fn urls(text: &str) -> Result<Vec<String>, String> {
    let wrong = || "must be a list of URLs".to_string();
    let value = yaml::from_yaml(text).map_err(|error| format!("{}: {error}", wrong()))?;
    let items = value.as_array().ok_or_else(wrong)?;
    items
        .iter()
        .map(|item| {
            let url = item.as_str().ok_or_else(wrong)?;
            check_url(url)?;
            Ok(url.trim_end_matches('/').to_string())
        })
        .collect()
}

/// `http://` or `https://` with a host.
pub(crate) fn check_url(text: &str) -> Result<(), String> {
    let uri: http::Uri = text.parse().map_err(|_| format!("{text:?} is no URL"))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(_)) => Ok(()),
        _ => Err(format!("{text:?} must be a URL that begins with http:// or https://")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::map;

    #[test]
    fn keys_are_read_and_bad_ones_keep_what_was_good() {
        let good = map(&[
            ("url", "https://cd.example/base/"),
            ("additionalUrls", "- https://other.example\n"),
            ("users.anonymous.enabled", "true"),
            ("users.session.duration", "2h"),
            ("passwordPattern", "^.{4,}$"),
            ("server.rbac.disableApplicationFineGrainedRBACInheritance", "false"),
        ]);
        let (config, wrong) = AuthConfig::read(&AuthConfig::default(), &good);
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!(config.urls().collect::<Vec<_>>(), ["https://cd.example/base", "https://other.example"]);
        assert!(config.anonymous && config.inherits_fine_grained && config.allows_password("four"));
        let bad = map(&[
            ("url", "cd.example"),
            ("additionalUrls", "nothing"),
            ("users.anonymous.enabled", "maybe"),
            ("users.session.duration", "soon"),
            ("passwordPattern", "("),
            ("server.rbac.disableApplicationFineGrainedRBACInheritance", "x"),
            ("server.rbac.rollback.enforce.enable", "x"),
        ]);
        let (kept, wrong) = AuthConfig::read(&config, &bad);
        assert_eq!(wrong.len(), 7, "{wrong:#?}");
        assert_eq!((kept.url, kept.session, kept.anonymous), (config.url, Duration::from_secs(7200), true));
    }

    #[test]
    fn single_sign_on_that_cannot_be_used_says_why() {
        let of = |entries: &[(&str, &str)]| AuthConfig::read(&AuthConfig::default(), &map(entries)).0.sso;
        assert_eq!(of(&[]), Sso::None);
        for (entries, want) in [
            (&[("oidc.config", "issuer: https://i")][..], "needs url"),
            (&[("url", "https://cd"), ("oidc.config", "issuer: [")], "oidc.config"),
            (&[("url", "https://cd"), ("oidc.config", "name: x")], "issuer"),
            (&[("url", "https://cd"), ("dex.config", "connectors: x")], "connectors"),
        ] {
            match of(entries) {
                Sso::Broken(reason) => assert!(reason.contains(want), "{reason}"),
                other => panic!("{entries:?}: {other:?}"),
            }
        }
    }
}
