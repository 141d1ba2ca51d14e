//! Charts of kustomizations: rendered in process here, by the real `helm` there.

use bowline_tests_conformance::{files, peer};
use bowline_tests_registry::{HelmServer, chart};

use crate::Lab;

const CHART: &str = "\
-- app/charts/shop/Chart.yaml --
apiVersion: v2
name: shop
version: 1.2.3
appVersion: \"7\"
-- app/charts/shop/values.yaml --
replicas: 2
ratio: 1.50
big: 12345678901
image: {repository: nginx, tag: \"1.27\"}
list: [a, b]
nested: {keep: yes, quoted: \"no\", drop: {x: 1}}
-- app/charts/shop/crds/shop.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com}
spec: {group: example.com, names: {kind: Shop, plural: shops}, scope: Namespaced, versions: []}
-- app/charts/shop/templates/_helpers.tpl --
{{- define \"shop.name\" -}}{{ .Release.Name }}-{{ .Chart.Name }}{{- end -}}
-- app/charts/shop/templates/web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include \"shop.name\" . }}
  labels: {app: shop, version: {{ .Chart.Version | quote }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: web
        image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"
        envFrom: [{configMapRef: {name: {{ .Release.Name }}-values}}]
-- app/charts/shop/templates/values.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-values
data:
  values: {{ .Values | toJson | quote }}
  namespace: {{ .Release.Namespace }}
  kube: {{ .Capabilities.KubeVersion.Version }}
  has: {{ .Capabilities.APIVersions.Has \"example.com/v1\" | quote }}
-- app/charts/shop/templates/hook.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: {\"helm.sh/hook\": pre-upgrade}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: busybox}]}}}
-- app/charts/shop/templates/tests/test.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations: {\"helm.sh/hook\": test}
spec: {containers: [{name: t, image: busybox}]}
-- app/own.yaml --
replicas: 5
nested: {own: 1, drop: null}
-- app/more.yaml --
image: {tag: more}
list: [c]
";

/// Builds `app` with this kustomization in both, with these flags.
fn check(kustomization: &str, flags: &[&str], succeeds: bool) {
    let (Some(lab), Some(helm)) = (Lab::new(CHART), peer("helm")) else { return };
    lab.write(&format!("-- app/kustomization.yaml --\n{kustomization}"));
    let helm = helm.to_str().expect("because it is UTF-8");
    lab.same_result(&[&["app", "--helm-command", helm], flags].concat(), succeeds);
}

#[test]
fn charts_of_the_chart_home() {
    let enabled = ["--enable-helm"];
    check("helmCharts: [{name: shop}]\n", &enabled, true);
    check("helmCharts: [{name: shop, releaseName: rel}]\n", &enabled, true);
    check("helmCharts: [{name: shop, releaseName: rel}]\nnamespace: team\nnamePrefix: p-\n", &enabled, true);
    check(
        "helmCharts:\n- {name: shop, releaseName: one, namespace: own, includeCRDs: true, skipHooks: true}\n\
         - {name: shop, releaseName: two, skipTests: true, kubeVersion: 1.31.0, apiVersions: [example.com/v1]}\n",
        &enabled,
        true,
    );
    check("helmCharts: [{name: shop, nameTemplate: 'made-{{ \"x\" }}'}]\n", &enabled, true);
    check(
        "helmCharts: [{name: shop, releaseName: rel}]\n",
        &["--enable-helm", "--helm-kube-version", "1.29.0", "--helm-api-versions", "example.com/v1"],
        true,
    );
    check("helmGlobals: {chartHome: ./charts}\nhelmCharts: [{name: shop, releaseName: rel}]\n", &enabled, true);
    check("helmChartInflationGenerator: [{chartName: shop, releaseName: rel}]\n", &enabled, true);
}

#[test]
fn values_of_charts() {
    let enabled = ["--enable-helm"];
    let inline = "valuesInline: {replicas: 9, nested: {more: [1, 2.5, 1e3], drop: null}, list: [z], text: \"007\"}";
    for values in [
        "valuesFile: own.yaml".to_string(),
        "valuesFile: own.yaml, additionalValuesFiles: [more.yaml]".to_string(),
        "additionalValuesFiles: [own.yaml, more.yaml]".to_string(),
        inline.to_string(),
        format!("{inline}, valuesMerge: merge"),
        format!("{inline}, valuesMerge: override"),
        format!("{inline}, valuesMerge: replace"),
        format!("{inline}, valuesMerge: merge, valuesFile: own.yaml"),
        format!("{inline}, valuesFile: own.yaml, additionalValuesFiles: [more.yaml]"),
    ] {
        check(&format!("helmCharts:\n- {{name: shop, releaseName: rel, {values}}}\n"), &enabled, true);
    }
}

#[test]
fn charts_of_repositories() {
    let (Some(lab), Some(helm)) =
        (Lab::new("-- app/own.yaml --\nreplicas: 5\nnested: {own: 1, drop: null}\n"), peer("helm"))
    else {
        return;
    };
    let server = HelmServer::new();
    let packed = |version: &str| {
        let own = files(CHART);
        let inside: Vec<(&str, String)> = own
            .iter()
            .filter_map(|(path, text)| Some((path.strip_prefix("app/charts/shop/")?, text.replace("1.2.3", version))))
            .collect();
        chart("shop", version, &inside.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>())
    };
    for version in ["1.2.3", "1.3.0", "2.0.0", "3.0.0-rc.1"] {
        server.publish("shop", version, packed(version));
    }
    // kustomize reads the values of every chart, and a chart need not have any.
    server.publish("bare", "1.0.0", chart("bare", "1.0.0", &[("templates/a.yaml", "kind: A\nmetadata: {name: a}\n")]));
    let check = |kustomization: &str, succeeds: bool| {
        let text = kustomization.replace("WEB", &server.url());
        // The real tool leaves what it pulled in the chart home.
        let _ = std::fs::remove_dir_all(lab.path("app/charts"));
        lab.write(&format!("-- app/kustomization.yaml --\n{text}\n"));
        let helm = helm.to_str().expect("because it is UTF-8");
        lab.same_result(&["app", "--enable-helm", "--helm-command", helm], succeeds);
    };
    check("helmCharts: [{name: shop, repo: WEB, version: 1.2.3, releaseName: rel}]", true);
    check("helmCharts: [{name: shop, repo: WEB, releaseName: rel, includeCRDs: true}]", true);
    check("helmCharts: [{name: shop, repo: WEB, releaseName: rel, devel: true}]", true);
    check("helmCharts: [{name: shop, repo: WEB, version: ^1, releaseName: rel}]", true);
    check("helmCharts: [{name: shop, repo: WEB, version: 1.3.0, releaseName: rel, valuesInline: {replicas: 9}}]", true);
    check("helmCharts: [{name: shop, repo: WEB, version: 1.3.0, releaseName: rel, valuesFile: own.yaml}]", true);
    check(
        "namespace: team\nnamePrefix: p-\nhelmCharts:\n- {name: shop, repo: WEB, version: 1.2.3, releaseName: one, \
         additionalValuesFiles: [own.yaml]}\n- {name: shop, repo: WEB, version: 2.0.0, releaseName: two, skipTests: true}",
        true,
    );
    let inside = "valuesFile: charts/shop-1.2.3/shop/values.yaml, valuesInline: {replicas: 4}";
    check(&format!("helmCharts: [{{name: shop, repo: WEB, version: 1.2.3, releaseName: rel, {inside}}}]"), true);
    let inside = "valuesFile: charts/shop-1.2.3/shop/nothing.yaml";
    check(&format!("helmCharts: [{{name: shop, repo: WEB, version: 1.2.3, releaseName: rel, {inside}}}]"), false);
    check("helmCharts: [{name: bare, repo: WEB, version: 1.0.0, releaseName: rel}]", false);
    check("helmCharts: [{name: bare, repo: WEB, version: 1.0.0, releaseName: rel, valuesFile: own.yaml}]", true);
    check("helmCharts: [{name: shop, repo: WEB, version: 9.9.9, releaseName: rel}]", false);
    check("helmCharts: [{name: nothing, repo: WEB, version: 1.2.3, releaseName: rel}]", false);
    check("helmCharts: [{name: shop, repo: WEB/nowhere, version: 1.2.3, releaseName: rel}]", false);
    check("helmCharts: [{name: shop, repo: '@web', version: 1.2.3, releaseName: rel}]", false);
}

#[test]
fn what_is_made_of_a_chart_is_transformed() {
    check(
        "helmCharts: [{name: shop, releaseName: rel, namespace: own}]\nnamespace: team\nnameSuffix: -s\n\
         commonLabels: {x: z}\nimages: [{name: nginx, newTag: \"2\"}]\nreplicas: [{name: rel-shop, count: 7}]\n\
         patches:\n- patch: |-\n    - {op: add, path: /metadata/annotations, value: {a: b}}\n  target: {kind: Deployment}\n",
        &["--enable-helm"],
        true,
    );
    check(
        "generators:\n- |-\n  apiVersion: builtin\n  kind: HelmChartInflationGenerator\n  metadata: {name: shop}\n  \
         name: shop\n  releaseName: rel\n  valuesInline: {replicas: 3}\nbuildMetadata: [originAnnotations]\n",
        &["--enable-helm"],
        true,
    );
}

#[test]
fn charts_that_cannot_be_had() {
    let enabled = ["--enable-helm"];
    check("helmCharts: [{name: shop, releaseName: rel}]\n", &[], false);
    check("helmCharts: [{name: other, releaseName: rel}]\n", &enabled, false);
    check("helmCharts: [{releaseName: rel}]\n", &enabled, false);
    check("helmCharts: [{name: shop, releaseName: rel, valuesMerge: sideways}]\n", &enabled, false);
    check("helmCharts: [{name: shop, releaseName: rel, valuesFile: nothing.yaml}]\n", &enabled, false);
    check("helmCharts: [{name: shop, releaseName: rel, additionalValuesFiles: [nothing.yaml]}]\n", &enabled, false);
    check("helmCharts: [{name: shop, releaseName: Not_A_Name}]\n", &enabled, false);
    check("helmCharts: [{name: shop, releaseName: rel, noSuchField: 1}]\n", &enabled, false);
}
