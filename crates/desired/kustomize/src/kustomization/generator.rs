//! ConfigMap and Secret generators.

use std::collections::BTreeMap;

use bowline_base_value::Value;

use crate::decode::{Fields, Mode};
use crate::error::Result;

/// An entry of `configMapGenerator` or `secretGenerator`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeneratorArgs {
    /// The object's namespace.
    pub namespace: String,
    /// The object's name.
    pub name: String,
    /// `create`, `replace` or `merge`.
    pub behavior: String,
    /// `key=value` texts.
    pub literals: Vec<String>,
    /// `[key=]path` texts.
    pub files: Vec<String>,
    /// Files with `key=value` lines.
    pub envs: Vec<String>,
    /// A Secret's type; empty for `Opaque`.
    pub secret_type: String,
    /// Options of this generator.
    pub options: Option<GeneratorOptions>,
}

/// `generatorOptions`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeneratorOptions {
    /// Labels of the objects.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the objects.
    pub annotations: BTreeMap<String, String>,
    /// Whether names get no hash.
    pub disable_name_suffix_hash: bool,
    /// Whether the objects are immutable.
    pub immutable: bool,
}

// === impl GeneratorArgs ===

impl GeneratorArgs {
    pub(crate) fn read_config_map(value: &Value, path: &str, mode: Mode) -> Result<GeneratorArgs> {
        GeneratorArgs::read(value, path, mode, false)
    }

    pub(crate) fn read_secret(value: &Value, path: &str, mode: Mode) -> Result<GeneratorArgs> {
        GeneratorArgs::read(value, path, mode, true)
    }

    fn read(value: &Value, path: &str, mode: Mode, secret: bool) -> Result<GeneratorArgs> {
        let mut f = Fields::new(value, path, mode)?;
        let mut args = GeneratorArgs {
            namespace: f.text("namespace")?,
            name: f.text("name")?,
            behavior: f.text("behavior")?,
            literals: f.texts("literals")?,
            files: f.texts("files")?,
            envs: f.texts("envs")?,
            secret_type: if secret { f.text("type")? } else { String::new() },
            options: f.object("options", GeneratorOptions::read)?,
        };
        // The old name of `envs`, for one file.
        args.envs.extend(Some(f.text("env")?).filter(|env| !env.is_empty()));
        f.finish()?;
        Ok(args)
    }
}

// === impl GeneratorOptions ===

impl GeneratorOptions {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<GeneratorOptions> {
        let mut f = Fields::new(value, path, mode)?;
        let options = GeneratorOptions {
            labels: f.text_map("labels")?,
            annotations: f.text_map("annotations")?,
            disable_name_suffix_hash: f.bool("disableNameSuffixHash")?,
            immutable: f.bool("immutable")?,
        };
        f.finish()?;
        Ok(options)
    }

    /// One generator's options with those of all generators; its own win key by key, switches add up.
    pub(crate) fn merged(own: Option<&GeneratorOptions>, all: Option<&GeneratorOptions>) -> GeneratorOptions {
        let mut options = own.cloned().unwrap_or_default();
        let Some(all) = all else { return options };
        for (own, all) in [(&mut options.labels, &all.labels), (&mut options.annotations, &all.annotations)] {
            for (key, value) in all {
                own.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        options.disable_name_suffix_hash |= all.disable_name_suffix_hash;
        options.immutable |= all.immutable;
        options
    }
}
