//! `replicas`.

use crate::error::{Error, Result};
use crate::fieldspec::{Create, FieldSpec};
use crate::kustomization::Replica;
use crate::node::{Kind, Node, Tag, set_scalar};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::Schema;

/// Sets the count of the workloads with this current or earlier name.
pub(crate) fn run(replica: &Replica, specs: &[FieldSpec], resources: &mut ResMap, schema: &Schema) -> Result<()> {
    let mut found = false;
    for spec in specs {
        for resource in resources.list.iter_mut().filter(|resource| !resource.is_empty()) {
            if !resource.any_id(schema, |id| *id.name == replica.name && id.gvk.is_selected_by(&spec.gvk)) {
                continue;
            }
            found = true;
            set(replica, spec, std::slice::from_mut(resource))?;
        }
    }
    if found {
        return Ok(());
    }
    let kinds: Vec<String> = specs.iter().map(|spec| spec.gvk.to_string()).collect();
    Err(Error::Target(format!(
        "resource with name {} does not match a config with the following GVK [{}]",
        replica.name,
        kinds.join(" ")
    )))
}

/// Sets the count at a field spec.
pub(crate) fn set(replica: &Replica, spec: &FieldSpec, resources: &mut [Resource]) -> Result<()> {
    let create = Create { kind: Kind::Scalar, tag: Tag::Int };
    resources.iter_mut().try_for_each(|resource| {
        spec.apply(&mut resource.node, Some(&create), &mut |node| {
            Ok(set_scalar(node, Node::scalar(replica.count.to_string()).with_tag(Tag::Int))?)
        })
    })
}
