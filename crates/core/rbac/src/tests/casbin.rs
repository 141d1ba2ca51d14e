//! The engine that the contract grew up with (Casbin, with its model and its globs), asked the same.
//!
//! `testdata/casbin.jsonl` holds policies that nobody wrote and what that engine allowed: subject, resource, action and object of
//! 735 requests each. Policies without any permission are left out: that engine allows everything to nobody by them, and the
//! built-in lines are always there.

use std::sync::Arc;

use serde_json::Value;

use super::known;
use crate::{Engine, MatchMode, Policy, PolicySource, Resource};

const SUBJECTS: [&str; 7] = ["a", "b", "org:team", "role:x", "role:y", "role:z", ""];
const RESOURCES: [Resource; 3] = [Resource::Applications, Resource::Clusters, Resource::Logs];
const ACTIONS: [&str; 5] = ["get", "sync", "delete", "delete/apps/Deployment/ns/x", "action//Pod/x"];
const OBJECTS: [&str; 7] = ["web/app", "web", "other/app", "web/ns/app", "", "*/*", "xapp"];

#[test]
fn casbin_allows_the_same() {
    let mut policies = 0;
    for line in include_str!("../../testdata/casbin.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let policy = case["policy"].as_str().unwrap();
        let mode = if case["regex"] == true { MatchMode::Regex } else { MatchMode::Glob };
        let source = PolicySource { mode, builtin: false, ..PolicySource::from_text("policy.csv", policy) };
        let read = Policy::new(&source);
        assert_eq!(read.is_ok(), case["valid"] == true, "{policy}{read:?}");
        let Ok(read) = read else { continue };
        let engine = Arc::new(Engine::new(Arc::new(read)));
        let mut allowed = Vec::new();
        for subject in SUBJECTS {
            let enforcer = engine.enforcer(known(subject, &[]));
            for resource in RESOURCES {
                for action in ACTIONS {
                    for object in OBJECTS {
                        if enforcer.allows(resource, action, object) {
                            allowed.push(format!("{subject}|{resource}|{action}|{object}"));
                        }
                    }
                }
            }
        }
        let wanted: Vec<&str> = case["allowed"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        let differs = |one: &[String], two: &[&str]| {
            one.iter().filter(|text| !two.contains(&text.as_str())).cloned().collect::<Vec<_>>()
        };
        let less: Vec<&&str> = wanted.iter().filter(|text| !allowed.iter().any(|got| got == *text)).collect();
        let more = differs(&allowed, &wanted);
        assert!(more.is_empty() && less.is_empty(), "more: {more:?}, less: {less:?}\n{policy}");
        policies += 1;
    }
    assert!(policies > 40, "{policies} policies were read");
}
