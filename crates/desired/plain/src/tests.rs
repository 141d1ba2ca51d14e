use bowline_base_tree::{EntryKind, MemoryTree, Tree};
use bowline_base_value::Value;

use super::*;

fn config(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n")
}

fn render(tree: &Tree, path: &str, directory: &Directory) -> Result<Vec<String>, String> {
    let (files, _) = files(tree, path, directory).map_err(|e| e.to_string())?;
    let mut jsonnet = |_: &File| Err("there is no evaluator".to_string());
    let found = manifests(&files, &mut jsonnet).map_err(|e| e.to_string())?;
    Ok(found.iter().map(|m| format!("{} {}", m.file, m.object.name())).collect())
}

fn check(tree: &[(&str, &str)], directory: &Directory, want: Result<&[&str], &str>) {
    let tree = MemoryTree::from_files(tree.iter().copied());
    let found = render(&tree, "app", directory);
    let want = want.map(|list| list.iter().map(ToString::to_string).collect()).map_err(str::to_string);
    assert_eq!(found, want);
}

#[test]
fn files_count_by_extension_depth_and_globs() {
    let (a, b, c, d, e) = (config("a"), config("b"), config("c"), config("d"), config("e"));
    let tree: &[(&str, &str)] = &[
        ("app/b.yml", &b),
        ("app/a.yaml", &a),
        ("app/readme.md", "# no"),
        ("app/sub/c.yaml", &c),
        ("app/.hidden/d.yaml", &d),
        ("app/e.yaml.sealed", &e),
        ("else/x.yaml", &a),
    ];
    let plain = Directory::default();
    let recurse = Directory { recurse: true, ..Directory::default() };
    check(tree, &plain, Ok(&["app/a.yaml a", "app/b.yml b"]));
    check(tree, &recurse, Ok(&["app/.hidden/d.yaml d", "app/a.yaml a", "app/b.yml b", "app/sub/c.yaml c"]));
    let globs = Directory { include: "{a*,sub/*}".into(), exclude: "*.yml".into(), ..recurse.clone() };
    check(tree, &globs, Ok(&["app/a.yaml a", "app/sub/c.yaml c"]));
    let sealed = Directory { any_extension: true, include: "*.sealed".into(), ..plain.clone() };
    check(tree, &sealed, Ok(&["app/e.yaml.sealed e"]));
    let broken = Directory { exclude: "{a".into(), ..plain };
    check(tree, &broken, Err("directory.exclude: pattern \"{a\": a { without its }"));
}

#[test]
fn documents_lists_and_markers() {
    let two = format!("{}---\n# nothing\n--- # comment\n{}", config("one"), config("two"));
    let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n";
    let skipped = format!("# +argocd:skip-file-rendering\n{}", config("skipped"));
    let json = r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"j"}}"#;
    check(
        &[("app/1.yaml", &two), ("app/2.yaml", list), ("app/3.yaml", &skipped), ("app/4.json", json)],
        &Directory::default(),
        Ok(&["app/1.yaml one", "app/1.yaml two", "app/2.yaml s", "app/2.yaml p", "app/4.json j"]),
    );
}

#[test]
fn whatever_has_items_is_a_list() {
    let pods = "apiVersion: v1\nkind: Pods\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n";
    let empty = "apiVersion: v1\nkind: PodList\nitems: null\n";
    let spec = "apiVersion: v1\nkind: Menu\nmetadata: {name: m}\nspec: {}\nitems: null\n";
    let json = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"j\"}}\n";
    check(
        &[("app/1.yaml", pods), ("app/2.yaml", empty), ("app/3.yaml", spec), ("app/4.yaml", &json.repeat(2))],
        &Directory::default(),
        Ok(&["app/1.yaml p", "app/3.yaml m", "app/4.yaml j", "app/4.yaml j"]),
    );
}

#[test]
fn what_is_broken_names_file_and_fault() {
    let plain = Directory::default();
    let broken = format!("{}  bad: [\n", config("x"));
    let tree = MemoryTree::from_files([("app/x.yaml", broken)]);
    let error = render(&tree, "app", &plain).unwrap_err();
    assert!(error.starts_with("Failed to unmarshal \"app/x.yaml\": failed to unmarshal manifest: error converting YAML to JSON: yaml: line "), "{error}");
    check(&[("app/x.yaml", "key: [\n")], &plain, Ok(&[]));
    check(&[("app/values.yaml", "replicas: 2\n")], &plain, Ok(&[]));
    check(
        &[("app/x.yaml", &format!("{}---\nreplicas: 2\n", config("x")))],
        &plain,
        Err(
            "Failed to unmarshal \"app/x.yaml\": failed to unmarshal manifest: error unmarshaling JSON: while decoding JSON: \
             Object 'Kind' is missing in '{\"replicas\":2}'",
        ),
    );
    check(
        &[("app/x.yaml", "kind: Pod\n")],
        &plain,
        Err("Failed to unmarshal \"app/x.yaml\": Object 'apiVersion' is missing in the manifest"),
    );
    check(
        &[("app/x.json", "{} {}")],
        &plain,
        Err("Found multiple objects in \"app/x.json\". Only single objects are allowed in JSON files."),
    );
    check(
        &[("app/x.jsonnet", "{}")],
        &plain,
        Err("Failed to evaluate jsonnet \"app/x.jsonnet\": there is no evaluator"),
    );
    check(&[("else/x", "")], &plain, Err("app: app path does not exist"));
    check(
        &[("app/a.yaml", "a: 1\n"), ("app/b.yaml", "b: 2\n")],
        &Directory { max_bytes: 7, ..plain },
        Err("exceeded max combined manifest file size: more than 7 bytes below \"app\""),
    );
}

#[test]
fn links_are_followed_inside_and_refused_outside() {
    let mut memory = MemoryTree::new();
    memory.add("shared/c.yaml", EntryKind::File, config("shared").as_bytes()).unwrap();
    memory.add("app/in.yaml", EntryKind::Symlink, "../shared/c.yaml".as_bytes()).unwrap();
    memory.add("app/gone.yaml", EntryKind::Symlink, "nowhere".as_bytes()).unwrap();
    let tree = memory.into_tree();
    assert_eq!(render(&tree, "app", &Directory::default()).unwrap(), ["app/in.yaml shared"]);
    let (_, warnings) = files(&tree, "app", &Directory::default()).unwrap();
    assert_eq!(warnings, ["skipping manifest file \"gone.yaml\": destination of symlink is missing"]);

    let mut memory = MemoryTree::new();
    memory.add("app/out.yaml", EntryKind::Symlink, "../../etc/passwd".as_bytes()).unwrap();
    let error = render(&memory.into_tree(), "app", &Directory::default()).unwrap_err();
    assert!(error.contains("leads outside of the source's root"), "{error}");
}

#[test]
fn jsonnet_may_give_one_or_several() {
    let tree = MemoryTree::from_files([("app/x.jsonnet", "irrelevant")]);
    let (files, _) = files(&tree, "app", &Directory::default()).unwrap();
    let object = |name: &str| -> Value {
        [
            ("apiVersion", Value::from("v1")),
            ("kind", "Pod".into()),
            ("metadata", [("name", Value::from(name))].into_iter().collect()),
        ]
        .into_iter()
        .collect()
    };
    let mut several = |_: &File| Ok([object("a"), object("b")].into_iter().collect());
    assert_eq!(manifests(&files, &mut several).unwrap().len(), 2);
}

#[test]
fn a_submodule_is_refused_where_it_would_be_looked_into() {
    let mut memory = MemoryTree::new();
    memory.add("app/c.yaml", EntryKind::File, config("c").as_bytes()).unwrap();
    memory.add("app/sub", EntryKind::Submodule, "".as_bytes()).unwrap();
    let tree = memory.into_tree();
    assert_eq!(render(&tree, "app", &Directory::default()).unwrap(), ["app/c.yaml c"]);
    let error = render(&tree, "app", &Directory { recurse: true, ..Directory::default() }).unwrap_err();
    assert_eq!(error, "app/sub: is a Git submodule; submodules are not supported yet");
}
