//! Objects out of files.

use std::sync::Arc;

use bowline_base_value::Value;

use crate::error::{Error, Result};
use crate::loader::Content;
use crate::memo::Memo;
use crate::node::{Node, from_value_as_json, read_documents, to_value};
use crate::resource::{Document, Resource};

/// The objects of a file: documents without content are left out, lists stand for their items.
pub(crate) fn nodes_from_bytes(path: &str, bytes: &[u8]) -> Result<Vec<Node>> {
    let malformed = |reason: String| Error::Malformed { path: path.to_string(), reason };
    let documents = read_documents(bytes).map_err(|error| malformed(format!("MalformedYAMLError: {error}")))?;
    let mut nodes = Vec::with_capacity(documents.len());
    // Items of lists come after everything else, and may be lists themselves.
    let mut pending = std::collections::VecDeque::from(documents);
    let mut expanded = 0usize;
    while let Some(node) = pending.pop_front() {
        if node.is_null_or_empty() {
            continue;
        }
        let kind = check(&node).map_err(Error::Object)?;
        let items = if kind.ends_with("List") { node.get("items") } else { None };
        let Some(items) = items else {
            nodes.push(node);
            continue;
        };
        let value = to_value(&node).map_err(|error| malformed(error.to_string()))?;
        match value.get("items") {
            Some(Value::Array(list)) => {
                expanded += list.len();
                if expanded > 100_000 {
                    return Err(Error::TooLarge("a list has more than 100000 items".to_string()));
                }
                pending.extend(list.iter().map(from_value_as_json));
            }
            Some(Value::Null) | None => {}
            Some(_) => {
                return Err(malformed(format!("expected array in {kind}/items, but found {}", items.kind_name())));
            }
        }
    }
    Ok(nodes)
}

/// What every object must have; gives its kind.
pub(crate) fn check(node: &Node) -> Result<String, String> {
    let text = |path: &[&str]| node.at(path).map(Node::text_unless_null).unwrap_or_default();
    let kind = text(&["kind"]);
    if node.entries().is_empty()
        || (kind.is_empty() && node.get("apiVersion").is_none() && node.get("metadata").is_none())
    {
        return Err("missing Resource metadata: not a Kubernetes object".to_string());
    }
    let name = text(&["metadata", "name"]);
    if kind.is_empty() {
        return Err(format!("missing kind in object {} {name:?}", text(&["apiVersion"])));
    }
    if name.is_empty() && !kind.ends_with("List") {
        return Err(format!("missing metadata.name in object {} {kind}", text(&["apiVersion"])));
    }
    Ok(kind.to_string())
}

/// The objects of a file that was loaded; files of the tree are parsed once.
pub(crate) fn resources(path: &str, content: &Content, memo: &Memo<Vec<Arc<Document>>>) -> Result<Vec<Resource>> {
    let resources = match content {
        Content::Blob(blob) => {
            let documents = memo.get(blob, |bytes| {
                let nodes = nodes_from_bytes(path, bytes)?;
                Ok::<_, Error>(nodes.into_iter().map(|node| Arc::new(Document::new(node))).collect())
            })?;
            documents.iter().map(Resource::of).collect()
        }
        Content::Fetched(bytes) => nodes_from_bytes(path, bytes)?.into_iter().map(Resource::new).collect(),
    };
    Ok(resources)
}

/// The objects of a text in a kustomization.
pub(crate) fn resources_from_text(text: &str) -> Result<Vec<Resource>> {
    Ok(nodes_from_bytes("inline", text.as_bytes())?.into_iter().map(Resource::new).collect())
}
