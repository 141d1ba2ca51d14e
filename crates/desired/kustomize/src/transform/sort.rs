//! `sortOptions`, and the order of `kustomize build`.

use crate::error::{Error, Result};
use crate::gvk::{Gvk, ResId, kinds_first, kinds_last, rank};
use crate::kustomization::SortOptions;
use crate::resmap::ResMap;
use crate::schema::Schema;

/// Sorts the objects.
pub(crate) fn run(resources: &mut ResMap, options: &SortOptions, schema: &Schema) -> Result<()> {
    let invalid = |field: &str, reason: &str| Error::Field { field: field.to_string(), reason: reason.to_string() };
    match options.order.as_str() {
        "fifo" if options.legacy.is_some() => Err(invalid(
            "sortOptions.legacySortOptions",
            "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
        )),
        "fifo" => Ok(()),
        "legacy" => {
            match &options.legacy {
                Some((first, last)) => legacy(resources, first, last, schema),
                None => legacy(resources, kinds_first(), kinds_last(), schema),
            }
            Ok(())
        }
        _ => Err(invalid("sortOptions.order", "the field 'sortOptions.order' must be one of [fifo, legacy]")),
    }
}

fn legacy<S: AsRef<str>>(resources: &mut ResMap, first: &[S], last: &[S], schema: &Schema) {
    resources.list.sort_by_cached_key(|resource| key(&resource.id(schema), first, last));
}

/// Kinds of the lists first or last, then by group, version and kind, then by identity. Of kinds called Namespace that of
/// the core group comes first.
fn key<S: AsRef<str>>(id: &ResId, first: &[S], last: &[S]) -> (i64, bool, String, String) {
    let other_namespace = &*id.gvk.kind == "Namespace" && !id.gvk.group.is_empty();
    (rank(&id.gvk.kind, first, last), other_namespace, id.gvk.sort_text(), sort_text(id))
}

fn sort_text(id: &ResId) -> String {
    let or = |text: &str, mark: &str| if text.is_empty() { mark.to_string() } else { text.to_string() };
    let gvk: &Gvk = &id.gvk;
    format!("{gvk}|{}|{}", or(&id.namespace, "~X"), or(&id.name, "~N"))
}
