//! `bowline app resources`, `logs`, `patch-resource`, `delete-resource`, `patch`, `unset`, `edit` and `terminate-op`, with no server.

use serde_json::{Value, json};

use crate::lab::Lab;

/// An application that says that it manages a Deployment and two ConfigMaps, which are there; and a pod of the Deployment.
fn shop(lab: &Lab) {
    let args = ["app", "create", "shop", "--repo", "https://git.example.com/shop.git", "--path", "deploy"];
    lab.good(&[&args[..], &["--dest-name", "in-cluster", "--dest-namespace", &lab.control]].concat());
    for (name, text) in [
        ("one", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: b}\n"),
        ("two", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\ndata: {a: b}\n"),
        (
            "web",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}}\n",
        ),
    ] {
        let file = lab.file(&format!("{name}.yaml"), text);
        let file = file.to_str().expect("because the path is UTF-8");
        lab.kubectl(&["-n", &lab.control, "apply", "-f", file]);
    }
    let resource = |group: &str, kind: &str, name: &str| json!({"group": group, "version": "v1", "kind": kind, "namespace": lab.control, "name": name, "status": "Synced"});
    let resources =
        [resource("", "ConfigMap", "one"), resource("", "ConfigMap", "two"), resource("apps", "Deployment", "web")];
    merge(lab, json!({"status": {"resources": resources}}));
}

fn merge(lab: &Lab, patch: Value) {
    lab.kubectl(&["-n", &lab.control, "patch", "application", "shop", "--type=merge", "-p", &patch.to_string()]);
}

/// Waits until the controllers have made a pod of the Deployment.
fn pod(lab: &Lab) -> String {
    let start = std::time::Instant::now();
    loop {
        let names = lab.kubectl(&["-n", &lab.control, "get", "pods", "-o", "jsonpath={.items[*].metadata.name}"]);
        if !names.is_empty() {
            return names;
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(60), "no pod was made");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn the_objects_and_what_they_own() {
    let lab = Lab::new("objects");
    shop(&lab);
    let pod = pod(&lab);
    let table = lab.good(&["app", "resources", "shop"]);
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["GROUP", "KIND", "NAMESPACE", "NAME", "ORPHANED"]);
    for want in [vec!["ConfigMap", &lab.control, "one", "No"], vec!["Pod", &lab.control, &pod, "No"]] {
        assert!(lines.contains(&want), "{want:?}\n{table}");
    }
    assert!(!table.contains("kube-root-ca.crt"), "{table}");
    let tree = lab.good(&["app", "resources", "shop", "--output", "tree"]);
    let at = |text: &str| tree.find(text).unwrap_or_else(|| panic!("{text}\n{tree}"));
    assert!(
        at("Deployment/web\n") < at("└─ReplicaSet/web-") && at("└─ReplicaSet/web-") < at(&format!("  └─Pod/{pod}"))
    );

    // Orphaned is what nobody manages, where the project watches for it.
    assert_eq!(lab.good(&["app", "resources", "shop", "--orphaned"]).lines().count(), 1, "the project does not ask");
    lab.good(&["proj", "create", "watched", "--dest", "*,*", "--src", "*"]);
    let watch = r#"{"spec":{"orphanedResources":{}}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "appproject", "watched", "--type=merge", "-p", watch]);
    merge(&lab, json!({"spec": {"project": "watched"}}));
    let orphaned = lab.good(&["app", "resources", "shop", "--orphaned"]);
    assert!(orphaned.lines().any(|l| l.contains(" one ") && l.ends_with("Yes")), "{orphaned}");
    assert!(!orphaned.contains("kube-root-ca.crt"), "{orphaned}");

    // No pod has run here: its log is empty.
    assert_eq!(lab.good(&["app", "logs", "shop", "--kind", "Deployment", "--name", "web", "--tail", "5"]), "");
    let said = lab.bad(20, &["app", "logs", "shop", "--kind", "ConfigMap"]);
    assert!(said.contains("has no pods that match"), "{said}");
    let said = lab.bad(20, &["app", "logs", "shop", "-c", "other"]);
    assert!(said.contains("has a container 'other'"), "{said}");
}

#[test]
fn one_object_is_patched_and_deleted() {
    let lab = Lab::new("object");
    shop(&lab);
    let patch = r#"{"data":{"a":"patched"}}"#;
    let flags = ["app", "patch-resource", "shop", "--kind", "ConfigMap", "--patch", patch];
    let said = lab.bad(20, &flags);
    assert!(said.contains("Multiple resources match inputs. Use the --all flag to patch multiple resources"), "{said}");
    let said = lab.good(&[&flags[..], &["--resource-name", "one"]].concat());
    assert_eq!(said, "Resource 'one' patched\n");
    assert_eq!(lab.object("configmap", "one")["data"]["a"], "patched");
    let operations = r#"[{"op":"replace","path":"/data/a","value":"again"}]"#;
    lab.good(&[
        "app",
        "patch-resource",
        "shop",
        "--kind",
        "ConfigMap",
        "--all",
        "--patch",
        operations,
        "--patch-type",
        "application/json-patch+json",
    ]);
    assert_eq!(lab.object("configmap", "two")["data"]["a"], "again");

    let said =
        lab.good(&["app", "delete-resource", "shop", "--kind", "ConfigMap", "--resource-name", "one", "--orphan"]);
    assert_eq!(said, "Resource 'one' deleted\n");
    assert_eq!(lab.object("configmap", "one"), Value::Null);
    let said = lab.bad(20, &["app", "delete-resource", "shop", "--kind", "Secret"]);
    assert!(said.contains("No matching resource found"), "{said}");
}

#[test]
fn an_application_is_patched_unset_and_edited() {
    let lab = Lab::new("edit");
    shop(&lab);
    let printed = lab.good(&[
        "app",
        "patch",
        "shop",
        "--type",
        "merge",
        "--patch",
        r#"{"spec":{"source":{"targetRevision":"v2"}}}"#,
    ]);
    assert!(printed.contains("targetRevision: v2\n"), "{printed}");
    lab.good(&["app", "patch", "shop", "--patch", r#"[{"op":"replace","path":"/spec/source/path","value":"other"}]"#]);
    assert_eq!(lab.object("applications", "shop")["spec"]["source"]["path"], "other");
    lab.bad(20, &["app", "patch", "shop", "--patch", "{}"]);

    lab.good(&[
        "app",
        "set",
        "shop",
        "-p",
        "a=1",
        "-p",
        "b=2",
        "--values",
        "x.yaml",
        "--nameprefix",
        "p-",
        "--kustomize-image",
        "nginx=mirror/nginx:1",
    ]);
    lab.good(&["app", "unset", "shop", "-p", "a", "--values", "x.yaml", "--kustomize-image", "nginx"]);
    let source = lab.object("applications", "shop")["spec"]["source"].clone();
    assert_eq!(source["helm"], json!({"parameters": [{"name": "b", "value": "2"}]}));
    assert_eq!(source["kustomize"], json!({"namePrefix": "p-"}));
    lab.good(&["app", "unset", "shop", "-p", "b", "--nameprefix"]);
    let source = lab.object("applications", "shop")["spec"]["source"].clone();
    assert!(source["helm"].is_null() && source["kustomize"].is_null(), "{source}");

    let editor = lab.file("editor", "#!/bin/sh\nsed -i s/v2/v3/ \"$1\"\n");
    std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let ran = lab.run_with(&["app", "edit", "shop"], &[("EDITOR", editor.to_str().unwrap())]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "application 'shop' edited\n"), "{}", ran.err);
    assert_eq!(lab.object("applications", "shop")["spec"]["source"]["targetRevision"], "v3");
    let ran = lab.run_with(&["app", "edit", "shop"], &[("EDITOR", "true")]);
    assert!(ran.code == 0 && ran.err.contains("nothing was changed"), "{}", ran.err);
    assert_eq!(lab.run_with(&["app", "edit", "shop"], &[("EDITOR", "false")]).code, 20);
}

#[test]
fn an_operation_is_ended() {
    let lab = Lab::new("terminate");
    shop(&lab);
    let said = lab.bad(20, &["app", "terminate-op", "shop"]);
    assert!(said.contains("No operation is in progress"), "{said}");
    lab.good(&["app", "confirm-deletion", "shop"]);
    let approved =
        lab.object("applications", "shop")["metadata"]["annotations"]["argocd.argoproj.io/deletion-approved"].clone();
    let approved: jiff::Timestamp = approved.as_str().unwrap().parse().unwrap();
    assert!(approved.as_second() > 1_700_000_000, "{approved}");
    let state = json!({"phase": "Running", "operation": {"sync": {}}, "startedAt": "2026-01-01T00:00:00Z"});
    merge(&lab, json!({"operation": {"sync": {}}, "status": {"operationState": state}}));
    assert_eq!(lab.good(&["app", "terminate-op", "shop"]), "Application 'shop' operation terminating\n");
    assert_eq!(lab.object("applications", "shop")["status"]["operationState"]["phase"], "Terminating");
}
