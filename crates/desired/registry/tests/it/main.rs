//! Registries against a Helm repository on loopback and the real OCI registry.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod helm;
mod lab;
mod oci;
