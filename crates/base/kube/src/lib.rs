//! Kubernetes over few shared HTTP/2 connections.
//!
//! [`Config`] says where a cluster is and who we are there; [`Client`] sends requests; [`Discovery`] says what the cluster
//! serves; [`Watch`] keeps a list current. Objects are [`bowline_base_value::Value`]s or a caller's own types: there are no
//! typed copies of the Kubernetes API here. Every read is bounded, every request has a deadline, and every error has a
//! [`Class`] that says what can be done about it.

mod auth;
mod client;
mod config;
mod connect;
mod discovery;
mod error;
#[cfg(test)]
mod fake;
mod kubeconfig;
mod lines;
mod list;
mod logs;
mod pool;
mod query;
mod read;
mod resource;
mod watch;

pub use bowline_base_egress::Tls;
pub use client::{Answer, Client, Keyboard, Process, ProcessOptions, Runtime, Said, Screen};
pub use config::{Auth, Config, Exec, Impersonate};
pub use discovery::Discovery;
pub use error::{Class, Error, Status, StatusCause, StatusDetails};
pub use kubeconfig::KubeconfigError;
pub use logs::{LogOptions, Logs};
pub use query::{DeleteOptions, ListOptions, Page, Patch, Propagation, Validation, WriteOptions};
pub use resource::ApiResource;
pub use watch::{Event, Watch, WatchOptions};
