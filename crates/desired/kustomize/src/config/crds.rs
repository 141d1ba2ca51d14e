//! `crds`: OpenAPI definitions of own kinds, whose extensions say where names, labels and references are.

use bowline_base_value::Value;
use bowline_base_value::yaml::from_yaml;

use super::{BackReferences, TransformerConfig, merge_one};
use crate::error::{Error, Result};
use crate::fieldspec::FieldSpec;
use crate::gvk::Gvk;

/// How far references between definitions are followed.
const MAX_DEPTH: usize = 32;

// === impl TransformerConfig ===

impl TransformerConfig {
    /// Reads a file of definitions.
    pub(crate) fn from_definitions(path: &str, text: &str) -> Result<TransformerConfig> {
        let malformed = |reason: String| Error::Malformed { path: path.to_string(), reason };
        let definitions = from_yaml(text).map_err(|e| malformed(e.to_string()))?;
        let Some(map) = definitions.as_object() else {
            return Err(malformed("must be an object of OpenAPI definitions".to_string()));
        };
        let mut config = TransformerConfig::default();
        for (name, definition) in map.iter() {
            let is_kind = ["kind", "apiVersion", "metadata"].iter().all(|field| property(definition, field).is_some());
            if is_kind {
                let kind = name.rsplit('.').next().unwrap_or(name);
                let mut found = TransformerConfig::default();
                found.collect(&Gvk::new("", "", kind), &definitions, name, &mut Vec::new(), 0)?;
                config.merge(&found)?;
            }
        }
        Ok(config)
    }

    fn collect(
        &mut self,
        gvk: &Gvk,
        definitions: &Value,
        name: &str,
        path: &mut Vec<String>,
        depth: usize,
    ) -> Result<()> {
        let properties = definitions.get_path(&[name, "Schema", "properties"]).and_then(Value::as_object);
        if depth > MAX_DEPTH {
            return Err(Error::TooLarge("definitions in `crds` refer to each other without end".to_string()));
        }
        for (field, schema) in properties.into_iter().flat_map(|map| map.iter()) {
            path.push(field.to_string());
            let says = |extension: &str| schema.str_at(&[extension]);
            let spec = || FieldSpec::new(gvk.clone(), &path.join("/"), false);
            if says("x-kubernetes-annotation").is_some() {
                merge_one(&mut self.common_annotations, &spec())?;
            }
            if says("x-kubernetes-label-selector").is_some() {
                merge_one(&mut self.common_labels, &spec())?;
            }
            if says("x-kubernetes-identity").is_some() {
                merge_one(&mut self.name_prefix, &spec())?;
            }
            let referred = says("x-kubernetes-object-ref-api-version").zip(says("x-kubernetes-object-ref-kind"));
            if let Some((version, kind)) = referred {
                let key = says("x-kubernetes-object-ref-name-key").unwrap_or("name");
                let referrer = FieldSpec::new(gvk.clone(), &format!("{}/{key}", path.join("/")), false);
                let gvk = Gvk::new("", version, kind);
                self.add_references(&BackReferences { gvk, referrers: vec![referrer] })?;
            }
            if let Some(reference) = schema.str_at(&["$ref"]) {
                self.collect(gvk, definitions, reference, path, depth + 1)?;
            }
            path.pop();
        }
        Ok(())
    }
}

fn property<'v>(definition: &'v Value, field: &str) -> Option<&'v Value> {
    definition.get_path(&["Schema", "properties", field])
}
