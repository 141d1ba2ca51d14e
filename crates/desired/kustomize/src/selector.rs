//! Compiled selectors: anchored regular expressions for identities, label selectors for labels and annotations.

mod labels;

use regex::Regex;

use crate::error::{Error, Result};
use crate::gvk::{Gvk, ResId};
use crate::kustomization::Selector;
use crate::resource::Resource;
use crate::schema::Schema;

pub(crate) use labels::LabelSelector;

/// A [`Selector`] ready to be asked.
pub(crate) struct Compiled {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: LabelSelector,
    annotations: LabelSelector,
}

// === impl Compiled ===

impl Compiled {
    pub(crate) fn new(selector: &Selector) -> Result<Compiled> {
        Ok(Compiled {
            group: anchored("group", &selector.gvk.group)?,
            version: anchored("version", &selector.gvk.version)?,
            kind: anchored("kind", &selector.gvk.kind)?,
            name: anchored("name", &selector.name)?,
            namespace: anchored("namespace", &selector.namespace)?,
            labels: LabelSelector::parse("labelSelector", &selector.label_selector)?,
            annotations: LabelSelector::parse("annotationSelector", &selector.annotation_selector)?,
        })
    }

    pub(crate) fn gvk(&self, gvk: &Gvk) -> bool {
        is_match(&self.group, &gvk.group) && is_match(&self.version, &gvk.version) && is_match(&self.kind, &gvk.kind)
    }

    /// Whether kind, name and namespace match, each as it is written.
    pub(crate) fn id(&self, id: &ResId) -> bool {
        self.gvk(&id.gvk) && is_match(&self.name, &id.name) && is_match(&self.namespace, &id.namespace)
    }

    pub(crate) fn metadata(&self, resource: &Resource) -> bool {
        (self.labels.is_empty() || self.labels.matches(&resource.labels()))
            && (self.annotations.is_empty() || self.annotations.matches(&resource.annotations()))
    }

    /// Whether a patch with this target is for the object: by its current or its first name and namespace.
    pub(crate) fn selects(&self, resource: &Resource, schema: &Schema) -> bool {
        if !self.gvk(&resource.gvk()) {
            return false;
        }
        let (now, first) = (resource.id(schema), resource.original_id(schema));
        (is_match(&self.namespace, first.effective_namespace()) || is_match(&self.namespace, now.effective_namespace()))
            && (is_match(&self.name, &first.name) || is_match(&self.name, &now.name))
            && self.metadata(resource)
    }
}

fn is_match(regex: &Option<Regex>, text: &str) -> bool {
    regex.as_ref().is_none_or(|regex| regex.is_match(text))
}

fn anchored(field: &str, pattern: &str) -> Result<Option<Regex>> {
    if pattern.is_empty() {
        return Ok(None);
    }
    Regex::new(&format!("^(?:{pattern})$"))
        .map(Some)
        .map_err(|error| Error::Field { field: format!("target.{field}"), reason: error.to_string() })
}
