use bowline_core_ports::SourceErrorKind;

use super::*;

fn meaning(said: &str) -> (SourceErrorKind, String) {
    let remote = Remote::parse("https://h/r").unwrap();
    let error = Failure::said(said, &Context::default()).into_error(&remote);
    (error.kind, error.message)
}

#[test]
fn messages_are_classed_and_begin_as_argo_cd_s() {
    use SourceErrorKind::{Authentication, NoSuchRevision, Unreachable};
    for (said, kind, begins) in [
        (
            "fatal: Authentication failed for 'https://h/r/'",
            Authentication,
            "failed to list refs: authentication required: https://h/r: fatal",
        ),
        (
            "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.",
            Authentication,
            "failed to list refs: authentication required: https://h/r: git@h: Permission denied (publickey).; fatal: Could not read from remote repository.",
        ),
        (
            "remote: Repository not found.\nfatal: repository 'https://h/r/' not found",
            Authentication,
            "failed to list refs: repository not found: ",
        ),
        (
            "Host key verification failed.\nfatal: Could not read",
            Unreachable,
            "failed to list refs: ssh: host key is not among the known hosts",
        ),
        (
            "fatal: unable to access 'https://h/r/': Could not resolve host: h",
            Unreachable,
            "failed to list refs: no such host: ",
        ),
        ("fatal: unable to access: SSL certificate problem: self signed", Unreachable, "failed to list refs: x509: "),
        ("fatal: couldn't find remote ref refs/x", NoSuchRevision, "failed to list refs: no such ref: "),
        ("something new", Unreachable, "failed to list refs: https://h/r: something new"),
        ("", Unreachable, "failed to list refs: https://h/r: git failed without a message"),
    ] {
        let (got, message) = meaning(said);
        assert_eq!(got, kind, "{said}");
        assert!(message.starts_with(begins), "{message}");
    }
}

#[test]
fn the_environment_is_ours_alone_and_holds_the_configuration() {
    let settings = Settings::new(
        "/cache",
        [("PATH", "/bin"), ("GIT_SSH", "/evil"), ("https_proxy", "http://p")].map(|(n, v)| (n.into(), v.into())),
    );
    let remote = Remote::parse("https://h:8443/r").unwrap();
    let credentials = Credentials {
        password: Some("p".to_string().into()),
        ca: Some("CA".into()),
        insecure: true,
        no_proxy: Some("h".into()),
        ..Credentials::default()
    };
    let context = Context::remote(&settings, &remote, &credentials).unwrap();
    let variables: std::collections::BTreeMap<String, String> = context
        .variables(&settings)
        .into_iter()
        .map(|(name, value)| (name.into_string().unwrap(), value.into_string().unwrap()))
        .collect();
    for (name, want) in [
        ("PATH", Some("/bin")),
        ("https_proxy", Some("http://p")),
        ("GIT_SSH", None),
        ("GIT_TERMINAL_PROMPT", Some("0")),
        ("GIT_CONFIG_GLOBAL", Some("/dev/null")),
        ("GIT_ALLOW_PROTOCOL", Some("https")),
        ("BOWLINE_PASSWORD", Some("p")),
        ("BOWLINE_USERNAME", Some("x-access-token")),
        ("NO_PROXY", Some("h")),
    ] {
        assert_eq!(variables.get(name).map(String::as_str), want, "{name}");
    }
    let config: Vec<(&str, &str)> = context.config.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    for key in ["http.sslVerify", "http.sslCAInfo", "credential.https://h:8443.helper"] {
        assert!(config.iter().any(|(k, _)| *k == key), "{key} in {config:?}");
    }
    assert_eq!(variables["GIT_CONFIG_COUNT"], config.len().to_string());
}

#[test]
fn secrets_are_taken_out_of_messages() {
    let context = Context { secrets: vec!["s3cret".into(), "line one\nline two".into()], ..Context::default() };
    assert_eq!(context.scrub("a s3cret b line two c"), "a *** b *** c");
}
