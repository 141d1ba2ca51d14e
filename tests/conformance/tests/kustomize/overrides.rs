//! What an Application says over a kustomization, beside what it stands for: `kustomize edit` on the file, then `kustomize build`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use bowline_core_crd::{ApplicationSourceKustomize, IntOrString, KustomizeReplica};
use bowline_desired_kustomize::{Kustomize, Options, Overrides};
use bowline_tests_conformance::{peer, tree};

use crate::compare::{Printed, difference};

const FILES: [(&str, &str); 6] = [
    (
        "app/objects.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web}}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: a, image: 'nginx:1'}\n      - {name: b, image: 'reg.example.com:5000/team/app:2'}\n      - {name: c, image: 'old@sha256:aaaa'}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n",
    ),
    (
        "parts/x/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {x: part}\n",
    ),
    (
        "parts/y/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {y: part}\n",
    ),
    ("base/kustomization.yaml", "resources: [b.yaml]\n"),
    ("base/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"),
    ("more/kustomization.yaml", "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nnameSuffix: -more\n"),
];

const PLAIN: &str = "resources: [objects.yaml]\n";

fn files(kustomization: &str) -> Vec<(String, String)> {
    let own = ("app/kustomization.yaml", kustomization);
    FILES.iter().chain([&own]).map(|(path, text)| (path.to_string(), text.to_string())).collect()
}

/// Edits with the real tool, one command a line with its words between tabs, and builds.
#[expect(clippy::disallowed_methods, reason = "the real tool is a program that reads files")]
fn edited(kustomize: &Path, files: &[(String, String)], edits: &[Vec<String>]) -> Printed {
    let directory = tempfile::tempdir().map_err(|e| e.to_string())?;
    for (path, content) in files {
        let full = directory.path().join(path);
        std::fs::create_dir_all(full.parent().expect("a file is in a directory")).expect("directories can be made");
        std::fs::write(full, content).expect("files can be written");
    }
    let app = directory.path().join("app");
    let run = |words: &[String]| {
        let output = Command::new(kustomize).args(words).current_dir(&app).output().expect("it runs");
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).expect("it prints text")),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    };
    edits.iter().try_for_each(|words| run(words).map(drop))?;
    run(&["build".to_string(), ".".to_string()])
}

/// The commands that Argo CD runs for these overrides.
fn edits(source: &ApplicationSourceKustomize) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut edit = |words: &[&str], rest: Vec<String>| {
        if !rest.is_empty() {
            let words = ["edit"].iter().chain(words).map(|word| word.to_string());
            all.push(words.chain(rest).collect());
        }
    };
    let given = |text: &str| if text.is_empty() { Vec::new() } else { vec!["--".to_string(), text.to_string()] };
    let pairs = |map: &BTreeMap<String, String>| map.iter().map(|(key, value)| format!("{key}:{value}")).collect();
    edit(&["set", "nameprefix"], given(&source.name_prefix));
    edit(&["set", "namesuffix"], given(&source.name_suffix));
    edit(&["set", "image"], source.images.clone());
    let count = |r: &KustomizeReplica| match &r.count {
        IntOrString::Int(count) => format!("{}={count}", r.name),
        IntOrString::String(count) => format!("{}={count}", r.name),
    };
    edit(&["set", "replicas"], source.replicas.iter().map(count).collect());
    let mut label = vec!["add", "label"];
    label.extend(source.force_common_labels.then_some("--force"));
    label.extend(source.label_without_selector.then_some("--without-selector"));
    label.extend(source.label_include_templates.then_some("--include-templates"));
    edit(&label, pairs(&source.common_labels));
    let mut annotation = vec!["add", "annotation"];
    annotation.extend(source.force_common_annotations.then_some("--force"));
    edit(&annotation, pairs(&source.common_annotations));
    edit(&["set", "namespace"], given(&source.namespace));
    edit(&["add", "component"], source.components.clone());
    all
}

/// Whether both print the same, or both fail.
fn compare(kustomization: &str, source: &ApplicationSourceKustomize, failures: &mut Vec<String>) {
    let Some(kustomize) = peer("kustomize") else { return };
    let files = files(kustomization);
    let real = edited(&kustomize, &files, &edits(source));
    let own = Overrides::new(source, &|text| text.to_string()).and_then(|overrides| {
        let options = Options { overrides: Some(&overrides), ..Options::default() };
        Kustomize::new().build(&tree(&files), "app", options).map(|build| build.to_yaml())
    });
    if let Some(difference) = difference(&real, &own.map_err(|error| error.chain())) {
        failures.push(format!("{kustomization}{source:?}\n{difference}"));
    }
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

type Source = ApplicationSourceKustomize;

#[test]
fn each_field_is_what_the_edit_is() {
    let mut failures = Vec::new();
    let named = format!("{PLAIN}namePrefix: old-\nnameSuffix: -old\nnamespace: old\n");
    for base in [PLAIN, &named, "bases: [../base]\nresources: [objects.yaml]\n", "", "kind: Kustomization\n"] {
        for source in [
            Source { name_prefix: "p-".into(), ..Source::default() },
            Source { name_suffix: "-s".into(), ..Source::default() },
            Source { namespace: "team".into(), ..Source::default() },
            Source { name_prefix: "-p".into(), name_suffix: "--".into(), namespace: "n".into(), ..Source::default() },
        ] {
            compare(base, &source, &mut failures);
        }
    }
    let known = format!(
        "{PLAIN}images:\n- {{name: old, newName: newer, newTag: \"3\"}}\n- {{name: nginx, digest: 'sha256:bbbb'}}\n- {{name: x, newTag: y, tagSuffix: -z}}\n"
    );
    for base in [PLAIN, &known, &format!("{PLAIN}imageTags: [{{name: nginx, newTag: \"7\"}}]\n")] {
        for images in [
            &["nginx:2"][..],
            &["nginx@sha256:cccc"],
            &["nginx=mine"],
            &["nginx=mine:3"],
            &["nginx=mine@sha256:dddd"],
            &["nginx=mine:3@sha256:dddd"],
            &["nginx=reg:5000/mine"],
            &["reg.example.com:5000/team/app:9", "old:1"],
            &["reg.example.com:5000/team/app=reg.example.com:5000/team/other:9"],
            &["old=*:9"],
            &["old=*", "nginx=*:*"],
            &["old=*@*"],
            &["nginx=*@sha256:eeee"],
            &["nginx:1", "nginx:2", "a:b", "nginx=c"],
            &["x:1"],
            &["nothing"],
            &["=x"],
            &["a=b=c:1"],
            &["nginx:"],
            &["nginx@"],
        ] {
            compare(base, &Source { images: texts(images), ..Source::default() }, &mut failures);
        }
    }
    let replicas = |counts: &[(&str, i32)]| -> Vec<KustomizeReplica> {
        counts
            .iter()
            .map(|(name, count)| KustomizeReplica { name: name.to_string(), count: IntOrString::Int(*count) })
            .collect()
    };
    for base in [PLAIN, &format!("{PLAIN}replicas: [{{name: web, count: 2}}, {{name: web, count: 3}}]\n")] {
        for counts in [&[("web", 5)][..], &[("web", 0)], &[("web", 5), ("web", 6)], &[("nothing", 1)]] {
            compare(base, &Source { replicas: replicas(counts), ..Source::default() }, &mut failures);
        }
    }
    assert!(failures.is_empty(), "{} differ\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn labels_and_annotations_are_what_the_edits_are() {
    let mut failures = Vec::new();
    let bases = [
        PLAIN.to_string(),
        format!("{PLAIN}commonLabels: {{l: old}}\ncommonAnnotations: {{l: old}}\n"),
        format!("{PLAIN}labels: [{{pairs: {{l: old}}}}]\n"),
        format!("{PLAIN}labels: [{{pairs: {{m: old}}, includeSelectors: true}}, {{pairs: {{n: old}}}}]\n"),
        format!(
            "{PLAIN}labels: [{{pairs: {{m: old}}, includeTemplates: true}}, {{pairs: {{l: old}}, includeTemplates: true}}]\n"
        ),
        format!("{PLAIN}labels: [{{pairs: {{m: old}}, fields: [{{path: spec/extra, create: true}}]}}]\n"),
    ];
    let pairs = [
        map(&[("l", "new")]),
        map(&[("l", "new"), ("k", "v"), ("example.com/app", "x")]),
        map(&[("l", "")]),
        map(&[("n", "true"), ("i", "5")]),
    ];
    for (i, base) in bases.iter().enumerate() {
        // Each pair on what has nothing and on what has the same; the others are about where labels go.
        for pairs in &pairs[..if i < 2 { pairs.len() } else { 1 }] {
            for bits in 0..8 {
                let source = Source {
                    common_labels: pairs.clone(),
                    force_common_labels: bits & 1 != 0,
                    label_without_selector: bits & 2 != 0,
                    label_include_templates: bits & 4 != 0,
                    ..Source::default()
                };
                compare(base, &source, &mut failures);
            }
            for force in [false, true] {
                let source =
                    Source { common_annotations: pairs.clone(), force_common_annotations: force, ..Source::default() };
                compare(base, &source, &mut failures);
            }
        }
    }
    for value in ["a,b", "a:b", "a=b", "a b", "\"quoted\"", "'q'", "{a}", "é", "-x"] {
        compare(PLAIN, &Source { common_annotations: map(&[("a", value)]), ..Source::default() }, &mut failures);
    }
    for key in ["a/b", "-a", "a b", "A.b_c", "", "x/y/z"] {
        compare(PLAIN, &Source { common_labels: map(&[(key, "v")]), ..Source::default() }, &mut failures);
        compare(PLAIN, &Source { common_annotations: map(&[(key, "v")]), ..Source::default() }, &mut failures);
    }
    for value in ["a,b", "a:b", "a b", "", "-x", "x-", "A.b_c"] {
        compare(PLAIN, &Source { common_labels: map(&[("a", value)]), ..Source::default() }, &mut failures);
    }
    assert!(failures.is_empty(), "{} differ\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn components_are_what_the_edits_are() {
    let mut failures = Vec::new();
    for base in [PLAIN, &format!("{PLAIN}components: [../more, ../parts/x]\n")] {
        for components in [
            &["../parts/x"][..],
            &["../parts/y", "../parts/x", "../parts/y"],
            &["../parts/*"],
            &["../parts/[xy]", "../more"],
            &["../parts/?"],
            &["../parts"],
            &["../missing"],
            &["../missing/*"],
            &["../base"],
            &["./../parts/x"],
            &["../parts/x/"],
        ] {
            compare(base, &Source { components: texts(components), ..Source::default() }, &mut failures);
        }
    }
    let all = Source {
        name_prefix: "p-".into(),
        name_suffix: "-s".into(),
        namespace: "team".into(),
        images: texts(&["nginx=mine:3", "old:5"]),
        replicas: vec![KustomizeReplica { name: "web".into(), count: IntOrString::String("4".into()) }],
        common_labels: map(&[("l", "v")]),
        common_annotations: map(&[("a", "v")]),
        components: texts(&["../parts/x", "../more"]),
        ..Source::default()
    };
    compare(PLAIN, &all, &mut failures);
    compare(
        &format!("{PLAIN}bases: [../base]\nnamePrefix: z-\nconfigMapGenerator: [{{name: g, literals: [a=b]}}]\n"),
        &all,
        &mut failures,
    );
    assert!(failures.is_empty(), "{} differ\n{}", failures.len(), failures.join("\n"));
}
