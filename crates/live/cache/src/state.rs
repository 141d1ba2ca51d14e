//! [`ClusterState`]: what is known of a cluster, and how well.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_core_types::GroupKind;
use jiff::Timestamp;

/// What is known of a cluster, and how well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterState {
    /// Whether it can be reached.
    pub connection: Connection,
    /// `gitVersion` of the API server, such as `v1.36.3`.
    pub server_version: Option<String>,
    /// Whether every watched kind has been listed, or has said why it cannot be.
    pub synced: bool,
    /// Kinds that are watched.
    pub kinds: usize,
    /// Kinds that cannot be watched now. What is known of them is old or nothing: nothing may be deleted by it.
    pub degraded: Vec<Degraded>,
}

/// Whether a cluster can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not yet known.
    Connecting,
    /// Yes.
    Connected,
    /// No; it is being tried again.
    Failed {
        /// Why not.
        reason: String,
        /// Since when.
        since: Timestamp,
    },
}

/// A kind that cannot be watched now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Degraded {
    /// The kind.
    pub kind: GroupKind,
    /// The namespace, where only some are watched; else empty.
    pub namespace: Arc<str>,
    /// Why not.
    pub reason: String,
}

/// How well the objects of a kind are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// As they are, but for what is on its way.
    Current,
    /// They are being listed for the first time.
    Listing,
    /// They cannot be watched now, for this reason.
    Degraded(String),
    /// They are not watched: excluded, or the kind cannot be.
    Excluded,
    /// The cluster does not serve the kind.
    NotServed,
    /// What the cluster serves is not known yet.
    Unknown,
}

/// Numbers of one kind, for metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindCount {
    /// The kind.
    pub kind: GroupKind,
    /// Objects.
    pub objects: usize,
    /// Watch events since the start.
    pub events: u64,
}

/// A kind, and the namespace where only some are watched.
pub(crate) type WatchKey = (GroupKind, Arc<str>);

/// The state while it is being found out.
#[derive(Debug)]
pub(crate) struct States {
    pub(crate) connection: Connection,
    pub(crate) server_version: Option<String>,
    pub(crate) discovered: bool,
    pub(crate) watches: BTreeMap<WatchKey, Progress>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Listing,
    Current,
    Failed {
        reason: String,
    },
    /// We may not list it, and the settings say to leave it alone then.
    Refused,
}

// === impl States ===

impl States {
    pub(crate) fn new() -> States {
        States { connection: Connection::Connecting, server_version: None, discovered: false, watches: BTreeMap::new() }
    }

    pub(crate) fn state(&self) -> ClusterState {
        let degraded = self.watches.iter().filter_map(|((kind, namespace), progress)| match progress {
            Progress::Failed { reason } => {
                Some(Degraded { kind: kind.clone(), namespace: namespace.clone(), reason: reason.clone() })
            }
            _ => None,
        });
        ClusterState {
            connection: self.connection.clone(),
            server_version: self.server_version.clone(),
            synced: self.discovered && !self.watches.values().any(|progress| *progress == Progress::Listing),
            kinds: self.watches.len(),
            degraded: degraded.collect(),
        }
    }

    /// What we may not list.
    pub(crate) fn refused(&self) -> Vec<WatchKey> {
        let refused = self.watches.iter().filter(|(_, progress)| **progress == Progress::Refused);
        refused.map(|(key, _)| key.clone()).collect()
    }

    /// How well a kind that may be watched in several namespaces is known: as well as the worst of them.
    pub(crate) fn knowledge(&self, kind: &GroupKind) -> Option<Knowledge> {
        let watches = self.watches.range((kind.clone(), "".into())..).take_while(|((k, _), _)| k == kind);
        let mut known = None;
        for (_, progress) in watches {
            match progress {
                Progress::Failed { reason } => return Some(Knowledge::Degraded(reason.clone())),
                Progress::Listing => known = Some(Knowledge::Listing),
                Progress::Current => known = known.or(Some(Knowledge::Current)),
                Progress::Refused => return Some(Knowledge::Excluded),
            }
        }
        known
    }
}
