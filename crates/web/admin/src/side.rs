//! [`Side`]: repositories that are read from, and those that are written to.

use std::sync::Arc;

use bowline_core_control::World;
use bowline_core_rbac::{Action, Denied, Enforcer, object};
use bowline_core_settings::RepositorySecret;
use bowline_web_wire::tonic::Status;

use crate::caller::Caller;
use crate::context::Context;
use crate::failure::denied;

/// Which of the two: they are stored and guarded apart, and looked after alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// What applications come from.
    Read,
    /// Where rendered manifests are written to.
    Write,
}

// === impl Side ===

impl Side {
    /// Refuses what is about writing where nothing writes.
    pub(crate) fn admit(self, context: &Context) -> Result<Side, Status> {
        let key = "hydrator.enabled";
        let on = || context.world.config("argocd-cmd-params-cm", key).is_some_and(|value| value.trim() == "true");
        match self {
            Side::Write if !on() => Err(Status::unimplemented("hydrator is disabled")),
            side => Ok(side),
        }
    }

    /// All of them, credential templates too.
    pub(crate) fn all(self, world: &World) -> Arc<Vec<RepositorySecret>> {
        match self {
            Side::Read => world.repositories(),
            Side::Write => world.writable_repositories(),
        }
    }

    /// The kind and the prefix of the name of Secrets that hold repositories.
    pub(crate) fn repository(self) -> (&'static str, &'static str) {
        match self {
            Side::Read => ("repository", "repo"),
            Side::Write => ("repository-write", "repo-write"),
        }
    }

    /// The same of credential templates.
    pub(crate) fn credentials(self) -> (&'static str, &'static str) {
        match self {
            Side::Read => ("repo-creds", "creds"),
            Side::Write => ("repo-write-creds", "creds-write"),
        }
    }

    /// Whether the caller may.
    pub(crate) fn permit<A: Action>(self, caller: &Caller, action: A, project: &str, url: &str) -> Result<(), Status> {
        self.allows(&caller.enforcer(), action, project, url).map_err(denied)
    }

    fn allows<A: Action>(self, enforcer: &Enforcer, action: A, project: &str, url: &str) -> Result<(), Denied> {
        let (project, url) = (project.to_string(), url.to_string());
        match self {
            Side::Read => enforcer.permit(action, object::Repository { project, url }).map(drop),
            Side::Write => enforcer.permit(action, object::WriteRepository { project, url }).map(drop),
        }
    }
}
