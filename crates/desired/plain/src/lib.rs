//! Directories of plain manifests: which files count, and what is in them.
//!
//! The rules are those of Argo CD's directory sources: the extensions `yaml`, `yml`, `json` and `jsonnet`, include and exclude
//! globs over paths below the directory, a marker that takes a file out, several documents a file, a cap on bytes, and lists
//! that are taken apart.

mod files;
mod manifests;

#[cfg(test)]
mod tests;

pub use files::{Directory, File, PlainError, files};
pub use manifests::{Manifest, expand_lists, manifests};
