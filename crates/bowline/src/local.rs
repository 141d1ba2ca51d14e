//! A local folder as a tree: what a source would render to before it is committed.

use std::collections::HashMap;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_tree::{Entry, EntryKind, ObjectId, Store, StoreError, Tree};

use crate::error::CliError;

/// Entries that one folder may have.
const ENTRIES: usize = 100_000;

/// Folders that are looked into on the way up to the root of a work tree.
const LEVELS: usize = 64;

/// A folder and what of it has been asked for: files are read when a renderer reads them, so a large work tree costs nothing.
struct Folder {
    /// Whether the root is that of the file system: absolute links lead somewhere then.
    whole: bool,
    /// An id is only a number here: equal content has several.
    known: Mutex<HashMap<ObjectId, PathBuf>>,
    /// Folders that were listed: what is rendered at once is one state of them.
    listed: Mutex<HashMap<ObjectId, Arc<[Entry]>>>,
}

/// A place in a local folder.
pub struct Local {
    /// The folder, or the Git work tree that it lies in.
    pub tree: Tree,
    /// The way from there to what was named; empty for the root itself.
    pub path: String,
}

/// The folder `path`. Its tree is that of the Git work tree around it, so that what lies beside it (a base, a values file) is found, or
/// of `root` where that is given.
pub fn open(path: &str, root: Option<&str>) -> Result<Local, CliError> {
    let real = |path: &str| Path::new(path).canonicalize().map_err(|e| CliError::failed(format!("{path}: {e}")));
    let folder = real(path)?;
    if !folder.is_dir() {
        return Err(CliError::failed(format!("{path}: is not a folder")).hint("name the folder with the manifests"));
    }
    let root = match root {
        Some(root) => real(root)?,
        None => work_tree(&folder).unwrap_or_else(|| folder.clone()),
    };
    let below = folder
        .strip_prefix(&root)
        .map_err(|_| CliError::usage(format!("{path} does not lie in {}", root.display())))?;
    let below = below.to_str().ok_or_else(|| CliError::failed(format!("{path}: its name is not UTF-8")))?.to_string();
    let whole = root == Path::new("/");
    let store = Folder { whole, known: Mutex::default(), listed: Mutex::default() };
    let id = store.id(root);
    Ok(Local { tree: Tree::new(Arc::new(store), id), path: below })
}

/// The Git work tree around a folder.
fn work_tree(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().take(LEVELS).find(|above| above.join(".git").exists()).map(Path::to_path_buf)
}

// === impl Folder ===

impl Folder {
    fn id(&self, path: PathBuf) -> ObjectId {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut raw = [0; 20];
        raw[..8].copy_from_slice(&(known.len() as u64).to_be_bytes());
        let id = ObjectId::from_bytes(&raw).expect("because 20 bytes are an id");
        known.insert(id, path);
        id
    }

    fn path(&self, id: ObjectId) -> Result<PathBuf, StoreError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).cloned().ok_or(StoreError::Missing(id))
    }
}

impl Store for Folder {
    #[expect(clippy::disallowed_methods, reason = "a folder that the user named on the command line")]
    fn directory(&self, id: ObjectId) -> Result<Arc<[Entry]>, StoreError> {
        if let Some(listed) = self.listed.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(listed.clone());
        }
        let path = self.path(id)?;
        let unreadable =
            |reason: String| StoreError::Unreadable { id, reason: format!("{}: {reason}", path.display()) };
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(&path).map_err(|e| unreadable(e.to_string()))? {
            let entry = entry.map_err(|e| unreadable(e.to_string()))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            // Git's own folder is no part of the tree.
            if name == ".git" {
                continue;
            }
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                // Whoever works beside us took it away between the listing and the look: then it is not there.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(unreadable(format!("{}: {e}", entry.path().display()))),
            };
            let kind = match metadata.file_type() {
                t if t.is_dir() => EntryKind::Directory,
                t if t.is_symlink() => EntryKind::Symlink,
                t if t.is_file() && metadata.permissions().mode() & 0o111 != 0 => EntryKind::Executable,
                t if t.is_file() => EntryKind::File,
                // Sockets, pipes and devices are nothing that Git could hold.
                _ => continue,
            };
            if entries.len() == ENTRIES {
                return Err(unreadable(format!("more than {ENTRIES} entries")));
            }
            entries.push(Entry { name: name.into(), kind, id: self.id(entry.path()) });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let entries: Arc<[Entry]> = entries.into();
        self.listed.lock().unwrap_or_else(PoisonError::into_inner).insert(id, entries.clone());
        Ok(entries)
    }

    #[expect(clippy::disallowed_methods, reason = "a file in a folder that the user named on the command line")]
    fn blob(&self, id: ObjectId, limit: u64) -> Result<Arc<[u8]>, StoreError> {
        let path = self.path(id)?;
        let unreadable = |e: std::io::Error| StoreError::Unreadable { id, reason: format!("{}: {e}", path.display()) };
        if path.symlink_metadata().map_err(unreadable)?.is_symlink() {
            let mut target = std::fs::read_link(&path).map_err(unreadable)?;
            if self.whole
                && let Ok(below) = target.strip_prefix("/")
            {
                // A tree's links are relative: up to the root, and down again.
                let above = path.components().skip(2).map(|_| Component::ParentDir);
                target = above.collect::<PathBuf>().join(below);
            }
            return Ok(target.into_os_string().into_encoded_bytes().into());
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        let size = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)? as u64;
        if size > limit {
            return Err(StoreError::TooLarge { size, limit });
        }
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests make the folder that is read")]

    use super::*;

    #[test]
    fn a_folder_is_a_tree_up_to_its_work_tree() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for path in [".git", "base", "overlays/prod"] {
            std::fs::create_dir_all(at(path)).unwrap();
        }
        std::fs::write(at("base/a.yaml"), "a").unwrap();
        std::fs::write(at(".git/config"), "secret").unwrap();
        std::os::unix::fs::symlink("../../base/a.yaml", at("overlays/prod/link.yaml")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", at("overlays/prod/out.yaml")).unwrap();

        let local = open(at("overlays/prod").to_str().unwrap(), None).unwrap();
        assert_eq!(local.path, "overlays/prod");
        assert_eq!(local.tree.read_text("overlays/prod/link.yaml").unwrap(), "a");
        assert_eq!(local.tree.read_text("base/a.yaml").unwrap(), "a");
        assert!(local.tree.read_text("overlays/prod/out.yaml").is_err(), "a link that leads outside");
        assert_eq!(local.tree.find(".git").unwrap(), None);

        let alone = open(at("overlays/prod").to_str().unwrap(), at("overlays").to_str()).unwrap();
        assert_eq!(alone.path, "prod");
        assert!(alone.tree.read_text("prod/link.yaml").is_err(), "its target lies above the root that was given");
        assert!(open(at("base").to_str().unwrap(), at("overlays").to_str()).is_err());

        std::os::unix::fs::symlink(at("base"), at("overlays/absolute")).unwrap();
        let whole = open(at("overlays").to_str().unwrap(), Some("/")).unwrap();
        assert_eq!(whole.tree.read_text(&format!("{}/absolute/a.yaml", whole.path)).unwrap(), "a");
        assert_eq!(whole.tree.read_text(&format!("{}/prod/link.yaml", whole.path)).unwrap(), "a");
        assert!(local.tree.read_text("overlays/absolute/a.yaml").is_err(), "in a repository it would lead nowhere");
        assert!(open(at("missing").to_str().unwrap(), None).is_err());
    }

    /// `kustomize build /tmp/app` lists /tmp too, where others make and remove what they like meanwhile.
    #[test]
    fn what_goes_while_a_folder_is_listed_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("app")).unwrap();
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            for other in 0..4 {
                let (folder, over) = (&folder, &over);
                scope.spawn(move || {
                    for n in 0.. {
                        if over.load(std::sync::atomic::Ordering::Relaxed) {
                            break;
                        }
                        let file = folder.path().join(format!("{other}-{}", n % 64));
                        std::fs::write(&file, "").unwrap();
                        std::fs::remove_file(&file).unwrap();
                    }
                });
            }
            let listed = (0..500).map(|_| {
                let local = open(folder.path().to_str().unwrap(), None)?;
                local.tree.find("app").map_err(|e| CliError::failed(e.to_string()))
            });
            let listed: Result<Vec<_>, CliError> = listed.collect();
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(listed.unwrap().iter().all(Option::is_some));
        });
    }
}
