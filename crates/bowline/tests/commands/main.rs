//! The commands against a real kube-apiserver, with no server of ours running: what they store, print and refuse.
//!
//! Each test has a control namespace of its own in one shared API server.

mod lab;

mod app;
mod cluster;
mod manifests;
mod proj;
mod render;
mod repo;
