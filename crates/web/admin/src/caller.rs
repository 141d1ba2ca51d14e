//! [`Caller`]: who calls, as the gate found him.

use std::sync::Arc;

use bowline_core_rbac::Enforcer;
use bowline_web_auth::Principal;
use bowline_web_wire::tonic::{Request, Status};

/// Who calls, and what he may. The gate puts it into the extensions of each request that it lets in with a session.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub principal: Arc<Principal>,
    /// What he may, by the policy of this moment.
    pub enforcer: Arc<Enforcer>,
}

// === impl Caller ===

impl Caller {
    /// Who sent the request. A request without a caller was let in by a gate that forgot to say so, and goes no further.
    pub fn of<T>(request: &Request<T>) -> Result<Caller, Status> {
        Caller::maybe(request).ok_or_else(|| Status::unauthenticated("no session information"))
    }

    /// Who sent a request that needs no session, where that is known.
    pub fn maybe<T>(request: &Request<T>) -> Option<Caller> {
        request.extensions().get::<Caller>().cloned()
    }
}
