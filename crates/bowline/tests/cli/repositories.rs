//! Repositories, their credentials, certificates and keys.

use crate::program::Program;

pub fn added_and_removed(program: &Program<'_>) {
    let lab = program.lab;
    lab.repo.commit(&[("README", Some("hello"))]);
    let url = lab.repo.url();
    assert_eq!(
        program.good(&["repo", "add", &url, "--name", "here", "--username", "ci", "--password", "hidden"]),
        format!("Repository '{url}' added\n")
    );
    let listed = program.good(&["repo", "list"]);
    let mut lines = listed.lines();
    assert_eq!(
        lines.next().unwrap().split_whitespace().collect::<Vec<_>>(),
        ["TYPE", "NAME", "REPO", "INSECURE", "OCI", "LFS", "CREDS", "STATUS", "MESSAGE", "PROJECT"]
    );
    assert!(
        lines.next().unwrap().starts_with(&format!("git   here  {url}  false     false  false  true   Successful")),
        "{listed}"
    );
    let shown = program.good(&["repo", "get", &url, "--refresh", "hard", "-o", "yaml"]);
    assert!(shown.contains("name: here\n") && !shown.contains("hidden"), "{shown}");
    let missing = format!("{url}-none");
    let said = program.bad(20, &["repo", "add", &missing]);
    assert!(said.contains("rpc error: code = "), "{said}");
    assert_eq!(program.good(&["repo", "rm", &url]), format!("Repository '{url}' removed\n"));
    assert_eq!(program.good(&["repo", "list", "-o", "url"]), "");

    let prefix = "https://git.example.com/team";
    assert_eq!(
        program.good(&["repocreds", "add", prefix, "--username", "ci", "--password", "hidden"]),
        format!("Repository credentials for '{prefix}' added\n")
    );
    let listed = program.good(&["repocreds", "list"]);
    assert_eq!(
        listed,
        format!("URL PATTERN                   USERNAME  SSH_CREDS  TLS_CREDS\n{prefix}  ci        false      false\n")
    );
    assert_eq!(program.good(&["repocreds", "rm", prefix]), format!("Repository credentials for '{prefix}' removed\n"));
}

pub fn certificates_and_keys(program: &Program<'_>) {
    let hosts = program.file(
        "hosts",
        "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n",
    );
    let hosts = hosts.to_str().unwrap();
    assert_eq!(
        program.good(&["cert", "add-ssh", "--batch", "--from", hosts]),
        "Successfully created 1 SSH known host entries\n"
    );
    let listed = program.good(&["cert", "list", "--cert-type", "ssh"]);
    assert!(
        listed.contains("git.example.com  ssh   ssh-ed25519  SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"),
        "{listed}"
    );
    let said = program.good(&["cert", "rm", "git.example.com"]);
    assert_eq!(said, "Removed cert for 'git.example.com' of type 'ssh' (subtype 'ssh-ed25519')\n");
    let [ca, ..] = program.lab.kube.credentials().unwrap();
    let pem = program.file("ca.pem", &ca);
    let pem = pem.to_str().unwrap();
    let said = program.good(&["cert", "add-tls", "git.example.com", "--from", pem]);
    assert_eq!(said, "Created entry with 1 PEM certificates for repository server git.example.com\n");
    assert!(program.bad(1, &["cert", "add-tls", "git.example.com", "--from", hosts]).contains("No valid certificates"));
    program.good(&["cert", "rm", "git.example.com", "--cert-type", "https"]);
    assert_eq!(
        program.good(&["cert", "rm", "git.example.com"]),
        "No certificates were removed (none matched the given pattern)\n"
    );

    let key = program.file("key.asc", KEY);
    assert_eq!(program.good(&["gpg", "add", "--from", key.to_str().unwrap()]), "Created 1 key(s) from input file.\n");
    let listed = program.good(&["gpg", "list"]);
    let row = listed.lines().nth(1).unwrap_or_default();
    let id = row.split_whitespace().next().unwrap();
    assert!(listed.starts_with("KEYID") && row.contains("ED25519"), "{listed}");
    assert!(program.good(&["gpg", "get", id]).starts_with(&format!("Key ID:          {id}\n")));
    assert_eq!(program.good(&["gpg", "rm", id]), format!("Deleted key with key ID {id}\n"));
}

/// A key that was made for this test; nobody has the secret half.
const KEY: &str = include_str!("../../../web/admin/src/gpgkey/testdata/signer.asc");
