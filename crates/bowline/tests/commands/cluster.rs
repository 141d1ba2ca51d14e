//! `bowline cluster`: the account that is made in a cluster, and the Secret that remembers it.

use std::process::{Command, Stdio};

use bowline_tests_kube::KubeServer;
use serde_json::{Value, json};

use crate::lab::{Lab, Ran, install_crds};

#[test]
fn in_cluster_is_there_without_being_added() {
    let lab = Lab::new("cluster-list");
    let text = lab.good(&["cluster", "list"]);
    let row: Vec<&str> = text.lines().nth(1).unwrap_or_default().split_whitespace().collect();
    assert_eq!((row[0], row[1], row[3]), ("https://kubernetes.default.svc", "in-cluster", "Successful"), "{text}");
    assert_eq!(lab.good(&["cluster", "list", "-o", "server"]), "https://kubernetes.default.svc\n");
    assert!(lab.bad(20, &["cluster", "rm", "none", "--yes"]).contains("there is no cluster 'none'"));
}

#[test]
fn a_context_must_be_there() {
    let lab = Lab::new("cluster-context");
    let ran = lab.run(&["cluster", "add"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("CURRENT") && ran.err.contains(lab.kube().url()), "{}", ran.err);
    assert!(lab.bad(1, &["cluster", "add", "none", "--yes"]).contains("none"));
}

#[test]
fn added_used_changed_and_removed() {
    // Only the controller manager fills in an account's token.
    let kube = KubeServer::builder().controller_manager(true).start().expect("because the peers are there");
    install_crds(&kube);
    let control = kube.namespace("clusters");
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_bowline"))
            .arg("--kubeconfig")
            .arg(kube.kubeconfig())
            .args(["--namespace", &control])
            .args(args)
            .stdin(Stdio::null())
            .output()
            .expect("because the binary was built with this test");
        Ran::from(output)
    };
    let get = |path: &str| kube.expect("GET", path, None).expect("because it is there");
    let context = kube.kubeconfig_text().lines().find_map(|line| line.strip_prefix("current-context: "));
    let context = context.expect("because the kubeconfig has a current context").trim().trim_matches('"').to_string();

    let ran =
        run(&["cluster", "add", &context, "--yes", "--name", "prod", "--label", "region=eu", "--project", "team"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out, format!("Cluster '{}' added\n", kube.url()));
    let role = get("/apis/rbac.authorization.k8s.io/v1/clusterroles/argocd-manager-role");
    assert_eq!(role["rules"][0], json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}));
    let binding = get("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/argocd-manager-role-binding");
    assert_eq!(binding["subjects"][0]["name"], "argocd-manager");
    let list = get(&format!("/api/v1/namespaces/{control}/secrets?labelSelector=region%3Deu"));
    let secret = &list["items"][0];
    assert_eq!(secret["metadata"]["labels"]["argocd.argoproj.io/secret-type"], "cluster");
    assert!(secret["metadata"]["name"].as_str().unwrap().starts_with("cluster-127.0.0.1-"), "{secret:#}");

    // The stored token logs in, which is what `list` asks with.
    let listed = run(&["cluster", "list"]);
    assert!(
        listed.out.lines().any(|l| l.contains(" prod ") && l.contains("Successful") && l.ends_with("team")),
        "{}",
        listed.out
    );
    let shown: Value = serde_json::from_str(&run(&["cluster", "list", "-o", "json"]).out).unwrap();
    assert_eq!(shown[1], json!({"name": "prod", "server": kube.url(), "project": "team"}));

    let again = run(&["cluster", "add", &context, "--yes"]);
    assert_eq!(again.code, 20);
    assert!(again.err.contains("--upsert"), "{}", again.err);
    let namespaced = ["cluster", "add", &context, "--yes", "--upsert", "--name", &context, "--namespace", "default"];
    let ran = run(&namespaced);
    assert_eq!(ran.code, 0, "{}", ran.err);
    get("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/argocd-manager-role");
    let listed = run(&["cluster", "list"]);
    assert!(listed.out.contains("(1 namespaces)"), "{}", listed.out);

    assert_eq!(run(&["cluster", "rm", kube.url()]).code, 20, "nobody said yes");
    let ran = run(&["cluster", "rm", kube.url(), "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let (status, _) =
        kube.request("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/argocd-manager-role", None).unwrap();
    assert_eq!(status, 404);
    assert_eq!(run(&["cluster", "list", "-o", "name"]).out, "in-cluster\n");
}
