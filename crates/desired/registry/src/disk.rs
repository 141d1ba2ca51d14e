//! [`Disk`]: the cache directory, within a budget.

use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

/// Files by key. A file is written whole under another name and then takes its place, so whoever looks sees all of it or nothing.
/// What was not used for longest goes first; whoever has it open can still read it.
pub(crate) struct Disk {
    root: PathBuf,
    budget: u64,
    /// At most what the files hold: what was replaced is counted until the next look.
    used: AtomicU64,
    /// Held for as long as this lives: the directory has one owner.
    _owner: File,
}

/// What is kept, each in a folder of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Unpacked archives.
    Pack,
    /// Bodies of indexes.
    Index,
    /// What is known of an index, or of what a version was.
    Note,
}

const KINDS: [Kind; 3] = [Kind::Pack, Kind::Index, Kind::Note];

// === impl Kind ===

impl Kind {
    fn folder(self) -> &'static str {
        match self {
            Kind::Pack => "packs",
            Kind::Index => "indexes",
            Kind::Note => "notes",
        }
    }
}

// === impl Disk ===

impl Disk {
    /// Takes a directory into use; it is made where it is missing. Fails where it cannot be written or another process holds it.
    pub(crate) fn open(root: &Path, budget: u64) -> io::Result<Disk> {
        let make = |path: &Path| std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        make(root)?;
        let root = root.canonicalize()?;
        #[expect(clippy::disallowed_methods, reason = "the cache is this crate's own directory")]
        let owner = File::create(root.join("owner.lock"))?;
        owner.try_lock().map_err(|error| {
            io::Error::other(format!("the registry cache {} is in use by another process: {error}", root.display()))
        })?;
        for kind in KINDS {
            make(&root.join(kind.folder()))?;
        }
        // What a process that was killed left half-written.
        match std::fs::remove_dir_all(root.join("tmp")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => make(&root.join("tmp"))?,
        }
        let disk = Disk { root, budget, used: AtomicU64::new(0), _owner: owner };
        disk.used.store(disk.files()?.iter().map(|(_, _, size)| size).sum(), Ordering::Relaxed);
        Ok(disk)
    }

    /// A file that is gone when it is dropped, unless [`Disk::keep`] keeps it.
    pub(crate) fn temporary(&self) -> io::Result<tempfile::NamedTempFile> {
        tempfile::NamedTempFile::new_in(self.root.join("tmp"))
    }

    /// Opens what is kept under a key, and notes that it was used.
    pub(crate) fn open_file(&self, kind: Kind, key: &str) -> Option<File> {
        #[expect(clippy::disallowed_methods, reason = "the cache is this crate's own directory")]
        let file = File::open(self.path(kind, key)).ok()?;
        // Where the time cannot be set, it is only forgotten a little earlier.
        let _ = file.set_modified(now());
        Some(file)
    }

    /// What is kept under a key, where it is a text.
    pub(crate) fn text(&self, kind: Kind, key: &str) -> Option<String> {
        use std::io::Read;
        let mut text = String::new();
        self.open_file(kind, key)?.take(1 << 20).read_to_string(&mut text).ok()?;
        Some(text)
    }

    /// Keeps a temporary file under a key, and makes room.
    pub(crate) fn keep(&self, kind: Kind, key: &str, file: tempfile::NamedTempFile) -> io::Result<File> {
        let size = file.as_file().metadata()?.len();
        let file = file.persist(self.path(kind, key)).map_err(|error| error.error)?;
        if self.used.fetch_add(size, Ordering::Relaxed) + size > self.budget {
            self.make_room();
        }
        Ok(file)
    }

    /// Keeps a text under a key.
    pub(crate) fn keep_text(&self, kind: Kind, key: &str, text: &str) -> io::Result<()> {
        use std::io::Write;
        let mut file = self.temporary()?;
        file.write_all(text.as_bytes())?;
        self.keep(kind, key, file).map(|_| ())
    }

    /// Takes away what is kept under a key.
    pub(crate) fn remove(&self, kind: Kind, key: &str) {
        let _ = std::fs::remove_file(self.path(kind, key));
    }

    fn path(&self, kind: Kind, key: &str) -> PathBuf {
        self.root.join(kind.folder()).join(key)
    }

    /// Removes what was not used for longest until a tenth of the budget is free.
    fn make_room(&self) {
        let Ok(mut files) = self.files() else { return };
        let mut used: u64 = files.iter().map(|(_, _, size)| size).sum();
        files.sort_by_key(|(_, at, _)| *at);
        let enough = self.budget / 10 * 9;
        for (path, _, size) in files {
            if used <= enough {
                break;
            }
            if std::fs::remove_file(&path).is_ok() {
                used = used.saturating_sub(size);
            }
        }
        self.used.store(used, Ordering::Relaxed);
    }

    fn files(&self) -> io::Result<Vec<(PathBuf, SystemTime, u64)>> {
        let mut files = Vec::new();
        for kind in KINDS {
            #[expect(clippy::disallowed_methods, reason = "the cache is this crate's own directory")]
            for entry in std::fs::read_dir(self.root.join(kind.folder()))? {
                let entry = entry?;
                // One that is gone meanwhile takes no room.
                let Ok(metadata) = entry.metadata() else { continue };
                files.push((entry.path(), metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len()));
            }
        }
        Ok(files)
    }
}

/// A name for a file that nobody can guess into another's: no letter of the parts is in it.
pub(crate) fn key(parts: &[&str]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part);
    }
    hex(&sha.finalize())
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[expect(clippy::disallowed_methods, reason = "the time of a file in the cache, which only orders files")]
fn now() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_budget_holds_and_what_is_used_stays() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path(), 1000).unwrap();
        let text = "x".repeat(100);
        for i in 0..30 {
            disk.keep_text(Kind::Pack, &i.to_string(), &text).unwrap();
            // Files of one moment have no order.
            File::options()
                .write(true)
                .open(disk.path(Kind::Pack, &i.to_string()))
                .unwrap()
                .set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(i))
                .unwrap();
            assert_eq!(disk.text(Kind::Pack, "0").as_deref(), Some(text.as_str()), "used each time");
        }
        let kept: u64 = disk.files().unwrap().iter().map(|(_, _, size)| size).sum();
        assert!(kept <= 1000, "{kept}");
        assert!(disk.text(Kind::Pack, "29").is_some());
        assert!(Disk::open(folder.path(), 1000).is_err(), "it has one owner");
        drop(disk);
        let again = Disk::open(folder.path(), 1000).unwrap();
        assert_eq!(again.used.load(Ordering::Relaxed), kept);
        again.remove(Kind::Pack, "29");
        assert!(again.text(Kind::Pack, "29").is_none());
    }

    #[test]
    fn keys_part_what_they_are_made_of() {
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_eq!(key(&["a"]).len(), 64);
    }
}
