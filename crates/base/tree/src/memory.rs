//! [`MemoryTree`]: a tree made of files in memory, with the object ids that Git would give them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::{BlobHash, Entry, EntryKind, Layout, ObjectId, OutsideError, Store, StoreError, Tree};

/// Collects files and makes a [`Tree`] of them: unpacked archives, local folders, tests. Equal content has equal ids, here
/// and in a (SHA-1) Git repository.
#[derive(Default)]
pub struct MemoryTree {
    layout: Layout,
    blobs: HashMap<ObjectId, Arc<[u8]>>,
}

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
        let content = content.into();
        let id = BlobHash::id(&content);
        self.layout.add(path, kind, id)?;
        self.blobs.insert(id, content);
        Ok(())
    }

    /// The finished tree.
    pub fn into_tree(self) -> Tree {
        let (root, directories) = self.layout.finish();
        Tree::new(Arc::new(Objects { directories, blobs: self.blobs }), root)
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
