//! [`Pack`]: an unpacked archive in one file, and the store behind its tree.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bowline_base_cache::Cache;
use bowline_base_tree::{BlobHash, Entry, EntryKind, Layout, ObjectId, Store, StoreError, Tree};
use sha2::{Digest, Sha256};

use crate::disk::hex;

const MAGIC: &[u8] = b"bowline pack 1\n";
/// Offset and length of the table, and its SHA-256.
const FOOTER: usize = 8 + 8 + 32;
/// Bytes of a table: 100,000 files with paths of a thousand letters.
const TABLE: u64 = 128 << 20;

/// Files that were read, by their ids, over all packs.
pub(crate) type Blobs = Cache<ObjectId, Arc<[u8]>>;

/// An unpacked archive: its files one after the other, then what and where they are. Never changed once it is written.
pub(crate) struct Pack {
    file: File,
    root: ObjectId,
    directories: HashMap<ObjectId, Arc<[Entry]>>,
    places: HashMap<ObjectId, (u64, u64)>,
    blobs: Arc<Blobs>,
}

/// Writes a pack.
pub(crate) struct Writer<W> {
    out: W,
    at: u64,
    files: Vec<Row>,
}

/// One file of a pack: path, kind, id, offset, size.
#[derive(serde::Serialize, serde::Deserialize)]
struct Row(String, u8, String, u64, u64);

// === impl Writer ===

impl<W: Write> Writer<W> {
    pub(crate) fn new(mut out: W) -> io::Result<Writer<W>> {
        out.write_all(MAGIC)?;
        Ok(Writer { out, at: MAGIC.len() as u64, files: Vec::new() })
    }

    /// Writes content that comes in pieces; gives its offset.
    pub(crate) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.out.write_all(piece)?;
        self.at += piece.len() as u64;
        Ok(())
    }

    /// Where the next piece will stand.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    /// Names content that was written.
    pub(crate) fn name(&mut self, path: String, kind: EntryKind, id: ObjectId, offset: u64, size: u64) {
        let kind = match kind {
            EntryKind::Executable => 1,
            EntryKind::Symlink => 2,
            _ => 0,
        };
        self.files.push(Row(path, kind, id.to_string(), offset, size));
    }

    /// Writes the table.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let table = serde_json::to_vec(&self.files)?;
        self.out.write_all(&table)?;
        self.out.write_all(&self.at.to_le_bytes())?;
        self.out.write_all(&(table.len() as u64).to_le_bytes())?;
        self.out.write_all(&Sha256::digest(&table))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

// === impl Pack ===

impl Pack {
    /// Opens a pack; the error says how it is damaged.
    pub(crate) fn open(file: File, blobs: Arc<Blobs>) -> Result<Pack, String> {
        let size = file.metadata().map_err(|e| e.to_string())?.len();
        let mut footer = [0; FOOTER];
        let at = size.checked_sub(FOOTER as u64).ok_or("it is too short")?;
        file.read_exact_at(&mut footer, at).map_err(|e| e.to_string())?;
        let number = |at: usize| u64::from_le_bytes(footer[at..at + 8].try_into().expect("because these are 8 bytes"));
        let (offset, length) = (number(0), number(8));
        if length > TABLE || offset.checked_add(length) != Some(at) {
            return Err("its table is not where it should be".to_string());
        }
        let mut table = vec![0; usize::try_from(length).map_err(|e| e.to_string())?];
        file.read_exact_at(&mut table, offset).map_err(|e| e.to_string())?;
        if hex(&Sha256::digest(&table)) != hex(&footer[16..]) {
            return Err("its table is not what was written".to_string());
        }
        let rows: Vec<Row> = serde_json::from_slice(&table).map_err(|e| e.to_string())?;
        let mut layout = Layout::new();
        let mut places = HashMap::with_capacity(rows.len());
        for Row(path, kind, id, offset, size) in rows {
            let kind = match kind {
                1 => EntryKind::Executable,
                2 => EntryKind::Symlink,
                _ => EntryKind::File,
            };
            let id: ObjectId = id.parse().map_err(|e| format!("{e}"))?;
            layout.add(&path, kind, id).map_err(|e| e.to_string())?;
            places.insert(id, (offset, size));
        }
        let (root, directories) = layout.finish();
        Ok(Pack { file, root, directories, places, blobs })
    }

    /// The tree.
    pub(crate) fn tree(self: &Arc<Self>) -> Tree {
        Tree::new(self.clone(), self.root)
    }

    /// About how many bytes it takes in memory.
    pub(crate) fn weight(&self) -> usize {
        let names: usize = self.directories.values().flat_map(|d| d.iter()).map(|entry| entry.name.len() + 64).sum();
        names + self.places.len() * 80 + self.directories.len() * 96
    }
}

impl Store for Pack {
    fn directory(&self, id: ObjectId) -> Result<Arc<[Entry]>, StoreError> {
        self.directories.get(&id).cloned().ok_or(StoreError::Missing(id))
    }

    fn blob(&self, id: ObjectId, limit: u64) -> Result<Arc<[u8]>, StoreError> {
        let (offset, size) = *self.places.get(&id).ok_or(StoreError::Missing(id))?;
        if size > limit {
            return Err(StoreError::TooLarge { size, limit });
        }
        if let Some(known) = self.blobs.get(&id) {
            return Ok(known);
        }
        let unreadable = |reason: String| StoreError::Unreadable { id, reason };
        let mut bytes = vec![0; usize::try_from(size).map_err(|e| unreadable(e.to_string()))?];
        self.file.read_exact_at(&mut bytes, offset).map_err(|e| unreadable(e.to_string()))?;
        // What the disk gives is believed where it is what was written.
        if BlobHash::id(&bytes) != id {
            return Err(unreadable("the registry cache is damaged: remove its directory".to_string()));
        }
        let bytes: Arc<[u8]> = bytes.into();
        self.blobs.insert(id, bytes.clone(), bytes.len());
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom};

    use super::*;

    fn written() -> File {
        let mut writer = Writer::new(tempfile::tempfile().unwrap()).unwrap();
        for (path, kind, content) in [
            ("a/x.yaml", EntryKind::File, "content"),
            ("a/run", EntryKind::Executable, "#!"),
            ("link", EntryKind::Symlink, "a/x.yaml"),
        ] {
            let at = writer.position();
            writer.write(content.as_bytes()).unwrap();
            writer.name(path.into(), kind, BlobHash::id(content.as_bytes()), at, content.len() as u64);
        }
        writer.finish().unwrap()
    }

    fn open(file: File) -> Result<Arc<Pack>, String> {
        Pack::open(file, Arc::new(Blobs::new(1 << 20))).map(Arc::new)
    }

    #[test]
    fn a_pack_is_the_tree_that_was_written() {
        let pack = open(written()).unwrap();
        let tree = pack.tree();
        assert_eq!(tree.read_text("link").unwrap(), "content");
        assert_eq!(tree.find("a/run").unwrap().unwrap().kind, EntryKind::Executable);
        assert!(pack.blob(tree.read("a/run").unwrap().id, 1).is_err(), "more than the limit");
        assert!(pack.weight() > 0);
    }

    #[test]
    fn what_was_changed_on_disk_is_not_believed() {
        let change = |at: SeekFrom| {
            let mut file = written();
            file.seek(at).unwrap();
            file.write_all(b"?").unwrap();
            file
        };
        let damaged = open(change(SeekFrom::Start(MAGIC.len() as u64))).unwrap();
        let error = damaged.tree().read_text("a/x.yaml").unwrap_err().to_string();
        assert!(error.contains("damaged"), "{error}");
        for at in [-1, -40, -60] {
            assert!(open(change(SeekFrom::End(at))).is_err(), "{at}");
        }
        let short = written();
        short.set_len(10).unwrap();
        assert!(open(short).is_err());
    }
}
