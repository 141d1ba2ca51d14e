//! The services of the contract: what each call does.
//!
//! Every service stands on one [`Ground`]: what the control namespace says, the way to write to it, and the ports through which
//! the engine tells of clusters and sources. Who calls is known from the server's gate, which puts it into the request; what a handler reads or writes asks for the proof that the caller may ([`bowline_core_rbac::Allowed`]).

mod application;
mod caller;
mod error;
mod events;
mod links;
mod selector;
mod setting;
mod store;

use std::sync::Arc;

use bowline_base_clock::Clock;
use bowline_base_kube::Client;
use bowline_core_control::World;
use bowline_core_ports::{Engine, Sources};
use bowline_web_auth::Authenticator;

pub use application::Applications;

/// What the services stand on.
#[derive(Clone)]
pub struct Ground {
    /// What the control namespace says.
    pub world: Arc<World>,
    /// The way to write to it.
    pub client: Client,
    /// What is known of applications and clusters.
    pub engine: Arc<dyn Engine>,
    /// Repositories.
    pub sources: Arc<dyn Sources>,
    /// Who asks, and what they may.
    pub auth: Arc<Authenticator>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}
