//! What the API tells beside the three resources. None of it is stored as it stands here.

mod cluster;
mod overrides;
mod repository;
mod revision;
mod text;
mod tree;

pub use cluster::*;
pub use overrides::*;
pub use repository::*;
pub use revision::*;
pub use text::{Bytes, Confidential, InYaml};
pub use tree::*;

use crate::application::Application;
use crate::applicationset::ApplicationSet;
use crate::time::Time;
use crate::wire::messages;

messages! {
    /// An application that came, changed or went.
    pub struct ApplicationWatchEvent {
        /// ADDED, MODIFIED or DELETED.
        [1 "type" required] type_: String,
        /// The application.
        [2 "application" required] application: Application,
    }

    /// An application set that came, changed or went.
    pub struct ApplicationSetWatchEvent {
        /// ADDED, MODIFIED or DELETED.
        [1 "type" required] type_: String,
        /// The application set.
        [2 "applicationSet" required] application_set: ApplicationSet,
    }

    /// Whether something far away answers.
    pub struct ConnectionState {
        /// Successful, Failed or Unknown.
        [1 "status" required] status: String,
        /// Why.
        [2 "message" required] message: String,
        /// When it was tried last.
        [3 "attemptedAt" required] attempted_at: Option<Time>,
    }
}
