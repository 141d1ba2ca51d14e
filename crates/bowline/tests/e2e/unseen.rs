//! What is not known is not deleted: a kind that cannot be listed holds back prunes and the deletion of an application.

use serde_json::{Value, json};

use crate::lab::{Lab, config_map};

/// A kind whose objects cannot be listed as soon as `v2` is served too: the webhook that would convert them is not there.
fn definition(conversion: &Value) -> Value {
    let version = |name: &str, stored: bool| {
        let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
        json!({"name": name, "served": stored || !conversion.is_null(), "storage": stored, "schema": schema})
    };
    let mut definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "gizmos.unseen.example.com"},
        "spec": {
            "group": "unseen.example.com", "scope": "Namespaced", "names": {"kind": "Gizmo", "plural": "gizmos"},
            "versions": [version("v1", true), version("v2", false)],
        },
    });
    if !conversion.is_null() {
        definition["spec"]["conversion"] = conversion.clone();
    }
    definition
}

fn apply(lab: &Lab, object: &Value) {
    let file = lab.folder().join("applied.json");
    std::fs::write(&file, object.to_string()).expect("because the temporary folder is writable");
    lab.kubectl(&[
        "apply",
        "--server-side",
        "--force-conflicts",
        "-f",
        file.to_str().expect("because the path is UTF-8"),
    ]);
}

fn condition(app: &Value, kind: &str) -> String {
    let conditions = app["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let found = conditions.iter().find(|c| c["type"] == kind);
    found.map(|c| c["message"].as_str().unwrap_or_default().to_string()).unwrap_or_default()
}

#[test]
fn nothing_is_deleted_while_a_kind_cannot_be_listed() {
    let mut lab = Lab::new("unseen");
    apply(&lab, &definition(&Value::Null));
    lab.kubectl(&["wait", "--for=condition=Established", "crd/gizmos.unseen.example.com", "--timeout=60s"]);
    let gizmo = "apiVersion: unseen.example.com/v1\nkind: Gizmo\nmetadata:\n  name: g\n";
    lab.repo.commit(&[
        ("app/gizmo.yaml", Some(gizmo)),
        ("app/kept.yaml", Some(&config_map("kept", "1"))),
        ("app/gone.yaml", Some(&config_map("gone", "1"))),
    ]);
    lab.create("app", "app", &["--set-finalizer"]);
    lab.wait("app", "compared", |app| app["status"]["sync"]["status"] == "OutOfSync");
    lab.cli(&["app", "sync", "app"]);
    lab.wait_synced("app", None);

    let nobody = json!({"url": "https://127.0.0.1:1/", "caBundle": ""});
    let webhook = json!({"conversionReviewVersions": ["v1"], "clientConfig": nobody});
    apply(&lab, &definition(&json!({"strategy": "Webhook", "webhook": webhook})));
    lab.kill();
    lab.start();
    // Git has neither any more; whether more of the kind belongs to the application nobody can tell.
    lab.repo.commit(&[("app/gizmo.yaml", None), ("app/gone.yaml", None)]);
    lab.refresh("app");
    lab.wait_condition("app", "OutOfSyncReason", "gone is not in Git and requires pruning");
    let output = lab.try_cli(&["app", "sync", "app", "--prune"]);
    assert_eq!(output.status.code(), Some(1), "something is left");
    let state = lab.app("app")["status"]["operationState"].clone();
    let results = state["syncResult"]["resources"].as_array().cloned().unwrap_or_default();
    let gone = results.iter().find(|r| r["name"] == "gone").unwrap_or_else(|| panic!("{state:#}"));
    assert_eq!(gone["status"], "PruneSkipped");
    assert_eq!(
        gone["message"],
        "left alone, because what is desired or live is not fully known: what the cluster holds of Gizmo.unseen.example.com is not known completely"
    );
    assert!(!lab.object("configmap", "gone").is_null());
    // What cannot be seen stays on record, whatever else is compared meanwhile.
    let app = lab.wait_condition("app", "OutOfSyncReason", "Gizmo.unseen.example.com g: it cannot be seen now");
    let resources = app["status"]["resources"].as_array().unwrap();
    assert_eq!(resources.iter().find(|r| r["kind"] == "Gizmo").unwrap()["status"], "Unknown");

    // Nor does the application's deletion take anything along.
    lab.kubectl(&["-n", &lab.control, "delete", "application", "app", "--wait=false"]);
    let app = lab.wait_condition("app", "DeletionError", "nothing is deleted, because what the cluster holds of");
    let told = condition(&app, "DeletionError");
    assert!(told.contains("Gizmo.unseen.example.com cannot be told now: "), "{told}");
    assert!(told.contains("conversion webhook"), "{told}");
    assert!(!lab.object("configmap", "kept").is_null() && !lab.object("configmap", "gone").is_null());

    // When it can be told again, all of it goes.
    apply(&lab, &definition(&json!({"strategy": "None", "webhook": null})));
    lab.kubectl(&["-n", &lab.control, "wait", "--for=delete", "application/app", "--timeout=60s"]);
    for (kind, name) in [("configmap", "kept"), ("configmap", "gone"), ("gizmos.unseen.example.com", "g")] {
        assert!(lab.object(kind, name).is_null(), "{kind} {name}");
    }
    lab.kubectl(&["delete", "crd", "gizmos.unseen.example.com"]);
}
