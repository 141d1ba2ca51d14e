//! [`Principal`]: who was let in.

use bowline_core_rbac::{Known, Subject};
use jiff::Timestamp;

use crate::claims::Claims;

/// The issuer of tokens that the server itself issues.
pub const LOCAL_ISSUER: &str = "argocd";

/// Who was let in, and by what.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// What kind of token it was, if any.
    pub kind: Kind,
    /// The user's ID: an account, `proj:<project>:<role>`, or the ID at the identity provider; empty for [`Kind::Anonymous`] and
    /// [`Kind::Unrestricted`]. It is what a policy knows the user by.
    pub id: String,
    /// What people call the user: the ID, or the e-mail address of a user of an identity provider.
    pub username: String,
    /// The values of the claims that `scopes` of the policy names.
    pub groups: Vec<String>,
    /// Who issued the token: `argocd`, or the identity provider's URL; empty where there was none.
    pub issuer: String,
    /// When the token was issued.
    pub issued_at: Option<Timestamp>,
    /// When the token ends; `None` for one that does not.
    pub expires_at: Option<Timestamp>,
    /// What the token is revoked by.
    pub token_id: Option<String>,
    /// Everything that the token says; empty where there was none.
    pub claims: Claims,
    /// Which signing key of the server's it was; `None` for tokens of others.
    pub(crate) signed_with: Option<[u8; 32]>,
}

/// The kinds of principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Somebody of whom nothing is known, where anonymous access is on.
    Anonymous,
    /// Authentication is switched off.
    Unrestricted,
    /// An account that logged in with its password.
    Login,
    /// An account, by one of its API keys.
    ApiKey,
    /// A role of a project.
    ProjectRole,
    /// A user of the identity provider.
    External,
}

// === impl Principal ===

impl Principal {
    /// Somebody without a token.
    pub(crate) fn without_token(kind: Kind) -> Principal {
        Principal {
            kind,
            id: String::new(),
            username: String::new(),
            groups: Vec::new(),
            issuer: String::new(),
            issued_at: None,
            expires_at: None,
            token_id: None,
            claims: Claims::default(),
            signed_with: None,
        }
    }

    /// How a policy sees the principal.
    pub fn subject(&self) -> Subject {
        match self.kind {
            Kind::Anonymous => Subject::Anonymous,
            Kind::Unrestricted => Subject::Unrestricted,
            Kind::Login | Kind::ApiKey | Kind::ProjectRole | Kind::External => Subject::Known(Known {
                id: self.id.clone(),
                groups: self.groups.clone(),
                issued_at: self.issued_at.map(|time| time.as_second()),
                local: self.issuer == LOCAL_ISSUER,
            }),
        }
    }

    /// Whether there is a session: somebody showed a token.
    pub fn is_logged_in(&self) -> bool {
        !self.id.is_empty()
    }

    /// Whether the server itself issued the token.
    pub fn is_local(&self) -> bool {
        self.issuer == LOCAL_ISSUER
    }
}
