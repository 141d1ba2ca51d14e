//! The whole server against a real kube-apiserver and real Git repositories.
//!
//! Each test has a control namespace, a destination namespace, a repository and a server process of its own; they share one API server.

#![expect(clippy::disallowed_methods, reason = "tests run the programs and write the files that a user would")]

mod lab;

mod acting;
mod actions;
mod api;
mod comparing;
mod deletion;
mod drift;
mod failures;
mod guard;
mod health;
mod hooks;
mod life;
mod logs;
mod options;
mod order;
mod registries;
mod renderers;
mod sync;
mod unseen;
mod webhook;
mod windows;
