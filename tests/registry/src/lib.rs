//! A Helm repository and a real OCI registry of a test's own, on loopback.
//!
//! [`HelmServer`] is a web server with an `index.yaml` over the charts that a test publishes; it notes what it was asked.
//! [`OciRegistry`] is the pinned registry of `tests/peers`, into which a test pushes by the distribution API. Everything here blocks, so
//! that a test without async can use it.
#![expect(
    clippy::disallowed_methods,
    reason = "this crate is an edge: it serves connections and writes a tool's files"
)]

mod archive;
mod helm;
mod http;
mod oci;

pub use archive::{chart, tar, tgz};
pub use helm::{HelmServer, Seen, sha256};
pub use oci::OciRegistry;
