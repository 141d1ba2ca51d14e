//! The commands against a real kube-apiserver, with no server of ours running: what they store, print and refuse.
//!
//! Each test has a control namespace of its own in one shared API server.
#![expect(clippy::disallowed_methods, reason = "tests run the binary and write what it reads")]

mod lab;

mod app;
mod cluster;
mod helm;
mod manifests;
mod objects;
mod plan;
mod proj;
mod render;
mod repo;
