//! Charts and kustomizations in Git, from commit to cluster.

use crate::lab::Lab;

const AUTOMATED: &[&str] = &["--sync-policy", "automated"];

#[test]
fn a_chart_in_git_syncs_with_values_and_parameters() {
    let lab = Lab::new("helm");
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-config\ndata:\n  greeting: {{ .Values.greeting | quote }}\n  size: {{ .Values.size | quote }}\n";
    let revision = lab.repo.commit(&[
        ("chart/Chart.yaml", Some("apiVersion: v2\nname: hello\nversion: 1.0.0\n")),
        ("chart/values.yaml", Some("greeting: hello\nsize: small\n")),
        ("chart/large.yaml", Some("size: large\n")),
        ("chart/templates/config.yaml", Some(template)),
    ]);
    let flags = [AUTOMATED, &["--values", "large.yaml", "--helm-set", "greeting=good morning"]].concat();
    lab.create("hello", "chart", &flags);
    let app = lab.wait_synced("hello", Some(&revision));
    assert_eq!(app["status"]["sourceType"], "Helm");
    let config = lab.object("configmap", "hello-config");
    assert_eq!(config["data"], serde_json::json!({"greeting": "good morning", "size": "large"}));

    let broken = template.replace("| quote }}\n  size", "| nosuch }}\n  size");
    lab.repo.commit(&[("chart/templates/config.yaml", Some(&broken))]);
    lab.refresh("hello");
    lab.wait_condition("hello", "ComparisonError", "function \"nosuch\" not defined");
    assert!(!lab.object("configmap", "hello-config").is_null(), "what runs goes on running");
}

#[test]
fn an_overlay_in_git_syncs() {
    let lab = Lab::new("kustomize");
    let base = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config\ndata:\n  level: base\n";
    let revision = lab.repo.commit(&[
        ("base/config.yaml", Some(base)),
        ("base/kustomization.yaml", Some("resources: [config.yaml]\n")),
        (
            "prod/kustomization.yaml",
            Some("resources: [../base]\nnamePrefix: prod-\npatches:\n- patch: |-\n    - {op: replace, path: /data/level, value: prod}\n  target: {kind: ConfigMap}\n"),
        ),
    ]);
    lab.create("prod", "prod", &[AUTOMATED, &["--namesuffix", "-v2"]].concat());
    let app = lab.wait_synced("prod", Some(&revision));
    assert_eq!(app["status"]["sourceType"], "Kustomize");
    assert_eq!(lab.object("configmap", "prod-config-v2")["data"]["level"], "prod");
}

#[test]
fn a_directory_with_jsonnet_syncs() {
    let lab = Lab::new("jsonnet");
    let file = "local name = 'made'; { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name }, data: { n: std.toString(1 + 2) } }";
    let revision = lab.repo.commit(&[("app/made.jsonnet", Some(file))]);
    lab.create("made", "app", AUTOMATED);
    lab.wait_synced("made", Some(&revision));
    assert_eq!(lab.object("configmap", "made")["data"]["n"], "3");
}
