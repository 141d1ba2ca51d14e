//! Who may do what: the policy language of the contract, read, compiled and asked.
//!
//! ```text
//! argocd-rbac-cm ──▶ PolicySource ──▶ Policy ─┐
//! AppProjects ─────▶ ProjectPolicy ───────────┴▶ Engine ──▶ Enforcer (one per principal) ──▶ Allowed<Action, Object>
//! ```
//!
//! * A line is `p, subject, resource, action, object, allow|deny` or `g, member, role`. A role is had through up to ten `g`
//!   lines. A denial overrules what is allowed to the same subject, but not what another of its names (a group, the default
//!   role) is allowed: the names are asked one after the other, and the first that is allowed is enough.
//! * `policy.default` is asked first, so what it allows cannot be denied. Groups count only if a `g` line names them.
//! * Roles of an AppProject count where an object of that project is asked about, and nowhere else.
//!
//! [`Engine::enforcer`] makes the answers for one subject; [`Enforcer::allows`] takes well below 10 µs at 1,000 lines.
//! [`Enforcer::permit`] gives the proof that what is guarded asks for. [`Engine::explain`] says why. Everything here is pure:
//! whoever holds an [`Engine`] replaces it when something changes, and makes new [`Enforcer`]s.

mod words;

mod line;
mod pattern;

mod rule;

mod builtin;
mod policy;
mod project;
mod role_lines;

mod index;
mod judge;
mod roles;
mod subject;

mod engine;
mod explain;
mod proof;

pub mod action;
pub mod object;

pub use builtin::BUILTIN_POLICY;
pub use engine::{Enforcer, Engine};
pub use explain::{Deciding, Explanation, RequestError, Voice, check_request, resource_alias};
pub use line::LineError;
pub use pattern::MatchMode;
pub use policy::{Map, Policy, PolicyError, PolicySource};
pub use project::{ProjectPolicy, project_subject};
pub use proof::{Action, Allowed, Denied, Object, PERMISSION_DENIED};
pub use role_lines::{RoleError, check_roles, normalize_policy};
pub use rule::{Diagnostic, Origin};
pub use subject::{Known, Subject};
pub use words::{ACTIONS, Resource};

#[cfg(test)]
mod tests;
