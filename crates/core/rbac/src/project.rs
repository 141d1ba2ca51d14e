//! [`ProjectPolicy`]: what the roles of an AppProject add where its objects are asked about.

use std::sync::Arc;

use bowline_core_crd::AppProject;

use crate::pattern::MatchMode;
use crate::rule::{Diagnostic, Lines};

/// The roles of a project as lines of a policy.
#[derive(Clone, Debug)]
pub struct ProjectPolicy {
    pub(crate) lines: Lines,
}

// === impl ProjectPolicy ===

impl ProjectPolicy {
    /// The lines of a project's roles: each role may get its project, has its own policies, and is had by its groups. Where one
    /// line cannot be read the project's roles give nothing, as in the contract, and [`ProjectPolicy::faults`] says why.
    pub fn new(project: &AppProject, mode: MatchMode) -> ProjectPolicy {
        let name = &project.metadata.name;
        let mut lines = Lines::default();
        for role in &project.spec.roles {
            let source: Arc<str> = format!("project {name} role {}", role.name).into();
            let mut text = format!("p, proj:{name}:{}, projects, get, {name}, allow", role.name);
            for policy in &role.policies {
                text.push('\n');
                text.push_str(policy);
            }
            for group in &role.groups {
                text.push_str(&format!("\ng, {group}, proj:{name}:{}", role.name));
            }
            lines.add(&source, &text, mode);
        }
        if lines.is_refused() {
            lines.rules.clear();
            lines.groupings.clear();
        }
        lines.index();
        ProjectPolicy { lines }
    }

    /// Lines that cannot be read, or that do not do what they seem to say.
    pub fn faults(&self) -> &[Diagnostic] {
        &self.lines.diagnostics
    }
}

/// The project and the role that a subject of a token names: `proj:<project>:<role>`.
pub fn project_subject(subject: &str) -> Option<(&str, &str)> {
    let (project, role) = subject.strip_prefix("proj:")?.split_once(':')?;
    (!role.contains(':')).then_some((project, role))
}
