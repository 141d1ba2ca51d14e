//! What a new installation lacks: the signing key and the first password.

use std::collections::BTreeMap;

use bowline_core_types::Sensitive;

use crate::account_changes::SERVER_SECRET;
use crate::accounts::ADMIN;
use crate::authenticator::Authenticator;
use crate::error::{AuthError, Code};
use crate::password;
use crate::random;
use crate::vault::{Holder, update};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The Secret with the first password, for whoever installs; it may be deleted.
pub const INITIAL_ADMIN_SECRET: &str = "argocd-initial-admin-secret";
/// Its key.
const PASSWORD: &str = "password";
/// Characters of the first password: 16 of them have 95 bits.
const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
const LENGTH: usize = 16;

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// A signing key.
    pub signing_key: bool,
    /// A password of the account `admin`; it stands in [`INITIAL_ADMIN_SECRET`].
    pub admin_password: bool,
}

impl Authenticator {
    /// Makes what a new installation lacks. Several replicas may do it at once, and again: they end with the same key and
    /// password. Nothing is printed.
    pub async fn first_start(&self) -> Result<Made, AuthError> {
        let mut made = Made::default();
        let admin_enabled = self.accounts().get(ADMIN).is_none_or(|admin| admin.enabled);
        let stored = self.vault.read(Holder::Secret, SERVER_SECRET).await?.unwrap_or_default().data;
        let lacks = |key: &str| stored.get(key).is_none_or(|value| value.expose().is_empty());
        let first = if admin_enabled && lacks("admin.password") {
            let password = self.initial_password().await?;
            Some(password::hash(&password, &*self.random).await?)
        } else {
            None
        };
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        let signing_key: Sensitive<String> = STANDARD.encode(bytes).into();
        let now: Sensitive<String> = self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into();
        update::<AuthError>(&*self.vault, Holder::Secret, SERVER_SECRET, |data| {
            let lacks = |key: &str| data.get(key).is_none_or(|value| value.expose().is_empty());
            let mut keys = BTreeMap::new();
            made = Made::default();
            if lacks("server.secretkey") {
                keys.insert("server.secretkey".to_string(), Some(signing_key.clone()));
                made.signing_key = true;
            }
            if let Some(hash) = first.as_ref().filter(|_| lacks("admin.password")) {
                keys.insert("admin.password".to_string(), Some(hash.clone()));
                keys.insert("admin.passwordMtime".to_string(), Some(now.clone()));
                made.admin_password = true;
            } else if admin_enabled && lacks("admin.passwordMtime") {
                keys.insert("admin.passwordMtime".to_string(), Some(now.clone()));
            }
            Ok((!keys.is_empty()).then_some(keys))
        })
        .await?;
        self.settle(|state| state.signing_key.is_some()).await;
        if self.state().signing_key.is_none() {
            let message = format!("{SERVER_SECRET} was written and is not seen: is it watched?");
            return Err(AuthError::new(Code::Unavailable, message));
        }
        Ok(made)
    }

    /// The password that stands in the Secret, or a new one once it stands there. It is stored before its hash is: a crash between
    /// the two leaves a password that is taken up at the next start.
    async fn initial_password(&self) -> Result<Sensitive<String>, AuthError> {
        let new: Sensitive<String> = random::text(&*self.random, LETTERS, LENGTH).into();
        let mut password = new.clone();
        update::<AuthError>(&*self.vault, Holder::Secret, INITIAL_ADMIN_SECRET, |data| {
            match data.get(PASSWORD).filter(|password| !password.expose().is_empty()) {
                Some(known) => {
                    password = known.clone();
                    Ok(None)
                }
                None => {
                    password = new.clone();
                    Ok(Some(BTreeMap::from([(PASSWORD.to_string(), Some(new.clone()))])))
                }
            }
        })
        .await?;
        Ok(password)
    }
}
