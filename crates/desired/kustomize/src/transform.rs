//! The transformers, one file each, and the order in which a kustomization's own run.

pub(crate) mod affix;
pub(crate) mod annotations;
pub(crate) mod hash;
pub(crate) mod images;
pub(crate) mod json_patch;
pub(crate) mod labels;
pub(crate) mod name_reference;
pub(crate) mod namespace;
pub(crate) mod patch;
pub(crate) mod plugin;
pub(crate) mod replacement;
pub(crate) mod replicas;
pub(crate) mod sort;
mod structured;
pub(crate) mod value_add;
pub(crate) mod vars;

use crate::accumulate::Level;
use crate::build::Session;
use crate::config::{TransformerConfig, merge_all, merge_one};
use crate::error::{Context, Result};
use crate::fieldspec::{FieldSpec, FieldSpecs};
use crate::gvk::Gvk;
use crate::kustomization::{Kustomization, Label};
use crate::origin::Origin;
use crate::resmap::ResMap;

/// Runs the transformers that the fields of a kustomization stand for.
pub(crate) fn run(
    level: &Level<'_>,
    k: &Kustomization,
    config: &TransformerConfig,
    session: &mut Session<'_>,
    resources: &mut ResMap,
) -> Result<()> {
    let done = |resources: &mut ResMap, kind: &str| -> Result<()> {
        session.work.spend(1 + resources.list.len() as u64)?;
        if let Some(origin) = &level.origin {
            annotate(resources, &origin.configured(level.file_name, kind));
        }
        resources.drop_empty();
        Ok(())
    };
    if !k.patches_strategic_merge.is_empty() {
        let patches = patch::load_strategic(&k.patches_strategic_merge, &level.loader, session)
            .within(|| "patchesStrategicMerge".to_string())?;
        patch::run_strategic(&patches, resources, session).within(|| "patchesStrategicMerge".to_string())?;
        done(resources, "PatchStrategicMergeTransformer")?;
    }
    for (i, entry) in k.patches.iter().enumerate() {
        let loaded = patch::load(entry, &level.loader, session).within(|| format!("patches[{i}]"))?;
        patch::run(entry, loaded, resources, session).within(|| format!("patches[{i}]"))?;
        done(resources, "PatchTransformer")?;
    }
    if !k.namespace.is_empty() {
        let namespace = namespace::Namespace::new(&k.namespace, config.namespace.clone());
        namespace.run(resources, &session.schema).within(|| "namespace".to_string())?;
        done(resources, "NamespaceTransformer")?;
    }
    for (field, text, specs, kind) in [
        ("namePrefix", &k.name_prefix, &config.name_prefix, "PrefixTransformer"),
        ("nameSuffix", &k.name_suffix, &config.name_suffix, "SuffixTransformer"),
    ] {
        if !text.is_empty() {
            affix::run(kind == "PrefixTransformer", text, specs, resources, &session.schema)
                .within(|| field.to_string())?;
            done(resources, kind)?;
        }
    }
    if !k.labels.is_empty() || !k.common_labels.is_empty() {
        for (i, label) in k.labels.iter().enumerate() {
            spend_texts(&label.pairs, resources, session)?;
            let specs = label_specs(label, config).within(|| format!("labels[{i}]"))?;
            labels::run(&label.pairs, &specs, resources).within(|| format!("labels[{i}]"))?;
            done(resources, "LabelTransformer")?;
        }
        spend_texts(&k.common_labels, resources, session)?;
        labels::run(&k.common_labels, &config.common_labels, resources).within(|| "commonLabels".to_string())?;
        done(resources, "LabelTransformer")?;
    }
    if !k.common_annotations.is_empty() {
        spend_texts(&k.common_annotations, resources, session)?;
        annotations::run(&k.common_annotations, &config.common_annotations, resources)
            .within(|| "commonAnnotations".to_string())?;
        done(resources, "AnnotationsTransformer")?;
    }
    for (i, entry) in k.patches_json6902.iter().enumerate() {
        patch::run_json6902(entry, &level.loader, resources, session).within(|| format!("patchesJson6902[{i}]"))?;
        done(resources, "PatchJson6902Transformer")?;
    }
    for (i, replica) in k.replicas.iter().enumerate() {
        replicas::run(replica, &config.replicas, resources, &session.schema).within(|| format!("replicas[{i}]"))?;
        done(resources, "ReplicaCountTransformer")?;
    }
    for (i, image) in k.images.iter().enumerate() {
        images::run(image, &config.images, resources).within(|| format!("images[{i}]"))?;
        done(resources, "ImageTagTransformer")?;
    }
    if !k.replacements.is_empty() {
        let replacements = replacement::load(&k.replacements, &level.loader).within(|| "replacements".to_string())?;
        replacement::run(&replacements, resources, &session.work).within(|| "replacements".to_string())?;
        done(resources, "ReplacementTransformer")?;
    }
    Ok(())
}

/// Takes the steps that writing texts into each object costs.
fn spend_texts(
    texts: &std::collections::BTreeMap<String, String>,
    resources: &ResMap,
    session: &Session<'_>,
) -> Result<()> {
    let bytes: usize = texts.iter().map(|(key, value)| key.len() + value.len()).sum();
    session.work.spend((1 + bytes as u64 / 32) * resources.list.len() as u64)
}

/// Where the labels of an entry go.
fn label_specs(label: &Label, config: &TransformerConfig) -> Result<FieldSpecs> {
    let mut specs = label.fields.clone();
    merge_all(&mut specs, &config.labels)?;
    if label.include_selectors {
        merge_all(&mut specs, &config.common_labels)?;
    } else {
        if label.include_templates {
            merge_all(&mut specs, &config.template_labels)?;
        }
        merge_one(&mut specs, &FieldSpec::new(Gvk::default(), "metadata/labels", true))?;
    }
    Ok(specs)
}

/// Tells each object that a transformer was there; one without an origin takes it for that.
pub(crate) fn annotate(resources: &mut ResMap, origin: &Origin) {
    for resource in &mut resources.list {
        match &resource.origin {
            None => resource.origin = Some(origin.clone()),
            Some(_) => resource.transformations.push(origin.clone()),
        }
    }
}
