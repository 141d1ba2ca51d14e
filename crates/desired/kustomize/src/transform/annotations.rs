//! `commonAnnotations`.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::fieldspec::FieldSpec;
use crate::resmap::ResMap;

use super::labels::set_entries;

/// Sets annotations wherever the field specs say.
pub(crate) fn run(annotations: &BTreeMap<String, String>, specs: &[FieldSpec], resources: &mut ResMap) -> Result<()> {
    if annotations.is_empty() {
        return Ok(());
    }
    resources.list.iter_mut().try_for_each(|resource| set_entries(resource, annotations, specs))
}
