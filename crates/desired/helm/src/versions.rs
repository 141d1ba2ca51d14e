//! Versions and constraints of charts.

use bowline_base_semver::{Constraint, Version};

/// Whether this is a version at all, loosely: `v1`, `1.2` and `1.2.3-rc.1+build` are.
pub(crate) fn is_version(text: &str) -> bool {
    Version::parse(text).is_ok()
}

/// Whether a version is within a constraint; never where either cannot be read.
pub(crate) fn is_compatible(constraint: &str, version: &str) -> bool {
    match (Constraint::parse(constraint), Version::parse(version)) {
        (Ok(constraint), Ok(version)) => constraint.matches(&version),
        _ => false,
    }
}
