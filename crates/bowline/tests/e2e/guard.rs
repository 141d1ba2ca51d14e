//! What stands between a mistake and an outage: budgets, protected kinds, confirmations; and what belongs to nobody.

use serde_json::{Value, json};

use crate::lab::{Lab, config_map};
use crate::options::approve;

const CLAIM: &str = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n  storageClassName: none\n";

fn condition(app: &Value, kind: &str) -> String {
    let conditions = app["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let found = conditions.iter().find(|c| c["type"] == kind);
    found.map(|c| c["message"].as_str().unwrap_or_default().to_string()).unwrap_or_default()
}

#[test]
fn a_sync_that_would_delete_most_of_it_waits_for_a_persons_word() {
    let lab = Lab::new("budget");
    // A claim is healthy when it is bound, and nothing binds it here.
    let healthy =
        json!({"data": {"resource.customizations.health.PersistentVolumeClaim": "return {status = 'Healthy'}"}});
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &healthy.to_string()]);
    let paths: Vec<String> = (0..12).map(|i| format!("app/c{i:02}.yaml")).collect();
    let texts: Vec<String> = (0..12).map(|i| config_map(&format!("c{i:02}"), "1")).collect();
    let mut files: Vec<(&str, Option<&str>)> =
        paths.iter().zip(&texts).map(|(path, text)| (path.as_str(), Some(text.as_str()))).collect();
    files.push(("app/claim.yaml", Some(CLAIM)));
    lab.repo.commit(&files);
    lab.create("app", "app", &["--sync-policy", "automated", "--auto-prune", "--self-heal"]);
    lab.wait_synced("app", None);

    // Eleven of thirteen at once.
    let gone: Vec<(&str, Option<&str>)> = paths[1..].iter().map(|path| (path.as_str(), None)).collect();
    lab.repo.commit(&gone);
    lab.refresh("app");
    lab.wait_condition(
        "app",
        "DeletionWithheldWarning",
        "this sync would delete 11 of 13 objects at once; to confirm, set",
    );
    let app = lab.wait("app", "at rest", |app| app["operation"].is_null());
    assert_eq!(app["status"]["operationState"]["phase"], "Succeeded");
    assert!(
        condition(&app, "DeletionWithheldWarning").starts_with("11 objects that Git does not have: ConfigMap "),
        "{app:#}"
    );
    assert!(!lab.object("configmap", "c05").is_null());
    approve(&lab, "app");
    lab.wait_object("configmap", "c05", "pruned", Value::is_null);
    let app = lab.wait_synced("app", None);
    assert_eq!(condition(&app, "DeletionWithheldWarning"), "");

    // The same word does not do for the next one (words are told apart by the second); a claim always waits for its own.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    lab.repo.commit(&[("app/claim.yaml", None)]);
    lab.refresh("app");
    lab.wait_condition("app", "DeletionWithheldWarning", "objects of this kind hold others or data; to confirm, set");
    assert!(!lab.object("pvc", "data").is_null());

    // The contract's behaviour is a setting away.
    let off = "--from-literal=controller.deletion.guard=false";
    lab.kubectl(&["-n", &lab.control, "create", "configmap", "argocd-cmd-params-cm", off]);
    lab.cli(&["app", "sync", "app", "--prune"]);
    lab.wait_object("pvc", "data", "pruned", Value::is_null);
}

#[test]
fn a_deletion_waits_whole_for_what_needs_a_word() {
    let lab = Lab::new("word");
    let kept = config_map("kept", "1")
        .replace("\ndata:", "\n  annotations:\n    argocd.argoproj.io/sync-options: Delete=false\ndata:");
    lab.repo.commit(&[
        ("app/claim.yaml", Some(CLAIM)),
        ("app/kept.yaml", Some(&kept)),
        ("app/asks.yaml", Some(&kept.replace("name: kept", "name: asks").replace("Delete=false", "Delete=confirm"))),
        ("app/one.yaml", Some(&config_map("one", "1"))),
    ]);
    lab.create("app", "app", &["--sync-policy", "automated", "--set-finalizer"]);
    lab.wait("app", "Synced", |app| app["status"]["sync"]["status"] == "Synced");
    lab.kubectl(&["-n", &lab.control, "delete", "application", "app", "--wait=false"]);
    let app = lab.wait_condition("app", "DeletionError", "nothing is deleted until the deletion of 2 objects");
    for held in ["PersistentVolumeClaim target-word/data", "ConfigMap target-word/asks"] {
        assert!(condition(&app, "DeletionError").contains(held), "{app:#}");
    }
    assert!(
        condition(&app, "DeletionError")
            .ends_with("set the annotation argocd.argoproj.io/deletion-approved to the present time")
    );
    assert!(!lab.object("configmap", "one").is_null(), "nothing went before all of it may go");
    approve(&lab, "app");
    lab.kubectl(&["-n", &lab.control, "wait", "--for=delete", "application/app", "--timeout=60s"]);
    assert!(lab.object("configmap", "one").is_null() && lab.object("pvc", "data").is_null());
    assert!(!lab.object("configmap", "kept").is_null(), "Delete=false");
}

#[test]
fn what_belongs_to_nobody_is_told_where_the_project_asks() {
    let lab = Lab::new("nobody");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "1")))]);
    lab.cli(&["proj", "create", "watching", "--dest", "*,*", "--src", "*"]);
    let orphans = |spec: Value| {
        let patch = json!({"spec": {"orphanedResources": spec}}).to_string();
        lab.kubectl(&["-n", &lab.control, "patch", "appproject", "watching", "--type=merge", "-p", &patch]);
    };
    orphans(json!({"ignore": [{"kind": "ConfigMap", "name": "known-*"}]}));
    lab.create("app", "app", &["--sync-policy", "automated", "--project", "watching"]);
    let app = lab.wait_synced("app", None);
    assert_eq!(condition(&app, "OrphanedResourceWarning"), "", "what every namespace has does not count");
    lab.kubectl(&["create", "configmap", "known-one"]);
    lab.kubectl(&["create", "configmap", "stray"]);
    lab.kubectl(&["create", "deployment", "stray", "--image=example.com/stray:1", "--replicas=0"]);
    // What it owns is not counted for itself.
    lab.wait_condition("app", "OrphanedResourceWarning", "Application has 2 orphaned resources");
    lab.kubectl(&["delete", "configmap", "stray"]);
    lab.wait_condition("app", "OrphanedResourceWarning", "Application has 1 orphaned resources");
    orphans(json!({"warn": false}));
    lab.wait("app", "told no more", |app| condition(app, "OrphanedResourceWarning").is_empty());
}

#[test]
fn what_happens_is_an_event() {
    let lab = Lab::new("events");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "1")))]);
    let patch = json!({"data": {"resource.includeEventLabelKeys": "team*"}}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &patch]);
    lab.create("app", "app", &["--sync-policy", "automated", "--label", "team=shop"]);
    let app = lab.wait_synced("app", None);
    let revision = app["status"]["sync"]["revision"].as_str().unwrap();
    let wanted = [
        ("OperationStarted", format!("Initiated automated sync to '{revision}'")),
        ("OperationCompleted", format!("Sync operation to {revision} succeeded")),
        ("ResourceUpdated", "Updated sync status: Unknown -> Synced".to_string()),
        ("ResourceUpdated", "Updated health status: Unknown -> Healthy".to_string()),
    ];
    let start = std::time::Instant::now();
    loop {
        let text = lab.kubectl(&["-n", &lab.control, "get", "events", "-o", "json"]);
        let events: Value = serde_json::from_str(&text).unwrap();
        let events = events["items"].as_array().unwrap();
        let told = |(reason, message): &(&str, String)| {
            events.iter().any(|e| {
                e["reason"] == *reason
                    && e["message"] == message.as_str()
                    && e["involvedObject"]["name"] == "app"
                    && e["metadata"]["labels"]["team"] == "shop"
            })
        };
        if wanted.iter().all(told) {
            break;
        }
        assert!(start.elapsed().as_secs() < 30, "{events:#?}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }

    // And a number.
    let metrics = metrics(&lab);
    let server = "https://kubernetes.default.svc";
    for line in [
        format!(
            "argocd_app_sync_total{{namespace=\"{}\",name=\"app\",project=\"default\",dest_server=\"{server}\",phase=\"Succeeded\",dry_run=\"false\"}} 1",
            lab.control
        ),
        format!(
            "argocd_app_k8s_request_total{{namespace=\"{}\",name=\"app\",project=\"default\",response_code=\"201\",verb=\"Patch\",resource_kind=\"ConfigMap\",resource_namespace=\"{}\",dry_run=\"false\",server=\"{server}\"}} 1",
            lab.control, lab.target
        ),
        format!("argocd_cluster_connection_status{{server=\"{server}\",name=\"in-cluster\"}} 1"),
        format!("argocd_cluster_cache_age_seconds{{server=\"{server}\",name=\"in-cluster\"}} 0"),
    ] {
        assert!(metrics.lines().any(|known| known == line), "{line}\nin\n{metrics}");
    }
    for name in [
        "argocd_app_info{",
        "argocd_app_sync_duration_seconds_total{",
        "argocd_app_reconcile_bucket{",
        "argocd_cluster_info{",
        "argocd_cluster_events_total{",
        "argocd_cluster_api_resources{",
        "argocd_cluster_api_resource_objects{",
        "argocd_resource_events_processing_count{",
        "argocd_resource_events_processed_in_batch{",
    ] {
        assert!(metrics.contains(name), "{name}\nin\n{metrics}");
    }
}

/// What the server's admin port counts.
fn metrics(lab: &Lab) -> String {
    use std::io::{Read as _, Write as _};
    let log = lab.log();
    let address = log.split("bowline server address=").nth(1).and_then(|rest| rest.split_whitespace().next());
    let address = address.expect("because the server logs where it listens");
    let mut stream = std::net::TcpStream::connect(address).expect("because the server listens");
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        .expect("because the server reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("because the server answers in UTF-8");
    text
}

#[test]
fn budget_and_share_are_settings() {
    let mut lab = Lab::without_server("numbers");
    let numbers = ["--from-literal=controller.deletion.budget=1", "--from-literal=controller.deletion.share=40"];
    lab.kubectl(&[&["-n", &lab.control, "create", "configmap", "argocd-cmd-params-cm"], &numbers[..]].concat());
    lab.start();
    let names = ["a", "b", "c", "d"];
    let files: Vec<_> = names.map(|name| (format!("app/{name}.yaml"), config_map(name, "1"))).into();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), Some(text.as_str()))).collect();
    lab.repo.commit(&files);
    lab.create("app", "app", &["--sync-policy", "automated", "--auto-prune"]);
    lab.wait_synced("app", None);
    // One is within the budget, whatever its share is.
    lab.repo.commit(&[("app/d.yaml", None)]);
    lab.refresh("app");
    lab.wait_object("configmap", "d", "pruned", Value::is_null);
    lab.wait_synced("app", None);
    // Two of three are not.
    lab.repo.commit(&[("app/b.yaml", None), ("app/c.yaml", None)]);
    lab.refresh("app");
    lab.wait_condition("app", "DeletionWithheldWarning", "this sync would delete 2 of 3 objects at once");
    assert!(!lab.object("configmap", "b").is_null());
    let more = r#"{"data":{"controller.deletion.budget":"2"}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cmd-params-cm", "--type=merge", "-p", more]);
    lab.cli(&["app", "sync", "app", "--prune"]);
    lab.wait_object("configmap", "b", "pruned", Value::is_null);
}
