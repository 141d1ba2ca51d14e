//! [`Caller`]: who calls, as the gate found him.

use std::fmt;
use std::sync::Arc;

use bowline_core_rbac::Enforcer;
use bowline_web_auth::{Authenticator, Principal};
use bowline_web_wire::tonic::{Request, Status};

/// Who calls, and what he may. The gate puts it into the extensions of each request that it lets in with a session.
#[derive(Clone)]
pub struct Caller {
    /// Who.
    pub principal: Arc<Principal>,
    auth: Arc<Authenticator>,
}

// === impl Caller ===

impl Caller {
    /// Somebody whom `auth` has let in.
    pub fn new(principal: Arc<Principal>, auth: Arc<Authenticator>) -> Caller {
        Caller { principal, auth }
    }

    /// Who sent the request. A request without a caller was let in by a gate that forgot to say so, and goes no further.
    pub fn of<T>(request: &Request<T>) -> Result<Caller, Status> {
        Caller::maybe(request).ok_or_else(|| Status::unauthenticated("no session information"))
    }

    /// Who sent a request that needs no session, where that is known.
    pub fn maybe<T>(request: &Request<T>) -> Option<Caller> {
        request.extensions().get::<Caller>().cloned()
    }

    /// What he may, by the policy of this moment: a stream lives longer than a policy and asks again.
    pub fn enforcer(&self) -> Arc<Enforcer> {
        self.auth.enforcer(&self.principal)
    }

    /// The name that operations and logs have of him.
    pub fn username(&self) -> &str {
        &self.principal.username
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Caller({})", self.username())
    }
}
