//! Logins with a password, and what keeps them from being guessed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bowline_core_types::Sensitive;
use tokio::sync::Semaphore;

use crate::accounts::Capability;
use crate::authenticator::{Authenticator, Issued};
use crate::cookie::TOKEN_COOKIE;
use crate::error::{AuthError, Code};
use crate::limits::Limits;
use crate::password;

/// What a user name may have, in bytes.
const LONGEST_NAME: usize = 32;
/// How long the answer takes at least and at most, so that the time it takes tells nothing.
const DELAY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_millis(1000));

/// Failed logins, and how many logins there are at once.
///
/// Only names of accounts are remembered: names that nobody has cannot push them out. Passwords of one account are looked at one
/// after the other, so that many guesses at once are not looked at before the first has failed.
#[derive(Debug)]
pub(crate) struct Throttle {
    limits: Limits,
    at_once: Option<Semaphore>,
    accounts: Mutex<HashMap<String, Arc<Attempts>>>,
}

#[derive(Debug, Default)]
struct Attempts {
    one_at_a_time: tokio::sync::Mutex<()>,
    failed: Mutex<(u32, Duration)>,
}

/// A session after a login.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The token.
    pub issued: Issued,
    /// `Set-Cookie` headers that store it in a browser.
    pub set_cookies: Vec<String>,
}

// === impl Throttle ===

impl Throttle {
    pub(crate) fn new(limits: Limits) -> Throttle {
        let at_once = (limits.logins_at_once > 0).then(|| Semaphore::new(limits.logins_at_once));
        Throttle { limits, at_once, accounts: Mutex::default() }
    }

    fn of(&self, account: &str) -> Arc<Attempts> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if !accounts.contains_key(account) && accounts.len() >= self.limits.remembered {
            // Accounts that were deleted since; there are never more accounts than this.
            accounts.retain(|_, attempts| Arc::strong_count(attempts) > 1);
        }
        accounts.entry(account.to_string()).or_default().clone()
    }

    fn is_locked(&self, attempts: &Attempts, now: Duration) -> bool {
        let (count, last) = *attempts.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let window = self.limits.failure_window;
        count >= self.limits.failures && (window.is_zero() || now <= last + window)
    }

    fn note(&self, attempts: &Attempts, success: bool, now: Duration) {
        let mut failed = attempts.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let window = self.limits.failure_window;
        let old = !window.is_zero() && now > failed.1 + window;
        let before = if old { 0 } else { failed.0 };
        *failed = if success { (0, now) } else { (before.saturating_add(1), now) };
    }
}

// === impl Authenticator ===

impl Authenticator {
    /// Logs an account in, as `SessionService.Create` does.
    pub async fn login(&self, username: &str, password: &Sensitive<String>) -> Result<LoggedIn, AuthError> {
        let _one_of_many = match &self.throttle.at_once {
            Some(logins) => Some(logins.try_acquire().map_err(|_| {
                tracing::warn!("there are more logins at once than are allowed");
                AuthError::invalid_login()
            })?),
            None => None,
        };
        if username.is_empty() || password.expose().is_empty() {
            return Err(AuthError::new(Code::Unauthenticated, "no credentials supplied"));
        }
        self.verify_password(username, password).await?;
        let subject = format!("{username}:{}", Capability::Login.as_str());
        let issued = self.issue(&subject, self.config().session, "")?;
        let set_cookies = self.options().cookies().token(TOKEN_COOKIE, issued.token.expose()).unwrap_or_default();
        Ok(LoggedIn { issued, set_cookies })
    }

    /// Whether an account may log in with this password. Takes half a second to a second, whatever the answer.
    pub(crate) async fn verify_password(&self, username: &str, password: &Sensitive<String>) -> Result<(), AuthError> {
        if password.expose().is_empty() {
            return Err(AuthError::new(Code::Unauthenticated, "Blank passwords are not allowed"));
        }
        if username.len() > LONGEST_NAME {
            let message = format!("Username is too long ({LONGEST_NAME} bytes max)");
            return Err(AuthError::new(Code::InvalidArgument, message));
        }
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        let delay = tokio::time::sleep(DELAY.0 + (DELAY.1 - DELAY.0).mul_f64(share));
        let (answer, ()) = tokio::join!(self.compare(username, password), delay);
        answer
    }

    async fn compare(&self, username: &str, password: &Sensitive<String>) -> Result<(), AuthError> {
        let Some(account) = self.accounts().get(username).cloned() else {
            // As long as with an account: what there is, is not to be found out.
            password::verify(password, &Sensitive::default()).await;
            return Err(AuthError::invalid_login());
        };
        let attempts = self.throttle.of(username);
        let _one_at_a_time = attempts.one_at_a_time.lock().await;
        if self.throttle.is_locked(&attempts, self.clock.monotonic()) {
            tracing::warn!(username, "too many failed logins: the account is locked for a while");
            return Err(AuthError::invalid_login());
        }
        let valid = password::verify(password, &account.password_hash).await;
        if !valid {
            self.throttle.note(&attempts, false, self.clock.monotonic());
            tracing::warn!(username, "a login failed");
            return Err(AuthError::invalid_login());
        }
        let refused = |message: String| Err(AuthError::new(Code::Unauthenticated, message));
        if !account.enabled {
            return refused(format!("Account {username} is disabled"));
        }
        if !account.has(Capability::Login) {
            return refused(format!("Account {username} does not have login capability"));
        }
        self.throttle.note(&attempts, true, self.clock.monotonic());
        Ok(())
    }
}
