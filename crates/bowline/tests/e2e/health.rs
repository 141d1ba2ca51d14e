//! What `argocd-cm` says of single kinds: health scripts, ignored fields, known types; changed while the server runs.

use std::path::Path;

use serde_json::{Value, json};

use crate::lab::{Lab, config_map};

const AUTOMATED: &[&str] = &["--sync-policy", "automated"];

/// Sets keys of a settings ConfigMap; null removes one.
fn set(lab: &Lab, map: &str, data: Value) {
    let patch = json!({"data": data}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", map, "--type=merge", "-p", &patch]);
}

/// A resource of an application's status.
fn resource<'a>(app: &'a Value, name: &str) -> &'a Value {
    let resources = app["status"]["resources"].as_array().expect("because the application was compared");
    resources.iter().find(|r| r["name"] == name).expect("because the application has it")
}

fn apply(lab: &Lab, name: &str, text: &str) {
    let file: &Path = &lab.folder().join(name);
    std::fs::write(file, text).expect("because the temporary folder is writable");
    lab.kubectl(&["apply", "--server-side", "-f", file.to_str().expect("because the path is UTF-8")]);
}

#[test]
fn a_users_script_says_how_healthy_and_another_one_says_it_anew() {
    let mut lab = Lab::without_server("lua");
    let persist = "--from-literal=controller.resource.health.persist=true";
    lab.kubectl(&["-n", &lab.control, "create", "configmap", "argocd-cmd-params-cm", persist]);
    lab.start();
    lab.repo.commit(&[
        ("app/one.yaml", Some(&config_map("one", "small"))),
        ("app/two.yaml", Some(&config_map("two", "large"))),
        ("other/three.yaml", Some("apiVersion: v1\nkind: Secret\nmetadata:\n  name: three\n")),
    ]);
    lab.create("scripted", "app", AUTOMATED);
    lab.create("other", "other", AUTOMATED);
    lab.wait_synced("scripted", None);
    lab.wait_synced("other", None);

    let key = "resource.customizations.health.ConfigMap";
    let script = "hs = {status = 'Healthy'}\nif obj.data.key == 'large' then\n  hs.status = 'Degraded'\n  hs.message = 'larger than ' .. os.date('!%Y', 0)\nend\nreturn hs\n";
    set(&lab, "argocd-cm", json!({key: script}));
    let app = lab.wait("scripted", "Degraded", |app| app["status"]["health"]["status"] == "Degraded");
    assert_eq!(resource(&app, "two")["health"], json!({"status": "Degraded", "message": "larger than 1970"}));
    assert_eq!(resource(&app, "one")["health"]["status"], "Healthy");
    let caused = format!("Caused by ConfigMap:{}/two", lab.target);
    assert_eq!(app["status"]["health"]["message"], caused.as_str());

    // A script that never ends costs the objects of its kind their health, and nobody else anything.
    set(&lab, "argocd-cm", json!({key: "while true do end"}));
    let app = lab.wait("scripted", "Unknown", |app| app["status"]["health"]["status"] == "Unknown");
    assert_eq!(resource(&app, "one")["health"]["message"], "the script used up its budget of instructions");
    set(&lab, "argocd-cm", json!({key: "return obj.data.nothing.there"}));
    let app = lab.wait("scripted", "another message", |app| {
        resource(app, "one")["health"]["message"] != "the script used up its budget of instructions"
    });
    assert_eq!(
        resource(&app, "one")["health"]["message"],
        "<script>:1: attempt to index field 'nothing' (a nil value)"
    );
    assert_eq!(lab.app("other")["status"]["health"]["status"], "Healthy");

    // The older form, with a pattern and with the libraries that it asks for.
    let older = "Config*:\n  health.lua.useOpenLibs: true\n  health.lua: |\n    return {status = 'Suspended', message = string.upper(obj.metadata.name)}\n";
    set(&lab, "argocd-cm", json!({key: null, "resource.customizations": older}));
    let app = lab.wait("scripted", "Suspended", |app| app["status"]["health"]["status"] == "Suspended");
    assert_eq!(resource(&app, "one")["health"]["message"], "ONE");
    set(&lab, "argocd-cm", json!({"resource.customizations": null}));
    lab.wait_synced("scripted", None);
}

#[test]
fn rules_of_kinds_reach_applications_while_the_server_runs() {
    let lab = Lab::new("kinds");
    let widgets = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: widgets.kinds.example.com\nspec:\n  group: kinds.example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}\n";
    apply(&lab, "crd.yaml", widgets);
    lab.kubectl(&["wait", "--for=condition=Established", "crd/widgets.kinds.example.com", "--timeout=30s"]);
    let widget = "apiVersion: kinds.example.com/v1\nkind: Widget\nmetadata:\n  name: w\nspec:\n  cpu: \"0.1\"\n";
    lab.repo.commit(&[
        ("app/one.yaml", Some(&config_map("one", "desired"))),
        ("app/two.yaml", Some(widget)),
        ("other/three.yaml", Some(&(config_map("three", "desired") + "  quiet: \"desired\"\n"))),
    ]);
    lab.create("kinds", "app", AUTOMATED);
    lab.create("other", "other", AUTOMATED);
    lab.wait_synced("kinds", None);
    lab.wait_synced("other", None);

    // A change of nothing but ignored fields.
    let drift = |kind: &str, name: &str, patch: &str| lab.kubectl(&["patch", kind, name, "--type=merge", "-p", patch]);
    let out_of_sync = |name: &str| {
        lab.wait(name, "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    };
    drift("configmap", "one", r#"{"data":{"key":"mine"}}"#);
    out_of_sync("kinds");
    let ignored = "resource.customizations.ignoreDifferences.ConfigMap";
    set(&lab, "argocd-cm", json!({ignored: "jqPathExpressions: [.data.key]"}));
    lab.wait_synced("kinds", None);
    set(&lab, "argocd-cm", json!({ignored: "jqPathExpressions: ['.data[']"}));
    lab.wait_condition("kinds", "ComparisonError", ignored);
    set(&lab, "argocd-cm", json!({ignored: null}));
    out_of_sync("kinds");
    drift("configmap", "one", r#"{"data":{"key":"desired"}}"#);
    lab.wait_synced("kinds", None);

    // Equal values that are written differently.
    drift("widget", "w", r#"{"spec":{"cpu":"100m"}}"#);
    out_of_sync("kinds");
    let known = "resource.customizations.knownTypeFields.kinds.example.com_Widget";
    set(&lab, "argocd-cm", json!({known: "- field: spec.cpu\n  type: core/Quantity\n"}));
    lab.wait_synced("kinds", None);
    set(&lab, "argocd-cm", json!({known: "- field: spec.cpu\n  type: Cores\n"}));
    lab.wait_condition("kinds", "ComparisonError", "type \"Cores\" is not supported");
    set(&lab, "argocd-cm", json!({known: "- field: spec.cpu\n  type: core/Quantity\n"}));
    lab.wait_synced("kinds", None);

    // What nobody is to be woken by is seen at the next refresh. A setting that changes nothing tells when both are in force;
    // the other application's drift comes later on the same watch.
    let (unheeded, odd) =
        ("resource.customizations.ignoreResourceUpdates.ConfigMap", "resource.customizations.colour.ConfigMap");
    set(&lab, "argocd-cm", json!({unheeded: "jsonPointers: [/data/quiet]", odd: "green"}));
    for name in ["kinds", "other"] {
        lab.wait_condition(name, "UnsupportedSettingWarning", "colour.ConfigMap changes nothing");
    }
    // The first change is held against how the object was read before.
    for quiet in ["first", "desired"] {
        drift("configmap", "three", &json!({"data": {"quiet": quiet}}).to_string());
        lab.refresh("other");
        lab.wait("other", quiet, |app| {
            let synced = app["status"]["sync"]["status"] == "Synced";
            synced == (quiet == "desired") && app["metadata"]["annotations"]["argocd.argoproj.io/refresh"].is_null()
        });
    }
    drift("configmap", "three", r#"{"data":{"quiet":"x"}}"#);
    drift("configmap", "one", r#"{"data":{"key":"loud"}}"#);
    out_of_sync("kinds");
    assert_eq!(lab.app("other")["status"]["sync"]["status"], "Synced", "nobody looked");
    lab.refresh("other");
    out_of_sync("other");
    drift("configmap", "three", r#"{"data":{"quiet":"desired"}}"#);
    lab.refresh("other");
    lab.wait_synced("other", None);
    drift("configmap", "one", r#"{"data":{"key":"desired"}}"#);
    lab.wait_synced("kinds", None);

    // What is not carried out, or excluded, is told where it matters and nowhere else.
    set(
        &lab,
        "argocd-cm",
        json!({
            odd: null,
            "resource.customizations.actions.kinds.example.com_Widget": "definitions: many",
            "resource.exclusions": "- apiGroups: [kinds.example.com]\n  kinds: [Gadget]\n",
        }),
    );
    lab.wait_condition(
        "kinds",
        "UnsupportedSettingWarning",
        "actions.kinds.example.com_Widget: definitions must be of another form, is string",
    );
    lab.wait("other", "told nothing", |app| app["status"]["conditions"].is_null());
    set(&lab, "argocd-cm", json!({"resource.exclusions": "- kinds: [ConfigMap]\n"}));
    lab.wait_condition("kinds", "ExcludedResourceWarning", "Resource /ConfigMap one is excluded in the settings");
    assert!(!lab.object("configmap", "one").is_null(), "what is excluded is left alone");
    set(&lab, "argocd-cm", json!({"resource.exclusions": null}));
    let app = lab.wait("kinds", "told no more", |app| {
        let conditions = app["status"]["conditions"].as_array().cloned().unwrap_or_default();
        !conditions.iter().any(|c| c["type"] == "ExcludedResourceWarning")
    });
    assert_eq!(resource(&app, "one")["status"], "Synced");
}
