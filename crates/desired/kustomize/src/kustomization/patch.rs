//! Patches and the selectors that say what they are for.

use bowline_base_value::Value;

use crate::decode::{Fields, Mode};
use crate::error::Result;
use crate::gvk::Gvk;

use super::read_gvk;

/// A patch, inline or in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// The file with the patch; empty where it is inline.
    pub path: String,
    /// The patch; empty where it is in a file.
    pub patch: String,
    /// What is patched; a strategic merge patch without a target names its own.
    pub target: Option<Selector>,
    /// What a strategic merge patch may change.
    pub options: PatchOptions,
}

/// What a strategic merge patch may change of an identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatchOptions {
    /// The name.
    pub allow_name_change: bool,
    /// The kind.
    pub allow_kind_change: bool,
}

/// Objects by regular expressions and selectors; what is empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector {
    /// API group, version and kind, each an anchored regular expression.
    pub(crate) gvk: Gvk,
    /// Name, an anchored regular expression.
    pub name: String,
    /// Namespace, an anchored regular expression.
    pub namespace: String,
    /// A label selector for annotations.
    pub annotation_selector: String,
    /// A label selector.
    pub label_selector: String,
}

// === impl Patch ===

impl Patch {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<Patch> {
        let mut f = Fields::new(value, path, mode)?;
        let patch = Patch {
            path: f.text("path")?,
            patch: f.text("patch")?,
            target: f.object("target", Selector::read)?,
            options: f.object("options", PatchOptions::read)?.unwrap_or_default(),
        };
        f.finish()?;
        Ok(patch)
    }
}

// === impl PatchOptions ===

impl PatchOptions {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<PatchOptions> {
        let mut f = Fields::new(value, path, mode)?;
        let options = PatchOptions {
            allow_name_change: f.bool("allowNameChange")?,
            allow_kind_change: f.bool("allowKindChange")?,
        };
        f.finish()?;
        Ok(options)
    }
}

// === impl Selector ===

impl Selector {
    /// A selector of the parts that are not empty.
    pub fn new(group: &str, version: &str, kind: &str, name: &str, namespace: &str) -> Selector {
        Selector {
            gvk: Gvk::new(group, version, kind),
            name: name.to_string(),
            namespace: namespace.to_string(),
            ..Selector::default()
        }
    }

    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<Selector> {
        let mut f = Fields::new(value, path, mode)?;
        let selector = Selector {
            gvk: read_gvk(&mut f)?,
            name: f.text("name")?,
            namespace: f.text("namespace")?,
            annotation_selector: f.text("annotationSelector")?,
            label_selector: f.text("labelSelector")?,
        };
        f.finish()?;
        Ok(selector)
    }

    /// Whether it names no part of an identity.
    pub(crate) fn has_no_id(&self) -> bool {
        self.gvk == Gvk::default() && self.name.is_empty() && self.namespace.is_empty()
    }
}
