//! [`TreeNode`]: an application's objects and all that they own.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_core_types::ResourceKey;

use crate::node::Node;
use crate::store::Store;

/// Objects of a tree at most. A tree of more helps nobody, and a loop in owner references must end somewhere.
const NODES: usize = 100_000;

/// An object in an application's tree.
#[derive(Clone, Debug)]
pub struct TreeNode {
    /// The object.
    pub node: Arc<Node>,
    /// Its owners; none for what the application manages itself.
    pub parents: Vec<ResourceKey>,
}

/// What the application manages and all that it owns; parents before children, both sorted by kind and name.
pub(crate) fn tree(store: &Store, instance: &str) -> Vec<TreeNode> {
    let mut roots: Vec<Arc<Node>> = store.managed(instance).map(|(node, _)| node.clone()).collect();
    roots.sort_by(|a, b| a.key.cmp(&b.key));
    let mut seen: HashSet<ResourceKey> = roots.iter().map(|node| node.key.clone()).collect();
    let mut nodes: Vec<TreeNode> = roots.into_iter().map(|node| TreeNode { node, parents: Vec::new() }).collect();
    let mut next = 0;
    while next < nodes.len() && nodes.len() < NODES {
        let mut children = store.children(&nodes[next].node);
        children.sort_by(|a, b| a.key.cmp(&b.key));
        for child in children {
            if seen.insert(child.key.clone()) {
                let parents = store.parents(&child).iter().map(|parent| parent.key.clone()).collect();
                nodes.push(TreeNode { node: child, parents });
            }
        }
        next += 1;
    }
    nodes
}
