//! The built-in `ValueAddTransformer`: sets a field, or a part of a path in it.

use crate::error::{Error, Result};
use crate::fieldspec::{FieldSpecs, split_path};
use crate::kustomization::Selector;
use crate::node::{Kind, Node, lookup_create, set_scalar};
use crate::resmap::ResMap;
use crate::schema::Schema;

use super::namespace::Namespace;
use super::patch::select;

/// A field of some objects.
pub(crate) struct Target {
    /// All objects where there is none.
    pub(crate) selector: Option<Selector>,
    pub(crate) field_path: String,
    /// 0 for the whole field, else the place of the value in the path that the field holds, from 1.
    pub(crate) position: i64,
}

/// Sets the value in all targets.
pub(crate) fn run(value: &str, targets: &[Target], resources: &mut ResMap, schema: &Schema) -> Result<()> {
    for target in targets {
        let selected = match &target.selector {
            Some(selector) => select(selector, resources, schema)?,
            None => (0..resources.list.len()).collect(),
        };
        for at in selected {
            let resource = &mut resources.list[at];
            if target.field_path == "metadata/namespace" {
                Namespace::new(value, FieldSpecs::new()).set(resource, schema)?;
                continue;
            }
            let parts = split_path(&target.field_path, '/');
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let Some(node) = lookup_create(&mut resource.node, &parts, Some(Kind::Scalar))? else { continue };
            if node.kind() != Kind::Scalar {
                return Err(Error::Object(format!(
                    "{}: expected a scalar, found {}",
                    target.field_path,
                    node.kind_name()
                )));
            }
            let text = match usize::try_from(target.position) {
                Ok(position) if position > 0 => insert_part(node.text(), position - 1, value),
                _ => value.to_string(),
            };
            set_scalar(node, Node::scalar(text))?;
        }
    }
    Ok(())
}

/// Puts a part into a path at a position, last where the path is shorter.
fn insert_part(path: &str, position: usize, part: &str) -> String {
    let (root, rest) = match path.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => ("", path),
    };
    let mut parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    parts.insert(position.min(parts.len()), part);
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::insert_part;

    #[test]
    fn parts_go_where_they_belong() {
        for (path, position, want) in
            [("", 0, "x"), ("a/b", 0, "x/a/b"), ("a/b", 1, "a/x/b"), ("/a/b", 5, "/a/b/x"), ("/", 0, "/x")]
        {
            assert_eq!(insert_part(path, position, "x"), want, "{path} {position}");
        }
    }
}
