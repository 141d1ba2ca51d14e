//! A policy in both modes with a request behind a NUL: reading it ends, and the compiled answer is the one that going through all
//! lines gives.
#![no_main]

use std::sync::Arc;

use bowline_core_crd::{AppProject, ProjectRole};
use bowline_core_rbac::{Engine, Known, MatchMode, Policy, PolicySource, Resource, Subject};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (policy, request) = text.split_once('\0').unwrap_or((text, "web/app"));
    let mut project = AppProject::default();
    project.metadata.name = "web".into();
    let policies = policy.lines().take(3).map(String::from).collect();
    project.spec.roles.push(ProjectRole { name: "dev".into(), policies, groups: vec!["team".into()], ..ProjectRole::default() });
    for mode in [MatchMode::Glob, MatchMode::Regex] {
        let source = PolicySource { mode, default_role: "role:x".into(), ..PolicySource::from_text("policy.csv", policy) };
        let Ok(policy) = Policy::new(&source) else { continue };
        let _ = policy.warnings();
        let engine = Arc::new(Engine::of(Arc::new(policy), [&project]));
        for id in ["a", "role:x", "proj:web:dev", request] {
            let subject = Subject::Known(Known { id: id.into(), groups: vec!["team".into()], ..Known::default() });
            let enforcer = engine.enforcer(subject.clone());
            for resource in Resource::ALL {
                for (action, object) in [("get", request), ("delete/apps/Deployment/x/y", request), (request, "web/app")] {
                    let explained = engine.explain(&subject, resource.as_str(), action, object);
                    assert_eq!(enforcer.allows(resource, action, object), explained.allowed, "{explained}");
                }
            }
        }
    }
});
