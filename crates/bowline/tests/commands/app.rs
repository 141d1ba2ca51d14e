//! `bowline app` without a controller: what is stored, listed, changed and deleted.

use serde_json::{Value, json};

use crate::lab::Lab;

const SHOP: &[&str] = &[
    "app",
    "create",
    "shop",
    "--repo",
    "https://git.example.com/shop.git",
    "--path",
    "deploy",
    "--dest-namespace",
    "shop",
    "--dest-server",
    "https://kubernetes.default.svc",
];

fn create(lab: &Lab, flags: &[&str]) -> String {
    lab.good(&[SHOP, flags].concat())
}

#[test]
fn created_shown_and_listed() {
    let lab = Lab::new("create");
    let said = create(&lab, &["--sync-policy", "automated", "--auto-prune", "--label", "team=web", "--set-finalizer"]);
    assert_eq!(said, "application 'shop' created\n");
    let app = lab.object("applications", "shop");
    assert_eq!(
        app["spec"],
        json!({
            "project": "default",
            "source": {"repoURL": "https://git.example.com/shop.git", "path": "deploy"},
            "destination": {"namespace": "shop", "server": "https://kubernetes.default.svc"},
            "syncPolicy": {"automated": {"prune": true}},
        })
    );
    assert_eq!(app["metadata"]["labels"], json!({"team": "web"}));
    assert_eq!(app["metadata"]["finalizers"], json!(["resources-finalizer.argocd.argoproj.io"]));

    let text = lab.good(&["app", "get", "shop"]);
    assert!(text.starts_with(&format!("Name:               {}/shop\n", lab.control)), "{text}");
    assert!(text.contains("Sync Policy:        Automated (Prune)\n"), "{text}");
    let shown: Value = serde_json::from_str(&lab.good(&["app", "get", "shop", "-o", "json"])).unwrap();
    assert_eq!(shown["spec"], app["spec"]);

    let wide = lab.good(&["app", "list"]);
    assert!(
        wide.starts_with("NAME") && wide.contains("Auto-Prune  <none>      https://git.example.com/shop.git"),
        "{wide}"
    );
    let name = format!("{}/shop\n", lab.control);
    for (filter, found) in [
        (&["-l", "team=web"][..], true),
        (&["-l", "team!=web"], false),
        (&["-p", "default"], true),
        (&["-p", "other"], false),
        (&["-r", "https://GIT.example.com/shop"], true),
        (&["-P", "elsewhere"], false),
        (&["-c", "https://kubernetes.default.svc"], true),
    ] {
        let listed = lab.good(&[&["app", "list", "-o", "name"], filter].concat());
        assert_eq!(listed, if found { name.as_str() } else { "" }, "{filter:?}");
    }
    assert_eq!(lab.good(&["app", "list", "-l", "team=none", "-o", "json"]), "[]\n");
}

#[test]
fn created_twice_is_an_update_only_when_asked_for() {
    let lab = Lab::new("upsert");
    create(&lab, &[]);
    assert_eq!(create(&lab, &[]), "application 'shop' unchanged\n");
    let said = lab.bad(20, &[SHOP, &["--revision", "v2"]].concat());
    assert!(said.contains("is there already") && said.contains("--upsert"), "{said}");
    assert_eq!(create(&lab, &["--revision", "v2", "--upsert"]), "application 'shop' updated\n");
    assert_eq!(lab.object("applications", "shop")["spec"]["source"]["targetRevision"], "v2");
}

#[test]
fn created_from_a_file_with_what_this_version_does_not_know() {
    let lab = Lab::new("file");
    let manifest = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: filed\nspec:\n  project: default\n  \
                    sources:\n  - repoURL: https://a\n    path: x\n  - repoURL: https://b\n    ref: values\n  \
                    destination:\n    name: in-cluster\n    namespace: shop\n";
    let file = lab.file("app.yaml", manifest);
    lab.good(&["app", "create", "-f", file.to_str().unwrap()]);
    let app = lab.object("applications", "filed");
    assert_eq!(app["spec"]["sources"][1]["ref"], "values");
    assert_eq!(app["spec"]["source"], Value::Null);

    let other = lab.file("other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n");
    let said = lab.bad(20, &["app", "create", "-f", other.to_str().unwrap()]);
    assert!(said.contains("kind is ConfigMap, expected Application"), "{said}");
}

#[test]
fn what_cannot_be_is_refused_with_what_to_do() {
    let lab = Lab::new("refused");
    for (args, code, want) in [
        (&["app", "create", "x", "--path", "p", "--dest-name", "in-cluster"][..], 20, "needs a source: --repo URL"),
        (&["app", "create", "x", "--repo", "https://a", "--path", "p"], 20, "needs a destination: --dest-server URL"),
        (
            &[
                "app",
                "create",
                "x",
                "--repo",
                "https://a",
                "--path",
                "p",
                "--dest-name",
                "in-cluster",
                "--project",
                "none",
            ],
            20,
            "project 'none' does not exist",
        ),
        (&["app", "get", "none"], 20, "application 'none' not found"),
        (&["app", "delete", "none", "--yes"], 20, "application 'none' not found"),
        (&["app", "sync", "-l", "team=none"], 1, "no application matches"),
        (&["app", "sync"], 20, "name the applications to sync"),
        (&["app", "list", "-l", "a b"], 20, "unable to parse requirement"),
        (&["app", "wait", "none", "--timeout", "5"], 20, "does not exist"),
    ] {
        let said = lab.bad(code, args);
        assert!(said.contains(want), "{args:?}: {said}");
        assert!(!said.contains('\u{1b}'), "no colours in a pipe: {said:?}");
    }
}

#[test]
fn set_changes_what_its_flags_name() {
    let lab = Lab::new("set");
    create(&lab, &["--revision", "v1"]);
    lab.good(&["app", "set", "shop", "--revision", "v2", "--sync-option", "CreateNamespace=true"]);
    let app = lab.object("applications", "shop");
    assert_eq!(app["spec"]["source"]["targetRevision"], "v2");
    assert_eq!(app["spec"]["source"]["path"], "deploy");
    assert_eq!(app["spec"]["syncPolicy"]["syncOptions"], json!(["CreateNamespace=true"]));
    lab.good(&["app", "set", "shop", "--sync-option", "!CreateNamespace=true"]);
    assert_eq!(lab.object("applications", "shop")["spec"]["syncPolicy"], Value::Null);
    let ran = lab.run(&["app", "set", "shop", "--revision", "v2"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "nothing to change\n"));
}

#[test]
fn sync_asks_for_an_operation() {
    let lab = Lab::new("sync");
    create(&lab, &["--sync-option", "CreateNamespace=true"]);
    lab.good(&[
        "app",
        "sync",
        "shop",
        "--async",
        "--revision",
        "v2",
        "--prune",
        "--info",
        "why=test",
        "--retry-limit",
        "2",
    ]);
    let operation = lab.object("applications", "shop")["operation"].clone();
    assert_eq!(operation["sync"]["revision"], "v2");
    assert_eq!(operation["sync"]["prune"], true);
    assert_eq!(operation["sync"]["syncStrategy"], json!({"hook": {}}));
    assert_eq!(operation["sync"]["syncOptions"], json!(["CreateNamespace=true"]));
    assert_eq!(operation["info"], json!([{"name": "why", "value": "test"}]));
    assert_eq!(operation["retry"]["limit"], 2);
    let said = lab.bad(20, &["app", "sync", "shop", "--async"]);
    assert!(said.contains("another operation is already in progress"), "{said}");
    let said = lab.bad(20, &["app", "wait", "shop", "--operation", "--timeout", "1"]);
    assert!(said.contains("timed out (1s)"), "{said}");
}

#[test]
fn deleted_with_its_objects_or_without() {
    let lab = Lab::new("delete");
    create(&lab, &["--set-finalizer"]);
    let said = lab.bad(20, &["app", "delete", "shop"]);
    assert!(said.contains("nothing was deleted"), "nobody said yes: {said}");
    assert_eq!(lab.object("applications", "shop")["metadata"]["deletionTimestamp"], Value::Null);

    lab.good(&["app", "delete", "shop", "--yes", "--cascade=false", "--wait"]);
    assert_eq!(lab.object("applications", "shop"), Value::Null);

    create(&lab, &[]);
    lab.good(&["app", "delete", "shop", "-y", "-p", "background"]);
    let app = lab.object("applications", "shop");
    assert_ne!(app["metadata"]["deletionTimestamp"], Value::Null, "it waits for its objects");
    assert_eq!(app["metadata"]["finalizers"], json!(["resources-finalizer.argocd.argoproj.io/background"]));
    let patch = r#"{"metadata":{"finalizers":null}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "application", "shop", "--type=merge", "-p", patch]);
}

#[test]
fn history_and_rollback_go_by_ids() {
    let lab = Lab::new("history");
    create(&lab, &[]);
    let status = json!({"status": {
        "sync": {"status": "Synced"},
        "history": [
            {"id": 4, "deployedAt": "2026-01-02T03:04:05Z", "revision": "0123456789abcdef",
             "source": {"repoURL": "https://a", "path": "p", "targetRevision": "main"}},
            {"id": 5, "deployedAt": "2026-01-02T03:04:06Z", "revision": "fedcba9876543210",
             "source": {"repoURL": "https://a", "path": "p", "targetRevision": "main"}},
        ],
    }});
    lab.kubectl(&["-n", &lab.control, "patch", "application", "shop", "--type=merge", "-p", &status.to_string()]);
    assert_eq!(lab.good(&["app", "history", "shop", "-o", "id"]), "4\n5\n");
    let text = lab.good(&["app", "history", "shop"]);
    assert!(text.contains("4       2026-01-02 03:04:05 +0000 UTC  main (0123456)\n"), "{text}");
    let said = lab.bad(20, &["app", "rollback", "shop", "9"]);
    assert!(said.contains("no past sync with id 9"), "{said}");
    // Nobody carries it out, so the command gives up; what it asked for stays.
    lab.bad(20, &["app", "rollback", "shop", "--timeout", "1"]);
    let sync = lab.object("applications", "shop")["operation"]["sync"].clone();
    assert_eq!((&sync["revision"], &sync["syncStrategy"]), (&json!("0123456789abcdef"), &json!({"apply": {}})));
}
