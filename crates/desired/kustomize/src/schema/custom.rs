//! The schema that `openapi.path` names: an OpenAPI 2 document.

use std::collections::HashMap;

use bowline_base_value::Value;

use super::graph::{Graph, SchemaNode};

/// Nesting of one definition; references between definitions do not count.
const MAX_DEPTH: usize = 200;

struct Reader<'d> {
    definitions: Option<&'d Value>,
    graph: Graph,
    /// The definitions of the document that were read.
    named: HashMap<String, usize>,
}

/// The graph of a document, over the one that is known already, whose definitions it can refer to.
pub(super) fn graph(document: &Value, known: Graph) -> Result<Graph, &'static str> {
    if document.as_object().is_none() {
        return Err("it must be an object with `definitions`");
    }
    let definitions = document.get("definitions");
    let mut reader = Reader { definitions, graph: known, named: HashMap::new() };
    for (name, definition) in definitions.and_then(Value::as_object).into_iter().flat_map(|map| map.iter()) {
        let gvks = definition.get("x-kubernetes-group-version-kind").and_then(Value::as_array).unwrap_or_default();
        for (api_version, kind) in gvks.iter().filter_map(group_version_kind) {
            if let Some(node) = reader.named(name)? {
                reader.graph.roots.insert((api_version, kind), node);
            }
        }
    }
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flat_map(|map| map.iter()) {
        let gvk = item.get_path(&["get", "x-kubernetes-group-version-kind"]).and_then(group_version_kind);
        if let Some((api_version, kind)) = gvk {
            reader.graph.add_scope(&api_version, &kind, !path.contains("namespaces/{namespace}"));
        }
    }
    Ok(reader.graph)
}

fn group_version_kind(gvk: &Value) -> Option<(String, String)> {
    let (version, kind) = (gvk.str_at(&["version"])?, gvk.str_at(&["kind"])?);
    let group = gvk.str_at(&["group"]).unwrap_or_default();
    let api_version = if group.is_empty() { version.to_string() } else { format!("{group}/{version}") };
    Some((api_version, kind.to_string()))
}

// === impl Reader ===

impl Reader<'_> {
    fn named(&mut self, name: &str) -> Result<Option<usize>, &'static str> {
        if let Some(node) = self.named.get(name) {
            return Ok(Some(*node));
        }
        let Some(definition) = self.definitions.and_then(|d| d.get(name)) else {
            return Ok(self.graph.names.get(name).copied());
        };
        let node = self.add();
        self.named.insert(name.to_string(), node);
        self.fill(node, definition, 0)?;
        Ok(Some(node))
    }

    fn add(&mut self) -> usize {
        self.graph.nodes.push(SchemaNode::default());
        self.graph.nodes.len() - 1
    }

    fn of(&mut self, schema: &Value, depth: usize) -> Result<Option<usize>, &'static str> {
        if let Some(reference) = schema.str_at(&["$ref"]) {
            return self.named(reference.trim_start_matches("#/definitions/"));
        }
        let node = self.add();
        self.fill(node, schema, depth + 1)?;
        Ok(Some(node))
    }

    fn fill(&mut self, node: usize, schema: &Value, depth: usize) -> Result<(), &'static str> {
        if depth > MAX_DEPTH {
            return Err("a definition is nested too deeply");
        }
        let strategy = schema.str_at(&["x-kubernetes-patch-strategy"]).unwrap_or_default();
        if strategy.split(',').any(|part| part == "merge") {
            let keys = match schema.get("x-kubernetes-list-map-keys").and_then(Value::as_array) {
                Some(keys) => keys.iter().filter_map(Value::as_str).map(String::from).collect(),
                None => schema.str_at(&["x-kubernetes-patch-merge-key"]).map(String::from).into_iter().collect(),
            };
            self.graph.nodes[node].merge = Some(keys);
        }
        if let Some(items) = schema.get("items").filter(|_| schema.str_at(&["type"]) == Some("array")) {
            self.graph.nodes[node].items = self.of(items, depth)?;
        }
        if let Some(each) = schema.get("additionalProperties").filter(|s| s.as_object().is_some()) {
            self.graph.nodes[node].each = self.of(each, depth)?;
        }
        for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|map| map.iter())
        {
            if let Some(child) = self.of(field, depth)? {
                self.graph.nodes[node].fields.push((name.to_string(), child));
            }
        }
        Ok(())
    }
}
