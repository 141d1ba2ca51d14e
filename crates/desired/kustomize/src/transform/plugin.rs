//! [`Plugin`]: the built-in transformers, configured by an object of `transformers`.

use bowline_base_value::Value;
use bowline_base_value::yaml::from_yaml;

use crate::build::Session;
use crate::decode::{Fields, Mode};
use crate::error::{Context, Error, Result};
use crate::fieldspec::FieldSpecs;
use crate::kustomization::{
    Image, Patch, PatchOptions, Replacement, ReplacementEntry, Replica, Selector, read_field_spec,
};
use crate::loader::Loader;
use crate::resmap::ResMap;
use crate::resource::Resource;

use super::namespace::{Namespace, Subjects};
use super::{affix, annotations, hash, images, labels, patch, replacement, replicas, value_add};

type Texts = std::collections::BTreeMap<String, String>;

/// A configured transformer.
pub(crate) enum Plugin<'l> {
    Annotations(Texts, FieldSpecs),
    Labels(Texts, FieldSpecs),
    Image(Image, FieldSpecs),
    Replica(Replica, FieldSpecs),
    Namespace(Namespace),
    Affix { before: bool, text: String, specs: FieldSpecs },
    Both { prefix: String, suffix: String, specs: FieldSpecs },
    Patch(Patch, &'l Loader<'l>),
    StrategicMerge(Vec<Resource>),
    Json6902(Patch, &'l Loader<'l>),
    Replacements(Vec<Replacement>),
    ValueAdd(String, Vec<value_add::Target>),
    Hash,
}

// === impl Plugin ===

impl<'l> Plugin<'l> {
    /// Reads the configuration of the transformer of that kind.
    pub(crate) fn new(kind: &str, config: &Value, loader: &'l Loader<'l>, session: &Session<'_>) -> Result<Plugin<'l>> {
        let mut f = Fields::new(config, "", Mode::Lenient)?;
        let f = &mut f;
        Ok(match kind {
            "AnnotationsTransformer" => Plugin::Annotations(f.text_map("annotations")?, specs(f)?),
            "LabelTransformer" => Plugin::Labels(f.text_map("labels")?, specs(f)?),
            "ImageTagTransformer" => Plugin::Image(f.object("imageTag", Image::read)?.unwrap_or_default(), specs(f)?),
            "ReplicaCountTransformer" => {
                Plugin::Replica(f.object("replica", Replica::read)?.unwrap_or_default(), specs(f)?)
            }
            "NamespaceTransformer" => {
                let metadata =
                    f.object("metadata", |value, path, mode| Fields::new(value, path, mode)?.text("namespace"))?;
                Plugin::Namespace(Namespace {
                    namespace: metadata.unwrap_or_default(),
                    specs: specs(f)?,
                    unset_only: f.bool("unsetOnly")?,
                    subjects: Subjects::parse(&f.text("setRoleBindingSubjects")?)?,
                })
            }
            "PrefixTransformer" | "SuffixTransformer" => {
                let before = kind == "PrefixTransformer";
                if f.value("fieldSpecs").is_none() {
                    return Err(required("fieldSpecs"));
                }
                Plugin::Affix { before, text: f.text(if before { "prefix" } else { "suffix" })?, specs: specs(f)? }
            }
            "PrefixSuffixTransformer" => {
                Plugin::Both { prefix: f.text("prefix")?, suffix: f.text("suffix")?, specs: specs(f)? }
            }
            "PatchTransformer" => Plugin::Patch(read_patch(f, "patch")?, loader),
            "PatchStrategicMergeTransformer" => Plugin::StrategicMerge(strategic(f, loader, session)?),
            "PatchJson6902Transformer" => Plugin::Json6902(read_patch(f, "jsonOp")?, loader),
            "ReplacementTransformer" => {
                let entries = f.list("replacements", ReplacementEntry::read)?;
                Plugin::Replacements(replacement::load(&entries, loader)?)
            }
            "ValueAddTransformer" => value_add(f, loader)?,
            "HashTransformer" => Plugin::Hash,
            other => return Err(Error::Refused(format!("unable to load builtin {other}"))),
        })
    }

    pub(crate) fn run(self, resources: &mut ResMap, session: &Session<'_>) -> Result<()> {
        let schema = &session.schema;
        match self {
            Plugin::Annotations(texts, specs) => annotations::run(&texts, &specs, resources),
            Plugin::Labels(texts, specs) => labels::run(&texts, &specs, resources),
            Plugin::Image(image, specs) => images::run(&image, &specs, resources),
            Plugin::Replica(replica, specs) => replicas::run(&replica, &specs, resources, schema),
            Plugin::Namespace(namespace) => namespace.run(resources, schema),
            Plugin::Affix { before, text, specs } => affix::run(before, &text, &specs, resources, schema),
            Plugin::Both { prefix, suffix, specs } => {
                affix::run(true, &prefix, &specs, resources, schema)?;
                affix::run(false, &suffix, &specs, resources, schema)
            }
            Plugin::Patch(entry, loader) => {
                let loaded = patch::load(&entry, loader, session)?;
                patch::run(&entry, loaded, resources, session)
            }
            Plugin::StrategicMerge(patches) => patch::run_strategic(&patches, resources, session),
            Plugin::Json6902(entry, loader) => patch::run_json6902(&entry, loader, resources, session),
            Plugin::Replacements(replacements) => replacement::run(&replacements, resources, &session.work),
            Plugin::ValueAdd(value, targets) => value_add::run(&value, &targets, resources, schema),
            Plugin::Hash => hash::run(resources, schema),
        }
    }
}

fn required(field: &str) -> Error {
    Error::Field { field: field.to_string(), reason: "must be given".to_string() }
}

fn specs(f: &mut Fields<'_>) -> Result<FieldSpecs> {
    f.list("fieldSpecs", read_field_spec)
}

fn read_patch(f: &mut Fields<'_>, text: &str) -> Result<Patch> {
    Ok(Patch {
        path: f.text("path")?,
        patch: f.text(text)?,
        target: f.object("target", Selector::read)?,
        options: f.object("options", PatchOptions::read)?.unwrap_or_default(),
    })
}

fn strategic(f: &mut Fields<'_>, loader: &Loader<'_>, session: &Session<'_>) -> Result<Vec<Resource>> {
    let (paths, inline) = (f.texts("paths")?, f.text("patches")?);
    if paths.is_empty() && inline.is_empty() {
        return Err(Error::Field {
            field: "paths".to_string(),
            reason: "empty file path and empty patch content".to_string(),
        });
    }
    let mut patches = patch::load_strategic(&paths, loader, session)?;
    if !inline.is_empty() {
        patches.extend(crate::factory::resources_from_text(&inline)?);
    }
    if patches.is_empty() {
        return Err(Error::Object(format!("patch appears to be empty; files={paths:?}")));
    }
    Ok(patches)
}

fn value_add<'l>(f: &mut Fields<'_>, loader: &Loader<'_>) -> Result<Plugin<'l>> {
    let value = f.text("value")?.trim().to_string();
    let value = if value.is_empty() { loader.root().rsplit('/').next().unwrap_or_default().to_string() } else { value };
    let mut targets = f.list("targets", read_target)?;
    let path = f.text("targetFilePath")?;
    if !path.is_empty() {
        let content = loader.load(&path)?;
        let file = from_yaml(content.text(&path)?)
            .map_err(|error| Error::Malformed { path: path.clone(), reason: error.to_string() })?;
        targets.extend(Fields::new(&file, "", Mode::Lenient)?.list("targets", read_target).within(|| path.clone())?);
    }
    if targets.is_empty() {
        return Err(required("targets"));
    }
    Ok(Plugin::ValueAdd(value, targets))
}

fn read_target(value: &Value, path: &str, mode: Mode) -> Result<value_add::Target> {
    let mut f = Fields::new(value, path, mode)?;
    let target = value_add::Target {
        selector: f.object("selector", Selector::read)?,
        field_path: f.text("fieldPath")?,
        position: f.int("filePathPosition")?,
    };
    if target.field_path.is_empty() {
        return Err(Error::Field { field: format!("{path}.fieldPath"), reason: "cannot be empty".to_string() });
    }
    if target.position < 0 {
        return Err(Error::Field {
            field: format!("{path}.filePathPosition"),
            reason: "cannot be negative".to_string(),
        });
    }
    Ok(target)
}
