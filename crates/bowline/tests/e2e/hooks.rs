//! Hooks of every type, with every delete policy, and what a person reads while they run.

use serde_json::{Value, json};

use crate::lab::{Lab, config_map};

/// ConfigMaps tell how they do by `data.state`: a hook that a test can end as it likes.
const HEALTH: &str = "local state = (obj.data or {}).state\nif state == 'running' then return {status = 'Progressing', message = 'it runs'} end\nif state == 'failed' then return {status = 'Degraded', message = 'it broke'} end\nreturn {status = 'Healthy'}\n";

/// A world where ConfigMaps are as healthy as they say.
pub fn lab(name: &str) -> Lab {
    let lab = Lab::new(name);
    let patch = json!({"data": {"resource.customizations.health.ConfigMap": HEALTH}}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &patch]);
    lab
}

/// A hook whose health is its `data.state`.
pub fn hook(name: &str, kind: &str, policy: &str, state: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations:\n    argocd.argoproj.io/hook: \"{kind}\"\n    argocd.argoproj.io/hook-delete-policy: \"{policy}\"\ndata:\n  state: {state}\n"
    )
}

/// Sets the state of such a ConfigMap.
pub fn end(lab: &Lab, name: &str, state: &str) {
    let patch = json!({"data": {"state": state}}).to_string();
    lab.kubectl(&["patch", "configmap", name, "--type=merge", "-p", &patch]);
}

/// What the operation says.
pub fn message(app: &Value) -> &str {
    app["status"]["operationState"]["message"].as_str().unwrap_or_default()
}

/// `name hookType hookPhase` of every hook on record.
fn hooks(app: &Value) -> Vec<String> {
    let results = app["status"]["operationState"]["syncResult"]["resources"].as_array().cloned().unwrap_or_default();
    let text = |r: &Value, field: &str| r[field].as_str().unwrap_or_default().to_string();
    let hooks = results.iter().filter(|r| !r["hookType"].is_null());
    hooks.map(|r| format!("{} {} {}", text(r, "name"), text(r, "hookType"), text(r, "hookPhase"))).collect()
}

#[test]
fn hooks_hold_their_phase_and_go_as_their_policies_say() {
    let lab = lab("phases");
    lab.repo.commit(&[
        ("app/pre.yaml", Some(&hook("pre", "PreSync", "HookSucceeded", "running"))),
        ("app/during.yaml", Some(&hook("during", "Sync", "HookFailed", "fine"))),
        ("app/post.yaml", Some(&hook("post", "PostSync", "BeforeHookCreation", "running"))),
        ("app/fail.yaml", Some(&hook("fail", "SyncFail", "BeforeHookCreation", "fine"))),
        ("app/odd.yaml", Some(&hook("odd", "Sometimes", "BeforeHookCreation", "fine"))),
        ("app/skip.yaml", Some(&hook("skip", "Skip", "BeforeHookCreation", "fine"))),
        ("app/one.yaml", Some(&config_map("one", "1"))),
    ]);
    lab.create("app", "app", &[]);
    let once = r#"{"spec":{"syncPolicy":{"automated":{},"retry":{"limit":0}}}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "application", "app", "--type=merge", "-p", once]);
    let app = lab.wait("app", "in PreSync", |app| message(app).contains("completion of hook"));
    assert!(message(&app).starts_with("waiting for completion of hook /ConfigMap/pre since 20"), "{}", message(&app));
    assert_eq!(hooks(&app), ["pre PreSync Running"]);
    assert!(lab.object("configmap", "one").is_null(), "nothing comes before a PreSync hook has ended");
    end(&lab, "pre", "done");
    let app = lab.wait("app", "in PostSync", |app| message(app).contains("/ConfigMap/post"));
    assert!(!lab.object("configmap", "one").is_null());
    assert_eq!(hooks(&app), ["pre PreSync Succeeded", "during Sync Succeeded", "post PostSync Running"]);
    assert!(!lab.object("configmap", "pre").is_null(), "it goes when the sync has ended");
    end(&lab, "post", "done");
    let app = lab.wait_synced("app", None);
    assert_eq!(message(&app), "successfully synced (no more tasks)");
    assert!(lab.object("configmap", "pre").is_null(), "HookSucceeded");
    assert!(!lab.object("configmap", "during").is_null(), "HookFailed stays after a success");
    lab.wait_condition("app", "UnsupportedSettingWarning", "odd does not run: no hook type in \"Sometimes\" is one of");
    for absent in ["fail", "skip", "odd"] {
        assert!(lab.object("configmap", absent).is_null(), "{absent}");
    }

    // The next sync makes its own, and one that fails calls the hooks for that.
    let post = lab.object("configmap", "post")["metadata"]["uid"].clone();
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "2")))]);
    lab.refresh("app");
    lab.wait_object("configmap", "pre", "made again", |pre| pre["data"]["state"] == "running");
    end(&lab, "pre", "done");
    lab.wait_object("configmap", "post", "made anew", |p| !p.is_null() && p["metadata"]["uid"] != post);
    end(&lab, "post", "failed");
    let app = lab.wait("app", "Failed", |app| app["status"]["operationState"]["phase"] == "Failed");
    assert!(message(&app).contains("reason: it broke"), "{}", message(&app));
    assert!(hooks(&app).contains(&"fail SyncFail Succeeded".to_string()), "{:?}", hooks(&app));
    assert!(!lab.object("configmap", "fail").is_null());
    assert!(lab.object("configmap", "during").is_null(), "HookFailed");
    assert!(!lab.object("configmap", "pre").is_null(), "HookSucceeded stays after a failure");
}

#[test]
fn generated_names_helms_hooks_and_an_end_that_is_asked_for() {
    let lab = lab("ends");
    let generated = hook("x", "PreSync", "HookSucceeded", "fine").replace("name: x", "generateName: made-");
    let helms = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: helms\n  annotations:\n    helm.sh/hook: post-install\n    helm.sh/hook-delete-policy: hook-failed\ndata:\n  state: running\n";
    lab.repo.commit(&[
        ("app/generated.yaml", Some(&generated)),
        ("app/helms.yaml", Some(helms)),
        ("app/one.yaml", Some(&config_map("one", "1"))),
    ]);
    lab.create("app", "app", &["--sync-policy", "automated"]);
    let app = lab.wait("app", "in PostSync", |app| message(app).contains("/ConfigMap/helms"));
    let made = hooks(&app)[0].clone();
    let revision = &app["status"]["sync"]["revision"].as_str().unwrap()[..7];
    assert!(made.starts_with(&format!("made-{revision}-presync-")), "{made}");
    assert!(made.ends_with("PreSync Succeeded"), "{made}");

    // Terminated: what runs is stopped and deleted, and that is on record.
    let patch = r#"{"status":{"operationState":{"phase":"Terminating"}}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "application", "app", "--type=merge", "-p", patch]);
    let app = lab.wait("app", "terminated", |app| app["status"]["operationState"]["phase"] == "Failed");
    assert_eq!(message(&app), "Operation terminated");
    assert!(hooks(&app).contains(&"helms PostSync Failed".to_string()), "{:?}", hooks(&app));
    assert!(lab.object("configmap", "helms").is_null());
    assert!(app["operation"].is_null(), "it is not tried again");
}

#[test]
fn helms_hooks_are_taken_for_ours() {
    let lab = lab("helms");
    let helms = |name: &str, hook: &str, more: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations:\n    helm.sh/hook: \"{hook}\"\n{more}data:\n  state: fine\n"
        )
    };
    let weight = |n: i64| format!("    helm.sh/hook-weight: \"{n}\"\n");
    let policy = "    helm.sh/hook-delete-policy: hook-succeeded\n";
    lab.repo.commit(&[
        ("app/a.yaml", Some(&helms("late", "pre-upgrade", &weight(5)))),
        ("app/b.yaml", Some(&helms("early", "pre-install", &weight(-5)))),
        ("app/c.yaml", Some(&helms("both", "pre-install,post-upgrade", ""))),
        ("app/d.yaml", Some(&helms("gone", "post-install", policy))),
        ("app/e.yaml", Some(&helms("before", "pre-delete", ""))),
        ("app/f.yaml", Some(&helms("after", "post-delete", ""))),
        ("app/g.yaml", Some(&helms("tried", "test", ""))),
        ("app/h.yaml", Some(&helms("back", "post-rollback", ""))),
        ("app/i.yaml", Some(&helms("old", "crd-install", ""))),
        ("app/one.yaml", Some(&config_map("one", "1"))),
    ]);
    lab.create("app", "app", &["--sync-policy", "automated", "--set-finalizer"]);
    let app = lab.wait_synced("app", None);
    // In the order of their weights; `both` runs twice; what was once for definitions is an object like any other.
    assert_eq!(
        hooks(&app),
        [
            "early PreSync Succeeded",
            "both PreSync Succeeded",
            "late PreSync Succeeded",
            "both PostSync Succeeded",
            "gone PostSync Succeeded",
        ]
    );
    assert!(lab.object("configmap", "gone").is_null(), "hook-succeeded");
    assert!(!lab.object("configmap", "late").is_null() && !lab.object("configmap", "old").is_null());
    let finalizers = app["metadata"]["finalizers"].to_string();
    assert!(
        finalizers.contains("pre-delete-finalizer") && finalizers.contains("post-delete-finalizer"),
        "{finalizers}"
    );
    // Tests and rollbacks have no counterpart, and that is told of neither: charts are full of the one.
    for absent in ["tried", "back", "before", "after"] {
        assert!(lab.object("configmap", absent).is_null(), "{absent}");
    }
    lab.kubectl(&["-n", &lab.control, "delete", "application", "app", "--wait=false"]);
    lab.kubectl(&["-n", &lab.control, "wait", "--for=delete", "application/app", "--timeout=60s"]);
    // Both have run: the default policy leaves them, and what was before the objects went with them.
    for (name, there) in [("before", false), ("after", true), ("one", false), ("old", false)] {
        assert_eq!(!lab.object("configmap", name).is_null(), there, "{name}");
    }
}

#[test]
fn hooks_of_a_deletion_run_before_and_after_the_objects_go() {
    let lab = lab("goodbye");
    lab.repo.commit(&[
        ("app/before.yaml", Some(&hook("before", "PreDelete", "HookSucceeded", "running"))),
        ("app/after.yaml", Some(&hook("after", "PostDelete", "BeforeHookCreation", "running"))),
        ("app/one.yaml", Some(&config_map("one", "1"))),
    ]);
    lab.create("app", "app", &["--sync-policy", "automated", "--set-finalizer"]);
    let app = lab.wait_synced("app", None);
    let finalizers = app["metadata"]["finalizers"].as_array().unwrap();
    for finalizer in ["pre-delete-finalizer", "post-delete-finalizer"] {
        for end in ["", "/cleanup"] {
            let name = format!("{finalizer}.argocd.argoproj.io{end}");
            assert!(finalizers.iter().any(|f| *f == name.as_str()), "{name} in {finalizers:?}");
        }
    }
    assert!(lab.object("configmap", "before").is_null() && lab.object("configmap", "after").is_null());

    lab.kubectl(&["-n", &lab.control, "delete", "application", "app", "--wait=false"]);
    lab.wait_condition("app", "DeletionProgress", "waiting for completion of PreDelete hook");
    assert!(!lab.object("configmap", "one").is_null(), "the objects wait for the hook");
    end(&lab, "before", "failed");
    lab.wait_condition("app", "DeletionError", "delete the hook's object to have it run again");
    let conditions = lab.app("app")["status"]["conditions"].to_string();
    assert!(conditions.contains("failed: it broke"), "{conditions}");
    assert!(!lab.object("configmap", "one").is_null(), "a hook that failed stops the deletion");
    lab.kubectl(&["delete", "configmap", "before"]);
    lab.wait_object("configmap", "before", "made again", |before| before["data"]["state"] == "running");
    end(&lab, "before", "done");
    lab.wait_condition("app", "DeletionProgress", "waiting for completion of PostDelete hook");
    assert!(lab.object("configmap", "one").is_null(), "the objects are gone by then");
    assert!(lab.object("configmap", "before").is_null(), "HookSucceeded");
    end(&lab, "after", "done");
    lab.kubectl(&["-n", &lab.control, "wait", "--for=delete", "application/app", "--timeout=60s"]);

    // Without such hooks in Git any more, nothing of them holds the application.
    lab.create("other", "app", &["--sync-policy", "automated"]);
    lab.wait("other", "held", |app| app["metadata"]["finalizers"].to_string().contains("pre-delete-finalizer"));
    lab.repo.commit(&[("app/before.yaml", None), ("app/after.yaml", None)]);
    lab.refresh("other");
    lab.wait("other", "free", |app| !app["metadata"]["finalizers"].to_string().contains("delete-finalizer"));
}
