//! Tokens of projects' roles: issued here, and known by the project that lists them.

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_core_crd::{AppProject, JWTToken, JWTTokens};
use bowline_core_rbac::object::Project;
use bowline_core_rbac::{Allowed, action};

use crate::authenticator::{Authenticator, Issued};
use crate::error::{AuthError, Code};

impl Authenticator {
    /// Issues a token of a role and gives the project that lists it, which the caller stores; the token is good once it is stored.
    /// `expires_in` is in seconds, none or less is for ever; `id` empty is a random one.
    pub fn issue_role_token(
        &self,
        allowed: &Allowed<action::Update, Project>,
        project: &AppProject,
        role: &str,
        expires_in: i64,
        id: &str,
    ) -> Result<(Issued, AppProject), AuthError> {
        let name = &allowed.object().name;
        if *name != project.metadata.name {
            return Err(AuthError::new(Code::Internal, format!("the permission is for project {name}")));
        }
        if !project.spec.roles.iter().any(|known| known.name == role) {
            return Err(AuthError::new(Code::NotFound, format!("project '{name}' does not have role '{role}'")));
        }
        let mut project = project.clone();
        normalize_role_tokens(&mut project);
        let tokens = project.status.jwt_tokens_by_role.entry(role.to_string()).or_default();
        if !id.is_empty() && tokens.items.iter().any(|token| token.id == id) {
            let message = format!("rpc error: code = InvalidArgument desc = Token id '{id}' has been used. ");
            return Err(AuthError::new(Code::InvalidArgument, message));
        }
        let lifetime = Duration::from_secs(expires_in.try_into().unwrap_or(0));
        let issued = self.issue(&format!("proj:{name}:{role}"), lifetime, id)?;
        tokens.items.push(JWTToken { iat: issued.issued_at, exp: issued.expires_at, id: issued.id.clone() });
        normalize_role_tokens(&mut project);
        Ok((issued, project))
    }
}

/// The project without a token, by its ID or (where there is no ID) by the second in which it was issued. `None` where it lists no
/// such token.
pub fn without_role_token(project: &AppProject, role: &str, issued_at: i64, id: &str) -> Option<AppProject> {
    let mut changed = project.clone();
    normalize_role_tokens(&mut changed);
    let is_meant = |token: &JWTToken| if id.is_empty() { token.iat == issued_at } else { token.id == id };
    let tokens = &mut changed.status.jwt_tokens_by_role.get_mut(role)?.items;
    let meant = tokens.iter().position(is_meant).or_else(|| {
        // Old clients know the second only, and say an ID that they made up.
        tokens.iter().position(|token| token.iat == issued_at && token.id == issued_at.to_string())
    })?;
    let gone = tokens.remove(meant);
    for role in changed.spec.roles.iter_mut().filter(|known| known.name == role) {
        role.jwt_tokens.retain(|token| token.id != gone.id && !(token.id.is_empty() && token.iat == gone.iat));
    }
    Some(changed)
}

/// Lists tokens the same way in both places: what `spec` or `status` knows of a role's tokens, youngest first, each with an ID;
/// roles that are gone have none. Whether anything changed.
pub fn normalize_role_tokens(project: &mut AppProject) -> bool {
    let mut by_role = BTreeMap::new();
    let before = project.status.jwt_tokens_by_role.clone();
    let mut changed = false;
    for role in &mut project.spec.roles {
        let in_status = before.get(&role.name).map_or(&[][..], |tokens| &tokens.items);
        let mut tokens: Vec<JWTToken> = Vec::new();
        for token in role.jwt_tokens.iter().chain(in_status) {
            let mut token = token.clone();
            if token.id.is_empty() {
                token.id = token.iat.to_string();
            }
            if !tokens.iter().any(|known| known.id == token.id) {
                tokens.push(token);
            }
        }
        tokens.sort_by_key(|token| std::cmp::Reverse(token.iat));
        changed |= role.jwt_tokens != tokens;
        role.jwt_tokens.clone_from(&tokens);
        by_role.insert(role.name.clone(), JWTTokens { items: tokens });
    }
    changed |= by_role != before;
    project.status.jwt_tokens_by_role = by_role;
    changed
}
