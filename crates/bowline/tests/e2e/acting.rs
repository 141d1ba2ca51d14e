//! Syncs and deletions as the service account that a project names.

use serde_json::{Value, json};

use crate::lab::{Lab, config_map};
use crate::options::{message, sync};

fn impersonate(lab: &Lab, data: &Value) {
    let patch = json!({"data": data}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &patch]);
}

#[test]
fn a_sync_acts_as_whom_the_project_names() {
    let lab = Lab::new("acting");
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "1")))]);
    impersonate(&lab, &json!({"application.sync.impersonation.enabled": "true"}));
    lab.create("app", "app", &["--validate=false", "--set-finalizer"]);
    lab.wait_condition("app", "SyncError", "service account");
    let accounts = json!({"spec": {"destinationServiceAccounts": [
        {"server": "*", "namespace": lab.target, "defaultServiceAccount": "deployer"}]}});
    lab.kubectl(&["-n", &lab.control, "patch", "appproject", "default", "--type=merge", "-p", &accounts.to_string()]);
    lab.kubectl(&["create", "serviceaccount", "deployer"]);
    lab.wait("app", "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    let (good, state) = sync(&lab, "app", &[]);
    let who = format!("system:serviceaccount:{}:deployer", lab.target);
    assert!(!good && message(&state).contains(&format!("User \"{who}\" cannot patch")), "{state:#}");
    lab.kubectl(&["create", "role", "deploys", "--verb=get,list,watch,create,patch", "--resource=configmaps"]);
    lab.kubectl(&[
        "create",
        "rolebinding",
        "deploys",
        "--role=deploys",
        &format!("--serviceaccount={}:deployer", lab.target),
    ]);
    let (good, state) = sync(&lab, "app", &[]);
    assert!(good, "{state:#}");
    lab.wait_synced("app", None);

    // So does its deletion.
    lab.kubectl(&["-n", &lab.control, "delete", "application", "app", "--wait=false"]);
    let app = lab.wait_condition("app", "DeletionError", "Unable to delete application resources: ");
    let told = app["status"]["conditions"].to_string();
    assert!(told.contains(&format!("User \\\"{who}\\\" cannot delete")), "{told}");
    assert!(!lab.object("configmap", "a").is_null());
    let more = r#"[{"op": "add", "path": "/rules/0/verbs/-", "value": "delete"}]"#;
    lab.kubectl(&["patch", "role", "deploys", "--type=json", "-p", more]);
    lab.kubectl(&["-n", &lab.control, "wait", "--for=delete", "application/app", "--timeout=60s"]);
    assert!(lab.object("configmap", "a").is_null());
}

#[test]
fn an_application_that_nobody_may_act_for_is_not_deleted_by_another() {
    let lab = Lab::new("nobody-acts");
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "1")))]);
    lab.create("app", "app", &["--sync-policy", "automated", "--set-finalizer"]);
    lab.wait_synced("app", None);
    impersonate(&lab, &json!({"application.sync.impersonation.enabled": "true"}));
    lab.kubectl(&["-n", &lab.control, "delete", "application", "app", "--wait=false"]);
    lab.wait_condition("app", "DeletionError", "service account");
    assert!(!lab.object("configmap", "a").is_null(), "the controller's own rights are not used instead");
    // Unless the settings let it.
    impersonate(&lab, &json!({"application.sync.impersonation.enforced": "false"}));
    lab.kubectl(&["-n", &lab.control, "wait", "--for=delete", "application/app", "--timeout=60s"]);
    assert!(lab.object("configmap", "a").is_null());
}
