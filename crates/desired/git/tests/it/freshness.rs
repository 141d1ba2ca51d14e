//! How often a remote is asked.

use std::sync::Arc;
use std::time::Duration;

use bowline_core_ports::{Freshness, SourceErrorKind, Sources};
use bowline_desired_git::{Access, GitRepositories, Settings};

use crate::http::Server;
use crate::kit::{Adapter, Repo};

#[tokio::test]
async fn what_is_known_is_not_asked_again() {
    let repo = Repo::new();
    let before = repo.head();
    let server = Server::start(repo.git_dir()).await;
    let adapter = Adapter::new();
    let url = server.url();
    let resolve = async |freshness| adapter.git.resolve(&url, "", "main", freshness).await.unwrap().commit.to_string();
    assert_eq!(resolve(Freshness::Known).await, before);
    let after = repo.commit("b", "b");
    assert_eq!(resolve(Freshness::Known).await, before);
    assert_eq!(resolve(Freshness::Within(60_000)).await, before);
    assert!(adapter.git.tree(&url, "", before.parse().unwrap()).await.is_ok());
    assert!(adapter.git.resolve(&url, "", &before, Freshness::Now).await.is_ok(), "a commit that is here");
    assert_eq!(server.asked(), 1);
    assert_eq!(resolve(Freshness::Within(0)).await, after);
    assert_eq!(resolve(Freshness::Now).await, after);
    assert_eq!(server.asked(), 3);
}

#[tokio::test]
async fn requests_that_meet_are_answered_together() {
    let repo = Repo::new();
    let server = Server::start(repo.git_dir()).await;
    let adapter = Arc::new(Adapter::new());
    let url = server.url();
    let requests = (0..50).map(|_| {
        let (adapter, url) = (adapter.clone(), url.clone());
        tokio::spawn(async move { adapter.resolve(&url, "main").await.is_ok() })
    });
    for request in requests.collect::<Vec<_>>() {
        assert!(request.await.unwrap());
    }
    assert!(server.asked() <= 2, "asked {} times", server.asked());
}

#[tokio::test]
async fn a_failure_is_shared_by_who_waited_for_it() {
    let server = Server::start("/no/such/repository".into()).await;
    let adapter = Arc::new(Adapter::new());
    let url = server.url();
    let requests = (0..20).map(|_| {
        let (adapter, url) = (adapter.clone(), url.clone());
        tokio::spawn(async move { adapter.resolve(&url, "main").await.is_err() })
    });
    for request in requests.collect::<Vec<_>>() {
        assert!(request.await.unwrap());
    }
    assert!(server.asked() <= 2, "asked {} times", server.asked());
}

#[tokio::test]
async fn a_remote_that_does_not_answer_is_given_up() {
    let server = Server::silent().await;
    let cache = tempfile::tempdir().unwrap();
    let settings =
        Settings { exec_timeout: Duration::from_millis(300), ..Settings::new(cache.path(), std::env::vars_os()) };
    let git = GitRepositories::new(settings, |_, _| Ok(Access::default())).unwrap();
    let error = git.resolve(&server.url(), "", "", Freshness::Now).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::Unreachable);
    assert!(error.message.contains("timeout"), "{error}");
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_ends_its_processes() {
    let server = Server::silent().await;
    let adapter = Adapter::new();
    let url = server.url();
    let given_up = tokio::time::timeout(Duration::from_millis(500), adapter.resolve(&url, "")).await;
    assert!(given_up.is_err());
    for _ in 0..100 {
        if !is_running(&url) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("a git process for {url} still runs");
}

/// Whether any process has this URL among its arguments.
fn is_running(url: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(url)
    })
}

#[tokio::test]
async fn a_cache_survives_a_restart_and_has_one_owner() {
    let repo = Repo::new();
    let server = Server::start(repo.git_dir()).await;
    let cache = tempfile::tempdir().unwrap();
    let open = || GitRepositories::new(Settings::new(cache.path(), std::env::vars_os()), |_, _| Ok(Access::default()));
    let url = server.url();
    {
        let git = open().unwrap();
        git.resolve(&url, "", "", Freshness::Now).await.unwrap();
        let second = open().err().expect("the cache is taken").to_string();
        assert!(second.contains("in use by another process"), "{second}");
    }
    // What a killed git leaves behind.
    let mirror = std::fs::read_dir(cache.path()).unwrap().flatten().find(|e| e.path().is_dir()).unwrap().path();
    std::fs::write(mirror.join("packed-refs.lock"), "").unwrap();
    std::fs::write(mirror.join("refs/heads/main.lock"), "").unwrap();
    let after = repo.commit("b", "b");
    let git = open().unwrap();
    assert_eq!(git.resolve(&url, "", "main", Freshness::Now).await.unwrap().commit.to_string(), after);
}

#[tokio::test]
async fn a_damaged_mirror_is_made_anew() {
    let repo = Repo::new();
    let server = Server::start(repo.git_dir()).await;
    let adapter = Adapter::new();
    adapter.resolve(&server.url(), "").await.unwrap();
    let mirror = std::fs::read_dir(adapter.cache.path()).unwrap().flatten().find(|e| e.path().is_dir()).unwrap().path();
    for directory in std::fs::read_dir(mirror.join("objects")).unwrap().flatten() {
        std::fs::remove_dir_all(directory.path()).unwrap();
    }
    let after = repo.commit("b", "content");
    assert_eq!(adapter.resolve(&server.url(), "").await.unwrap().commit.to_string(), after);
    assert_eq!(adapter.file(&server.url(), "", "b").await, "content");
}

#[tokio::test]
async fn mirrors_that_nobody_uses_are_removed() {
    let repo = Repo::new();
    let (used, unused) = (Server::start(repo.git_dir()).await, Server::start(repo.git_dir()).await);
    let adapter = Adapter::new();
    adapter.resolve(&used.url(), "").await.unwrap();
    adapter.resolve(&unused.url(), "").await.unwrap();
    std::fs::create_dir(adapter.cache.path().join("somebody's")).unwrap();
    assert_eq!(adapter.git.remove_unused([(used.url().as_str(), "any")]).unwrap(), 1);
    assert_eq!(
        adapter.git.resolve(&used.url(), "", "", Freshness::Known).await.unwrap().commit.to_string(),
        repo.head()
    );
    assert_eq!(used.asked(), 1, "it was kept");
    assert!(adapter.cache.path().join("somebody's").exists());
    assert!(adapter.resolve(&unused.url(), "").await.is_ok(), "it is made anew");
}
