//! Objects for random compositions, written in many styles.

use super::Choices;

const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// A scalar that a name or a label can be, as somebody may have written it.
fn text(c: &mut Choices) -> &'static str {
    c.pick(&["one", "'two'", "\"3\"", "four-4", "\"yes\"", "on", "1.5.0", "'0777'", "\"null\"", "a/b", "x.y"])
}

/// A value of any type.
fn value(c: &mut Choices) -> &'static str {
    c.pick(&[
        "1", "1.0", "1e3", "true", "\"true\"", "null", "~", "", "0x1F", "0777", "'12:30'", "2021-01-01", "word", "'it''s'",
        "\"a b\"", "[]", "{}", "[1, two, \"3\"]", "{a: 1, b: }", "|\n    line one\n    line two\n", ">-\n    folded\n    text\n",
        "1_000", "12345678901234567890", "-0.5", ".5", "!!str 5", "yes", "No", "\"tab\\there\"", "héllo", "\"\\U0001F600\"",
        "a very long text that goes on and on beyond the eighty columns at which the writer folds its lines, or so they say",
    ])
}

/// The objects that patches name.
pub fn targets(c: &mut Choices) -> Vec<String> {
    let objects = [workload(c, "apps/v1", "Deployment", "spec:\n"), config_map(c), service(c), custom(c)];
    let renamed = objects.iter().map(|object| {
        let rename =
            |line: &str| if line.starts_with("  name: ") { "  name: alpha".to_string() } else { line.to_string() };
        // A patch without a namespace is for objects without one.
        let lines: Vec<String> = object.lines().filter(|line| !line.starts_with("  namespace:")).map(rename).collect();
        lines.join("\n").replace("kind: Gadget", "kind: Widget") + "\n"
    });
    renamed.collect()
}

/// One object.
pub fn object(c: &mut Choices) -> String {
    match c.below(16) {
        0..=3 => workload(c, "apps/v1", "Deployment", "spec:\n"),
        4 => workload(c, "apps/v1", "StatefulSet", "spec:\n  serviceName: alpha\n"),
        5 => workload(c, "apps/v1", "DaemonSet", "spec:\n"),
        6 => cron_job(c),
        7 => service(c),
        8 => config_map(c),
        9 => secret(c),
        10 => binding(c),
        11 => ingress(c),
        12 => custom(c),
        13 => policy(c),
        14 => namespaced(c),
        _ => cluster(c),
    }
}

fn metadata(c: &mut Choices, indent: &str) -> String {
    let mut out = format!("{indent}metadata:\n{indent}  name: {}\n", c.pick(&NAMES));
    if c.chance(30) {
        out.push_str(&format!("{indent}  namespace: {}\n", c.pick(&["default", "other", "\"n1\""])));
    }
    labels(c, indent, "labels", &mut out);
    labels(c, indent, "annotations", &mut out);
    out
}

fn labels(c: &mut Choices, indent: &str, field: &str, out: &mut String) {
    match c.below(10) {
        0 => out.push_str(&format!("{indent}  {field}: {{}}\n")),
        1 => out.push_str(&format!("{indent}  {field}:\n")),
        2..=5 => {
            out.push_str(&format!("{indent}  {field}:\n{indent}    app: {}\n", text(c)));
            if c.chance(50) {
                out.push_str(&format!("{indent}    example.com/tier: {}\n", text(c)));
            }
        }
        _ => {}
    }
}

fn container(c: &mut Choices, name: &str, indent: &str) -> String {
    let image = c.pick(&[
        "nginx",
        "nginx:1.7",
        "reg.io:5000/a/b:v1",
        "busybox@sha256:0123",
        "'quoted/image:2'",
        "my.app/x:1@sha256:ab",
    ]);
    let mut out = format!("{indent}- name: {name}\n{indent}  image: {image}\n");
    let mut fields = Vec::new();
    let extra = [
        "ports:\n#- containerPort: 80\n#- containerPort: 81\n#  protocol: UDP\n",
        "ports:\n#- containerPort: 80\n#  protocol: TCP\n#  name: web\n#- {containerPort: 80, protocol: UDP}\n",
        "env:\n#- name: A\n#  value: \"1\"\n#- name: B\n#  valueFrom:\n#    configMapKeyRef: {name: alpha, key: k}\n",
        "env:\n#- {name: S, valueFrom: {secretKeyRef: {name: beta, key: k}}}\n#- name: V\n#  value: $(NAME)-x\n",
        "envFrom:\n#- configMapRef:\n#    name: gen\n#- secretRef: {name: sec}\n",
        "resources:\n#  limits: {cpu: 1, memory: 1Gi}\n#  requests:\n",
        "args: [--a, \"--b=$(NAME)\", '3']\n",
        "command:\n",
        "volumeMounts:\n#- mountPath: /a\n#  name: vol\n#- {mountPath: /b, name: vol}\n",
        "livenessProbe:\n#  httpGet: {path: /, port: 80}\n",
    ];
    for part in extra {
        let field = part.split(':').next().unwrap_or_default();
        if c.chance(25) && !fields.contains(&field) {
            fields.push(field);
            for (i, line) in part.lines().enumerate() {
                let line = line.strip_prefix('#').unwrap_or(line);
                let pad = if i == 0 || line.starts_with(['-', ' ']) { "  " } else { "    " };
                out.push_str(&format!("{indent}{pad}{line}\n"));
            }
        }
    }
    out
}

fn pod(c: &mut Choices, indent: &str) -> String {
    let mut out = format!("{indent}template:\n");
    if c.chance(70) {
        out.push_str(&format!("{indent}  metadata:\n"));
        let mut meta = String::new();
        labels(c, &format!("{indent}  "), "labels", &mut meta);
        labels(c, &format!("{indent}  "), "annotations", &mut meta);
        out.push_str(&meta);
    }
    out.push_str(&format!("{indent}  spec:\n"));
    let deep = format!("{indent}    ");
    if c.chance(40) {
        out.push_str(&format!("{deep}serviceAccountName: {}\n", c.pick(&NAMES)));
    }
    if c.chance(30) {
        out.push_str(&format!(
            "{deep}affinity:\n{deep}  nodeAffinity:\n{deep}    preferredDuringSchedulingIgnoredDuringExecution:\n"
        ));
    }
    if c.chance(30) {
        out.push_str(&format!("{deep}tolerations:\n{deep}- key: a\n{deep}  operator: Exists\n{deep}- {{key: b}}\n"));
    }
    if c.chance(50) {
        out.push_str(&format!(
            "{deep}volumes:\n{deep}- name: vol\n{deep}  configMap:\n{deep}    name: {}\n{deep}- name: other\n{deep}  emptyDir: {{}}\n",
            c.pick(&["alpha", "gen", "beta"])
        ));
        if c.chance(40) {
            out.push_str(&format!(
                "{deep}- name: p\n{deep}  projected:\n{deep}    sources:\n{deep}    - secret: {{name: sec}}\n{deep}    - configMap: {{name: gen}}\n"
            ));
        }
    }
    if c.chance(20) {
        out.push_str(&format!("{deep}initContainers:\n{}", container(c, "init", &deep)));
    }
    out.push_str(&format!("{deep}containers:\n"));
    out.push_str(&container(c, "main", &deep));
    if c.chance(50) {
        out.push_str(&container(c, "side", &deep));
    }
    out
}

fn workload(c: &mut Choices, api_version: &str, kind: &str, spec: &str) -> String {
    let mut out = format!("apiVersion: {api_version}\nkind: {kind}\n{}{spec}", metadata(c, ""));
    if c.chance(50) && kind != "DaemonSet" {
        out.push_str(&format!("  replicas: {}\n", c.pick(&["1", "\"2\"", "null", "3"])));
    }
    if c.chance(60) {
        out.push_str("  selector:\n    matchLabels:\n      app: one\n");
    }
    if c.chance(20) {
        out.push_str("  strategy: {}\n");
    }
    out.push_str(&pod(c, "  "));
    if kind == "StatefulSet" && c.chance(60) {
        out.push_str("  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: {storageClassName: alpha}\n");
    }
    out
}

fn cron_job(c: &mut Choices) -> String {
    let pod = pod(c, "      ");
    format!(
        "apiVersion: batch/v1\nkind: CronJob\n{}spec:\n  schedule: '* * * * *'\n  jobTemplate:\n    spec:\n{pod}",
        metadata(c, "")
    )
}

fn service(c: &mut Choices) -> String {
    let selector = c.pick(&["", "  selector: {app: one}\n", "  selector:\n    app: 'two'\n", "  selector:\n"]);
    format!(
        "apiVersion: v1\nkind: Service\n{}spec:\n  type: {}\n{selector}  ports:\n  - port: 80\n    name: http\n  - {{port: 443, targetPort: https}}\n",
        metadata(c, ""),
        c.pick(&["ClusterIP", "NodePort"])
    )
}

fn config_map(c: &mut Choices) -> String {
    let mut out = format!("apiVersion: v1\nkind: ConfigMap\n{}data:\n", metadata(c, ""));
    for key in ["a", "b.txt", "c-d", "number", "\"5\""] {
        if c.chance(50) {
            let value = if c.chance(60) { text(c) } else { value(c) };
            out.push_str(&format!("  {key}: {value}\n"));
        }
    }
    out.push_str("  k: v\n");
    out
}

fn secret(c: &mut Choices) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\n{}type: Opaque\n{}:\n  k: {}\n",
        metadata(c, ""),
        c.pick(&["data", "stringData"]),
        c.pick(&["YQ==", "'Yg=='", "plain"])
    )
}

fn binding(c: &mut Choices) -> String {
    let cluster = c.chance(50);
    let kind = if cluster { "ClusterRoleBinding" } else { "RoleBinding" };
    let role = if cluster || c.chance(50) { "ClusterRole" } else { "Role" };
    let mut out = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\n{}roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {role}\n  name: {}\nsubjects:\n",
        metadata(c, ""),
        c.pick(&NAMES)
    );
    for _ in 0..1 + c.below(3) {
        let name = if c.chance(30) { "default" } else { c.pick(&NAMES) };
        out.push_str(&format!("- kind: ServiceAccount\n  name: {name}\n"));
        if c.chance(60) {
            out.push_str(&format!("  namespace: {}\n", c.pick(&["default", "other", "system"])));
        }
    }
    out
}

fn ingress(c: &mut Choices) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\n{}spec:\n  ingressClassName: nginx\n  tls:\n  - hosts: [a.example.com, $(NAME).example.com]\n    secretName: {}\n  rules:\n  - host: a.example.com\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: {}\n            port: {{number: 80}}\n",
        metadata(c, ""),
        c.pick(&["sec", "beta"]),
        c.pick(&NAMES)
    )
}

fn custom(c: &mut Choices) -> String {
    let mut out =
        format!("apiVersion: example.com/v1\nkind: {}\n{}spec:\n", c.pick(&["Widget", "Gadget"]), metadata(c, ""));
    for key in ["size", "when", "text", "list", "map"] {
        if c.chance(60) {
            out.push_str(&format!("  {key}: {}\n", value(c)));
        }
    }
    out.push_str(
        "  items:\n  - name: a\n    value: 1\n  - name: b\n    value: {x: y}\n  containers:\n  - image: nginx:1.7\n",
    );
    out
}

fn policy(c: &mut Choices) -> String {
    if c.chance(50) {
        return format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n{}spec:\n  podSelector:\n    matchLabels: {{app: one}}\n  ingress:\n  - from:\n    - podSelector: {{matchLabels: {{app: two}}}}\n    - namespaceSelector: {{}}\n",
            metadata(c, "")
        );
    }
    format!(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\n{}spec:\n  minAvailable: 1\n  selector:\n    matchLabels:\n      app: one\n",
        metadata(c, "")
    )
}

fn namespaced(c: &mut Choices) -> String {
    let kind = c.below(4);
    let meta = metadata(c, "");
    match kind {
        0 => format!("apiVersion: v1\nkind: ServiceAccount\n{meta}imagePullSecrets:\n- name: sec\n"),
        1 => format!("apiVersion: v1\nkind: PersistentVolumeClaim\n{meta}spec:\n  storageClassName: alpha\n"),
        2 => format!(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n{meta}spec:\n  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: alpha}}\n"
        ),
        _ => format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n{meta}rules:\n- apiGroups: ['']\n  resources: [configmaps]\n  resourceNames: [alpha, gen]\n  verbs: [get]\n"
        ),
    }
}

fn cluster(c: &mut Choices) -> String {
    let kind = c.below(6);
    let meta = metadata(c, "");
    match kind {
        0 => format!("apiVersion: v1\nkind: Namespace\n{meta}"),
        1 => format!("apiVersion: storage.k8s.io/v1\nkind: StorageClass\n{meta}provisioner: x\n"),
        2 => format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n{meta}spec:\n  group: example.com\n  names: {{kind: Widget, plural: widgets}}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          containers: {{type: array, items: {{type: object}}}}\n"
        ),
        3 => format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n{meta}rules: []\n"),
        4 => format!(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n{meta}webhooks:\n- name: a.example.com\n  clientConfig:\n    service: {{name: alpha, namespace: default, path: /x}}\n- name: b.example.com\n  clientConfig:\n    service:\n      name: beta\n"
        ),
        _ => format!("apiVersion: v1\nkind: PersistentVolume\n{meta}spec:\n  storageClassName: alpha\n"),
    }
}
