//! [`Kustomization`]: the file, field for field.

mod fix;
mod generator;
mod helm;
mod patch;
mod replacement;
mod var;

use std::collections::BTreeMap;

use bowline_base_value::Value;
use bowline_base_value::yaml::from_yaml;

use crate::decode::{Fields, Mode};
use crate::error::{Error, Result};
use crate::fieldspec::FieldSpec;
use crate::gvk::Gvk;

pub use generator::{GeneratorArgs, GeneratorOptions};
pub use helm::{HelmChart, HelmGlobals};
pub use patch::{Patch, PatchOptions, Selector};
pub(crate) use replacement::{FieldOptions, Replacement, ReplacementEntry, Source, Target};
pub(crate) use var::Var;

/// The kind of a kustomization that is not a component.
pub(crate) const KUSTOMIZATION: &str = "Kustomization";
/// The kind of a component.
pub(crate) const COMPONENT: &str = "Component";

/// A kustomization file. Deprecated fields are read into the fields that replaced them; those that still work in their own
/// way (`commonLabels`, `patchesStrategicMerge`, `patchesJson6902`, `vars`) are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kustomization {
    /// `kustomize.config.k8s.io/v1beta1`, or `v1alpha1` for a component.
    pub api_version: String,
    /// `Kustomization` or `Component`.
    pub kind: String,
    /// `openapi`: `path` or `version`.
    pub openapi: BTreeMap<String, String>,
    /// Text put before names.
    pub name_prefix: String,
    /// Text put after names.
    pub name_suffix: String,
    /// The namespace of everything that has one.
    pub namespace: String,
    /// Labels that also go into selectors and templates.
    pub common_labels: BTreeMap<String, String>,
    /// Labels with switches.
    pub labels: Vec<Label>,
    /// Annotations that also go into templates.
    pub common_annotations: BTreeMap<String, String>,
    /// Strategic merge patches, each a path or the patch itself.
    pub patches_strategic_merge: Vec<String>,
    /// JSON patches with a target.
    pub patches_json6902: Vec<Patch>,
    /// Patches of either form.
    pub patches: Vec<Patch>,
    /// Image names, tags and digests to set.
    pub images: Vec<Image>,
    /// Values copied from one place to others.
    pub(crate) replacements: Vec<ReplacementEntry>,
    /// Replica counts to set.
    pub replicas: Vec<Replica>,
    /// Variables.
    pub(crate) vars: Vec<Var>,
    /// The order of the result.
    pub(crate) sort_options: Option<SortOptions>,
    /// Files, directories and URLs.
    pub resources: Vec<String>,
    /// Directories and URLs of components.
    pub components: Vec<String>,
    /// Files with OpenAPI definitions that tell where names and labels are.
    pub crds: Vec<String>,
    /// ConfigMaps to make.
    pub config_map_generator: Vec<GeneratorArgs>,
    /// Secrets to make.
    pub secret_generator: Vec<GeneratorArgs>,
    /// Where charts are.
    pub helm_globals: Option<HelmGlobals>,
    /// Charts to inflate.
    pub helm_charts: Vec<HelmChart>,
    /// Options of all generators.
    pub generator_options: Option<GeneratorOptions>,
    /// Files with field specs.
    pub configurations: Vec<String>,
    /// Generator plugins: paths, or their configuration.
    pub generators: Vec<String>,
    /// Transformer plugins: paths, or their configuration.
    pub transformers: Vec<String>,
    /// Validator plugins: paths, or their configuration.
    pub validators: Vec<String>,
    /// `originAnnotations`, `transformerAnnotations`, `managedByLabel`.
    pub build_metadata: Vec<String>,
    /// The warnings about deprecated fields that `kustomize` prints for this file.
    pub warnings: Vec<&'static str>,
    /// Whether the file says nothing but what it is.
    pub(crate) is_empty: bool,
}

/// An entry of `labels`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Label {
    /// The labels.
    pub pairs: BTreeMap<String, String>,
    /// Whether they go into selectors (and templates).
    pub include_selectors: bool,
    /// Whether they go into templates.
    pub include_templates: bool,
    pub(crate) fields: Vec<FieldSpec>,
}

/// An entry of `images`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// The image's name, a regular expression.
    pub name: String,
    /// The name to set; empty to keep it.
    pub new_name: String,
    /// Text put after the tag.
    pub tag_suffix: String,
    /// The tag to set.
    pub new_tag: String,
    /// The digest to set.
    pub digest: String,
}

/// An entry of `replicas`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replica {
    /// The name of the workload.
    pub name: String,
    /// How many replicas.
    pub count: i64,
}

/// `sortOptions`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SortOptions {
    /// `fifo` or `legacy`.
    pub(crate) order: String,
    /// Kinds that come first and last in the legacy order.
    pub(crate) legacy: Option<(Vec<String>, Vec<String>)>,
}

// === impl Kustomization ===

impl Kustomization {
    /// Reads a kustomization file and fixes deprecated fields up.
    pub fn parse(text: &str) -> Result<Kustomization> {
        let value = from_yaml(text).map_err(|error| Error::Malformed {
            path: "invalid Kustomization".to_string(),
            reason: error.to_string(),
        })?;
        let mut kustomization = Kustomization::from_value(&value)?;
        let says = |(key, value): (&bowline_base_value::Str, &Value)| {
            !value.is_null() && !["apiVersion", "kind"].iter().any(|k| key.eq_ignore_ascii_case(k))
        };
        kustomization.is_empty = !value.as_object().is_some_and(|map| map.iter().any(says));
        kustomization.check_kind()?;
        Ok(kustomization)
    }

    /// A file that says nothing is an error, unless an Application says something over it.
    pub(crate) fn check_content(&self) -> Result<()> {
        match self.is_empty {
            false => Ok(()),
            true => Err(Error::Malformed {
                path: "kustomization.yaml".to_string(),
                reason: "kustomization.yaml is empty".to_string(),
            }),
        }
    }

    fn from_value(value: &Value) -> Result<Kustomization> {
        let mut fields = Fields::new(value, "", Mode::Strict)?;
        let f = &mut fields;
        let mut k = Kustomization {
            api_version: f.text("apiVersion")?,
            kind: f.text("kind")?,
            openapi: f.text_map("openapi")?,
            name_prefix: f.text("namePrefix")?,
            name_suffix: f.text("nameSuffix")?,
            namespace: f.text("namespace")?,
            common_labels: f.text_map("commonLabels")?,
            labels: f.list("labels", Label::read)?,
            common_annotations: f.text_map("commonAnnotations")?,
            patches_strategic_merge: f.texts("patchesStrategicMerge")?,
            patches_json6902: f.list("patchesJson6902", Patch::read)?,
            patches: f.list("patches", Patch::read)?,
            images: f.list("images", Image::read)?,
            replacements: f.list("replacements", ReplacementEntry::read)?,
            replicas: f.list("replicas", Replica::read)?,
            vars: f.list("vars", Var::read)?,
            sort_options: f.object("sortOptions", SortOptions::read)?,
            resources: f.texts("resources")?,
            components: f.texts("components")?,
            crds: f.texts("crds")?,
            config_map_generator: f.list("configMapGenerator", GeneratorArgs::read_config_map)?,
            secret_generator: f.list("secretGenerator", GeneratorArgs::read_secret)?,
            helm_globals: f.object("helmGlobals", HelmGlobals::read)?,
            helm_charts: f.list("helmCharts", HelmChart::read)?,
            generator_options: f.object("generatorOptions", GeneratorOptions::read)?,
            configurations: f.texts("configurations")?,
            generators: f.texts("generators")?,
            transformers: f.texts("transformers")?,
            validators: f.texts("validators")?,
            build_metadata: f.texts("buildMetadata")?,
            warnings: Vec::new(),
            is_empty: false,
        };
        // Its content says nothing to a build, but it must be what it is.
        f.object("metadata", |value, path, mode| {
            let mut metadata = Fields::new(value, path, mode)?;
            metadata.text("name")?;
            metadata.text("namespace")?;
            metadata.text_map("labels")?;
            metadata.text_map("annotations")?;
            metadata.finish()
        })?;
        k.fix_deprecated(f)?;
        fields.finish()?;
        Ok(k)
    }

    fn check_kind(&self) -> Result<()> {
        if self.kind != KUSTOMIZATION && self.kind != COMPONENT {
            let reason = format!("should be {KUSTOMIZATION} or {COMPONENT}");
            return Err(Error::Field { field: "kind".to_string(), reason });
        }
        let version = if self.kind == COMPONENT { "v1alpha1" } else { "v1beta1" };
        let wanted = format!("kustomize.config.k8s.io/{version}");
        if self.api_version != wanted {
            let reason = format!("for {} should be {wanted}", self.kind);
            return Err(Error::Field { field: "apiVersion".to_string(), reason });
        }
        Ok(())
    }
}

// === impl Label ===

impl Label {
    fn read(value: &Value, path: &str, mode: Mode) -> Result<Label> {
        let mut f = Fields::new(value, path, mode)?;
        let label = Label {
            pairs: f.text_map("pairs")?,
            include_selectors: f.bool("includeSelectors")?,
            include_templates: f.bool("includeTemplates")?,
            fields: f.list("fields", read_field_spec)?,
        };
        f.finish()?;
        Ok(label)
    }
}

/// A field spec.
pub(crate) fn read_field_spec(value: &Value, path: &str, mode: Mode) -> Result<FieldSpec> {
    let mut f = Fields::new(value, path, mode)?;
    let gvk = read_gvk(&mut f)?;
    let spec = FieldSpec::new(gvk, &f.text("path")?, f.bool("create")?);
    f.finish()?;
    Ok(spec)
}

/// `group`, `version` and `kind`.
pub(crate) fn read_gvk(f: &mut Fields<'_>) -> Result<Gvk> {
    Ok(Gvk::new(f.text("group")?, f.text("version")?, f.text("kind")?))
}

// === impl Image ===

impl Image {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<Image> {
        let mut f = Fields::new(value, path, mode)?;
        let image = Image {
            name: f.text("name")?,
            new_name: f.text("newName")?,
            tag_suffix: f.text("tagSuffix")?,
            new_tag: f.text("newTag")?,
            digest: f.text("digest")?,
        };
        f.finish()?;
        Ok(image)
    }
}

// === impl Replica ===

impl Replica {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<Replica> {
        let mut f = Fields::new(value, path, mode)?;
        let replica = Replica { name: f.text("name")?, count: f.int("count")? };
        f.finish()?;
        Ok(replica)
    }
}

// === impl SortOptions ===

impl SortOptions {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<SortOptions> {
        let mut f = Fields::new(value, path, mode)?;
        let order = f.text("order")?;
        let legacy = f.object("legacySortOptions", |value, path, mode| {
            let mut f = Fields::new(value, path, mode)?;
            let lists = (f.texts("orderFirst")?, f.texts("orderLast")?);
            f.finish()?;
            Ok(lists)
        })?;
        f.finish()?;
        Ok(SortOptions { order, legacy })
    }
}
