//! `namePrefix` and `nameSuffix`.

use crate::error::Result;
use crate::fieldspec::{Create, FieldSpec};
use crate::gvk::{Gvk, ResId};
use crate::node::{Kind, Node, Tag, set_scalar};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::Schema;

/// Puts a text before or after the names of all objects but those whose names say more than that.
pub(crate) fn run(
    before: bool,
    text: &str,
    specs: &[FieldSpec],
    resources: &mut ResMap,
    schema: &Schema,
) -> Result<()> {
    for resource in &mut resources.list {
        let id = resource.original_id(schema);
        if keeps_its_name(&id) {
            continue;
        }
        for spec in specs.iter().filter(|spec| id.gvk.is_selected_by(&spec.gvk)) {
            if &*spec.path == "metadata/name" && !text.is_empty() {
                let list = if before { &mut resource.build.prefixes } else { &mut resource.build.suffixes };
                list.push(text.into());
                resource.remember_id(schema);
            }
            set_one(before, text, spec, resource)?;
        }
    }
    Ok(())
}

fn set_one(before: bool, text: &str, spec: &FieldSpec, resource: &mut Resource) -> Result<()> {
    let create = Create { kind: Kind::Scalar, tag: Tag::Str };
    resource.with_sharing(|resource| {
        spec.apply(&mut resource.node, Some(&create), &mut |node| {
            let old = node.text();
            let new = if before { format!("{text}{old}") } else { format!("{old}{text}") };
            Ok(set_scalar(node, Node::scalar(new))?)
        })
    })
}

/// Only the setting, at fields of any objects.
#[cfg(test)]
pub(crate) fn set(before: bool, text: &str, specs: &[FieldSpec], resources: &mut ResMap) -> Result<()> {
    for resource in &mut resources.list {
        specs.iter().try_for_each(|spec| set_one(before, text, spec, resource))?;
    }
    Ok(())
}

fn keeps_its_name(id: &ResId) -> bool {
    let is = |group: &str, kind: &str| id.gvk.is_selected_by(&Gvk::new(group, "", kind));
    is("", "CustomResourceDefinition") || is("apiregistration.k8s.io", "APIService") || is("", "Namespace")
}
