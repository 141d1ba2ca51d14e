//! What the control namespace says, as it was told last: Applications, projects, ApplicationSets, settings and Secrets.
//!
//! [`watch`] keeps a [`World`] current; every role reads the same one. Who must act on a change is told it (the [`Change`]
//! that `watch` hands out); who shows what is there follows a [`Store`] from the state that it has seen last.

mod store;
mod watch;
mod world;

use bowline_base_kube::ApiResource;
use bowline_core_crd::{AppProject, Application, ApplicationSet, GROUP, Resource, VERSION};

pub use store::{Followed, Follower, Store, Stored, Update, UpdateKind};
pub use watch::{Change, Control, Watched, watch};
pub use world::{ClusterRef, World};

/// Applications as the API serves them.
pub fn applications() -> ApiResource {
    resource::<Application>()
}

/// Projects as the API serves them.
pub fn projects() -> ApiResource {
    resource::<AppProject>()
}

/// ApplicationSets as the API serves them.
pub fn application_sets() -> ApiResource {
    resource::<ApplicationSet>()
}

fn resource<T: Resource>() -> ApiResource {
    ApiResource::new(GROUP, VERSION, T::KIND, T::PLURAL, true)
}
