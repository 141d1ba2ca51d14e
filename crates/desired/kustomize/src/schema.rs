//! [`Schema`]: which kinds have no namespace, and by which keys the lists of an object are merged.

mod custom;
mod graph;

use std::cell::Cell;
use std::sync::Arc;

use bowline_base_value::Value;

use crate::gvk::Gvk;
pub(crate) use graph::{Graph, Place};

/// What one build knows: the built-in schema of Kubernetes 1.21.2, and the one that a kustomization brought.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    builtin: Arc<Graph>,
    /// What a kustomization brought, over the built-in one where that was asked for before.
    custom: Option<Arc<Graph>>,
    /// Whether a kustomization chose a schema: later ones then have no say.
    chosen: bool,
    asked: Cell<bool>,
}

/// Why a schema cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SchemaError {
    #[error("builtin version and custom schema provided, cannot use both")]
    Both,
    #[error("the specified OpenAPI version {0:?} is not built in; v1.21.2 is")]
    Version(String),
    #[error("{path}: is not an OpenAPI document: {reason}")]
    Document { path: String, reason: String },
}

// === impl Schema ===

impl Schema {
    pub(crate) fn new(builtin: Arc<Graph>) -> Schema {
        Schema { builtin, custom: None, chosen: false, asked: Cell::new(false) }
    }

    /// Whether the kind is known to have no namespace.
    pub(crate) fn is_cluster_scoped(&self, gvk: &Gvk) -> bool {
        if let Some(cluster) = self.builtin.scope(gvk) {
            return cluster;
        }
        self.asked.set(true);
        self.custom.as_ref().and_then(|graph| graph.scope(gvk)).unwrap_or(false)
    }

    /// Where the merge keys of a kind begin.
    pub(crate) fn root(&self, api_version: &str, kind: &str) -> Option<Place<'_>> {
        self.asked.set(true);
        self.custom.as_ref().unwrap_or(&self.builtin).root(api_version, kind)
    }

    /// Whether a kustomization chose a schema.
    pub(crate) fn is_chosen(&self) -> bool {
        self.chosen
    }

    /// Chooses the built-in schema.
    pub(crate) fn choose_builtin(&mut self, version: &str) -> Result<(), SchemaError> {
        if version != "v1.21.2" {
            return Err(SchemaError::Version(version.to_string()));
        }
        self.chosen = true;
        Ok(())
    }

    /// Takes an OpenAPI document in.
    pub(crate) fn set_custom(&mut self, path: &str, document: &Value) -> Result<(), SchemaError> {
        let known = if self.asked.get() { Graph::clone(&self.builtin) } else { Graph::default() };
        let graph = custom::graph(document, known)
            .map_err(|reason| SchemaError::Document { path: path.to_string(), reason: reason.to_string() })?;
        self.custom = Some(Arc::new(graph));
        self.chosen = true;
        Ok(())
    }
}
