//! What does not count as a difference: fields of managers that are named, rules that a controller fills in, webhooks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bowline_tests_kube::{Reply, StandIn};
use serde_json::{Value, json};

use crate::lab::{Lab, config_map};

fn patch_app(lab: &Lab, name: &str, patch: &Value) {
    lab.kubectl(&["-n", &lab.control, "patch", "application", name, "--type=merge", "-p", &patch.to_string()]);
}

#[test]
fn fields_of_managers_that_are_named_are_no_drift() {
    let lab = Lab::new("managers");
    lab.repo.commit(&[("app/one.yaml", Some(&(config_map("one", "git") + "  other: git\n")))]);
    lab.create("app", "app", &["--sync-policy", "automated"]);
    lab.wait_synced("app", None);
    let drift = |manager: &str, patch: &str| {
        let manager = format!("--field-manager={manager}");
        lab.kubectl(&["patch", "configmap", "one", "--type=merge", &manager, "-p", patch]);
    };
    drift("tuner", r#"{"data":{"key":"tuned"}}"#);
    lab.wait_condition("app", "OutOfSyncReason", "data.key was changed by tuner at 20");
    let rule = json!([{"kind": "ConfigMap", "managedFieldsManagers": ["tuner"]}]);
    patch_app(&lab, "app", &json!({"spec": {"ignoreDifferences": rule}}));
    lab.wait_synced("app", None);

    // Another manager's change of the same object counts, and only that is told.
    drift("stranger", r#"{"data":{"other":"mine"}}"#);
    let app = lab.wait_condition("app", "OutOfSyncReason", "data.other was changed by stranger");
    let told = app["status"]["conditions"].to_string();
    assert!(!told.contains("data.key") && !told.contains("more)"), "{told}");

    // A sync writes what Git says all the same, unless what is ignored is to be respected.
    lab.cli(&["app", "set", "app", "--sync-option", "RespectIgnoreDifferences=true"]);
    lab.cli(&["app", "sync", "app"]);
    lab.wait_synced("app", None);
    assert_eq!(lab.object("configmap", "one")["data"], json!({"key": "tuned", "other": "git"}));
    lab.cli(&["app", "set", "app", "--sync-option", "!RespectIgnoreDifferences=true"]);
    drift("stranger", r#"{"data":{"other":"mine"}}"#);
    lab.wait_condition("app", "OutOfSyncReason", "data.other was changed by stranger");
    lab.cli(&["app", "sync", "app"]);
    lab.wait_synced("app", None);
    assert_eq!(lab.object("configmap", "one")["data"], json!({"key": "git", "other": "git"}));
}

#[test]
fn rules_that_a_controller_fills_in_are_drift_unless_that_is_set() {
    let lab = Lab::new("aggregated");
    let role = |name: &str, rest: &str| {
        format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: {name}\n{rest}")
    };
    let whole = role(
        "aggregated-whole",
        "aggregationRule:\n  clusterRoleSelectors:\n  - matchLabels: {aggregated.example.com/whole: \"true\"}\nrules:\n- {apiGroups: [\"\"], resources: [secrets], verbs: [get]}\n",
    );
    let part = role(
        "aggregated-part",
        "  labels: {aggregated.example.com/whole: \"true\"}\nrules:\n- {apiGroups: [\"\"], resources: [pods], verbs: [get]}\n",
    );
    lab.repo.commit(&[("app/part.yaml", Some(&part)), ("app/whole.yaml", Some(&whole))]);
    lab.create("app", "app", &["--sync-policy", "automated"]);
    // The controller puts the rules of the parts in the place of those in Git.
    let app =
        lab.wait_condition("app", "OutOfSyncReason", "ClusterRole.rbac.authorization.k8s.io aggregated-whole rules");
    let told = app["status"]["conditions"].to_string();
    assert!(told.contains("clusterrole-aggregation-controller"), "{told}");
    let options = json!({"data": {"resource.compareoptions": "ignoreAggregatedRoles: true\n"}}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &options]);
    lab.wait_synced("app", None);
    // A role that nobody aggregates is compared as ever.
    let patch = r#"{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["list"]}]}"#;
    lab.kubectl(&["patch", "clusterrole", "aggregated-part", "--type=merge", "-p", patch]);
    lab.wait_condition("app", "OutOfSyncReason", "ClusterRole.rbac.authorization.k8s.io aggregated-part rules");
    lab.kubectl(&["delete", "clusterrole", "aggregated-part", "aggregated-whole"]);
}

#[test]
fn what_a_webhook_sets_counts_where_that_is_asked_for() {
    let lab = Lab::new("mutating");
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let webhook = StandIn::start(move |question| {
        counted.fetch_add(1, Ordering::Relaxed);
        let review: Value = serde_json::from_slice(&question.body).unwrap_or_default();
        let patch = json!([{"op": "add", "path": "/data/injected", "value": "by the webhook"}]).to_string();
        let answer = json!({
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "response": {"uid": review["request"]["uid"], "allowed": true, "patchType": "JSONPatch", "patch": BASE64.encode(patch)},
        });
        Reply { body: answer.to_string().into_bytes(), ..Reply::default() }
    });
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "git")))]);
    lab.create("app", "app", &["--sync-policy", "automated"]);
    lab.wait_synced("app", None);
    let configuration = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "mutating"},
        "webhooks": [{
            "name": "mutating.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"], "failurePolicy": "Fail",
            "clientConfig": {
                "url": format!("https://127.0.0.1:{}/", webhook.port()), "caBundle": BASE64.encode(webhook.certificate()),
            },
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": lab.target}},
            "objectSelector": {},
        }],
    });
    let file = lab.folder().join("webhook.json");
    std::fs::write(&file, configuration.to_string()).unwrap();
    lab.kubectl(&["apply", "-f", file.to_str().unwrap()]);

    // Until the API server calls it, a dry run says nothing of it.
    let hard = |name: &str| {
        let annotation = "argocd.argoproj.io/refresh=hard";
        lab.kubectl(&["-n", &lab.control, "annotate", "--overwrite", "applications", name, annotation]);
        lab.wait(name, "refreshed", |app| app["metadata"]["annotations"]["argocd.argoproj.io/refresh"].is_null())
    };
    let start = std::time::Instant::now();
    while asked.load(Ordering::Relaxed) == 0 {
        hard("app");
        assert!(start.elapsed().as_secs() < 60, "the webhook is not called\n{}", lab.log());
    }
    assert_eq!(hard("app")["status"]["sync"]["status"], "Synced", "what a webhook adds is not ours");
    let include = "argocd.argoproj.io/compare-options=IncludeMutationWebhook=true";
    lab.kubectl(&["-n", &lab.control, "annotate", "application", "app", include]);
    lab.wait_condition("app", "OutOfSyncReason", "data.injected is set by the API server or an admission webhook");
    assert!(lab.object("configmap", "one")["data"]["injected"].is_null(), "it was only asked");
    // Once it is written, nothing differs any more.
    lab.cli(&["app", "sync", "app"]);
    lab.wait_synced("app", None);
    lab.kubectl(&["delete", "mutatingwebhookconfiguration", "mutating"]);
}
