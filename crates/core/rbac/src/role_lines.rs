//! What an AppProject's roles may say, checked where one is written.

/// A role of a project that cannot be stored, in the contract's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// A name that is none.
    #[error(
        "invalid role name '{0}'. Must consist of alphanumeric characters, '-' or '_', and must start and end with an alphanumeric character"
    )]
    Name(String),
    /// A name twice.
    #[error("role '{0}' already exists")]
    Duplicate(String),
    /// A policy twice.
    #[error("policy '{policy}' already exists for role '{role}'")]
    DuplicatePolicy {
        /// The policy.
        policy: String,
        /// The role.
        role: String,
    },
    /// A group twice.
    #[error("group '{group}' already exists for role '{role}'")]
    DuplicateGroup {
        /// The group.
        group: String,
        /// The role.
        role: String,
    },
    /// A policy that says what a role cannot.
    #[error("invalid policy rule '{policy}': {reason}")]
    Policy {
        /// The policy.
        policy: String,
        /// Why not.
        reason: String,
    },
    /// A group that cannot stand in a line.
    #[error("group '{group}' {reason}")]
    Group {
        /// The group.
        group: String,
        /// Why not.
        reason: &'static str,
    },
}

// === impl RoleError ===

impl RoleError {
    /// Whether it says that something is there already (else that something is invalid).
    pub fn is_duplicate(&self) -> bool {
        matches!(self, RoleError::Duplicate(_) | RoleError::DuplicatePolicy { .. } | RoleError::DuplicateGroup { .. })
    }
}

/// Checks the roles of a project: names, policies (only about the project's own objects, only for the role itself), groups.
pub fn check_roles(project: &str, roles: &[bowline_core_crd::ProjectRole]) -> Result<(), RoleError> {
    for (at, role) in roles.iter().enumerate() {
        if roles[..at].iter().any(|other| other.name == role.name) {
            return Err(RoleError::Duplicate(role.name.clone()));
        }
        check_name(&role.name)?;
        for (at, policy) in role.policies.iter().enumerate() {
            if role.policies[..at].contains(policy) {
                return Err(RoleError::DuplicatePolicy { policy: policy.clone(), role: role.name.clone() });
            }
            check_policy(project, &role.name, policy)
                .map_err(|reason| RoleError::Policy { policy: policy.clone(), reason })?;
        }
        for (at, group) in role.groups.iter().enumerate() {
            if role.groups[..at].contains(group) {
                return Err(RoleError::DuplicateGroup { group: group.clone(), role: role.name.clone() });
            }
            check_group(group)?;
        }
    }
    Ok(())
}

/// The form in which policies of a role are stored: `p, sub, res, act, obj, eft`, one space after each comma.
pub fn normalize_policy(policy: &str) -> String {
    let mut parts = policy.split(',');
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(
        first,
        |line, part| {
            if line.is_empty() { part.to_string() } else { format!("{line}, {}", part.trim_matches(' ')) }
        },
    )
}

fn check_name(name: &str) -> Result<(), RoleError> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let ends =
        name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    if ends && name.chars().all(inside) { Ok(()) } else { Err(RoleError::Name(name.to_string())) }
}

fn check_policy(project: &str, role: &str, policy: &str) -> Result<(), String> {
    let fields: Vec<&str> = policy.split(',').map(|field| field.trim_matches(' ')).collect();
    let ["p", subject, resource, action, object, effect] = fields[..] else {
        return Err("must be of the form: 'p, sub, res, act, obj, eft'".into());
    };
    let expected = format!("proj:{project}:{role}");
    if subject != expected {
        return Err(format!("policy subject must be: '{expected}', not '{subject}'"));
    }
    if !crate::words::Resource::from_word(resource).is_some_and(crate::words::Resource::is_project_scoped) {
        return Err(format!(
            "project resource must be: 'applications', 'applicationsets', 'repositories', 'exec', 'logs' or 'clusters', not '{resource}'"
        ));
    }
    let path = ["action/", "update/", "delete/"].iter().any(|path| action.contains(path));
    if !path
        && action != "*"
        && !["get", "create", "update", "delete", "sync", "override", "rollback"].contains(&action)
    {
        return Err(format!("invalid action '{action}'"));
    }
    if !is_object_of(project, object) {
        return Err(format!(
            "object must be of form '{project}/*', '{project}[/<NAMESPACE>]/<APPNAME>' or '{project}/<APPNAME>', not '{object}'"
        ));
    }
    if effect != "allow" && effect != "deny" {
        return Err("effect must be: 'allow' or 'deny'".into());
    }
    Ok(())
}

/// `project/name` or `project/namespace/name`, whose parts are made of letters, digits and `_ * - .`.
fn is_object_of(project: &str, object: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_*-.".contains(c));
    match object.strip_prefix(project).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) => {
            let parts: Vec<&str> = rest.split('/').collect();
            parts.len() <= 2 && parts.into_iter().all(part)
        }
        None => false,
    }
}

fn check_group(group: &str) -> Result<(), RoleError> {
    let error = |reason| Err(RoleError::Group { group: group.to_string(), reason });
    let mut name = group.trim();
    let quoted = name.len() > 1 && name.starts_with('"') && name.ends_with('"');
    if quoted {
        name = &name[1..name.len() - 1];
    } else if name.contains(',') {
        return error("must be quoted");
    }
    if name.is_empty() {
        return error("is empty");
    }
    if name.contains(['"', '\n', '\r', '\t']) {
        return error("contains invalid characters");
    }
    if group.chars().count() > 1 && group.starts_with(char::is_whitespace) {
        return error("contains a leading space");
    }
    if group.chars().count() > 1 && group.ends_with(char::is_whitespace) {
        return error("contains a trailing space");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_speak_of_themselves_and_their_project() {
        for (policy, reason) in [
            ("p, proj:web:dev, applications, get, web/*, allow", ""),
            ("p,proj:web:dev,applications,action/apps/Deployment/restart,web/ns/*,deny", ""),
            ("p, proj:web:dev, applications, get, web/*", "must be of the form: 'p, sub, res, act, obj, eft'"),
            ("g, a, b, c, d, e", "must be of the form: 'p, sub, res, act, obj, eft'"),
            (
                "p, role:admin, applications, get, web/*, allow",
                "policy subject must be: 'proj:web:dev', not 'role:admin'",
            ),
            (
                "p, proj:web:dev, accounts, get, web/*, allow",
                "project resource must be: 'applications', 'applicationsets', 'repositories', 'exec', 'logs' or 'clusters', not 'accounts'",
            ),
            ("p, proj:web:dev, applications, fly, web/*, allow", "invalid action 'fly'"),
            (
                "p, proj:web:dev, applications, get, other/*, allow",
                "object must be of form 'web/*', 'web[/<NAMESPACE>]/<APPNAME>' or 'web/<APPNAME>', not 'other/*'",
            ),
            (
                "p, proj:web:dev, applications, get, web2/*, allow",
                "object must be of form 'web/*', 'web[/<NAMESPACE>]/<APPNAME>' or 'web/<APPNAME>', not 'web2/*'",
            ),
            ("p, proj:web:dev, applications, get, web/*, Allow", "effect must be: 'allow' or 'deny'"),
        ] {
            assert_eq!(check_policy("web", "dev", policy).err().unwrap_or_default(), reason, "{policy}");
        }
    }

    #[test]
    fn names_and_groups() {
        for (name, good) in
            [("dev", true), ("d-e_v", true), ("-dev", false), ("dev-", false), ("", false), ("a:b", false)]
        {
            assert_eq!(check_name(name).is_ok(), good, "{name:?}");
        }
        for (group, reason) in [
            ("org:team", ""),
            ("\"CN=a,DC=b\"", ""),
            ("CN=a,DC=b", "must be quoted"),
            (" ", "is empty"),
            ("a\tb", "contains invalid characters"),
            (" team", "contains a leading space"),
            ("team ", "contains a trailing space"),
        ] {
            let text = check_group(group).map(|()| String::new()).unwrap_or_else(|error| error.to_string());
            assert!(if reason.is_empty() { text.is_empty() } else { text.ends_with(reason) }, "{group:?}: {text}");
        }
        assert_eq!(normalize_policy("p,a ,b,  c"), "p, a, b, c");
    }
}
