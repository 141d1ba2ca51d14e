//! Every sync option, one after the other, with what a person reads of it.

use serde_json::{Value, json};

use crate::lab::{Lab, config_map};

/// The manifest of a ConfigMap with annotations.
fn annotated(name: &str, value: &str, annotations: &[(&str, &str)]) -> String {
    let lines: String = annotations.iter().map(|(k, v)| format!("    argocd.argoproj.io/{k}: \"{v}\"\n")).collect();
    config_map(name, value).replace("\ndata:\n", &format!("\n  annotations:\n{lines}data:\n"))
}

/// `app sync`; whether it ended well, and the operation state.
pub fn sync(lab: &Lab, name: &str, flags: &[&str]) -> (bool, Value) {
    let output = lab.try_cli(&[&["app", "sync", name], flags].concat());
    (output.status.success(), lab.app(name)["status"]["operationState"].clone())
}

/// What became of the objects: `name status: message`, in order.
fn results(state: &Value) -> Vec<String> {
    let resources = state["syncResult"]["resources"].as_array().cloned().unwrap_or_default();
    let text = |r: &Value, field: &str| r[field].as_str().unwrap_or_default().to_string();
    resources.iter().map(|r| format!("{} {}: {}", text(r, "name"), text(r, "status"), text(r, "message"))).collect()
}

fn create(lab: &Lab, name: &str, options: &[&str]) {
    let flags: Vec<&str> = options.iter().flat_map(|option| ["--sync-option", option]).collect();
    lab.create(name, name, &flags);
    lab.wait(name, "compared", |app| !app["status"]["reconciledAt"].is_null());
}

/// What the operation says.
pub fn message(state: &Value) -> &str {
    state["message"].as_str().unwrap_or_default()
}

#[test]
fn prunes_obey_their_options() {
    let lab = Lab::new("prunes");
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: orphans\nspec:\n  replicas: 0\n  selector: {matchLabels: {app: orphans}}\n  template:\n    metadata: {labels: {app: orphans}}\n    spec: {containers: [{name: c, image: 'example.com/c:1'}]}\n";
    lab.repo.commit(&[
        ("orphan/a.yaml", Some(&config_map("orphan-a", "1"))),
        ("orphan/b.yaml", Some(deployment)),
        ("never/a.yaml", Some(&config_map("never-a", "1"))),
        ("never/b.yaml", Some(&annotated("never-b", "1", &[("sync-options", "Prune=false")]))),
        ("never/c.yaml", Some(&annotated("never-c", "1", &[("compare-options", "IgnoreExtraneous")]))),
        ("confirm/a.yaml", Some(&config_map("confirm-a", "1"))),
        ("confirm/b.yaml", Some(&annotated("confirm-b", "1", &[("sync-options", "Prune=confirm")]))),
        ("last/a.yaml", Some(&config_map("last-a", "1"))),
        ("last/b.yaml", Some(&config_map("last-b", "1"))),
    ]);
    create(&lab, "never", &[]);
    create(&lab, "confirm", &[]);
    create(&lab, "last", &["PruneLast=true", "PrunePropagationPolicy=background"]);
    create(&lab, "orphan", &["PrunePropagationPolicy=orphan"]);
    for name in ["never", "confirm", "last", "orphan"] {
        lab.cli(&["app", "sync", name]);
        lab.wait_synced(name, None);
    }
    lab.repo.commit(&[
        ("never/b.yaml", None),
        ("never/c.yaml", None),
        ("confirm/b.yaml", None),
        ("orphan/b.yaml", None),
        ("last/a.yaml", Some(&config_map("last-a", "2"))),
        ("last/b.yaml", None),
    ]);

    // What asks to be left is left, and only what asks not to count does not count.
    lab.refresh("never");
    lab.wait_condition("never", "OutOfSyncReason", "never-b is not in Git and requires pruning");
    let (good, state) = sync(&lab, "never", &["--prune"]);
    assert!(!good, "something is left");
    assert!(results(&state).contains(&"never-b PruneSkipped: ignored (no prune)".to_string()), "{state:#}");
    lab.wait_object("configmap", "never-c", "pruned", Value::is_null);
    assert_eq!(lab.app("never")["status"]["sync"]["status"], "OutOfSync");
    lab.kubectl(&["annotate", "configmap", "never-b", "argocd.argoproj.io/compare-options=IgnoreExtraneous"]);
    lab.wait_synced("never", None);

    // What a pruned object owns stays where that is asked for.
    lab.refresh("orphan");
    let (_, state) = sync(&lab, "orphan", &["--prune"]);
    assert!(results(&state).contains(&"orphans Pruned: pruned".to_string()), "{state:#}");
    lab.wait_object("deployment", "orphans", "pruned", Value::is_null);
    let left = lab.kubectl(&[
        "get",
        "replicasets",
        "-l",
        "app=orphans",
        "-o",
        "jsonpath={.items[*].metadata.ownerReferences}",
    ]);
    assert_eq!(left.trim(), "", "it has no owner any more");
    assert_ne!(lab.kubectl(&["get", "replicasets", "-l", "app=orphans", "-o", "name"]).trim(), "");

    // Without --prune nothing is.
    lab.refresh("last");
    let (_, state) = sync(&lab, "last", &[]);
    assert_eq!(
        results(&state),
        ["last-a Synced: configmap/last-a configured", "last-b PruneSkipped: ignored (requires pruning)"]
    );
    let (_, state) = sync(&lab, "last", &["--prune"]);
    assert_eq!(results(&state), ["last-a Synced: configmap/last-a unchanged", "last-b Pruned: pruned"]);

    // A confirmation is waited for, with the time until when.
    lab.refresh("confirm");
    lab.cli(&["app", "sync", "confirm", "--prune", "--async"]);
    let app = lab.wait("confirm", "waiting", |app| message(&app["status"]["operationState"]).contains("confirmation"));
    let waits = message(&app["status"]["operationState"]);
    assert!(waits.starts_with("waiting for pruning confirmation of /ConfigMap/confirm-b since 20"), "{waits}");
    assert!(waits.contains(", until 20"), "{waits}");
    assert_eq!(app["status"]["operationState"]["phase"], "Running");
    approve(&lab, "confirm");
    lab.wait_object("configmap", "confirm-b", "pruned", Value::is_null);
    lab.wait_synced("confirm", None);
}

/// Sets the annotation that approves deletions, as `argocd app confirm-deletion` does.
pub fn approve(lab: &Lab, name: &str) {
    let date = std::process::Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output();
    let date = date.expect("because date is there");
    let now = String::from_utf8(date.stdout).expect("because digits are UTF-8");
    let annotation = format!("argocd.argoproj.io/deletion-approved={}", now.trim());
    lab.kubectl(&["-n", &lab.control, "annotate", "--overwrite", "application", name, &annotation]);
}

#[test]
fn writes_obey_their_options() {
    let lab = Lab::new("writes");
    let wrong =
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: validate\nspec:\n  ports:\n  - port: 80\n    colour: red\n";
    let immutable =
        |value: &str, options: &str| annotated("force", value, &[("sync-options", options)]) + "immutable: true\n";
    lab.repo.commit(&[
        ("replace/a.yaml", Some(&annotated("replace", "1", &[("sync-options", "Replace=true")]))),
        ("force/a.yaml", Some(&immutable("1", "Prune=true"))),
        ("validate/a.yaml", Some(wrong)),
        ("validate/b.yaml", Some(&config_map("beside", "1"))),
        ("only/a.yaml", Some(&config_map("only-a", "1"))),
        ("only/b.yaml", Some(&config_map("only-b", "1"))),
        ("migrate/a.yaml", Some(&config_map("migrate", "1"))),
        ("accepted/a.yaml", Some(&config_map("accepted", "1"))),
        ("object/a.yaml", Some(&annotated("object", "1", &[("sync-options", "CreateNamespace=true")]))),
    ]);

    // Replace: what others added goes, and the message says how it was written.
    create(&lab, "replace", &[]);
    let (_, state) = sync(&lab, "replace", &[]);
    assert_eq!(results(&state), ["replace Synced: configmap/replace created"]);
    lab.kubectl(&["patch", "configmap", "replace", "--type=merge", "-p", r#"{"data":{"extra":"mine"}}"#]);
    let (_, state) = sync(&lab, "replace", &[]);
    assert_eq!(results(&state), ["replace Synced: configmap/replace replaced"]);
    assert!(lab.object("configmap", "replace")["data"]["extra"].is_null());

    // Force: what cannot be changed is made anew, and is refused without.
    create(&lab, "force", &[]);
    lab.cli(&["app", "sync", "force"]);
    let uid = lab.object("configmap", "force")["metadata"]["uid"].clone();
    lab.repo.commit(&[("force/a.yaml", Some(&immutable("2", "Prune=true")))]);
    lab.refresh("force");
    let (good, state) = sync(&lab, "force", &[]);
    assert!(!good && message(&state).contains("field is immutable when `immutable` is set"), "{state:#}");
    assert_eq!(lab.object("configmap", "force")["metadata"]["uid"], uid);
    lab.repo.commit(&[("force/a.yaml", Some(&immutable("2", "Force=true,Replace=true")))]);
    lab.refresh("force");
    let (good, state) = sync(&lab, "force", &[]);
    assert!(good, "{state:#}");
    assert_ne!(lab.object("configmap", "force")["metadata"]["uid"], uid);

    // Validate: an unknown field stops everything before the first write, unless it is not looked for.
    create(&lab, "validate", &[]);
    let (good, state) = sync(&lab, "validate", &[]);
    assert!(!good && message(&state).contains(".colour: field not declared in schema"), "{state:#}");
    assert!(lab.object("configmap", "beside").is_null(), "nothing was applied");
    lab.cli(&["app", "set", "validate", "--sync-option", "Validate=false"]);
    let (good, state) = sync(&lab, "validate", &[]);
    assert!(good, "{state:#}");
    assert!(!lab.object("service", "validate").is_null());

    // ApplyOutOfSyncOnly: what is in sync is not even on record.
    create(&lab, "only", &["ApplyOutOfSyncOnly=true"]);
    lab.cli(&["app", "sync", "only"]);
    lab.repo.commit(&[("only/b.yaml", Some(&config_map("only-b", "2")))]);
    lab.refresh("only");
    let (_, state) = sync(&lab, "only", &[]);
    assert_eq!(results(&state), ["only-b Synced: configmap/only-b configured"]);

    // ClientSideApplyMigration: what `kubectl apply` wrote and Git does not have goes, or stays.
    let applied = config_map("migrate", "1") + "  old: field\n";
    let file = lab.folder().join("migrate.yaml");
    std::fs::write(&file, applied).unwrap();
    let file = file.to_str().unwrap();
    lab.kubectl(&["apply", "-f", file]);
    create(&lab, "migrate", &["ClientSideApplyMigration=false"]);
    lab.cli(&["app", "sync", "migrate"]);
    assert_eq!(lab.object("configmap", "migrate")["data"]["old"], "field");
    lab.cli(&["app", "set", "migrate", "--sync-option", "!ClientSideApplyMigration=false"]);
    lab.wait_condition("migrate", "OutOfSyncReason", "data.old was written by kubectl-client-side-apply");
    lab.cli(&["app", "sync", "migrate"]);
    assert!(lab.object("configmap", "migrate")["data"]["old"].is_null());
    lab.wait_synced("migrate", None);
    lab.kubectl(&["apply", "--server-side", "--force-conflicts", "--field-manager=older", "-f", file]);
    lab.kubectl(&[
        "patch",
        "configmap",
        "migrate",
        "--field-manager=oldest",
        "--type=merge",
        "-p",
        r#"{"data":{"older":"x"}}"#,
    ]);
    let annotation = "argocd.argoproj.io/client-side-apply-migration-manager=oldest";
    lab.kubectl(&["-n", &lab.control, "annotate", "application", "migrate", annotation]);
    lab.wait_condition("migrate", "OutOfSyncReason", "data.older was written by oldest");
    lab.cli(&["app", "sync", "migrate"]);
    let data = lab.object("configmap", "migrate")["data"].clone();
    assert_eq!(data, json!({"key": "1", "old": "field"}), "another manager's field stays");

    // Those that say nothing new here, and those of comparing.
    create(&lab, "accepted", &["ServerSideApply=true", "SkipDryRunOnMissingResource=true", "Replace=false"]);
    let options = "argocd.argoproj.io/compare-options=ServerSideDiff=true,IncludeMutationWebhook=true";
    lab.kubectl(&["-n", &lab.control, "annotate", "application", "accepted", options]);
    assert!(sync(&lab, "accepted", &[]).0);
    lab.wait_synced("accepted", None);

    // An option of applications on an object is refused by name.
    create(&lab, "object", &[]);
    let (good, state) = sync(&lab, "object", &[]);
    assert!(!good && message(&state).contains("sync option CreateNamespace is for applications"), "{state:#}");
    assert!(lab.object("configmap", "object").is_null());
}

#[test]
fn what_belongs_to_two_is_told_and_refused_where_that_is_asked_for() {
    let lab = Lab::new("shared");
    let both = config_map("both", "1");
    lab.repo.commit(&[("first/a.yaml", Some(&both)), ("second/a.yaml", Some(&both))]);
    create(&lab, "first", &[]);
    lab.cli(&["app", "sync", "first"]);
    create(&lab, "second", &["FailOnSharedResource=true"]);
    let both = format!("ConfigMap/both is part of applications {}/second and first", lab.control);
    lab.wait_condition("second", "SharedResourceWarning", &both);
    let (good, state) = sync(&lab, "second", &[]);
    assert!(!good && message(&state).starts_with("Shared resource found: "), "{state:#}");
    let owner = &lab.object("configmap", "both")["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"];
    assert!(owner.as_str().unwrap().starts_with("first:"), "{owner}");
}

#[test]
fn a_kind_that_is_missing_may_come_later() {
    let lab = Lab::new("missing");
    let gadget = "apiVersion: missing.example.com/v1\nkind: Gadget\nmetadata:\n  name: g\n  annotations:\n    argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true\n";
    lab.repo.commit(&[("gadget/a.yaml", Some(gadget)), ("gadget/b.yaml", Some(&config_map("first", "1")))]);
    create(&lab, "gadget", &[]);
    lab.cli(&["app", "sync", "gadget", "--async"]);
    let app = lab.wait("gadget", "waiting for the kind", |app| {
        message(&app["status"]["operationState"]).contains("to serve the kind")
    });
    let waits = message(&app["status"]["operationState"]);
    assert!(
        waits.starts_with("waiting for the cluster to serve the kind of missing.example.com/Gadget/g since 20"),
        "{waits}"
    );
    let crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: gadgets.missing.example.com\nspec:\n  group: missing.example.com\n  scope: Namespaced\n  names: {kind: Gadget, plural: gadgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema: {type: object}\n";
    let file = lab.folder().join("crd.yaml");
    std::fs::write(&file, crd).unwrap();
    lab.kubectl(&["apply", "-f", file.to_str().unwrap()]);
    lab.wait_synced("gadget", None);
}

#[test]
fn namespaces_are_made_with_their_metadata() {
    let lab = Lab::new("managed");
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "1")))]);
    let fresh = format!("{}-fresh", lab.target);
    let app = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
        "metadata": {"name": "managed", "namespace": lab.control},
        "spec": {
            "project": "default",
            "source": {"repoURL": lab.repo.url(), "path": "app"},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": fresh},
            "syncPolicy": {
                "automated": {},
                "syncOptions": ["CreateNamespace=true"],
                "managedNamespaceMetadata": {"labels": {"team": "shop"}, "annotations": {"note": "made"}},
            },
        },
    });
    let file = lab.folder().join("app.json");
    std::fs::write(&file, app.to_string()).unwrap();
    lab.kubectl(&["-n", &lab.control, "apply", "-f", file.to_str().unwrap()]);
    lab.wait_synced("managed", None);
    let made: Value = serde_json::from_str(&lab.kubectl(&["get", "namespace", &fresh, "-o", "json"])).unwrap();
    assert_eq!(
        (&made["metadata"]["labels"]["team"], &made["metadata"]["annotations"]["note"]),
        (&json!("shop"), &json!("made"))
    );
}

#[test]
fn a_sync_may_be_for_some_objects_or_for_none() {
    let lab = Lab::new("partial");
    let hook = annotated("hook", "1", &[("hook", "PreSync")]);
    lab.repo.commit(&[
        ("app/a.yaml", Some(&config_map("a", "1"))),
        ("app/b.yaml", Some(&config_map("b", "1"))),
        ("app/hook.yaml", Some(&hook)),
    ]);
    create(&lab, "app", &[]);

    // A dry run asks and writes nothing.
    let (good, state) = sync(&lab, "app", &["--dry-run"]);
    assert!(good, "{state:#}");
    let told = results(&state);
    assert!(told.contains(&"a Synced: configmap/a created (dry run)".to_string()), "{told:?}");
    assert!(lab.object("configmap", "a").is_null());

    // Some objects: no hooks, no history.
    let (good, state) = sync(&lab, "app", &["--resource", ":ConfigMap:a"]);
    assert!(good);
    assert_eq!(results(&state), ["a Synced: configmap/a created"]);
    assert!(lab.object("configmap", "b").is_null() && lab.object("configmap", "hook").is_null());
    assert_eq!(lab.app("app")["status"]["history"], Value::Null);

    // The strategy without hooks: everything else, and history.
    let (good, state) = sync(&lab, "app", &["--strategy", "apply"]);
    assert!(good);
    assert_eq!(results(&state), ["a Synced: configmap/a unchanged", "b Synced: configmap/b created"]);
    assert!(lab.object("configmap", "hook").is_null());
    assert_eq!(lab.app("app")["status"]["history"].as_array().map(Vec::len), Some(1));

    // Manifests that the request brings along.
    let local = config_map("a", "local");
    let operation =
        json!({"operation": {"sync": {"manifests": [local, config_map("b", "1")], "syncStrategy": {"apply": {}}}}});
    lab.kubectl(&["-n", &lab.control, "patch", "application", "app", "--type=merge", "-p", &operation.to_string()]);
    lab.wait_object("configmap", "a", "as the request says", |a| a["data"]["key"] == "local");
    lab.wait_condition("app", "OutOfSyncReason", "data.key was changed");
}

#[test]
fn failures_are_tried_again_and_then_told() {
    let lab = Lab::new("retry");
    let immutable = |value: &str| config_map("fixed", value) + "immutable: true\n";
    lab.repo.commit(&[("app/a.yaml", Some(&immutable("1"))), ("app/b.yaml", Some(&config_map("b", "1")))]);
    create(&lab, "app", &[]);
    lab.cli(&["app", "sync", "app"]);
    lab.repo.commit(&[("app/a.yaml", Some(&immutable("2"))), ("app/b.yaml", Some(&config_map("b", "2")))]);
    lab.refresh("app");
    lab.cli(&["app", "sync", "app", "--async", "--retry-limit", "2", "--retry-backoff-duration", "2s"]);
    let app = lab.wait("app", "tried again", |app| app["status"]["operationState"]["retryCount"].as_i64() >= Some(1));
    let waits = message(&app["status"]["operationState"]).to_string();
    let running = app["status"]["operationState"]["phase"] == "Running";
    assert!(running && waits.contains("Retrying attempt #") || waits.starts_with("Retrying operation"), "{waits}");
    let app = lab.wait("app", "Failed", |app| app["status"]["operationState"]["phase"] == "Failed");
    let told = message(&app["status"]["operationState"]);
    assert!(told.contains("field is immutable") && told.ends_with("(retried 2 times)."), "{told}");
    assert_eq!(lab.object("configmap", "b")["data"]["key"], "1", "it is checked whole before its first write");

    // A try may be for what Git says by then.
    let retries = ["--retry-limit", "5", "--retry-backoff-duration", "2s", "--retry-refresh"];
    lab.cli(&[&["app", "sync", "app", "--async"], retries.as_slice()].concat());
    lab.wait("app", "tried again", |app| {
        let state = &app["status"]["operationState"];
        state["operation"]["retry"]["refresh"] == true && state["retryCount"].as_i64() >= Some(1)
    });
    let mended = lab.repo.commit(&[("app/a.yaml", Some(&immutable("1")))]);
    let app = lab.wait_synced("app", Some(&mended));
    assert_eq!(app["status"]["operationState"]["syncResult"]["revision"], mended.as_str());
    assert_eq!(lab.object("configmap", "b")["data"]["key"], "2");

    // An automated sync that would leave nothing is refused; where that is allowed it is done.
    lab.repo.commit(&[("empty/a.yaml", Some(&config_map("only", "1"))), ("empty/note.txt", Some("x"))]);
    lab.create("empty", "empty", &["--sync-policy", "automated", "--auto-prune"]);
    lab.wait_synced("empty", None);
    lab.repo.commit(&[("empty/a.yaml", None)]);
    lab.refresh("empty");
    lab.wait_condition("empty", "SyncError", "auto-sync will wipe out all resources");
    assert!(!lab.object("configmap", "only").is_null());
    let allow = r#"{"spec":{"syncPolicy":{"automated":{"allowEmpty":true}}}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "application", "empty", "--type=merge", "-p", allow]);
    lab.wait_object("configmap", "only", "pruned", Value::is_null);

    // The same commit is not tried again by itself when it failed.
    lab.repo.commit(&[(
        "auto/a.yaml",
        Some("apiVersion: v1\nkind: Service\nmetadata:\n  name: bad\nspec:\n  ports: []\n"),
    )]);
    lab.create("auto", "auto", &[]);
    let once = r#"{"spec":{"syncPolicy":{"automated":{},"retry":{"limit":0}}}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "application", "auto", "--type=merge", "-p", once]);
    lab.wait_condition("auto", "SyncError", "Failed last sync attempt to [");
}

#[test]
fn drift_that_keeps_coming_back_is_healed_ever_later() {
    let lab = Lab::new("backoff");
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "git")))]);
    lab.create("app", "app", &["--sync-policy", "automated", "--self-heal"]);
    lab.wait_synced("app", None);
    let mut told = false;
    for round in 1..=3 {
        lab.kubectl(&["patch", "configmap", "a", "--type=merge", "-p", r#"{"data":{"key":"drift"}}"#]);
        if round > 1 {
            // The wait is told while it lasts.
            let app = lab.wait("app", "waiting or healed", |app| {
                let conditions = app["status"]["conditions"].as_array().cloned().unwrap_or_default();
                conditions.iter().any(|c| c["type"] == "SyncWaiting")
                    || app["status"]["operationState"]["operation"]["sync"]["autoHealAttemptsCount"] == round
            });
            let conditions = app["status"]["conditions"].as_array().cloned().unwrap_or_default();
            told |= conditions
                .iter()
                .any(|c| c["message"].as_str().unwrap_or_default().contains("self-heal to this revision was tried"));
        }
        lab.wait("app", "healed", |app| {
            app["status"]["operationState"]["operation"]["sync"]["autoHealAttemptsCount"] == round
                && app["status"]["sync"]["status"] == "Synced"
        });
        assert_eq!(lab.object("configmap", "a")["data"]["key"], "git");
    }
    assert!(told, "{}", lab.log());
    let state = &lab.app("app")["status"]["operationState"];
    assert_eq!(state["operation"]["sync"]["resources"][0]["name"], "a", "only what drifted is synced");
}

#[test]
fn objects_are_found_by_every_mark_and_survive_its_change() {
    let lab = Lab::new("marks");
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "1")))]);
    lab.create("app", "app", &["--sync-policy", "automated", "--auto-prune", "--self-heal"]);
    lab.wait_synced("app", None);
    let uid = lab.object("configmap", "a")["metadata"]["uid"].clone();
    for method in ["annotation+label", "label", "annotation"] {
        let patch = json!({"data": {"application.resourceTrackingMethod": method}}).to_string();
        lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &patch]);
        let marked = lab.wait_object("configmap", "a", method, |a| {
            let by_label = a["metadata"]["labels"]["app.kubernetes.io/instance"] == "app";
            let by_annotation = !a["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"].is_null();
            (by_label, by_annotation) == (method != "annotation", method != "label")
        });
        assert_eq!(marked["metadata"]["uid"], uid, "it was not made anew");
        lab.wait_synced("app", None);
    }
}

#[test]
fn windows_hold_people_too_and_say_until_when() {
    let lab = Lab::new("held");
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "1")))]);
    lab.cli(&["proj", "create", "windows", "--dest", "*,*", "--src", "*"]);
    let set = |windows: Value| {
        let patch = json!({"spec": {"syncWindows": windows}}).to_string();
        lab.kubectl(&["-n", &lab.control, "patch", "appproject", "windows", "--type=merge", "-p", &patch]);
    };
    set(
        json!([{"kind": "allow", "schedule": "0 0 29 2 *", "duration": "1m", "timeZone": "Europe/Berlin", "applications": ["*"]}]),
    );
    lab.create("app", "app", &["--sync-policy", "automated", "--project", "windows"]);
    lab.wait_condition("app", "SyncWaiting", "automated sync is blocked by sync window: ");
    let conditions = lab.app("app")["status"]["conditions"].to_string();
    assert!(conditions.contains("is not open: until 20"), "{conditions}");
    lab.cli(&["app", "sync", "app", "--async"]);
    let app = lab.wait("app", "blocked", |app| message(&app["status"]["operationState"]).contains("blocked"));
    assert!(message(&app["status"]["operationState"]).starts_with("Sync operation blocked by sync window: "));
    assert_eq!(app["status"]["operationState"]["phase"], "Running");
    // When the window opens, what waited goes on.
    set(json!([{"kind": "allow", "schedule": "* * * * *", "duration": "1h", "namespaces": ["*"]}]));
    lab.wait_synced("app", None);
    // One that cannot be read blocks, and says what is wrong.
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "2")))]);
    set(json!([{"kind": "deny", "schedule": "soon", "duration": "1h", "clusters": ["*"]}]));
    lab.refresh("app");
    lab.wait_condition("app", "SyncWaiting", "invalid sync windows");
}
