//! The compiled structure answers as going through all lines, one by one, does.

use std::collections::HashSet;

use proptest::prelude::*;

use super::{known, project};
use crate::pattern::{Match, Pattern};
use crate::*;

/// One line: the words of a permission, or member and role.
type Words = Vec<&'static str>;

/// A policy line by line, as the contract's own engine goes about it.
struct Naive {
    mode: MatchMode,
    permissions: Vec<Words>,
    groupings: Vec<(String, String)>,
}

impl Naive {
    fn has_role(&self, subject: &str, role: &str) -> bool {
        let mut layer = HashSet::from([subject.to_string()]);
        for _ in 0..=10 {
            if layer.contains(role) {
                return true;
            }
            layer = self.groupings.iter().filter(|(m, _)| layer.contains(m)).map(|(_, role)| role.clone()).collect();
        }
        false
    }

    fn enforce(&self, subject: &str, request: [&str; 3]) -> bool {
        let (mut allowed, mut denied) = (false, false);
        for line in &self.permissions {
            if !self.has_role(subject, line[0]) {
                continue;
            }
            let mut matches = true;
            for (pattern, text) in line[1..4].iter().zip(request) {
                match Pattern::new(pattern, self.mode).0.matches(text) {
                    Match::Yes => {}
                    Match::No => {
                        matches = false;
                        break;
                    }
                    Match::Broken => return false,
                }
            }
            allowed |= matches && line[4] == "allow";
            denied |= matches && line[4] == "deny";
        }
        allowed && !denied
    }
}

fn subjects() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "role:x", "role:y", "proj:web:dev", "", "role:default"])
}

fn permission() -> impl Strategy<Value = Words> {
    let words = |words: Vec<&'static str>| prop::sample::select(words);
    (
        subjects(),
        words(vec!["applications", "*", "app*", "clusters", "projects", "logs", "("]),
        words(vec!["get", "*", "delete", "delete/*", "delete/apps/*/*/x", "action/*", "{get,sync}", "g?t"]),
        words(vec![
            "*",
            "*/*",
            "web/*",
            "web/app",
            "*/app",
            "other/*",
            "w*b/a*",
            "*pp",
            "{web,other}/app",
            "web",
            "[w",
            "*e*p",
        ]),
        words(vec!["allow", "allow", "deny", "Deny"]),
    )
        .prop_map(|(subject, resource, action, object, effect)| vec![subject, resource, action, object, effect])
}

fn text(permissions: &[Words], groupings: &[(&str, &str)]) -> String {
    let permissions = permissions.iter().map(|line| format!("p, \"{}\"\n", line.join("\", \"")));
    let groupings = groupings.iter().map(|(member, role)| format!("g, \"{member}\", \"{role}\"\n"));
    permissions.chain(groupings).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]
    #[test]
    fn compiled_equals_naive(
        permissions in prop::collection::vec(permission(), 0..12),
        groupings in prop::collection::vec((subjects(), subjects()), 0..6),
        in_project in prop::collection::vec(permission(), 0..4),
        project_groups in prop::collection::vec(prop::sample::select(vec!["a", "c", "role:x", "role:default"]), 0..2),
        id in subjects(),
        groups in prop::collection::vec(subjects(), 0..3),
        regex in any::<bool>(),
        default in prop::sample::select(vec!["", "role:default", "role:x"]),
    ) {
        let mode = if regex { MatchMode::Regex } else { MatchMode::Glob };
        let policy = Policy::new(&PolicySource {
            texts: vec![("policy.csv".into(), text(&permissions, &groupings))],
            default_role: default.into(),
            mode,
            ..PolicySource::default()
        }).unwrap();
        let role_lines: Vec<String> = text(&in_project, &[]).lines().map(String::from).collect();
        let role_lines: Vec<&str> = role_lines.iter().map(String::as_str).collect();
        let web = project("web", &[("dev", &role_lines, &project_groups)]);
        let engine = std::sync::Arc::new(Engine::of(policy.into(), [&web]));
        let owned = |groupings: &[(&str, &str)]| groupings.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect::<Vec<_>>();
        let base = Naive { mode, permissions: permissions.clone(), groupings: owned(&groupings) };
        let mut with_project = Naive { mode, permissions, groupings: owned(&groupings) };
        with_project.permissions.push(vec!["proj:web:dev", "projects", "get", "web", "allow"]);
        with_project.permissions.extend(in_project);
        with_project.groupings.extend(project_groups.iter().map(|group| (group.to_string(), "proj:web:dev".to_string())));

        let subject = known(id, &groups);
        let enforcer = engine.enforcer(subject.clone());
        for resource in [Resource::Applications, Resource::Clusters, Resource::Projects, Resource::Logs] {
            for action in ["get", "delete", "sync", "delete/apps/Deployment/ns/x", "action/apps/Deployment/restart"] {
                for object in ["web/app", "other/app", "web", "web/ns/app", "", "*/*", "xpp"] {
                    let request = [resource.as_str(), action, object];
                    let of_web = match resource {
                        Resource::Projects => object == "web",
                        _ => object.starts_with("web/"),
                    };
                    let by = |naive: &Naive, who: &str| {
                        (!default.is_empty() && naive.enforce(default, request)) || naive.enforce(who, request)
                    };
                    let wanted = (!default.is_empty() && base.enforce(default, request))
                        || if of_web && project_subject(id).is_some() {
                            id.starts_with("proj:web:") && by(&with_project, id)
                        } else {
                            let naive = if of_web { &with_project } else { &base };
                            by(naive, id)
                                || groups.iter().any(|group| {
                                    naive.groupings.iter().any(|(member, _)| member == group) && by(naive, group)
                                })
                        }
                        || base.enforce("", request);
                    prop_assert_eq!(enforcer.allows(resource, action, object), wanted, "{:?} {:?}", subject, request);
                    let explained = engine.explain(&subject, request[0], request[1], request[2]);
                    prop_assert_eq!(explained.allowed, wanted, "{:?} {:?}\n{}", subject, request, explained);
                }
            }
        }
    }
}
