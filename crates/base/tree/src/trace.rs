//! [`Trace`]: what was read, so that a result can be kept for as long as it holds.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Entry, EntryKind, ObjectId, Tree, tree::Raw};

/// What a read saw at a path. Paths are physical: a link that was followed is an entry of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing was there.
    Absent,
    /// A directory was there; only that it is one was looked at.
    Directory,
    /// This file, link or submodule was there.
    Object(EntryKind, ObjectId),
    /// This directory was listed: its object, and a hash over the names and kinds of its entries.
    Listing(ObjectId, u64),
}

/// The reads of one render, in path order, each path once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    entries: Vec<(Arc<str>, Seen)>,
}

/// Collects the reads of the tree that [`Tree::recording`] gave; shared by all who read through it.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    seen: Arc<Mutex<BTreeMap<Arc<str>, Seen>>>,
}

// === impl Trace ===

impl Trace {
    /// Whether every read would see the same in `tree`. A directory that was listed still holds when the content of its
    /// files changed, as long as names and kinds did not: who read the files has entries for them.
    pub fn holds(&self, tree: &Tree) -> bool {
        self.entries.iter().all(|(path, seen)| match (seen, tree.raw(path)) {
            (Seen::Absent, Ok(Raw::Absent)) => true,
            (Seen::Directory, Ok(Raw::Entry(EntryKind::Directory, _))) => true,
            (Seen::Object(kind, id), Ok(Raw::Entry(k, i))) => *kind == k && *id == i,
            (Seen::Listing(id, names), Ok(Raw::Entry(EntryKind::Directory, i))) => {
                *id == i || tree.raw_listing(i).is_ok_and(|entries| hash_names(&entries) == *names)
            }
            _ => false,
        })
    }

    /// The reads in path order.
    pub fn entries(&self) -> &[(Arc<str>, Seen)] {
        &self.entries
    }
}

// === impl Recorder ===

impl Recorder {
    pub(crate) fn record(&self, path: &str, seen: Seen) {
        let mut map = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match map.get_mut(path) {
            // A listing says more than "is a directory"; all else can only be said again.
            Some(known) if matches!(known, Seen::Directory) => *known = seen,
            Some(_) => {}
            None => {
                map.insert(path.into(), seen);
            }
        }
    }

    /// What was read so far.
    pub fn trace(&self) -> Trace {
        let map = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Trace { entries: map.iter().map(|(path, seen)| (path.clone(), seen.clone())).collect() }
    }
}

pub(crate) fn hash_names(entries: &[Entry]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for entry in entries {
        entry.name.hash(&mut hasher);
        entry.kind.hash(&mut hasher);
    }
    hasher.finish()
}
