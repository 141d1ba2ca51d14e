//! Variables.

use bowline_base_value::Value;

use crate::decode::{Fields, Mode};
use crate::error::Result;
use crate::gvk::{Gvk, split_api_version};

use super::read_gvk;

/// An entry of `vars`: `$(NAME)` stands for a field of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Var {
    pub(crate) name: String,
    pub(crate) gvk: Gvk,
    pub(crate) object_name: String,
    pub(crate) object_namespace: String,
    pub(crate) field_path: String,
}

// === impl Var ===

impl Var {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<Var> {
        let mut f = Fields::new(value, path, mode)?;
        let name = f.text("name")?;
        let object = f.object("objref", |value, path, mode| {
            let mut f = Fields::new(value, path, mode)?;
            let api_version = f.text("apiVersion")?;
            let mut gvk = read_gvk(&mut f)?;
            if !api_version.is_empty() {
                let (group, version) = split_api_version(&api_version);
                gvk.version = version.into();
                if !group.is_empty() {
                    gvk.group = group.into();
                }
            }
            let object = (gvk, f.text("name")?, f.text("namespace")?);
            f.finish()?;
            Ok(object)
        })?;
        let field = f.object("fieldref", |value, path, mode| {
            let mut f = Fields::new(value, path, mode)?;
            let field = f.text("fieldPath")?;
            f.finish()?;
            Ok(field)
        })?;
        f.finish()?;
        let (gvk, object_name, object_namespace) = object.unwrap_or_default();
        let field_path = field.filter(|path| !path.is_empty()).unwrap_or_else(|| "metadata.name".to_string());
        Ok(Var { name, gvk, object_name, object_namespace, field_path })
    }
}
