//! A Git repository on disk.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository with a work tree.
#[derive(Debug)]
pub struct Repo {
    path: PathBuf,
}

// === impl Repo ===

impl Repo {
    /// An empty repository at `path`.
    pub fn new(path: &Path) -> Repo {
        std::fs::create_dir_all(path).expect("because the temporary folder is writable");
        let repo = Repo { path: path.to_path_buf() };
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }

    /// Writes files, commits, and gives the commit. The branch has moved when this returns.
    pub fn commit(&self, files: &[(String, String)]) -> String {
        for (path, content) in files {
            let full = self.path.join(path);
            std::fs::create_dir_all(full.parent().expect("because a file is in a folder"))
                .expect("because the repository is writable");
            std::fs::write(full, content).expect("because the repository is writable");
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "change"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(&self.path)
            .output()
            .expect("because git is installed");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    }
}
