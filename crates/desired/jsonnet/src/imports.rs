//! [`Imports`]: where an import leads in the tree.

use std::cell::Cell;
use std::future::{Future, ready};
use std::path::PathBuf;

use bowline_base_tree::{Tree, TreeError, join};
use jrsonnet_evaluator::async_import::AsyncImportResolver;
use jrsonnet_evaluator::{AsPathLike, SourcePath};
use jrsonnet_ir::{SourceFile, SourceVirtual};

use crate::Options;

/// Files of the tree, read before the evaluation begins. An import that leads nowhere only fails where it is evaluated.
pub(crate) struct Imports<'t> {
    tree: &'t Tree,
    libs: &'t [String],
    left: Cell<u64>,
}

// === impl Imports ===

impl<'t> Imports<'t> {
    pub(crate) fn new(tree: &'t Tree, options: &'t Options) -> Imports<'t> {
        Imports { tree, libs: &options.libs, left: Cell::new(options.budget.read_bytes) }
    }

    /// The file that an import names: beside the importing file, else in the libraries, the last one first.
    fn find(&self, from: Option<&SourceFile>, path: &str) -> Result<SourcePath, String> {
        let own = from.and_then(|from| from.path().parent()).map(|own| own.to_string_lossy().into_owned());
        let directories = std::iter::once(own.unwrap_or_default()).chain(self.libs.iter().rev().cloned());
        for directory in directories {
            let Ok(full) = join(&directory, path) else { continue };
            match self.tree.find(&full) {
                Ok(Some(found)) if found.kind.is_file() => {
                    return Ok(SourcePath::new(SourceFile::new(PathBuf::from(found.path))));
                }
                Ok(_) | Err(TreeError::Outside(_)) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(SourcePath::new(SourceVirtual(format!("couldn't open import {path:?}: no match in the source").into())))
    }

    fn read(&self, file: &SourcePath) -> Result<Vec<u8>, String> {
        let Some(file) = file.downcast_ref::<SourceFile>() else {
            // Evaluating what is missing says so.
            let message = file.to_string();
            return Ok(format!("error {message:?}").into_bytes());
        };
        let path = file.path().to_string_lossy();
        let blob = self.tree.read(&path).map_err(|error| error.to_string())?;
        let left = self.left.get().checked_sub(blob.bytes.len() as u64);
        self.left.set(left.ok_or("the imported files are too large together")?);
        Ok(blob.bytes.to_vec())
    }
}

impl AsyncImportResolver for Imports<'_> {
    type Error = String;

    fn resolve_from(
        &self,
        from: &SourcePath,
        path: &dyn AsPathLike,
    ) -> impl Future<Output = Result<SourcePath, String>> {
        let path = path.as_path().to_owned().to_string();
        ready(self.find(from.downcast_ref::<SourceFile>(), &path))
    }

    fn load_file_contents(&self, file: &SourcePath) -> impl Future<Output = Result<Vec<u8>, String>> {
        ready(self.read(file))
    }
}
