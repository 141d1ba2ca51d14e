//! What payloads have in common, and the bounds of what goes on from them.

use bowline_core_ports::Pushed;
use serde::Deserialize;

use crate::Refused;

/// A URL or name that is longer than this concerns nobody.
const TEXT: usize = 1024;
/// More changes than these in one push are told as "anything may have moved".
const CHANGES: usize = 32;
/// More bytes of file names than these are not told: files are a hint of a hint.
const FILES: usize = 4096;

/// A commit as GitHub, GitLab and Gogs tell it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Commit {
    pub(crate) added: Option<Vec<Option<String>>>,
    pub(crate) modified: Option<Vec<Option<String>>>,
    pub(crate) removed: Option<Vec<Option<String>>>,
}

/// What a push says once its sender's form is taken away.
#[derive(Debug, Default)]
pub(crate) struct Push {
    pub(crate) urls: Vec<Option<String>>,
    /// Names of branches and tags, with or without `refs/…/`.
    pub(crate) references: Vec<Option<String>>,
    /// The default branch, where the sender tells it.
    pub(crate) default_branch: Option<String>,
    pub(crate) commits: Option<Vec<Option<Commit>>>,
}

// === impl Push ===

impl Push {
    /// The hints: one for each branch or tag; none where no repository is named.
    pub(crate) fn hints(self, verified: bool) -> Vec<Pushed> {
        let fits = |text: &String| !text.is_empty() && text.len() <= TEXT;
        let mut urls: Vec<String> = self.urls.into_iter().flatten().filter(fits).take(4).collect();
        urls.dedup();
        if urls.is_empty() {
            return Vec::new();
        }
        let names = self.references.into_iter().flatten().filter(fits);
        let mut revisions: Vec<String> = names.take(CHANGES + 1).map(|name| short(&name).to_string()).collect();
        revisions.dedup();
        let files = files(self.commits.unwrap_or_default());
        let default = self.default_branch.as_deref().map(short);
        let pushed = Pushed { urls, files, verified, ..Pushed::default() };
        if revisions.is_empty() || revisions.len() > CHANGES {
            return vec![Pushed { head: true, ..pushed }];
        }
        let of = |revision: String| Pushed {
            // Who does not tell the default branch may have moved it.
            head: default.is_none_or(|default| default == revision),
            revision: Some(revision),
            ..pushed.clone()
        };
        revisions.into_iter().map(of).collect()
    }
}

/// A body as `T`.
pub(crate) fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::Unreadable(error.to_string()))
}

/// `refs/heads/a/b` is `a/b`; `main` is itself.
fn short(reference: &str) -> &str {
    reference.splitn(3, '/').last().filter(|_| reference.starts_with("refs/")).unwrap_or(reference)
}

fn files(commits: Vec<Option<Commit>>) -> Vec<String> {
    let mut files = Vec::new();
    let mut bytes = 0;
    for commit in commits.into_iter().flatten() {
        for file in [commit.added, commit.modified, commit.removed].into_iter().flatten().flatten().flatten() {
            bytes += file.len();
            if bytes > FILES {
                return Vec::new();
            }
            files.push(file);
        }
    }
    files.sort();
    files.dedup();
    files
}
