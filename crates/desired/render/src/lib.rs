//! One source becomes desired objects.
//!
//! [`render`] chooses the renderer, puts overrides from the repository over the source and gives the objects as the renderer made
//! them; nothing in it depends on a cluster. [`Memo`] keeps results under what was asked for, for as long as what was read holds.
//! [`finish`] makes the objects an application's: namespaces, duplicates, tracking marks.

mod environment;
mod finish;
mod memo;
mod outside;
mod overrides;
mod request;
mod tool;

#[cfg(test)]
mod tests;

pub use environment::Environment;
pub use finish::{Finished, Ownership, finish};
pub use memo::Memo;
pub use outside::{Fetched, Need, Outside};
pub use request::{Engine, Engines, Features, Jsonnet, Made, RenderError, Rendered, Request, render};
pub use tool::{Tool, detect};
