//! [`Layout`]: the directories of a tree, made from the paths of its files, with the ids that Git would give them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sha1::{Digest, Sha1};

use crate::{Entry, EntryKind, ObjectId, OutsideError, normalize};

/// Collects the names of files and makes directory objects of them. The files' content is somewhere else: whoever adds a file
/// knows its id, from [`BlobHash`] where it was read piece by piece. Equal trees have equal ids, here and in a (SHA-1) Git
/// repository.
#[derive(Debug, Default)]
pub struct Layout {
    root: Node,
}

/// The id of a blob whose content comes in pieces.
#[derive(Clone, Debug)]
pub struct BlobHash {
    sha: Sha1,
}

#[derive(Debug, Default)]
struct Node {
    names: BTreeMap<Arc<str>, Child>,
}

#[derive(Debug)]
enum Child {
    Directory(Node),
    Object(EntryKind, ObjectId),
}

// === impl Layout ===

impl Layout {
    /// No files yet.
    pub fn new() -> Layout {
        Layout::default()
    }

    /// Adds a file, link or submodule, making the directories above it; a later one replaces an earlier one.
    pub fn add(&mut self, path: &str, kind: EntryKind, id: ObjectId) -> Result<(), OutsideError> {
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
        node.names.insert(name.into(), Child::Object(kind, id));
        Ok(())
    }

    /// What was added at `path`, which is in plain form; nothing for directories.
    pub fn get(&self, path: &str) -> Option<(EntryKind, ObjectId)> {
        let mut node = &self.root;
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            match (node.names.get(name)?, names.peek().is_some()) {
                (Child::Directory(below), true) => node = below,
                (Child::Object(kind, id), false) => return Some((*kind, *id)),
                _ => return None,
            }
        }
        None
    }

    /// The id of the root, and every directory by its id, its entries sorted by name.
    pub fn finish(self) -> (ObjectId, HashMap<ObjectId, Arc<[Entry]>>) {
        let mut directories = HashMap::new();
        let root = self.root.finish(&mut directories);
        (root, directories)
    }
}

// === impl Node ===

impl Node {
    fn finish(self, directories: &mut HashMap<ObjectId, Arc<[Entry]>>) -> ObjectId {
        let entries: Vec<Entry> = self
            .names
            .into_iter()
            .map(|(name, child)| match child {
                Child::Directory(node) => Entry { name, kind: EntryKind::Directory, id: node.finish(directories) },
                Child::Object(kind, id) => Entry { name, kind, id },
            })
            .collect();
        let id = BlobHash::whole("tree", &tree_object(&entries));
        directories.insert(id, entries.into());
        id
    }
}

// === impl BlobHash ===

impl BlobHash {
    /// The hash of a blob of `size` bytes; exactly so many must follow.
    pub fn new(size: u64) -> BlobHash {
        BlobHash::of("blob", size)
    }

    /// The id of a blob that is at hand.
    pub fn id(content: &[u8]) -> ObjectId {
        BlobHash::whole("blob", content)
    }

    /// Takes in the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.sha.update(piece);
    }

    /// The id.
    pub fn finish(self) -> ObjectId {
        ObjectId::from_bytes(&self.sha.finalize()).expect("because SHA-1 has 20 bytes")
    }

    fn of(kind: &str, size: u64) -> BlobHash {
        let mut sha = Sha1::new();
        sha.update(format!("{kind} {size}\0"));
        BlobHash { sha }
    }

    fn whole(kind: &str, content: &[u8]) -> ObjectId {
        let mut hash = BlobHash::of(kind, content.len() as u64);
        hash.update(content);
        hash.finish()
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
