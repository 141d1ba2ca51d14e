//! Limits: what a hostile overlay may cost.

use bowline_base_tree::MemoryTree;

use super::*;

/// Fewer than a build has, so that the tests are quick.
const STEPS: u64 = 2_000_000;

/// The number of objects that the files make, or the error.
fn build(files: &[(String, String)]) -> Result<usize, String> {
    let tree = MemoryTree::from_files(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let built = Kustomize::new().build_within(&tree, "top", Options::default(), Work::of(STEPS));
    built.map(|build| build.resources.len()).map_err(|error| error.chain())
}

fn file(path: &str, text: impl Into<String>) -> (String, String) {
    (path.to_string(), text.into())
}

/// The error that the files end in, which must say this.
#[track_caller]
fn refused(files: &[(String, String)], want: &str) {
    let error = build(files).expect_err("because it is too much");
    assert!(error.contains(want), "{error}");
}

const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n";

#[test]
fn kustomizations_lie_so_deep_in_each_other_and_no_deeper() {
    let chain = |levels: usize| -> Vec<(String, String)> {
        let mut files = vec![file("top/kustomization.yaml", "resources: [../l0]\n"), file("last/a.yaml", OBJECT)];
        for level in 0..levels {
            let next = if level + 1 == levels { "../last".to_string() } else { format!("../l{}", level + 1) };
            let path = format!("l{level}");
            files.push(file(&format!("{path}/kustomization.yaml"), format!("resources: [{next}]\n")));
        }
        files.push(file("last/kustomization.yaml", "resources: [a.yaml]\n"));
        files
    };
    assert_eq!(build(&chain(60)), Ok(1));
    refused(&chain(70), "kustomizations lie deeper than 64 levels in each other");
    let cycle = [
        file("top/kustomization.yaml", "resources: [../top/a]\n"),
        file("top/a/kustomization.yaml", "resources: [..]\n"),
    ];
    refused(&cycle, "cycle detected");
}

/// Each level names the one below twice, under names of its own.
fn doubled(levels: usize, last: &str) -> Vec<(String, String)> {
    let mut files = vec![file("top/kustomization.yaml", "resources: [../l0-a]\n")];
    for level in 0..levels {
        let below: Vec<String> = match level + 1 < levels {
            true => ["a", "b"].iter().map(|side| format!("../l{}-{side}", level + 1)).collect(),
            false => vec!["../last".to_string()],
        };
        for side in ["a", "b"] {
            let text = format!("resources: [{}]\nnamePrefix: {side}{level}-\n", below.join(", "));
            files.push(file(&format!("l{level}-{side}/kustomization.yaml"), text));
        }
    }
    files.push(file("last/kustomization.yaml", last));
    files.push(file("last/a.yaml", OBJECT));
    files
}

#[test]
fn bases_that_are_named_twice_multiply_within_bounds() {
    assert_eq!(build(&doubled(8, "resources: [a.yaml]\n")), Ok(128));
    refused(&doubled(40, "resources: []\nnamePrefix: x\n"), "it takes more than 2000000 steps");
    refused(&doubled(40, "resources: [a.yaml]\n"), "the build is too large");
}

#[test]
fn lists_and_aliases_end() {
    let items: String = (0..100_001).map(|i| format!("- {{kind: A, metadata: {{name: n{i}}}}}\n")).collect();
    let list = [
        file("top/kustomization.yaml", "resources: [list.yaml]\n"),
        file("top/list.yaml", format!("apiVersion: v1\nkind: ConfigMapList\nitems:\n{items}")),
    ];
    refused(&list, "a list has more than 100000 items");
    let mut bomb = String::from("x0: &x0 [a, b, c, d, e, f, g, h]\n");
    (1..9).for_each(|i| {
        let list = vec![format!("*x{}", i - 1); 8].join(", ");
        bomb.push_str(&format!("x{i}: &x{i} [{list}]\n"));
    });
    let aliased = |text: &str| {
        [file("top/kustomization.yaml", "resources: [a.yaml]\n"), file("top/a.yaml", format!("{OBJECT}{text}"))]
    };
    refused(&aliased(&bomb), "document contains excessive aliasing");
    // One long text that is named many times.
    let long = format!("long: &long {}\nmany: [{}]\n", "x".repeat(1 << 20), vec!["*long"; 1000].join(", "));
    refused(&aliased(&long), "document contains excessive aliasing");
    let kustomization = format!("resources: [a.yaml]\n{bomb}");
    refused(&[file("top/kustomization.yaml", kustomization), file("top/a.yaml", OBJECT)], "excessive aliasing");
}

#[test]
fn what_transformations_make_grows_within_bounds() {
    let with = |kustomization: String| {
        [file("top/kustomization.yaml", format!("resources: [a.yaml]\n{kustomization}")), file("top/a.yaml", OBJECT)]
    };
    // Each copies the whole of what the ones before made.
    let copies: String = (0..60).map(|i| format!("    - {{op: copy, from: /data, path: /data/c{i}}}\n")).collect();
    let copies = with(format!("patches:\n- target: {{kind: ConfigMap}}\n  patch: |-\n{copies}"));
    refused(&copies, "it takes more than 2000000 steps");
    // The field is its own source, and is put behind itself.
    let replacement = "- source: {kind: ConfigMap, fieldPath: data.k}\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [data.k]\n    options: {delimiter: '-', index: 99999999}\n";
    refused(&with(format!("replacements:\n{}", replacement.repeat(60))), "it takes more than 2000000 steps");
    // Copies of a mapping into itself.
    let replacement = "- source: {kind: ConfigMap, fieldPath: data}\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [data.NAME]\n    options: {create: true}\n";
    let replacements: String = (0..60).map(|i| replacement.replace("NAME", &format!("n{i}"))).collect();
    refused(&with(format!("replacements:\n{replacements}")), "it takes more than 2000000 steps");
    // A long value in many places.
    let uses: String = vec!["$(LONG)"; 8_000].join(" ");
    let vars = [
        file(
            "top/kustomization.yaml",
            "resources: [a.yaml]\nvars:\n- {name: LONG, objref: {apiVersion: v1, kind: ConfigMap, name: a}, fieldref: {fieldpath: data.k}}\n",
        ),
        file(
            "top/a.yaml",
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{k: {}}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{containers: [{{name: c, args: ['{uses}']}}]}}\n",
                "x".repeat(10_000)
            ),
        ),
    ];
    refused(&vars, "vars come to more than 67108864 bytes");
}

#[test]
fn large_objects_are_merged_within_bounds() {
    let files = |keys: usize, elements: usize| {
        let object = |value: &str| {
            let data: String = (0..keys).map(|i| format!("  key{i}: {value}\n")).collect();
            let containers: String = (0..elements).map(|i| format!("  - {{name: c{i}, image: {value}}}\n")).collect();
            format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\ndata:\n{data}spec:\n  containers:\n{containers}")
        };
        [
            file("top/kustomization.yaml", "resources: [a.yaml]\npatches: [{path: patch.yaml}]\n"),
            file("top/a.yaml", object("one")),
            file("top/patch.yaml", object("two")),
        ]
    };
    assert_eq!(build(&files(1000, 200)), Ok(1));
    refused(&files(30_000, 1), "it takes more than 2000000 steps");
    refused(&files(1, 3000), "it takes more than 2000000 steps");
}
