//! Patterns: [`Glob`] with the rules of gobwas/glob (projects, directories, RBAC), [`PathPattern`] with those of Go's
//! `path.Match` (lists of kinds). Both are compiled once and matched in time linear in the text.

mod glob;
mod node;
mod path_pattern;
mod program;

pub use glob::Glob;
pub use path_pattern::PathPattern;

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("pattern {pattern:?}: {reason}")]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: &'static str,
}
