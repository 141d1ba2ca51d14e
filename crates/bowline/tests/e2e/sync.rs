//! Hooks, waves, options and windows.

use crate::lab::{Lab, config_map};

const AUTOMATED: &[&str] = &["--sync-policy", "automated"];

#[test]
fn hooks_run_around_the_objects_and_are_on_record() {
    let lab = Lab::new("hooks");
    let hook = |name: &str, kind: &str| {
        let annotations = format!("  annotations:\n    argocd.argoproj.io/hook: {kind}\n");
        config_map(name, "hook").replace("\ndata:\n", &format!("\n{annotations}data:\n"))
    };
    lab.repo.commit(&[
        ("app/before.yaml", Some(&hook("before", "PreSync"))),
        ("app/object.yaml", Some(&config_map("object", "1"))),
        ("app/after.yaml", Some(&hook("after", "PostSync"))),
    ]);
    lab.create("hooks", "app", AUTOMATED);
    let app = lab.wait_synced("hooks", None);
    let results = app["status"]["operationState"]["syncResult"]["resources"].as_array().unwrap();
    let phases: Vec<(&str, &str)> =
        results.iter().map(|r| (r["name"].as_str().unwrap(), r["syncPhase"].as_str().unwrap())).collect();
    assert_eq!(phases, [("before", "PreSync"), ("object", "Sync"), ("after", "PostSync")]);
    assert!(!lab.object("configmap", "before").is_null());
    let resources = app["status"]["resources"].as_array().unwrap();
    assert!(resources.iter().all(|r| r["status"] == "Synced" && r["requiresPruning"].is_null()), "{resources:?}");
}

#[test]
fn ignored_differences_are_no_drift_and_are_left_alone() {
    let lab = Lab::new("ignore");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "desired")))]);
    lab.create(
        "ignore",
        "app",
        &["--sync-policy", "automated", "--self-heal", "--sync-option", "RespectIgnoreDifferences=true"],
    );
    lab.wait_synced("ignore", None);
    let patch = r#"{"spec":{"ignoreDifferences":[{"kind":"ConfigMap","jsonPointers":["/data/key"]}]}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "application", "ignore", "--type=merge", "-p", patch]);
    lab.kubectl(&["patch", "configmap", "one", "--type=merge", "-p", r#"{"data":{"key":"mine"}}"#]);
    let other = config_map("two", "new");
    let revision = lab.repo.commit(&[("app/two.yaml", Some(&other))]);
    lab.refresh("ignore");
    lab.wait_synced("ignore", Some(&revision));
    assert_eq!(lab.object("configmap", "two")["data"]["key"], "new");
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "mine");
}

#[test]
fn the_namespace_is_made_where_that_is_asked_for() {
    let lab = Lab::new("namespace");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "1")))]);
    let url = lab.repo.url();
    let fresh = format!("{}-fresh", lab.target);
    lab.cli(&[
        "app",
        "create",
        "made",
        "--repo",
        &url,
        "--path",
        "app",
        "--dest-server",
        "https://kubernetes.default.svc",
        "--dest-namespace",
        &fresh,
        "--sync-policy",
        "automated",
        "--sync-option",
        "CreateNamespace=true",
    ]);
    lab.wait_synced("made", None);
    let one = lab.kubectl(&["-n", &fresh, "get", "configmap", "one", "-o", "name"]);
    assert_eq!(one.trim(), "configmap/one");
}

#[test]
fn a_closed_window_holds_automated_syncs_and_people_may_go_through_where_it_says_so() {
    let lab = Lab::new("window");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "1")))]);
    lab.cli(&["proj", "create", "windows", "--dest", "*,*", "--src", "*"]);
    let patch = r#"{"spec":{"syncWindows":[{"kind":"deny","schedule":"* * * * *","duration":"1h","applications":["*"],"manualSync":true}]}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "appproject", "windows", "--type=merge", "-p", patch]);
    lab.create("held", "app", &["--sync-policy", "automated", "--project", "windows"]);
    lab.wait("held", "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    assert!(lab.app("held")["status"]["operationState"].is_null(), "nothing was begun");
    lab.cli(&["app", "sync", "held"]);
    lab.wait_synced("held", None);
}

#[test]
fn an_unknown_option_is_refused_by_name() {
    let lab = Lab::new("option");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "1")))]);
    lab.create("option", "app", &["--sync-option", "Sideways=true"]);
    lab.wait("option", "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    assert_eq!(lab.try_cli(&["app", "sync", "option"]).status.code(), Some(1));
    let message = lab.app("option")["status"]["operationState"]["message"].to_string();
    assert!(message.contains("Sideways"), "{message}");
    assert!(lab.object("configmap", "one").is_null(), "nothing was written");
}
