//! [`MemoryTree`]: a tree made of files in memory, with the object ids that Git would give them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sha1::{Digest, Sha1};

use crate::{Entry, EntryKind, ObjectId, OutsideError, Store, StoreError, Tree, normalize};

/// Collects files and makes a [`Tree`] of them: unpacked archives, local folders, tests. Equal content has equal ids, here
/// and in a (SHA-1) Git repository.
#[derive(Default)]
pub struct MemoryTree {
    root: Node,
}

#[derive(Default)]
struct Node {
    names: BTreeMap<Arc<str>, Child>,
}

enum Child {
    Directory(Node),
    Blob(EntryKind, Arc<[u8]>),
}

#[derive(Default)]
struct Objects {
    directories: HashMap<ObjectId, Arc<[Entry]>>,
    blobs: HashMap<ObjectId, Arc<[u8]>>,
}

// === impl MemoryTree ===

impl MemoryTree {
    /// A tree without files.
    pub fn new() -> MemoryTree {
        MemoryTree::default()
    }

    /// A tree of regular files, `(path, content)`, for tests; a path that leads outside is left out.
    pub fn from_files<P: AsRef<str>, C: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, C)>) -> Tree {
        let mut tree = MemoryTree::new();
        for (path, content) in files {
            let added = tree.add(path.as_ref(), EntryKind::File, content.as_ref());
            debug_assert!(added.is_ok(), "{added:?}");
        }
        tree.into_tree()
    }

    /// Adds a file (or a link, whose content is its target), making the directories above it; a later one replaces an earlier one.
    pub fn add(&mut self, path: &str, kind: EntryKind, content: impl Into<Arc<[u8]>>) -> Result<(), OutsideError> {
        let plain = normalize(path)?;
        let (directories, name) = match plain.rsplit_once('/') {
            Some((directories, name)) => (directories, name),
            None if plain.is_empty() => return Err(OutsideError { path: path.to_string() }),
            None => ("", plain.as_str()),
        };
        let mut node = &mut self.root;
        for directory in directories.split('/').filter(|s| !s.is_empty()) {
            let child = node.names.entry(directory.into()).or_insert_with(|| Child::Directory(Node::default()));
            if !matches!(child, Child::Directory(_)) {
                *child = Child::Directory(Node::default());
            }
            let Child::Directory(below) = child else { unreachable!("it was made a directory above") };
            node = below;
        }
        node.names.insert(name.into(), Child::Blob(kind, content.into()));
        Ok(())
    }

    /// The finished tree.
    pub fn into_tree(self) -> Tree {
        let mut objects = Objects::default();
        let root = objects.add_directory(self.root);
        Tree::new(Arc::new(objects), root)
    }
}

// === impl Objects ===

impl Objects {
    fn add_directory(&mut self, node: Node) -> ObjectId {
        let entries: Vec<Entry> = node
            .names
            .into_iter()
            .map(|(name, child)| match child {
                Child::Directory(node) => Entry { name, kind: EntryKind::Directory, id: self.add_directory(node) },
                Child::Blob(kind, bytes) => {
                    let id = git_id("blob", &bytes);
                    self.blobs.insert(id, bytes);
                    Entry { name, kind, id }
                }
            })
            .collect();
        let id = git_id("tree", &tree_object(&entries));
        self.directories.insert(id, entries.into());
        id
    }
}

impl Store for Objects {
    fn directory(&self, id: ObjectId) -> Result<Arc<[Entry]>, StoreError> {
        self.directories.get(&id).cloned().ok_or(StoreError::Missing(id))
    }

    fn blob(&self, id: ObjectId, limit: u64) -> Result<Arc<[u8]>, StoreError> {
        let bytes = self.blobs.get(&id).ok_or(StoreError::Missing(id))?;
        let size = bytes.len() as u64;
        if size > limit { Err(StoreError::TooLarge { size, limit }) } else { Ok(bytes.clone()) }
    }
}

/// A tree object as Git writes it: entries sorted as if directories ended in `/`.
fn tree_object(entries: &[Entry]) -> Vec<u8> {
    let mut sorted: Vec<(String, &Entry)> = entries
        .iter()
        .map(|entry| {
            let slash = if entry.kind == EntryKind::Directory { "/" } else { "" };
            (format!("{}{slash}", entry.name), entry)
        })
        .collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out = Vec::new();
    for (_, entry) in sorted {
        let mode = match entry.kind {
            EntryKind::File => "100644",
            EntryKind::Executable => "100755",
            EntryKind::Symlink => "120000",
            EntryKind::Directory => "40000",
            EntryKind::Submodule => "160000",
        };
        out.extend_from_slice(format!("{mode} {}\0", entry.name).as_bytes());
        out.extend_from_slice(entry.id.as_bytes());
    }
    out
}

fn git_id(kind: &str, content: &[u8]) -> ObjectId {
    let mut sha = Sha1::new();
    sha.update(format!("{kind} {}\0", content.len()));
    sha.update(content);
    ObjectId::from_bytes(&sha.finalize()).expect("because SHA-1 has 20 bytes")
}
