//! Labels and annotations of an object.

use std::collections::BTreeMap;

use super::{Behavior, INTERNAL, KeepMetadata, Previous, Resource};
use crate::error::Result;
use crate::node::{Node, Style, clear, ensure_mapping, set_field};

/// The annotation under which an object's origin is told.
pub(crate) const ORIGIN: &str = "config.kubernetes.io/origin";
/// The annotation under which the transformations of an object are told.
pub(crate) const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";
const LEGACY: [&str; 3] = ["config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/id"];

/// Annotations that a build removes from its result.
const REMOVED: [&str; 16] = [
    "previousKinds",
    "previousNames",
    "prefixes",
    "suffixes",
    "previousNamespaces",
    "allowNameChange",
    "allowKindChange",
    "refBy",
    "generatorBehavior",
    "needsHashSuffix",
    "path",
    "index",
    "seqindent",
    "id",
    "annotations-migration-resource-id",
    "helm-generated",
];

// === impl Resource ===

impl Resource {
    /// The labels or annotations as texts; what is no text is an empty one.
    fn texts(&self, field: &str) -> BTreeMap<String, String> {
        let Some(map) = self.node.at(&["metadata", field]) else { return BTreeMap::new() };
        map.entries().iter().map(|(key, value)| (key.text().to_string(), value.text().to_string())).collect()
    }

    pub(crate) fn labels(&self) -> BTreeMap<String, String> {
        self.texts("labels")
    }

    pub(crate) fn annotations(&self) -> BTreeMap<String, String> {
        self.texts("annotations")
    }

    pub(crate) fn annotation(&self, key: &str) -> Option<&str> {
        self.node.at(&["metadata", "annotations", key]).map(Node::text)
    }

    fn set_texts(&mut self, field: &str, texts: &BTreeMap<String, String>) -> Result<()> {
        let metadata = ensure_mapping(&mut self.node, &["metadata"]);
        clear(metadata, field);
        if texts.is_empty() {
            return Ok(());
        }
        let map = ensure_mapping(metadata, &[field]);
        for (key, text) in texts {
            set_field(map, key, Some(Node::string(text.as_str())), Style::PLAIN)?;
        }
        Ok(())
    }

    /// Replaces the labels; none removes the field.
    pub(crate) fn set_labels(&mut self, labels: &BTreeMap<String, String>) -> Result<()> {
        self.set_texts("labels", labels)
    }

    /// Replaces the annotations; none removes the field.
    pub(crate) fn set_annotations(&mut self, annotations: &BTreeMap<String, String>) -> Result<()> {
        self.set_texts("annotations", annotations)
    }

    /// Takes labels, annotations, name and namespace over from the object that this one replaces or is merged into.
    pub(crate) fn inherit_metadata(&mut self, old: &Resource) -> Result<()> {
        let mut labels = old.labels();
        labels.extend(self.labels());
        self.set_labels(&labels)?;
        let mut annotations = old.annotations();
        annotations.extend(self.annotations());
        self.set_annotations(&annotations)?;
        let needs_hash = self.build.needs_hash;
        self.build = old.build.clone();
        // The hash is needed where both say so: it was in the old one's annotations and must be in the new one's.
        self.build.needs_hash = needs_hash && old.build.needs_hash;
        if self.origin.is_none() {
            self.origin.clone_from(&old.origin);
        }
        if self.transformations.is_empty() {
            self.transformations.clone_from(&old.transformations);
        }
        let (name, namespace) = (old.name().to_string(), old.namespace().to_string());
        self.set_name(&name)?;
        self.set_namespace(&namespace)?;
        self.vars.clone_from(&old.vars);
        Ok(())
    }

    /// Adds the data of the object that this one is merged into; its own wins.
    pub(crate) fn inherit_data(&mut self, old: &Resource) -> Result<()> {
        for field in ["data", "binaryData"] {
            let texts = |node: &Node| -> BTreeMap<String, String> {
                let entries = node.get(field).map(Node::entries).unwrap_or_default();
                entries.iter().map(|(k, v)| (k.text().to_string(), v.text_unless_null().to_string())).collect()
            };
            let mut data = texts(&old.node);
            data.extend(texts(&self.node));
            clear(&mut self.node, field);
            if !data.is_empty() {
                let map = ensure_mapping(&mut self.node, &[field]);
                for (key, text) in &data {
                    set_field(map, key, Some(Node::string(text.as_str())), Style::PLAIN)?;
                }
            }
        }
        Ok(())
    }

    /// Takes what a build would have written out of the annotations of an object that was read.
    pub(super) fn take_internal_annotations(&mut self) {
        let annotations = self.node.at(&["metadata", "annotations"]).map(Node::entries).unwrap_or_default();
        if !annotations.iter().any(|(key, _)| key.text().starts_with(INTERNAL)) {
            return;
        }
        let all = self.annotations();
        let text = |name: &str| all.get(&format!("{INTERNAL}{name}")).map(String::as_str);
        let list = |name: &str| text(name).map(|csv| csv.split(',').collect::<Vec<_>>()).unwrap_or_default();
        let (names, namespaces, kinds) = (list("previousNames"), list("previousNamespaces"), list("previousKinds"));
        let previous = names.iter().zip(namespaces).zip(kinds);
        self.build.previous = previous
            .map(|((name, namespace), kind)| Previous {
                name: (*name).into(),
                namespace: namespace.into(),
                kind: kind.into(),
            })
            .collect();
        self.build.prefixes = list("prefixes").into_iter().map(Into::into).collect();
        self.build.suffixes = list("suffixes").into_iter().map(Into::into).collect();
        let enabled = |name: &str| text(name) == Some("enabled");
        self.build.allow_name_change = enabled("allowNameChange");
        self.build.allow_kind_change = enabled("allowKindChange");
        self.build.needs_hash = enabled("needsHashSuffix");
        self.build.behavior = Behavior::parse(text("generatorBehavior").unwrap_or_default());
        self.build.from_helm = text("helm-generated") == Some("true");
        if let Some(map) = self.node.get_mut("metadata").and_then(|metadata| metadata.get_mut("annotations")) {
            for name in REMOVED {
                clear(map, &format!("{INTERNAL}{name}"));
            }
        }
    }

    /// The annotations as they are printed: strings, without the build's own.
    pub(super) fn finish_annotations(&mut self, keep: KeepMetadata) -> Result<()> {
        let mut annotations = self.annotations();
        annotations.retain(|key, _| {
            let internal = key.strip_prefix(INTERNAL).is_some_and(|name| REMOVED.contains(&name));
            !internal && !LEGACY.contains(&key.as_str())
        });
        if !keep.origin {
            annotations.remove(ORIGIN);
        } else if let Some(origin) = &self.origin {
            annotations.insert(ORIGIN.to_string(), origin.to_yaml());
        }
        if !keep.transformations {
            annotations.remove(TRANSFORMATIONS);
        } else if !self.transformations.is_empty() {
            let list: Vec<String> = self.transformations.iter().map(|origin| origin.to_list_item()).collect();
            annotations.insert(TRANSFORMATIONS.to_string(), list.concat());
        }
        self.set_annotations(&annotations)
    }
}
