//! [`Input`]: everything that a plan is made from.

use std::collections::HashSet;

use bowline_core_types::{Gvk, Object, ResourceKey};
use bowline_live_health::Health;
use jiff::Timestamp;

use crate::{Guard, Limits, ManagedNamespace, Operation, Progress, SyncOptions};

/// A live object with its health.
#[derive(Clone, Debug)]
pub struct Live {
    /// The object, as new as anything known: what an apply returned counts until a watch shows the same or newer.
    pub object: Object,
    /// Its health; `None` for kinds without a rule.
    pub health: Option<Health>,
}

/// One object of the application, desired or tracked or both. Hooks are not among them.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What names it; the live object's where there is one.
    pub key: ResourceKey,
    /// What Git says, marked as the application's; `None` where it is to be pruned.
    pub desired: Option<Object>,
    /// What the cluster holds.
    pub live: Option<Live>,
    /// Whether the comparison found that applying it would change nothing.
    pub in_sync: bool,
    /// Whether the API server has accepted this desired object in a dry run (the comparison's).
    pub checked: bool,
}

/// Where objects of a kind live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In namespaces.
    Namespaced,
    /// In the cluster.
    Cluster,
}

/// A snapshot of what is known of the cluster and of what is allowed. It answers alike throughout one plan.
pub trait View {
    /// Whether the cluster serves a kind, and where its objects live; an error where that cannot be told.
    fn kind(&self, gvk: &Gvk) -> Result<Option<Scope>, String>;

    /// Whether the application may hold this object; why not.
    fn permitted(&self, object: &Object, scope: Scope) -> Result<(), String>;

    /// The live object of a key, where there is one: of hooks and of the namespace.
    fn live(&self, key: &ResourceKey) -> Option<Live>;
}

/// Everything that a plan is made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// What the operation asks.
    pub operation: &'a Operation,
    /// The application's sync options together with the operation's.
    pub options: &'a SyncOptions,
    /// The objects.
    pub resources: &'a [Resource],
    /// The desired hooks, as rendered.
    pub hooks: &'a [Object],
    /// Whether `resources` is all there is: the source rendered and every list of the cluster complete. Where it is not,
    /// nothing is deleted.
    pub complete: Result<(), &'a str>,
    /// The destination namespace, empty where the application has none.
    pub namespace: &'a str,
    /// What the destination namespace is given when it is made, with `CreateNamespace`.
    pub managed_namespace: &'a ManagedNamespace,
    /// Objects that other applications say are theirs, with those applications' names.
    pub shared: &'a [(ResourceKey, String)],
    /// What an earlier sync put into the cluster, as far as that is remembered.
    pub deployed: &'a HashSet<ResourceKey>,
    /// Whether someone confirmed the deletions of this operation.
    pub confirmed: bool,
    /// What stands between a mistake and an outage; `None` restores the contract's behaviour.
    pub guard: Option<&'a Guard>,
    /// How long is waited for what.
    pub limits: &'a Limits,
    /// What has been done.
    pub progress: &'a Progress,
    /// The cluster.
    pub view: &'a dyn View,
    /// The present.
    pub now: Timestamp,
}
