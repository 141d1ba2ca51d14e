//! `application.ApplicationService` and `applicationset.ApplicationSetService`: what each call does, on the ports of the engine.
//!
//! It stands on the same [`Context`](bowline_web_admin::Context) as the services over the control namespace. What a handler reads
//! or writes asks for the proof that the caller may ([`bowline_core_rbac::Allowed`]).

mod application;
mod applicationset;
mod badge;
mod error;
mod extension;
mod own;
mod setting;
mod store;
mod terminal;
mod told;

pub use application::Applications;
pub use applicationset::ApplicationSets;
pub use badge::badge;
pub use extension::{EXTENSION_HEADERS, ExtensionProxy, Invocation, NotInvoked, has_extensions, invoke};
pub use own::{Objects, Own, OwnAnswer};
pub use terminal::{NoSeat, Seat, has_terminals};
