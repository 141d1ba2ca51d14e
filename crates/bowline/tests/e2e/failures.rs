//! Bad input and bad days: the condition that the contract gives, and everybody else unharmed.

use crate::lab::{Lab, config_map};

/// Shows that another application of the same server is still reconciled.
fn others_go_on(lab: &Lab, round: &str) {
    let revision = lab.repo.commit(&[("good/one.yaml", Some(&config_map("good", round)))]);
    lab.refresh("good");
    lab.wait_synced("good", Some(&revision));
    assert_eq!(lab.object("configmap", "good")["data"]["key"], round);
}

fn lab(name: &str) -> Lab {
    let lab = Lab::new(name);
    lab.repo.commit(&[("good/one.yaml", Some(&config_map("good", "0")))]);
    lab.create("good", "good", &["--sync-policy", "automated"]);
    lab.wait_synced("good", None);
    lab
}

#[test]
fn bad_yaml_and_unknown_kinds() {
    let lab = lab("input");
    lab.repo.commit(&[("bad/one.yaml", Some("apiVersion: v1\nkind: ConfigMap\n\tmetadata: x\n"))]);
    lab.create("bad", "bad", &["--sync-policy", "automated"]);
    let app = lab.wait_condition("bad", "ComparisonError", "one.yaml");
    assert_eq!(app["status"]["sync"]["status"], "Unknown");
    others_go_on(&lab, "1");

    lab.repo.commit(&[("kind/one.yaml", Some("apiVersion: example.com/v1\nkind: Nothing\nmetadata:\n  name: n\n"))]);
    lab.create("kind", "kind", &[]);
    lab.wait("kind", "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    let output = lab.try_cli(&["app", "sync", "kind"]);
    assert_eq!(output.status.code(), Some(1), "a failed sync says so");
    let app = lab.app("kind");
    assert_eq!(app["status"]["operationState"]["phase"], "Failed");
    let message = app["status"]["operationState"]["syncResult"]["resources"][0]["message"].to_string();
    assert!(message.contains("could not find example.com/Nothing"), "{message}");
    others_go_on(&lab, "2");

    // Mended in Git, it is well again without anything else being done.
    let revision = lab.repo.commit(&[("bad/one.yaml", Some(&config_map("mended", "x")))]);
    lab.refresh("bad");
    let app = lab.wait_synced("bad", Some(&revision));
    assert_eq!(app["status"]["conditions"], serde_json::Value::Null);
}

#[test]
fn what_is_not_there_or_not_allowed() {
    let lab = lab("absent");
    let url = lab.repo.url();
    let to = ["--dest-server", "https://kubernetes.default.svc", "--dest-namespace", lab.target.as_str()];
    let create = |name: &str, flags: &[&str]| {
        lab.cli(&[&["app", "create", name, "--validate=false"], flags, to.as_slice()].concat());
    };
    create("norepo", &["--repo", &format!("{url}-gone"), "--path", "good"]);
    lab.wait_condition("norepo", "ComparisonError", "-gone");
    create("norevision", &["--repo", &url, "--path", "good", "--revision", "v9"]);
    lab.wait_condition("norevision", "ComparisonError", "v9");
    create("nopath", &["--repo", &url, "--path", "nowhere"]);
    lab.wait_condition("nopath", "ComparisonError", "nowhere: app path does not exist");
    create("noproject", &["--repo", &url, "--path", "good", "--project", "missing"]);
    lab.wait_condition("noproject", "InvalidSpecError", "Application referencing project missing which does not exist");

    lab.cli(&["proj", "create", "tight", "--dest", "https://kubernetes.default.svc,elsewhere", "--src", "*"]);
    create("forbidden", &["--repo", &url, "--path", "good", "--project", "tight"]);
    lab.wait_condition(
        "forbidden",
        "InvalidSpecError",
        "do not match any of the allowed destinations in project 'tight'",
    );

    lab.cli(&[
        "app",
        "create",
        "nocluster",
        "--validate=false",
        "--repo",
        &url,
        "--path",
        "good",
        "--dest-name",
        "mars",
        "--dest-namespace",
        "x",
    ]);
    lab.wait_condition("nocluster", "InvalidSpecError", "there are no clusters with this name: mars");
    others_go_on(&lab, "1");

    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: far\n  namespace: {}\n  labels:\n    argocd.argoproj.io/secret-type: cluster\nstringData:\n  name: far\n  server: https://127.0.0.1:1\n  config: '{{\"tlsClientConfig\":{{\"insecure\":true}}}}'\n",
        lab.control
    );
    let file = lab.folder().join("cluster.yaml");
    std::fs::write(&file, secret).unwrap();
    lab.kubectl(&["-n", &lab.control, "apply", "-f", file.to_str().unwrap()]);
    lab.cli(&[
        "app",
        "create",
        "far",
        "--validate=false",
        "--repo",
        &url,
        "--path",
        "good",
        "--dest-name",
        "far",
        "--dest-namespace",
        "x",
    ]);
    let app = lab.wait_condition("far", "ComparisonError", "https://127.0.0.1:1");
    assert_eq!(app["status"]["sync"]["status"], "Unknown");
    assert_eq!(app["status"]["health"]["status"], "Unknown");
    others_go_on(&lab, "2");
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    let lab = lab("refused");
    lab.repo.commit(&[("plugin/one.yaml", Some(&config_map("p", "1")))]);
    lab.create("plugin", "plugin", &["--config-management-plugin", "cue", "--validate=false"]);
    lab.wait_condition("plugin", "ComparisonError", "plugin");

    lab.cli(&["proj", "create", "signed", "--dest", "*,*", "--src", "*"]);
    let patch = r#"{"spec":{"signatureKeys":[{"keyID":"4AEE18F83AFDEB23"}]}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "appproject", "signed", "--type=merge", "-p", patch]);
    lab.create("unsigned", "good", &["--project", "signed", "--sync-policy", "automated"]);
    let app = lab.wait_condition("unsigned", "InvalidSpecError", "spec.signatureKeys is not supported yet");
    assert!(app["status"]["operationState"].is_null(), "nothing is synced rather than something unsigned");
    others_go_on(&lab, "1");
}
