//! `bowline proj`.

use serde_json::{Value, json};

use crate::lab::Lab;

#[test]
fn created_shown_changed_and_deleted() {
    let lab = Lab::new("proj");
    let flags = [
        "proj",
        "create",
        "team",
        "--description",
        "The team",
        "-s",
        "https://git.example.com/team/*",
        "-d",
        "https://kubernetes.default.svc,team-*",
        "-d",
        "name:prod,team",
        "--allow-cluster-resource",
        "/Namespace",
        "--deny-namespaced-resource",
        "/ResourceQuota",
    ];
    lab.good(&flags);
    let spec = lab.object("appprojects", "team")["spec"].clone();
    assert_eq!(
        spec,
        json!({
            "description": "The team",
            "sourceRepos": ["https://git.example.com/team/*"],
            "destinations": [
                {"server": "https://kubernetes.default.svc", "namespace": "team-*"},
                {"name": "prod", "namespace": "team"},
            ],
            "clusterResourceWhitelist": [{"group": "", "kind": "Namespace"}],
            "namespaceResourceBlacklist": [{"group": "", "kind": "ResourceQuota"}],
        })
    );
    let text = lab.good(&["proj", "get", "team"]);
    assert!(text.contains("Destinations:                https://kubernetes.default.svc,team-*\n"), "{text}");
    assert!(text.contains("Allowed Cluster Resources:   /Namespace\n"), "{text}");
    let text = lab.good(&["proj", "list"]);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    assert_eq!(header.last(), Some(&"DESTINATION-SERVICE-ACCOUNTS"));
    assert!(text.contains("team  The team     2 destinations  https://git.example.com/team/*  /Namespace"), "{text}");

    let said = lab.bad(20, &["proj", "create", "team"]);
    assert!(said.contains("--upsert"), "{said}");
    lab.good(&["proj", "create", "team", "--upsert", "--description", "New"]);
    assert_eq!(lab.object("appprojects", "team")["spec"], json!({"description": "New"}));

    lab.good(&[
        "app",
        "create",
        "held",
        "--repo",
        "https://git.example.com/team/a.git",
        "--path",
        ".",
        "--dest-name",
        "in-cluster",
        "--project",
        "team",
    ]);
    let said = lab.bad(20, &["proj", "delete", "team"]);
    assert!(said.contains("referenced by 1 applications") && said.contains("held"), "{said}");
    lab.good(&["app", "delete", "held", "--yes", "--cascade=false", "--wait"]);
    lab.good(&["proj", "delete", "team"]);
    assert_eq!(lab.object("appprojects", "team"), Value::Null);
    assert!(lab.bad(20, &["proj", "get", "team"]).contains("project 'team' not found"));
}
