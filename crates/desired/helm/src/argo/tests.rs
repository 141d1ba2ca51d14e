use bowline_base_tree::MemoryTree;
use bowline_base_value::to_json;

use super::*;
use crate::load;

struct Still;

impl Host for Still {
    fn random(&mut self, bytes: &mut [u8]) {
        bytes.fill(1);
    }

    fn now(&self) -> (i64, u32) {
        (0, 0)
    }
}

fn repository() -> Tree {
    MemoryTree::from_files([
        ("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
        ("app/values.yaml", "a: default\nnum: 1\n"),
        (
            "app/templates/all.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n\
             data:\n  values: {{ .Values | toJson | quote }}\n  kube: {{ .Capabilities.KubeVersion.Version }}\n  \
             has: {{ .Capabilities.APIVersions.Has \"x/v1/Y\" | quote }}\n",
        ),
        (
            "app/templates/list.yaml",
            "apiVersion: v1\nkind: List\nitems:\n- {kind: A, apiVersion: v1}\n- {kind: B, apiVersion: v1}\n",
        ),
        (
            "app/templates/test.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations:\n    helm.sh/hook: test\n",
        ),
        ("app/crds/crd.yaml", "kind: CustomResourceDefinition\n---\n---\nkind: Other\n"),
        ("app/env/a.yaml", "a: env-a\nlist: [1]\n"),
        ("app/env/b.yaml", "a: env-b\n"),
        ("app/env/deep/c.yaml", "deep: true\n"),
        ("app/note.txt", "text, with a comma\n"),
        ("shared/values.yaml", "shared: root\n"),
    ])
}

fn run(options: &Options) -> Result<Vec<Value>, ArgoError> {
    let tree = repository();
    let other = MemoryTree::from_files([("dir/values.yaml", "a: other\n")]);
    let refs = BTreeMap::from([("other".to_string(), other)]);
    let around = Surroundings {
        tree: &tree,
        path: "app",
        refs: &refs,
        substitute: &|text| text.replace("$ARGOCD_APP_NAME", "demo"),
        fetch: &|url| {
            if url.starts_with("https://") { Ok(b"a: remote\n".to_vec()) } else { Err("scheme not allowed".into()) }
        },
    };
    let chart = load(&tree, "app").unwrap();
    let options = Options { app_name: "demo".into(), namespace: "ns".into(), ..options.clone() };
    render(&Helm::new(), &chart, &options, &around, &mut Still)
}

/// The values that the chart saw.
#[track_caller]
fn check(options: Options, want: &str) {
    let objects = run(&options).unwrap();
    let config = objects.iter().find(|object| object.str_at(&["kind"]) == Some("ConfigMap")).unwrap();
    assert_eq!(config.str_at(&["data", "values"]), Some(want), "{options:?}");
}

fn files(names: &[&str]) -> Options {
    Options { value_files: names.iter().map(ToString::to_string).collect(), ..Options::default() }
}

fn parameters(pairs: &[(&str, &str, bool)]) -> Options {
    let parameters = pairs.iter().map(|(name, value, force_string)| Parameter {
        name: name.to_string(),
        value: value.to_string(),
        force_string: *force_string,
    });
    Options { parameters: parameters.collect(), ..Options::default() }
}

#[test]
fn value_files_in_order_from_everywhere() {
    check(files(&[]), r#"{"a":"default","num":1}"#);
    check(files(&["env/a.yaml", "env/b.yaml"]), r#"{"a":"env-b","list":[1],"num":1}"#);
    check(files(&["/shared/values.yaml"]), r#"{"a":"default","num":1,"shared":"root"}"#);
    check(files(&["env/a.yaml", "$other/dir/values.yaml"]), r#"{"a":"other","list":[1],"num":1}"#);
    check(files(&["https://example.org/v.yaml"]), r#"{"a":"remote","num":1}"#);
}

#[test]
fn patterns_match_in_order_and_named_files_keep_their_place() {
    check(files(&["env/*.yaml"]), r#"{"a":"env-b","list":[1],"num":1}"#);
    check(files(&["env/**/*.yaml"]), r#"{"a":"env-b","deep":true,"list":[1],"num":1}"#);
    check(files(&["env/*.yaml", "env/a.yaml"]), r#"{"a":"env-a","list":[1],"num":1}"#);
    assert_eq!(
        run(&files(&["none/*.yaml"])).unwrap_err().to_string(),
        "none/*.yaml: no value file matches this pattern"
    );
    let ignored = Options { ignore_missing_value_files: true, ..files(&["none/*.yaml", "none.yaml"]) };
    check(ignored, r#"{"a":"default","num":1}"#);
}

#[test]
fn inline_values_then_parameters_win() {
    let inline = Options { values: "a: inline\n".into(), ..files(&["env/a.yaml"]) };
    check(inline.clone(), r#"{"a":"inline","list":[1],"num":1}"#);
    let object: Value = [("a", Value::from(5))].into_iter().collect();
    check(Options { values_object: Some(object), ..inline }, r#"{"a":5,"list":[1],"num":1}"#);
    check(
        parameters(&[("a", "x,y", false), ("num", "2", true), ("b", "{1,2}", false)]),
        r#"{"a":"x,y","b":[1,2],"num":"2"}"#,
    );
    check(parameters(&[("a", "$ARGOCD_APP_NAME", false)]), r#"{"a":"demo","num":1}"#);
    let file = Options { file_parameters: vec![("t".into(), "note.txt".into())], ..Options::default() };
    check(file, r#"{"a":"default","num":1,"t":"text, with a comma\n"}"#);
}

#[test]
fn what_is_not_there_or_not_allowed_is_an_error_with_a_name() {
    let error = |options: Options| run(&options).unwrap_err().to_string();
    assert_eq!(error(files(&["none.yaml"])), "app/none.yaml: no such file or directory");
    assert!(error(files(&["../../x.yaml"])).contains("leads outside"));
    assert_eq!(error(files(&["ftp://h/x"])), "ftp://h/x: scheme not allowed");
    assert!(error(files(&["$nobody/x.yaml"])).contains("no source has a 'ref' field"));
    let bad = Options { release_name: "No".into(), ..Options::default() };
    assert!(error(bad).starts_with("release name check failed"));
}

#[test]
fn objects_with_definitions_first_lists_apart_and_hooks_last() {
    let kinds = |options: Options| -> Vec<String> {
        run(&options).unwrap().iter().map(|object| object.str_at(&["kind"]).unwrap().to_string()).collect()
    };
    assert_eq!(kinds(Options::default()), ["CustomResourceDefinition", "Other", "ConfigMap", "A", "B", "Pod"]);
    let fewer = Options { skip_crds: true, skip_tests: true, ..Options::default() };
    assert_eq!(kinds(fewer), ["ConfigMap", "A", "B"]);
    let options = Options {
        release_name: "{{ \"x\" | repeat 2 }}".into(),
        kube_version: "v1.30.2-gke.100".into(),
        api_versions: vec!["x/v1/Y".into()],
        ..Options::default()
    };
    let objects = run(&options).unwrap();
    assert_eq!(
        to_json(&objects[2], false),
        r#"{"apiVersion":"v1","data":{"has":"true","kube":"v1.30.2","values":"{\"a\":\"default\",\"num\":1}"},"kind":"ConfigMap","metadata":{"name":"xx","namespace":"ns"}}"#
    );
}
