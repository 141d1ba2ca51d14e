//! A new token for the service account that a cluster is reached with.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bowline_base_kube::{ApiResource, Class, Client, WriteOptions};
use bowline_base_value::{Value, from_json};
use bowline_core_ports::Rotated;
use bowline_core_types::Sensitive;

/// How often it is looked whether the cluster has filled the token in.
const PAUSE: Duration = Duration::from_millis(200);

/// The service account that a token is of, as the token itself says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Account {
    namespace: String,
    name: String,
    /// The Secret that the token came from, where it came from one.
    secret: Option<String>,
}

// === impl Account ===

impl Account {
    /// Reads what a token says about itself. Whether it is genuine is the cluster's to say, which is asked with it.
    pub(super) fn of(token: &str) -> Result<Account, String> {
        let none = "the cluster is not reached with the token of a service account: there is nothing to rotate";
        let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok());
        let claims = claims.and_then(|json| from_json(&json).ok()).ok_or(none)?;
        let old = |field: &str| {
            let key = format!("kubernetes.io/serviceaccount/{field}");
            claims.get(&key).and_then(Value::as_str).map(str::to_string)
        };
        if let (Some(namespace), Some(name)) = (old("namespace"), old("service-account.name")) {
            return Ok(Account { namespace, name, secret: old("secret.name") });
        }
        let subject = claims.str_at(&["sub"]).and_then(|subject| subject.strip_prefix("system:serviceaccount:"));
        let (namespace, name) = subject.and_then(|subject| subject.split_once(':')).ok_or(none)?;
        Ok(Account { namespace: namespace.to_string(), name: name.to_string(), secret: None })
    }
}

/// Makes a Secret for another token of the account, and waits until the cluster has filled it in.
pub(super) async fn make(client: &Client, account: &Account) -> Result<Rotated, String> {
    let Account { namespace, name, secret } = account;
    let text = format!(
        r#"{{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{{"generateName":"{name}-token-","annotations":{{"kubernetes.io/service-account.name":"{name}"}}}}}}"#
    );
    let wanted = from_json(text.as_bytes()).map_err(|e| e.to_string())?;
    let made = client.create(&secrets(), namespace, &wanted, &WriteOptions::default()).await;
    let made = made.map_err(|e| e.to_string())?.value;
    let new = made.str_at(&["metadata", "name"]).unwrap_or_default().to_string();
    loop {
        let filled = client.get::<Value>(&secrets(), namespace, &new).await.map_err(|e| e.to_string())?;
        if let Some(token) = filled.str_at(&["data", "token"]).filter(|token| !token.is_empty()) {
            let token = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let token = token.ok_or_else(|| format!("the token in secret {namespace}/{new} cannot be read"))?;
            return Ok(Rotated { token: Sensitive::new(token), namespace: namespace.clone(), old: secret.clone() });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Deletes the Secret of the old token; then it is good no more.
pub(super) async fn retire(client: &Client, rotated: &Rotated) -> Result<(), String> {
    let Some(old) = &rotated.old else { return Ok(()) };
    match client.delete(&secrets(), &rotated.namespace, old, &Default::default()).await {
        Ok(_) => Ok(()),
        Err(error) if error.is(Class::NotFound) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn secrets() -> ApiResource {
    ApiResource::new("", "v1", "Secret", "secrets", true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_whose_it_is() {
        let token = |claims: &str| format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims));
        let legacy = token(
            r#"{"kubernetes.io/serviceaccount/namespace":"kube-system","kubernetes.io/serviceaccount/secret.name":"s","kubernetes.io/serviceaccount/service-account.name":"argocd-manager"}"#,
        );
        let account = |name: &str, secret: Option<&str>| Account {
            namespace: "kube-system".into(),
            name: name.into(),
            secret: secret.map(str::to_string),
        };
        assert_eq!(Account::of(&legacy), Ok(account("argocd-manager", Some("s"))));
        let bound = token(r#"{"sub":"system:serviceaccount:kube-system:a"}"#);
        assert_eq!(Account::of(&bound), Ok(account("a", None)));
        for other in ["", "abc", "a.b.c", &token(r#"{"sub":"admin"}"#)] {
            assert!(Account::of(other).unwrap_err().contains("nothing to rotate"), "{other}");
        }
    }
}
