//! [`Caller`]: who calls, and what they may.

use std::fmt;
use std::sync::Arc;

use bowline_core_rbac::{Denied, Enforcer};
use tonic::{Request, Status};

/// What is known of who calls.
pub trait Enforcing: Send + Sync {
    /// What they may, by the policy of this moment.
    fn enforcer(&self) -> Arc<Enforcer>;

    /// The name that operations and logs have of them.
    fn username(&self) -> String;
}

/// Who calls. The server's gate puts it into the extensions of a request that it lets in.
#[derive(Clone)]
pub struct Caller(Arc<dyn Enforcing>);

// === impl Caller ===

impl Caller {
    /// Who `of` tells of.
    pub fn new(of: Arc<dyn Enforcing>) -> Caller {
        Caller(of)
    }

    /// Who sent a request. One that passed no gate is nobody's, and may nothing.
    pub fn of<T>(request: &Request<T>) -> Result<Caller, Status> {
        let caller = request.extensions().get::<Caller>().cloned();
        caller.ok_or_else(|| Status::unauthenticated("no session information"))
    }

    /// What they may, by the policy of this moment.
    pub fn enforcer(&self) -> Arc<Enforcer> {
        self.0.enforcer()
    }

    /// The name that operations and logs have of them.
    pub fn username(&self) -> String {
        self.0.username()
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
