//! Projects with all that is in them.

use serde_json::{Value, json};

use crate::program::Program;
use crate::terminal::talk;

pub fn made_and_changed(program: &Program<'_>) {
    let spec = |name: &str| -> Value {
        let text = program.good(&["proj", "get", name, "-o", "json"]);
        serde_json::from_str::<Value>(&text).unwrap()["spec"].clone()
    };
    let server = "https://kubernetes.default.svc";
    program.good(&[
        "proj",
        "create",
        "team",
        "--description",
        "The team",
        "-s",
        "https://git.example.com/a.git",
        "-d",
        &format!("{server},team-*"),
    ]);
    let said = program.bad(20, &["proj", "create", "team"]);
    assert!(said.contains("existing project spec is different") && said.contains("--upsert"), "{said}");
    program.good(&["proj", "set", "team", "--description", "New words", "--orphaned-resources"]);
    assert!(program.bad(1, &["proj", "set", "team"]).contains("Please set at least one option"));
    for (args, path, want) in [
        (
            &["add-source", "team", "https://git.example.com/b.git"][..],
            "/sourceRepos/1",
            json!("https://git.example.com/b.git"),
        ),
        (&["remove-source", "team", "https://git.example.com/b.git"], "/sourceRepos/1", Value::Null),
        (&["add-source-namespace", "team", "apps"], "/sourceNamespaces", json!(["apps"])),
        (&["remove-source-namespace", "team", "apps"], "/sourceNamespaces", Value::Null),
        (
            &["add-destination", "team", "prod", "web", "--name"],
            "/destinations/1",
            json!({"name": "prod", "namespace": "web"}),
        ),
        (&["remove-destination", "team", "prod", "web", "--name"], "/destinations/1", Value::Null),
        (
            &["add-destination-service-account", "team", server, "web", "deployer"],
            "/destinationServiceAccounts/0/defaultServiceAccount",
            json!("deployer"),
        ),
        (
            &["remove-destination-service-account", "team", server, "web", "deployer"],
            "/destinationServiceAccounts",
            Value::Null,
        ),
        (
            &["add-orphaned-ignore", "team", "", "ConfigMap", "--name", "x"],
            "/orphanedResources/ignore/0/name",
            json!("x"),
        ),
        (&["remove-orphaned-ignore", "team", "", "ConfigMap", "--name", "x"], "/orphanedResources/ignore", Value::Null),
        (&["allow-cluster-resource", "team", "", "Namespace"], "/clusterResourceWhitelist/0/kind", json!("Namespace")),
        (&["deny-cluster-resource", "team", "", "Namespace"], "/clusterResourceWhitelist", Value::Null),
        (&["deny-namespace-resource", "team", "", "Secret"], "/namespaceResourceBlacklist/0/kind", json!("Secret")),
        (&["allow-namespace-resource", "team", "", "Secret"], "/namespaceResourceBlacklist", Value::Null),
        (
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
            "/syncWindows/0/applications",
            json!(["a", "b"]),
        ),
        (&["windows", "update", "team", "0", "--duration", "2h"], "/syncWindows/0/duration", json!("2h")),
        (&["windows", "enable-manual-sync", "team", "0"], "/syncWindows/0/manualSync", json!(true)),
        (&["windows", "disable-manual-sync", "team", "0"], "/syncWindows/0/manualSync", Value::Null),
        (&["windows", "enable-sync-overrun", "team", "0"], "/syncWindows/0/syncOverrun", json!(true)),
        (&["windows", "disable-sync-overrun", "team", "0"], "/syncWindows/0/syncOverrun", Value::Null),
    ] {
        program.good(&[&["proj"], args].concat());
        let now = spec("team");
        assert_eq!(now.pointer(path).cloned().unwrap_or_default(), want, "{args:?}: {now:#}");
    }
    let windows = program.good(&["proj", "windows", "list", "team"]);
    assert!(
        windows
            .starts_with("ID  STATUS    KIND  SCHEDULE   DURATION  APPLICATIONS  NAMESPACES  CLUSTERS  MANUALSYNC  "),
        "{windows}"
    );
    let said = program.bad(
        20,
        &[
            "proj",
            "windows",
            "add",
            "team",
            "-k",
            "deny",
            "--schedule",
            "often",
            "--duration",
            "1h",
            "--applications",
            "*",
        ],
    );
    assert!(said.contains("often"), "{said}");
    program.good(&["proj", "windows", "delete", "team", "0"]);
    assert!(program.bad(20, &["proj", "windows", "delete", "team", "0"]).contains("has no window 0"));
    let said = program.bad(1, &["proj", "remove-destination", "team", "none", "none"]);
    assert!(said.contains("Specified destination does not exist in project"), "{said}");

    // Roles with their policies, groups and tokens.
    assert_eq!(
        program.good(&["proj", "role", "create", "team", "ci", "--description", "what CI may"]),
        "Role 'ci' created\n"
    );
    program.good(&["proj", "role", "add-policy", "team", "ci", "-a", "sync", "-o", "*"]);
    program.good(&["proj", "role", "add-policy", "team", "ci", "-a", "get", "-o", "*"]);
    program.good(&["proj", "role", "remove-policy", "team", "ci", "-a", "get", "-o", "*"]);
    assert_eq!(program.good(&["proj", "role", "add-group", "team", "ci", "crew"]), "Group 'crew' added to role 'ci'\n");
    assert_eq!(program.good(&["proj", "role", "list", "team"]), "ROLE-NAME  DESCRIPTION\nci         what CI may\n");
    let made = program.good(&["proj", "role", "create-token", "team", "ci", "--id", "t1"]);
    assert!(
        made.starts_with("Create token succeeded for proj:team:ci.\n  ID: t1\n  Issued At: ")
            && made.contains("  Expires At: Never\n  Token: ey"),
        "{made}"
    );
    let shown = program.good(&["proj", "role", "get", "team", "ci"]);
    assert!(
        shown.contains("p, proj:team:ci, applications, sync, team/*, allow\n")
            && shown.contains("\nGroups:\n  - crew\n")
            && shown.lines().last().unwrap().contains("Z ("),
        "{shown}"
    );
    let tokens = program.good(&["proj", "role", "list-tokens", "team", "ci", "--unixtime"]);
    let issued = tokens.lines().nth(1).and_then(|line| line.split_whitespace().nth(1)).unwrap().to_string();
    let only = program.good(&["proj", "role", "create-token", "team", "ci", "--token-only", "--expires-in", "10d"]);
    assert_eq!(
        program.good(&["account", "can-i", "sync", "applications", "team/x", "--auth-token", only.trim()]),
        "yes\n"
    );
    program.good(&["proj", "role", "delete-token", "team", "ci", &issued]);
    assert_eq!(
        program.good(&["proj", "role", "remove-group", "team", "ci", "crew"]),
        "Group 'crew' removed from role 'ci'\n"
    );
    assert_eq!(program.good(&["proj", "role", "delete", "team", "ci"]), "Role 'ci' deleted\n");

    // Signatures.
    let policies = |words: &[&str]| program.good(&[&["proj", "source-integrity", "git", "policies"], words].concat());
    policies(&[
        "add",
        "team",
        "--repo-url",
        "https://git.example.com/*",
        "--gpg-mode",
        "head",
        "--gpg-key",
        "4AEE18F83AFDEB23",
    ]);
    policies(&["update", "team", "0", "--gpg-mode", "strict"]);
    assert!(policies(&["list", "team"]).contains("0   https://git.example.com/*  strict    4AEE18F83AFDEB23"));
    policies(&["delete", "team", "0"]);
    program.good(&["proj", "add-signature-key", "team", "4AEE18F83AFDEB23"]);
    program.good(&["proj", "remove-signature-key", "team", "4AEE18F83AFDEB23"]);

    // In an editor, and out.
    let editor = program.file("editor", "#!/bin/sh\nsed -i 's/New words/Edited words/' \"$1\"\n");
    let editor = format!("sh {}", editor.display());
    let talked = talk(program, &["proj", "edit", "team"], &[("EDITOR", &editor)], &[]);
    assert_eq!(talked.code, 0, "{}", talked.screen);
    assert_eq!(spec("team")["description"], "Edited words");
    assert!(program.good(&["proj", "list"]).contains("\nteam     Edited words  "));
    program.good(&["proj", "delete", "team"]);
    assert!(program.bad(20, &["proj", "get", "team"]).contains("code = NotFound"));
}
