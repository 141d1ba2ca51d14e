//! Bases in other repositories.

use std::process::Command;

use bowline_tests_registry::HelmServer;

use crate::Lab;

const REMOTE: &str = "\
-- repo/base/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {at: \"1\"}
-- repo/base/kustomization.yaml --
resources: [a.yaml]
-- repo/overlays/prod/kustomization.yaml --
resources: [../../base]
namePrefix: prod-
-- repo/part/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
commonLabels: {from: part}
-- repo/kustomization.yaml --
resources: [base]
nameSuffix: -root
";

/// A lab with a repository of two commits, the first one tagged `v1` and on the branch `old/line`.
fn lab() -> Option<Lab> {
    let lab = Lab::new(REMOTE)?;
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
        let output = Command::new("git")
            .args(identity)
            .args(args)
            .current_dir(lab.path("repo"))
            .env("HOME", lab.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("because git is there");
        assert!(output.status.success(), "git {args:?}: {output:?}");
    };
    std::fs::create_dir_all(lab.path("home")).expect("because it can be made");
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    git(&["tag", "v1"]);
    git(&["branch", "old/line"]);
    lab.write("-- repo/base/a.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {at: \"2\"}\n");
    git(&["commit", "-qam", "two"]);
    Some(lab)
}

/// `file:///…/repo` with what follows.
fn url(lab: &Lab, rest: &str) -> String {
    format!("file://{}{rest}", lab.path("repo").display())
}

#[test]
fn urls_are_built_as_they_stand() {
    let Some(lab) = lab() else { return };
    for (rest, succeeds) in [
        ("", true),
        ("//base", true),
        ("//overlays/prod", true),
        ("//overlays/prod?ref=v1", true),
        ("//base?ref=old/line", true),
        ("//base?ref=old%2Fline&timeout=90s&submodules=false", true),
        ("//base?version=v1", true),
        ("?ref=main", true),
        ("//base?ref=nothing", false),
        ("//nothing", false),
        ("//part", true),
    ] {
        let url = url(&lab, rest);
        lab.same_result(&[&url], succeeds);
    }
    let gone = format!("file://{}//base", lab.path("gone").display());
    lab.same_result(&[&gone], false);
}

#[test]
fn remote_bases_components_and_files() {
    let Some(lab) = lab() else { return };
    let check = |kustomization: String, succeeds: bool| {
        lab.write(&format!("-- app/kustomization.yaml --\n{kustomization}"));
        lab.same_result(&["app"], succeeds);
    };
    let (base, prod) = (url(&lab, "//base?ref=v1"), url(&lab, "//overlays/prod"));
    check(format!("resources: ['{prod}']\nnamespace: team\n"), true);
    check(format!("resources: ['{prod}', '{base}']\nbuildMetadata: [originAnnotations]\n"), true);
    check(format!("resources: ['{base}']\ncomponents: ['{}']\n", url(&lab, "//part")), true);
    check(format!("resources: ['git::{base}']\n"), true);
    check(format!("resources: ['{base}', '{prod}', '{base}']\n"), false);
    check(format!("resources: ['{}']\n", url(&lab, "//part")), false);
    // A remote kustomization that names a further one.
    let more = "-- repo/more/kustomization.yaml --\n";
    lab.write(&format!("{more}resources: ['{prod}']\nnameSuffix: -more\n"));
    let commit = |message: &str| {
        let words = ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", message];
        for words in [&["add", "."][..], &words] {
            let git = Command::new("git").args(words).current_dir(lab.path("repo")).status();
            assert!(git.expect("because git is there").success());
        }
    };
    commit("more");
    check(format!("resources: ['{}']\n", url(&lab, "//more")), true);
    // One that names itself.
    lab.write(&format!("{more}resources: ['{}']\n", url(&lab, "//more")));
    commit("cycle");
    check(format!("resources: ['{}']\n", url(&lab, "//more")), false);
}

#[test]
fn files_behind_addresses() {
    let Some(lab) = Lab::new("-- app/own.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n") else {
        return;
    };
    let server = HelmServer::new();
    let web = server.url();
    let object = |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{k: v}}\n");
    server.put("/a.yaml", object("a"));
    server.put("/two.yaml", format!("{}---\n{}", object("b"), object("c")));
    server.put("/patch.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: patched}\n");
    server.put("/json.yaml", "- {op: add, path: /data/j, value: json}\n");
    server.put("/text.txt", "any text");
    server.put("/settings.env", "A=1\nB=2\n");
    server.put("/page.html", "<!DOCTYPE html>\n<html><body>a: b: c</body></html>\n");
    server.put("/labels.yaml", "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {x: z}\nfieldSpecs: [{path: metadata/labels, create: true}]\n");
    server.put("/replacement.yaml", "source: {kind: ConfigMap, name: a, fieldPath: data.k}\ntargets: [{select: {name: own}, fieldPaths: [data.from], options: {create: true}}]\n");
    server.put("/names.yaml", "namePrefix: [{path: metadata/labels/name}]\n");
    server.put("/kustomization.yaml", "resources: [a.yaml]\n");
    server.redirect("/moved.yaml", &format!("{web}/a.yaml"));
    let check = |kustomization: &str, succeeds: bool| {
        let text = kustomization.replace("WEB", &web);
        lab.write(&format!("-- app/kustomization.yaml --\n{text}\n"));
        lab.same_result(&["app"], succeeds);
    };
    check("resources: [WEB/a.yaml, own.yaml, WEB/two.yaml]\nnamePrefix: p-", true);
    check("resources: [WEB/a.yaml]\nbuildMetadata: [originAnnotations, transformerAnnotations]\nnamespace: team", true);
    check("resources: [WEB/moved.yaml]", true);
    check("resources: ['WEB/a.yaml?x=y']", true);
    check("resources: [own.yaml, WEB/a.yaml, WEB/a.yaml]", false);
    check("resources: [WEB/a.yaml]\npatches: [{path: WEB/patch.yaml}, {path: WEB/json.yaml, target: {name: a}}]", true);
    check("resources: [WEB/a.yaml]\npatchesStrategicMerge: [WEB/patch.yaml]", true);
    check("configMapGenerator: [{name: g, files: [WEB/text.txt, k=WEB/a.yaml], envs: [WEB/settings.env]}]", true);
    check(
        "resources: [WEB/a.yaml, own.yaml]\ntransformers: [WEB/labels.yaml]\nreplacements: [{path: WEB/replacement.yaml}]",
        true,
    );
    check("resources: [WEB/a.yaml]\nconfigurations: [WEB/names.yaml]\nnamePrefix: p-", true);
    check("resources: [WEB/gone.yaml]", false);
    check("resources: [WEB/page.html]", false);
    check("resources: [WEB/text.txt]", false);
    check("resources: [WEB/kustomization.yaml]", false);
    check("components: [WEB/a.yaml]", false);
    check("resources: [own.yaml]\npatches: [{path: WEB/gone.yaml}]", false);
    check("configMapGenerator: [{name: g, files: [WEB/gone.txt]}]", false);
}
