//! Versions and version ranges with the meaning that Masterminds/semver v3 gives them: the rules of Helm, of its template functions
//! and of Argo CD's tag ranges.

mod constraint;
mod version;

#[cfg(test)]
mod tests;

pub use constraint::{Constraint, ConstraintError};
pub use version::{Version, VersionError};
