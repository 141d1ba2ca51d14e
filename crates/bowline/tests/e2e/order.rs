//! What comes before what: prunes that come last, and a newer commit before a wait.

use serde_json::Value;

use crate::hooks::{end, lab, message};
use crate::lab::{Lab, config_map};

/// A ConfigMap of a wave that is Progressing until its state changes.
fn running(name: &str, wave: i64) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations:\n    argocd.argoproj.io/sync-wave: \"{wave}\"\ndata:\n  state: running\n"
    )
}

/// Messages of the events about an application.
fn events(lab: &Lab, name: &str) -> Vec<String> {
    let text = lab.kubectl(&["-n", &lab.control, "get", "events", "-o", "json"]);
    let events: Value = serde_json::from_str(&text).expect("because kubectl prints JSON");
    let events = events["items"].as_array().cloned().unwrap_or_default();
    let mine = events.iter().filter(|e| e["involvedObject"]["name"] == name);
    mine.map(|e| e["message"].as_str().unwrap_or_default().to_string()).collect()
}

#[test]
fn prunes_come_last_where_that_is_asked_for() {
    let lab = lab("last");
    for name in ["last", "first"] {
        lab.repo.commit(&[
            (&format!("{name}/old.yaml"), Some(&config_map(&format!("{name}-old"), "1"))),
            (&format!("{name}/new.yaml"), Some(&config_map(&format!("{name}-new"), "1"))),
        ]);
        let option: &[&str] = if name == "last" { &["--sync-option", "PruneLast=true"] } else { &[] };
        lab.create(name, name, option);
        lab.wait(name, "compared", |app| !app["status"]["reconciledAt"].is_null());
        lab.cli(&["app", "sync", name]);
        lab.wait_synced(name, None);
        lab.repo.commit(&[
            (&format!("{name}/old.yaml"), None),
            (&format!("{name}/early.yaml"), Some(&running(&format!("{name}-early"), 1))),
            (&format!("{name}/late.yaml"), Some(&running(&format!("{name}-late"), 5))),
        ]);
        lab.refresh(name);
        let old = format!("{name}-old is not in Git");
        lab.wait_condition(name, "OutOfSyncReason", &old);
        lab.cli(&["app", "sync", name, "--prune", "--async"]);
        lab.wait(name, "in wave 1", |app| message(app).contains(&format!("healthy state of /ConfigMap/{name}-early")));
        let there = !lab.object("configmap", &format!("{name}-old")).is_null();
        assert_eq!(there, name == "last", "without the option it is pruned with its own wave");
        end(&lab, &format!("{name}-early"), "done");
        if name == "last" {
            lab.wait(name, "in wave 5", |app| message(app).contains("healthy state of /ConfigMap/last-late since 20"));
            assert!(!lab.object("configmap", "last-old").is_null(), "every wave comes before it");
        }
        end(&lab, &format!("{name}-late"), "done");
        lab.wait_object("configmap", &format!("{name}-old"), "pruned", Value::is_null);
        lab.wait(name, "Succeeded", |app| app["status"]["operationState"]["phase"] == "Succeeded");
    }
}

#[test]
fn a_newer_commit_does_not_wait_for_what_is_no_longer_wanted() {
    let lab = lab("newer");
    let old = lab
        .repo
        .commit(&[("app/first.yaml", Some(&running("first", 0))), ("app/second.yaml", Some(&running("second", 1)))]);
    lab.create("app", "app", &["--sync-policy", "automated"]);
    lab.wait("app", "in wave 0", |app| message(app).contains("healthy state of /ConfigMap/first since 20"));
    let new = lab.repo.commit(&[
        ("app/first.yaml", Some(&running("first", 0).replace("running", "fine"))),
        ("app/second.yaml", Some(&running("second", 1).replace("running", "fine"))),
    ]);
    lab.refresh("app");
    let app = lab.wait_synced("app", Some(&new));
    assert_eq!(app["status"]["operationState"]["syncResult"]["revision"], new.as_str());
    assert_eq!(app["status"]["operationState"]["phase"], "Succeeded");
    // What became of the old one stays where people look for it.
    let told =
        format!("Sync operation to {old} failed: superseded by revision {new} while waiting for healthy state of ");
    let start = std::time::Instant::now();
    while !events(&lab, "app").iter().any(|message| message.starts_with(&told)) {
        assert!(start.elapsed().as_secs() < 60, "{told}\n{:#?}", events(&lab, "app"));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
