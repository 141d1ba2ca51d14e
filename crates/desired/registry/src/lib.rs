//! Charts of Helm repositories and OCI registries, and OCI artifacts, as trees.
//!
//! [`Registries`] is the adapter behind [`Charts`](bowline_core_ports::Charts): it asks repositories for their indexes and registries
//! for their tags, chooses a version, fetches the archive once, checks it and unpacks it into a [`Tree`](bowline_base_tree::Tree)
//! that is kept on disk within a budget. All requests go out through [`Egress`](bowline_base_egress::Egress).

mod access;
mod archive;
mod disk;
mod failure;
mod flight;
mod helm;
mod index;
mod oci;
mod pack;
mod registries;
mod secrets;
mod settings;
mod version;

pub use access::{Access, AccessError, Credentials};
pub use registries::{Dependency, Registries, Repositories};
pub use secrets::Secrets;
pub use settings::{Limits, Settings};
