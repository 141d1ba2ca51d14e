//! [`Objects`]: one object database, read by gix.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_cache::Cache;
use bowline_base_tree::{Entry, EntryKind, ObjectId, Store, StoreError};
use bowline_core_ports::RevisionMetadata;
use gix::bstr::ByteSlice;
use gix::objs::Kind;
use gix::objs::tree::EntryKind as GitKind;
use gix::prelude::ReferenceExt;

/// Objects in memory, over all repositories; repositories have numbers, because equal ids do not give a right to read.
pub(crate) type ObjectCache = Cache<(u64, ObjectId), Kept>;

/// An object in memory.
#[derive(Clone)]
pub(crate) enum Kept {
    Directory(Arc<[Entry]>),
    Blob(Arc<[u8]>),
}

/// A repository's objects and refs. Objects that a fetch adds are found as soon as it is done.
pub(crate) struct Objects {
    shared: gix::ThreadSafeRepository,
    /// Handles of threads that are not reading now: one costs more to make than an object to read.
    idle: Mutex<Vec<gix::Repository>>,
    cache: Arc<ObjectCache>,
    number: u64,
    /// Root directories of commits that were asked for lately: many applications share a commit.
    roots: Mutex<HashMap<ObjectId, ObjectId>>,
}

/// Commits whose roots are kept: as many as one repository's applications may be pinned to.
const ROOTS: usize = 1024;

/// What an abbreviated id stands for.
pub(crate) enum Short {
    Commit(ObjectId),
    Ambiguous,
    Absent,
}

/// What a ref says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// The commit behind it, tags peeled.
    Commit(ObjectId),
    /// It points at something that is no commit.
    Other,
}

// === impl Objects ===

impl Objects {
    /// The repository at `path` (bare, or with a `.git` in it). The error is a sentence.
    pub(crate) fn open(path: &Path, cache: Arc<ObjectCache>, number: u64) -> Result<Objects, String> {
        // Isolated: neither the user's configuration nor environment variables decide what is read.
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
        let shared = gix::ThreadSafeRepository::open_opts(path, options).map_err(|error| sentence(&error))?;
        Ok(Objects { shared, idle: Mutex::default(), cache, number, roots: Mutex::default() })
    }

    fn with<T>(&self, read: impl FnOnce(&gix::Repository) -> T) -> T {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let repository = idle.unwrap_or_else(|| self.shared.to_thread_local());
        let result = read(&repository);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(repository);
        result
    }

    /// The ref of this full name (or `HEAD`), where it exists.
    pub(crate) fn named(&self, name: &str) -> Result<Option<Named>, String> {
        self.with(|repository| {
            let name = gix::refs::FullName::try_from(name).map_err(|error| sentence(&error))?;
            // Asked of the store for exactly this name: gix would try it below refs/heads and others too.
            let Some(reference) = repository.refs.try_find(name.as_ref()).map_err(|error| sentence(&error))? else {
                return Ok(None);
            };
            if reference.name != name {
                return Ok(None);
            }
            let mut reference = reference.attach(repository);
            // A symbolic ref without a target is an empty repository's HEAD.
            let Ok(id) = reference.peel_to_id() else { return Ok(None) };
            let commit = id.header().is_ok_and(|header| header.kind() == Kind::Commit);
            Ok(Some(if commit { Named::Commit(ours(&id)) } else { Named::Other }))
        })
    }

    /// The names of all tags, without `refs/tags/`, sorted.
    pub(crate) fn tags(&self) -> Result<Vec<String>, String> {
        self.with(|repository| {
            let platform = repository.references().map_err(|error| sentence(&error))?;
            let tags = platform.tags().map_err(|error| sentence(&error))?;
            let mut names: Vec<String> = tags
                .filter_map(Result::ok)
                .filter_map(|reference| {
                    reference.name().as_bstr().to_str().ok()?.strip_prefix("refs/tags/").map(String::from)
                })
                .collect();
            names.sort();
            Ok(names)
        })
    }

    /// The names of all branches, without `refs/heads/`, sorted.
    pub(crate) fn branches(&self) -> Result<Vec<String>, String> {
        self.with(|repository| {
            let platform = repository.references().map_err(|error| sentence(&error))?;
            let branches = platform.local_branches().map_err(|error| sentence(&error))?;
            let mut names: Vec<String> = branches
                .filter_map(Result::ok)
                .filter_map(|reference| {
                    reference.name().as_bstr().to_str().ok()?.strip_prefix("refs/heads/").map(String::from)
                })
                .collect();
            names.sort();
            Ok(names)
        })
    }

    /// Whether the commit is here.
    pub(crate) fn has_commit(&self, id: ObjectId) -> bool {
        if self.known_root(id).is_some() {
            return true;
        }
        self.with(|repository| {
            let header = repository.try_find_header(theirs(id));
            header.is_ok_and(|header| header.is_some_and(|header| header.kind() == Kind::Commit))
        })
    }

    /// The one commit whose id begins with these hex digits.
    pub(crate) fn abbreviated(&self, digits: &str) -> Short {
        self.with(|repository| {
            let whole = format!("{digits:0<0$}", repository.object_hash().len_in_hex());
            let prefix = gix::ObjectId::from_hex(whole.to_lowercase().as_bytes())
                .and_then(|id| gix::hash::Prefix::new(&id, digits.len()));
            let Ok(prefix) = prefix else { return Short::Absent };
            let mut candidates = HashSet::new();
            if repository.objects.lookup_prefix(prefix, Some(&mut candidates)).is_err() {
                return Short::Absent;
            }
            let mut commits = candidates
                .iter()
                .filter(|id| repository.find_header(**id).is_ok_and(|header| header.kind() == Kind::Commit));
            match (commits.next(), commits.next()) {
                (Some(id), None) => Short::Commit(ours(id)),
                (Some(_), Some(_)) => Short::Ambiguous,
                (None, _) => Short::Absent,
            }
        })
    }

    /// The root directory of a commit.
    pub(crate) fn root(&self, commit: ObjectId) -> Result<ObjectId, String> {
        if let Some(root) = self.known_root(commit) {
            return Ok(root);
        }
        let root = self.with(|repository| {
            let commit = repository.find_commit(theirs(commit)).map_err(|error| sentence(&error))?;
            Ok::<_, String>(ours(&commit.tree_id().map_err(|error| sentence(&error))?))
        })?;
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        if roots.len() >= ROOTS {
            roots.clear();
        }
        roots.insert(commit, root);
        Ok(root)
    }

    fn known_root(&self, commit: ObjectId) -> Option<ObjectId> {
        self.roots.lock().unwrap_or_else(PoisonError::into_inner).get(&commit).copied()
    }

    /// A commit for people, with the tags that point at it.
    pub(crate) fn metadata(&self, id: ObjectId) -> Result<RevisionMetadata, String> {
        self.with(|repository| {
            let commit = repository.find_commit(theirs(id)).map_err(|error| sentence(&error))?;
            let author = commit.author().map_err(|error| sentence(&error))?;
            let time = author.time().map_err(|error| sentence(&error))?;
            let message = commit.message_raw().map_err(|error| sentence(&error))?;
            let tags = repository
                .references()
                .and_then(|platform| {
                    Ok(platform
                        .tags()?
                        .filter_map(Result::ok)
                        .filter_map(|mut tag| {
                            let name = tag.name().as_bstr().to_str_lossy().trim_start_matches("refs/tags/").to_string();
                            (tag.peel_to_id().ok()?.detach() == theirs(id)).then_some(name)
                        })
                        .collect())
                })
                .map_err(|error| sentence(&error))?;
            Ok(RevisionMetadata {
                author: format!("{} <{}>", author.name, author.email),
                date: time.seconds,
                message: message.to_str_lossy().trim_end().to_string(),
                tags,
            })
        })
    }
}

impl Store for Objects {
    fn directory(&self, id: ObjectId) -> Result<Arc<[Entry]>, StoreError> {
        let key = (self.number, id);
        if let Some(Kept::Directory(entries)) = self.cache.get(&key) {
            return Ok(entries);
        }
        let entries: Arc<[Entry]> = self.with(|repository| {
            let tree = repository.try_find_object(theirs(id)).map_err(|error| unreadable(id, &error))?;
            let tree = tree.filter(|object| object.kind == Kind::Tree).ok_or(StoreError::Missing(id))?;
            let mut entries = Vec::new();
            for entry in gix::objs::TreeRefIter::from_bytes(&tree.data, theirs(id).kind()) {
                let entry = entry.map_err(|error| StoreError::Unreadable { id, reason: error.to_string() })?;
                let kind = match entry.mode.kind() {
                    GitKind::Tree => EntryKind::Directory,
                    GitKind::Blob => EntryKind::File,
                    GitKind::BlobExecutable => EntryKind::Executable,
                    GitKind::Link => EntryKind::Symlink,
                    GitKind::Commit => EntryKind::Submodule,
                };
                let name = entry.filename.to_str_lossy();
                // No checkout could make these; in a tree they would only confuse whoever shows paths.
                if matches!(name.as_ref(), "" | "." | "..") || name.contains('/') {
                    return Err(StoreError::Unreadable { id, reason: format!("entry name {name:?} is not allowed") });
                }
                entries.push(Entry { name: name.as_ref().into(), kind, id: ours(entry.oid) });
            }
            // Git sorts directories as if they ended in a slash.
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(entries.into())
        })?;
        let bytes = entries.iter().map(|entry| size_of::<Entry>() + entry.name.len() + 16).sum();
        self.cache.insert(key, Kept::Directory(entries.clone()), bytes);
        Ok(entries)
    }

    fn blob(&self, id: ObjectId, limit: u64) -> Result<Arc<[u8]>, StoreError> {
        let key = (self.number, id);
        if let Some(Kept::Blob(bytes)) = self.cache.get(&key) {
            let size = bytes.len() as u64;
            return if size > limit { Err(StoreError::TooLarge { size, limit }) } else { Ok(bytes) };
        }
        let bytes: Arc<[u8]> = self.with(|repository| {
            let header = repository.try_find_header(theirs(id)).map_err(|error| unreadable(id, &error))?;
            let header = header.filter(|header| header.kind() == Kind::Blob).ok_or(StoreError::Missing(id))?;
            let size = header.size();
            if size > limit {
                return Err(StoreError::TooLarge { size, limit });
            }
            let blob = repository.find_object(theirs(id)).map_err(|error| unreadable(id, &error))?;
            Ok(blob.data.as_slice().into())
        })?;
        self.cache.insert(key, Kept::Blob(bytes.clone()), bytes.len() + 64);
        Ok(bytes)
    }
}

fn ours(id: &gix::oid) -> ObjectId {
    ObjectId::from_bytes(id.as_bytes()).expect("because Git's ids have 20 or 32 bytes")
}

fn theirs(id: ObjectId) -> gix::ObjectId {
    gix::ObjectId::try_from(id.as_bytes()).unwrap_or(gix::ObjectId::null(gix::hash::Kind::Sha1))
}

fn unreadable(id: ObjectId, error: &dyn std::error::Error) -> StoreError {
    StoreError::Unreadable { id, reason: sentence(error) }
}

/// An error of gix with what caused it, in one line.
fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut at = error.source();
    while let Some(cause) = at {
        text = format!("{text}: {cause}");
        at = cause.source();
    }
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
