//! Helm charts in process: what `helm template` 4.2.4 gives, object for object, and byte for byte where text is kept.
//!
//! [`load()`] reads a [`Chart`] from a [`Tree`](bowline_base_tree::Tree) (or [`load_archive`] from a `.tgz`); [`Helm::render`]
//! renders it any number of times. [`template`] is the command, with its flags; [`argo`] renders a source as Argo CD does.
//! Nothing here reads files, clocks or clusters: files are the tree's, the rest is the [`Host`]'s.

mod archive;
pub mod argo;
pub mod build;
mod capabilities;
mod chart;
mod dependencies;
mod family;
mod functions;
mod ignore;
mod load;
mod manifests;
mod metadata;
mod objects;
mod render;
mod schema;
pub mod template;
mod trace;
pub mod values;
mod versions;

pub use bowline_base_gotmpl::{Host, Limits};
pub use capabilities::{Capabilities, KubeVersion};
pub use chart::{Chart, File, Template};
pub use load::{LoadError, load, load_archive, load_archive_file, load_unpacked};
pub use manifests::{Hook, Manifest, Sorted, split};
pub use metadata::{Dependency, Maintainer, Metadata};
pub use render::{Helm, Release, RenderError, Rendered};
