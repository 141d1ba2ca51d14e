//! What somebody else changes, and what is taken out of Git.

use crate::lab::{Lab, config_map};

#[test]
fn drift_is_seen_and_healed_where_it_may_be() {
    let lab = Lab::new("drift");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "desired")))]);
    lab.create("drift", "app", &["--sync-policy", "automated"]);
    lab.wait_synced("drift", None);

    lab.kubectl(&["patch", "configmap", "one", "--type=merge", "-p", r#"{"data":{"key":"drifted"}}"#]);
    let app = lab.wait("drift", "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    assert_eq!(app["status"]["resources"][0]["status"], "OutOfSync");
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "drifted", "self-heal is off");

    lab.cli(&["app", "set", "drift", "--self-heal"]);
    lab.wait_object("configmap", "one", "healed", |one| one["data"]["key"] == "desired");
    lab.wait_synced("drift", None);

    // What nobody declared is nobody's drift.
    lab.kubectl(&["annotate", "configmap", "one", "note=mine"]);
    lab.kubectl(&["delete", "configmap", "one"]);
    let one = lab.wait_object("configmap", "one", "back", |one| one["data"]["key"] == "desired");
    assert_eq!(one["metadata"]["annotations"]["note"], serde_json::Value::Null);
    lab.wait_synced("drift", None);
}

#[test]
fn what_is_removed_from_git_is_pruned_only_when_allowed() {
    let lab = Lab::new("prune");
    let one = config_map("one", "1");
    let two = config_map("two", "2");
    lab.repo.commit(&[("app/one.yaml", Some(&one)), ("app/two.yaml", Some(&two))]);
    lab.create("prune", "app", &["--sync-policy", "automated"]);
    lab.wait_synced("prune", None);

    lab.repo.commit(&[("app/two.yaml", None)]);
    lab.refresh("prune");
    let app = lab.wait("prune", "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    let two = app["status"]["resources"].as_array().unwrap().iter().find(|r| r["name"] == "two").unwrap().clone();
    assert_eq!(two["requiresPruning"], true);
    assert!(!lab.object("configmap", "two").is_null(), "prune is off");

    lab.cli(&["app", "set", "prune", "--auto-prune"]);
    lab.wait_object("configmap", "two", "pruned", serde_json::Value::is_null);
    lab.wait_synced("prune", None);
    assert!(!lab.object("configmap", "one").is_null());
}

#[test]
fn a_copy_of_a_tracked_object_is_not_pruned() {
    let lab = Lab::new("copy");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "1")))]);
    lab.create("copy", "app", &["--sync-policy", "automated", "--auto-prune", "--self-heal"]);
    lab.wait_synced("copy", None);
    let mut copy = lab.object("configmap", "one");
    copy["metadata"] = serde_json::json!({"name": "copied", "annotations": copy["metadata"]["annotations"]});
    let file = lab.folder().join("copy.json");
    std::fs::write(&file, copy.to_string()).unwrap();
    lab.kubectl(&["create", "-f", file.to_str().unwrap()]);
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "2")))]);
    lab.refresh("copy");
    lab.wait_object("configmap", "one", "rolled out", |one| one["data"]["key"] == "2");
    lab.wait_synced("copy", None);
    assert!(!lab.object("configmap", "copied").is_null());
}
