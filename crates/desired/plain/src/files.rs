//! Which files of a directory are manifests.

use bowline_base_glob::{Glob, PatternError};
use bowline_base_tree::{Blob, EntryKind, Tree, TreeError};

/// A file with this text anywhere in it is not a manifest, whatever it looks like.
const SKIP_MARKER: &[u8] = b"+argocd:skip-file-rendering";
const EXTENSIONS: [&str; 4] = [".yaml", ".yml", ".json", ".jsonnet"];

/// A directory source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Look into subdirectories.
    pub recurse: bool,
    /// Only files that match this glob, where it is not empty.
    pub include: String,
    /// No files that match this glob, where it is not empty.
    pub exclude: String,
    /// Take files of every extension.
    pub any_extension: bool,
    /// Bytes that all files may have together; 0 is no limit.
    pub max_bytes: u64,
}

/// A file that is a manifest.
#[derive(Clone, Debug)]
pub struct File {
    /// Path from the tree's root.
    pub path: String,
    /// Its content.
    pub blob: Blob,
}

/// Why a directory gives no manifests.
#[derive(Debug, thiserror::Error)]
pub enum PlainError {
    /// The source's path is not there, or is no directory.
    #[error("{path}: app path does not exist")]
    NoSuchPath {
        /// The path.
        path: String,
    },
    /// `include` or `exclude` cannot be read.
    #[error("directory.{field}: {error}")]
    Pattern {
        /// Which of the two.
        field: &'static str,
        /// What is wrong.
        error: PatternError,
    },
    /// The files are larger than they may be.
    #[error("exceeded max combined manifest file size: more than {limit} bytes below {path:?}")]
    TooLarge {
        /// The source's path.
        path: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file cannot be read.
    #[error("invalid manifest file {file:?}: {error}")]
    File {
        /// The file.
        file: String,
        /// Why.
        error: TreeError,
    },
    /// A file is not what it should be.
    #[error("Failed to unmarshal {file:?}: {reason}")]
    Unmarshal {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A JSON file holds more than one document.
    #[error("Found multiple objects in {file:?}. Only single objects are allowed in JSON files.")]
    SeveralInJson {
        /// The file.
        file: String,
    },
    /// A file needs an evaluator that was not given.
    #[error("Failed to evaluate jsonnet {file:?}: {reason}")]
    Jsonnet {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A directory that is to be looked into is another repository.
    #[error("{path}: is a Git submodule; submodules are not supported yet")]
    Submodule {
        /// Path of the submodule.
        path: String,
    },
    /// The tree cannot be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// The manifests of the directory `path`, in the order of their paths; and a sentence for each that was passed over although it
/// looked like one.
pub fn files(tree: &Tree, path: &str, directory: &Directory) -> Result<(Vec<File>, Vec<String>), PlainError> {
    let root = match tree.find(path)? {
        Some(found) if found.kind == EntryKind::Directory => found.path,
        _ => return Err(PlainError::NoSuchPath { path: path.to_string() }),
    };
    let compile = |field, pattern: &str| match pattern {
        "" => Ok(None),
        pattern => Glob::new(pattern, &[]).map(Some).map_err(|error| PlainError::Pattern { field, error }),
    };
    let (include, exclude) = (compile("include", &directory.include)?, compile("exclude", &directory.exclude)?);
    let (mut found, mut warnings, mut bytes) = (Vec::new(), Vec::new(), 0_u64);
    let mut pending = vec![String::new()];
    while let Some(below) = pending.pop() {
        let here = join(&root, &below);
        for entry in tree.list(&here)?.iter() {
            let relative = join(&below, &entry.name);
            if entry.kind == EntryKind::Directory {
                if directory.recurse {
                    pending.push(relative);
                }
                continue;
            }
            if entry.kind == EntryKind::Submodule {
                // Leaving out what it holds would look like its deletion.
                if directory.recurse {
                    return Err(PlainError::Submodule { path: join(&here, &entry.name) });
                }
                continue;
            }
            let wanted = directory.any_extension || EXTENSIONS.iter().any(|ending| entry.name.ends_with(ending));
            let excluded = exclude.as_ref().is_some_and(|glob| glob.matches(&relative));
            let included = include.as_ref().is_none_or(|glob| glob.matches(&relative));
            if !wanted || excluded || !included {
                continue;
            }
            let full = join(&root, &relative);
            let fail = |error| PlainError::File { file: relative.clone(), error };
            let target = match tree.find(&full).map_err(fail)? {
                Some(target) => target,
                None => {
                    warnings.push(format!("skipping manifest file {relative:?}: destination of symlink is missing"));
                    continue;
                }
            };
            if !target.kind.is_file() {
                warnings.push(format!("skipping manifest file {relative:?}: it leads to something that is no file"));
                continue;
            }
            let blob = tree.read(&full).map_err(fail)?;
            if contains(&blob.bytes, SKIP_MARKER) {
                continue;
            }
            if !entry.name.ends_with(".jsonnet") {
                bytes += blob.bytes.len() as u64;
                if directory.max_bytes > 0 && bytes > directory.max_bytes {
                    return Err(PlainError::TooLarge { path: path.to_string(), limit: directory.max_bytes });
                }
            }
            found.push(File { path: full, blob });
        }
    }
    // Directories and files are walked in the order of their names, segment by segment.
    found.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    Ok((found, warnings))
}

pub(crate) fn contains(text: &[u8], what: &[u8]) -> bool {
    text.windows(what.len()).any(|window| window == what)
}

fn join(base: &str, name: &str) -> String {
    match (base, name) {
        ("", name) => name.to_string(),
        (base, "") => base.to_string(),
        (base, name) => format!("{base}/{name}"),
    }
}
