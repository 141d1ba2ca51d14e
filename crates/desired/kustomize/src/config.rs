//! [`TransformerConfig`]: where names, labels, images and references are in the objects of each kind.

mod crds;
mod defaults;
mod references;

use bowline_base_value::Value;
use bowline_base_value::yaml::from_yaml;

use crate::decode::{Fields, Mode};
use crate::error::{Context, Error, Result};
use crate::fieldspec::{FieldSpec, FieldSpecs};
use crate::gvk::Gvk;
use crate::kustomization::{read_field_spec, read_gvk};

/// Field specs by what they are for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TransformerConfig {
    pub(crate) name_prefix: FieldSpecs,
    pub(crate) name_suffix: FieldSpecs,
    pub(crate) namespace: FieldSpecs,
    pub(crate) common_labels: FieldSpecs,
    pub(crate) labels: FieldSpecs,
    pub(crate) template_labels: FieldSpecs,
    pub(crate) common_annotations: FieldSpecs,
    pub(crate) name_reference: Vec<BackReferences>,
    pub(crate) var_reference: FieldSpecs,
    pub(crate) images: FieldSpecs,
    pub(crate) replicas: FieldSpecs,
}

/// The fields that hold names of objects of a kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BackReferences {
    pub(crate) gvk: Gvk,
    pub(crate) referrers: FieldSpecs,
}

/// The lists of a configuration by their names in a file.
const LISTS: usize = 10;

// === impl TransformerConfig ===

impl TransformerConfig {
    fn lists(&mut self) -> [(&'static str, &mut FieldSpecs); LISTS] {
        [
            ("namePrefix", &mut self.name_prefix),
            ("nameSuffix", &mut self.name_suffix),
            ("namespace", &mut self.namespace),
            ("commonLabels", &mut self.common_labels),
            ("labels", &mut self.labels),
            ("templateLabels", &mut self.template_labels),
            ("commonAnnotations", &mut self.common_annotations),
            ("varReference", &mut self.var_reference),
            ("images", &mut self.images),
            ("replicas", &mut self.replicas),
        ]
    }

    /// Reads a file that `configurations` names.
    pub(crate) fn parse(path: &str, text: &str) -> Result<TransformerConfig> {
        let value = from_yaml(text).map_err(|e| Error::Malformed { path: path.to_string(), reason: e.to_string() })?;
        TransformerConfig::from_value(&value).within(|| format!("configuration {path}"))
    }

    fn from_value(value: &Value) -> Result<TransformerConfig> {
        let mut f = Fields::new(value, "", Mode::Strict)?;
        let mut config = TransformerConfig::default();
        for (name, list) in config.lists() {
            *list = f.list(name, read_field_spec)?;
        }
        config.name_reference = f.list("nameReference", |value, path, mode| {
            let mut f = Fields::new(value, path, mode)?;
            let gvk = read_gvk(&mut f)?;
            let references = BackReferences { gvk, referrers: f.list("fieldSpecs", read_field_spec)? };
            f.finish()?;
            Ok(references)
        })?;
        f.finish()?;
        config.sort();
        Ok(config)
    }

    /// Adds what the other configuration has more; a field spec that both have must agree on `create`.
    pub(crate) fn merge(&mut self, other: &TransformerConfig) -> Result<()> {
        let mut theirs = other.clone();
        for ((name, mine), (_, theirs)) in self.lists().into_iter().zip(theirs.lists()) {
            merge_all(mine, theirs).within(|| format!("failed to merge {name} fieldSpec"))?;
        }
        for references in &other.name_reference {
            self.add_references(references)?;
        }
        self.sort();
        Ok(())
    }

    fn add_references(&mut self, other: &BackReferences) -> Result<()> {
        let mut found = false;
        for mine in self.name_reference.iter_mut().filter(|mine| mine.gvk == other.gvk) {
            merge_all(&mut mine.referrers, &other.referrers)
                .within(|| "failed to merge nameReference fieldSpec".to_string())?;
            found = true;
        }
        if !found {
            self.name_reference.push(other.clone());
        }
        Ok(())
    }

    fn sort(&mut self) {
        for (_, list) in self.lists() {
            list.sort_by_cached_key(|spec| spec.gvk.sort_key());
        }
        self.name_reference.sort_by_cached_key(|references| references.gvk.sort_key());
    }
}

/// Adds the specs that are not there yet.
pub(crate) fn merge_all(specs: &mut FieldSpecs, others: &[FieldSpec]) -> Result<()> {
    others.iter().try_for_each(|other| merge_one(specs, other))
}

/// Adds a spec unless one that selects no more has its path already.
pub(crate) fn merge_one(specs: &mut FieldSpecs, other: &FieldSpec) -> Result<()> {
    let known = specs.iter().find(|spec| spec.path == other.path && spec.gvk.is_selected_by(&other.gvk));
    match known {
        Some(spec) if spec.create != other.create => Err(Error::Field {
            field: other.path.to_string(),
            reason: format!("conflicting fieldspecs for {}: one creates the field and one does not", other.gvk),
        }),
        Some(_) => Ok(()),
        None => {
            specs.push(other.clone());
            Ok(())
        }
    }
}
