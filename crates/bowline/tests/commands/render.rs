//! `bowline render`: no cluster is asked.

use crate::lab::Lab;

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: \"1\"\n";

#[test]
fn folders_and_commits_render_alike() {
    let lab = Lab::new("render");
    lab.file("repo/deploy/config.yaml", CONFIG);
    lab.file("repo/deploy/space.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n");
    let commit = lab.commit("repo");
    let changed = lab.file("repo/deploy/config.yaml", &CONFIG.replace("\"1\"", "\"2\""));
    let folder = changed.parent().unwrap().to_str().unwrap().to_string();
    let url = lab.url("repo");

    let here = lab.good(&["render", &folder]);
    assert!(here.contains("a: \"2\"\n") && here.starts_with("---\napiVersion: v1\n"), "{here}");
    for revision in ["main", &commit, &commit[..7]] {
        let then = lab.good(&["render", &url, "--path", "deploy", "--revision", revision]);
        assert_eq!(then, here.replace("\"2\"", "\"1\""), "{revision}");
    }
    assert_eq!(lab.good(&["render", &folder, "-o", "name"]), "configmap/settings\nnamespace/shop\n");

    let owned = lab.good(&["render", &folder, "--name", "app", "--dest-namespace", "shop"]);
    assert!(owned.contains("argocd.argoproj.io/tracking-id: app:/ConfigMap:shop/settings\n"), "{owned}");
    assert!(owned.contains("  namespace: shop\n"), "{owned}");
    assert_eq!(owned.matches("namespace: shop").count(), 1, "a Namespace lives in none: {owned}");
}

#[test]
fn what_cannot_be_rendered_is_told() {
    let lab = Lab::new("render-bad");
    let bad = lab.file("bad/config.yaml", "apiVersion: v1\nkind: [\nmetadata:\n");
    let folder = bad.parent().unwrap().to_str().unwrap();
    lab.file("repo/a.yaml", CONFIG);
    lab.commit("repo");
    let url = lab.url("repo");
    for (args, want) in [
        (&["render", folder][..], "config.yaml"),
        (&["render", "/nowhere/at/all"], "No such file"),
        (&["render", &url, "--revision", "none"], "none"),
        (&["render", &url, "--path", "none"], "none"),
        (&["render", folder, "--revision", "v1"], "--revision is for a repository's URL"),
    ] {
        let said = lab.bad(20, args);
        assert!(said.starts_with("error: ") && said.contains(want), "{args:?}: {said}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let lab = Lab::new("render-pipe");
    let many: String = (0..2000).map(|i| format!("---\n{}", CONFIG.replace("settings", &format!("s{i}")))).collect();
    let folder = lab.file("many/config.yaml", &many).parent().unwrap().to_path_buf();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_bowline"))
        .arg("render")
        .arg(folder)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(141), ""));
}

#[test]
fn helm_and_kustomize_are_stood_in_for() {
    let lab = Lab::new("tools");
    lab.file("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
    lab.file("chart/values.yaml", "name: settings\n");
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n  namespace: {{ .Release.Namespace }}\n";
    let template = lab.file("chart/templates/config.yaml", template);
    let chart = template.ancestors().nth(2).unwrap().to_str().unwrap();
    let want = "---\n# Source: shop/templates/config.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n  namespace: prod\n";
    assert_eq!(lab.good(&["helm", "template", "rel", chart, "-n", "prod", "--set", "name=other"]), want);
    let said = lab.bad(1, &["helm", "template", "/nowhere"]);
    assert!(said.starts_with("Error: ") && said.contains("/nowhere"), "{said}");
    assert!(lab.good(&["render", chart]).contains("name: settings\n"));

    lab.file("base/config.yaml", CONFIG);
    lab.file("base/kustomization.yaml", "resources: [config.yaml]\n");
    let overlay = lab.file("overlay/kustomization.yaml", "namePrefix: prod-\nresources: [../base]\n");
    lab.commit("");
    let overlay = overlay.parent().unwrap().to_str().unwrap();
    let want = "apiVersion: v1\ndata:\n  a: \"1\"\nkind: ConfigMap\nmetadata:\n  name: prod-settings\n";
    assert_eq!(lab.good(&["kustomize", "build", overlay]), want);
    assert_eq!(lab.good(&["render", overlay]), format!("---\n{want}\n"));
    let said = lab.bad(1, &["kustomize", "build", overlay, "--no-such-flag"]);
    assert!(said.starts_with("Error: ") && said.contains("no-such-flag"), "{said}");
    assert!(lab.good(&["kustomize", "build", "--help"]).contains("--load-restrictor"));
}
