//! [`Subject`]: who asks.

/// Who asks, as far as a policy is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Nobody in particular, where anonymous access is on: the default role's permissions.
    Anonymous,
    /// Authentication is switched off: everything is allowed.
    Unrestricted,
    /// Somebody who showed a token.
    Known(Known),
}

/// Somebody who showed a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Known {
    /// The account, `proj:<project>:<role>`, or the user's ID at the identity provider.
    pub id: String,
    /// The values of the claims that `scopes` names.
    pub groups: Vec<String>,
    /// When the token was issued, in seconds since 1970.
    pub issued_at: Option<i64>,
    /// Whether the server itself issued the token, for one of its accounts.
    pub local: bool,
}

// === impl Subject ===

impl Subject {
    /// The user's ID; empty where there is none.
    pub fn id(&self) -> &str {
        match self {
            Subject::Known(known) => &known.id,
            Subject::Anonymous | Subject::Unrestricted => "",
        }
    }

    /// The groups; none where nobody in particular asks.
    pub fn groups(&self) -> &[String] {
        match self {
            Subject::Known(known) => &known.groups,
            Subject::Anonymous | Subject::Unrestricted => &[],
        }
    }

    /// Whether the subject is in one of these groups.
    pub fn is_in(&self, groups: &[String]) -> bool {
        self.groups().iter().any(|group| groups.contains(group))
    }

    /// Whether this is the local account of that name.
    pub fn is_account(&self, name: &str) -> bool {
        matches!(self, Subject::Known(known) if known.local && known.id == name)
    }
}
