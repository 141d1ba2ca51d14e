//! [`Supplied`]: what generators read.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_tree::Tree;
use bowline_core_settings::ClusterSecret;

/// A repository at a revision, as a generator names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repository {
    /// URL.
    pub url: String,
    /// Branch, tag or commit; empty for the default branch.
    pub revision: String,
}

/// What generators read, as far as it was brought.
#[derive(Clone, Default)]
pub struct Supplied {
    /// The files of repositories; or why they cannot be had, in a sentence.
    pub trees: BTreeMap<Repository, Result<Tree, String>>,
    /// The clusters that have a Secret.
    pub clusters: Vec<Arc<ClusterSecret>>,
    /// Whether the cluster that the server itself runs against may be deployed to.
    pub in_cluster: bool,
}
