//! Charts and kustomizations in Git, from commit to cluster.

use bowline_tests_registry::{HelmServer, OciRegistry, chart};

use crate::lab::{Lab, Repo, config_map};

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
fn a_chart_beside_another_is_its_dependency_and_a_lock_file_has_to_fit() {
    let lab = Lab::new("helm-beside");
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-{{ .Chart.Name }}\ndata:\n  level: {{ .Values.level }}\n";
    let parent = |range: &str| {
        format!(
            "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n- {{name: kid, version: {range}, repository: \"file://../kid\"}}\n"
        )
    };
    // The digest is helm's.
    let lock = "dependencies:\n- name: kid\n  repository: file://../kid\n  version: 1.2.3\ndigest: sha256:3052516c882f2409d425aa0e6bdac2d6a80ff9a3733ef42f0f1ae5fdc6499a64\n";
    let revision = lab.repo.commit(&[
        ("kid/Chart.yaml", Some("apiVersion: v2\nname: kid\nversion: 1.2.3\n")),
        ("kid/values.yaml", Some("level: kid\n")),
        ("kid/templates/config.yaml", Some(template)),
        ("parent/Chart.yaml", Some(&parent("1.x"))),
        ("parent/Chart.lock", Some(lock)),
        ("parent/values.yaml", Some("kid: {level: parent}\n")),
    ]);
    lab.create("beside", "parent", AUTOMATED);
    lab.wait_synced("beside", Some(&revision));
    assert_eq!(lab.object("configmap", "beside-kid")["data"]["level"], "parent");

    lab.repo.commit(&[("parent/Chart.yaml", Some(&parent("1.2.x")))]);
    lab.refresh("beside");
    lab.wait_condition("beside", "ComparisonError", "the lock file (Chart.lock) is out of sync");
    let revision = lab.repo.commit(&[
        ("parent/Chart.lock", None),
        ("kid/values.yaml", Some("level: new\n")),
        ("parent/values.yaml", None),
    ]);
    lab.refresh("beside");
    lab.wait_synced("beside", Some(&revision));
    lab.wait_object("configmap", "beside-kid", "new", |object| object["data"]["level"] == "new");
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
fn a_remote_base_syncs_follows_its_commits_and_needs_permission() {
    let lab = Lab::new("remote-base");
    let shared = Repo::new(&lab.folder().join("shared"));
    let base = |value: &str| shared.commit(&[("base/config.yaml", Some(&config_map("config", value)))]);
    shared.commit(&[("base/kustomization.yaml", Some("resources: [config.yaml]\n"))]);
    base("one");
    let overlay = format!("resources: ['{}//base?ref=main']\nnamePrefix: prod-\n", shared.url());
    let revision = lab.repo.commit(&[("prod/kustomization.yaml", Some(&overlay))]);
    // The commit of the application's own repository stays: what changed besides is for self-heal, as in Argo CD.
    lab.create("prod", "prod", &[AUTOMATED, &["--self-heal"]].concat());
    lab.wait_synced("prod", Some(&revision));
    assert_eq!(lab.object("configmap", "prod-config")["data"]["key"], "one");

    base("two");
    lab.refresh("prod");
    lab.wait_object("configmap", "prod-config", "two", |object| object["data"]["key"] == "two");

    let dest = format!("https://kubernetes.default.svc,{}", lab.target);
    lab.cli(&["proj", "create", "own-only", "--src", &lab.repo.url(), "--dest", &dest]);
    lab.create("limited", "prod", &["--project", "own-only"]);
    lab.wait_condition("limited", "ComparisonError", "is not permitted in project 'own-only'");
}

#[test]
fn charts_in_kustomizations_sync_where_the_settings_enable_them() {
    let lab = Lab::new("kustomize-helm");
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-config\ndata:\n  a: {{ .Values.a }}\n  kube: {{ .Capabilities.KubeVersion.Version }}\n";
    let kustomization = "helmCharts:\n- {name: hello, releaseName: rel, valuesInline: {a: mine}}\nnameSuffix: -s\n";
    lab.repo.commit(&[
        ("app/charts/hello/Chart.yaml", Some("apiVersion: v2\nname: hello\nversion: 1.0.0\n")),
        ("app/charts/hello/values.yaml", Some("a: chart\n")),
        ("app/charts/hello/templates/config.yaml", Some(template)),
        ("app/kustomization.yaml", Some(kustomization)),
    ]);
    lab.create("hello", "app", AUTOMATED);
    lab.wait_condition("hello", "ComparisonError", "must specify --enable-helm");
    let options = r#"{"data":{"kustomize.buildOptions":"--enable-helm","kustomize.path.plain":"/nowhere"}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--patch", options]);
    lab.refresh("hello");
    lab.wait_synced("hello", None);
    let data = &lab.object("configmap", "rel-config-s")["data"];
    assert_eq!(data["a"], "mine");
    assert!(data["kube"].as_str().unwrap().starts_with("v1."), "the version of the cluster: {data}");

    for (version, said) in [("plain", "must specify --enable-helm"), ("other", "version other is not registered")] {
        lab.cli(&["app", "set", "hello", "--kustomize-version", version]);
        lab.wait_condition("hello", "ComparisonError", said);
    }
}

#[test]
fn files_and_charts_that_kustomizations_name_come_under_the_project_s_rules() {
    let lab = Lab::new("kustomize-elsewhere");
    let (server, registry) = (HelmServer::new(), OciRegistry::with_login("ci", "s3cret"));
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-config\ndata:\n  version: {{ .Chart.Version | quote }}\n";
    let packed =
        |version: &str| chart("hello", version, &[("values.yaml", "a: b\n"), ("templates/config.yaml", template)]);
    server.put("/extra.yaml", config_map("extra", "from the web"));
    server.publish("hello", "1.0.0", packed("1.0.0"));
    registry.push_chart("charts/hello", "2.0.0", &packed("2.0.0"));
    let oci = format!("oci://{}/charts", registry.host());
    let overlay = format!(
        "resources: [{0}/extra.yaml]\nhelmCharts:\n- {{name: hello, repo: {0}, version: 1.0.0, releaseName: web}}\n- {{name: hello, repo: '{oci}', version: ^2, releaseName: oci}}\n",
        server.url()
    );
    lab.repo.commit(&[("app/kustomization.yaml", Some(&overlay))]);
    let options = r#"{"data":{"kustomize.buildOptions":"--enable-helm"}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--patch", options]);
    lab.create("all", "app", AUTOMATED);
    lab.wait_condition("all", "ComparisonError", "it is reached only where a repository Secret names this host");
    lab.cli(&["repo", "add", &server.url(), "--type", "helm", "--name", "web"]);
    let charts = format!("{}/charts", registry.host());
    let add = ["repo", "add", charts.as_str(), "--type", "helm", "--enable-oci", "--insecure-oci-force-http"];
    lab.cli(&[&add[..], &["--username", "ci", "--password", "s3cret"]].concat());
    lab.refresh("all");
    lab.wait_synced("all", None);
    assert_eq!(lab.object("configmap", "extra")["data"]["key"], "from the web");
    assert_eq!(lab.object("configmap", "web-config")["data"]["version"], "1.0.0");
    assert_eq!(lab.object("configmap", "oci-config")["data"]["version"], "2.0.0");

    let dest = format!("https://kubernetes.default.svc,{}", lab.target);
    let files = format!("{}/*", server.url());
    lab.cli(&["proj", "create", "files", "--src", &lab.repo.url(), "--src", &files, "--dest", &dest]);
    lab.create("limited", "app", &["--project", "files"]);
    lab.wait_condition("limited", "ComparisonError", "is not permitted in project 'files': add it to sourceRepos");
}

#[test]
fn jsonnet_with_libraries_and_variables_syncs() {
    let lab = Lab::new("jsonnet-variables");
    let main = "local lib = import 'lib.libsonnet'; function(name) [lib.config(name, std.extVar('size'))]";
    let library = "{ config(name, size):: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name }, data: { size: std.toString(size) } } }";
    lab.repo.commit(&[("app/main.jsonnet", Some(main)), ("vendor/lib.libsonnet", Some(library))]);
    let flags = ["--jsonnet-libs", "vendor", "--jsonnet-tla-str", "name=made", "--jsonnet-ext-var-code", "size=6*7"];
    lab.create("made", "app", &[AUTOMATED, &flags].concat());
    lab.wait_synced("made", None);
    assert_eq!(lab.object("configmap", "made")["data"]["size"], "42");

    lab.repo.commit(&[("app/main.jsonnet", Some("function(name) import '/etc/hostname'"))]);
    lab.refresh("made");
    lab.wait_condition("made", "ComparisonError", "couldn't open import");
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
