//! Failures as the contract tells them.

use bowline_base_kube::Error;
use bowline_core_rbac::{Denied, PERMISSION_DENIED};
use bowline_web_auth::AuthError;
use bowline_web_wire::status::code_of_kubernetes;
use bowline_web_wire::tonic::{Code, Status};

/// What the API server of Kubernetes said, under the code that the contract has for it.
pub fn failed(error: Error) -> Status {
    match &error {
        Error::Status(status) => Status::new(code_of_kubernetes(&status.reason), status.message.clone()),
        Error::Connect { .. } | Error::Broken { .. } => Status::unavailable(error.to_string()),
        Error::Timeout { .. } => Status::deadline_exceeded(error.to_string()),
        _ => Status::unknown(error.to_string()),
    }
}

/// A refusal that may say what it is about.
pub fn denied(denied: Denied) -> Status {
    Status::permission_denied(denied.to_string())
}

/// A refusal that must not say whether there is such a thing.
pub fn hidden() -> Status {
    Status::permission_denied(PERMISSION_DENIED)
}

/// A refusal of logins and accounts.
pub fn of_auth(error: AuthError) -> Status {
    Status::new(Code::from_i32(error.code.number()), error.message)
}

/// Something that is missing, in the words of Kubernetes.
pub(crate) fn missing(resource: &str, name: &str) -> Status {
    Status::not_found(format!("{resource} {name:?} not found"))
}

/// An object that cannot be read as what it should be.
pub(crate) fn unreadable(what: &str, error: impl std::fmt::Display) -> Status {
    Status::internal(format!("{what} cannot be read: {error}"))
}
