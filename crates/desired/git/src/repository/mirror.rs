//! [`Mirror`]: a bare repository that `git fetch` fills.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bowline_core_ports::{SourceError, SourceErrorKind};

use crate::program::{Context, Failure, run};
use crate::repositories::Shared;
use crate::{Credentials, Remote, Transport};

/// Where the remote's `HEAD` is kept.
pub(crate) const HEAD: &str = "refs/bowline/HEAD";
/// Below it, commits that were asked for by id and that no branch or tag leads to.
pub(crate) const COMMITS: &str = "refs/bowline/commits/";

/// What every refresh fetches. `HEAD*` rather than `HEAD`: an empty repository has none, and a pattern may match nothing.
const REFSPECS: [&str; 3] = ["+HEAD*:refs/bowline/HEAD*", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];

/// What git says where the mirror's ids are made otherwise than the remote's.
const OTHER_HASH: &str = "mismatched algorithms: client sha1; server sha256";

/// Fetches between two looks at whether the mirror wants packing.
const PACK_EVERY: u32 = 50;

/// A bare repository of ours. Whoever calls holds the lock of its remote: one git process at a time works in it.
pub(crate) struct Mirror {
    path: PathBuf,
    fetches: AtomicU32,
    /// The remote's objects have SHA-256 ids; only its refusal of a SHA-1 mirror tells.
    sha256: AtomicBool,
}

// === impl Mirror ===

impl Mirror {
    pub(crate) fn new(path: PathBuf) -> Mirror {
        Mirror { path, fetches: AtomicU32::new(0), sha256: AtomicBool::new(false) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Branches, tags and `HEAD`, with what they need, and the refs that are wanted beside.
    ///
    /// One command for both questions: in git's protocol a fetch begins by listing the refs, and ends there when nothing is new.
    pub(crate) async fn fetch_refs(
        &self,
        shared: &Shared,
        remote: &Remote,
        credentials: &Credentials,
        wanted: &BTreeSet<String>,
    ) -> Result<(), SourceError> {
        let mut refspecs: Vec<String> = REFSPECS.map(String::from).to_vec();
        // As patterns, so that one that is gone takes no other with it.
        refspecs.extend(wanted.iter().map(|reference| format!("+{reference}*:{reference}*")));
        match self.fetch(shared, remote, credentials, &refspecs).await {
            Err(error) if error.message.contains(OTHER_HASH) && !self.sha256.swap(true, Ordering::Relaxed) => {
                self.remove()?;
                self.fetch(shared, remote, credentials, &refspecs).await?;
            }
            outcome => outcome?,
        }
        if self.fetches.fetch_add(1, Ordering::Relaxed) % PACK_EVERY == PACK_EVERY - 1 {
            self.pack(shared).await;
        }
        Ok(())
    }

    /// Fetches by refspecs, all of our own making.
    pub(crate) async fn fetch(
        &self,
        shared: &Shared,
        remote: &Remote,
        credentials: &Credentials,
        refspecs: &[String],
    ) -> Result<(), SourceError> {
        credentials
            .check_for(remote.transport())
            .map_err(|error| SourceError::new(SourceErrorKind::Refused, format!("{remote}: {error}")))?;
        self.prepare(shared, remote).await?;
        let credentials = &*shared.logged_in(remote, credentials).await?;
        let context =
            Context::remote(&shared.settings, remote, credentials).map_err(|error| self.disk(remote, &error))?;
        let depth = format!("--depth={}", credentials.depth);
        let mut arguments = vec![
            "fetch",
            "--quiet",
            "--force",
            "--prune",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--no-recurse-submodules",
            "--no-show-forced-updates",
        ];
        if credentials.depth > 0 && remote.transport() != Transport::File {
            arguments.push(&depth);
        }
        arguments.extend(["--", remote.url()]);
        arguments.extend(refspecs.iter().map(String::as_str));
        self.git(shared, &context, remote, &arguments).await
    }

    /// Takes the mirror away; the next fetch makes it anew.
    pub(crate) fn remove(&self) -> Result<(), SourceError> {
        match std::fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SourceError::new(
                SourceErrorKind::Damaged,
                format!("cannot remove the damaged mirror {}: {error}", self.path.display()),
            )),
            _ => Ok(()),
        }
    }

    /// Makes the repository where there is none, and clears what an ended process left behind.
    async fn prepare(&self, shared: &Shared, remote: &Remote) -> Result<(), SourceError> {
        if self.fetches.load(Ordering::Relaxed) > 0 {
            return Ok(());
        }
        if self.path.join("HEAD").exists() {
            return remove_locks(&self.path).map_err(|error| self.disk(remote, &error));
        }
        std::fs::create_dir_all(&self.path).map_err(|error| self.disk(remote, &error))?;
        let format = match self.sha256.load(Ordering::Relaxed) {
            true => "--object-format=sha256",
            false => "--object-format=sha1",
        };
        self.git(shared, &Context::local(), remote, &["init", "--quiet", "--bare", format]).await
    }

    async fn git(
        &self,
        shared: &Shared,
        context: &Context,
        remote: &Remote,
        arguments: &[&str],
    ) -> Result<(), SourceError> {
        let _slot = shared.slots.acquire().await.expect("because the semaphore is never closed");
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        run(&shared.settings, context, &self.path, &arguments).await.map_err(|failure| match &failure {
            Failure::Said(_, text) if is_damage(text) => SourceError::new(
                SourceErrorKind::Damaged,
                format!("the local copy of {remote} is damaged: {}", text.trim()),
            ),
            _ => failure.into_error(remote),
        })
    }

    /// Packs what has gathered. Objects that nothing leads to stay for git's two weeks, longer than any render lasts.
    async fn pack(&self, shared: &Shared) {
        let _slot = shared.slots.acquire().await.expect("because the semaphore is never closed");
        let arguments = ["-c", "gc.auto=2000", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"].map(OsStr::new);
        if let Err(failure) = run(&shared.settings, &Context::packing(), &self.path, &arguments).await {
            tracing::warn!(mirror = %self.path.display(), ?failure, "the mirror could not be packed");
        }
    }

    fn disk(&self, remote: &Remote, error: &io::Error) -> SourceError {
        SourceError::new(SourceErrorKind::Damaged, format!("cannot keep {remote} in {}: {error}", self.path.display()))
    }
}

/// Whether git complains of what it found on our disk, not of the remote.
fn is_damage(text: &str) -> bool {
    const SIGNS: [&str; 7] = [
        "bad object",
        "is corrupt",
        "is empty",
        "not a git repository: ",
        "unable to read tree",
        "invalid sha1 pointer",
        "did not send all necessary objects",
    ];
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// Removes the lock files of a process that was killed: nobody else works in our mirrors.
fn remove_locks(directory: &Path) -> io::Result<()> {
    let mut pending = vec![directory.to_path_buf()];
    while let Some(directory) = pending.pop() {
        #[expect(clippy::disallowed_methods, reason = "the mirror is this crate's own directory")]
        for entry in std::fs::read_dir(&directory)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                // Objects are written under temporary names, without locks.
                if entry.file_name() != "objects" {
                    pending.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "lock") {
                std::fs::remove_file(&path)?;
            }
        }
    }
    Ok(())
}
