//! What a new installation is given.

use crate::testing::{Lab, NAMESPACE};
use crate::vault::Holder;
use crate::{INITIAL_ADMIN_SECRET, Made};

fn empty() -> Lab {
    let lab = Lab::new();
    lab.vault.put(Holder::Secret, "argocd-secret", &[("server.secretkey", "")]);
    lab
}

#[tokio::test(start_paused = true)]
async fn a_key_and_a_password_are_made_once() {
    let lab = empty();
    let made = lab.auth.first_start().await.unwrap();
    assert_eq!(made, Made { signing_key: true, admin_password: true });
    let password = lab.vault.get(Holder::Secret, INITIAL_ADMIN_SECRET, "password").unwrap();
    assert_eq!(password.len(), 16);
    assert!(lab.auth.login("admin", &password.into()).await.is_ok());
    let key = lab.vault.get(Holder::Secret, "argocd-secret", "server.secretkey").unwrap();
    assert_eq!(key.len(), 44, "32 bytes in base64");
    assert_eq!(lab.auth.first_start().await.unwrap(), Made::default());
    assert_eq!(lab.vault.get(Holder::Secret, "argocd-secret", "server.secretkey").unwrap(), key);
    assert_eq!(lab.auth.world().namespace(), NAMESPACE);
}

#[tokio::test(start_paused = true)]
async fn replicas_that_start_together_end_with_one_password() {
    let lab = empty();
    let other = lab.replica();
    let (one, two) = tokio::join!(lab.auth.first_start(), other.first_start());
    assert!(one.is_ok() && two.is_ok());
    let password = lab.vault.get(Holder::Secret, INITIAL_ADMIN_SECRET, "password").unwrap();
    assert!(lab.auth.login("admin", &password.clone().into()).await.is_ok());
    // A crash after the password was stored and before its hash was.
    let lab = empty();
    lab.vault.put(Holder::Secret, INITIAL_ADMIN_SECRET, &[("password", &password)]);
    lab.auth.first_start().await.unwrap();
    assert!(lab.auth.login("admin", &password.into()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_admin_who_is_disabled_gets_no_password() {
    let lab = empty();
    lab.vault.config(&[("admin.enabled", "false")]);
    let made = lab.auth.first_start().await.unwrap();
    assert_eq!(made, Made { signing_key: true, admin_password: false });
    assert_eq!(lab.vault.get(Holder::Secret, INITIAL_ADMIN_SECRET, "password"), None);
}
