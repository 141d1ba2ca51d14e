//! Logging in, accounts, projects, repositories, clusters.

use serde_json::json;

use crate::client::Client;

const SERVER: &str = "https://kubernetes.default.svc";

pub fn login(client: &Client<'_>, flags: &[&str]) {
    let (server, password) = (client.server(), client.first_password());
    let login = |password: &str| -> Vec<String> {
        let words = ["login", &server, "--username", "admin", "--password", password];
        words.iter().chain(flags).map(ToString::to_string).collect()
    };
    let words = login("wrong");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert!(client.bad(&words).contains("Invalid username or password"));
    let words = login(&password);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    client.says(&words, &["'admin:login' logged in successfully", "updated"]);
    client.both(&["context"]);
    client.says(&["version"], &["argocd: v3.6.1", "argocd-server: v"]);
    client.says(&["version", "-o", "json"], &["\"server\""]);
    client.says(&["relogin", "--password", &password], &["Relogging in as 'admin:login'", "updated"]);
}

pub fn accounts(client: &Client<'_>) {
    client.lab.apply_control(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm"},
        "data": {"installationID": client.lab.control, "accounts.ci": "apiKey, login"}}));
    client.until(&["account", "list"], |out| out.contains("ci "));
    client.both(&["account", "list"]);
    client.both(&["account", "list", "-o", "name"]);
    client.both(&["account", "get"]);
    client.both(&["account", "get", "--account", "ci", "-o", "yaml"]);
    client.both(&["account", "get-user-info"]);
    client.both(&["account", "get-user-info", "-o", "yaml"]);
    client.both(&["account", "can-i", "sync", "applications", "*/*"]);
    let token = client.good(&["account", "generate-token", "--account", "ci", "--id", "one", "--expires-in", "24h"]);
    client.both(&["account", "can-i", "sync", "applications", "*/*", "--auth-token", token.trim()]);
    assert!(client.bad(&["proj", "delete", "default", "--auth-token", token.trim()]).contains("PermissionDenied"));
    client.good(&["account", "delete-token", "--account", "ci", "one"]);
    assert!(client.bad(&["account", "list", "--auth-token", token.trim()]).contains("Unauthenticated"));
    let old = client.first_password();
    let change = ["account", "update-password", "--account", "ci", "--current-password", &old];
    client.says(&[&change[..], &["--new-password", "password-of-ci"]].concat(), &["Password updated"]);
}

pub fn projects(client: &Client<'_>) {
    let proj = |words: &[&str]| client.good(&[&["proj"], words].concat());
    let source = ["-s", "https://git.example.com/a.git", "-d", "https://kubernetes.default.svc,team-*"];
    proj(&[&["create", "team", "--description", "The team"], &source[..]].concat());
    client.both(&["proj", "list"]);
    client.both(&["proj", "list", "-o", "name"]);
    for words in [
        &["set", "team", "--description", "New words", "--orphaned-resources"][..],
        &["add-source", "team", "https://git.example.com/b.git"],
        &["remove-source", "team", "https://git.example.com/b.git"],
        &["add-source-namespace", "team", "apps"],
        &["remove-source-namespace", "team", "apps"],
        &["add-destination", "team", SERVER, "web"],
        &["remove-destination", "team", "https://kubernetes.default.svc", "team-*"],
        &["add-destination-service-account", "team", SERVER, "web", "deployer"],
        &["remove-destination-service-account", "team", SERVER, "web", "deployer"],
        &["add-orphaned-ignore", "team", "", "ConfigMap", "--name", "x"],
        &["remove-orphaned-ignore", "team", "", "ConfigMap", "--name", "x"],
        &["allow-cluster-resource", "team", "", "Namespace"],
        &["deny-cluster-resource", "team", "", "Namespace"],
        &["deny-namespace-resource", "team", "", "Secret"],
        &["allow-namespace-resource", "team", "", "Secret"],
        &[
            "windows",
            "add",
            "team",
            "-k",
            "deny",
            "--schedule",
            "0 1 * * *",
            "--duration",
            "1h",
            "--applications",
            "a,b",
        ],
        &["windows", "update", "team", "0", "--duration", "2h"],
        &["windows", "enable-manual-sync", "team", "0"],
        &["windows", "disable-manual-sync", "team", "0"],
    ] {
        proj(words);
    }
    client.both(&["proj", "windows", "list", "team"]);
    client.both(&["proj", "windows", "list", "team", "-o", "yaml"]);
    proj(&["windows", "delete", "team", "0"]);
    proj(&["role", "create", "team", "ci", "--description", "what CI may"]);
    proj(&["role", "add-policy", "team", "ci", "-a", "sync", "-o", "*"]);
    proj(&["role", "add-group", "team", "ci", "crew"]);
    client.both(&["proj", "role", "list", "team"]);
    proj(&["role", "create-token", "team", "ci", "--id", "t1"]);
    client.both_end(&["proj", "role", "get", "team", "ci"]); // how long ago the token was made may change in between
    let tokens = client.both(&["proj", "role", "list-tokens", "team", "ci", "--unixtime"]);
    client.both(&["proj", "role", "list-tokens", "team", "ci"]);
    let issued = tokens.lines().nth(1).and_then(|line| line.split_whitespace().nth(1)).unwrap_or_default().to_string();
    proj(&["role", "delete-token", "team", "ci", &issued]);
    proj(&["role", "remove-group", "team", "ci", "crew"]);
    proj(&["role", "remove-policy", "team", "ci", "-a", "sync", "-o", "*"]);
    client.both(&["proj", "get", "team"]);
    client.both_end(&["proj", "get", "team", "-o", "yaml"]); // ours says the kind, so that it can be applied
    client.both(&["proj", "get", "default"]);
    proj(&["role", "delete", "team", "ci"]);
    assert!(client.bad(&["proj", "get", "none"]).contains("code = "));
    proj(&["delete", "team"]);
}

pub fn repositories(client: &Client<'_>) {
    client.lab.repo.commit(&[("README", Some("hello"))]);
    let url = client.lab.repo.url();
    client.says(&["repo", "add", &url, "--name", "here", "--username", "ci", "--password", "hidden"], &["added"]);
    client.both(&["repo", "list"]);
    client.both(&["repo", "list", "-o", "url"]);
    client.both(&["repo", "get", &url]);
    let shown = client.both(&["repo", "get", &url, "-o", "yaml", "--refresh", "hard"]);
    assert!(!shown.contains("hidden"), "{shown}");
    assert!(client.bad(&["repo", "add", &format!("{url}-none")]).contains("rpc error: code = "));
    client.says(&["repo", "rm", &url], &["removed"]);
    let prefix = "https://git.example.com/team";
    client.says(&["repocreds", "add", prefix, "--username", "ci", "--password", "hidden"], &["added"]);
    client.both(&["repocreds", "list"]);
    client.says(&["repocreds", "rm", prefix], &["removed"]);

    let hosts = "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n";
    let hosts = client.file("hosts", hosts);
    client.says(&["cert", "add-ssh", "--batch", "--from", &hosts], &["Successfully created 1"]);
    client.both(&["cert", "list", "--cert-type", "ssh"]);
    let [ca, ..] = client.lab.kube.credentials().unwrap();
    let ca = client.file("ca.pem", &ca);
    client.says(&["cert", "add-tls", "git.example.com", "--from", &ca], &["with 1 unique PEM certificates"]);
    client.both(&["cert", "list"]);
    client.says(&["cert", "rm", "git.example.com"], &["Removed cert"]);
    let key = client.file("key.asc", include_str!("../../../web/admin/src/gpgkey/testdata/signer.asc"));
    client.says(&["gpg", "add", "--from", &key], &["Created 1 key(s)"]);
    let listed = client.both(&["gpg", "list"]);
    let id = listed.lines().nth(1).and_then(|line| line.split_whitespace().next()).unwrap_or_default().to_string();
    client.both(&["gpg", "get", &id]);
    client.says(&["gpg", "rm", &id], &["Deleted key"]);
}

pub fn clusters(client: &Client<'_>) {
    client.both(&["cluster", "list"]);
    client.both(&["cluster", "list", "-o", "server"]);
    client.both(&["cluster", "get", "in-cluster"]);
    client.both(&["cluster", "get", "in-cluster", "-o", "wide"]);
}
