//! [`Outside`]: what a render reads that is in none of the trees it was given.
//!
//! Renderers fetch nothing. They ask [`Outside::get`]; what is not there yet is noted as needed and the render fails. Whoever renders
//! fetches what [`Outside::needs`] names and renders again, until nothing is needed any more. What Helm needs stands beside it, in
//! [`Supplies`](crate::Supplies).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_tree::{ObjectId, Recorder, Tree};

/// Something outside that a kustomization names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wanted {
    /// A Git repository at a branch, tag or commit; empty for its default branch.
    Git {
        /// What is cloned.
        url: String,
        /// The revision.
        revision: String,
    },
    /// The content behind an `http://` or `https://` address.
    File {
        /// The address.
        url: String,
    },
    /// A chart of a Helm repository or an OCI registry.
    Chart {
        /// `https://…` or `oci://…`.
        repository: String,
        /// The chart's name.
        name: String,
        /// Its version: exact, a range, or empty for the newest.
        version: String,
    },
}

/// What was fetched.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// The files of a repository or a chart.
    Tree(Tree),
    /// The content of a file.
    File(Arc<[u8]>),
}

/// What was fetched for a render, or why it could not be; and what the render asked for.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    known: BTreeMap<Wanted, Result<Fetched, String>>,
    asked: Arc<Mutex<BTreeSet<Wanted>>>,
}

/// What was read of something outside, for telling whether it is still the same.
pub(crate) enum Observed {
    Tree(ObjectId, Recorder),
    File(Arc<[u8]>),
    Failed(String),
}

// === impl Outside ===

impl Outside {
    /// Adds what a need came to. The error is for people: why it could not be fetched.
    pub fn insert(&mut self, need: Wanted, found: Result<Fetched, String>) {
        self.known.insert(need, found);
    }

    /// What a need came to; nothing where it is not fetched yet, which counts as asking for it.
    pub fn get(&self, need: &Wanted) -> Option<Result<Fetched, String>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(need.clone());
        self.known.get(need).cloned()
    }

    /// What was asked for and is not there.
    pub fn needs(&self) -> Vec<Wanted> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|need| !self.known.contains_key(need)).cloned().collect()
    }

    /// The same, with trees that remember what is read of them.
    pub(crate) fn recording(&self) -> (Outside, Vec<(Wanted, Observed)>) {
        let mut recording = Outside::default();
        let mut observed = Vec::new();
        for (need, found) in &self.known {
            let (found, seen) = match found {
                Ok(Fetched::Tree(tree)) => {
                    let (tree, recorder) = tree.recording();
                    let seen = Observed::Tree(tree.root(), recorder);
                    (Ok(Fetched::Tree(tree)), seen)
                }
                Ok(Fetched::File(content)) => (Ok(Fetched::File(content.clone())), Observed::File(content.clone())),
                Err(reason) => (Err(reason.clone()), Observed::Failed(reason.clone())),
            };
            recording.known.insert(need.clone(), found);
            observed.push((need.clone(), seen));
        }
        (recording, observed)
    }

    /// Whether a render asked for this.
    pub(crate) fn was_asked(&self, need: &Wanted) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).contains(need)
    }

    /// What is known of a need, without asking for it.
    pub(crate) fn known(&self, need: &Wanted) -> Option<&Result<Fetched, String>> {
        self.known.get(need)
    }

    /// Takes over what another one was asked for.
    pub(crate) fn asked_by(&self, other: &Outside) {
        let other = other.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).extend(other);
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wanted::Git { url, revision } if revision.is_empty() => f.write_str(url),
            Wanted::Git { url, revision } => write!(f, "{url} at {revision}"),
            Wanted::File { url } => f.write_str(url),
            Wanted::Chart { repository, name, version } => write!(f, "chart {name} {version} of {repository}"),
        }
    }
}
