//! Charts from Helm repositories and registries, artifacts, several sources.

use bowline_tests_registry::{HelmServer, OciRegistry, chart, tar, tgz};
use serde_json::json;

use crate::lab::{Lab, config_map};

const AUTOMATED: &[&str] = &["--sync-policy", "automated"];

const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-config\ndata:\n  version: {{ .Chart.Version | quote }}\n  greeting: {{ .Values.greeting | quote }}\n";

fn hello(version: &str) -> Vec<u8> {
    chart("hello", version, &[("values.yaml", "greeting: hello\n"), ("templates/config.yaml", TEMPLATE)])
}

/// Creates the application `name` over a chart.
fn create(lab: &Lab, name: &str, repo: &str, chart: &str, revision: &str, flags: &[&str]) {
    let mut args = vec!["app", "create", name, "--repo", repo, "--helm-chart", chart, "--revision", revision];
    args.extend(["--dest-server", "https://kubernetes.default.svc", "--dest-namespace", &lab.target]);
    args.extend(flags);
    lab.cli(&args);
}

#[test]
fn a_chart_of_a_helm_repository_syncs_and_a_new_version_rolls_out() {
    let mut lab = Lab::without_server("helm-repository");
    let fast = r#"{"data":{"timeout.reconciliation":"1s","timeout.reconciliation.jitter":"0s"}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", fast]);
    lab.start();
    let server = HelmServer::new();
    for version in ["0.9.0", "1.0.0", "2.0.0"] {
        server.publish("hello", version, hello(version));
    }
    let url = server.url();
    lab.cli(&["repo", "add", &url, "--type", "helm", "--name", "charts"]);
    create(&lab, "shop", &url, "hello", "1.x", &[AUTOMATED, &["--helm-set", "greeting=good morning"]].concat());
    let app = lab.wait_synced("shop", Some("1.0.0"));
    assert_eq!(app["status"]["sourceType"], "Helm");
    assert_eq!(app["status"]["history"][0]["revision"], "1.0.0");
    let config = lab.object("configmap", "shop-config");
    assert_eq!(config["data"], json!({"greeting": "good morning", "version": "1.0.0"}));

    // The poll finds it, without being told.
    server.publish("hello", "1.1.0", hello("1.1.0"));
    lab.wait_synced("shop", Some("1.1.0"));
    assert_eq!(lab.object("configmap", "shop-config")["data"]["version"], "1.1.0");

    // What cannot be had says what, where and what to do; what runs goes on running.
    for (flag, value, want) in [
        ("--revision", "9.9.9", "chart \"hello\" version \"9.9.9\" not found in"),
        ("--revision", "^7", "version matching constraint not found in 4 tags (the newest is 2.0.0)"),
        ("--helm-chart", "nothing", "chart 'nothing' not found in index of"),
    ] {
        lab.cli(&["app", "set", "shop", flag, value]);
        let app = lab.wait_condition("shop", "ComparisonError", want);
        let text = app["status"]["conditions"].to_string();
        assert!(
            text.contains("Failed to load target state: failed to generate manifest for source 1 of 1: "),
            "{text}"
        );
    }
    assert!(!lab.object("configmap", "shop-config").is_null());
    lab.cli(&["app", "set", "shop", "--helm-chart", "hello", "--revision", "1.0.0"]);
    lab.wait_synced("shop", Some("1.0.0"));

    // An exact version that is known needs no repository.
    server.set_down(true);
    lab.refresh("shop");
    lab.wait("shop", "refreshed", |app| app["metadata"]["annotations"]["argocd.argoproj.io/refresh"].is_null());
    lab.wait_synced("shop", Some("1.0.0"));
    lab.cli(&["app", "set", "shop", "--revision", "*"]);
    lab.wait_condition("shop", "ComparisonError", "answered 503 Service Unavailable");
}

#[test]
fn a_private_registry_gives_charts_and_artifacts() {
    let lab = Lab::new("oci");
    let registry = OciRegistry::with_login("ci", "s3cret");
    for version in ["1.0.0", "1.2.0"] {
        registry.push_chart("charts/hello", version, &hello(version));
    }
    let manifest = config_map("plain", "from the registry");
    let layer = tgz(&tar(&[("deploy/config.yaml", &manifest)]));
    let digest = registry.push_artifact("team/app", "1.0.0", "application/vnd.oci.image.layer.v1.tar+gzip", &layer);
    let charts = format!("{}/charts", registry.host());
    let oci = ["--type", "helm", "--enable-oci", "--insecure-oci-force-http", "--username", "ci", "--password"];

    let refused = lab.try_cli(&[&["repo", "add", charts.as_str()], &oci[..], &["wr0ng"]].concat());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("error testing repository connectivity"), "{said}");
    assert!(said.contains("are not accepted") && !said.contains("wr0ng"), "{said}");
    lab.cli(&[&["repo", "add", charts.as_str()], &oci[..], &["s3cret"]].concat());
    assert!(lab.cli(&["repo", "list"]).contains("Successful"));
    create(&lab, "shop", &charts, "hello", "*", AUTOMATED);
    lab.wait_synced("shop", Some("1.2.0"));
    assert_eq!(lab.object("configmap", "shop-config")["data"]["version"], "1.2.0");

    let artifact = format!("oci://{}/team/app", registry.host());
    let mut args = vec!["app", "create", "plain", "--repo", &artifact, "--path", "deploy", "--revision", "^1"];
    args.extend(["--dest-server", "https://kubernetes.default.svc", "--dest-namespace", &lab.target]);
    args.extend(AUTOMATED);
    lab.cli(&args);
    lab.wait_condition("plain", "ComparisonError", "it is reached only where a repository Secret names this host");
    let add = ["repo", "add", artifact.as_str(), "--type", "oci", "--insecure-oci-force-http"];
    lab.cli(&[&add[..], &["--username", "ci", "--password", "s3cret"]].concat());
    lab.refresh("plain");
    let app = lab.wait_synced("plain", Some(&digest));
    assert_eq!(app["status"]["sourceType"], "Directory");
    assert_eq!(lab.object("configmap", "plain")["data"]["key"], "from the registry");
}

#[test]
fn several_sources_with_values_from_git() {
    let lab = Lab::new("several");
    let server = HelmServer::new();
    server.publish("hello", "1.0.0", hello("1.0.0"));
    server.require_login("ci", "s3cret");
    let url = server.url();
    // The repository has no credentials of its own: a template above it does.
    let creds = json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "creds", "labels": {"argocd.argoproj.io/secret-type": "repo-creds"}},
        "stringData": {"type": "helm", "url": url, "username": "ci", "password": "wr0ng"},
    });
    lab.apply_control(&creds);
    let commit = lab.repo.commit(&[
        ("values/prod.yaml", Some("greeting: from git\n")),
        ("extra/extra.yaml", Some(&config_map("extra", "one"))),
    ]);
    let app = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "several"},
        "spec": {
            "project": "default",
            "destination": {"server": "https://kubernetes.default.svc", "namespace": lab.target},
            "syncPolicy": {"automated": {"prune": true}},
            "sources": [
                {"repoURL": url, "chart": "hello", "targetRevision": "1.0.0",
                 "helm": {"valueFiles": ["$config/values/prod.yaml"]}},
                {"repoURL": lab.repo.url(), "targetRevision": "main", "ref": "config", "path": "extra"},
            ],
        },
    });
    lab.apply_control(&app);
    lab.wait_condition("several", "ComparisonError", "the credentials of its repository Secret are not accepted there");
    let mut good = creds;
    good["stringData"]["password"] = "s3cret".into();
    lab.apply_control(&good);
    let app = lab.wait_synced("several", None);
    assert_eq!(app["status"]["sync"]["revisions"], json!(["1.0.0", commit]));
    assert_eq!(app["status"]["sourceTypes"], json!(["Helm", "Directory"]));
    assert_eq!(lab.object("configmap", "several-config")["data"]["greeting"], "from git");
    assert_eq!(lab.object("configmap", "extra")["data"]["key"], "one");
    assert!(!lab.log().contains("s3cret") && !lab.log().contains("wr0ng"), "no secret is logged");

    // A commit to the values rolls out, with the chart as it is.
    let commit = lab.repo.commit(&[("values/prod.yaml", Some("greeting: again\n"))]);
    lab.refresh("several");
    lab.wait("several", "at the new commit", |app| {
        app["status"]["sync"]["revisions"] == json!(["1.0.0", commit]) && app["status"]["sync"]["status"] == "Synced"
    });
    assert_eq!(lab.object("configmap", "several-config")["data"]["greeting"], "again");

    // Each source is held against the project.
    let project = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "default"},
        "spec": {"sourceRepos": [lab.repo.url()], "destinations": [{"server": "*", "namespace": "*"}]},
    });
    lab.apply_control(&project);
    lab.wait_condition(
        "several",
        "InvalidSpecError",
        &format!("application repo {url} is not permitted in project 'default'"),
    );
}

#[test]
fn a_chart_in_git_gets_its_dependencies_and_remote_values() {
    let lab = Lab::new("dependencies");
    let server = HelmServer::new();
    for version in ["1.0.0", "1.1.0"] {
        server.publish("hello", version, hello(version));
    }
    server.put("/values.yaml", "hello:\n  greeting: remote\n");
    let url = server.url();
    lab.cli(&["repo", "add", &url, "--type", "helm", "--name", "charts"]);
    let chart = |repository: &str| {
        format!(
            "apiVersion: v2\nname: parent\nversion: 0.1.0\ndependencies:\n- name: hello\n  version: 1.x\n  repository: \"{repository}\"\n"
        )
    };
    let revision = lab.repo.commit(&[("chart/Chart.yaml", Some(&chart("@charts")))]);
    let values = format!("{url}/values.yaml");
    lab.create("parent", "chart", &[AUTOMATED, &["--values", &values]].concat());
    lab.wait_synced("parent", Some(&revision));
    assert_eq!(lab.object("configmap", "parent-config")["data"], json!({"greeting": "remote", "version": "1.1.0"}));

    // Where it is not allowed, the file is refused by its scheme.
    lab.kubectl(&[
        "-n",
        &lab.control,
        "patch",
        "configmap",
        "argocd-cm",
        "--type=merge",
        "-p",
        r#"{"data":{"helm.valuesFileSchemes":""}}"#,
    ]);
    lab.refresh("parent");
    lab.wait_condition("parent", "ComparisonError", "the URL scheme 'http' is not allowed");
    lab.kubectl(&[
        "-n",
        &lab.control,
        "patch",
        "configmap",
        "argocd-cm",
        "--type=merge",
        "-p",
        r#"{"data":{"helm.valuesFileSchemes":null}}"#,
    ]);
    lab.wait_synced("parent", Some(&revision));

    lab.repo.commit(&[("chart/Chart.yaml", Some(&chart("@nobody")))]);
    lab.refresh("parent");
    lab.wait_condition("parent", "ComparisonError", "no repository definition for @nobody");
}
