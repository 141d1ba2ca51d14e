//! Git repositories as sources.
//!
//! [`GitRepositories`] is the adapter behind [`Sources`](bowline_core_ports::Sources): the `git` program fetches into a bare mirror per
//! repository, and gix reads objects and refs from it. Nothing is ever checked out. A `file://` remote has its objects on
//! this machine already and is read where it lies.

mod credentials;
mod objects;
mod program;
mod remote;
mod repositories;
mod repository;
mod revision;
mod sealed;
mod settings;

pub use credentials::{Access, Credentials, CredentialsError};
pub use remote::{Remote, RemoteError, Transport, redact};
pub use repositories::{GitRepositories, Inheriting};
pub use settings::Settings;
