//! Deletion of an Application: with its objects, or without.

use crate::lab::{Lab, config_map};

#[test]
fn cascade_takes_the_objects_along_and_without_it_they_stay() {
    let lab = Lab::new("delete");
    lab.repo.commit(&[
        ("gone/one.yaml", Some(&config_map("gone", "1"))),
        ("kept/one.yaml", Some(&config_map("kept", "1"))),
    ]);
    for name in ["gone", "kept"] {
        lab.create(name, name, &["--sync-policy", "automated"]);
        lab.wait_synced(name, None);
    }
    lab.cli(&["app", "delete", "gone", "--yes", "--wait"]);
    assert!(lab.object("configmap", "gone").is_null());

    lab.cli(&["app", "delete", "kept", "--yes", "--cascade=false", "--wait"]);
    assert_eq!(lab.object("configmap", "kept")["data"]["key"], "1");
    let names = lab.cli(&["app", "list", "-o", "name"]);
    assert_eq!(names.trim(), "");
}

#[test]
fn an_application_whose_cluster_is_gone_can_be_deleted() {
    let lab = Lab::new("orphan");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "1")))]);
    lab.cli(&[
        "app",
        "create",
        "lost",
        "--validate=false",
        "--repo",
        &lab.repo.url(),
        "--path",
        "app",
        "--dest-name",
        "mars",
        "--dest-namespace",
        "x",
        "--set-finalizer",
    ]);
    lab.wait_condition("lost", "InvalidSpecError", "there are no clusters with this name: mars");
    lab.cli(&["app", "delete", "lost", "--yes", "--wait"]);
    assert_eq!(lab.cli(&["app", "list", "-o", "name"]).trim(), "");
}
