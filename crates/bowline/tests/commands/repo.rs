//! `bowline repo`.

use bowline_tests_registry::HelmServer;
use serde_json::{Value, json};

use crate::lab::Lab;

const URL: &str = "https://git.example.com/shop.git";

#[test]
fn added_listed_and_removed_without_showing_secrets() {
    let lab = Lab::new("repo");
    let password = lab.file("password", "hunter2\n");
    let password = password.to_str().unwrap();
    let said = lab.good(&["repo", "add", URL, "--username", "ci", "--password-file", password, "--name", "shop"]);
    assert_eq!(said, "Repository 'https://git.example.com/shop.git' added\n");
    let secret = lab.secret("repository");
    let name = secret["metadata"]["name"].as_str().unwrap();
    assert!(name.starts_with("repo-"), "{name}");
    assert_eq!(secret["metadata"]["annotations"]["managed-by"], "argocd.argoproj.io");
    assert_eq!(lab.secret_text(name, "password"), "hunter2");

    let text = lab.good(&["repo", "list"]);
    assert!(
        text.lines().nth(1).unwrap_or_default().starts_with("git   shop  https://git.example.com/shop.git  false"),
        "{text}"
    );
    let listed = lab.good(&["repo", "list", "-o", "json"]);
    assert!(!listed.contains("hunter2"), "{listed}");
    assert_eq!(lab.good(&["repo", "list", "-o", "url"]), format!("{URL}\n"));

    let said = lab.bad(20, &["repo", "add", "https://GIT.example.com/shop", "--username", "x", "--password", "y"]);
    assert!(said.contains("is there already"), "{said}");
    lab.good(&["repo", "add", URL, "--username", "ci", "--password", "new", "--upsert"]);
    assert_eq!(lab.secret_text(name, "password"), "new");

    assert_eq!(lab.good(&["repo", "rm", URL]), format!("Repository '{URL}' removed\n"));
    assert_eq!(lab.object("secret", name), Value::Null);
    assert!(lab.bad(20, &["repo", "rm", URL]).contains("there is no repository"));
}

#[test]
fn a_secret_that_a_person_made_only_loses_its_label() {
    let lab = Lab::new("repo-own");
    let manifest = json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "mine", "labels": {"argocd.argoproj.io/secret-type": "repository"}},
        "stringData": {"url": URL, "password": "hunter2"},
    });
    let file = lab.file("secret.json", &manifest.to_string());
    lab.kubectl(&["-n", &lab.control, "apply", "-f", file.to_str().unwrap()]);
    lab.good(&["repo", "rm", URL]);
    assert_eq!(lab.secret_text("mine", "password"), "hunter2");
    assert_eq!(lab.good(&["repo", "list", "-o", "url"]), "");
}

#[test]
fn helm_repositories_are_asked_before_they_are_taken() {
    let lab = Lab::new("repo-helm");
    let server = HelmServer::new();
    server.publish("hello", "1.0.0", Vec::new());
    server.require_login("ci", "s3cret");
    let url = server.url();
    for (args, want) in [
        (&["repo", "add", &url, "--type", "helm"][..], "it wants credentials"),
        (&["repo", "add", &url, "--type", "helm", "--username", "ci", "--password", "wr0ng"], "are not accepted"),
        (&["repo", "add", "http://127.0.0.1:1", "--type", "helm"], "cannot connect to http://127.0.0.1:1"),
        (&["repo", "add", &url, "--type", "helm", "--enable-oci"], "should include hostname and port only"),
        (&["repo", "add", &url, "--type", "charts"], "none of git, helm, oci"),
    ] {
        let said = lab.bad(20, args);
        assert!(said.contains(want) && !said.contains("wr0ng"), "{args:?}: {said}");
    }
    assert_eq!(lab.good(&["repo", "list", "-o", "url"]), "", "nothing was stored");
    lab.good(&["repo", "add", &url, "--type", "helm", "--username", "ci", "--password", "s3cret"]);
    let listed = lab.good(&["repo", "list"]);
    assert!(listed.contains("helm") && listed.contains("Successful"), "{listed}");
    server.set_down(true);
    assert!(lab.good(&["repo", "list"]).contains("answered 503"));
}
