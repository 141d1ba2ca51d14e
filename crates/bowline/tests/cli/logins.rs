//! Logging in, the file of logins, and what the environment says.

use serde_json::Value;

use crate::program::Program;
use crate::terminal::talk;

pub fn in_and_out(program: &Program<'_>) {
    let (address, password) = (program.address(), program.first_password());
    // Who is not logged in is told what to do.
    let said = program.bad(20, &["account", "list"]);
    assert!(said.contains("bowline login SERVER"), "{said}");
    let said = program.bad(20, &["login", &address, "--username", "admin", "--password", "x"]);
    assert!(said.contains("server is not configured with TLS") && said.contains("--plaintext"), "{said}");
    let said = program.bad(20, &["login", &address, "--plaintext", "--username", "admin", "--password", "wrong"]);
    assert!(said.contains("rpc error: code = Unauthenticated desc = Invalid username or password"), "{said}");
    let said = program.bad(20, &["login", "127.0.0.1:1", "--plaintext", "--username", "a", "--password", "b"]);
    assert!(said.contains("cannot connect to 127.0.0.1:1"), "{said}");
    let said = program.bad(20, &["login", &address, "--plaintext", "--username", "admin"]);
    assert!(said.contains("--password"), "nobody is there to be asked: {said}");
    let said = program.bad(20, &["login", &address, "--plaintext", "--sso"]);
    assert!(said.contains("not configured for single sign-on"), "{said}");

    // At a terminal everything is asked for, and the password does not show.
    let steps = [("Proceed?", "y"), ("Username:", "admin"), ("Password:", password.as_str())];
    let talked = talk(program, &["login", &address], &[], &steps);
    assert_eq!(talked.code, 0, "{}", talked.screen);
    assert!(!talked.screen.contains(&password), "the password shows: {}", talked.screen);
    let end = format!("'admin:login' logged in successfully\nContext '{address}' updated\n");
    assert!(talked.screen.ends_with(&end), "{}", talked.screen);
    let refused = talk(program, &["login", &address], &[], &[("Proceed?", "n")]);
    assert_eq!(refused.code, 1, "{}", refused.screen);

    // The file is the one that argocd keeps.
    let file = std::fs::read_to_string(program.home().join(".config/argocd/config")).unwrap();
    assert!(file.starts_with(&format!("contexts:\n- name: {address}\n  server: {address}\n  user: {address}\ncurrent-context: {address}\nservers:\n- grpc-web-root-path: \"\"\n  plain-text: true\n")), "{file}");
    let token = program.good(&["account", "session-token"]);
    let token = token.trim();
    assert!(file.contains(&format!("auth-token: {token}\n")), "{file}");

    // gRPC-web under a name of its own, and the contexts.
    let web = [
        "login",
        &address,
        "--plaintext",
        "--grpc-web",
        "--name",
        "web",
        "--username",
        "admin",
        "--password",
        &password,
    ];
    assert!(program.good(&web).ends_with("Context 'web' updated\n"));
    assert!(
        program.good(&["account", "get-user-info"]).starts_with("Logged In: true\nUsername: admin\nIssuer: argocd\n")
    );
    let contexts = program.good(&["context"]);
    let rows: Vec<Vec<&str>> = contexts.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows, [vec!["CURRENT", "NAME", "SERVER"], vec![&address, &address], vec!["*", "web", &address]]);
    assert_eq!(program.good(&["context", &address]), format!("Switched to context '{address}'\n"));
    assert_eq!(program.good(&["context", &address]), format!("Already at context '{address}'\n"));
    assert_eq!(program.good(&["context", "-"]), "Switched to context 'web'\n");
    assert!(program.bad(20, &["context", "none"]).contains("there is no context 'none'"));
    let gone = program.good(&["logout", "web"]);
    assert_eq!(gone, "Logged out from 'web'\n");
    assert!(program.bad(20, &["account", "list"]).contains("Unauthenticated"));
    assert_eq!(program.good(&["context", "web", "--delete"]), "Context 'web' deleted\n");

    // What the environment names needs no login.
    let stranger = tempfile::tempdir().unwrap();
    let home = stranger.path().to_str().unwrap();
    let environment = [
        ("HOME", home),
        ("ARGOCD_SERVER", address.as_str()),
        ("ARGOCD_AUTH_TOKEN", token),
        ("ARGOCD_OPTS", "--plaintext --grpc-web"),
    ];
    let ran = program.run_with(&["account", "get-user-info"], &environment);
    assert!(ran.out.contains("Username: admin"), "{ran:?}");
    let ran = program.run_with(&["account", "list", "--auth-token", "a.b.c"], &environment);
    assert!(ran.code == 20 && ran.err.contains("code = Unauthenticated"), "{ran:?}");

    assert_eq!(
        program.good(&["relogin", "--password", &password]),
        format!("Relogging in as 'admin:login'\nContext '{address}' updated\n")
    );
    // What is remembered of a server counts for all of its contexts: from here on it is spoken to in gRPC again.
    program.good(&["login", &address, "--plaintext", "--username", "admin", "--password", &password]);
    let said = program.good(&["configure", "--prompts-enabled=true"]);
    assert_eq!(said, "Successfully updated the following configuration settings:\nprompts-enabled: true\n");
    let version = program.good(&["version"]);
    assert!(
        version.starts_with("bowline: v")
            && version.contains("\nargocd-server: v")
            && version.contains("  Compiler: rustc\n"),
        "{version}"
    );
    let version: Value = serde_json::from_str(&program.good(&["version", "-o", "json"])).unwrap();
    assert!(version["server"]["Version"].is_string() && version["client"]["Version"].is_string(), "{version}");
    for shell in ["bash", "zsh", "fish"] {
        assert!(program.good(&["completion", shell]).contains("bowline"), "{shell}");
    }
    let pages = program.home().join("man");
    program.good(&["man", pages.to_str().unwrap()]);
    assert!(std::fs::read_to_string(pages.join("bowline-app-sync.1")).unwrap().contains("bowline"));
}

pub fn forgotten(program: &Program<'_>) {
    let address = program.address();
    assert_eq!(program.good(&["logout", &address]), format!("Logged out from '{address}'\n"));
    let said = program.bad(20, &["app", "list"]);
    assert!(said.contains("Unauthenticated") && said.contains("bowline login"), "{said}");
    assert_eq!(program.good(&["login", "--core"]), "Context 'kubernetes' updated\n");
}
