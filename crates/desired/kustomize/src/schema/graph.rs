//! [`Graph`]: the compact form of an OpenAPI schema, of which only what leads to lists with merge keys is kept.

use std::collections::HashMap;

use crate::gvk::{Gvk, split_api_version};

/// Schemas as numbered nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub(super) nodes: Vec<SchemaNode>,
    /// (apiVersion, kind) → node.
    pub(super) roots: HashMap<(String, String), usize>,
    /// Definitions by name, for schemas that refer to them.
    pub(super) names: HashMap<String, usize>,
    /// kind → (group, version, whether it has no namespace).
    pub(super) scopes: HashMap<String, Vec<(String, String, bool)>>,
}

/// What is known of one value.
#[derive(Clone, Debug, Default)]
pub(super) struct SchemaNode {
    pub(super) fields: Vec<(String, usize)>,
    /// Of the values of a mapping with free keys.
    pub(super) each: Option<usize>,
    /// Of the elements of a list.
    pub(super) items: Option<usize>,
    /// Set for a list that is merged: by these fields, or as a set of scalars where there are none.
    pub(super) merge: Option<Vec<String>>,
}

/// One value's place in a graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'g> {
    graph: &'g Graph,
    node: usize,
}

const KUBERNETES: &str = include_str!("kubernetes.txt");

// === impl Graph ===

impl Graph {
    /// The schema of Kubernetes 1.21.2, which is the one that kustomize 5.8.1 carries.
    pub(crate) fn kubernetes() -> Graph {
        let mut graph = Graph::default();
        for line in KUBERNETES.lines() {
            let mut words = line.split(' ');
            match words.next() {
                Some("node") => graph.nodes.push(SchemaNode::parse(words)),
                Some("root") => {
                    let (Some(api), Some(kind), Some(node)) = (words.next(), words.next(), words.next()) else {
                        continue;
                    };
                    graph.roots.insert((api.to_string(), kind.to_string()), node.parse().unwrap_or_default());
                }
                Some("name") => {
                    let (Some(name), Some(node)) = (words.next(), words.next()) else { continue };
                    graph.names.insert(name.to_string(), node.parse().unwrap_or_default());
                }
                Some("cluster") => {
                    let (Some(api), Some(kind)) = (words.next(), words.next()) else { continue };
                    graph.add_scope(api, kind, true);
                }
                Some("namespaced") => {
                    let (Some(api), Some(kind)) = (words.next(), words.next()) else { continue };
                    graph.add_scope(api, kind, false);
                }
                _ => {}
            }
        }
        graph
    }

    pub(super) fn add_scope(&mut self, api_version: &str, kind: &str, cluster: bool) {
        let (group, version) = split_api_version(api_version);
        let scopes = self.scopes.entry(kind.to_string()).or_default();
        match scopes.iter_mut().find(|(g, v, _)| g == group && v == version) {
            // One namespaced path is enough.
            Some((_, _, known)) => *known = *known && cluster,
            None => scopes.push((group.to_string(), version.to_string(), cluster)),
        }
    }

    /// Whether the kind has no namespace, where that is known.
    pub(super) fn scope(&self, gvk: &Gvk) -> Option<bool> {
        let scopes = self.scopes.get(gvk.kind.as_ref())?;
        let found = scopes.iter().find(|(g, v, _)| g.as_str() == &*gvk.group && v.as_str() == &*gvk.version)?;
        Some(found.2)
    }

    pub(super) fn root(&self, api_version: &str, kind: &str) -> Option<Place<'_>> {
        let node = *self.roots.get(&(api_version.to_string(), kind.to_string()))?;
        Some(Place { graph: self, node })
    }
}

// === impl SchemaNode ===

impl SchemaNode {
    fn parse<'a>(words: impl Iterator<Item = &'a str>) -> SchemaNode {
        let mut node = SchemaNode::default();
        for (key, value) in words.filter_map(|word| word.split_once('=')) {
            let number = || value.parse().ok();
            match key {
                "merge" => node.merge = Some(value.split(',').filter(|k| !k.is_empty()).map(String::from).collect()),
                "items" => node.items = number(),
                "each" => node.each = number(),
                field => node.fields.extend(field.strip_prefix('.').map(String::from).zip(number())),
            }
        }
        node
    }
}

// === impl Place ===

impl<'g> Place<'g> {
    fn at(self, node: Option<usize>) -> Option<Place<'g>> {
        node.map(|node| Place { node, ..self })
    }

    fn schema(self) -> &'g SchemaNode {
        &self.graph.nodes[self.node]
    }

    /// Of a field of the mapping here.
    pub(crate) fn field(self, name: &str) -> Option<Place<'g>> {
        let schema = self.schema();
        self.at(schema.fields.iter().find(|(n, _)| n == name).map(|(_, node)| *node).or(schema.each))
    }

    /// Of an element of the list here.
    pub(crate) fn elements(self) -> Option<Place<'g>> {
        self.at(self.schema().items)
    }

    /// The fields by which the list here is merged; none for a set of scalars; `None` for a list that is replaced.
    pub(crate) fn merge_keys(self) -> Option<&'g [String]> {
        self.schema().merge.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_scopes_and_merge_keys() {
        let graph = Graph::kubernetes();
        assert_eq!(graph.scope(&Gvk::of("rbac.authorization.k8s.io/v1", "ClusterRole")), Some(true));
        assert_eq!(graph.scope(&Gvk::of("v1", "Namespace")), Some(true));
        assert_ne!(graph.scope(&Gvk::of("apps/v1", "Deployment")), Some(true));
        let pod = graph.root("v1", "Pod").and_then(|p| p.field("spec")).unwrap();
        let containers = pod.field("containers").unwrap();
        assert_eq!(containers.merge_keys().unwrap(), ["name"]);
        let ports = containers.elements().and_then(|c| c.field("ports")).unwrap();
        assert_eq!(ports.merge_keys().unwrap(), ["containerPort", "protocol"]);
        assert!(pod.field("tolerations").is_none(), "lists without keys are replaced");
    }
}
