//! The whole server against a real kube-apiserver and real Git repositories.
//!
//! Each test has a control namespace, a destination namespace, a repository and a server process of its own; they share one API server.

#![expect(clippy::disallowed_methods, reason = "tests run the programs and write the files that a user would")]

mod lab;

mod api;
mod deletion;
mod drift;
mod failures;
mod guard;
mod health;
mod hooks;
mod life;
mod options;
mod registries;
mod renderers;
mod sync;
mod webhook;
