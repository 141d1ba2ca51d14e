//! What the contract says, a rule at a time.

use bowline_core_crd::AppProject;

use super::{engine, known, project};
use crate::action::{self, DeleteResource, LiveObject, RunAction};
use crate::object::{Account, Application, Project, app_name};
use crate::*;

fn ask(text: &str, default_role: &str, projects: &[AppProject], subject: &Subject, request: &str, want: bool) {
    let engine = engine(text, default_role, projects);
    let [resource, action, object] = request.split(' ').collect::<Vec<_>>()[..] else { panic!("{request}") };
    let resource = Resource::from_word(resource).unwrap();
    let got = engine.enforcer(subject.clone()).allows(resource, action, object);
    let explained = engine.explain(subject, resource.as_str(), action, object);
    assert_eq!(got, want, "{subject:?} {request}\n{explained}");
    assert_eq!(explained.allowed, want, "{subject:?} {request}\n{explained}");
}

#[test]
fn the_built_in_roles() {
    for (subject, request, want) in [
        ("admin", "applications get web/app", true),
        ("admin", "applications delete/apps/Deployment/ns/x web/app", true),
        ("admin", "applications action/apps/Deployment/restart web/app", true),
        ("admin", "applications action web/app", false),
        ("admin", "applications sync *", false),
        ("admin", "applications sync */*", true),
        ("admin", "exec create web/app", true),
        ("admin", "extensions invoke x", false),
        ("admin", "accounts create x", false),
        ("admin", "write-repositories delete https://h/x", true),
        ("role:readonly", "logs get web/app", true),
        ("role:readonly", "applications sync web/app", false),
        ("role:readonly", "exec create web/app", false),
        ("somebody", "applications get web/app", false),
    ] {
        ask("", "", &[], &known(subject, &[]), request, want);
    }
    assert_eq!(BUILTIN_POLICY.lines().filter(|line| line.starts_with("p, ")).count(), 42);
}

#[test]
fn a_denial_overrules_one_name_and_not_another() {
    let text = "p, role:dev, applications, *, web/*, allow\np, role:dev, applications, delete, web/*, deny\n\
                g, team, role:dev\np, ops, applications, delete, web/*, allow\ng, ops, role:dev\ng, other, ops";
    for (id, groups, want) in
        [("role:dev", &[][..], false), ("x", &["team"], false), ("ops", &[], false), ("x", &["other"], false)]
    {
        ask(text, "", &[], &known(id, groups), "applications delete web/app", want);
        ask(text, "", &[], &known(id, groups), "applications get web/app", true);
    }
    // Another group, or the default role, is asked for itself.
    let more = format!("{text}\ng, free, role:free\np, role:free, applications, delete, */*, allow");
    ask(&more, "", &[], &known("x", &["team", "free"]), "applications delete web/app", true);
    ask(&more, "role:free", &[], &known("x", &["team"]), "applications delete web/app", true);
}

#[test]
fn groups_count_where_a_grouping_names_them() {
    let text = "p, org:team, applications, get, */*, allow\np, alice, applications, get, */*, allow\n\
                p, mail@x, applications, get, */*, allow\ng, mail@x, role:none";
    ask(text, "", &[], &known("bob", &["org:team"]), "applications get web/app", false);
    ask(text, "", &[], &known("alice", &[]), "applications get web/app", true);
    ask(text, "", &[], &known("bob", &["mail@x"]), "applications get web/app", true);
}

#[test]
fn the_default_role_is_everyones_and_nobodys() {
    let request = "applications get web/app";
    for (default, want) in [("role:readonly", true), ("", false), ("role:none", false)] {
        ask("", default, &[], &Subject::Anonymous, request, want);
        ask("", default, &[], &known("x", &[]), request, want);
        ask("p, x, applications, get, */*, deny", default, &[], &known("x", &[]), request, want);
    }
    ask("p, , applications, get, */*, allow", "", &[], &Subject::Anonymous, request, true);
    ask("p, , applications, get, */*, allow", "", &[], &known("x", &[]), request, true);
    ask("", "", &[], &Subject::Unrestricted, request, true);
}

#[test]
fn roles_of_projects_count_in_their_project() {
    let web = project(
        "web",
        &[("dev", &["p, proj:web:dev, applications, sync, web/*, allow"], &["org:web"]), ("empty", &[], &[])],
    );
    let other = project("other", &[]);
    let projects = [web, other];
    for (id, groups, request, want) in [
        ("proj:web:dev", &[][..], "applications sync web/app", true),
        ("proj:web:dev", &[], "applications sync other/app", false),
        ("proj:web:dev", &[], "applications sync gone/app", false),
        ("proj:web:dev", &[], "projects get web", true),
        ("proj:web:empty", &[], "projects get web", true),
        ("proj:web:gone", &[], "projects get web", false),
        ("proj:web:dev", &[], "projects get other", false),
        ("proj:web:dev", &[], "clusters get https://h", false),
        ("x", &["org:web"], "applications sync web/app", true),
        ("x", &["org:web"], "applications sync web/ns/app", true),
        ("x", &["org:web"], "projects get web", true),
        ("x", &["org:web"], "applications sync other/app", false),
        ("x", &["org:other"], "applications sync web/app", false),
        // A token speaks in its own project only, whatever it is in elsewhere.
        ("proj:other:dev", &["org:web"], "applications sync web/app", false),
    ] {
        ask("", "", &projects, &known(id, groups), request, want);
    }
    // What the policy denies, a project cannot allow to the same name.
    let deny = "p, proj:web:dev, applications, sync, web/app, deny";
    ask(deny, "", &projects, &known("proj:web:dev", &[]), "applications sync web/app", false);
    ask(deny, "", &projects, &known("x", &["org:web"]), "applications sync web/app", false);
    // A group of a project's role may be another role.
    let by_role = project("web", &[("dev", &["p, proj:web:dev, applications, sync, web/*, allow"], &["role:all"])]);
    ask("", "role:all", &[by_role], &known("x", &[]), "applications sync web/app", true);
}

#[test]
fn a_project_whose_lines_cannot_be_read_adds_nothing() {
    let bad = project("web", &[("dev", &["p, proj:web:dev, applications, sync"], &["org:web"])]);
    assert_eq!(ProjectPolicy::new(&bad, MatchMode::Glob).faults().len(), 1);
    ask("", "", std::slice::from_ref(&bad), &known("x", &["org:web"]), "projects get web", false);
    ask("", "role:readonly", &[bad], &known("x", &["org:web"]), "projects get web", true);
}

#[test]
fn roles_reach_ten_groupings_far() {
    let chain: String =
        (0..12).map(|n| format!("g, r{n}, r{}\np, r{}, clusters, get, c{}, allow\n", n + 1, n + 1, n + 1)).collect();
    ask(&chain, "", &[], &known("r0", &[]), "clusters get c10", true);
    ask(&chain, "", &[], &known("r0", &[]), "clusters get c11", false);
    ask("g, a, b\ng, b, a\np, b, clusters, get, *, allow", "", &[], &known("a", &[]), "clusters get c", true);
}

#[test]
fn regular_expressions_leave_the_built_in_roles_as_they_are() {
    let source = |text: &str| PolicySource { mode: MatchMode::Regex, ..PolicySource::from_text("policy.csv", text) };
    let text = "p, alice, clusters, get, \"https://h/[a-z]{4}\", allow\np, bob, applications, get, (, allow\n\
                p, bob, applications, get, web/.*, allow";
    let policy = Policy::new(&source(text)).unwrap();
    assert_eq!(policy.warnings().len(), 1, "{:?}", policy.warnings());
    let engine = std::sync::Arc::new(Engine::new(policy.into()));
    for (subject, resource, object, want) in [
        ("alice", Resource::Clusters, "https://h/abcd", true),
        ("alice", Resource::Clusters, "https://h/1bcd", false),
        ("admin", Resource::Applications, "web/app", true),
        // A line that cannot be read refuses whom it is about, as far as it gets.
        ("bob", Resource::Applications, "web/app", false),
    ] {
        assert_eq!(engine.enforcer(known(subject, &[])).allows(resource, "get", object), want, "{subject} {object}");
        assert_eq!(engine.explain(&known(subject, &[]), resource.as_str(), "get", object).allowed, want);
    }
}

#[test]
fn a_config_map_is_read_in_the_order_of_its_keys() {
    let data = Map::from(
        [
            ("policy.zz.csv", "p, z, clusters, get, *, allow"),
            ("policy.csv", "p, a, clusters, get, *, allow"),
            ("policy.aa.csv", "# nothing\np, b, clusters, get, *, allow"),
            ("policy.csv.bak", "p, c, clusters"),
            ("policy.default", "role:readonly"),
            ("scopes", "[groups, email]"),
        ]
        .map(|(key, value)| (key.to_string(), value.to_string())),
    );
    let policy = Policy::new(&PolicySource::from_config_map(&data)).unwrap();
    let engine = std::sync::Arc::new(Engine::new(policy.into()));
    assert_eq!(engine.policy().scopes(), ["groups", "email"]);
    let origin = |who: &str| {
        let explained = engine.explain_role(who, "clusters", "get", "c");
        explained.voices.last().unwrap().decided_by.as_ref().map(|line| line.origin.to_string())
    };
    assert_eq!(origin("b").as_deref(), Some("built-in policy:4"), "the default role comes first");
    let engine = super::engine("p, b, clusters, get, *, allow", "", &[]);
    assert_eq!(
        engine.explain_role("b", "clusters", "get", "c").to_string(),
        "b: allowed by policy.csv:1: p, b, clusters, get, *, allow"
    );
}

#[test]
fn a_line_that_cannot_be_read_refuses_the_policy_and_is_named() {
    let data = Map::from(
        [
            ("policy.csv", "p, a, clusters, get, *, allow\np, a, clusters\n"),
            ("policy.x.csv", "q, a"),
            ("scopes", "groups"),
        ]
        .map(|(key, value)| (key.to_string(), value.to_string())),
    );
    let error = Policy::new(&PolicySource::from_config_map(&data)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "policy.csv:2: it has 3 fields, and a permission has six: p, subject, resource, action, object, allow or deny; \
         policy.x.csv:1: it begins with \"q\": a line begins with p (who may do what) or g (who is in which role); \
         scopes:1: must be a list of names of claims, such as [groups, email]"
    );
}

#[test]
fn what_does_nothing_is_told() {
    let text = "p, a, cluster, get, *, allow\np, a, clusters, got, *, allow\np, a, clusters, get, *, Allow\n\
                p, a , clusters, get, *, allow\np, a, clusters, get, [z-a], deny\np, org:team, clusters, get, *, allow\n\
                g, org:x, role:x\nm, x\np, a, applications, delete/*, */*, allow";
    let warnings: Vec<String> = Policy::new(&PolicySource::from_text("policy.csv", text))
        .unwrap()
        .warnings()
        .iter()
        .map(|warning| warning.origin.line.to_string() + " " + &warning.message)
        .collect();
    let lines: Vec<&str> = warnings.iter().map(|warning| warning.split(' ').next().unwrap()).collect();
    let mut sorted = lines.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["1", "2", "3", "4", "5", "6", "7", "8"], "{warnings:#?}");
}

#[test]
fn refusals_are_worded_as_the_contract_has_them() {
    let engine = engine("", "", &[]);
    let subject = Subject::Known(Known { id: "alice".into(), issued_at: Some(1_760_000_000), ..Known::default() });
    let app = Application::new("web", "argocd", "app", "argocd");
    let denied = engine.enforcer(subject).permit(action::Get, app).unwrap_err();
    assert_eq!(
        denied.to_string(),
        "permission denied: applications, get, web/app, sub: alice, iat: 2025-10-09T08:53:20Z"
    );
    let app = Application::new("web", "team", "app", "argocd");
    let denied = engine.enforcer(Subject::Anonymous).permit(action::Sync, app).unwrap_err();
    assert_eq!(denied.to_string(), "permission denied: applications, sync, web/team/app");
    assert_eq!(app_name("p", "", "n", "argocd"), "p/n");
}

#[test]
fn live_objects_have_their_own_permissions() {
    let text = "p, fine, applications, delete/*/Pod/*/*, web/*, allow\np, whole, applications, delete, web/*, allow\n\
                p, act, applications, action/apps/Deployment/restart, web/*, allow";
    let engine = engine(text, "", &[]);
    let pod = || {
        DeleteResource(LiveObject {
            group: String::new(),
            kind: "Pod".into(),
            namespace: "ns".into(),
            name: "p".into(),
        })
    };
    let app = || Application::new("web", "", "app", "argocd");
    for (who, inherited, want) in
        [("fine", false, true), ("fine", true, true), ("whole", false, false), ("whole", true, true)]
    {
        let got = engine.enforcer(known(who, &[])).permit_resource(pod(), app(), inherited);
        assert_eq!(got.is_ok(), want, "{who} {inherited}");
    }
    let run = |action: &str| RunAction { group: "apps".into(), kind: "Deployment".into(), action: action.into() };
    assert!(engine.enforcer(known("act", &[])).permit(run("restart"), app()).is_ok());
    assert!(engine.enforcer(known("act", &[])).permit(run("scale"), app()).is_err());
}

#[test]
fn an_account_may_change_itself_and_a_group_its_roles_tokens() {
    let engine = engine("", "", &[]);
    let local = |id: &str, local| {
        engine.enforcer(Subject::Known(Known { id: id.into(), local, groups: vec!["team".into()], ..Known::default() }))
    };
    let account = || Account { name: "alice".into() };
    assert!(local("alice", true).permit_account(action::Update, account()).is_ok());
    // A user of an identity provider who is called as an account is, is not that account.
    assert!(local("alice", false).permit_account(action::Update, account()).is_err());
    assert!(local("bob", true).permit_account(action::Update, account()).is_err());
    let web = || Project { name: "web".into() };
    assert!(local("bob", true).permit_role_tokens(web(), &["team".into()]).is_ok());
    assert!(local("bob", true).permit_role_tokens(web(), &["others".into()]).is_err());
}

#[test]
fn lists_are_filtered_with_proofs() {
    let engine = engine("p, a, applications, get, web/*, allow", "", &[]);
    let apps = ["web/1", "other/2", "web/3"].map(|name| {
        let (project, name) = name.split_once('/').unwrap();
        Application::new(project, "", name, "argocd")
    });
    let enforcer = engine.enforcer(known("a", &[]));
    let names: Vec<String> = enforcer.filter(action::Get, apps).map(|allowed| allowed.into_object().name).collect();
    assert_eq!(names, ["1", "3"]);
}

#[test]
fn requests_of_the_command_line() {
    for (resource, action, good) in [
        ("applications", "delete/*/Pod/*/*", true),
        ("applications", "get/x", false),
        ("applications", "invoke", false),
        ("clusters", "sync", false),
        ("planes", "get", false),
        ("extensions", "invoke", true),
    ] {
        assert_eq!(check_request(resource_alias(resource), action).is_ok(), good, "{resource} {action}");
    }
    assert_eq!(
        (resource_alias("app"), resource_alias("certs"), resource_alias("x")),
        ("applications", "certificates", "x")
    );
}
