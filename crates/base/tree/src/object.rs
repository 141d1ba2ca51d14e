//! What a tree is made of: object ids, directory entries, and the store that holds them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The id of a Git object: SHA-1 (20 bytes) or SHA-256 (32 bytes), printed in lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    bytes: [u8; 32],
    len: u8,
}

/// A text or byte string that is no object id.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an object id (40 or 64 hex digits)")]
pub struct ObjectIdError(String);

/// What a name in a directory stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A regular file with the executable bit.
    Executable,
    /// A symbolic link; its blob is the target path.
    Symlink,
    /// A directory.
    Directory,
    /// A commit of another repository; its content is not in this tree.
    Submodule,
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name: one path segment. Bytes that are not UTF-8 are shown replaced, and cannot be opened by that name.
    pub name: Arc<str>,
    /// What it stands for.
    pub kind: EntryKind,
    /// The object it names.
    pub id: ObjectId,
}

/// Where a tree's objects live: a Git object database, an unpacked archive, or memory. Objects never change under an id.
pub trait Store: Send + Sync {
    /// The entries of the directory object `id`, sorted by name.
    fn directory(&self, id: ObjectId) -> Result<Arc<[Entry]>, StoreError>;

    /// The bytes of the blob `id`; more than `limit` bytes are refused with [`StoreError::TooLarge`] and not read.
    fn blob(&self, id: ObjectId, limit: u64) -> Result<Arc<[u8]>, StoreError>;
}

/// Why a store could not give an object.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store has no object of that id and kind: the repository is damaged or was fetched in part.
    #[error("object {0} is missing from the repository")]
    Missing(ObjectId),
    /// The blob is larger than the caller takes.
    #[error("the file has {size} bytes; at most {limit} are read")]
    TooLarge {
        /// Size of the blob in bytes.
        size: u64,
        /// The caller's limit in bytes.
        limit: u64,
    },
    /// The object database could not be read.
    #[error("object {id} cannot be read: {reason}")]
    Unreadable {
        /// The object.
        id: ObjectId,
        /// What the database said.
        reason: String,
    },
}

// === impl ObjectId ===

impl ObjectId {
    /// An id from its 20 or 32 raw bytes.
    pub fn from_bytes(raw: &[u8]) -> Result<ObjectId, ObjectIdError> {
        if raw.len() != 20 && raw.len() != 32 {
            return Err(ObjectIdError(format!("{raw:02x?}")));
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Ok(ObjectId { bytes, len: raw.len() as u8 })
    }

    /// The raw bytes, 20 or 32.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }
}

impl FromStr for ObjectId {
    type Err = ObjectIdError;

    fn from_str(text: &str) -> Result<ObjectId, ObjectIdError> {
        let error = || ObjectIdError(text.to_string());
        if !text.is_ascii() || !text.len().is_multiple_of(2) {
            return Err(error());
        }
        let raw: Vec<u8> = (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16))
            .collect::<Result<_, _>>()
            .map_err(|_| error())?;
        ObjectId::from_bytes(&raw).map_err(|_| error())
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// === impl EntryKind ===

impl EntryKind {
    /// Whether this is a file that can be read, executable or not.
    pub fn is_file(self) -> bool {
        matches!(self, EntryKind::File | EntryKind::Executable)
    }
}
