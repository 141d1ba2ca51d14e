//! Replacements.

use bowline_base_value::Value;

use crate::decode::{Fields, Mode};
use crate::error::Result;
use crate::gvk::Gvk;

use super::{Selector, read_gvk};

/// An entry of `replacements`: a file, or a replacement in place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReplacementEntry {
    pub(crate) path: String,
    pub(crate) inline: Replacement,
}

/// A value and where it goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Replacement {
    pub(crate) source: Option<Source>,
    pub(crate) source_value: Option<String>,
    /// `None` where the field is missing.
    pub(crate) targets: Option<Vec<Target>>,
}

/// The object and the field that a value is taken from; what is empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Source {
    pub(crate) gvk: Gvk,
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) field_path: String,
    pub(crate) options: Option<FieldOptions>,
}

/// The objects and the fields that a value goes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Target {
    pub(crate) select: Option<Selector>,
    pub(crate) reject: Vec<Selector>,
    pub(crate) field_paths: Vec<String>,
    pub(crate) options: Option<FieldOptions>,
}

/// Which part of a text is meant, and whether a missing field is made.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FieldOptions {
    pub(crate) delimiter: String,
    pub(crate) index: i64,
    pub(crate) create: bool,
}

// === impl ReplacementEntry ===

impl ReplacementEntry {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<ReplacementEntry> {
        let mut f = Fields::new(value, path, mode)?;
        let entry = ReplacementEntry { path: f.text("path")?, inline: Replacement::read_fields(&mut f)? };
        f.finish()?;
        Ok(entry)
    }
}

// === impl Replacement ===

impl Replacement {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<Replacement> {
        let mut f = Fields::new(value, path, mode)?;
        let replacement = Replacement::read_fields(&mut f)?;
        f.finish()?;
        Ok(replacement)
    }

    fn read_fields(f: &mut Fields<'_>) -> Result<Replacement> {
        let source = f.object("source", Source::read)?;
        let source_value = f.optional_text("sourceValue")?;
        let has_targets = f.value("targets").is_some();
        let targets = f.list("targets", Target::read)?;
        Ok(Replacement { source, source_value, targets: has_targets.then_some(targets) })
    }
}

// === impl Source ===

impl Source {
    fn read(value: &Value, path: &str, mode: Mode) -> Result<Source> {
        let mut f = Fields::new(value, path, mode)?;
        let source = Source {
            gvk: read_gvk(&mut f)?,
            name: f.text("name")?,
            namespace: f.text("namespace")?,
            field_path: f.text("fieldPath")?,
            options: f.object("options", FieldOptions::read)?,
        };
        f.finish()?;
        Ok(source)
    }
}

// === impl Target ===

impl Target {
    fn read(value: &Value, path: &str, mode: Mode) -> Result<Target> {
        let mut f = Fields::new(value, path, mode)?;
        let target = Target {
            select: f.object("select", Selector::read)?,
            reject: f.list("reject", Selector::read)?,
            field_paths: f.texts("fieldPaths")?,
            options: f.object("options", FieldOptions::read)?,
        };
        f.finish()?;
        Ok(target)
    }
}

// === impl FieldOptions ===

impl FieldOptions {
    fn read(value: &Value, path: &str, mode: Mode) -> Result<FieldOptions> {
        let mut f = Fields::new(value, path, mode)?;
        let options =
            FieldOptions { delimiter: f.text("delimiter")?, index: f.int("index")?, create: f.bool("create")? };
        f.text("encoding")?;
        f.finish()?;
        Ok(options)
    }
}
