//! The services of the API that stand on the control namespace: one file a service.
//!
//! A service gets a [`Context`] and, with each request, a [`Caller`], whom the gate before all calls has let in. It asks the caller's
//! policy for a proof before it reads or writes what that guards, and what it wrote it waits to see again before it answers, so that
//! who reads next finds it.

mod caller;
mod context;
mod event;
mod failure;
mod links;
mod secret;
mod side;

mod account;
mod certificate;
mod cluster;
mod gpgkey;
mod notification;
mod project;
mod repocreds;
mod repository;
mod session;
mod settings;
mod version;

pub use account::Accounts;
pub use caller::Caller;
pub use certificate::Certificates;
pub use cluster::Clusters;
pub use context::{Context, options};
pub use event::{About, Done, read_events};
pub use failure::{denied, failed, hidden, of_auth};
pub use gpgkey::GpgKeys;
pub use links::{About as LinksAbout, links};
pub use notification::Notifications;
pub use project::Projects;
pub use repocreds::RepositoryCredentials;
pub use repository::{Repositories, States};
pub use session::Sessions;
pub use settings::SettingsReader;
pub use version::Versions;
