//! Actions on live objects: the built-in ones and users' own, at a server and on Kubernetes itself.

use serde_json::{Value, json};

use crate::api::{Session, initial_password, log_in};
use crate::lab::{Lab, config_map};

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 0\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c, image: 'example.com/c:1'}]}\n";
const CRON: &str = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n  schedule: 0 3 * * *\n  jobTemplate:\n    metadata: {labels: {made: here}}\n    spec:\n      suspend: true\n      template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'example.com/c:1'}]}}\n";
const JOB: &str = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec:\n  suspend: true\n  template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'example.com/c:1'}]}}\n";

/// Users' own: one that needs to be told something, one that makes another object, one that is of no use, one that copies a Secret.
const OWN: &str = "mergeBuiltinActions: true\ndiscovery.lua: |\n  local actions = {}\n  actions['paint'] = {['displayName'] = 'Paint', ['iconClass'] = 'fa fa-brush', ['params'] = {{['name'] = 'colour'}}}\n  actions['copy'] = {}\n  actions['never'] = {['disabled'] = true}\n  return actions\ndefinitions:\n- name: paint\n  action.lua: |\n    if actionParams['colour'] == nil then error('tell me the colour', 0) end\n    obj.data.colour = actionParams['colour']\n    return obj\n- name: copy\n  action.lua: |\n    local copy = {apiVersion = 'v1', kind = 'ConfigMap', data = obj.data}\n    copy.metadata = {name = obj.metadata.name .. '-copy', namespace = obj.metadata.namespace}\n    return {{operation = 'create', resource = copy}}\n- name: never\n  action.lua: return obj\n- name: hang\n  action.lua: while true do end\n";

fn set(lab: &Lab, data: &Value) {
    let patch = json!({"data": data}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &patch]);
}

/// `name!` of every action that `app actions list` shows for a kind; `!` where it is disabled.
fn offered(lab: &Lab, at: &[&str], kind: &str) -> Vec<String> {
    let text = lab.cli(&[at, &["app", "actions", "list", "app", "--kind", kind, "-o", "json"]].concat());
    let list: Value = serde_json::from_str(&text).expect("because it is JSON");
    let shown = |a: &Value| {
        format!("{}{}", a["action"].as_str().unwrap_or_default(), if a["disabled"] == true { "!" } else { "" })
    };
    list.as_array().expect("because it is a list").iter().map(shown).collect()
}

/// Runs an action that must fail; what it says.
fn refused(lab: &Lab, at: &[&str], args: &[&str]) -> String {
    let output = lab.try_cli(&[at, &["app", "actions", "run", "app"], args].concat());
    assert_eq!(output.status.code(), Some(20), "{args:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn everything(lab: &Lab, at: &[&str], round: usize) {
    let run = |args: &[&str]| lab.cli(&[at, &["app", "actions", "run", "app"], args].concat());

    // Workloads.
    assert_eq!(offered(lab, at, "Deployment"), ["pause", "restart", "resume!", "scale"]);
    let before = lab.object("deployment", "web")["spec"]["template"].clone();
    run(&["restart", "--kind", "Deployment"]);
    let after = lab.object("deployment", "web")["spec"]["template"].clone();
    assert_ne!(before["metadata"]["annotations"], after["metadata"]["annotations"]);
    run(&["pause", "--kind", "Deployment"]);
    assert_eq!(offered(lab, at, "Deployment"), ["pause!", "restart", "resume", "scale"]);
    let said = refused(lab, at, &["pause", "--kind", "Deployment"]);
    assert!(said.contains("action \"pause\" is disabled for Deployment \"web\" now"), "{said}");
    run(&["resume", "--kind", "Deployment"]);
    assert!(lab.object("deployment", "web")["spec"]["paused"].is_null());
    let replicas = format!("replicas={round}");
    run(&["scale", "--kind", "Deployment", "--param", &replicas]);
    assert_eq!(lab.object("deployment", "web")["spec"]["replicas"], round);
    let said = refused(lab, at, &["scale", "--kind", "Deployment", "--param", "replicas=many"]);
    assert!(said.contains("\"many\" is no whole number"), "{said}");
    let said = refused(lab, at, &["scale", "--kind", "Deployment"]);
    assert!(said.contains("action \"scale\" needs the parameter replicas"), "{said}");

    // A Job of a CronJob, with the CronJob as its owner.
    assert_eq!(offered(lab, at, "CronJob"), ["create-job", "suspend"]);
    run(&["create-job", "--kind", "CronJob"]);
    let jobs = lab.kubectl(&["get", "jobs", "-l", "made=here", "-o", "json"]);
    let jobs: Value = serde_json::from_str(&jobs).expect("because kubectl prints JSON");
    let job = &jobs["items"][0];
    assert_eq!(job["metadata"]["annotations"]["cronjob.kubernetes.io/instantiate"], "manual");
    assert_eq!(job["metadata"]["ownerReferences"][0]["name"], "nightly");
    assert!(job["metadata"]["name"].as_str().unwrap_or_default().starts_with("nightly-"), "{job}");
    // Names are made of the minute: another one in the same minute is not made.
    lab.kubectl(&["delete", "jobs", "-l", "made=here", "--wait=true"]);
    run(&["suspend", "--kind", "CronJob"]);
    assert_eq!(lab.object("cronjob", "nightly")["spec"]["suspend"], true);
    assert_eq!(offered(lab, at, "CronJob"), ["create-job", "resume"]);
    run(&["resume", "--kind", "CronJob"]);
    assert_eq!(lab.object("cronjob", "nightly")["spec"]["suspend"], false);

    // Users' own.
    assert_eq!(offered(lab, at, "ConfigMap"), ["copy", "never!", "paint"]);
    let colour = format!("colour=red{round}");
    run(&["paint", "--kind", "ConfigMap", "--param", &colour]);
    assert_eq!(lab.object("configmap", "one")["data"]["colour"], format!("red{round}"));
    run(&["copy", "--kind", "ConfigMap"]);
    assert_eq!(lab.object("configmap", "one-copy")["data"]["colour"], format!("red{round}"));
    let said = refused(lab, at, &["copy", "--kind", "ConfigMap"]);
    assert!(said.contains("already exists"), "{said}");
    lab.kubectl(&["delete", "configmap", "one-copy"]);
    for (action, want) in [
        ("paint", "the script of action \"paint\": tell me the colour"),
        ("never", "action \"never\" is disabled for ConfigMap \"one\" now"),
        ("hang", "the script of action \"hang\": the script used up its budget of instructions"),
        ("fly", "action \"fly\" is not available for ConfigMap"),
    ] {
        let said = refused(lab, at, &[action, "--kind", "ConfigMap"]);
        assert!(said.contains(want), "{said}");
    }
    // What a Secret holds is not a script's business; its labels are.
    let said = refused(lab, at, &["copy", "--kind", "Secret"]);
    assert!(said.contains("what a Secret holds is not given to actions"), "{said}");
    assert!(lab.object("configmap", "secret-copy").is_null());

    // The application is one of its objects.
    assert_eq!(offered(lab, at, "Application"), ["toggle-auto-sync"]);
    for on in [true, false] {
        run(&["toggle-auto-sync", "--kind", "Application"]);
        assert_eq!(lab.app("app")["spec"]["syncPolicy"]["automated"]["enabled"], on);
    }
}

#[test]
fn objects_are_acted_on_as_their_kinds_and_their_users_say() {
    let lab = Lab::new("actions");
    set(
        &lab,
        &json!({"resource.customizations.actions.ConfigMap": OWN, "resource.customizations.actions.Secret": OWN}),
    );
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: secret}\nstringData: {password: hunter2}\n";
    lab.repo.commit(&[
        ("app/web.yaml", Some(DEPLOYMENT)),
        ("app/cron.yaml", Some(CRON)),
        ("app/job.yaml", Some(JOB)),
        ("app/one.yaml", Some(&config_map("one", "1"))),
        ("app/secret.yaml", Some(secret)),
    ]);
    lab.create("app", "app", &[]);
    lab.wait("app", "compared", |app| app["status"]["sync"]["status"] == "OutOfSync");
    lab.cli(&["app", "sync", "app"]);
    lab.wait("app", "Synced", |app| app["status"]["sync"]["status"] == "Synced");
    let admin = log_in(&lab, "admin", &initial_password(&lab));
    let address = lab.api().to_string();
    everything(&lab, &["--server", &address, "--plaintext", "--auth-token", admin.token()], 1);
    everything(&lab, &["--core"], 2);

    // A Job is ended by the condition with which it begins to fail, through its status.
    let at = ["--core"];
    lab.wait_object("job", "once", "looked after", |job| !job["status"]["conditions"].is_null());
    assert_eq!(offered(&lab, &at, "Job"), ["resume", "terminate"]);
    lab.cli(&["--core", "app", "actions", "run", "app", "resume", "--kind", "Job", "--resource-name", "once"]);
    lab.wait_object("job", "once", "begun", |job| job["status"]["active"] == 1);
    assert_eq!(offered(&lab, &at, "Job"), ["suspend", "terminate"]);
    lab.cli(&["--core", "app", "actions", "run", "app", "terminate", "--kind", "Job"]);
    lab.wait_object("job", "once", "Failed", |job| {
        let conditions = job["status"]["conditions"].as_array().cloned().unwrap_or_default();
        conditions.iter().any(|c| c["type"] == "Failed" && c["reason"] == "ManuallyTerminated")
    });
    assert_eq!(offered(&lab, &at, "Job"), Vec::<String>::new());

    what_a_page_sees(&lab, &admin);
    what_was_done_is_an_event(&lab, &["--server", &address, "--plaintext", "--auth-token", admin.token()]);
    who_may(&lab, &admin);
}

/// Over REST: what people see of an action, and the older call without parameters.
fn what_a_page_sees(lab: &Lab, admin: &Session<'_>) {
    let at = |kind: &str, group: &str, name: &str| {
        format!(
            "/api/v1/applications/app/resource/actions?appNamespace={}&namespace={}&resourceName={name}&version=v1&kind={kind}&group={group}",
            lab.control, lab.target
        )
    };
    let listed = admin.good(&format!("GET {}", at("ConfigMap", "", "one")), &Value::Null);
    let actions = listed["actions"].as_array().cloned().unwrap_or_default();
    assert_eq!(
        actions.iter().find(|a| a["name"] == "paint").cloned().unwrap_or_default(),
        json!({"name": "paint", "displayName": "Paint", "iconClass": "fa fa-brush", "params": [{"name": "colour"}]})
    );
    let listed = admin.good(&format!("GET {}", at("CronJob", "batch", "nightly")), &Value::Null);
    assert_eq!(listed["actions"][0]["displayName"], "Create Job");
    // A setting that cannot be read says so to who asks, and on the application.
    set(lab, &json!({"resource.customizations.actions.ConfigMap": "definitions: [{name: x}]"}));
    lab.wait_condition("app", "UnsupportedSettingWarning", "each of definitions needs a name and an action.lua");
    let (status, answer) = admin.ask(&format!("GET {}", at("ConfigMap", "", "one")), &Value::Null);
    assert!(
        status >= 400 && answer["message"].as_str().unwrap_or_default().contains("actions.ConfigMap: each of"),
        "{answer}"
    );
    set(lab, &json!({"resource.customizations.actions.ConfigMap": OWN}));
}

/// What people do through the API stands beside the application, with who it was.
fn what_was_done_is_an_event(lab: &Lab, at: &[&str]) {
    let chosen = ["--kind", "ConfigMap", "--resource-name", "one"];
    let patch = ["app", "patch-resource", "app", "--patch", r#"{"data":{"key":"2"}}"#];
    lab.cli(&[at, &patch, &chosen].concat());
    lab.cli(&[at, &["app", "delete-resource", "app"], &chosen].concat());
    let url = lab.repo.url();
    let made = ["app", "create", "made", "--repo", &url, "--path", "app", "--dest-name", "in-cluster"];
    lab.cli(&[at, &made, &["--dest-namespace", &lab.target]].concat());
    lab.cli(&[at, &["app", "set", "made", "--revision", "main"]].concat());
    lab.cli(&[at, &["app", "sync", "app", "--async", "--resource", ":ConfigMap:one"]].concat());
    lab.cli(&[at, &["app", "delete", "made", "--yes"]].concat());
    let text = lab.kubectl(&["-n", &lab.control, "get", "events", "-o", "json"]);
    let events: Value = serde_json::from_str(&text).expect("because kubectl prints JSON");
    let told = |name: &str, reason: &str, message: &str| {
        events["items"].as_array().into_iter().flatten().any(|event| {
            let said = event["message"].as_str().unwrap_or_default();
            event["involvedObject"]["name"] == name && event["reason"] == reason && said.starts_with(message)
        })
    };
    for (name, reason, message) in [
        ("app", "ResourceActionRan", "admin ran action scale on resource Deployment 'web'"),
        ("app", "ResourceUpdated", "admin patched resource ConfigMap 'one'"),
        ("app", "ResourceDeleted", "admin deleted resource ConfigMap 'one'"),
        ("app", "OperationStarted", "admin initiated partial sync to "),
        ("made", "ResourceCreated", "admin created application"),
        ("made", "ResourceUpdated", "admin updated application spec"),
        ("made", "ResourceDeleted", "admin deleted application"),
    ] {
        assert!(told(name, reason, message), "{reason} {message}\n{events:#}");
    }
}

/// The project says what an action may make.
fn who_may(lab: &Lab, admin: &Session<'_>) {
    let tight = json!({"spec": {"namespaceResourceBlacklist": [{"group": "batch", "kind": "Job"}]}}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "appproject", "default", "--type=merge", "-p", &tight]);
    let address = lab.api().to_string();
    for at in [&["--server", &address, "--plaintext", "--auth-token", admin.token()][..], &["--core"]] {
        let start = std::time::Instant::now();
        loop {
            let ran = lab.try_cli(&[at, &["app", "actions", "run", "app", "create-job", "--kind", "CronJob"]].concat());
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            if said.contains("resource batch:Job is not permitted in project default") {
                break;
            }
            // The server's watch may not have told it yet.
            assert!(start.elapsed().as_secs() < 60, "{said}");
            lab.kubectl(&["delete", "jobs", "-l", "made=here", "--wait=true"]);
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
}
