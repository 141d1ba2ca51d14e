//! Scalars that several places of one object share.
//!
//! Kustomize writes a label (or annotation) into all the places that its field specs name as *one* node: when something
//! later changes the value in one of them, by a patch, a replacement or another label, it changes in all of them.

use std::collections::BTreeMap;

use super::Resource;
use crate::error::Result;
use crate::node::{Kind, Node};

// === impl Resource ===

impl Resource {
    /// Runs a step and lets what it changed in a shared scalar show in the scalar's other places.
    pub(crate) fn with_sharing(&mut self, step: impl FnOnce(&mut Resource) -> Result<()>) -> Result<()> {
        let mut before = BTreeMap::new();
        if self.shares > 0 {
            collect(&self.node, &mut before);
        }
        step(self)?;
        if before.is_empty() {
            return Ok(());
        }
        let mut changed = BTreeMap::new();
        find_changed(&self.node, &before, &mut changed);
        if !changed.is_empty() {
            spread(&mut self.node, &changed);
        }
        Ok(())
    }

    /// A number for a new shared scalar.
    pub(crate) fn new_share(&mut self) -> u32 {
        self.shares += 1;
        self.shares
    }
}

fn children(node: &Node) -> impl Iterator<Item = &Node> {
    node.entries().iter().map(|(_, value)| value).chain(node.items())
}

fn collect(node: &Node, shared: &mut BTreeMap<u32, Node>) {
    if node.shared != 0 {
        shared.entry(node.shared).or_insert_with(|| node.clone());
    }
    children(node).for_each(|child| collect(child, shared));
}

fn find_changed(node: &Node, before: &BTreeMap<u32, Node>, changed: &mut BTreeMap<u32, Node>) {
    if node.shared != 0 && before.get(&node.shared).is_some_and(|old| !same(old, node)) {
        changed.insert(node.shared, node.clone());
    }
    children(node).for_each(|child| find_changed(child, before, changed));
}

fn same(a: &Node, b: &Node) -> bool {
    a.body == b.body && a.tag == b.tag && a.style == b.style
}

fn spread(node: &mut Node, changed: &BTreeMap<u32, Node>) {
    if let Some(new) = changed.get(&node.shared) {
        *node = new.clone();
        return;
    }
    match node.kind() {
        Kind::Scalar => {}
        Kind::Mapping => node.entries_mut().into_iter().flatten().for_each(|(_, value)| spread(value, changed)),
        Kind::Sequence => node.items_mut().into_iter().flatten().for_each(|item| spread(item, changed)),
    }
}
