//! Changes of accounts.

use std::time::Duration;

use bowline_core_rbac::{action, object};
use bowline_core_types::Sensitive;
use serde_json::json;

use crate::testing::{Lab, PASSWORD_HASH};
use crate::vault::Holder;
use crate::{AuthError, Code, Principal};

const SECRET: &str = "argocd-secret";

fn lab() -> Lab {
    let lab = Lab::new();
    lab.vault.put(
        Holder::Secret,
        SECRET,
        &[("admin.password", PASSWORD_HASH), ("accounts.alice.password", PASSWORD_HASH)],
    );
    lab
}

async fn logged_in(lab: &Lab, name: &str) -> std::sync::Arc<Principal> {
    let logged_in = lab.auth.login(name, &"password".to_string().into()).await.unwrap();
    lab.ask(logged_in.issued.token.expose()).await.unwrap().principal
}

async fn change(lab: &Lab, who: &Principal, name: &str, current: &str, new: &str) -> Result<(), AuthError> {
    let text = |text: &str| Sensitive::new(text.to_string());
    lab.auth.update_password(who, name, &text(current), &text(new)).await
}

#[tokio::test(start_paused = true)]
async fn a_password_is_changed_by_its_account_or_by_who_may() {
    let lab = lab();
    let (alice, admin) = (logged_in(&lab, "alice").await, logged_in(&lab, "admin").await);
    lab.clock.advance(Duration::from_secs(5));
    for (who, name, current, new, code, want) in [
        (&alice, "", "wrong", "another-one", Code::InvalidArgument, "current password does not match"),
        (
            &alice,
            "",
            "password",
            "short",
            Code::Unknown,
            "new password does not match the following expression: ^.{8,32}$",
        ),
        (
            &alice,
            "admin",
            "password",
            "another-one",
            Code::PermissionDenied,
            "permission denied: accounts, update, admin, sub: alice, iat: 2026-01-02T03:04:05Z",
        ),
        (&admin, "nobody", "password", "another-one", Code::NotFound, "account 'nobody' does not exist"),
    ] {
        let error = change(&lab, who, name, current, new).await.unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (code, want));
    }
    change(&lab, &alice, "", "password", "another-one").await.unwrap();
    assert!(lab.auth.login("alice", &"another-one".to_string().into()).await.is_ok());
    assert!(lab.auth.login("alice", &"password".to_string().into()).await.is_err());
    assert!(lab.auth.recheck(&alice).is_err(), "sessions from before end");
    change(&lab, &admin, "alice", "password", "a-third-one").await.unwrap();
    assert!(lab.auth.login("alice", &"a-third-one".to_string().into()).await.is_ok());
    assert_eq!(lab.vault.get(Holder::Secret, SECRET, "accounts.alice.passwordMtime").unwrap(), "2026-01-02T03:04:10Z");
}

#[tokio::test(start_paused = true)]
async fn a_user_of_the_provider_changes_passwords_with_a_fresh_token_and_the_permission() {
    let lab = lab();
    lab.sso("");
    lab.vault.put(Holder::ConfigMap, "argocd-rbac-cm", &[("policy.csv", "p, user-1, accounts, update, alice, allow")]);
    let token = lab.provider.token(&json!({}));
    let user = lab.ask(&token).await.unwrap().principal;
    change(&lab, &user, "alice", "", "another-one").await.unwrap();
    assert_eq!(change(&lab, &user, "admin", "", "another-one").await.unwrap_err().code, Code::PermissionDenied);
    assert_eq!(change(&lab, &user, "", "", "another-one").await.unwrap_err().code, Code::PermissionDenied);
    lab.clock.advance(Duration::from_secs(301));
    let error = change(&lab, &user, "alice", "", "another-one").await.unwrap_err();
    assert_eq!(error.message, "SSO token is too old. Please use 'argocd relogin' to get a new token");
    // A user of the provider who is called as an account is, is not that account.
    let alias = lab.ask(&lab.provider.token(&json!({"sub": "alice"}))).await.unwrap().principal;
    assert_eq!(change(&lab, &alias, "", "password", "another-one").await.unwrap_err().code, Code::PermissionDenied);
}

#[tokio::test(start_paused = true)]
async fn api_keys_come_and_go() {
    let lab = lab();
    let (alice, admin) = (logged_in(&lab, "alice").await, logged_in(&lab, "admin").await);
    let allowed = |who: &Principal, name: &str| {
        lab.auth.enforcer(who).permit_account(action::Update, object::Account { name: name.into() })
    };
    assert!(allowed(&alice, "bob").is_err());
    let own = allowed(&alice, "alice").unwrap();
    // Somebody else was faster, twice.
    *lab.vault.conflicts.lock().unwrap() = 2;
    let first = lab.auth.create_token(&own, 0, "one").await.unwrap();
    let second = lab.auth.create_token(&own, 60, "").await.unwrap();
    for issued in [&first, &second] {
        let principal = lab.ask(issued.token.expose()).await.unwrap().principal;
        assert_eq!((principal.id.as_str(), principal.token_id.as_deref()), ("alice", Some(issued.id.as_str())));
    }
    assert_eq!(
        lab.vault.get(Holder::Secret, SECRET, "accounts.alice.tokens").unwrap(),
        format!(
            r#"[{{"id":"one","iat":{0}}},{{"id":"{1}","iat":{0},"exp":{2}}}]"#,
            first.issued_at,
            second.id,
            second.issued_at + 60
        )
    );
    for (account, id, want) in [
        ("alice", "one", "failed to update account with new token: account already has token with id 'one'"),
        ("admin", "", "failed to update account with new token: account 'admin' does not have apiKey capability"),
        ("nobody", "", "account 'nobody' does not exist"),
    ] {
        let error = lab.auth.create_token(&allowed(&admin, account).unwrap(), 0, id).await.unwrap_err();
        assert_eq!(error.message, want);
    }
    lab.auth.delete_token(&own, "one").await.unwrap();
    assert_eq!(
        lab.refusal(first.token.expose()).await,
        "invalid session: account alice does not have token with id one"
    );
    let error = lab.auth.delete_token(&own, "one").await.unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (Code::NotFound, "token with id 'one' does not exist"));
    lab.clock.advance(Duration::from_secs(61));
    assert!(lab.refusal(second.token.expose()).await.contains("expired"));
    lab.auth.delete_token(&own, &second.id).await.unwrap();
    assert_eq!(lab.vault.get(Holder::Secret, SECRET, "accounts.alice.tokens"), None);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_said() {
    let lab = lab();
    let alice = logged_in(&lab, "alice").await;
    let own =
        lab.auth.enforcer(&alice).permit_account(action::Update, object::Account { name: "alice".into() }).unwrap();
    *lab.vault.broken.lock().unwrap() = Some("the API server is away".into());
    let error = lab.auth.create_token(&own, 0, "one").await.unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (Code::Unavailable, "argocd-secret: the API server is away"));
    *lab.vault.broken.lock().unwrap() = None;
    *lab.vault.conflicts.lock().unwrap() = 100;
    assert_eq!(lab.auth.create_token(&own, 0, "one").await.unwrap_err().code, Code::Aborted);
}
