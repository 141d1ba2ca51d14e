//! [`SsoSession`]: what keeps a session of an identity provider going, in the browser's keeping.
//!
//! There is no store of ours for it: the refresh token and the access token stand in a cookie, sealed by a key of the server's, so
//! that any replica can use them, and no one else. A session ends with the configured length, however often it was renewed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The cookie.
pub const REFRESH_COOKIE: &str = "argocd.session";
/// What the seal is for.
pub(crate) const PURPOSE: &str = "session of an identity provider";

/// What keeps a session going.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SsoSession {
    /// What it is revoked by.
    pub id: String,
    /// The provider.
    pub issuer: String,
    /// The user.
    pub subject: String,
    /// When the user logged in, in seconds since 1970.
    pub started_at: i64,
    /// What gets new tokens; empty where the provider gave none.
    pub refresh_token: String,
    /// What the provider's other endpoints are asked with; empty where nobody asks them.
    pub access_token: String,
}

// === impl SsoSession ===

impl SsoSession {
    /// When the session ends, for a configured length.
    pub(crate) fn ends_at(&self, length: std::time::Duration) -> Timestamp {
        let start = Timestamp::from_second(self.started_at).unwrap_or(Timestamp::UNIX_EPOCH);
        start
            .saturating_add(jiff::SignedDuration::try_from(length).unwrap_or(jiff::SignedDuration::MAX))
            .unwrap_or(Timestamp::MAX)
    }
}

impl std::fmt::Debug for SsoSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SsoSession")
            .field("issuer", &self.issuer)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}
