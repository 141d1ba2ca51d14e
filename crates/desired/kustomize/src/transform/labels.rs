//! `labels` and `commonLabels`.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::fieldspec::{Create, FieldSpec};
use crate::gvk::Gvk;
use crate::node::{Kind, Node, Style, Tag, set_field};
use crate::resmap::ResMap;
use crate::resource::Resource;

/// Sets labels wherever the field specs say.
pub(crate) fn run(labels: &BTreeMap<String, String>, specs: &[FieldSpec], resources: &mut ResMap) -> Result<()> {
    if labels.is_empty() {
        return Ok(());
    }
    resources.list.iter_mut().try_for_each(|resource| set_entries(resource, labels, specs))
}

/// Sets entries of the mappings at the field specs. Each entry is one scalar in all its places.
pub(super) fn set_entries(
    resource: &mut Resource,
    entries: &BTreeMap<String, String>,
    specs: &[FieldSpec],
) -> Result<()> {
    let create = Create { kind: Kind::Mapping, tag: Tag::Map };
    for (key, text) in entries {
        resource.with_sharing(|resource| {
            let shared = resource.new_share();
            let value = Node { shared, style: Style::PLAIN, ..Node::scalar(text.as_str()).with_tag(Tag::Str) };
            for spec in specs {
                spec.apply(&mut resource.node, Some(&create), &mut |node| {
                    Ok(set_field(node, key, Some(value.clone()), Style::PLAIN)?)
                })?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The label by which kustomize says that it was there.
pub(crate) fn managed_by(resources: &mut ResMap) -> Result<()> {
    let labels = BTreeMap::from([("app.kubernetes.io/managed-by".to_string(), "kustomize-v5.8.1".to_string())]);
    run(&labels, &[FieldSpec::new(Gvk::default(), "metadata/labels", true)], resources)
}
