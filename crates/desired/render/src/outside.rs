//! [`Outside`]: what a render reads that is in none of the trees it was given.
//!
//! Renderers fetch nothing. They ask [`Outside::get`]; what is not there yet is noted as needed and the render fails. Whoever renders
//! fetches what [`Outside::needs`] names and renders again, until nothing is needed any more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_tree::{ObjectId, Recorder, Tree};

/// Something outside that a render needs. What may be fetched depends on who names it, so each has its own word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A Git repository at a branch, tag or commit (empty for its default branch), that a kustomization names.
    Git {
        /// What is cloned.
        url: String,
        /// The revision.
        revision: String,
    },
    /// The content behind an `http://` or `https://` address that a kustomization names.
    File {
        /// The address.
        url: String,
    },
    /// A chart of a Helm repository or an OCI registry that a kustomization names.
    Chart {
        /// `https://…` or `oci://…`.
        repository: String,
        /// The chart's name.
        name: String,
        /// Its version: exact, a range, or empty for the newest.
        version: String,
    },
    /// A value file behind a URL, of a scheme that the settings allow, that the application itself names.
    Values {
        /// The URL.
        url: String,
    },
    /// A chart that the source's chart depends on.
    Dependency {
        /// Where it is: a URL, or `@name` or `alias:name` of a repository.
        repository: String,
        /// Its name.
        name: String,
        /// Its version, exact where the chart is locked; else a range.
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
    known: BTreeMap<Need, Result<Fetched, String>>,
    asked: Arc<Mutex<BTreeSet<Need>>>,
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
    pub fn insert(&mut self, need: Need, found: Result<Fetched, String>) {
        self.known.insert(need, found);
    }

    /// What a need came to; nothing where it is not fetched yet, which counts as asking for it.
    pub fn get(&self, need: &Need) -> Option<Result<Fetched, String>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(need.clone());
        self.known.get(need).cloned()
    }

    /// The content of a file.
    pub fn file(&self, need: &Need) -> Option<Result<Arc<[u8]>, String>> {
        let found = self.get(need)?;
        Some(found.and_then(|found| match found {
            Fetched::File(content) => Ok(content),
            Fetched::Tree(_) => Err(format!("{need} is not a file")),
        }))
    }

    /// The files of a repository or a chart.
    pub fn tree(&self, need: &Need) -> Option<Result<Tree, String>> {
        let found = self.get(need)?;
        Some(found.and_then(|found| match found {
            Fetched::Tree(tree) => Ok(tree),
            Fetched::File(_) => Err(format!("{need} is a file")),
        }))
    }

    /// What was asked for and is not there.
    pub fn needs(&self) -> Vec<Need> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|need| !self.known.contains_key(need)).cloned().collect()
    }

    /// The same, with trees that remember what is read of them.
    pub(crate) fn recording(&self) -> (Outside, Vec<(Need, Observed)>) {
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
    pub(crate) fn was_asked(&self, need: &Need) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).contains(need)
    }

    /// What is known of a need, without asking for it.
    pub(crate) fn known(&self, need: &Need) -> Option<&Result<Fetched, String>> {
        self.known.get(need)
    }

    /// Takes over what another one was asked for.
    pub(crate) fn asked_by(&self, other: &Outside) {
        let other = other.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).extend(other);
    }
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Need::Git { url, revision } if !revision.is_empty() => write!(f, "{url} at {revision}"),
            Need::Git { url, .. } | Need::File { url } | Need::Values { url } => f.write_str(url),
            Need::Chart { repository, name, version } | Need::Dependency { repository, name, version } => {
                write!(f, "chart {name} {version} of {repository}")
            }
        }
    }
}
