//! [`Resource`]: one object of a build, and what the build remembers about it.

mod metadata;
mod sharing;

use std::sync::{Arc, OnceLock};

use bowline_base_value::Value;

use crate::error::{Context, Result};
use crate::gvk::{Gvk, ResId};
use crate::node::{Kind, Node, Style, Tag, ValueError, ensure_mapping, set_field, to_value};
use crate::origin::Origin;
use crate::schema::Schema;
use crate::work::Work;

/// The prefix of annotations that are only there during a build.
pub(crate) const INTERNAL: &str = "internal.config.kubernetes.io/";

/// One object.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) node: Node,
    pub(crate) build: BuildState,
    /// The variables that take their value from this object.
    pub(crate) vars: Vec<String>,
    pub(crate) origin: Option<Origin>,
    pub(crate) transformations: Vec<Origin>,
    /// How many scalars were written into several places at once.
    shares: u32,
    /// The document that the object was read from, where others may read it too.
    source: Option<Arc<Document>>,
}

/// A document that was parsed once, with the values of its fields as far as somebody asked for them.
#[derive(Debug)]
pub(crate) struct Document {
    node: Node,
    values: Vec<OnceLock<Value>>,
    /// Steps that printing it costs.
    weight: OnceLock<u64>,
}

/// What a build remembers about an object. Kustomize keeps this in annotations, so a patch that removes all annotations
/// makes it forget; [`Resource::patched`] sees to that.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct BuildState {
    /// Earlier names, namespaces and kinds, the first one first.
    pub(crate) previous: Vec<Previous>,
    pub(crate) prefixes: Vec<Arc<str>>,
    pub(crate) suffixes: Vec<Arc<str>>,
    pub(crate) allow_name_change: bool,
    pub(crate) allow_kind_change: bool,
    pub(crate) behavior: Behavior,
    pub(crate) needs_hash: bool,
    pub(crate) from_helm: bool,
}

/// An earlier identity of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Previous {
    pub(crate) name: Arc<str>,
    pub(crate) namespace: Arc<str>,
    pub(crate) kind: Arc<str>,
}

/// What a generated object does to one with its identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Behavior {
    #[default]
    Unspecified,
    Create,
    Replace,
    Merge,
}

// === impl Behavior ===

impl Behavior {
    pub(crate) fn parse(text: &str) -> Behavior {
        match text {
            "create" => Behavior::Create,
            "replace" => Behavior::Replace,
            "merge" => Behavior::Merge,
            _ => Behavior::Unspecified,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Behavior::Unspecified => "unspecified",
            Behavior::Create => "create",
            Behavior::Replace => "replace",
            Behavior::Merge => "merge",
        }
    }
}

// === impl Resource ===

impl Resource {
    /// An object as it was read; internal annotations that it carries are taken for the build's own.
    pub(crate) fn new(node: Node) -> Resource {
        let mut resource = Resource {
            node,
            build: BuildState::default(),
            vars: Vec::new(),
            origin: None,
            transformations: Vec::new(),
            shares: 0,
            source: None,
        };
        resource.take_internal_annotations();
        resource
    }

    /// The object of a document that is kept.
    pub(crate) fn of(document: &Arc<Document>) -> Resource {
        Resource { source: Some(document.clone()), ..Resource::new(document.node.clone()) }
    }

    pub(crate) fn api_version(&self) -> &str {
        self.node.get("apiVersion").map(Node::text).unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> &str {
        self.node.get("kind").map(Node::text).unwrap_or_default()
    }

    pub(crate) fn gvk(&self) -> Gvk {
        Gvk::of(self.api_version(), self.kind())
    }

    fn metadata_text(&self, field: &str) -> &str {
        let metadata = self.node.get("metadata").filter(|node| !node.is_null_or_empty());
        metadata
            .and_then(|node| node.get(field))
            .filter(|node| !node.is_null_or_empty())
            .map(Node::text)
            .unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.metadata_text("name")
    }

    pub(crate) fn namespace(&self) -> &str {
        self.metadata_text("namespace")
    }

    pub(crate) fn id(&self, schema: &Schema) -> ResId {
        ResId::new(self.gvk(), self.name(), self.namespace(), schema)
    }

    /// The earlier identities, the first one first. Their scope is no longer asked for: the namespace says it.
    pub(crate) fn previous_ids(&self) -> impl Iterator<Item = ResId> + '_ {
        let gvk = self.gvk();
        self.build.previous.iter().map(move |previous| ResId {
            gvk: Gvk { kind: previous.kind.clone(), ..gvk.clone() },
            name: previous.name.clone(),
            namespace: previous.namespace.clone(),
            cluster_scoped: false,
        })
    }

    /// The identity that the object was read with.
    pub(crate) fn original_id(&self, schema: &Schema) -> ResId {
        self.previous_ids().next().unwrap_or_else(|| self.id(schema))
    }

    /// Whether the current or an earlier identity matches.
    pub(crate) fn any_id(&self, schema: &Schema, matches: impl Fn(&ResId) -> bool) -> bool {
        self.previous_ids().any(|id| matches(&id)) || matches(&self.id(schema))
    }

    /// Remembers the current identity as an earlier one.
    pub(crate) fn remember_id(&mut self, schema: &Schema) {
        let id = self.id(schema);
        // An empty name or namespace would not be remembered by kustomize; neither occurs here.
        let namespace = id.effective_namespace().into();
        self.build.previous.push(Previous { name: id.name, namespace, kind: id.gvk.kind });
    }

    /// Sets a field of the metadata to a text whose type its style decides, as kustomize does.
    fn set_text(&mut self, path: &[&str], field: &str, text: &str) -> Result<()> {
        let parent = ensure_mapping(&mut self.node, path);
        Ok(set_field(parent, field, Some(Node::scalar(text)), Style::PLAIN)?)
    }

    pub(crate) fn set_name(&mut self, name: &str) -> Result<()> {
        self.set_text(&["metadata"], "name", name)
    }

    pub(crate) fn set_kind(&mut self, kind: &str) -> Result<()> {
        self.set_text(&[], "kind", kind)
    }

    pub(crate) fn set_api_version(&mut self, api_version: &str) -> Result<()> {
        self.set_text(&[], "apiVersion", api_version)
    }

    /// Sets the namespace; an empty one removes the field.
    pub(crate) fn set_namespace(&mut self, namespace: &str) -> Result<()> {
        if namespace.is_empty() {
            if let Some(metadata) = self.node.get_mut("metadata") {
                crate::node::clear(metadata, "namespace");
            }
            return Ok(());
        }
        self.set_text(&["metadata"], "namespace", namespace)
    }

    /// The object without what the build remembered, its annotations as strings.
    pub(crate) fn into_value(mut self, keep: KeepMetadata) -> Result<Value> {
        self.finish_annotations(keep)?;
        let shown = || format!("object {} {:?}", self.kind(), self.name());
        match self.source.as_ref().filter(|source| !source.node.style.has(Style::FLOW)) {
            Some(source) => self.value_with(source).within(shown),
            None => to_value(&self.node).within(shown),
        }
    }

    /// Takes the steps that printing the object costs.
    pub(crate) fn weigh(&self, work: &Work) -> Result<()> {
        let Some(source) = &self.source else { return work.spend_node(&self.node) };
        let weight = || {
            let own = Work::default();
            // One that is too large by itself is too large for every build.
            let _ = own.spend_node(&source.node);
            own.spent()
        };
        work.spend(*source.weight.get_or_init(weight))?;
        self.node.entries().iter().try_for_each(|(key, field)| {
            let at = source.node.entries().iter().position(|(k, _)| k.text() == key.text());
            match at.filter(|at| field.is_same(&source.node.entries()[*at].1)) {
                Some(_) => Ok(()),
                None => work.spend_node(field),
            }
        })
    }

    /// The value, with those fields taken over that are as they were read: a large CRD is not converted anew.
    fn value_with(&self, source: &Document) -> Result<Value, ValueError> {
        let mut rest = Vec::new();
        let mut known = Vec::new();
        for (key, field) in self.node.entries() {
            let at = source.node.entries().iter().position(|(k, _)| k.text() == key.text());
            match at.filter(|at| field.is_same(&source.node.entries()[*at].1)) {
                Some(at) => {
                    let cell = &source.values[at];
                    let value = match cell.get() {
                        Some(value) => value.clone(),
                        None => {
                            let value = to_value(&nested(field))?.as_array().map(|items| items[0].clone());
                            cell.get_or_init(|| value.unwrap_or_default()).clone()
                        }
                    };
                    known.push((key.text().to_string(), value));
                }
                None => rest.push((key.clone(), field.clone())),
            }
        }
        let mut value = to_value(&Node { body: Node::mapping(rest).body, ..self.node.clone() })?;
        if let Some(map) = value.as_object_mut() {
            for (key, field) in known {
                if map.insert(key.as_str(), field).is_some() {
                    return Err(ValueError::Duplicate(key));
                }
            }
        }
        Ok(value)
    }

    /// Changes the object by a step that merges into it; the memory of the build is lost where the step drops all
    /// annotations, as theirs is.
    pub(crate) fn patched(&mut self, step: impl FnOnce(&mut Resource) -> Result<()>) -> Result<()> {
        const MARK: &str = "internal.config.kubernetes.io/build";
        let marked = self.build != BuildState::default() || self.origin.is_some() || !self.transformations.is_empty();
        if marked {
            if self.node.at(&["metadata", "annotations"]).is_some_and(Node::is_null_or_empty) {
                crate::node::clear(ensure_mapping(&mut self.node, &["metadata"]), "annotations");
            }
            let annotations = ensure_mapping(&mut self.node, &["metadata", "annotations"]);
            set_field(annotations, MARK, Some(Node::string("true")), Style::PLAIN)?;
        }
        step(self)?;
        if marked && self.node.kind() == Kind::Mapping {
            let annotations = self.node.get_mut("metadata").and_then(|metadata| metadata.get_mut("annotations"));
            let kept = annotations.and_then(|annotations| crate::node::clear(annotations, MARK));
            if kept.is_none() {
                self.build = BuildState::default();
                self.origin = None;
                self.transformations.clear();
            }
        }
        Ok(())
    }

    /// Whether nothing is left of the object.
    pub(crate) fn is_empty(&self) -> bool {
        self.node.is_null_or_empty()
    }

    /// Makes the object nothing, which removes it after the step.
    pub(crate) fn empty(&mut self) {
        self.node = Node::scalar("null").with_tag(Tag::Null);
    }
}

// === impl Document ===

impl Document {
    pub(crate) fn new(node: Node) -> Document {
        let values = node.entries().iter().map(|_| OnceLock::new()).collect();
        Document { node, values, weight: OnceLock::new() }
    }
}

/// A field as a value below the top, where other rules hold for keys.
fn nested(field: &Node) -> Node {
    Node::sequence(vec![field.clone()])
}

/// Which annotations of `buildMetadata` are kept in the result.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeepMetadata {
    pub(crate) origin: bool,
    pub(crate) transformations: bool,
}
