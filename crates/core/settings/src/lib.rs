//! Settings as users already have them: `argocd-cm`, `argocd-cmd-params-cm`, cluster and repository Secrets.
//!
//! Nothing here watches or reads; a role hands in the data and gets typed values. A key that cannot be read is reported
//! (all of them at once) and keeps the last value that was good, so that a typing error in one key changes nothing else.

mod cluster;
mod duration;
mod keys;
mod repository;
mod secret;
mod server_secret;

pub use cluster::{ClusterAuth, ClusterSecret, ExecCredential, IN_CLUSTER_NAME, IN_CLUSTER_SERVER};
pub use duration::{format_duration, parse_duration};
pub use keys::{BadKey, KeyDoc, Map, ResourceFilter, RespectRbac, Settings, documented_keys};
pub use repository::{RepositoryKind, RepositorySecret, find_repository, normalize_url};
pub use secret::{SecretError, SecretText, secret_text};
pub use server_secret::ServerSecret;
