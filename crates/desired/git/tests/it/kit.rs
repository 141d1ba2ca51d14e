//! Making repositories, and the adapter over them.

use std::path::{Path, PathBuf};
use std::process::Command;

use bowline_core_ports::{Freshness, Resolved, SourceError, Sources};
use bowline_desired_git::{Access, GitRepositories, Settings};

/// A work tree with a `.git`, as a developer has it.
pub struct Repo {
    pub dir: tempfile::TempDir,
}

/// The adapter with its cache.
pub struct Adapter {
    pub git: GitRepositories,
    pub cache: tempfile::TempDir,
}

/// Runs git and gives what it prints; its failure is the test's.
pub fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "A U Thor"), ("GIT_AUTHOR_EMAIL", "author@example.com")])
        .envs([("GIT_COMMITTER_NAME", "C"), ("GIT_COMMITTER_EMAIL", "c@example.com")])
        .envs([("GIT_AUTHOR_DATE", "1700000000 +0100"), ("GIT_COMMITTER_DATE", "1700000001 +0100")])
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}

impl Repo {
    /// An empty repository on branch `main`.
    pub fn empty() -> Repo {
        Repo::with_format("sha1")
    }

    /// An empty repository whose ids are made so.
    pub fn with_format(format: &str) -> Repo {
        let dir = tempfile::tempdir().unwrap();
        git(dir.path(), &["init", "--quiet", "--initial-branch=main", &format!("--object-format={format}")]);
        Repo { dir }
    }

    /// A repository of one commit with one file.
    pub fn new() -> Repo {
        let repo = Repo::empty();
        repo.commit("app/config.yaml", "a: 1\n");
        repo
    }

    /// Writes a file, commits it, and gives the commit.
    pub fn commit(&self, path: &str, content: &str) -> String {
        let file = self.dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
        self.git(&["add", "-A"]);
        self.git(&["commit", "--quiet", "--message", &format!("change {path}")]);
        self.head()
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        git(self.dir.path(), arguments)
    }

    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// The URL that is read in place.
    pub fn url(&self) -> String {
        format!("file://{}", self.dir.path().display())
    }

    pub fn git_dir(&self) -> PathBuf {
        self.dir.path().join(".git")
    }
}

impl Adapter {
    /// Without credentials.
    pub fn new() -> Adapter {
        Adapter::with(|_, _| Ok(Access::default()))
    }

    pub fn with(access: impl Fn(&str, &str) -> Result<Access, SourceError> + Send + Sync + 'static) -> Adapter {
        let cache = tempfile::tempdir().unwrap();
        let settings = Settings { local: true, ..Settings::new(cache.path(), std::env::vars_os()) };
        Adapter { git: GitRepositories::new(settings, access).unwrap(), cache }
    }

    pub async fn resolve(&self, url: &str, revision: &str) -> Result<Resolved, SourceError> {
        self.git.resolve(url, "default", revision, Freshness::Now).await
    }

    /// `commit ref`, or the error as `kind: message`.
    pub async fn told(&self, url: &str, revision: &str) -> String {
        match self.resolve(url, revision).await {
            Ok(Resolved { commit, reference }) => format!("{commit} {}", reference.unwrap_or("-".into())),
            Err(error) => format!("{:?}: {error}", error.kind),
        }
    }

    /// A file at a revision.
    pub async fn file(&self, url: &str, revision: &str, path: &str) -> String {
        let resolved = self.resolve(url, revision).await.unwrap();
        let tree = self.git.tree(url, "default", resolved.commit).await.unwrap();
        tree.read_text(path).unwrap_or_else(|error| format!("error: {error}"))
    }
}
