//! Fields of kustomizations for random compositions.

use super::Choices;

/// One fragment with its likelihood in a hundred.
const SIMPLE: [(u64, &str); 22] = [
    (30, "namePrefix: p-\n"),
    (20, "nameSuffix: -s\n"),
    (30, "namespace: ns\n"),
    (20, "commonLabels:\n  app: common\n  num: \"5\"\n"),
    (15, "labels:\n- pairs: {tier: x, app: \"y\"}\n- pairs: {both: \"on\"}\n  includeSelectors: true\n"),
    (
        10,
        "labels:\n- pairs: {tmpl: z}\n  includeTemplates: true\n- pairs: {w: v}\n  fields:\n  - path: spec/extra\n    kind: Widget\n    create: true\n",
    ),
    (20, "commonAnnotations:\n  note: \"true\"\n  long: a text\n"),
    (10, "images:\n- name: nginx\n  newTag: \"2\"\n- name: reg.io:5000/a/b\n  newName: c\n"),
    (
        8,
        "images:\n- name: busybox\n  digest: sha256:abcd\n- name: my.app/x\n  newTag: v9\n  digest: sha256:ff\n- name: .*quoted.*\n  tagSuffix: -x\n",
    ),
    (6, "replicas:\n- name: alpha\n  count: 7\n"),
    (4, "configMapGenerator:\n- name: alpha\n  behavior: replace\n  literals: [r=1]\n"),
    (8, "generatorOptions:\n  labels: {gl: x}\n  annotations: {ga: \"1\"}\n"),
    (6, "generatorOptions:\n  disableNameSuffixHash: true\n  immutable: true\n"),
    (6, "buildMetadata: [originAnnotations]\n"),
    (6, "buildMetadata: [managedByLabel, transformerAnnotations]\n"),
    (6, "sortOptions:\n  order: fifo\n"),
    (
        5,
        "sortOptions:\n  order: legacy\n  legacySortOptions:\n    orderFirst: [Service, ConfigMap]\n    orderLast: [Deployment]\n",
    ),
    (
        8,
        "replacements:\n- source: {kind: ConfigMap, name: gen, fieldPath: data.a}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [metadata.annotations.from]\n    options: {create: true}\n",
    ),
    (
        8,
        "replacements:\n- sourceValue: \"77\"\n  targets:\n  - select: {kind: Deployment|StatefulSet}\n    fieldPaths: ['spec.template.spec.containers.[name=main].image']\n    options: {delimiter: ':', index: 1}\n  - select: {kind: Service}\n    reject: [{name: beta}]\n    fieldPaths: [spec.ports.*.port]\n",
    ),
    (
        5,
        "transformers:\n- |-\n  apiVersion: builtin\n  kind: PrefixTransformer\n  metadata: {name: x}\n  prefix: t-\n  fieldSpecs:\n  - path: metadata/name\n",
    ),
    (
        5,
        "transformers:\n- |-\n  apiVersion: builtin\n  kind: NamespaceTransformer\n  metadata: {name: x, namespace: tns}\n  unsetOnly: true\n  setRoleBindingSubjects: allServiceAccounts\n  fieldSpecs:\n  - path: metadata/name\n    kind: Namespace\n    create: true\n",
    ),
    (
        4,
        "transformers:\n- |-\n  apiVersion: builtin\n  kind: LabelTransformer\n  metadata: {name: x}\n  labels: {n: 1, t: true}\n  fieldSpecs:\n  - path: metadata/labels\n    create: true\n",
    ),
];

/// Only where nothing is below: a name is made once.
const BASE: [(u64, &str); 3] = [
    (85, "configMapGenerator:\n- name: gen\n  literals: [a=1, \"b=two words\", 'c=\"q\"', d=]\n"),
    (70, "secretGenerator:\n- name: sec\n  literals: [user=admin, pass=s3cret]\n  type: kubernetes.io/basic-auth\n"),
    (30, "vars:\n- name: NAME\n  objref: {kind: Service, name: alpha, apiVersion: v1}\n"),
];

/// Only where something is below.
const ABOVE: [(u64, &str); 2] = [
    (15, "configMapGenerator:\n- name: gen\n  behavior: merge\n  literals: [a=9, z=26]\n"),
    (10, "configMapGenerator:\n- name: own\n  files: [kustomization.yaml]\n  literals: [x=y]\n"),
];

const MERGE: [&str; 17] = [
    "metadata:\n  annotations: {patched: yes}\n",
    "metadata:\n  labels: {app: null, new: \"1\"}\n",
    "metadata:\n  annotations:\n",
    "spec:\n  replicas: 5\n",
    "spec:\n  template:\n    spec:\n      containers:\n      - name: main\n        image: patched:1\n      - name: added\n        image: nginx\n",
    "spec:\n  template:\n    spec:\n      containers:\n      - name: side\n        $patch: delete\n",
    "spec:\n  template:\n    spec:\n      containers:\n      - name: main\n        env:\n        - name: Z\n          value: z\n        - name: A\n          value: null\n        ports:\n        - containerPort: 80\n          name: web2\n        - containerPort: 90\n",
    "spec:\n  template:\n    spec:\n      volumes:\n      - name: vol\n        configMap: null\n        emptyDir: {}\n      - name: more\n        secret: {secretName: sec}\n",
    "spec:\n  template:\n    spec:\n      tolerations:\n      - key: only\n",
    "spec:\n  template:\n    $patch: replace\n    spec:\n      containers:\n      - name: new\n        image: nginx\n",
    "spec: null\n",
    "$patch: delete\n",
    "spec:\n  strategy:\n    type: Recreate\n    rollingUpdate: null\n",
    "spec:\n  items:\n  - name: a\n    value: 2\n",
    "spec:\n  size: \"5\"\n  text: 7\n  fresh: {a: null, b: {c: [null, {d: null}]}}\n",
    "data:\n  a: null\n  b.txt: 12\n  q: \"x\"\n",
    "spec:\n  ports:\n  - port: 80\n    targetPort: 8080\n  - $patch: replace\n",
];

const JSON: [&str; 9] = [
    "- op: add\n  path: /metadata/annotations/json\n  value: \"1\"\n",
    "- op: add\n  path: /metadata/labels\n  value: {only: this}\n",
    "- op: replace\n  path: /spec/replicas\n  value: 4\n",
    "- op: remove\n  path: /spec/template/spec/containers/0/image\n",
    "- op: add\n  path: /spec/template/spec/containers/-\n  value: {name: last, image: 'nginx:1'}\n",
    "- op: test\n  path: /kind\n  value: Deployment\n- op: add\n  path: /spec/paused\n  value: true\n",
    "[{\"op\": \"add\", \"path\": \"/spec/big\", \"value\": 12345678901}]\n",
    "- op: copy\n  from: /metadata/name\n  path: /metadata/copied\n",
    "- op: move\n  from: /spec/template/spec/containers\n  path: /spec/template/spec/initContainers\n",
];

const TARGETS: [&str; 8] = [
    "{kind: Deployment}",
    "{kind: Deployment, name: alpha}",
    "{name: 'a.*|b.*'}",
    "{group: apps, version: v1}",
    "{labelSelector: 'app in (one,common)'}",
    "{annotationSelector: app}",
    "{namespace: default}",
    "{kind: ConfigMap|Widget}",
];

const WHOLE: [(&str, &str); 4] =
    [("apps/v1", "Deployment"), ("v1", "ConfigMap"), ("example.com/v1", "Widget"), ("v1", "Service")];

/// Fields of the kustomization in `directory`; files that they name are added.
pub fn fields(c: &mut Choices, directory: &str, files: &mut Vec<(String, String)>) -> String {
    let mut out = String::new();
    let mut seen: Vec<&str> = Vec::new();
    let place: &[(u64, &str)] = if directory == "base" { &BASE } else { &ABOVE };
    for (percent, text) in SIMPLE.iter().chain(place).copied() {
        let field = text.split(':').next().unwrap_or_default();
        if !seen.contains(&field) && c.chance(percent) {
            seen.push(field);
            out.push_str(text);
        }
    }
    let mut patches = String::new();
    for i in 0..c.below(4) {
        patches.push_str(&patch(c, directory, i, files));
    }
    if !patches.is_empty() {
        out.push_str(&format!("patches:\n{patches}"));
    }
    if c.chance(8) {
        let (api_version, kind) = WHOLE[c.below(WHOLE.len())];
        let body = indent(&format!("apiVersion: {api_version}\nkind: {kind}\n{}", named(c.pick(&MERGE))), "  ");
        out.push_str(&format!("patchesStrategicMerge:\n- |-\n{body}"));
    }
    if c.chance(5) {
        let body = indent(c.pick(&JSON), "    ");
        out.push_str(&format!(
            "patchesJson6902:\n- target: {{group: apps, version: v1, kind: Deployment, name: alpha}}\n  patch: |-\n{body}"
        ));
    }
    out
}

fn patch(c: &mut Choices, directory: &str, i: usize, files: &mut Vec<(String, String)>) -> String {
    let json = c.chance(35);
    let targeted = json || c.chance(60);
    let (api_version, kind) = WHOLE[c.below(WHOLE.len())];
    let text = if json {
        c.pick(&JSON).to_string()
    } else {
        format!("apiVersion: {api_version}\nkind: {kind}\n{}", named(c.pick(&MERGE)))
    };
    let target = if targeted {
        format!("  target: {}\n", c.pick(if json { &TARGETS[..2] } else { &TARGETS }))
    } else {
        String::new()
    };
    if c.chance(30) {
        files.push((format!("{directory}/patch{i}.yaml"), text));
        return format!("- path: patch{i}.yaml\n{target}");
    }
    format!("- patch: |-\n{}{target}", indent(&text, "    "))
}

/// A patch with a name in its metadata.
fn named(body: &str) -> String {
    match body.strip_prefix("metadata:\n") {
        Some(rest) => format!("metadata:\n  name: alpha\n{rest}"),
        None => format!("metadata:\n  name: alpha\n{body}"),
    }
}

fn indent(text: &str, pad: &str) -> String {
    text.lines().map(|line| format!("{pad}{line}\n")).collect()
}
