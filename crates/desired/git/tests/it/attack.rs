//! What a hostile URL, revision, repository or project may not get.

use std::os::unix::fs::symlink;

use bowline_base_tree::TreeError;
use bowline_core_ports::{Freshness, SourceErrorKind, Sources};
use bowline_core_types::Sensitive;
use bowline_desired_git::{Access, Credentials};

use crate::http::Server;
use crate::kit::{Adapter, Repo};

#[tokio::test]
async fn urls_that_are_options_or_commands_are_refused() {
    let adapter = Adapter::new();
    let canary = adapter.cache.path().join("canary");
    let canary = canary.display();
    for url in [
        format!("--upload-pack=touch {canary}"),
        format!("ext::sh -c touch% {canary}"),
        format!("ssh://-oProxyCommand=touch${{IFS}}{canary}/x"),
        format!("-oProxyCommand=touch {canary}:x"),
        format!("git@host:--upload-pack=touch {canary}"),
        format!("https://host/x\n--upload-pack=touch {canary}"),
        "file://../../etc".into(),
    ] {
        let error = adapter.resolve(&url, "main").await.unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::Refused, "{url:?}: {error}");
    }
    assert!(!adapter.cache.path().join("canary").exists());
}

#[tokio::test]
async fn revisions_that_are_options_or_refspecs_name_nothing() {
    let repo = Repo::new();
    let server = Server::start(repo.git_dir()).await;
    for url in [repo.url(), server.url()] {
        let adapter = Adapter::new();
        let canary = adapter.cache.path().join("canary");
        for revision in [
            format!("--upload-pack=touch {}", canary.display()),
            "--exec=x".into(),
            "-".into(),
            "refs/heads/main:refs/heads/evil".into(),
            "+refs/heads/*:refs/heads/*".into(),
            "refs/../../config".into(),
            "../config".into(),
            "main\nrefs/heads/x".into(),
            "HEAD~1".into(),
            "main^{tree}".into(),
            "@{-1}".into(),
            "x".repeat(5000),
        ] {
            let error = adapter.resolve(&url, &revision).await.unwrap_err();
            assert_eq!(error.kind, SourceErrorKind::NoSuchRevision, "{revision:?}: {error}");
            assert!(!error.message.contains('\n'));
        }
        assert!(!canary.exists());
    }
}

#[tokio::test]
async fn links_do_not_lead_out_of_the_repository() {
    let repo = Repo::new();
    for (name, target) in
        [("passwd", "/etc/passwd"), ("up", "../../../etc/passwd"), ("dir", "/etc"), ("git", ".git/config")]
    {
        symlink(target, repo.dir.path().join("app").join(name)).unwrap();
    }
    repo.commit("x", "x");
    let adapter = Adapter::new();
    let commit = adapter.resolve(&repo.url(), "").await.unwrap().commit;
    let tree = adapter.git.tree(&repo.url(), "", commit).await.unwrap();
    for path in ["app/passwd", "app/up", "app/dir/passwd", "../x", "app/../../x"] {
        assert!(matches!(tree.read(path), Err(TreeError::Outside(_))), "{path}");
    }
    assert!(matches!(tree.read("app/git"), Err(TreeError::Absent { .. })));
}

#[tokio::test]
async fn the_cache_itself_is_no_repository() {
    let repo = Repo::new();
    let server = Server::start(repo.git_dir()).await;
    let adapter = Adapter::new();
    adapter.resolve(&server.url(), "").await.unwrap();
    let mirror = std::fs::read_dir(adapter.cache.path()).unwrap().flatten().find(|e| e.path().is_dir()).unwrap().path();
    let link = tempfile::tempdir().unwrap();
    symlink(&mirror, link.path().join("link")).unwrap();
    for path in [mirror.clone(), mirror.join("../").join(mirror.file_name().unwrap()), link.path().join("link")] {
        let error = adapter.resolve(&format!("file://{}", path.display()), "").await.unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::Refused, "{error}");
    }
}

#[tokio::test]
async fn what_one_project_fetched_another_cannot_read() {
    let repo = Repo::new();
    let login = format!("Basic {}", "dTpw"); // u:p
    let server = Server::with_login(repo.git_dir(), &login).await;
    let adapter = Adapter::with(|_, project| {
        let credentials = match project {
            "owner" => Credentials {
                username: Some("u".into()),
                password: Some(Sensitive::new("p".into())),
                ..Credentials::default()
            },
            _ => Credentials::default(),
        };
        Ok(Access { scope: project.to_string(), credentials })
    });
    let url = server.url();
    let commit = adapter.git.resolve(&url, "owner", "", Freshness::Now).await.unwrap().commit;
    for freshness in [Freshness::Known, Freshness::Now] {
        assert!(adapter.git.resolve(&url, "other", &commit.to_string(), freshness).await.is_err());
    }
    assert!(adapter.git.tree(&url, "other", commit).await.is_err());
    assert!(adapter.git.metadata(&url, "other", commit).await.is_err());
}

#[tokio::test]
async fn neither_arguments_nor_files_hold_a_secret() {
    let server = Server::silent().await;
    let adapter = Adapter::with(|_, _| {
        let credentials = Credentials {
            username: Some("u".into()),
            password: Some(Sensitive::new("canary-pass".into())),
            tls_client_cert: Some("canary-cert".into()),
            tls_client_key: Some(Sensitive::new("canary-key".into())),
            ..Credentials::default()
        };
        Ok(Access { scope: String::new(), credentials })
    });
    let url = server.url();
    let look = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let mut running = 0;
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            running += usize::from(line.contains(&url));
            assert!(!line.contains("canary-pass") && !line.contains("canary-key"), "{line}");
        }
        assert!(running > 0, "git was seen");
        let files = String::from_utf8(
            std::process::Command::new("grep")
                .args(["-rl", "canary-"])
                .arg(adapter.cache.path())
                .output()
                .unwrap()
                .stdout,
        );
        assert_eq!(files.unwrap(), "");
    };
    tokio::select! {
        _ = adapter.resolve(&url, "") => panic!("a silent server does not answer"),
        () = look => {}
    }
}
