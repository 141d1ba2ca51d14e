//! SSH: what is handed to ssh, seen by a program that stands in its place.

use std::os::unix::fs::PermissionsExt;

use bowline_core_ports::{Freshness, Sources};
use bowline_core_types::Sensitive;
use bowline_desired_git::{Access, Credentials, GitRepositories, Settings};

use crate::kit::Repo;

/// Stands in for ssh: notes its arguments and the files that they name, then serves the repository as sshd would.
const FAKE_SSH: &str = r#"#!/bin/sh
printf '%s\n' "$@" > "$LOG/arguments"
while [ $# -gt 2 ]; do
  case "$1" in
    -i) stat -L -c %a "$2" > "$LOG/mode"; cat "$2" > "$LOG/key"
        ssh-keygen -y -P "" -f "$2" > "$LOG/public" 2>&1; shift ;;
    UserKnownHostsFile=*) cat "${1#UserKnownHostsFile=}" > "$LOG/hosts" ;;
  esac
  shift
done
eval exec "$2"
"#;

#[tokio::test]
async fn key_and_known_hosts_reach_ssh_without_a_disk() {
    let repo = Repo::new();
    let (bin, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = bin.path().join("log");
    std::fs::create_dir(&log).unwrap();
    let ssh = bin.path().join("ssh");
    std::fs::write(&ssh, FAKE_SSH).unwrap();
    std::fs::set_permissions(&ssh, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut settings = Settings::new(cache.path(), []);
    let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").unwrap());
    settings.environment = vec![("PATH".into(), path.into()), ("LOG".into(), log.clone().into())];
    let (private, public) = key_pair(bin.path());
    // As a Windows editor may have left it.
    let pasted = private.trim_end().replace('\n', "\r\n");
    let git = GitRepositories::new(settings, move |_, _| {
        let credentials = Credentials {
            ssh_private_key: Some(Sensitive::new(pasted.clone())),
            known_hosts: "example.com ssh-ed25519 AAAA\n".into(),
            ..Credentials::default()
        };
        Ok(Access { scope: String::new(), credentials })
    })
    .unwrap();
    let url = format!("git@example.com:{}", repo.git_dir().display());
    let resolved = git.resolve(&url, "", "main", Freshness::Now).await.unwrap();
    assert_eq!(resolved.commit.to_string(), repo.head());

    let noted = |name: &str| std::fs::read_to_string(log.join(name)).unwrap();
    assert_eq!(noted("key"), private);
    assert_eq!(noted("public").split(' ').nth(1), public.split(' ').nth(1), "OpenSSH itself took the key");
    assert_eq!(noted("mode").trim(), "600");
    assert_eq!(noted("hosts"), "example.com ssh-ed25519 AAAA\n");
    let arguments = noted("arguments");
    assert!(!arguments.contains("BEGIN"));
    for option in
        ["BatchMode=yes", "StrictHostKeyChecking=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "/dev/null"]
    {
        assert!(arguments.lines().any(|line| line == option), "{option} in {arguments}");
    }
}

/// A fresh key, made by OpenSSH: (private, public).
fn key_pair(directory: &std::path::Path) -> (String, String) {
    let file = directory.join("id");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&file)
        .status()
        .expect("openssh-client is installed");
    assert!(made.success());
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    (read(file.clone()), read(file.with_extension("pub")))
}
