//! [`Tree`]: resolving names over entries.

use std::sync::Arc;

use crate::trace::hash_names;
use crate::{Entry, EntryKind, ObjectId, OutsideError, Recorder, Seen, Store, StoreError, normalize};

/// A handle on the files of one commit (or chart archive, or other source).
#[derive(Clone)]
pub struct Tree {
    store: Arc<dyn Store>,
    root: ObjectId,
    limits: Limits,
    recorder: Option<Recorder>,
}

/// What a reader takes at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file. 64 MiB: several times the largest manifest that an API server would accept.
    pub file_bytes: u64,
    /// Links followed for one path. 40, as Linux does.
    pub links: usize,
    /// Files that one [`Tree::walk`] visits. 200,000: more than any repository of manifests that is known to us.
    pub walk_files: usize,
}

/// A file's content.
#[derive(Clone, Debug)]
pub struct Blob {
    /// The object: equal ids are equal bytes, so what is parsed from one can be kept under it.
    pub id: ObjectId,
    /// The bytes, shared.
    pub bytes: Arc<[u8]>,
}

/// Where a path led after following links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The path without links.
    pub path: String,
    /// What is there; never a link.
    pub kind: EntryKind,
    /// The object there.
    pub id: ObjectId,
}

/// Why a path could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The path, or a link on it, leads out of the tree.
    #[error(transparent)]
    Outside(#[from] OutsideError),
    /// Nothing is there.
    #[error("{path}: no such file or directory")]
    Absent {
        /// The path as it was asked for.
        path: String,
    },
    /// A file was asked for and something else is there.
    #[error("{path}: is {}, not a file", kind_name(*.kind))]
    NotAFile {
        /// The path as it was asked for.
        path: String,
        /// What is there.
        kind: EntryKind,
    },
    /// A directory was asked for and something else is there.
    #[error("{path}: not a directory")]
    NotADirectory {
        /// The path as it was asked for.
        path: String,
    },
    /// Links point at each other, or there are too many.
    #[error("{path}: too many levels of symbolic links")]
    LinkLoop {
        /// The path as it was asked for.
        path: String,
    },
    /// A walk met more files than it takes.
    #[error("{path}: more than {limit} files")]
    TooManyFiles {
        /// The directory that was walked.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// The file is not UTF-8.
    #[error("{path}: is not UTF-8 text")]
    NotText {
        /// The path as it was asked for.
        path: String,
    },
    /// The store could not give the object.
    #[error("{path}: {error}")]
    Store {
        /// The path as it was asked for.
        path: String,
        /// What the store said.
        error: StoreError,
    },
}

pub(crate) enum Raw {
    Entry(EntryKind, ObjectId),
    Absent,
    /// A link stands on the way; where it leads is not looked at.
    Link,
}

// === impl Limits ===

impl Default for Limits {
    fn default() -> Limits {
        Limits { file_bytes: 64 << 20, links: 40, walk_files: 200_000 }
    }
}

// === impl Tree ===

impl Tree {
    /// The tree whose root directory is the object `root` of `store`.
    pub fn new(store: Arc<dyn Store>, root: ObjectId) -> Tree {
        Tree { store, root, limits: Limits::default(), recorder: None }
    }

    /// The same tree with other limits.
    pub fn with_limits(mut self, limits: Limits) -> Tree {
        self.limits = limits;
        self
    }

    /// The root directory's object: trees with equal roots have equal content.
    pub fn root(&self) -> ObjectId {
        self.root
    }

    /// A handle on the same tree that records what is read through it and its clones.
    pub fn recording(&self) -> (Tree, Recorder) {
        let recorder = Recorder::default();
        (Tree { recorder: Some(recorder.clone()), ..self.clone() }, recorder)
    }

    /// What is at `path`, links followed; `None` where nothing is, also where a link points at nothing.
    pub fn find(&self, path: &str) -> Result<Option<Found>, TreeError> {
        let mut pending: Vec<String> = segments(&normalize(path)?);
        let mut at: Vec<(String, ObjectId)> = Vec::new();
        let mut links = 0;
        while let Some(name) = pending.pop() {
            let here = at.last().map_or(self.root, |(_, id)| *id);
            if name == ".." {
                at.pop().ok_or_else(|| OutsideError { path: path.to_string() })?;
                continue;
            }
            let full = at.iter().map(|(n, _)| n.as_str()).chain([name.as_str()]).collect::<Vec<_>>().join("/");
            let Some(entry) = self.entry(here, &name, path)? else {
                // The missing prefix is what the answer hangs on, whatever else was to follow.
                self.record(&full, Seen::Absent);
                return Ok(None);
            };
            match entry.kind {
                EntryKind::Directory => at.push((name, entry.id)),
                EntryKind::Symlink => {
                    self.record(&full, Seen::Object(entry.kind, entry.id));
                    links += 1;
                    if links > self.limits.links {
                        return Err(TreeError::LinkLoop { path: path.to_string() });
                    }
                    let target = self.blob(entry.id, path)?;
                    let target = String::from_utf8_lossy(&target).into_owned();
                    if target.starts_with('/') {
                        return Err(OutsideError { path: format!("{path} -> {target}") }.into());
                    }
                    // Links are followed one segment at a time, so `..` in a target counts from where the link stands.
                    pending.extend(target.split('/').rev().filter(|s| !s.is_empty() && *s != ".").map(String::from));
                }
                kind => {
                    self.record(&full, Seen::Object(kind, entry.id));
                    let found = Found { path: full, kind, id: entry.id };
                    // A file with something below it is like nothing.
                    return Ok(pending.is_empty().then_some(found));
                }
            }
        }
        let full = at.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>().join("/");
        self.record(&full, Seen::Directory);
        let id = at.last().map_or(self.root, |(_, id)| *id);
        Ok(Some(Found { path: full, kind: EntryKind::Directory, id }))
    }

    /// The file at `path`, links followed.
    pub fn read(&self, path: &str) -> Result<Blob, TreeError> {
        match self.find(path)? {
            None => Err(TreeError::Absent { path: path.to_string() }),
            Some(found) if found.kind.is_file() => Ok(Blob { id: found.id, bytes: self.blob(found.id, path)? }),
            Some(found) => Err(TreeError::NotAFile { path: path.to_string(), kind: found.kind }),
        }
    }

    /// The file at `path`, or `None` where nothing is.
    pub fn read_if_exists(&self, path: &str) -> Result<Option<Blob>, TreeError> {
        match self.read(path) {
            Ok(blob) => Ok(Some(blob)),
            Err(TreeError::Absent { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The file at `path` as text.
    pub fn read_text(&self, path: &str) -> Result<String, TreeError> {
        let blob = self.read(path)?;
        String::from_utf8(blob.bytes.to_vec()).map_err(|_| TreeError::NotText { path: path.to_string() })
    }

    /// The entries of the directory at `path` (itself reached through links), sorted by name; links among them are not followed.
    pub fn list(&self, path: &str) -> Result<Arc<[Entry]>, TreeError> {
        match self.find(path)? {
            None => Err(TreeError::Absent { path: path.to_string() }),
            Some(Found { path: full, kind: EntryKind::Directory, id }) => {
                let entries = self.directory(id, path)?;
                self.record(&full, Seen::Listing(id, hash_names(&entries)));
                Ok(entries)
            }
            Some(_) => Err(TreeError::NotADirectory { path: path.to_string() }),
        }
    }

    /// Every file (and link and submodule) below the directory `path`, depth first in name order, as (path from the root, entry).
    /// Links are reported, not followed.
    pub fn walk(&self, path: &str) -> Result<Vec<(String, Entry)>, TreeError> {
        let mut files = Vec::new();
        let mut pending = vec![normalize(path)?];
        while let Some(dir) = pending.pop() {
            let entries = self.list(&dir)?;
            let mut below = Vec::new();
            for entry in entries.iter() {
                let full = if dir.is_empty() { entry.name.to_string() } else { format!("{dir}/{}", entry.name) };
                if entry.kind == EntryKind::Directory {
                    below.push(full);
                } else if files.len() == self.limits.walk_files {
                    return Err(TreeError::TooManyFiles { path: path.to_string(), limit: self.limits.walk_files });
                } else {
                    files.push((full, entry.clone()));
                }
            }
            pending.extend(below.into_iter().rev());
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(files)
    }

    /// The tree whose root is the directory at `path`. What is above can then not be reached; reads through it are
    /// not recorded by this tree's recorder, so it is for content that is copied out (a chart inside an archive).
    pub fn subtree(&self, path: &str) -> Result<Tree, TreeError> {
        match self.find(path)? {
            None => Err(TreeError::Absent { path: path.to_string() }),
            Some(Found { kind: EntryKind::Directory, id, .. }) => Ok(Tree { root: id, recorder: None, ..self.clone() }),
            Some(_) => Err(TreeError::NotADirectory { path: path.to_string() }),
        }
    }

    /// What is at a physical path, following nothing.
    pub(crate) fn raw(&self, path: &str) -> Result<Raw, TreeError> {
        let mut at = Raw::Entry(EntryKind::Directory, self.root);
        for name in path.split('/').filter(|s| !s.is_empty()) {
            at = match at {
                Raw::Entry(EntryKind::Directory, id) => match self.entry(id, name, path)? {
                    Some(entry) => Raw::Entry(entry.kind, entry.id),
                    None => return Ok(Raw::Absent),
                },
                Raw::Entry(EntryKind::Symlink, _) | Raw::Link => return Ok(Raw::Link),
                _ => return Ok(Raw::Absent),
            };
        }
        Ok(at)
    }

    pub(crate) fn raw_listing(&self, id: ObjectId) -> Result<Arc<[Entry]>, StoreError> {
        self.store.directory(id)
    }

    fn entry(&self, directory: ObjectId, name: &str, path: &str) -> Result<Option<Entry>, TreeError> {
        let entries = self.directory(directory, path)?;
        Ok(entries.binary_search_by(|entry| entry.name.as_ref().cmp(name)).ok().map(|i| entries[i].clone()))
    }

    fn directory(&self, id: ObjectId, path: &str) -> Result<Arc<[Entry]>, TreeError> {
        self.store.directory(id).map_err(|error| TreeError::Store { path: path.to_string(), error })
    }

    fn blob(&self, id: ObjectId, path: &str) -> Result<Arc<[u8]>, TreeError> {
        self.store.blob(id, self.limits.file_bytes).map_err(|error| TreeError::Store { path: path.to_string(), error })
    }

    fn record(&self, path: &str, seen: Seen) {
        if let Some(recorder) = &self.recorder {
            recorder.record(path, seen);
        }
    }
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tree").field("root", &self.root).finish_non_exhaustive()
    }
}

/// The segments of a plain path, last first.
fn segments(path: &str) -> Vec<String> {
    path.split('/').rev().filter(|s| !s.is_empty()).map(String::from).collect()
}

fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::File | EntryKind::Executable => "a file",
        EntryKind::Symlink => "a symbolic link",
        EntryKind::Directory => "a directory",
        EntryKind::Submodule => "a submodule",
    }
}

#[cfg(test)]
mod tests;
