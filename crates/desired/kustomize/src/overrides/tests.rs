use super::*;
use crate::{Kustomize, Options};
use bowline_base_tree::MemoryTree;
use bowline_core_crd::KustomizeReplica;

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: c, image: nginx:1}\n      - {name: d, image: old:2}\n";

/// What the overlay prints with these overrides, or why not.
fn build(source: &ApplicationSourceKustomize) -> Result<String> {
    built(source).map(|build| build.to_yaml())
}

fn built(source: &ApplicationSourceKustomize) -> Result<crate::Build> {
    let tree = MemoryTree::from_files([
        (
            "app/kustomization.yaml",
            "resources: [d.yaml]\nimages: [{name: old, newName: newer, newTag: \"3\"}]\ncommonAnnotations: {a: b}\n",
        ),
        ("app/d.yaml", DEPLOYMENT),
        (
            "comps/x/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -x\n",
        ),
    ]);
    let overrides = Overrides::new(source, &|text| text.replace("$REV", "abc"))?;
    let options = Options { overrides: Some(&overrides), ..Options::default() };
    Kustomize::new().build(&tree, "app", options)
}

fn check(source: ApplicationSourceKustomize, wanted: &[&str]) {
    let text = build(&source).unwrap();
    for want in wanted {
        assert!(text.contains(want), "{want:?} is not in\n{text}");
    }
}

#[test]
fn names_images_and_replicas() {
    check(
        ApplicationSourceKustomize {
            name_prefix: "p-".into(),
            name_suffix: "-s".into(),
            namespace: "ns".into(),
            images: vec!["nginx:$REV".into(), "old=*:9".into()],
            replicas: vec![KustomizeReplica { name: "web".into(), count: IntOrString::String("4".into()) }],
            ..ApplicationSourceKustomize::default()
        },
        &["name: p-web-s", "namespace: ns", "image: nginx:abc", "image: newer:9", "replicas: 4"],
    );
}

#[test]
fn images_are_listed() {
    let images = |images: &[&str]| {
        let images = images.iter().map(|image| image.to_string()).collect();
        built(&ApplicationSourceKustomize { images, ..Default::default() }).unwrap().images()
    };
    assert_eq!(images(&[]), ["newer:3", "nginx:1"]);
    assert_eq!(images(&["nginx=a:$REV"]), ["a:abc", "newer:3"]);
}

#[test]
fn labels_annotations_patches_and_components() {
    let texts = |key: &str| BTreeMap::from([(key.to_string(), "$REV".to_string())]);
    check(
        ApplicationSourceKustomize {
            common_labels: texts("l"),
            label_without_selector: true,
            label_include_templates: true,
            common_annotations: texts("a"),
            force_common_annotations: true,
            patches: vec![KustomizePatch {
                patch: "- {op: add, path: /spec/paused, value: true}".into(),
                target: Some(Default::default()),
                ..KustomizePatch::default()
            }],
            components: vec!["../comps/x".into(), "../missing".into()],
            ignore_missing_components: true,
            ..ApplicationSourceKustomize::default()
        },
        &["l: abc", "a: $REV", "paused: true", "name: web-x"],
    );
}

#[test]
fn what_stands_there_is_only_replaced_by_force() {
    let annotations = BTreeMap::from([("a".to_string(), "c".to_string())]);
    let source = ApplicationSourceKustomize { common_annotations: annotations, ..Default::default() };
    assert!(build(&source).unwrap_err().chain().contains("annotation a already in kustomization file"));
    for source in [
        ApplicationSourceKustomize { components: vec!["../missing".into()], ..Default::default() },
        ApplicationSourceKustomize { images: vec!["nothing".into()], ..Default::default() },
    ] {
        assert!(build(&source).is_err());
    }
}
