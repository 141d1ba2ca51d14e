//! Applications, from their creation to their end.

use serde_json::Value;

use crate::lab::config_map;
use crate::program::Program;
use crate::terminal::talk;

const SERVER: &str = "https://kubernetes.default.svc";

pub fn a_day_of_one(program: &Program<'_>) {
    let lab = program.lab;
    let first = lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "first")))]);
    let url = lab.repo.url();
    let create = [
        "app",
        "create",
        "shop",
        "--repo",
        &url,
        "--path",
        "app",
        "--revision",
        "main",
        "--dest-server",
        SERVER,
        "--dest-namespace",
        &lab.target,
    ];
    assert_eq!(program.good(&[&create[..], &["--label", "team=web"]].concat()), "application 'shop' created\n");
    assert_eq!(program.good(&[&create[..], &["--label", "team=web"]].concat()), "application 'shop' unchanged\n");
    let other = [&create[..], &["--revision", "HEAD"]].concat();
    let said = program.bad(20, &other);
    assert!(said.contains("existing application spec is different") && said.contains("--upsert"), "{said}");
    let wrong: Vec<&str> = create.iter().map(|word| if *word == "app" { "nowhere" } else { word }).collect();
    let wrong = [&["app", "create", "wrong"], &wrong[3..]].concat();
    assert!(
        program
            .bad(20, &wrong)
            .contains("rpc error: code = InvalidArgument desc = application spec for wrong is invalid")
    );
    let said = program.bad(20, &["app", "get", "none"]);
    assert!(
        said.contains("rpc error: code = PermissionDenied desc = permission denied")
            && said.contains("bowline app list"),
        "{said}"
    );

    let listed = program.good(&["app", "list"]);
    let mut lines = listed.lines();
    let headers = [
        "NAME",
        "CLUSTER",
        "NAMESPACE",
        "PROJECT",
        "STATUS",
        "HEALTH",
        "SYNCPOLICY",
        "CONDITIONS",
        "REPO",
        "PATH",
        "TARGET",
    ];
    assert_eq!(lines.next().unwrap().split_whitespace().collect::<Vec<_>>(), headers);
    assert!(lines.next().unwrap().starts_with(&format!("{}/shop  {SERVER}  {}", lab.control, lab.target)), "{listed}");
    assert_eq!(program.good(&["app", "list", "-l", "team=none", "-o", "name"]), "");
    let shown = program.good(&["app", "get", "shop", "--refresh"]);
    assert!(shown.contains("Sync Status:        OutOfSync from main (") && shown.contains("ConfigMap"), "{shown}");
    let json: Value = serde_json::from_str(&program.good(&["app", "get", "shop", "-o", "json"])).unwrap();
    assert_eq!((&json["kind"], &json["spec"]["source"]["path"]), (&"Application".into(), &"app".into()));

    // What a sync would do, and the sync.
    let ran = program.run(&["app", "diff", "shop"]);
    assert!(ran.code == 1 && ran.out.contains("===== /ConfigMap ") && ran.out.contains("+  key: first"), "{ran:?}");
    let synced = program.good(&["app", "sync", "shop"]);
    assert!(
        synced.contains("TIMESTAMP")
            && synced.contains("Phase:              Succeeded")
            && synced.contains("configmap/one created"),
        "{synced}"
    );
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "first");
    assert_eq!(program.run(&["app", "diff", "shop"]).code, 0);
    program.good(&["app", "wait", "shop", "--health", "--sync", "--timeout", "60"]);
    let manifests = program.good(&["app", "manifests", "shop"]);
    assert!(manifests.starts_with("---\napiVersion: v1\n") && manifests.contains("key: first"), "{manifests}");
    assert!(program.good(&["app", "manifests", "shop", "--source", "live"]).contains("uid: "));

    // Another commit: what would it change, here and in a local folder?
    lab.repo.git(&["checkout", "--quiet", "-b", "next"]);
    lab.repo.commit(&[("app/one.yaml", Some(&config_map("one", "second")))]);
    let ran = program.run(&["app", "diff", "shop", "--revision", "next"]);
    assert!(ran.code == 1 && ran.out.contains("-  key: first") && ran.out.contains("+  key: second"), "{ran:?}");
    let local = url.strip_prefix("file://").unwrap();
    let ran = program.run(&["app", "diff", "shop", "--local", &format!("{local}/app")]);
    assert!(ran.code == 1 && ran.out.contains("+  key: second"), "{ran:?}");
    assert!(program.good(&["app", "manifests", "shop", "--revision", "next"]).contains("key: second"));
    assert!(program.good(&["app", "manifests", "shop", "--local", &format!("{local}/app")]).contains("key: second"));
    lab.repo.git(&["checkout", "--quiet", "main"]);
    program.good(&["app", "set", "shop", "--revision", "next"]);
    program.good(&["app", "sync", "shop", "--async"]);
    program.good(&["app", "wait", "shop", "--operation", "--timeout", "60"]);
    lab.wait_synced("shop", None);
    let history = program.good(&["app", "history", "shop"]);
    assert!(history.contains(&format!("main ({})", &first[..7])) && history.contains("next ("), "{history}");
    let ids = program.good(&["app", "history", "shop", "-o", "id"]);
    let id = ids.lines().next().unwrap();
    program.good(&["app", "rollback", "shop", id, "--timeout", "60"]);
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "first");

    // The live objects.
    let resources = program.good(&["app", "resources", "shop"]);
    assert!(resources.starts_with("GROUP  KIND       NAMESPACE") && resources.contains("  one   No\n"), "{resources}");
    assert_eq!(program.good(&["app", "resources", "shop", "--output", "tree"]), "ConfigMap/one\n");
    let shown = program.good(&["app", "get-resource", "shop", "--kind", "ConfigMap", "--filter-fields", "data.key"]);
    assert_eq!(shown, "FIELD     RESOURCE NAME  VALUE\ndata.key  one            first\n");
    let chosen = ["--kind", "ConfigMap", "--resource-name", "one"];
    let patch = [&["app", "patch-resource", "shop", "--patch", r#"{"data":{"key":"patched"}}"#], &chosen[..]].concat();
    assert_eq!(program.good(&patch), "Resource 'one' patched\n");
    assert_eq!(lab.object("configmap", "one")["data"]["key"], "patched");
    let own = "argoproj.io  Application  shop  toggle-auto-sync  false\n";
    assert!(program.good(&["app", "actions", "list", "shop"]).ends_with(own));
    let toggle = ["app", "actions", "run", "shop", "toggle-auto-sync", "--kind", "Application"];
    for on in [true, false] {
        program.good(&toggle);
        assert_eq!(lab.app("shop")["spec"]["syncPolicy"]["automated"]["enabled"], on);
    }
    let run = program.bad(20, &[&["app", "actions", "run", "shop", "restart"], &chosen[..]].concat());
    assert!(run.contains("No matching resource found") || run.contains("rpc error"), "{run}");
    assert_eq!(program.good(&[&["app", "delete-resource", "shop"], &chosen[..]].concat()), "Resource 'one' deleted\n");
    assert_eq!(program.good(&["app", "logs", "shop", "--tail", "1"]), "");

    // A tree, a sync of a folder after a look, and of what has a label.
    assert!(program.good(&["app", "get", "shop", "-o", "tree"]).contains("KIND/NAME"));
    let folder = format!("{local}/two");
    lab.repo.commit(&[("two/two.yaml", Some(&config_map("local", "2")))]);
    let preview = ["app", "sync", "shop", "--local", folder.as_str(), "--preview-changes"];
    let no = talk(program, &preview, &[], &[("Sync application 'shop' with these changes?", "n")]);
    assert!(no.code == 1 && no.screen.contains("+  key: \"2\""), "{}", no.screen);
    program.good(&[&preview[..], &["--assumeYes", "--timeout", "60"]].concat());
    assert_eq!(lab.object("configmap", "local")["data"]["key"], "2");
    let said = program.bad(1, &["app", "sync", "shop", "--label", "a=b"]);
    assert!(said.contains("no object has these labels"), "{said}");

    // Changes of the spec.
    program.good(&[
        "app",
        "patch",
        "shop",
        "--type",
        "merge",
        "--patch",
        r#"{"spec":{"source":{"targetRevision":"main"}}}"#,
    ]);
    program.good(&[
        "app",
        "set",
        "shop",
        "--sync-option",
        "CreateNamespace=true",
        "--kustomize-image",
        "a=b",
        "--validate=false",
    ]);
    program.good(&["app", "unset", "shop", "--kustomize-image", "a"]);
    let editor = program.file("editor", "#!/bin/sh\nsed -i 's/targetRevision: main/targetRevision: next/' \"$1\"\n");
    let editor = format!("sh {}", editor.display());
    let talked = talk(program, &["app", "edit", "shop"], &[("EDITOR", &editor)], &[]);
    assert!(talked.code == 0 && talked.screen.contains("application 'shop' edited"), "{}", talked.screen);
    assert_eq!(lab.app("shop")["spec"]["source"]["targetRevision"], "next");
    assert_eq!(program.good(&["app", "confirm-deletion", "shop"]), "Application 'shop' updated successfully\n");
    assert!(
        program
            .bad(20, &["app", "terminate-op", "shop"])
            .contains("Unable to terminate operation. No operation is in progress")
    );

    // Nothing goes without a word.
    assert!(program.bad(20, &["app", "delete", "shop"]).contains("nothing was deleted"));
    let no = talk(program, &["app", "delete", "shop"], &[], &[("Delete application", "n")]);
    assert_eq!(no.code, 20, "{}", no.screen);
    let yes = talk(program, &["app", "delete", "shop", "--wait"], &[], &[("Delete application", "y")]);
    assert!(yes.code == 0 && yes.screen.contains("/shop' deleted\n"), "{}", yes.screen);
    assert_eq!(program.good(&["app", "list", "-o", "name"]), "");
}

pub fn several_sources(program: &Program<'_>) {
    let lab = program.lab;
    lab.repo.commit(&[("two/two.yaml", Some(&config_map("two", "2")))]);
    let url = lab.repo.url();
    program.good(&[
        "app",
        "create",
        "both",
        "--repo",
        &url,
        "--path",
        "app",
        "--dest-server",
        SERVER,
        "--dest-namespace",
        &lab.target,
    ]);
    let added =
        program.good(&["app", "add-source", "both", "--repo", &url, "--path", "two", "--source-name", "second"]);
    assert_eq!(added, "Application 'both' updated successfully\n");
    assert_eq!(lab.app("both")["spec"]["sources"].as_array().map(Vec::len), Some(2));
    let manifests = program.good(&["app", "manifests", "both"]);
    assert!(manifests.contains("name: one\n") && manifests.contains("name: two\n"), "{manifests}");
    program.good(&["app", "remove-source", "both", "--source-name", "second"]);
    assert!(
        program
            .bad(20, &["app", "remove-source", "both", "--source-position", "1"])
            .contains("does not have more than one source")
    );
    program.good(&["app", "delete", "both", "--yes", "--wait"]);
}
