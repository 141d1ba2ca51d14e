//! A page of a list, its objects still text.

use std::collections::VecDeque;
use std::sync::Arc;

use bowline_base_value::Value;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::read::Reader;
use crate::{ApiResource, Error};

/// A page of a list. Its objects are read some at a time: as values a page takes several times the memory of its text, and
/// most of what a watch lists is not kept.
#[derive(Debug, Default)]
pub(crate) struct RawPage {
    items: VecDeque<Bytes>,
    pub(crate) resource_version: String,
    pub(crate) next: String,
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(default)]
    metadata: Metadata,
    /// Go writes no items as null.
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    resource_version: String,
    #[serde(rename = "continue")]
    next: String,
}

// === impl RawPage ===

impl RawPage {
    pub(crate) fn new(body: &Bytes, what: impl Fn() -> String) -> Result<RawPage, Error> {
        let list: List<'_> =
            serde_json::from_slice(body).map_err(|e| Error::Decode { what: what(), reason: e.to_string() })?;
        let items = list.items.unwrap_or_default();
        Ok(RawPage {
            items: items.into_iter().map(|item| body.slice_ref(item.get().as_bytes())).collect(),
            resource_version: list.metadata.resource_version,
            next: list.metadata.next,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Reads the next `count` objects (fewer at the end) and gives them `apiVersion` and `kind`, which the API leaves out of
    /// a list's items where the list itself says them. An object that cannot be read, nested too deeply, is left out.
    /// `bare` leaves out managed fields.
    pub(crate) fn take(&mut self, count: usize, resource: &ApiResource, reader: &mut Reader, bare: bool) -> Vec<Value> {
        let (api_version, kind): (Value, Value) = (resource.api_version().into(), resource.kind.clone().into());
        let (api_key, kind_key): (Arc<str>, Arc<str>) = ("apiVersion".into(), "kind".into());
        let count = count.min(self.items.len());
        let items = self.items.drain(..count).filter_map(|text| {
            let mut item = match reader.object(&text, bare) {
                Ok(item) => item,
                Err(error) => {
                    tracing::warn!(kind = resource.title(), %error, "object cannot be read");
                    return None;
                }
            };
            if let Some(fields) = item.as_object_mut() {
                fields.insert(api_key.clone(), api_version.clone());
                fields.insert(kind_key.clone(), kind.clone());
            }
            Some(item)
        });
        items.collect()
    }
}
