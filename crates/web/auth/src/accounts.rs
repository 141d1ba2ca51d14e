//! Local accounts, as `argocd-cm` and `argocd-secret` have them.

use std::collections::BTreeMap;

use bowline_core_settings::{Map, ServerSecret};
use bowline_core_types::Sensitive;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The account that every installation has.
pub const ADMIN: &str = "admin";

/// A local account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The bcrypt hash of its password; empty where it has none.
    pub password_hash: Sensitive<String>,
    /// When the password was set: sessions from before end with it.
    pub password_mtime: Option<Timestamp>,
    /// Whether it can be used.
    pub enabled: bool,
    /// What it may have sessions by, as it was written, twice where it was.
    pub capabilities: Vec<Capability>,
    /// The API keys that were handed out; the keys themselves are not kept.
    pub tokens: Vec<AccountToken>,
}

/// What an account may have sessions by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// A password.
    Login,
    /// API keys.
    ApiKey,
}

/// An API key that was handed out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountToken {
    /// Its ID.
    #[serde(default)]
    pub id: String,
    /// When it was issued, in seconds since 1970.
    #[serde(rename = "iat", default)]
    pub issued_at: i64,
    /// When it ends, in seconds since 1970; 0 never.
    #[serde(rename = "exp", default, skip_serializing_if = "is_zero")]
    pub expires_at: i64,
}

/// Accounts by name.
pub type Accounts = BTreeMap<String, Account>;

fn is_zero(number: &i64) -> bool {
    *number == 0
}

// === impl Capability ===

impl Capability {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Capability::Login => "login",
            Capability::ApiKey => "apiKey",
        }
    }

    /// The capability of this word.
    pub fn from_word(word: &str) -> Option<Capability> {
        [Capability::Login, Capability::ApiKey].into_iter().find(|capability| capability.as_str() == word)
    }
}

// === impl Account ===

impl Account {
    /// Whether it may have sessions by this.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// An API key that was handed out and not deleted since.
    pub fn token(&self, id: &str) -> Option<&AccountToken> {
        self.tokens.iter().find(|token| token.id == id)
    }
}

/// The keys of `argocd-secret` that belong to an account: password, when it was set, tokens.
pub(crate) fn secret_keys(name: &str) -> [String; 3] {
    let prefix = if name == ADMIN { ADMIN.to_string() } else { format!("accounts.{name}") };
    ["password", "passwordMtime", "tokens"].map(|key| format!("{prefix}.{key}"))
}

/// All accounts, and a sentence for each thing that cannot be read. An account of which something cannot be read that protects it
/// (whether it is enabled, when its password changed) is disabled; the others are as they are.
pub fn read(config: &Map, secret: &ServerSecret) -> (Accounts, Vec<String>) {
    let mut wrong = Vec::new();
    let mut accounts =
        Accounts::from([(ADMIN.to_string(), Account { capabilities: vec![Capability::Login], ..new(ADMIN) })]);
    let mut disable = Vec::new();
    if let Some(text) = config.get("admin.enabled") {
        match flag(text) {
            Some(enabled) => change(&mut accounts, ADMIN, |admin| admin.enabled = enabled),
            None => wrong
                .push(format!("argocd-cm: admin.enabled: {text:?} is neither true nor false; the account is enabled")),
        }
    }
    for (key, value) in config.range("accounts.".to_string()..).take_while(|(key, _)| key.starts_with("accounts.")) {
        let parts: Vec<&str> = key.split('.').collect();
        let (name, what) = match parts[..] {
            [_, name] => (name, ""),
            [_, name, what] => (name, what),
            _ => {
                wrong.push(format!("argocd-cm: {key}: is no key of an account, whose names have no dot"));
                continue;
            }
        };
        let account = accounts.entry(name.to_string()).or_insert_with(|| new(name));
        match what {
            "" => {
                for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
                    match Capability::from_word(word) {
                        Some(capability) => account.capabilities.push(capability),
                        None => wrong.push(format!("argocd-cm: {key}: {word:?} is neither login nor apiKey")),
                    }
                }
            }
            "enabled" => match flag(value) {
                Some(enabled) => account.enabled = enabled,
                None => {
                    wrong.push(format!(
                        "argocd-cm: {key}: {value:?} is neither true nor false; the account is disabled"
                    ));
                    disable.push(name.to_string());
                }
            },
            _ => wrong.push(format!("argocd-cm: {key}: is no key of an account")),
        }
    }
    for account in accounts.values_mut() {
        let [password, mtime, tokens] = secret_keys(&account.name);
        if let Some(hash) = secret.get(&password) {
            account.password_hash = hash.clone();
        }
        if let Some(text) = secret.get(&mtime).map(Sensitive::expose).filter(|text| !text.is_empty()) {
            match text.parse() {
                Ok(time) => account.password_mtime = Some(time),
                Err(_) => {
                    wrong.push(format!(
                        "argocd-secret: {mtime}: is no time as RFC 3339 writes it; the account is disabled"
                    ));
                    disable.push(account.name.clone());
                }
            }
        }
        if let Some(text) = secret.get(&tokens).map(Sensitive::expose).filter(|text| !text.is_empty()) {
            match serde_json::from_str::<Option<Vec<AccountToken>>>(text) {
                Ok(list) => account.tokens = list.unwrap_or_default(),
                Err(_) => wrong.push(format!("argocd-secret: {tokens}: is no list of tokens, so none is good")),
            }
        }
    }
    for name in disable {
        change(&mut accounts, &name, |account| account.enabled = false);
    }
    (accounts, wrong)
}

fn new(name: &str) -> Account {
    Account {
        name: name.to_string(),
        password_hash: Sensitive::default(),
        password_mtime: None,
        enabled: true,
        capabilities: Vec::new(),
        tokens: Vec::new(),
    }
}

fn change(accounts: &mut Accounts, name: &str, change: impl FnOnce(&mut Account)) {
    if let Some(account) = accounts.get_mut(name) {
        change(account);
    }
}

/// A truth value as Go's `strconv` reads it.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{map, server_secret};

    #[test]
    fn accounts_are_read_from_both_places() {
        let config = map(&[
            ("accounts.alice", "apiKey, login"),
            ("accounts.alice.enabled", "false"),
            ("accounts.bob", "login"),
            ("accounts.admin", "apiKey"),
            ("admin.enabled", "true"),
        ]);
        let secret = server_secret(&[
            ("admin.password", "hash"),
            ("admin.passwordMtime", "2026-01-02T03:04:05Z"),
            ("accounts.alice.tokens", r#"[{"id":"a","iat":1},{"id":"b","iat":2,"exp":3}]"#),
        ]);
        let (accounts, wrong) = read(&config, &secret);
        assert_eq!(wrong, Vec::<String>::new());
        let admin = &accounts["admin"];
        assert_eq!(admin.capabilities, [Capability::Login, Capability::ApiKey]);
        assert_eq!(admin.password_mtime.unwrap().to_string(), "2026-01-02T03:04:05Z");
        let alice = &accounts["alice"];
        assert!(!alice.enabled && alice.has(Capability::ApiKey) && alice.has(Capability::Login));
        assert_eq!((alice.token("b").unwrap().expires_at, alice.token("c")), (3, None));
        assert!(accounts["bob"].enabled && !accounts["bob"].has(Capability::ApiKey));
    }

    #[test]
    fn what_protects_an_account_and_cannot_be_read_disables_it_alone() {
        let config = map(&[
            ("accounts.alice", "login,fly"),
            ("accounts.alice.enabled", "perhaps"),
            ("accounts.bob", "login"),
            ("accounts.a.b.c", "login"),
            ("accounts.carol", "login"),
        ]);
        let secret =
            server_secret(&[("accounts.carol.passwordMtime", "yesterday"), ("accounts.bob.tokens", "[broken")]);
        let (accounts, wrong) = read(&config, &secret);
        assert_eq!(wrong.len(), 5, "{wrong:#?}");
        let enabled: Vec<&str> = accounts.values().filter(|a| a.enabled).map(|a| a.name.as_str()).collect();
        assert_eq!(enabled, ["admin", "bob"]);
        assert!(!wrong.join(" ").contains("broken"), "what a Secret holds is not told");
    }
}
