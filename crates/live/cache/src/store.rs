//! [`Store`]: all objects of a cluster and the ways to find them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bowline_core_types::{GroupKind, ResourceKey};

use crate::info::is_definition;
use crate::node::{Live, Node, Owner, Uid};
use crate::owners::{claim_base, claim_splits};

/// Owners of owners are followed this far; real chains have four.
const DEPTH: usize = 16;

/// All objects of a cluster and the ways to find them: by name, by application, by owner.
#[derive(Debug, Default)]
pub(crate) struct Store {
    kinds: HashMap<GroupKind, Kind>,
    apps: HashMap<Arc<str>, HashSet<ResourceKey>>,
    children: HashMap<OwnerId, Vec<ResourceKey>>,
    /// Claims by namespace and name without their number.
    claims: HashMap<(Arc<str>, Arc<str>), Vec<ResourceKey>>,
}

#[derive(Debug, Default)]
pub(crate) struct Kind {
    pub(crate) objects: HashMap<ObjectName, Arc<Node>>,
    /// Watch events since the start.
    pub(crate) events: u64,
}

/// Namespace and name.
pub(crate) type ObjectName = (Arc<str>, Arc<str>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum OwnerId {
    Uid(Uid),
    Key(ResourceKey),
}

/// What an event comes to.
#[derive(Debug, Default)]
pub(crate) struct Effect {
    /// Applications that have something new to look at.
    pub(crate) instances: Vec<Arc<str>>,
    /// What the cluster serves may have changed.
    pub(crate) definitions: bool,
    /// The namespace of an object that nobody owns or manages, where one came or went.
    pub(crate) loose: Option<Arc<str>>,
}

// === impl Store ===

impl Store {
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (&GroupKind, &Kind)> {
        self.kinds.iter()
    }

    pub(crate) fn kind(&mut self, kind: &GroupKind) -> &mut Kind {
        if !self.kinds.contains_key(kind) {
            self.kinds.insert(kind.clone(), Kind::default());
        }
        self.kinds.get_mut(kind).expect("because it was inserted above")
    }

    pub(crate) fn get(&self, key: &ResourceKey) -> Option<&Arc<Node>> {
        let kind = self.kinds.get(&key.group_kind())?;
        kind.objects.get(&(key.namespace.clone(), key.name.clone()))
    }

    /// Takes an object in, in place of its former state.
    pub(crate) fn apply(&mut self, node: Node) -> Effect {
        let node = Arc::new(node);
        let name = (node.key.namespace.clone(), node.key.name.clone());
        let old = self.kind(&node.key.group_kind()).objects.insert(name, node.clone());
        let same = old.as_ref().is_some_and(|old| old.fingerprint == node.fingerprint && old.instance == node.instance);
        let linked = old
            .as_ref()
            .is_some_and(|old| old.owners == node.owners && old.uid == node.uid && old.instance == node.instance);
        if !linked {
            if let Some(old) = &old {
                self.unlink(old);
            }
            self.link(&node);
        }
        let was_loose = old.as_ref().is_some_and(|old| old.is_loose());
        let loose = (was_loose != node.is_loose()).then(|| node.key.namespace.clone());
        if same {
            return Effect { loose, ..Effect::default() };
        }
        let mut instances = self.roots(&node);
        for instance in old.iter().flat_map(|old| self.roots(old)) {
            if !instances.contains(&instance) {
                instances.push(instance);
            }
        }
        Effect { instances, definitions: is_definition(&node.key.group, &node.key.kind), loose }
    }

    /// Takes an object out.
    pub(crate) fn remove(&mut self, key: &ResourceKey) -> Effect {
        let Some(kind) = self.kinds.get_mut(&key.group_kind()) else { return Effect::default() };
        let Some(old) = kind.objects.remove(&(key.namespace.clone(), key.name.clone())) else {
            return Effect::default();
        };
        let effect = Effect {
            instances: self.roots(&old),
            definitions: is_definition(&key.group, &key.kind),
            loose: old.is_loose().then(|| key.namespace.clone()),
        };
        self.unlink(&old);
        effect
    }

    /// What lives in a namespace and is owned by nothing, sorted.
    pub(crate) fn top_level(&self, namespace: &str) -> Vec<Arc<Node>> {
        let objects = self.kinds.values().flat_map(|kind| kind.objects.iter());
        let own = objects.filter(|((at, _), node)| at.as_ref() == namespace && node.owners.is_empty());
        let mut nodes: Vec<Arc<Node>> =
            own.map(|(_, node)| node).filter(|node| self.claiming_set(node).is_none()).cloned().collect();
        nodes.sort_by(|a, b| a.key.cmp(&b.key));
        nodes
    }

    /// Objects of a kind that a list did not show: those in `namespace` (everywhere where it is empty) but not in `seen`.
    pub(crate) fn unseen(&self, kind: &GroupKind, namespace: &str, seen: &HashSet<ObjectName>) -> Vec<ResourceKey> {
        let objects = self.kinds.get(kind).into_iter().flat_map(|kind| &kind.objects);
        objects
            .filter(|(name, _)| (namespace.is_empty() || name.0.as_ref() == namespace) && !seen.contains(*name))
            .map(|(_, node)| node.key.clone())
            .collect()
    }

    /// Forgets a kind that has no objects left.
    pub(crate) fn forget(&mut self, kind: &GroupKind) {
        if self.kinds.get(kind).is_some_and(|kind| kind.objects.is_empty()) {
            self.kinds.remove(kind);
        }
    }

    fn link(&mut self, node: &Node) {
        if let Some(instance) = &node.instance {
            self.apps.entry(instance.clone()).or_default().insert(node.key.clone());
        }
        for owner in &node.owners {
            self.children.entry(OwnerId::of(owner, node)).or_default().push(node.key.clone());
        }
        if let Some(base) = claim(node) {
            self.claims.entry(base).or_default().push(node.key.clone());
        }
    }

    fn unlink(&mut self, node: &Node) {
        if let Some(instance) = &node.instance
            && let Some(keys) = self.apps.get_mut(instance)
        {
            keys.remove(&node.key);
            if keys.is_empty() {
                self.apps.remove(instance);
            }
        }
        for owner in &node.owners {
            take_out(&mut self.children, &OwnerId::of(owner, node), &node.key);
        }
        if let Some(base) = claim(node) {
            take_out(&mut self.claims, &base, &node.key);
        }
    }

    /// The objects that an application manages, by their own marks.
    pub(crate) fn managed<'a>(&'a self, instance: &str) -> impl Iterator<Item = (&'a Arc<Node>, &'a Arc<Live>)> {
        let keys = self.apps.get(instance).into_iter().flatten();
        keys.filter_map(|key| self.get(key))
            // A claim that a StatefulSet made carries the mark of its template; it is the set's, not the application's.
            .filter(|node| self.claiming_set(node).is_none())
            .filter_map(|node| Some((node, node.live.as_ref()?)))
    }

    /// The names of all applications that manage something here.
    pub(crate) fn instances(&self) -> Vec<Arc<str>> {
        self.apps.keys().cloned().collect()
    }

    /// What an object owns.
    pub(crate) fn children(&self, node: &Node) -> Vec<Arc<Node>> {
        let mut children: Vec<Arc<Node>> = Vec::new();
        let ids = [OwnerId::Uid(node.uid.clone()), OwnerId::Key(node.key.clone())];
        let named = ids.iter().filter_map(|id| self.children.get(id)).flatten();
        let claims = node.info.iter().flat_map(|info| &info.claim_templates).filter_map(|template| {
            let base = format!("{template}-{}", node.key.name);
            self.claims.get(&(node.key.namespace.clone(), base.into()))
        });
        for key in named.chain(claims.flatten()) {
            if let Some(child) = self.get(key)
                && !children.iter().any(|known| Arc::ptr_eq(known, child))
            {
                children.push(child.clone());
            }
        }
        children
    }

    /// What owns an object.
    pub(crate) fn parents(&self, node: &Node) -> Vec<Arc<Node>> {
        let named = node.owners.iter().filter_map(|owner| self.owner(node, owner));
        named.chain(self.claiming_set(node)).cloned().collect()
    }

    fn owner(&self, node: &Node, owner: &Owner) -> Option<&Arc<Node>> {
        let at = |namespace: Arc<str>| {
            let (group, kind, name) = (owner.group.clone(), owner.kind.clone(), owner.name.clone());
            let found = self.get(&ResourceKey { group, kind, namespace, name })?;
            // An object of the same name that was made later is not the owner.
            (owner.uid.as_ref().is_none_or(|uid| *uid == found.uid)).then_some(found)
        };
        at(node.key.namespace.clone()).or_else(|| if node.key.namespace.is_empty() { None } else { at("".into()) })
    }

    /// The StatefulSet that a claim was made for.
    fn claiming_set(&self, node: &Node) -> Option<&Arc<Node>> {
        let (namespace, base) = claim(node)?;
        claim_splits(&base).find_map(|(template, set)| {
            let found = self.get(&ResourceKey::new("apps", "StatefulSet", namespace.clone(), set))?;
            let templates = &found.info.as_ref()?.claim_templates;
            templates.iter().any(|known| known.as_ref() == template).then_some(found)
        })
    }

    /// The applications whose tree an object is in.
    pub(crate) fn roots(&self, node: &Node) -> Vec<Arc<str>> {
        let mut roots = Vec::new();
        self.collect_roots(node, DEPTH, &mut Vec::new(), &mut roots);
        roots
    }

    fn collect_roots<'a>(
        &'a self,
        node: &'a Node,
        depth: usize,
        seen: &mut Vec<&'a ResourceKey>,
        roots: &mut Vec<Arc<str>>,
    ) {
        if depth == 0 || seen.contains(&&node.key) {
            return;
        }
        seen.push(&node.key);
        if let Some(instance) = node.instance.as_ref().filter(|instance| !roots.contains(instance)) {
            roots.push(instance.clone());
        }
        for owner in &node.owners {
            if let Some(parent) = self.owner(node, owner) {
                self.collect_roots(parent, depth - 1, seen, roots);
            }
        }
        if let Some(set) = self.claiming_set(node) {
            self.collect_roots(set, depth - 1, seen, roots);
        }
    }
}

// === impl OwnerId ===

impl OwnerId {
    fn of(owner: &Owner, node: &Node) -> OwnerId {
        match &owner.uid {
            Some(uid) => OwnerId::Uid(uid.clone()),
            None => OwnerId::Key(ResourceKey {
                group: owner.group.clone(),
                kind: owner.kind.clone(),
                namespace: node.key.namespace.clone(),
                name: owner.name.clone(),
            }),
        }
    }
}

/// Namespace and base name of what may be a StatefulSet's claim.
fn claim(node: &Node) -> Option<(Arc<str>, Arc<str>)> {
    if !node.key.group.is_empty() || node.key.kind.as_ref() != "PersistentVolumeClaim" {
        return None;
    }
    Some((node.key.namespace.clone(), claim_base(&node.key.name)?.into()))
}

fn take_out<K: Eq + std::hash::Hash>(map: &mut HashMap<K, Vec<ResourceKey>>, id: &K, key: &ResourceKey) {
    if let Some(keys) = map.get_mut(id) {
        keys.retain(|known| known != key);
        if keys.is_empty() {
            map.remove(id);
        }
    }
}

#[cfg(test)]
mod tests;
