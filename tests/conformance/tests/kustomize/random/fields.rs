//! Fields of kustomizations for random compositions.

use super::Choices;

/// One fragment with its likelihood in a hundred.
const SIMPLE: [(u64, &str); 36] = [
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
    (
        6,
        "labels:\n- pairs: {t: \"1\"}\n  includeTemplates: true\n- pairs: {app: sel}\n  includeSelectors: true\n- pairs: {f: g}\n  fields:\n  - {path: 'metadata/annotations', create: true}\n  - {path: 'spec/template/spec/containers[]/labels', create: true}\n",
    ),
    (
        6,
        "commonAnnotations:\n  multi: \"one\\ntwo\\n\"\n  number: \"0777\"\n  example.com/long: a text that is long enough to be folded by the writer, which does so at eighty columns or so\n  empty: \"\"\n",
    ),
    (4, "namespace: default\n"),
    (2, "replicas:\n- {name: beta, count: 0}\n- {name: alpha, count: 12}\n"),
    (
        6,
        "images:\n- {name: nginx, newName: reg.io/nginx, tagSuffix: -alpine}\n- {name: busybox, newTag: \"1\"}\n- {name: 'reg.io:5000/a/b', digest: 'sha256:12'}\n- {name: my.app/x, newName: other}\n",
    ),
    (5, "generatorOptions: {disableNameSuffixHash: false, annotations: {\"on\": \"off\"}, immutable: false}\n"),
    (
        6,
        "replacements:\n- source: {kind: Service, name: alpha, fieldPath: metadata.name}\n  targets:\n  - select: {kind: Deployment, name: alpha}\n    fieldPaths: ['spec.template.spec.containers.*.env.[name=A].value', metadata.annotations.svc]\n    options: {create: true}\n- source: {kind: Deployment, name: alpha, fieldPath: 'spec.template.spec.containers.0.image', options: {delimiter: ':', index: 0}}\n  targets:\n  - select: {kind: Widget}\n    reject: [{name: beta}, {namespace: other}]\n    fieldPaths: [spec.image]\n    options: {create: true}\n",
    ),
    (
        5,
        "replacements:\n- source: {kind: Service, name: alpha, fieldPath: spec.ports}\n  targets:\n  - select: {kind: Widget, name: alpha}\n    fieldPaths: [spec.copied]\n    options: {create: true}\n- source: {kind: Service, name: alpha, fieldPath: spec.ports.0.port}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: ['metadata.labels.example\\.com/tier']\n    options: {delimiter: '-', index: -1, create: true}\n",
    ),
    (
        5,
        "transformers:\n- |-\n  apiVersion: builtin\n  kind: AnnotationsTransformer\n  metadata: {name: x}\n  annotations: {from: plugin}\n  fieldSpecs:\n  - {path: metadata/annotations, create: true}\n  - {path: spec/template/metadata/annotations, create: true, kind: Deployment}\n- |-\n  apiVersion: builtin\n  kind: SuffixTransformer\n  metadata: {name: y}\n  suffix: -y\n  fieldSpecs: [{path: metadata/name, kind: ConfigMap}]\n",
    ),
    (
        5,
        "transformers:\n- |-\n  apiVersion: builtin\n  kind: PatchTransformer\n  metadata: {name: x}\n  patch: '[{op: add, path: /metadata/annotations, value: {a: plugin}}]'\n  target: {kind: Service}\n- |-\n  apiVersion: builtin\n  kind: ReplicaCountTransformer\n  metadata: {name: y}\n  replica: {name: alpha, count: 9}\n  fieldSpecs: [{path: spec/replicas, create: true, kind: Deployment}]\n",
    ),
    (
        5,
        "transformers:\n- |-\n  apiVersion: builtin\n  kind: ImageTagTransformer\n  metadata: {name: x}\n  imageTag: {name: nginx, newTag: plugin}\n  fieldSpecs: [{path: spec/image}]\n- |-\n  apiVersion: builtin\n  kind: ValueAddTransformer\n  metadata: {name: y}\n  value: added\n  targets: [{selector: {kind: Widget}, fieldPath: metadata/annotations/added}]\n",
    ),
    (6, "validators: []\ncrds: []\n"),
    (5, "metadata: {name: any, labels: {x: z}}\napiVersion: kustomize.config.k8s.io/v1beta1\n"),
    (4, "openapi: {version: v1.21.2}\n"),
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

const MERGE: [&str; 22] = [
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
    "spec:\n  template:\n    spec:\n      volumes:\n      - $patch: delete\n        name: other\n      - name: vol\n        $patch: replace\n        hostPath: {path: /x}\n",
    "spec:\n  template:\n    spec:\n      containers:\n      - $patch: replace\n      - {name: only, image: 'only:1'}\n",
    "spec:\n  template:\n    metadata:\n      annotations: {\"yes\": \"no\", n: \"1\", long: \"a text that is long enough to be folded by the writer, which does so at eighty columns\"}\n    spec:\n      initContainers: []\n      tolerations: null\n",
    "spec:\n  template:\n    spec:\n      containers:\n      - name: main\n        ports: [{containerPort: 80, protocol: TCP, hostPort: 8}, {containerPort: 81, $patch: delete}]\n        volumeMounts: [{mountPath: /a, readOnly: true}]\n        env: [{name: A, $patch: delete}]\n        resources: {limits: {cpu: null}}\n",
    "metadata:\n  annotations: {a: \"x\"}\n  finalizers: [one, two]\n  ownerReferences: [{uid: u1, name: o}]\n",
    "$patch: delete\n",
    "spec:\n  strategy:\n    type: Recreate\n    rollingUpdate: null\n",
    "spec:\n  items:\n  - name: a\n    value: 2\n",
    "spec:\n  size: \"5\"\n  text: 7\n  fresh: {a: null, b: {c: [null, {d: null}]}}\n",
    "data:\n  a: null\n  b.txt: 12\n  q: \"x\"\n",
    "spec:\n  ports:\n  - port: 80\n    targetPort: 8080\n  - $patch: replace\n",
];

const JSON: [&str; 15] = [
    "- op: add\n  path: /metadata/annotations/json\n  value: \"1\"\n",
    "- op: add\n  path: /metadata/labels\n  value: {only: this}\n",
    "- op: replace\n  path: /spec/replicas\n  value: 4\n",
    "- op: remove\n  path: /spec/template/spec/containers/0/image\n",
    "- op: add\n  path: /spec/template/spec/containers/-\n  value: {name: last, image: 'nginx:1'}\n",
    "- op: test\n  path: /kind\n  value: Deployment\n- op: add\n  path: /spec/paused\n  value: true\n",
    "[{\"op\": \"add\", \"path\": \"/spec/big\", \"value\": 12345678901}]\n",
    "- op: copy\n  from: /metadata/name\n  path: /metadata/copied\n",
    "- op: move\n  from: /spec/template/spec/containers\n  path: /spec/template/spec/initContainers\n",
    "- {op: add, path: /metadata/annotations, value: {example.com/tier: x}}\n- {op: add, path: /metadata/annotations/example.com~1tier, value: ~}\n",
    "- op: replace\n  path: /spec/template/spec/containers/-1/name\n  value: 'on'\n",
    "- {op: add, path: /metadata/labels, value: {a: 1, b: yes}}\n- {op: remove, path: /metadata/labels/a}\n",
    "- {op: add, path: /spec/replicas, value: 1}\n- {op: test, path: /spec/replicas, value: 1.0}\n",
    "- op: add\n  path: /spec/texts\n  value: [\"a\\nb\", 'x: y', '- z', 1.0, 1e3, 0x10, 2021-01-01, null]\n",
    "- op: replace\n  path: /metadata/name\n  value: renamed\n",
];

const CONFIGURATIONS: [&str; 4] = [
    "namePrefix:\n- path: metadata/annotations/app\n- {path: spec/size, kind: Widget}\n",
    "nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs:\n  - {path: spec/text, kind: Widget}\n  - {path: metadata/annotations/app}\n",
    "commonLabels:\n- {path: spec/labels, create: true, kind: Widget}\ncommonAnnotations:\n- {path: spec/notes, create: true, group: example.com}\n",
    "images:\n- {path: spec/image, kind: Widget}\nreplicas:\n- {path: spec/size, kind: Widget, create: true}\nnamespace:\n- {path: spec/namespace, kind: Widget, create: true}\nvarReference:\n- {path: spec/text, kind: Widget}\n",
];

const TARGETS: [&str; 12] = [
    "{kind: Deployment}",
    "{kind: Deployment, name: alpha}",
    "{name: 'a.*|b.*'}",
    "{group: apps, version: v1}",
    "{labelSelector: 'app in (one,common)'}",
    "{annotationSelector: app}",
    "{namespace: default}",
    "{kind: ConfigMap|Widget}",
    "{labelSelector: 'app!=one,!nothing'}",
    "{annotationSelector: 'app notin (one)', kind: '.*'}",
    "{name: gen}",
    "{namespace: 'n.*', group: '', version: v1}",
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
    if c.chance(10) {
        files.push((format!("{directory}/config.yaml"), c.pick(&CONFIGURATIONS).to_string()));
        out.push_str("configurations: [config.yaml]\n");
    }
    if c.chance(10) {
        files.push((format!("{directory}/own.env"), "# words\nA=1\n B = two \nEMPTY=\nQ=\"x\"\n".to_string()));
        files.push((
            format!("{directory}/own.txt"),
            c.pick(&["one\ntwo\n", "no end", "", "\ttab\n", "- a\n- b\n"]).to_string(),
        ));
        if !seen.contains(&"secretGenerator") {
            out.push_str("secretGenerator:\n- {name: files, envs: [own.env], files: [own.txt, k=own.txt], options: {immutable: true, labels: {x: z}}}\n");
        }
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
    let options = if c.chance(12) { "  options: {allowNameChange: true}\n" } else { "" };
    let target = format!("{target}{options}");
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
