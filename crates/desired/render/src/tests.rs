use std::collections::BTreeMap;
use std::sync::LazyLock;

use bowline_base_tree::{EntryKind, MemoryTree, Tree};
use bowline_core_crd::{ApplicationSource, ApplicationSourceDirectory, ApplicationSourceHelm};
use bowline_core_types::{Gvk, InstanceId, Object, annotation};

use super::*;

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

fn config(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n")
}

fn source(path: &str) -> ApplicationSource {
    ApplicationSource { repo_url: "https://h/r".into(), path: path.into(), ..ApplicationSource::default() }
}

fn with_source(source: &ApplicationSource) -> Request<'_> {
    static NO_REFS: BTreeMap<String, Tree> = BTreeMap::new();
    static NOTHING: LazyLock<Outside> = LazyLock::new(Outside::default);
    Request {
        source,
        app: "app",
        namespace: "target",
        project: "default",
        revision: REVISION,
        kube_version: "",
        api_versions: &[],
        refs: &NO_REFS,
        outside: &NOTHING,
    }
}

fn with<T>(source: &ApplicationSource, app: &str, then: impl FnOnce(&Request<'_>) -> T) -> T {
    then(&Request { app, ..with_source(source) })
}

fn names(tree: &Tree, source: &ApplicationSource, app: &str) -> Result<Vec<String>, String> {
    let rendered = with(source, app, |request| render(request, tree, &Features::default(), Engines::default()));
    let rendered = rendered.map_err(|e| e.to_string())?;
    Ok(rendered.objects.iter().map(|object| object.name().to_string()).collect())
}

#[test]
fn the_tool_is_named_or_looked_for() {
    let tree = MemoryTree::from_files([
        ("plain/a.yaml", config("a")),
        ("chart/Chart.yaml", "name: c\n".into()),
        ("overlay/kustomization.yml", "resources: []\n".into()),
        ("both/Chart.yaml", "name: c\n".into()),
        ("both/kustomization.yaml", "resources: []\n".into()),
    ]);
    let tool = |source: &ApplicationSource, features: &Features| {
        detect(source, &tree, features).map(|tool| tool.to_string()).map_err(|e| e.to_string())
    };
    let all = Features::default();
    for (path, want) in [("plain", "Directory"), ("chart", "Helm"), ("overlay", "Kustomize"), ("both", "Kustomize")] {
        assert_eq!(tool(&source(path), &all).as_deref(), Ok(want));
    }
    let none = Features { helm: false, kustomize: false, ..Features::default() };
    assert_eq!(tool(&source("chart"), &none).as_deref(), Ok("Directory"));
    let mut both = source("chart");
    both.directory = Some(Box::default());
    assert_eq!(tool(&both, &all).as_deref(), Ok("Directory"), "what is named counts");
    both.helm = Some(Box::default());
    assert_eq!(tool(&both, &all), Err("multiple application sources defined: Helm,Directory".into()));
    assert_eq!(names(&tree, &source("chart"), "app").unwrap_err(), "Helm sources are not supported yet: chart");
}

#[test]
fn a_path_is_a_directory_of_the_tree_or_an_error_in_argo_cd_s_words() {
    let tree = MemoryTree::from_files([("plain/a.yaml", config("a"))]);
    for (path, want) in [
        ("nowhere", "nowhere: app path does not exist"),
        ("plain/a.yaml", "plain/a.yaml: app path is not a directory"),
        ("/plain", "/plain: app path is absolute"),
        ("..", "..: app path outside root"),
        ("plain/../../plain", "plain/../../plain: app path outside root"),
    ] {
        assert_eq!(names(&tree, &source(path), "app").unwrap_err(), want);
    }
    let mut with_submodule = MemoryTree::new();
    with_submodule.add("a/sub", EntryKind::Submodule, "".as_bytes()).unwrap();
    let with_submodule = with_submodule.into_tree();
    for path in ["a/sub", "a/sub/deep/er"] {
        let error = names(&with_submodule, &source(path), "app").unwrap_err();
        assert_eq!(error, "a/sub: is a Git submodule; submodules are not supported yet");
    }
    for path in ["plain", "./plain/", "plain/../plain"] {
        assert_eq!(names(&tree, &source(path), "app").unwrap(), ["a"]);
    }
}

#[test]
fn overrides_in_the_repository_say_how_and_not_what() {
    let tree = MemoryTree::from_files([
        ("app/a.yaml", config("a")),
        ("app/sub/b.yaml", config("b")),
        ("app/.argocd-source.yaml", "path: elsewhere\ndirectory:\n  recurse: true\n".into()),
        ("app/.argocd-source-own.yaml", "directory:\n  exclude: a.yaml\n".into()),
    ]);
    assert_eq!(names(&tree, &source("app"), "other").unwrap(), ["a", "b"]);
    assert_eq!(names(&tree, &source("app"), "own").unwrap(), ["b"]);
    for (text, want) in [
        ("", Ok(vec!["a".to_string()])),
        ("directory: null\n", Ok(vec!["a".to_string()])),
        ("- a\n", Err("app/.argocd-source.yaml: must be an object".to_string())),
    ] {
        let tree = MemoryTree::from_files([
            ("app/a.yaml", config("a")),
            ("app/b.yaml", config("b")),
            ("app/.argocd-source.yaml", text.to_string()),
        ]);
        let directory = ApplicationSourceDirectory { exclude: "b*".into(), ..ApplicationSourceDirectory::default() };
        let source = ApplicationSource { directory: Some(Box::new(directory)), ..source("app") };
        assert_eq!(names(&tree, &source, "own"), want, "{text:?}");
    }
    let broken = MemoryTree::from_files([("app/.argocd-source.yaml", "a: [\n")]);
    let error = names(&broken, &source("app"), "own").unwrap_err();
    assert!(error.starts_with("app/.argocd-source.yaml: yaml: "), "{error}");
}

fn object(text: &str) -> Object {
    Object::new(bowline_base_value::yaml::from_yaml(text).unwrap()).unwrap()
}

#[test]
fn objects_get_namespace_and_mark_and_the_last_of_several_counts() {
    let tracking = InstanceId::default();
    let ownership = Ownership { instance: "app", namespace: "target", tracking: &tracking };
    let namespaced = |gvk: &Gvk| match gvk.kind.as_ref() {
        "Namespace" => Some(false),
        "ConfigMap" => Some(true),
        _ => None,
    };
    let finished = finish(
        [
            object(&config("a")),
            object("apiVersion: v1\nkind: Namespace\nmetadata: {name: ns, namespace: own}\n"),
            object("apiVersion: x/v1\nkind: Unknown\nmetadata: {name: u}\n"),
            object("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: target}\ndata: {last: 'yes'}\n"),
            object("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: j-}\n"),
            object("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: j-}\n"),
        ],
        ownership,
        &namespaced,
    );
    let shown: Vec<String> = finished
        .objects
        .iter()
        .map(|o| format!("{} {}", o.namespace(), o.annotation(annotation::TRACKING_ID).unwrap()))
        .collect();
    assert_eq!(
        shown,
        [
            "target app:/ConfigMap:target/a",
            " app:/Namespace:own/ns",
            "target app:x/Unknown:target/u",
            "target app:batch/Job:target/",
            "target app:batch/Job:target/",
        ]
    );
    assert_eq!(finished.objects[0].value().str_at(&["data", "last"]), Some("yes"));
    let repeated: Vec<String> = finished.repeated.iter().map(|(key, n)| format!("{key} {n}")).collect();
    assert_eq!(repeated, ["ConfigMap target/a 2"]);
}

#[test]
fn definitions_of_kinds_are_not_marked() {
    let ownership = Ownership { instance: "app", namespace: "target", tracking: &InstanceId::default() };
    let crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\n";
    let finished = finish([object(crd)], ownership, &|_| Some(false));
    assert_eq!(finished.objects, [object(crd)]);
}

/// Stands in for Helm: reads the value files that the source names, from its own tree or another source's (`$name/…`).
struct Values;

impl Engine for Values {
    fn render(
        &self,
        tree: &Tree,
        source: &ApplicationSource,
        request: &Request<'_>,
        _: &Features,
        environment: &Environment,
    ) -> Result<Made, String> {
        let files = &source.helm.as_ref().ok_or("no helm")?.value_files;
        let read = |file: &String| match file.strip_prefix('$').and_then(|file| file.split_once('/')) {
            Some((name, path)) => request.refs[name].read_text(path),
            None => tree.read_text(file),
        };
        let objects = files.iter().map(|file| {
            let text = read(file).map_err(|e| e.to_string())?;
            Ok(object(&environment.substitute(&text)))
        });
        let objects = objects.collect::<Result<_, String>>()?;
        Ok(Made { objects, ..Made::default() })
    }
}

#[test]
fn trees_of_other_sources_and_the_commit_s_name_count_where_they_were_used() {
    let memo = Memo::new(1 << 20);
    let engines = Engines { helm: Some(&Values), ..Engines::default() };
    let made = |files: &[&str], chart: &str, values: &str, revision: &str| {
        let tree =
            MemoryTree::from_files([("app/x", config(chart)), ("app/y", config("${ARGOCD_APP_REVISION_SHORT}"))]);
        let refs = BTreeMap::from([(
            "values".to_string(),
            MemoryTree::from_files([("v", config(values)), ("other", config(revision))]),
        )]);
        let helm = ApplicationSourceHelm {
            value_files: files.iter().map(|f| f.to_string()).collect(),
            ..ApplicationSourceHelm::default()
        };
        let source = ApplicationSource { helm: Some(Box::new(helm)), ..source("app") };
        let request = Request { refs: &refs, revision, ..with_source(&source) };
        let rendered = memo.render(&request, &tree, &Features::default(), engines).unwrap();
        rendered.objects.iter().map(|o| o.name().to_string()).collect::<Vec<_>>()
    };
    let files = ["app/x", "$values/v"];
    assert_eq!(made(&files, "a", "b", "1111111111"), ["a", "b"]);
    assert_eq!(made(&files, "a", "b", "2222222222"), ["a", "b"]);
    assert_eq!(memo.counts(), (1, 0), "neither the commit's name nor what else is in the other tree was used");
    assert_eq!(made(&files, "a", "c", "2222222222"), ["a", "c"]);
    assert_eq!(made(&files, "d", "c", "2222222222"), ["d", "c"]);
    assert_eq!(memo.counts(), (1, 2));
    let named = ["app/y"];
    assert_eq!(made(&named, "a", "b", "aaaaaaa111"), ["aaaaaaa"]);
    assert_eq!(made(&named, "a", "b", "bbbbbbb111"), ["bbbbbbb"]);
    assert_eq!(memo.counts(), (1, 3), "the commit's name was used");
}

/// Stands in for Kustomize: the object in the file `a` of a remote base, named by the source's prefix.
struct Base;

impl Engine for Base {
    fn render(
        &self,
        tree: &Tree,
        _: &ApplicationSource,
        request: &Request<'_>,
        _: &Features,
        _: &Environment,
    ) -> Result<Made, String> {
        let url = tree.read_text("app/base").map_err(|e| e.to_string())?;
        let tree = request.outside.tree(&base(&url)).ok_or("it is not there yet")??;
        Ok(Made { objects: vec![object(&tree.read_text("a").map_err(|e| e.to_string())?)], ..Made::default() })
    }
}

fn base(url: &str) -> Need {
    Need::Git { url: url.to_string(), revision: "main".to_string() }
}

#[test]
fn a_remote_base_is_asked_for_and_part_of_what_is_remembered() {
    let memo = Memo::new(1 << 20);
    let engines = Engines { kustomize: Some(&Base), ..Engines::default() };
    let tree = MemoryTree::from_files([("app/base", "https://h/b"), ("app/kustomization.yaml", "")]);
    let source = source("app");
    let made = |outside: &Outside| {
        let request = Request { outside, ..with_source(&source) };
        let made = memo.render(&request, &tree, &Features::default(), engines);
        made.map(|made| made.objects[0].name().to_string()).map_err(|e| e.to_string())
    };
    let nothing = Outside::default();
    assert_eq!(made(&nothing).unwrap_err(), "it is not there yet");
    assert_eq!(nothing.needs(), [base("https://h/b")]);
    let at = |a: &str, other: &str| {
        let mut outside = Outside::default();
        let tree = MemoryTree::from_files([("a", config(a)), ("b", config(other))]);
        outside.insert(base("https://h/b"), Ok(Fetched::Tree(tree)));
        outside
    };
    assert_eq!(made(&at("one", "x")).unwrap(), "one");
    assert_eq!(made(&at("one", "y")).unwrap(), "one");
    assert_eq!(memo.counts(), (1, 0), "a commit of the base that touches nothing of it changes nothing");
    let request = with_source(&source);
    assert_eq!(memo.needs(&request, &Features::default()), [base("https://h/b")]);
    assert_eq!(made(&at("two", "y")).unwrap(), "two");
    assert_eq!(memo.counts(), (1, 1));
    let mut gone = Outside::default();
    gone.insert(base("https://h/b"), Err("gone".to_string()));
    assert_eq!(made(&gone).unwrap_err(), "gone", "what could be read before is not shown for what is");
}

#[test]
fn a_commit_that_touches_one_of_a_thousand_renders_one() {
    let tree = |touched: usize, content: &str| {
        MemoryTree::from_files((0..1000).map(|i| {
            let name = if i == touched { format!("c-{content}") } else { "c".to_string() };
            (format!("apps/{i}/c.yaml"), config(&name))
        }))
    };
    let memo = Memo::new(8 << 20);
    let sources: Vec<ApplicationSource> = (0..1000).map(|i| source(&format!("apps/{i}"))).collect();
    let all = |tree: &Tree| {
        for (i, source) in sources.iter().enumerate() {
            let app = format!("app-{i}");
            with(source, &app, |request| memo.render(request, tree, &Features::default(), Engines::default())).unwrap();
        }
    };
    all(&tree(7, "before"));
    assert_eq!(memo.counts(), (0, 0), "there was nothing to look up");
    all(&tree(7, "after"));
    assert_eq!(memo.counts(), (999, 1));
}

#[test]
fn what_was_asked_for_is_part_of_what_is_remembered() {
    let tree = MemoryTree::from_files([("app/a.yaml", config("a")), ("app/b.yaml", config("b"))]);
    let memo = Memo::new(1 << 20);
    let count = |source: &ApplicationSource| {
        with(source, "app", |request| memo.render(request, &tree, &Features::default(), Engines::default()))
            .unwrap()
            .objects
            .len()
    };
    assert_eq!(count(&source("app")), 2);
    let directory = ApplicationSourceDirectory { exclude: "a*".into(), ..ApplicationSourceDirectory::default() };
    assert_eq!(count(&ApplicationSource { directory: Some(Box::new(directory)), ..source("app") }), 1);
    with(&source("app"), "app", |request| memo.forget(request, &Features::default()));
    assert_eq!(count(&source("app")), 2);
    assert_eq!(memo.counts(), (0, 0));
}

#[test]
fn an_explicit_helm_source_is_refused_by_name_until_there_is_an_engine() {
    let tree = MemoryTree::from_files([("app/a.yaml", config("a"))]);
    let mut helm = source("app");
    helm.helm = Some(Box::new(ApplicationSourceHelm::default()));
    assert_eq!(names(&tree, &helm, "app").unwrap_err(), "Helm sources are not supported yet: app");
}

/// A renderer of charts that needs a file behind a URL.
struct Needy;

fn values() -> Need {
    Need::Values { url: "https://h/values.yaml".to_string() }
}

impl Engine for Needy {
    fn render(
        &self,
        _: &Tree,
        source: &ApplicationSource,
        request: &Request<'_>,
        _: &Features,
        _: &Environment,
    ) -> Result<Made, String> {
        assert_eq!(source.path, "", "a chart from a repository is the tree's root");
        let file = request.outside.file(&values()).ok_or("it is not there yet")??;
        let value = bowline_base_value::yaml::from_yaml(&file).map_err(|e| e.to_string())?;
        Ok(Made { objects: vec![Object::new(value).map_err(|e| e.to_string())?], ..Made::default() })
    }
}

#[test]
fn a_file_that_is_needed_is_asked_for_and_part_of_what_is_remembered() {
    let tree = MemoryTree::from_files([("Chart.yaml", "name: x")]);
    let source = ApplicationSource { chart: "x".into(), path: "ignored".into(), ..source("") };
    let (memo, features) = (Memo::new(1 << 20), Features::default());
    let engines = Engines { helm: Some(&Needy), ..Engines::default() };
    let render = |outside: &Outside| {
        let request = Request { outside, ..with_source(&source) };
        let made = memo.render(&request, &tree, &features, engines);
        made.map(|r| r.objects[0].name().to_string()).map_err(|e| e.to_string())
    };
    let nothing = Outside::default();
    assert_eq!(render(&nothing).unwrap_err(), "it is not there yet");
    assert_eq!(nothing.needs(), [values()]);
    for name in ["one", "two", "two"] {
        let mut outside = Outside::default();
        outside.insert(values(), Ok(Fetched::File(config(name).into_bytes().into())));
        assert_eq!(render(&outside).unwrap(), name);
    }
    assert_eq!(memo.counts(), (1, 1), "the same file is answered from memory");
    assert_eq!(memo.needs(&with_source(&source), &features), [values()]);
    let mut wrong = Outside::default();
    wrong.insert(values(), Ok(Fetched::Tree(tree.clone())));
    assert_eq!(render(&wrong).unwrap_err(), "https://h/values.yaml is not a file");
}
