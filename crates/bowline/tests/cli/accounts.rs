//! Accounts, passwords and tokens.

use serde_json::{Value, json};

use crate::program::Program;
use crate::terminal::talk;

pub fn passwords_and_tokens(program: &Program<'_>) {
    let lab = program.lab;
    lab.apply_control(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm"},
        "data": {"installationID": "cli", "accounts.ci": "apiKey, login"}}));
    let listed = program.until(&["account", "list"], |out| out.contains("ci "));
    assert_eq!(listed, "NAME   ENABLED  CAPABILITIES\nadmin  true     login\nci     true     apiKey, login\n");
    assert_eq!(program.good(&["account", "list", "-o", "name"]), "admin\nci\n");
    let own = program.good(&["account", "get"]);
    assert!(
        own.starts_with(
            "Name:               admin\nEnabled:            true\nCapabilities:       login\n\nTokens:\nNONE\n"
        ),
        "{own}"
    );
    assert_eq!(program.good(&["account", "can-i", "sync", "applications", "*/*"]), "yes\n");

    let token = program.good(&["account", "generate-token", "--account", "ci", "--id", "one", "--expires-in", "24h"]);
    assert_eq!(token.trim().split('.').count(), 3, "{token}");
    let ci = ["--auth-token", token.trim()];
    assert!(program.good(&[&["account", "get-user-info"], &ci[..]].concat()).contains("Username: ci\n"));
    assert_eq!(program.good(&[&["account", "can-i", "sync", "applications", "*/*"], &ci[..]].concat()), "no\n");
    let said = program.bad(20, &[&["proj", "delete", "default"], &ci[..]].concat());
    assert!(
        said.contains("rpc error: code = PermissionDenied desc = permission denied: projects, delete, default"),
        "{said}"
    );
    let shown: Value =
        serde_json::from_str(&program.good(&["account", "get", "--account", "ci", "-o", "json"])).unwrap();
    assert_eq!(shown["tokens"][0]["id"], "one");
    program.good(&["account", "delete-token", "--account", "ci", "one"]);
    assert!(
        program.bad(20, &[&["account", "can-i", "get", "projects", "*"], &ci[..]].concat()).contains("Unauthenticated")
    );

    // Passwords are typed twice and do not show; the login goes on with the new one.
    let old = program.first_password();
    let new = "another-password";
    let steps = [
        ("currently logged in user (admin):", old.as_str()),
        ("new password for user admin:", new),
        ("Confirm new password", "typo"),
    ];
    let talked = talk(program, &["account", "update-password"], &[], &steps);
    assert!(talked.code == 20 && talked.screen.contains("nothing was changed"), "{}", talked.screen);
    let steps = [
        ("currently logged in user (admin):", old.as_str()),
        ("new password for user admin:", new),
        ("Confirm new password", new),
    ];
    let talked = talk(program, &["account", "update-password"], &[], &steps);
    assert_eq!(talked.code, 0, "{}", talked.screen);
    assert!(talked.screen.contains("Password updated\nContext '") && !talked.screen.contains(new), "{}", talked.screen);
    assert!(program.good(&["account", "get-user-info"]).contains("Logged In: true"));
    let set = [
        "account",
        "update-password",
        "--account",
        "ci",
        "--current-password",
        new,
        "--new-password",
        "password-of-ci",
    ];
    assert_eq!(program.good(&set), "Password updated\n");
    assert!(program.good(&["account", "bcrypt", "--password", "x"]).starts_with("$2a$10$"));
}
