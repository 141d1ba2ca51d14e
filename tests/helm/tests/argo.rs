//! `spec.source.helm`, field by field, beside the flags of `helm template` that each stands for: the same objects in the same order,
//! or both an error.

use std::collections::BTreeMap;
use std::path::Path;

use bowline_base_value::{Value, to_json, yaml};
use bowline_desired_helm::argo::{Options, Parameter, Surroundings, render};
use bowline_desired_helm::{Helm, load};
use bowline_tests_helm::{Repeating, helm_template, peer, tree};

/// The objects of what helm prints, as Argo CD reads them: documents of nothing are none, lists stand for their items.
fn objects(text: &str) -> Result<Vec<Value>, String> {
    let documents = yaml::documents(text.as_bytes()).map_err(|error| error.to_string())?;
    let mut objects = Vec::new();
    for document in documents {
        match document.get("items").and_then(Value::as_array) {
            Some(items) => objects.extend(items.iter().cloned()),
            None if document.as_object().is_some_and(|map| !map.is_empty()) => objects.push(document),
            None => {}
        }
    }
    Ok(objects)
}

/// The flags that Argo CD gives; inline values are in `inline.yaml`.
fn flags(options: &Options) -> Vec<String> {
    let mut flags: Vec<String> = vec![".".to_string()];
    let mut flag = |name: &str, value: &str| flags.extend([name.to_string(), value.to_string()]);
    let name = if options.release_name.is_empty() { &options.app_name } else { &options.release_name };
    flag("--name-template", name);
    flag("--namespace", &options.namespace);
    if !options.kube_version.is_empty() {
        flag("--kube-version", &options.kube_version);
    }
    for parameter in &options.parameters {
        let set = if parameter.force_string { "--set-string" } else { "--set" };
        let value = match parameter.value.starts_with('{') {
            true => parameter.value.clone(),
            false => parameter.value.replace("\\,", ",").replace(',', "\\,"),
        };
        flag(set, &format!("{}={value}", parameter.name));
    }
    options.file_parameters.iter().for_each(|(name, path)| flag("--set-file", &format!("{name}={path}")));
    options.value_files.iter().for_each(|file| flag("--values", file));
    if options.values_object.is_some() || !options.values.is_empty() {
        flag("--values", "inline.yaml");
    }
    options.api_versions.iter().for_each(|version| flag("--api-versions", version));
    let switches = [
        (!options.skip_crds, "--include-crds"),
        (options.skip_schema_validation, "--skip-schema-validation"),
        (options.skip_tests, "--skip-tests"),
    ];
    flags.extend(switches.iter().filter(|(on, _)| *on).map(|(_, name)| name.to_string()));
    flags
}

/// The difference between both, where there is one.
#[expect(clippy::disallowed_methods, reason = "tests write files")]
fn difference(chart: &str, options: &Options) -> Option<String> {
    let directory = tempfile::tempdir().expect("because the disk has room");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts").join(chart);
    copy(&own, directory.path());
    let inline = match &options.values_object {
        Some(object) => to_json(object, false),
        None => options.values.clone(),
    };
    std::fs::write(directory.path().join("inline.yaml"), inline).expect("because the disk has room");
    // helm prints definitions as they are; to Argo CD they must be objects.
    for (file, text) in [(
        "crds/crd.yaml",
        "kind: CustomResourceDefinition\nmetadata: {name: a}\n---\nkind: B\nitems: [{kind: C}, {kind: D}]\n",
    )] {
        if directory.path().join(file).exists() {
            std::fs::write(directory.path().join(file), text).expect("because the disk has room");
        }
    }
    let files = tree(directory.path());
    let flags = flags(options);
    let args: Vec<&str> = flags.iter().map(String::as_str).collect();
    let want = helm_template(&peer("helm"), directory.path(), &args).and_then(|text| objects(&text));
    let around = Surroundings {
        tree: &files,
        path: "",
        refs: &BTreeMap::new(),
        substitute: &|text| text.to_string(),
        fetch: &|url| Err(format!("{url}: not here")),
    };
    let loaded = load(&files, "").expect("because the test's charts load");
    let got = render(&Helm::new(), &loaded, options, &around, &mut Repeating(1));
    match (want, got) {
        (Ok(want), Ok(got)) if want == got => None,
        (Ok(want), Ok(got)) => {
            let at = want.iter().zip(&got).position(|(a, b)| a != b).unwrap_or(want.len().min(got.len()));
            let show = |all: &[Value]| all.get(at).map(|object| to_json(object, false)).unwrap_or_default();
            Some(format!(
                "{flags:?}\n  object {at} of {} and {}\n  want {}\n  got  {}",
                want.len(),
                got.len(),
                show(&want),
                show(&got)
            ))
        }
        (Err(_), Err(_)) => None,
        (want, got) => Some(format!(
            "{flags:?}\n  want {:?}\n  got  {:?}",
            want.map(|w| w.len()),
            got.map(|g| g.len()).map_err(|e| e.to_string())
        )),
    }
}

#[expect(clippy::disallowed_methods, reason = "tests write files")]
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("because the disk has room");
    for entry in std::fs::read_dir(from).expect("because it is there").flatten() {
        let into = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &into),
            false => drop(std::fs::copy(entry.path(), into).expect("because the disk has room")),
        }
    }
}

fn options() -> Options {
    Options { app_name: "app".to_string(), namespace: "target".to_string(), ..Options::default() }
}

fn parameters(all: &[(&str, &str, bool)]) -> Options {
    let parameter = |(name, value, force): &(&str, &str, bool)| Parameter {
        name: name.to_string(),
        value: value.to_string(),
        force_string: *force,
    };
    Options { parameters: all.iter().map(parameter).collect(), ..options() }
}

#[test]
fn each_field_is_what_its_flag_is() {
    let texts = |all: &[&str]| -> Vec<String> { all.iter().map(|text| text.to_string()).collect() };
    let cases = [
        options(),
        Options { release_name: "other".into(), ..options() },
        Options { release_name: "made-{{ add 1 2 }}".into(), ..options() },
        Options { release_name: "Not_A_Name".into(), ..options() },
        Options { namespace: "elsewhere".into(), ..options() },
        Options { value_files: texts(&["other.yaml"]), ..options() },
        Options { value_files: texts(&["values.yaml", "other.yaml"]), ..options() },
        Options { value_files: texts(&["none.yaml"]), ..options() },
        Options { values: "top: {keep: null, over: inline}\none: {text: inline, port: 9}\n".into(), ..options() },
        Options { values: "tags: {back: false}\nalias: {n: 1.0, big: 12345678901}\n".into(), ..options() },
        Options { values: "- a list\n".into(), ..options() },
        Options { values: "a: [\n".into(), ..options() },
        Options {
            values: "one: {text: beaten}\n".into(),
            values_object: Some(
                yaml::from_yaml("one: {text: object, n: 5, f: 1.5, nothing: null}").expect("because it is YAML"),
            ),
            ..options()
        },
        Options { value_files: texts(&["other.yaml"]), values: "global: {level: inline}\n".into(), ..options() },
        parameters(&[("one.text", "set", false), ("one.port", "80", false), ("two.port", "80", true)]),
        parameters(&[("one.list", "{a,b,c}", false), ("one.text", "a,b,c", false), ("two.text", "a\\,b", false)]),
        parameters(&[("one.list[0].a", "1", false), ("one.list[1].b", "true", false), ("global.level", "null", false)]),
        parameters(&[("one.a\\.b", "dotted", false), ("top.over", "", false), ("top.nothing", "x=y", false)]),
        parameters(&[("one.text", "first", false), ("one.text", "second", true)]),
        parameters(&[("one", "5", false)]),
        parameters(&[("one.list[x]", "5", false)]),
        parameters(&[("two.enabled", "true", false), ("one.enabled", "false", false)]),
        parameters(&[("two.enabled", "true", true)]),
        Options { file_parameters: vec![("one.text".into(), "conf/a.conf".into())], ..options() },
        Options { file_parameters: vec![("one.text".into(), "none.conf".into())], ..options() },
        Options { kube_version: "1.29.3".into(), ..options() },
        Options { kube_version: "v1.10.0".into(), ..options() },
        Options { kube_version: "none".into(), ..options() },
        Options { api_versions: texts(&["a/v1", "b/v1/K"]), ..options() },
        Options { skip_crds: true, ..options() },
        Options { skip_tests: true, ..options() },
        Options {
            skip_crds: true,
            skip_tests: true,
            value_files: texts(&["other.yaml"]),
            ..parameters(&[("one.text", "all", true)])
        },
    ];
    let strict = [
        options(),
        parameters(&[("port", "0", false)]),
        Options { skip_schema_validation: true, ..parameters(&[("port", "0", false)]) },
        parameters(&[("port", "80", true)]),
        Options { values: "list: [1, 1]\n".into(), ..options() },
    ];
    let all = cases.iter().map(|options| ("family", options)).chain(strict.iter().map(|options| ("strict", options)));
    let different: Vec<String> = all.filter_map(|(chart, options)| difference(chart, options)).collect();
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}
