use bowline_core_crd::ApplicationDestination;
use bowline_core_crd::ClusterResourceRestrictionItem;
use bowline_core_crd::GroupKind;
use bowline_core_crd::{AppProjectSpec, ApplicationSpec};

use super::*;

fn sources(patterns: &[&str]) -> AppProjectSpec {
    AppProjectSpec { source_repos: patterns.iter().map(ToString::to_string).collect(), ..AppProjectSpec::default() }
}

#[test]
fn sources_are_permitted_by_globs_over_normal_forms() {
    for (patterns, url, want) in [
        (&["*"][..], "https://h/a/b.git", true),
        (&["https://h/org/*"], "https://H/org/repo.git", true),
        (&["https://h/org/*"], "https://h/org/a/b", false),
        (&["https://h/org/**"], "https://h/org/a/b", true),
        (&["git@h:org/repo"], "ssh://git@h/org/repo.git", true),
        (&["*", "!https://h/secret"], "https://h/secret.git", false),
        (&["*", "!https://h/secret"], "https://h/open", true),
        (&[], "https://h/a", false),
    ] {
        assert_eq!(is_source_permitted(&sources(patterns), url), want, "{patterns:?} {url}");
    }
}

fn destination(server: &str, name: &str, namespace: &str) -> ApplicationDestination {
    ApplicationDestination { server: server.into(), name: name.into(), namespace: namespace.into() }
}

#[test]
fn destinations_are_permitted_by_server_or_name_and_namespace() {
    let project =
        |items: Vec<ApplicationDestination>| AppProjectSpec { destinations: items, ..AppProjectSpec::default() };
    let to = |namespace| Destination { server: "https://c", name: "prod", namespace, scoped_to_project: false };
    for (items, namespace, want) in [
        (vec![destination("*", "", "*")], "a", true),
        (vec![destination("https://c", "", "team-*")], "team-a", true),
        (vec![destination("https://c", "", "team-*")], "other", false),
        (vec![destination("", "prod", "a")], "a", true),
        (vec![destination("", "dev", "a")], "a", false),
        (vec![destination("*", "", "*"), destination("*", "", "!kube-system")], "kube-system", false),
        (vec![destination("*", "", "*"), destination("*", "", "!kube-system")], "a", true),
        (vec![destination("*", "", "*"), destination("!https://c", "", "*")], "a", false),
    ] {
        assert_eq!(is_destination_permitted(&project(items.clone()), to(namespace)), want, "{items:?} {namespace}");
    }
    let mut scoped = project(vec![destination("*", "", "*")]);
    scoped.permit_only_project_scoped_clusters = true;
    assert!(!is_destination_permitted(&scoped, to("a")));
    assert!(is_destination_permitted(&scoped, Destination { scoped_to_project: true, ..to("a") }));
}

#[test]
fn kinds_are_permitted_by_lists_that_mean_different_things_when_missing() {
    let kind = |group: &str, kind: &str| GroupKind { group: group.into(), kind: kind.into() };
    let named = |group: &str, kind: &str, name: &str| ClusterResourceRestrictionItem {
        group: group.into(),
        kind: kind.into(),
        name: name.into(),
    };
    let mut project = AppProjectSpec::default();
    assert!(is_kind_permitted(&project, "apps", "Deployment", "x", true), "no list permits namespaced kinds");
    assert!(!is_kind_permitted(&project, "", "Namespace", "x", false), "no list refuses cluster-scoped kinds");
    project.namespace_resource_whitelist = Some(Vec::new());
    assert!(!is_kind_permitted(&project, "apps", "Deployment", "x", true), "an empty list permits none");
    project.namespace_resource_whitelist = Some(vec![kind("apps", "*")]);
    project.namespace_resource_blacklist = vec![kind("apps", "DaemonSet")];
    assert!(is_kind_permitted(&project, "apps", "Deployment", "x", true));
    assert!(!is_kind_permitted(&project, "apps", "DaemonSet", "x", true), "what is refused is refused");
    project.cluster_resource_whitelist = vec![named("", "Namespace", "team-*"), named("rbac*", "*", "")];
    assert!(is_kind_permitted(&project, "", "Namespace", "team-a", false));
    assert!(!is_kind_permitted(&project, "", "Namespace", "kube-system", false));
    assert!(is_kind_permitted(&project, "rbac.authorization.k8s.io", "ClusterRole", "x", false));
}

#[test]
fn namespaces_of_applications() {
    let project = AppProjectSpec {
        source_namespaces: vec!["team-*".into(), "/^ops-[0-9]+$/".into()],
        ..AppProjectSpec::default()
    };
    for (namespace, want) in [("argocd", true), ("team-a", true), ("ops-1", true), ("ops-x", false), ("default", false)]
    {
        assert_eq!(is_app_namespace_permitted(&project, namespace, "argocd"), want, "{namespace}");
    }
}

#[test]
fn a_refused_spec_says_every_reason() {
    let spec: ApplicationSpec = serde_json::from_value(serde_json::json!({
        "project": "tight", "source": {"repoURL": "https://h/a", "path": "x"},
        "destination": {"server": "https://c", "namespace": "n"}
    }))
    .unwrap();
    let to = Destination { server: "https://c", name: "", namespace: "n", scoped_to_project: false };
    assert_eq!(
        validate_spec(&AppProjectSpec::default(), "tight", &spec, to),
        [
            "application repo https://h/a is not permitted in project 'tight'",
            "application destination server 'https://c' and namespace 'n' do not match any of the allowed destinations in project 'tight'",
        ]
    );
    let empty = ApplicationSpec::default();
    assert_eq!(
        validate_spec(&AppProjectSpec::default(), "tight", &empty, to),
        ["spec.source.repoURL and either spec.source.path or spec.source.chart are required"]
    );
}
