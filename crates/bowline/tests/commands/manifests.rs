//! `bowline app manifests` and `bowline app diff`, with the API server as the judge.

use serde_json::json;

use crate::lab::Lab;

fn config(value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: \"{value}\"\n")
}

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\nstringData:\n  password: hunter2\n";

/// An application over a repository with a ConfigMap and a Secret, deployed into its control namespace.
fn shop(lab: &Lab) -> String {
    lab.file("repo/deploy/config.yaml", &config("1"));
    lab.file("repo/deploy/secret.yaml", SECRET);
    let commit = lab.commit("repo");
    lab.good(&[
        "app",
        "create",
        "shop",
        "--repo",
        &lab.url("repo"),
        "--path",
        "deploy",
        "--dest-name",
        "in-cluster",
        "--dest-namespace",
        &lab.control,
    ]);
    commit
}

/// Applies a manifest as the server would, so that its fields are ours.
fn apply(lab: &Lab, name: &str, manifest: &str) {
    let file = lab.file(name, manifest);
    let manager = "--field-manager=argocd-controller";
    lab.kubectl(&[
        "-n",
        &lab.control,
        "apply",
        "--server-side",
        manager,
        "-f",
        file.to_str().expect("because the path is UTF-8"),
    ]);
}

#[test]
fn manifests_of_git_and_of_the_cluster() {
    let lab = Lab::new("manifests");
    let first = shop(&lab);
    lab.file("repo/deploy/config.yaml", &config("2"));
    lab.commit("repo");
    let now = lab.good(&["app", "manifests", "shop"]);
    assert!(now.contains("a: \"2\"\n") && now.contains("tracking-id: shop:/ConfigMap:"), "{now}");
    assert!(!now.contains("hunter2") && now.contains("hmac-sha256:"), "{now}");
    assert!(lab.good(&["app", "manifests", "shop", "--revision", &first]).contains("a: \"1\"\n"));
    let local = lab.file("elsewhere/config.yaml", &config("3"));
    let local = local.parent().unwrap().to_str().unwrap();
    assert!(lab.good(&["app", "manifests", "shop", "--local", local]).contains("a: \"3\"\n"));

    apply(&lab, "live.yaml", &config("live"));
    apply(&lab, "secret.yaml", SECRET);
    let resource = |kind: &str, name: &str| json!({"version": "v1", "kind": kind, "namespace": lab.control, "name": name, "status": "Synced"});
    let status = json!({"status": {"resources": [resource("ConfigMap", "settings"), resource("Secret", "login")]}});
    lab.kubectl(&["-n", &lab.control, "patch", "application", "shop", "--type=merge", "-p", &status.to_string()]);
    let live = lab.good(&["app", "manifests", "shop", "--source", "live"]);
    assert!(live.contains("a: live\n") && live.contains("uid:"), "{live}");
    assert!(!live.contains("hunter2") && !live.contains("aHVudGVyMg"), "{live}");
}

#[test]
fn a_diff_says_what_applying_would_change() {
    let lab = Lab::new("diff");
    shop(&lab);
    // Nothing is there: everything would be made.
    let ran = lab.run(&["app", "diff", "shop"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains(&format!("\n===== /ConfigMap {}/settings ======\n", lab.control)), "{}", ran.out);
    assert!(ran.out.contains("+  a: \"1\"\n"), "{}", ran.out);
    assert!(ran.out.contains("/Secret ") && !ran.out.contains("hunter2"), "{}", ran.out);

    // As it should be, but for one value; what others own is not ours to change.
    let owned = lab.good(&["app", "manifests", "shop"]);
    let documents: Vec<&str> = owned.split("---\n").collect();
    let config_map = documents.iter().find(|d| d.contains("kind: ConfigMap")).unwrap();
    apply(&lab, "live.yaml", &config_map.replace("a: \"1\"", "a: other"));
    let marked = SECRET.replace(
        "metadata:\n",
        &format!("metadata:\n  annotations:\n    argocd.argoproj.io/tracking-id: shop:/Secret:{}/login\n", lab.control),
    );
    apply(&lab, "secret.yaml", &marked);
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "settings", "-p", r#"{"data":{"b":"theirs"}}"#]);
    let ran = lab.run(&["app", "diff", "shop"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("-  a: other\n+  a: \"1\"\n   b: theirs\n"), "{}", ran.out);
    assert!(!ran.out.contains("Secret"), "it is as it should be: {}", ran.out);
    assert_eq!(lab.run(&["app", "diff", "shop", "--diff-exit-code", "7"]).code, 7);
    assert_eq!(lab.run(&["app", "diff", "shop", "--exit-code=false"]).code, 0);

    apply(&lab, "live.yaml", config_map);
    let ran = lab.run(&["app", "diff", "shop"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);

    // What cannot be compared is an error, not a difference.
    lab.file("repo/deploy/unknown.yaml", "apiVersion: example.com/v1\nkind: Nothing\nmetadata:\n  name: x\n");
    lab.commit("repo");
    let said = lab.bad(20, &["app", "diff", "shop"]);
    assert!(said.contains("example.com/Nothing") && said.contains("does not serve the kind"), "{said}");
}
