//! What one cluster holds, kept current by one list and watch per kind.
//!
//! [`Cache`] knows every object as a compact [`Node`]: what it is called, whose it is, how healthy it is and what people want to
//! see of it. Whole bodies ([`Live`]) are kept of the objects that applications manage, and nothing that a Secret holds is kept
//! at all: it is replaced by keyed digests before anything else looks at it.
//!
//! [`Changes`] says which applications have something new to look at. An update that changes nothing that comparing, health or
//! the resource tree reads wakes nobody.
//!
//! A kind that cannot be watched degrades itself alone, and a cluster that cannot be reached is a [`ClusterState`] with a
//! reason: what was known stays readable, marked as old, and is caught up with when the cluster comes back.

mod cache;
mod changes;
mod fingerprint;
mod info;
mod intern;
mod kinds;
mod node;
mod owners;
mod state;
mod store;
mod tree;

pub use cache::{Assess, Cache, CacheConfig, Counts, Reading, RespectRbac, Unheeded};
pub use changes::{AppChange, Batch, Changes};
pub use info::{Balancer, Info, Labels, Network};
pub use kinds::{KindFilter, is_always_excluded};
pub use node::{Live, Node, Owner, Uid};
pub use state::{ClusterState, Connection, Degraded, KindCount, Knowledge};
pub use tree::TreeNode;
