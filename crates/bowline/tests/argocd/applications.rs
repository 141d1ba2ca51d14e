//! An application from its creation to its end, and a set of them.

use serde_json::Value;

use crate::client::Client;
use crate::lab::config_map;

const SERVER: &str = "https://kubernetes.default.svc";

pub fn one(client: &Client<'_>) {
    let lab = client.lab;
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "first")))]);
    let url = lab.repo.url();
    let source = ["--repo", &url, "--path", "app", "--revision", "main", "--label", "team=web"];
    let target = ["--dest-server", SERVER, "--dest-namespace", &lab.target];
    let create = [&["app", "create", "shop"], &source[..], &target].concat();
    client.says(&create, &["application 'shop' created"]);
    client.says(&create, &["application 'shop' unchanged"]);
    let other = [&create[..], &["--revision", "HEAD"]].concat();
    assert!(client.bad(&other).contains("existing application spec is different"));
    assert!(client.bad(&["app", "get", "none"]).contains("code = PermissionDenied"));

    client.says(&["app", "get", "shop", "--refresh"], &["OutOfSync from main (", "ConfigMap"]);
    client.both(&["app", "list"]);
    client.both(&["app", "list", "-o", "wide"]);
    client.both(&["app", "list", "-o", "name"]);
    client.both(&["app", "list", "-l", "team=none"]);
    client.both_end(&["app", "diff", "shop"]); // ours shows what is around a change
    client.says(&["app", "sync", "shop"], &["Phase:              Succeeded", "configmap/one created"]);
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "first");
    client.good(&["app", "wait", "shop", "--health", "--sync", "--timeout", "60"]);
    for words in [
        &["get", "shop"][..],
        &["get", "shop", "-o", "wide"],
        &["get", "shop", "-o", "tree"],
        &["get", "shop", "--show-operation"],
        &["get", "shop", "--show-params"],
        &["diff", "shop"],
        &["manifests", "shop"],
        &["manifests", "shop", "--source", "live"],
        &["history", "shop"],
        &["history", "shop", "-o", "id"],
        &["resources", "shop"],
        &["actions", "list", "shop"],
        &["get-resource", "shop", "--kind", "ConfigMap", "--filter-fields", "data.key"],
    ] {
        client.both(&[&["app"], words].concat());
    }
    let json: Value = serde_json::from_str(&client.good(&["app", "get", "shop", "-o", "json"])).unwrap_or_default();
    assert_eq!(json["status"]["sync"]["status"], "Synced", "{json:#}");

    // Another commit, and back.
    lab.repo.git(&["checkout", "--quiet", "-b", "next"]);
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "second")))]);
    client.both_end(&["app", "get-resource", "shop", "--kind", "ConfigMap", "-o", "yaml"]);
    client.both_end(&["app", "diff", "shop", "--revision", "next"]);
    client.both(&["app", "manifests", "shop", "--revision", "next"]);
    let local = url.strip_prefix("file://").unwrap();
    client.both_end(&["app", "diff", "shop", "--local", local, "--server-side-generate"]);
    lab.repo.git(&["checkout", "--quiet", "main"]);
    client.good(&["app", "set", "shop", "--revision", "next"]);
    client.good(&["app", "sync", "shop", "--async"]);
    client.good(&["app", "wait", "shop", "--operation", "--timeout", "60"]);
    lab.wait_synced("shop", None);
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "second");
    let ids = client.both(&["app", "history", "shop", "-o", "id"]);
    let id = ids.lines().next().unwrap_or_default().to_string();
    client.good(&["app", "rollback", "shop", &id, "--timeout", "60"]);
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "first");

    // Its objects and its spec.
    let chosen = ["--kind", "ConfigMap", "--resource-name", "one"];
    let patch = ["app", "patch-resource", "shop", "--patch", r#"{"data":{"key":"patched"}}"#];
    client.good(&[&patch[..], &["--patch-type", "application/merge-patch+json"], &chosen].concat());
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "patched");
    client.good(&[&["app", "delete-resource", "shop"], &chosen[..]].concat());
    client.good(&["app", "logs", "shop", "--tail", "1"]);
    let target = r#"{"spec":{"source":{"targetRevision":"main"}}}"#;
    client.good(&["app", "patch", "shop", "--type", "merge", "--patch", target]);
    let set = ["app", "set", "shop", "--sync-option", "CreateNamespace=true", "--kustomize-image", "a=b"];
    client.good(&[&set[..], &["--validate=false"]].concat());
    client.good(&["app", "unset", "shop", "--kustomize-image", "a"]);
    client.good(&["app", "actions", "run", "shop", "toggle-auto-sync", "--kind", "Application"]);
    assert_eq!(lab.app("shop")["spec"]["syncPolicy"]["automated"]["enabled"], true);
    assert!(client.bad(&["app", "terminate-op", "shop"]).contains("No operation is in progress"));
    client.says(&["app", "delete", "shop", "--yes", "--wait"], &["deleted"]);
    client.both(&["app", "list"]);
}

pub fn set(client: &Client<'_>) {
    let lab = client.lab;
    let generators =
        "goTemplate: true\n  generators:\n  - list:\n      elements:\n      - name: red\n      - name: blue\n";
    let source =
        format!("source:\n        repoURL: {}\n        path: app\n        targetRevision: main", lab.repo.url());
    let target = format!("destination:\n        server: {SERVER}\n        namespace: {}", lab.target);
    let file = client.file(
        "teams.yaml",
        &format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: teams\nspec:\n  {generators}  template:\n    metadata:\n      name: '{{{{.name}}}}'\n    spec:\n      project: default\n      {source}\n      {target}\n"
        ),
    );
    client.both_end(&["appset", "generate", &file, "-o", "yaml"]); // ours says the namespace too
    client.says(&["appset", "create", &file], &["control-", "/teams\nProject:            default\n"]);
    client.both(&["appset", "list"]);
    client.both(&["appset", "list", "-o", "wide"]);
    client.both(&["appset", "get", "teams"]);
    client.both_end(&["appset", "get", "teams", "-o", "yaml"]); // ours says the kind
    client.says(&["appset", "delete", "teams", "--yes"], &["deleted"]);
}
