//! Whole ApplicationSets: generators and a template in, a line for each application out.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_tree::{MemoryTree, Tree};
use bowline_base_value::{Value, from_json, yaml};
use bowline_core_crd::{Application, ApplicationSet};
use bowline_core_settings::ClusterSecret;
use serde_json::Value as Json;

use crate::{Host, Outcome, Repository, Supplied, generate};

const URL: &str = "https://git.example/apps";

struct Still;

impl Host for Still {
    fn random(&mut self, bytes: &mut [u8]) {
        bytes.fill(1);
    }

    fn now(&self) -> (i64, u32) {
        (1_790_000_000, 0)
    }
}

fn set(spec: &str) -> ApplicationSet {
    let template = "template: {metadata: {name: '{{name}}'}, spec: {project: p, destination: {server: '{{server}}', namespace: '{{ns}}'}}}";
    let spec = if spec.contains("template:") { spec.to_string() } else { format!("{spec}\n{template}") };
    let mut value = Value::object();
    *value.ensure_path(&["spec"]).unwrap() = yaml::from_yaml(&spec).unwrap();
    *value.ensure_path(&["metadata", "namespace"]).unwrap() = "argocd".into();
    serde_json::from_value(Json::from(&value)).unwrap()
}

fn repository() -> Tree {
    MemoryTree::from_files([
        ("apps/shop/kustomization.yaml", ""),
        ("apps/shop/base/x.yaml", ""),
        ("apps/Ware_House/a.yaml", ""),
        ("apps/old/a.yaml", ""),
        (".github/workflows/ci.yaml", ""),
        ("clusters/eu/config.json", r#"{"name": "eu", "server": "https://eu", "ns": "a", "cluster": {"size": 3}}"#),
        (
            "clusters/us/config.json",
            r#"[{"name": "us-1", "server": "https://us1"}, {"name": "us-2", "server": "https://us2"}]"#,
        ),
        ("clusters/README.md", "nothing to parse: ["),
    ])
}

fn cluster(name: &str, labels: &[(&str, &str)]) -> Arc<ClusterSecret> {
    let labels: Value = labels.iter().map(|(key, value)| (*key, Value::from(*value))).collect();
    let mut secret =
        from_json(br#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": "argocd"}}"#)
            .unwrap();
    *secret.ensure_path(&["metadata", "labels"]).unwrap() = labels;
    *secret.ensure_path(&["stringData"]).unwrap() =
        [("name", name.into()), ("server", format!("https://{name}").into())].into_iter().collect::<Value>();
    Arc::new(ClusterSecret::from_secret(&bowline_core_types::Object::new(secret).unwrap()).unwrap())
}

/// `name project server/namespace` for each application, with labels where there are, then a line for each error.
fn made(set: &ApplicationSet) -> String {
    let trees = BTreeMap::from([(Repository { url: URL.into(), revision: "HEAD".into() }, Ok(repository()))]);
    let clusters = vec![cluster("prod-eu", &[("env", "prod")]), cluster("test", &[("env", "test")])];
    let supplied = Supplied { trees, clusters, in_cluster: true };
    let Outcome::Made { applications, errors } = generate(set, &supplied, &mut Still) else {
        panic!("all is supplied")
    };
    let line = |app: &Application| {
        let to = &app.spec.destination;
        let labels: Vec<String> = app.metadata.labels.iter().map(|(key, value)| format!(" {key}={value}")).collect();
        assert_eq!(app.metadata.namespace, "argocd");
        format!("{} {} {}/{}{}", app.metadata.name, app.spec.project, to.server, to.namespace, labels.concat())
    };
    let lines = applications.iter().map(line).chain(errors.iter().map(|error| format!("error: {error}")));
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(spec: &str, want: &str) {
    let plain = want.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(made(&set(spec)), plain, "{spec}");
}

#[test]
fn lists() {
    check(
        "generators: [{list: {elements: [{name: a, server: https://a, ns: x}, {name: b, server: https://b, values: {ns: k}}]}}]",
        "a p https://a/x
         b p https://b/{{ns}}",
    );
    check(
        "generators: [{list: {elements: [{name: 1}]}}]",
        "error: generator 1 (list): elements[0]: name must be a string, is number (1); with goTemplate it may be anything",
    );
    check("generators: [{list: {elements: [x]}}]", "error: generator 1 (list): elements[0] must be an object");
    check("generators: [{list: {elements: [], elementsYaml: '[{name: a, server: s, ns: m}]'}}]", "a p s/m");
    check("generators: [{}]", "error: generator 1: names no generator that is known here");
}

#[test]
fn go_templates() {
    check(
        r#"
goTemplate: true
goTemplateOptions: ["missingkey=error"]
generators: [{list: {elements: [{name: a, num: 1000000, tags: [x, z]}, {name: B b, num: 2, tags: []}]}}]
template:
  metadata: {name: '{{ normalize .name }}', labels: {num: '{{ .num }}', '{{ slugify .name }}': '{{ join "-" .tags }}'}}
  spec: {project: p, destination: {server: '{{ .name | upper }}', namespace: '{{ if eq .num 2.0 }}two{{ end }}'}}"#,
        "a p A/ a=x-z num=1e+06
         b-b p B B/two b-b= num=2",
    );
    check(
        "goTemplate: true\ngoTemplateOptions: [missingkey=error]\ngenerators: [{list: {elements: [{a: b}]}}]\n\
         template: {metadata: {name: '{{ .name }}'}, spec: {project: p, destination: {}}}",
        "error: failed to execute go template {{ .name }}: template: :1:3: executing \"\" at <.name>: map has no entry for key \"name\"",
    );
    check(
        "goTemplate: true\ngenerators: [{list: {elements: [{a: b}]}}]\n\
         template: {metadata: {name: '{{ env \"HOME\" }}'}, spec: {project: p, destination: {}}}",
        "error: failed to parse template {{ env \"HOME\" }}: template: :1: function \"env\" not defined",
    );
    check(
        "goTemplate: true\ngoTemplateOptions: [missingkey=no]\ngenerators: []",
        "error: goTemplateOptions: unrecognized option \"missingkey=no\"; there are missingkey=default, missingkey=zero and missingkey=error",
    );
}

#[test]
fn a_template_has_a_budget() {
    let endless = "goTemplate: true\ngenerators: [{list: {elements: [{a: b}]}}]\n\
         template: {metadata: {name: 'x{{ range until 9000 }}{{ range until 9000 }}{{ . }}{{ end }}{{ end }}'}, spec: {project: p, destination: {}}}";
    let said = made(&set(endless));
    assert!(said.contains("takes more than") || said.contains("makes more than"), "{}", &said[..said.len().min(300)]);
}

#[test]
fn directories_of_git() {
    let git = |directories: &str| {
        format!(
            "generators: [{{git: {{repoURL: {URL}, revision: HEAD, directories: {directories}, values: {{at: 'in-{{{{path[0]}}}}'}}}}}}]\n\
        template: {{metadata: {{name: '{{{{path.basenameNormalized}}}}', labels: {{at: '{{{{values.at}}}}'}}}}, spec: {{project: p, destination: {{server: '{{{{path}}}}', namespace: '{{{{path[1]}}}}'}}}}}}"
        )
    };
    check(
        &git("[{path: 'apps/*'}, {path: apps/old, exclude: true}]"),
        "ware-house p apps/Ware_House/Ware_House at=in-apps
         shop p apps/shop/shop at=in-apps",
    );
    check(&git("[{path: '*/shop/*'}]"), "base p apps/shop/base/shop at=in-apps");
    check(&git("[{path: '.github'}, {path: '.github/*'}]"), "");
    check(
        &git("[{path: '['}]"),
        &format!("error: generator 1 (git): {}", bowline_base_glob::PathPattern::new("[").unwrap_err()),
    );
    check(
        &format!(
            "goTemplate: true\ngenerators: [{{git: {{repoURL: {URL}, revision: HEAD, pathParamPrefix: at, directories: [{{path: apps/shop}}]}}}}]\n\
            template: {{metadata: {{name: '{{{{ .at.path.basename }}}}'}}, spec: {{project: p, destination: {{server: '{{{{ index .at.path.segments 0 }}}}'}}}}}}"
        ),
        "shop p apps/",
    );
}

#[test]
fn files_of_git() {
    let git = |files: &str| format!("generators: [{{git: {{repoURL: {URL}, revision: HEAD, files: {files}}}}}]");
    check(
        &git("[{path: 'clusters/**/config.json'}]"),
        "eu p https://eu/a
         us-1 p https://us1/{{ns}}
         us-2 p https://us2/{{ns}}",
    );
    check(&git("[{path: clusters/eu}]"), "eu p https://eu/a");
    check(&git("[{path: '*.json'}, {path: 'clusters/u*', exclude: true}]"), "eu p https://eu/a");
    let said = made(&set(&git("[{path: 'clusters/*'}]")));
    assert!(
        said.starts_with(
            "error: generator 1 (git): unable to process file 'clusters/README.md': unable to parse file: "
        ),
        "{said}"
    );
    check(
        &format!(
            "goTemplate: true\n{}\ntemplate: {{metadata: {{name: '{{{{ .path.filenameNormalized }}}}'}}, spec: {{project: p, destination: {{server: '{{{{ .cluster.size }}}}', namespace: '{{{{ .path.path }}}}'}}}}}}",
            git("[{path: clusters/eu/config.json}]")
        ),
        "config.json p 3/clusters/eu",
    );
}

#[test]
fn clusters_and_selectors() {
    check(
        "generators: [{clusters: {}}]",
        "in-cluster p https://kubernetes.default.svc/{{ns}}
         prod-eu p https://prod-eu/{{ns}}
         test p https://test/{{ns}}",
    );
    check("generators: [{clusters: {selector: {matchLabels: {env: prod}}}}]", "prod-eu p https://prod-eu/{{ns}}");
    check(
        "generators: [{clusters: {}, selector: {matchExpressions: [{key: name, operator: NotIn, values: [test, in-cluster]}]}}]",
        "prod-eu p https://prod-eu/{{ns}}",
    );
    check(
        "generators: [{clusters: {}, selector: {matchExpressions: [{key: name, operator: Like}]}}]",
        "error: generator 1 (clusters): selector: \"Like\" is no operator; there are In, NotIn, Exists and DoesNotExist",
    );
    check(
        "goTemplate: true\ngenerators: [{clusters: {flatList: true}}]\ntemplate: {metadata: {name: '{{ len .clusters }}'}, spec: {project: p, destination: {}}}",
        "3 p /",
    );
}

#[test]
fn matrices_and_merges() {
    check(
        &format!(
            "generators: [{{matrix: {{generators: [{{git: {{repoURL: {URL}, revision: HEAD, directories: [{{path: 'apps/s*'}}]}}}}, {{list: {{elements: [{{name: '{{{{path.basename}}}}-a', server: s, ns: x}}]}}}}]}}}}]"
        ),
        "shop-a p s/x",
    );
    check(
        "generators: [{matrix: {generators: [{list: {elements: [{name: a}]}}, {list: {elements: [{name: b}]}}]}}]",
        "error: generator 1 (matrix): found duplicate key name with different value, a: a ,b: b",
    );
    check(
        "generators: [{matrix: {generators: [{list: {elements: []}}]}}]",
        "error: generator 1 (matrix): a matrix takes two generators, not 1",
    );
    check(
        "generators: [{merge: {mergeKeys: [name], generators: [{list: {elements: [{name: a, server: s, ns: x}, {name: b, server: s, ns: x}]}}, {list: {elements: [{name: b, ns: k}, {name: c, ns: z}]}}]}}]",
        "a p s/x
         b p s/k",
    );
    check(
        "generators: [{merge: {mergeKeys: [name], generators: [{list: {elements: []}}, {list: {elements: [{name: b}, {name: b}]}}]}}]",
        "error: generator 1 (merge): the parameters from a generator were not unique by the given mergeKeys, Merge requires all param sets to be unique. Duplicate key was {\"name\":\"b\"}",
    );
    check(
        "generators: [{matrix: {generators: [{list: {elements: [{server: s}]}}, {matrix: {generators: [{list: {elements: [{name: a}, {name: b}]}}, {list: {elements: [{ns: '{{name}}-ns'}]}}]}}]}}]",
        "a p s/a-ns
         b p s/b-ns",
    );
    // What a parameter holds is not read as a template again.
    check(
        "generators: [{matrix: {generators: [{list: {elements: [{server: '{{name}}', name: a}]}}, {list: {elements: [{ns: '{{server}}'}]}}]}}]",
        "a p {{name}}/{{name}}",
    );
    check(
        "generators: [{pullRequest: {github: {owner: o, repo: r}}}]",
        "error: generator 1 (pullRequest): pullRequest generators are not carried out by this version; list, clusters, git, matrix and merge are",
    );
}

#[test]
fn templates_of_generators_and_patches() {
    check(
        "generators: [{list: {elements: [{name: a}], template: {metadata: {labels: {own: '1'}}, spec: {project: other, destination: {namespace: m}}}}}]\n\
         template: {metadata: {name: '{{name}}', labels: {own: '0', base: '2'}}, spec: {project: p, destination: {server: s, namespace: k}}}",
        "a other s/m base=2 own=1",
    );
    let patched = set("goTemplate: true\ngenerators: [{list: {elements: [{name: a, prune: true}]}}]\n\
         template: {metadata: {name: '{{ .name }}', finalizers: [x]}, spec: {project: p, destination: {server: s}}}\n\
         templatePatch: |\n  metadata: {finalizers: [z]}\n  spec:\n    project: stolen\n    syncPolicy: {automated: {prune: {{ .prune }}}}\n");
    let Outcome::Made { applications, errors } = generate(&patched, &Supplied::default(), &mut Still) else { panic!() };
    assert_eq!(errors, []);
    let app = &applications[0];
    assert_eq!(app.spec.project, "p", "a patch cannot leave the project");
    assert_eq!(app.metadata.finalizers, ["x", "z"]);
    assert_eq!(app.spec.sync_policy.as_ref().unwrap().automated.as_ref().unwrap().prune, Some(true));
    check(
        "goTemplate: true\ngenerators: [{list: {elements: [{name: a}]}}]\ntemplate: {metadata: {name: a}, spec: {project: p, destination: {}}}\n\
         templatePatch: '[]'",
        "error: templatePatch: it must be an object, is array",
    );
}

#[test]
fn applications_take_along_what_they_deployed_unless_told_otherwise() {
    for (policy, want) in [
        ("", &["resources-finalizer.argocd.argoproj.io"][..]),
        ("syncPolicy: {preserveResourcesOnDeletion: true}", &[]),
    ] {
        let set = set(&format!("generators: [{{list: {{elements: [{{name: a}}]}}}}]\n{policy}"));
        let Outcome::Made { applications, .. } = generate(&set, &Supplied::default(), &mut Still) else { panic!() };
        assert_eq!(applications[0].metadata.finalizers, want);
    }
}

#[test]
fn what_is_missing_is_asked_for_and_same_names_are_told() {
    let git = set("generators: [{git: {repoURL: https://a, revision: main, directories: [{path: '*'}]}}]");
    let Outcome::Needs(needs) = generate(&git, &Supplied::default(), &mut Still) else { panic!() };
    assert_eq!(
        needs.into_iter().collect::<Vec<_>>(),
        [Repository { url: "https://a".into(), revision: "main".into() }]
    );
    check(
        "generators: [{list: {elements: [{name: a, server: s, ns: m}, {name: a, server: t, ns: m}]}}]",
        "a p s/m
         a p t/m
         error: several applications would be called \"a\": the parameters must make the names differ",
    );
}
