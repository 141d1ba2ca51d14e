//! [`Loader`]: the directory of one kustomization, and what may be read from it.

use bowline_base_tree::{Blob, EntryKind, Found, ObjectId, Tree, TreeError, normalize};

use crate::build::{LoadRestrictor, Options};
use crate::error::{Error, Result};
use crate::gitref::GitReference;
use crate::ports::{Remote, RemoteError};

/// How deep kustomizations may lie in each other; a real one has less than ten levels.
const MAX_DEPTH: usize = 64;

/// The directory of a kustomization, and those of the kustomizations that led to it.
#[derive(Clone)]
pub(crate) struct Loader<'p> {
    tree: Tree,
    /// The directory, links resolved; empty for the root of the tree.
    root: String,
    /// Whether files must be in or below the directory.
    restricted: bool,
    remote: Option<&'p dyn Remote>,
    /// What stands before paths in messages.
    base: &'p str,
    /// The directories that led here: number of the tree, path.
    visited: Vec<(usize, String)>,
    /// The Git URLs that led here.
    repositories: Vec<String>,
}

/// The content of a file, with an id where it is in a tree.
pub(crate) enum Content {
    Blob(Blob),
    Fetched(Vec<u8>),
}

// === impl Content ===

impl Content {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Content::Blob(blob) => &blob.bytes,
            Content::Fetched(bytes) => bytes,
        }
    }

    /// The content as text.
    pub(crate) fn text(&self, path: &str) -> Result<&str> {
        std::str::from_utf8(self.bytes())
            .map_err(|_| Error::Malformed { path: path.to_string(), reason: "is not UTF-8 text".to_string() })
    }
}

/// Whether a path is the URL of a file.
pub(crate) fn is_http(path: &str) -> bool {
    let scheme = |scheme: &str| path.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    scheme("http://") || scheme("https://")
}

// === impl Loader ===

impl<'p> Loader<'p> {
    /// The loader of a directory of a tree, or of a Git URL.
    pub(crate) fn new(tree: &Tree, path: &str, options: &Options<'p>) -> Result<Loader<'p>> {
        let none = Loader {
            tree: tree.clone(),
            root: String::new(),
            restricted: options.load_restrictor == LoadRestrictor::RootOnly,
            remote: options.remote,
            base: options.base,
            visited: Vec::new(),
            repositories: Vec::new(),
        };
        if let Some(git) = GitReference::parse(path) {
            return none.clone_of(&git);
        }
        let root = none.directory(path)?;
        Ok(Loader { visited: vec![(0, root.clone())], root, ..none })
    }

    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The directory for messages.
    pub(crate) fn shown_root(&self) -> String {
        self.shown(&self.root)
    }

    /// A path of the tree for messages.
    fn shown(&self, path: &str) -> String {
        match (self.base, path) {
            ("", "") => ".".to_string(),
            (base, path) => format!("{base}{path}"),
        }
    }

    /// What kustomize says of a path that leads nowhere: it names the first part that is missing.
    fn missing(&self, path: &str) -> String {
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        let mut parts = ends.map(|end| &path[..end]);
        let first = parts.find(|part| !matches!(self.tree.find(part), Ok(Some(_)))).unwrap_or(path);
        let (path, first) = (self.shown(path), self.shown(first));
        format!("evalsymlink failure on '{path}' : lstat {first}: no such file or directory")
    }

    /// Reads a file: a path from the directory, or a URL.
    pub(crate) fn load(&self, path: &str) -> Result<Content> {
        if is_http(path) {
            return self.fetch(path);
        }
        let fail = |reason: String| Error::Load { path: path.to_string(), reason };
        let outside =
            |file: String| Error::Path(format!("security; file '{file}' is not in or below '{}'", self.shown_root()));
        if path.starts_with('/') {
            return Err(outside(path.to_string()));
        }
        let full = format!("{}/{path}", self.root);
        let full = normalize(&full).map_err(|_| outside(path.to_string()))?;
        let found = match self.tree.find(&full) {
            Ok(Some(found)) => found,
            Ok(None) => return Err(Error::Path(self.missing(&full))),
            Err(TreeError::Outside(_)) => return Err(outside(self.shown(&full))),
            Err(error) => return Err(fail(error.to_string())),
        };
        if !found.kind.is_file() {
            return Err(Error::Path(format!("'{}' must resolve to a file", self.shown(&found.path))));
        }
        if self.restricted && !is_below(&self.root, &found.path) {
            return Err(outside(self.shown(&found.path)));
        }
        self.tree.read(&found.path).map(Content::Blob).map_err(|error| fail(error.to_string()))
    }

    fn fetch(&self, url: &str) -> Result<Content> {
        let fail = |reason: String| Error::Load { path: url.to_string(), reason };
        let Some(remote) = self.remote else {
            return Err(Error::Refused(format!("{url}: remote resources are not allowed here")));
        };
        remote.http(url).map(Content::Fetched).map_err(|error| match error {
            RemoteError::Status(_) if GitReference::parse(url).is_some() => fail("URL is a git repository".to_string()),
            RemoteError::Forbidden(reason) => Error::Refused(format!("{url}: {reason}")),
            RemoteError::Pending => Error::Pending(url.to_string()),
            other => fail(other.to_string()),
        })
    }

    /// The loader of a directory that this kustomization names; it may be a Git URL.
    pub(crate) fn enter(&self, path: &str) -> Result<Loader<'p>> {
        let fail = |reason: String| Error::Load { path: path.to_string(), reason };
        if path.is_empty() {
            return Err(fail("new root cannot be empty".to_string()));
        }
        if self.visited.len() + self.repositories.len() >= MAX_DEPTH {
            return Err(Error::TooLarge(format!("kustomizations lie deeper than {MAX_DEPTH} levels in each other")));
        }
        if let Some(git) = GitReference::parse(path) {
            if let Some(earlier) = self.repositories.iter().find(|earlier| earlier.starts_with(&git.raw)) {
                let reason = format!("cycle detected: URI '{}' referenced by previous URI '{earlier}'", git.raw);
                return Err(fail(reason));
            }
            return self.clone_of(&git);
        }
        if path.starts_with('/') {
            return Err(Error::Path(format!("new root '{path}' cannot be absolute")));
        }
        let root = self.directory(&format!("{}/{path}", self.root))?;
        let number = self.repositories.len();
        let cycle = self.visited.iter().find(|(tree, visited)| *tree == number && is_at_or_below(&root, visited));
        if let Some((_, visited)) = cycle {
            let (root, visited) = (self.shown(&root), self.shown(visited));
            return Err(Error::Path(format!(
                "cycle detected: candidate root '{root}' contains visited root '{visited}'"
            )));
        }
        let mut visited = self.visited.clone();
        visited.push((number, root.clone()));
        Ok(Loader { root, visited, ..self.clone() })
    }

    fn clone_of(&self, git: &GitReference) -> Result<Loader<'p>> {
        let fail = |reason: String| Error::Load { path: git.raw.clone(), reason };
        let Some(remote) = self.remote else {
            return Err(Error::Refused(format!("{}: remote bases are not allowed here", git.raw)));
        };
        let tree = remote.git(git).map_err(|error| match error {
            RemoteError::Forbidden(reason) => Error::Refused(format!("{}: {reason}", git.raw)),
            RemoteError::Pending => Error::Pending(git.raw.clone()),
            other => fail(other.to_string()),
        })?;
        let cloned = Loader { tree, base: "", ..self.clone() };
        let root = cloned.directory(&git.path).map_err(|error| fail(error.to_string()))?;
        let mut repositories = self.repositories.clone();
        repositories.push(git.raw.clone());
        let mut visited = self.visited.clone();
        visited.push((repositories.len(), root.clone()));
        // What is cloned may never read beside itself.
        Ok(Loader { root, restricted: true, visited, repositories, ..cloned })
    }

    /// The physical path of a directory.
    fn directory(&self, path: &str) -> Result<String> {
        let fail = |reason: String| Error::Path(format!("must build at directory: {reason}"));
        let full = normalize(path).map_err(|error| fail(error.to_string()))?;
        match self.tree.find(&full) {
            Ok(Some(found)) if found.kind == EntryKind::Directory => Ok(found.path),
            Ok(Some(found)) if found.kind == EntryKind::Submodule => {
                Err(fail(format!("'{}': is a submodule: its files are not fetched", self.shown(&found.path))))
            }
            Ok(Some(found)) => Err(fail(format!("'{}': file is not directory", self.shown(&found.path)))),
            Ok(None) => Err(fail(format!("not a valid directory: {}", self.missing(&full)))),
            Err(error) => Err(fail(format!("{}: {error}", self.shown(&full)))),
        }
    }

    /// The object of a directory below this one, if there is one.
    pub(crate) fn subdirectory(&self, path: &str) -> Option<(String, ObjectId)> {
        match self.tree.find(format!("{}/{path}", self.root).trim_start_matches('/')) {
            Ok(Some(Found { kind: EntryKind::Directory, path, id })) => Some((path, id)),
            _ => None,
        }
    }
}

fn is_below(root: &str, path: &str) -> bool {
    root.is_empty() || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}

fn is_at_or_below(root: &str, path: &str) -> bool {
    root == path || is_below(root, path)
}
