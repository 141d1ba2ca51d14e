//! [`Engine`] and [`Enforcer`]: a policy with the roles of all projects, and the answers for one subject.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use bowline_core_crd::AppProject;

use crate::judge::{Judge, judges};
use crate::pattern::MatchMode;
use crate::policy::Policy;
use crate::project::{ProjectPolicy, project_subject};
use crate::roles::{is_grouped, rules_of};
use crate::rule::Lines;
use crate::subject::Subject;
use crate::words::Resource;

/// A policy and the roles of all projects at one moment. It never changes: whoever holds it makes the next one when the ConfigMap
/// or a project changes, and everything that was made from this one is then out of date.
#[derive(Debug)]
pub struct Engine {
    policy: Arc<Policy>,
    projects: HashMap<Box<str>, Arc<ProjectPolicy>>,
}

/// The answers for one subject. Cheap to ask; make one for a principal and keep it as long as the [`Engine`] is the current one.
pub struct Enforcer {
    engine: Arc<Engine>,
    subject: Subject,
    /// Where no project has a say.
    base: Arc<[Judge]>,
    /// Where one has; made when it is first asked for, so there are never more than projects.
    projects: RwLock<HashMap<Box<str>, Arc<[Judge]>>>,
}

// === impl Engine ===

impl Engine {
    /// A policy without projects.
    pub fn new(policy: Arc<Policy>) -> Engine {
        Engine { policy, projects: HashMap::new() }
    }

    /// A policy and projects, which were read in the policy's mode.
    pub fn with_projects(
        policy: Arc<Policy>,
        projects: impl IntoIterator<Item = (String, Arc<ProjectPolicy>)>,
    ) -> Engine {
        let projects = projects.into_iter().map(|(name, project)| (name.into(), project)).collect();
        Engine { policy, projects }
    }

    /// A policy and these projects' roles.
    pub fn of<'a>(policy: Arc<Policy>, projects: impl IntoIterator<Item = &'a AppProject>) -> Engine {
        let mode = policy.mode;
        let read = |project: &AppProject| (project.metadata.name.clone(), Arc::new(ProjectPolicy::new(project, mode)));
        let projects: Vec<_> = projects.into_iter().map(read).collect();
        Engine::with_projects(policy, projects)
    }

    /// The policy.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// How patterns match.
    pub fn mode(&self) -> MatchMode {
        self.policy.mode
    }

    /// The answers for one subject.
    pub fn enforcer(self: &Arc<Engine>, subject: Subject) -> Enforcer {
        let base = self.judges(&subject, None);
        Enforcer { engine: self.clone(), subject, base, projects: RwLock::default() }
    }

    pub(crate) fn project(&self, name: &str) -> Option<&Arc<ProjectPolicy>> {
        self.projects.get(name)
    }

    /// Whose permissions count for this subject, where the project (if any) has a say; one of them is enough. Each with whether
    /// the project's lines count for it.
    ///
    /// The order is the contract's: the default role, the user, those groups that a `g` line names, and nobody (whose lines have
    /// an empty subject). A token of a project's role counts in its own project only.
    pub(crate) fn voices<'a>(
        &'a self,
        subject: &'a Subject,
        project: Option<(&str, &ProjectPolicy)>,
    ) -> Vec<(&'a str, bool)> {
        let default = &*self.policy.default_role;
        let mut voices = Vec::new();
        let mut add = |name, with_project| {
            if !voices.contains(&(name, with_project)) {
                voices.push((name, with_project));
            }
        };
        if !default.is_empty() {
            add(default, false);
        }
        if let Subject::Known(known) = subject {
            let foreign = match (project, project_subject(&known.id)) {
                (Some((project, _)), Some((own, _))) => own != project,
                _ => false,
            };
            if !foreign {
                if !default.is_empty() {
                    add(default, project.is_some());
                }
                add(&known.id, project.is_some());
            }
            // A token of a project's role has no groups where a project has a say.
            let groups =
                if project.is_some() && project_subject(&known.id).is_some() { &[] } else { &known.groups[..] };
            let layers = self.layers(project.map(|(_, policy)| policy));
            for group in groups.iter().filter(|group| is_grouped(&layers, group)) {
                add(group, project.is_some());
            }
        }
        add("", false);
        voices
    }

    pub(crate) fn layers<'a>(&'a self, project: Option<&'a ProjectPolicy>) -> Vec<&'a Lines> {
        std::iter::once(&self.policy.lines).chain(project.map(|project| &project.lines)).collect()
    }

    fn judges(&self, subject: &Subject, project: Option<(&str, &ProjectPolicy)>) -> Arc<[Judge]> {
        let alone = self.layers(None);
        let both = self.layers(project.map(|(_, policy)| policy));
        let voices = self.voices(subject, project);
        judges(voices.into_iter().map(|(name, with)| rules_of(if with { &both } else { &alone }, name)))
    }
}

// === impl Enforcer ===

impl Enforcer {
    /// Whether the subject may do this. `object` is written as the contract has it: `project/name`, `project/namespace/name`, a
    /// URL, or a name. Prefer [`Enforcer::permit`], whose proof what is guarded asks for.
    pub fn allows(&self, resource: Resource, action: &str, object: &str) -> bool {
        if self.subject == Subject::Unrestricted {
            return true;
        }
        let judges = match resource.project_of(object).and_then(|name| Some((name, self.engine.project(name)?))) {
            Some((name, project)) => self.judges_in(name, project),
            None => self.base.clone(),
        };
        judges.iter().any(|judge| judge.allows(resource, action, object))
    }

    /// Who asks.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What it answers from: while this is the current one the answers hold.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    fn judges_in(&self, name: &str, project: &ProjectPolicy) -> Arc<[Judge]> {
        let known = self.projects.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        known.unwrap_or_else(|| {
            let judges = self.engine.judges(&self.subject, Some((name, project)));
            self.projects.write().unwrap_or_else(PoisonError::into_inner).insert(name.into(), judges.clone());
            judges
        })
    }
}

impl fmt::Debug for Enforcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enforcer").field("subject", &self.subject).finish_non_exhaustive()
    }
}
