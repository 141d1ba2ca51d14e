//! Create, roll out, sync by hand, look, roll back; and a crash in the middle.

use crate::lab::{Lab, config_map};

const AUTOMATED: &[&str] = &["--sync-policy", "automated"];

#[test]
fn created_becomes_synced_and_healthy_and_a_commit_rolls_out() {
    let lab = Lab::new("life");
    let first = lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "first")))]);
    lab.create("life", "app", AUTOMATED);
    let app = lab.wait_synced("life", Some(&first));
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "first");

    let status = &app["status"];
    assert_eq!(status["operationState"]["phase"], "Succeeded");
    assert_eq!(status["operationState"]["syncResult"]["revision"], first.as_str());
    assert_eq!(status["operationState"]["operation"]["initiatedBy"]["automated"], true);
    assert_eq!(status["sourceType"], "Directory");
    assert_eq!(status["history"][0]["revision"], first.as_str());
    assert_eq!(status["resources"][0]["kind"], "ConfigMap");
    assert_eq!(status["resources"][0]["status"], "Synced");
    assert_eq!(status["sync"]["comparedTo"]["destination"]["namespace"], lab.target.as_str());

    let second = lab.repo.commit(&[
        ("app/one.yaml", Some(&config_map("one", "second"))),
        ("app/two.yaml", Some(&config_map("two", "new"))),
    ]);
    lab.refresh("life");
    let app = lab.wait_synced("life", Some(&second));
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "second");
    assert_eq!(lab.object("configmap", "two")["data"]["key"], "new");
    assert_eq!(app["metadata"]["annotations"]["argocd.argoproj.io/refresh"], serde_json::Value::Null);
    assert_eq!(app["status"]["history"].as_array().map(Vec::len), Some(2));
}

#[test]
fn by_hand_it_waits_for_the_command_and_can_be_rolled_back() {
    let lab = Lab::new("hand");
    let first = lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "first")))]);
    lab.create("hand", "app", &[]);
    let app = lab.wait("hand", "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    assert_eq!(app["status"]["health"]["status"], "Missing");
    assert!(lab.object("configmap", "one").is_null(), "nothing is written without being asked for");

    let text = lab.cli(&["app", "sync", "hand"]);
    assert!(text.contains("Phase:              Succeeded"), "{text}");
    lab.wait_synced("hand", Some(&first));

    let second = lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "second")))]);
    assert_eq!(lab.try_cli(&["app", "diff", "hand", "--refresh"]).status.code(), Some(1), "there is a difference");
    lab.cli(&["app", "sync", "hand"]);
    lab.wait_synced("hand", Some(&second));
    assert_eq!(lab.try_cli(&["app", "diff", "hand"]).status.code(), Some(0), "there is none");
    assert!(lab.cli(&["app", "history", "hand"]).contains(&second[..7]));

    lab.cli(&["app", "rollback", "hand", "0"]);
    let app = lab
        .wait("hand", "rolled back", |app| app["status"]["operationState"]["syncResult"]["revision"] == first.as_str());
    assert_eq!(app["status"]["operationState"]["phase"], "Succeeded");
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "first");
    lab.wait("hand", "OutOfSync again", |app| app["status"]["sync"]["status"] == "OutOfSync");

    let list = lab.cli(&["app", "list"]);
    assert!(list.starts_with("NAME"), "{list}");
    assert!(list.contains(&format!("{}/hand", lab.control)), "{list}");
    let manifests = lab.cli(&["app", "manifests", "hand"]);
    assert!(manifests.contains("key: second"), "{manifests}");
}

#[test]
fn a_crash_during_a_sync_is_caught_up_with() {
    let mut lab = Lab::new("crash");
    let files: Vec<(String, String)> =
        (0..40).map(|i| (format!("app/{i:02}.yaml"), config_map(&format!("c{i:02}"), "x"))).collect();
    let files: Vec<(&str, Option<&str>)> = files.iter().map(|(p, c)| (p.as_str(), Some(c.as_str()))).collect();
    let revision = lab.repo.commit(&files);
    lab.create("crash", "app", AUTOMATED);
    // As soon as anything is there, the sync is under way.
    while lab.kubectl(&["get", "configmaps", "-o", "name"]).lines().filter(|l| l.contains("/c")).count() == 0 {}
    lab.kill();
    lab.start();
    lab.wait_synced("crash", Some(&revision));
    assert_eq!(lab.kubectl(&["get", "configmaps", "-o", "name"]).lines().filter(|l| l.contains("/c")).count(), 40);
}

#[test]
fn a_stop_breaks_nothing_off() {
    let mut lab = Lab::new("stop");
    let revision = lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "x")))]);
    lab.create("stop", "app", AUTOMATED);
    lab.wait_synced("stop", Some(&revision));
    lab.terminate();
    let log = lab.log();
    assert!(log.contains("stopping") && !log.contains("broken off"), "{log}");
}
