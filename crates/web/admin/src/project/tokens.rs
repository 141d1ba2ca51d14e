//! Tokens of projects' roles.

use bowline_core_rbac::action::Update;
use bowline_core_rbac::object::Project;
use bowline_core_rbac::{Allowed, project_subject};
use bowline_web_auth::without_role_token;
use bowline_web_wire::project::{ProjectTokenCreateRequest, ProjectTokenDeleteRequest, ProjectTokenResponse};
use bowline_web_wire::tonic::Status;

use crate::caller::Caller;
use crate::event::{About, Done};
use crate::failure::{denied, of_auth};
use crate::project::Projects;

/// How often a change is made anew where somebody else changed the project meanwhile.
const TRIES: u32 = 5;

// === impl Projects ===

impl Projects {
    /// Who may update the project, and who is in one of the role's groups; a role's own token may not make others.
    fn may(&self, caller: &Caller, project: &str, role: &str) -> Result<Allowed<Update, Project>, Status> {
        let known = self.0.world.project(project);
        let groups = known
            .and_then(|known| known.spec.roles.iter().find(|known| known.name == role).map(|role| role.groups.clone()))
            .filter(|_| project_subject(&caller.principal.id).is_none());
        let object = Project { name: project.to_string() };
        caller.enforcer().permit_role_tokens(object, &groups.unwrap_or_default()).map_err(denied)
    }

    pub(crate) async fn issue(
        &self,
        caller: &Caller,
        asked: ProjectTokenCreateRequest,
    ) -> Result<ProjectTokenResponse, Status> {
        let allowed = self.may(caller, &asked.project, &asked.role)?;
        let mut tries = 0;
        loop {
            tries += 1;
            let (raw, before) = self.stored(&allowed).await?;
            let issued = self.0.auth.issue_role_token(&allowed, &before, &asked.role, asked.expires_in, &asked.id);
            let (issued, after) = issued.map_err(of_auth)?;
            match self.store(&raw, &before, &after, &before.metadata.resource_version).await {
                Ok(stored) => {
                    let about = About { kind: "AppProject", metadata: &stored.metadata };
                    self.0.tell(caller, about, Done::Created, "created token").await;
                    return Ok(ProjectTokenResponse { token: issued.token.expose().as_str().into() });
                }
                Err(status) if tries < TRIES && status.code() == bowline_web_wire::tonic::Code::Aborted => {}
                Err(status) => return Err(status),
            }
        }
    }

    pub(crate) async fn revoke(&self, caller: &Caller, asked: ProjectTokenDeleteRequest) -> Result<(), Status> {
        let allowed = self.may(caller, &asked.project, &asked.role)?;
        let mut tries = 0;
        loop {
            tries += 1;
            let (raw, before) = self.stored(&allowed).await?;
            // A token that is not there is one that is deleted.
            let Some(after) = without_role_token(&before, &asked.role, asked.iat, &asked.id) else { return Ok(()) };
            match self.store(&raw, &before, &after, &before.metadata.resource_version).await {
                Ok(stored) => {
                    let about = About { kind: "AppProject", metadata: &stored.metadata };
                    self.0.tell(caller, about, Done::Deleted, "deleted token").await;
                    return Ok(());
                }
                Err(status) if tries < TRIES && status.code() == bowline_web_wire::tonic::Code::Aborted => {}
                Err(status) => return Err(status),
            }
        }
    }
}
