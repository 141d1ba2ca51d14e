//! How long builds take, beside the real `kustomize` where it is built; one JSON line for each figure.

#![expect(clippy::disallowed_methods, reason = "a bench measures time, and runs the real tool on files")]
#![expect(clippy::print_stdout, reason = "the figures are read from standard output")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use bowline_base_tree::Tree;
use bowline_desired_kustomize::{Kustomize, Options};
use bowline_tests_conformance::{peer, tree};

type Files = Vec<(String, String)>;

fn deployment(name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  replicas: 1\n  selector:\n    matchLabels:\n      app: {name}\n  template:\n    metadata:\n      labels:\n        app: {name}\n    spec:\n      serviceAccountName: web\n      containers:\n      - name: main\n        image: registry.example.com/{name}:1.0\n        ports:\n        - containerPort: 8080\n        envFrom:\n        - configMapRef:\n            name: settings\n        env:\n        - name: PASSWORD\n          valueFrom:\n            secretKeyRef:\n              name: secret\n              key: password\n        resources:\n          requests:\n            cpu: 100m\n            memory: 128Mi\n"
    )
}

fn file(path: &str, content: impl Into<String>) -> (String, String) {
    (path.to_string(), content.into())
}

/// A base of five objects and an overlay with the fields that most have.
fn overlay(name: &str) -> Files {
    let others = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n";
    vec![
        file("base/deployment.yaml", deployment("web")),
        file("base/others.yaml", others),
        file(
            "base/kustomization.yaml",
            "resources: [deployment.yaml, others.yaml]\nconfigMapGenerator:\n- name: settings\n  literals: [LEVEL=info]\nsecretGenerator:\n- name: secret\n  literals: [password=p]\n",
        ),
        file(
            "top/kustomization.yaml",
            format!(
                "resources: [../base]\nnamespace: {name}\nnamePrefix: {name}-\nlabels:\n- pairs: {{team: a}}\n  includeSelectors: true\nimages:\n- name: registry.example.com/web\n  newTag: \"2.0\"\npatches:\n- path: patch.yaml\n"
            ),
        ),
        file(
            "top/patch.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n      - name: main\n        env:\n        - name: NAME\n          value: x\n",
        ),
    ]
}

/// Ten deployments, three levels, fifty patches.
fn patches() -> Files {
    let mut files = Vec::new();
    let names: Vec<String> = (0..10).map(|i| format!("app{i}")).collect();
    for name in &names {
        files.push(file(&format!("base/{name}.yaml"), deployment(name)));
    }
    let list: Vec<String> = names.iter().map(|name| format!("{name}.yaml")).collect();
    files.push(file("base/kustomization.yaml", format!("resources: [{}]\n", list.join(", "))));
    for (level, below, count) in [("middle", "base", 25), ("top", "middle", 25)] {
        let mut text = format!("resources: [../{below}]\nnameSuffix: -{level}\npatches:\n");
        for i in 0..count {
            let name = &names[i % names.len()];
            let patch = format!(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  template:\n    spec:\n      containers:\n      - name: main\n        env:\n        - name: V{i}\n          value: \"{i}\"\n"
            );
            files.push(file(&format!("{level}/p{i}.yaml"), patch));
            text.push_str(&format!("- path: p{i}.yaml\n"));
        }
        files.push(file(&format!("{level}/kustomization.yaml"), text));
    }
    files
}

/// CRDs of two megabytes.
fn crds() -> Files {
    let mut text = String::new();
    for i in 0..20 {
        text.push_str(&format!(
            "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: kind{i}s.example.com\nspec:\n  group: example.com\n  names: {{kind: Kind{i}, plural: kind{i}s}}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n"
        ));
        for j in 0..640 {
            text.push_str(&format!(
                "          field{j}:\n            description: A field with a description as long as they are in such files, number {j}.\n            type: string\n            maxLength: 64\n"
            ));
        }
    }
    vec![
        file("top/crds.yaml", text),
        file("top/kustomization.yaml", "resources: [crds.yaml]\nlabels:\n- pairs: {a: b}\n"),
    ]
}

/// The mean of many runs, in microseconds.
fn mean(mut run: impl FnMut()) -> f64 {
    run();
    let (begin, mut times) = (Instant::now(), 0u32);
    while begin.elapsed().as_millis() < 400 || times < 5 {
        run();
        times += 1;
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

fn build(engine: &Kustomize, tree: &Tree) -> usize {
    engine.build(tree, "top", Options::default()).expect("because the bench's own files build").resources.len()
}

fn peer_micros(kustomize: &Path, files: &Files) -> f64 {
    let directory = tempfile::tempdir().expect("because there is room");
    for (path, content) in files {
        let full = directory.path().join(path);
        std::fs::create_dir_all(full.parent().expect("because a file is in a directory"))
            .expect("because there is room");
        std::fs::write(full, content).expect("because there is room");
    }
    mean(|| {
        let output = Command::new(kustomize).arg("build").arg(directory.path().join("top")).output();
        black_box(output.expect("because the peer runs"));
    })
}

fn main() {
    let kustomize = peer("kustomize");
    for (name, files, first, again) in [
        ("an overlay of 5 objects", overlay("one"), None, Some(400)),
        ("a tree with 50 patches", patches(), None, None),
        ("2 MB of CRDs", crds(), Some(120_000), Some(5000)),
    ] {
        let source = tree(&files);
        let engine = Kustomize::new();
        let cold = mean(|| {
            black_box(build(&Kustomize::new(), &source));
        });
        let warm = mean(|| {
            black_box(build(&engine, &source));
        });
        let printed = mean(|| {
            black_box(engine.build(&source, "top", Options::default()).map(|build| build.to_yaml()).ok());
        });
        // The peer's is a whole process that reads files and prints: beside what is read first and printed.
        let peer = kustomize.as_deref().map(|kustomize| peer_micros(kustomize, &files));
        line(&format!("kustomize: {name}, first build"), cold, "µs", first, "less", peer);
        line(&format!("kustomize: {name}, built again"), warm, "µs", again, "less", None);
        line(&format!("kustomize: {name}, built again and printed"), printed, "µs", None, "less", None);
    }
    let trees: Vec<Tree> = (0..1000).map(|i| tree(&overlay(&format!("n{i}")))).collect();
    let engine = Kustomize::new();
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for half in trees.chunks(trees.len() / 2) {
            let engine = &engine;
            scope.spawn(move || {
                half.iter().for_each(|tree| {
                    black_box(build(engine, tree));
                })
            });
        }
    });
    let rate = trees.len() as f64 / begin.elapsed().as_secs_f64();
    line("kustomize: 1,000 distinct overlays on two threads", rate, "builds/s", Some(4000), "more", None);
}

fn line(name: &str, value: f64, unit: &str, target: Option<u32>, better: &str, peer: Option<f64>) {
    let target = target.map_or("null".to_string(), |target| target.to_string());
    let peer = peer.map(|peer| format!(r#","peer":{peer:.0}"#)).unwrap_or_default();
    println!(r#"{{"bench":"{name}","value":{value:.0},"unit":"{unit}","target":{target},"better":"{better}"{peer}}}"#);
}
