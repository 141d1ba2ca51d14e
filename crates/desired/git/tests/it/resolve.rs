//! Revisions, trees and metadata, over a repository that is read in place and over one that is fetched.

use bowline_core_ports::{Freshness, SourceErrorKind, Sources};

use crate::http::Server;
use crate::kit::{Adapter, Repo};

/// Every revision must resolve alike through both ways of reading.
async fn check(repo: &Repo, cases: &[(&str, String)]) {
    let server = Server::start(repo.git_dir()).await;
    for url in [repo.url(), server.url()] {
        let adapter = Adapter::new();
        for (revision, want) in cases {
            let told = adapter.told(&url, revision).await.replace(&url, "URL");
            assert_eq!(&told, want, "{revision:?} of {url}");
        }
    }
}

#[tokio::test]
async fn names_of_every_kind() {
    let repo = Repo::new();
    let first = repo.head();
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-a", "annotated", "-m", "x"]);
    let second = repo.commit("b.yaml", "b: 2\n");
    repo.git(&["branch", "feature/x"]);
    repo.git(&["branch", "both", &first]);
    repo.git(&["tag", "both"]);
    repo.git(&["update-ref", "refs/pull/7/head", &first]);
    let unresolved = |revision: &str| {
        format!(
            "NoSuchRevision: unable to resolve '{revision}' to a commit SHA: URL: there is no such branch, tag or commit"
        )
    };
    check(
        &repo,
        &[
            ("", format!("{second} HEAD")),
            ("HEAD", format!("{second} HEAD")),
            ("main", format!("{second} refs/heads/main")),
            ("feature/x", format!("{second} refs/heads/feature/x")),
            ("light", format!("{first} refs/tags/light")),
            ("annotated", format!("{first} refs/tags/annotated")),
            ("refs/heads/main", format!("{second} refs/heads/main")),
            ("refs/tags/annotated", format!("{first} refs/tags/annotated")),
            ("heads/main", format!("{second} refs/heads/main")),
            ("both", format!("{second} refs/tags/both")),
            ("refs/heads/both", format!("{first} refs/heads/both")),
            ("refs/pull/7/head", format!("{first} refs/pull/7/head")),
            (&first, format!("{first} -")),
            (&first.to_uppercase(), format!("{first} -")),
            (&first[..7], format!("{first} -")),
            (&first[..6], unresolved(&first[..6])),
            ("nope", unresolved("nope")),
            ("refs/pull/8/head", unresolved("refs/pull/8/head")),
            ("no/such", unresolved("no/such")),
            (
                "0123456789012345678901234567890123456789",
                "NoSuchRevision: unable to resolve '0123456789012345678901234567890123456789' to a commit SHA: URL: there is no such commit"
                    .to_string(),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn version_ranges_choose_among_tags() {
    let repo = Repo::new();
    let first = repo.head();
    for tag in ["v1.0.0", "v1.2.0", "app/1.0.0"] {
        repo.git(&["tag", "-a", tag, "-m", "x"]);
    }
    let second = repo.commit("b", "b");
    for tag in ["v1.10.0", "v2.0.0-rc.1", "app/1.5.0"] {
        repo.git(&["tag", tag]);
    }
    repo.git(&["branch", "1.x", &first]);
    repo.git(&["branch", "3.x", &first]);
    check(
        &repo,
        &[
            ("v1.*", format!("{second} refs/tags/v1.10.0")),
            ("~1.2", format!("{first} refs/tags/v1.2.0")),
            (">=2.0.0-0", format!("{second} refs/tags/v2.0.0-rc.1")),
            ("1.x", format!("{second} refs/tags/v1.10.0")),
            ("3.x", format!("{first} refs/heads/3.x")),
            ("v1.0.0", format!("{first} refs/tags/v1.0.0")),
            (
                ">=5",
                "NoSuchRevision: unable to resolve '>=5' to a commit SHA: URL: there is no such branch, tag or commit"
                    .into(),
            ),
        ],
    )
    .await;
    let adapter = Adapter::new();
    for (revision, want) in [("^1", &second), ("1.0.*", &first), ("1.0.0", &first), ("main", &second)] {
        let resolved =
            adapter.git.resolve_with_prefix(&repo.url(), "", revision, "app/", Freshness::Now).await.unwrap();
        assert_eq!(&resolved.commit.to_string(), want, "{revision}");
    }
}

#[tokio::test]
async fn a_tag_on_a_tree_is_no_commit_and_an_empty_repository_has_no_head() {
    let repo = Repo::new();
    repo.git(&["tag", "tree", "HEAD^{tree}"]);
    check(
        &repo,
        &[(
            "tree",
            "NoSuchRevision: unable to resolve 'refs/tags/tree' to a commit SHA: URL: it names something that is no commit".into(),
        )],
    )
    .await;
    check(
        &Repo::empty(),
        &[(
            "",
            "NoSuchRevision: unable to resolve 'HEAD' to a commit SHA: URL: the repository is empty, or its HEAD names no branch"
                .into(),
        )],
    )
    .await;
}

#[tokio::test]
async fn a_commit_that_no_branch_leads_to_is_fetched_by_its_id() {
    let repo = Repo::new();
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let orphan = repo.git(&["commit-tree", "HEAD^{tree}", "-m", "orphan"]);
    check(&repo, &[("", format!("{} HEAD", repo.head())), (&orphan, format!("{orphan} -"))]).await;
}

#[tokio::test]
async fn trees_and_metadata() {
    let repo = Repo::new();
    repo.git(&["tag", "-a", "v1", "-m", "x"]);
    let server = Server::start(repo.git_dir()).await;
    for url in [repo.url(), server.url()] {
        let adapter = Adapter::new();
        assert_eq!(adapter.file(&url, "main", "app/config.yaml").await, "a: 1\n");
        let commit = adapter.resolve(&url, "v1").await.unwrap().commit;
        let metadata = adapter.git.metadata(&url, "", commit).await.unwrap();
        assert_eq!(metadata.author, "A U Thor <author@example.com>");
        assert_eq!((metadata.date, metadata.message.as_str()), (1_700_000_000, "change app/config.yaml"));
        assert_eq!(metadata.tags, ["v1"]);
        let unknown = "0123456789012345678901234567890123456789".parse().unwrap();
        let error = adapter.git.tree(&url, "", unknown).await.unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::NoSuchRevision);
    }
}

#[tokio::test]
async fn objects_are_found_after_a_repack_and_a_later_push() {
    let repo = Repo::new();
    let server = Server::start(repo.git_dir()).await;
    for url in [repo.url(), server.url()] {
        let adapter = Adapter::new();
        assert_eq!(adapter.file(&url, "", "app/config.yaml").await, "a: 1\n");
        repo.git(&["gc", "--quiet", "--prune=now"]);
        repo.commit("app/config.yaml", "a: 2\n");
        assert_eq!(adapter.file(&url, "", "app/config.yaml").await, "a: 2\n");
        repo.git(&["gc", "--quiet", "--prune=now"]);
        repo.commit("app/config.yaml", "a: 1\n");
        assert_eq!(adapter.file(&url, "", "app/config.yaml").await, "a: 1\n");
    }
}

#[tokio::test]
async fn a_repository_with_sha_256_ids() {
    let repo = Repo::with_format("sha256");
    let commit = repo.commit("a", "content");
    let server = Server::start(repo.git_dir()).await;
    for url in [repo.url(), server.url()] {
        let adapter = Adapter::new();
        assert_eq!(adapter.told(&url, "main").await, format!("{commit} refs/heads/main"));
        assert_eq!(adapter.told(&url, &commit).await, format!("{commit} -"));
        assert_eq!(adapter.file(&url, &commit[..12], "a").await, "content");
    }
}

#[tokio::test]
async fn deleted_and_forced_branches_are_followed() {
    let repo = Repo::new();
    repo.git(&["branch", "a"]);
    let server = Server::start(repo.git_dir()).await;
    for url in [repo.url(), server.url()] {
        let adapter = Adapter::new();
        assert!(adapter.resolve(&url, "a").await.is_ok());
        // `a/b` can only be where `a` is no more.
        repo.git(&["branch", "-D", "a"]);
        repo.git(&["branch", "a/b"]);
        assert!(adapter.resolve(&url, "a").await.is_err());
        assert!(adapter.resolve(&url, "a/b").await.is_ok());
        repo.git(&["commit", "--quiet", "--amend", "--message", "forced"]);
        assert_eq!(adapter.resolve(&url, "").await.unwrap().commit.to_string(), repo.head());
        repo.git(&["branch", "-D", "a/b"]);
        repo.git(&["branch", "a"]);
    }
}

#[tokio::test]
async fn a_repository_that_is_not_there_says_so() {
    let adapter = Adapter::new();
    let told = adapter.told("file:///no/such/repository", "").await;
    assert!(
        told.starts_with("Authentication: failed to list refs: repository not found: file:///no/such/repository"),
        "{told}"
    );
    let told = adapter.told("http://127.0.0.1:1/x.git", "").await;
    assert!(told.starts_with("Unreachable: failed to list refs: "), "{told}");
    assert!(adapter.git.resolve("http://127.0.0.1:1/x.git", "", "", Freshness::Known).await.is_err());
}
