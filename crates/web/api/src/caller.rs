//! [`Caller`]: who calls, and what they may.

use std::fmt;
use std::sync::Arc;

use bowline_core_rbac::{Denied, Enforcer};
use bowline_web_auth::{Authenticator, Principal};
use bowline_web_wire::tonic::{Request, Status};

use crate::Ground;

/// Who calls. What they may is asked anew each time: a stream lives longer than a policy.
#[derive(Clone)]
pub(crate) struct Caller {
    principal: Arc<Principal>,
    auth: Arc<Authenticator>,
}

// === impl Caller ===

impl Caller {
    /// Who sent a request, as the gate found them. One that passed no gate is nobody's, and may nothing.
    pub(crate) fn of<T>(ground: &Ground, request: &Request<T>) -> Result<Caller, Status> {
        let found = bowline_web_admin::Caller::of(request)?;
        Ok(Caller { principal: found.principal, auth: ground.auth.clone() })
    }

    /// What they may, by the policy of this moment.
    pub(crate) fn enforcer(&self) -> Arc<Enforcer> {
        self.auth.enforcer(&self.principal)
    }

    /// The name that operations and logs have of them.
    pub(crate) fn username(&self) -> &str {
        &self.principal.username
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Caller({})", self.username())
    }
}

/// A refusal with its whole sentence.
pub(crate) fn refused(denied: Denied) -> Status {
    Status::permission_denied(denied.to_string())
}

/// A refusal that tells nothing about what is there.
pub(crate) fn masked() -> Status {
    Status::permission_denied(bowline_core_rbac::PERMISSION_DENIED)
}
