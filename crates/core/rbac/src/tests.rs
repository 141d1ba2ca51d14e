mod casbin;
mod contract;
mod equals_naive;

use std::sync::Arc;

use bowline_core_crd::{AppProject, ProjectRole};

use crate::{Engine, Known, Policy, PolicySource, Subject};

/// An engine over one text, a default role and projects.
fn engine(text: &str, default_role: &str, projects: &[AppProject]) -> Arc<Engine> {
    let source = PolicySource { default_role: default_role.into(), ..PolicySource::from_text("policy.csv", text) };
    Arc::new(Engine::of(Arc::new(Policy::new(&source).unwrap()), projects))
}

fn project(name: &str, roles: &[(&str, &[&str], &[&str])]) -> AppProject {
    let mut project = AppProject::default();
    project.metadata.name = name.into();
    for (role, policies, groups) in roles {
        project.spec.roles.push(ProjectRole {
            name: role.to_string(),
            policies: policies.iter().map(ToString::to_string).collect(),
            groups: groups.iter().map(ToString::to_string).collect(),
            ..ProjectRole::default()
        });
    }
    project
}

fn known(id: &str, groups: &[&str]) -> Subject {
    let groups = groups.iter().map(ToString::to_string).collect();
    Subject::Known(Known { id: id.into(), groups, ..Known::default() })
}
