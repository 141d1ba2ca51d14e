//! `bowline helm template` over charts from elsewhere, beside the real helm.

use std::path::Path;
use std::process::Command;

use bowline_tests_kube::peer;
use bowline_tests_registry::{HelmServer, OciRegistry, chart};

use crate::lab::Ran;

const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  version: {{ .Chart.Version }}\n  v: {{ .Values.v | quote }}\n";

fn hello(version: &str) -> Vec<u8> {
    // A packed chart holds what was packed, whatever .helmignore says.
    let files = [("values.yaml", "v: one\n"), ("templates/a.yaml", TEMPLATE), (".helmignore", "templates\n")];
    chart("hello", version, &files)
}

/// Runs `template ARGS` of the program in a home of its own.
fn run(mut command: Command, home: &Path, args: &[&str]) -> Ran {
    command.args(args).current_dir(home).env("HOME", home).env("XDG_CACHE_HOME", home.join("cache"));
    Ran::from(command.output().expect("because the program is there"))
}

/// What both print; they must agree on it, and on whether it is an error.
fn both(home: &Path, args: &[&str]) -> Ran {
    let mut helm = Command::new(peer("helm").expect("because helm is built"));
    helm.arg("template");
    let mut ours = Command::new(env!("CARGO_BIN_EXE_bowline"));
    ours.args(["helm", "template"]);
    let (theirs, ours) = (run(helm, home, args), run(ours, home, args));
    assert_eq!(ours.code, theirs.code, "{args:?}\nhelm: {}\nbowline: {}", theirs.err, ours.err);
    // What it pulled is told by helm in front of the manifests, and by us where it does not mix with them.
    let manifests = theirs.out.find("---\n").map_or("", |at| &theirs.out[at..]);
    assert_eq!(ours.out, manifests, "{args:?}");
    let pulled = theirs.out.lines().take(2).filter(|line| line.starts_with("Pulled: ") || line.starts_with("Digest: "));
    pulled.for_each(|line| assert!(ours.err.contains(line) || args.join(" ").contains('@'), "{line}\n{}", ours.err));
    ours
}

#[test]
fn charts_of_repositories_as_helm_renders_them() {
    let home = tempfile::tempdir().unwrap();
    let (server, private) = (HelmServer::new(), HelmServer::new());
    for version in ["1.0.0", "1.2.0", "2.0.0-rc.1"] {
        server.publish("hello", version, hello(version));
        private.publish("hello", version, hello(version));
    }
    server.put("/values.yaml", "v: remote\n");
    private.require_login("ci", "s3cret");
    let (url, private) = (server.url(), private.url());
    let (archive, values) = (format!("{url}/hello-1.0.0.tgz"), format!("{url}/values.yaml"));
    let private_archive = format!("{private}/hello-1.0.0.tgz");
    for (args, version) in [
        (&["rel", "hello", "--repo", &url][..], "1.2.0"),
        (&["rel", "hello", "--repo", &url, "--version", "1.0.0"], "1.0.0"),
        (&["rel", "hello", "--repo", &url, "--version", "~1.0"], "1.0.0"),
        (&["rel", "hello", "--repo", &url, "--version", "1"], "1.2.0"),
        (&["rel", "hello", "--repo", &url, "--devel"], "2.0.0-rc.1"),
        (&["rel", "hello", "--repo", &private, "--username", "ci", "--password", "s3cret"], "1.2.0"),
        (&["rel", &archive], "1.0.0"),
        (&["rel", &private_archive, "--username", "ci", "--password", "s3cret"], "1.0.0"),
        (&["rel", "hello", "--repo", &url, "-f", &values], "1.2.0"),
    ] {
        let ran = both(home.path(), args);
        assert!(ran.out.contains(&format!("version: {version}\n")), "{args:?}: {} {}", ran.out, ran.err);
        assert_eq!(ran.out.contains("v: \"remote\""), args.contains(&"-f"), "{args:?}");
    }
    for (args, want) in [
        (&["rel", "hello", "--repo", &url, "--version", "9.9.9"][..], "chart \"hello\" version \"9.9.9\" not found in"),
        (&["rel", "nothing", "--repo", &url], "chart 'nothing' not found"),
        (&["rel", "hello", "--repo", &private], "401 Unauthorized"),
        (&["rel", "hello", "--repo", "http://127.0.0.1:1"], "cannot connect"),
        (&["rel", "hello"], "non-absolute URLs should be in form of repo_name/path_to_chart, got: hello"),
        (&["rel", "mine/hello"], "repo mine not found"),
        (&["rel", "./hello"], "path \"./hello\" not found"),
    ] {
        let ran = both(home.path(), args);
        assert!(ran.code == 1 && ran.err.contains(want), "{args:?}: {}", ran.err);
    }
    // What `helm repo add` noted is known.
    let added = Command::new(peer("helm").expect("because helm is built"))
        .args(["repo", "add", "mine", &private, "--username", "ci", "--password", "s3cret"])
        .env("HOME", home.path())
        .env("XDG_CACHE_HOME", home.path().join("cache"))
        .output()
        .unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    assert!(both(home.path(), &["rel", "mine/hello"]).out.contains("version: 1.2.0\n"));
}

#[test]
fn links_of_a_chart_are_followed_wherever_they_lead() {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    for (path, text) in [
        ("chart/Chart.yaml", "apiVersion: v2\nname: hello\nversion: 1.0.0\n"),
        ("chart/values.yaml", "v: one\n"),
        ("shared/a.yaml", TEMPLATE),
        ("shared/more/b.yaml", "kind: B\ntext: {{ .Files.Get \"note.txt\" }}\n"),
        ("note.txt", "beside"),
    ] {
        std::fs::create_dir_all(at(path).parent().unwrap()).unwrap();
        std::fs::write(at(path), text).unwrap();
    }
    std::fs::create_dir_all(at("chart/templates")).unwrap();
    let link = |target: &Path, path: &str| std::os::unix::fs::symlink(target, at(path)).unwrap();
    link(Path::new("../../shared/a.yaml"), "chart/templates/a.yaml");
    link(&at("shared/more"), "chart/templates/more");
    link(&at("note.txt"), "chart/note.txt");
    link(&at("chart"), "linked");
    for chart in ["chart", "./linked", at("linked").to_str().unwrap()] {
        let ran = both(home.path(), &["rel", chart]);
        assert!(ran.out.contains("text: beside") && ran.out.contains("v: \"one\""), "{}", ran.out);
    }
    link(Path::new("nowhere"), "chart/gone.txt");
    assert_ne!(both(home.path(), &["rel", "chart"]).code, 0, "a link that leads nowhere is an error");
}

#[test]
fn charts_of_registries_as_helm_renders_them() {
    let home = tempfile::tempdir().unwrap();
    let registry = OciRegistry::with_login("ci", "s3cret");
    let mut digest = String::new();
    for version in ["1.0.0", "1.2.0+b.1"] {
        digest = registry.push_chart("charts/hello", version, &hello(version));
    }
    let url = format!("oci://{}/charts/hello", registry.host());
    let (tagged, by_digest) = (format!("{url}:1.0.0"), format!("{url}@{digest}"));
    let login = ["--plain-http", "--username", "ci", "--password", "s3cret"];
    for (args, version) in [
        (&["rel", url.as_str()][..], "1.2.0+b.1"),
        (&["rel", &url, "--version", "1.0.0"], "1.0.0"),
        (&["rel", &url, "--version", "<1.1"], "1.0.0"),
        (&["rel", &tagged], "1.0.0"),
        (&["rel", &by_digest], "1.2.0+b.1"),
    ] {
        let ran = both(home.path(), &[args, &login[..]].concat());
        assert!(ran.out.contains(&format!("version: {version}\n")), "{args:?}: {} {}", ran.out, ran.err);
    }
    for (args, want) in [
        (
            &["rel", url.as_str(), "--version", "9.9.9", "--plain-http", "--username", "ci", "--password", "s3cret"][..],
            "404",
        ),
        (
            &["rel", &tagged, "--version", "1.2.0", "--plain-http"],
            "chart reference and version mismatch: 1.2.0 is not 1.0.0",
        ),
        (&["rel", &url, "--plain-http"], "401 Unauthorized"),
    ] {
        let ran = both(home.path(), args);
        assert!(ran.code == 1 && ran.err.contains(want), "{args:?}: {}", ran.err);
    }
}

#[test]
fn charts_and_artifacts_are_rendered_as_the_server_would() {
    let home = tempfile::tempdir().unwrap();
    let (server, registry) = (HelmServer::new(), OciRegistry::open());
    let plain = |version: &str| chart("hello", version, &[("values.yaml", "v: one\n"), ("templates/a.yaml", TEMPLATE)]);
    server.publish("hello", "1.0.0", plain("1.0.0"));
    server.publish("hello", "1.1.0", plain("1.1.0"));
    registry.push_chart("charts/hello", "2.0.0", &plain("2.0.0"));
    let (url, oci) = (server.url(), format!("oci://{}/charts/hello", registry.host()));
    let bare = format!("{}/charts", registry.host());
    for (args, version) in [
        (&["render", url.as_str(), "--helm-chart", "hello", "--revision", "~1.0"][..], "1.0.0"),
        (&["render", &url, "--helm-chart", "hello"], "1.1.0"),
        (&["render", &oci, "--revision", "2.0.0", "--plain-http"], "2.0.0"),
    ] {
        let ran = run(Command::new(env!("CARGO_BIN_EXE_bowline")), home.path(), args);
        assert!(
            ran.code == 0 && ran.out.contains(&format!("version: {version}\n")),
            "{args:?}: {}{}",
            ran.out,
            ran.err
        );
    }
    let ran = run(
        Command::new(env!("CARGO_BIN_EXE_bowline")),
        home.path(),
        &["render", &bare, "--helm-chart", "hello", "--plain-http"],
    );
    assert!(ran.out.contains("version: 2.0.0\n"), "{}{}", ran.out, ran.err);
}
