//! Which applications an ApplicationSet makes: generators give sets of parameters, a template is filled in with each.
//!
//! ```text
//! generators ──▶ Params ──▶ selector ──▶ template + templatePatch ──▶ Applications
//!     ▲
//!     └── Supplied: the trees of repositories, the clusters
//! ```
//!
//! [`generate`] is pure. What it has to read it says ([`Outcome::Needs`]); whoever calls it brings that and calls again: the
//! second generator of a matrix may name a repository that the first one's parameters tell. It goes on where one set cannot be
//! made, and tells every error beside what was made: who deletes what is no longer made must not do so while there are errors.
//!
//! Behaviour follows Argo CD's ApplicationSet controller. `{{words}}` are replaced, or, with `goTemplate`, Go templates are run,
//! on a budget that all of them share.

mod error;

mod names;

mod fill;
mod functions;

mod patch;
mod template;

mod generator;
mod selector;
mod values;

mod clusters;
mod git;
mod list;
mod matrix;
mod merge;

mod supply;

mod generate;

pub use bowline_base_gotmpl::Host;
pub use error::GenerateError;
pub use generate::{Outcome, generate};
pub use names::normalize;
pub use supply::{Repository, Supplied};

/// One set of parameters.
pub type Params = bowline_base_value::Map;

#[cfg(test)]
mod tests;
