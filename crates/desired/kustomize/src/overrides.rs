//! [`Overrides`]: what an Application says over a kustomization, applied to the parsed file as `kustomize edit` would be
//! to the file itself.

mod components;

use std::collections::BTreeMap;

use bowline_core_crd::{ApplicationSourceKustomize, IntOrString, KustomizePatch};

use crate::accumulate::Level;
use crate::error::{Error, Result};
use crate::kustomization::{Image, Kustomization, Label, Patch, PatchOptions, Replica, Selector};
use crate::transform::images::split;

/// Stands for what the kustomization says already, in an image.
const KEEP: &str = "*";

/// The overrides of one source, build variables filled in.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    name_prefix: String,
    name_suffix: String,
    namespace: String,
    images: Vec<String>,
    replicas: Vec<Replica>,
    labels: BTreeMap<String, String>,
    force_labels: bool,
    label_without_selector: bool,
    label_include_templates: bool,
    annotations: BTreeMap<String, String>,
    force_annotations: bool,
    patches: Vec<Patch>,
    components: Vec<String>,
    ignore_missing_components: bool,
}

// === impl Overrides ===

impl Overrides {
    /// The overrides of an Application's source. `substitute` fills build variables in, where the contract does that: in
    /// images, label values, and annotation values if the source asks for it.
    pub fn new(source: &ApplicationSourceKustomize, substitute: &dyn Fn(&str) -> String) -> Result<Overrides> {
        let filled = |field: &str, texts: &BTreeMap<String, String>, fill: bool| -> Result<BTreeMap<String, String>> {
            let pair =
                |(key, text): (&String, &String)| pair(field, key, &if fill { substitute(text) } else { text.clone() });
            texts.iter().map(pair).collect()
        };
        let replica = |name: &str, count: &IntOrString| {
            let parsed = match count {
                IntOrString::Int(count) => Some(i64::from(*count)),
                IntOrString::String(text) => text.parse().ok(),
            };
            let count = parsed.ok_or_else(|| Error::Field {
                field: format!("kustomize.replicas[{name}].count"),
                reason: "must be a whole number".to_string(),
            })?;
            Ok(Replica { name: name.to_string(), count })
        };
        Ok(Overrides {
            name_prefix: source.name_prefix.clone(),
            name_suffix: source.name_suffix.clone(),
            namespace: source.namespace.clone(),
            images: source.images.iter().map(|image| substitute(image)).collect(),
            replicas: source.replicas.iter().map(|r| replica(&r.name, &r.count)).collect::<Result<_>>()?,
            labels: filled("commonLabels", &source.common_labels, true)?,
            force_labels: source.force_common_labels,
            label_without_selector: source.label_without_selector,
            label_include_templates: source.label_include_templates,
            annotations: filled("commonAnnotations", &source.common_annotations, source.common_annotations_envsubst)?,
            force_annotations: source.force_common_annotations,
            patches: source.patches.iter().map(patch).collect(),
            components: source.components.clone(),
            ignore_missing_components: source.ignore_missing_components,
        })
    }

    /// Whether nothing is said: a kustomization without anything stays an error then.
    pub(crate) fn is_empty(&self) -> bool {
        let texts = [&self.name_prefix, &self.name_suffix, &self.namespace];
        texts.iter().all(|text| text.is_empty())
            && self.images.is_empty()
            && self.replicas.is_empty()
            && self.labels.is_empty()
            && self.annotations.is_empty()
            && self.patches.is_empty()
            && self.components.is_empty()
    }

    /// Edits the kustomization that is built.
    pub(crate) fn apply(&self, level: &mut Level<'_>) -> Result<()> {
        let k = &mut level.kustomization;
        for (field, value) in [
            (&mut k.name_prefix, &self.name_prefix),
            (&mut k.name_suffix, &self.name_suffix),
            (&mut k.namespace, &self.namespace),
        ] {
            if !value.is_empty() {
                field.clone_from(value);
            }
        }
        self.set_images(k)?;
        self.set_replicas(k);
        self.add_labels(k)?;
        add(&mut k.common_annotations, &self.annotations, self.force_annotations, "annotation")?;
        k.patches.extend(self.patches.iter().cloned());
        let components = components::resolve(&self.components, self.ignore_missing_components, &level.loader)?;
        for component in components {
            if !level.kustomization.components.contains(&component) {
                level.kustomization.components.push(component);
            }
        }
        Ok(())
    }

    /// Sets images by name; the list is sorted by name then.
    fn set_images(&self, k: &mut Kustomization) -> Result<()> {
        if self.images.is_empty() {
            return Ok(());
        }
        let mut images: BTreeMap<String, Image> = BTreeMap::new();
        for text in &self.images {
            let image = image(text)?;
            images.insert(image.name.clone(), image);
        }
        for old in &k.images {
            let Some(image) = images.get_mut(&old.name) else {
                images.insert(old.name.clone(), old.clone());
                continue;
            };
            let parts = [
                (&mut image.new_name, &old.new_name),
                (&mut image.new_tag, &old.new_tag),
                (&mut image.digest, &old.digest),
            ];
            for (new, old) in parts {
                if new == KEEP {
                    new.clone_from(old);
                }
            }
        }
        for image in images.values_mut() {
            for part in [&mut image.new_name, &mut image.new_tag, &mut image.digest] {
                if part == KEEP {
                    part.clear();
                }
            }
        }
        k.images = images.into_values().collect();
        Ok(())
    }

    /// Sets replica counts by name; the list is sorted by name then.
    fn set_replicas(&self, k: &mut Kustomization) {
        if self.replicas.is_empty() {
            return;
        }
        let mut replicas: BTreeMap<String, Replica> = BTreeMap::new();
        for replica in k.replicas.iter().rev().chain(&self.replicas) {
            replicas.insert(replica.name.clone(), replica.clone());
        }
        k.replicas = replicas.into_values().collect();
    }

    fn add_labels(&self, k: &mut Kustomization) -> Result<()> {
        if self.labels.is_empty() {
            return Ok(());
        }
        if !self.label_without_selector {
            if self.label_include_templates {
                return Err(Error::Field {
                    field: "kustomize.labelIncludeTemplates".to_string(),
                    reason: "needs kustomize.labelWithoutSelector".to_string(),
                });
            }
            return add(&mut k.common_labels, &self.labels, self.force_labels, "label");
        }
        let alike =
            |label: &&mut Label| !label.include_selectors && label.include_templates == self.label_include_templates;
        if let Some(label) = k.labels.iter_mut().find(alike) {
            return add(&mut label.pairs, &self.labels, self.force_labels, "label");
        }
        k.labels.push(Label {
            pairs: self.labels.clone(),
            include_templates: self.label_include_templates,
            ..Label::default()
        });
        Ok(())
    }
}

/// A label or annotation as `kustomize edit add` reads `KEY:VALUE`: quotes around the value are not part of it.
fn pair(field: &str, key: &str, value: &str) -> Result<(String, String)> {
    if key.starts_with('-') {
        let reason = format!("{key:?} must not begin with a hyphen");
        return Err(Error::Field { field: format!("kustomize.{field}"), reason });
    }
    let whole = format!("{key}:{value}");
    let (key, value) = whole.split_once(':').unwrap_or((key, value));
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    Ok((key.to_string(), bare.unwrap_or(value).to_string()))
}

/// Adds entries; one that is there already is only replaced by force.
fn add(map: &mut BTreeMap<String, String>, more: &BTreeMap<String, String>, force: bool, what: &str) -> Result<()> {
    for (key, value) in more {
        if !force && map.contains_key(key) {
            let switch = if what == "label" { "forceCommonLabels" } else { "forceCommonAnnotations" };
            return Err(Error::Field {
                field: format!("kustomize.common{}s", if what == "label" { "Label" } else { "Annotation" }),
                reason: format!("{what} {key} already in kustomization file; kustomize.{switch} overrides it"),
            });
        }
        map.insert(key.clone(), value.clone());
    }
    Ok(())
}

/// `name:tag`, `name@digest`, `name=new`, `name=new:tag@digest`; `*` keeps a part.
fn image(text: &str) -> Result<Image> {
    let (key, value) = text.split_once('=').map_or(("", text), |(key, value)| (key, value));
    let (name, tag, digest) = split(value);
    if name == text {
        return Err(Error::Field {
            field: "kustomize.images".to_string(),
            reason: format!("{text:?} must be name:tag, name@digest, name=new or name=new:tag"),
        });
    }
    let (name, new_name) = if key.is_empty() { (name, "") } else { (key, name) };
    Ok(Image {
        name: name.to_string(),
        new_name: new_name.to_string(),
        new_tag: tag.to_string(),
        digest: digest.to_string(),
        tag_suffix: String::new(),
    })
}

fn patch(patch: &KustomizePatch) -> Patch {
    let target = patch.target.as_ref().map(|target| {
        let (id, gvk) = (&target.id, &target.id.gvk);
        let mut selector = Selector::new(&gvk.group, &gvk.version, &gvk.kind, &id.name, &id.namespace);
        selector.annotation_selector.clone_from(&target.annotation_selector);
        selector.label_selector.clone_from(&target.label_selector);
        selector
    });
    let option = |name: &str| patch.options.get(name).copied().unwrap_or_default();
    Patch {
        path: patch.path.clone(),
        patch: patch.patch.clone(),
        target,
        options: PatchOptions {
            allow_name_change: option("allowNameChange"),
            allow_kind_change: option("allowKindChange"),
        },
    }
}

#[cfg(test)]
mod tests;
