//! [`Kustomize`]: the renderer, and one build of it.

use std::sync::Arc;

use bowline_base_tree::Tree;
use bowline_base_value::Value;
use bowline_base_value::yaml::to_yaml;

use crate::accumulate::{Accumulator, Level};
use crate::config::TransformerConfig;
use crate::error::{Context, Error, Result};
use crate::kustomization::{Kustomization, SortOptions};
use crate::loader::Loader;
use crate::memo::Memo;
use crate::overrides::Overrides;
use crate::ports::{HelmInflator, Remote};
use crate::resource::{Document, KeepMetadata, Resource};
use crate::schema::{Graph, Schema};
use crate::transform;
use crate::work::Work;

/// Bytes of manifests whose parsed form is kept between builds.
const KEPT_MANIFESTS: usize = 64 << 20;
/// Bytes of kustomization files whose parsed form is kept.
const KEPT_KUSTOMIZATIONS: usize = 8 << 20;

/// The renderer: what all builds share. Make one and keep it: parsed files are kept under the ids of their contents.
#[derive(Debug)]
pub struct Kustomize {
    pub(crate) config: Arc<TransformerConfig>,
    kubernetes: Arc<Graph>,
    pub(crate) manifests: Memo<Vec<Arc<Document>>>,
    pub(crate) kustomizations: Memo<Kustomization>,
}

/// How a build is done; the default is that of `kustomize build` without flags.
#[derive(Clone, Copy, Default)]
pub struct Options<'p> {
    /// Whether files may be anywhere in the tree, or only in or below the kustomization that names them.
    pub load_restrictor: LoadRestrictor,
    /// The order of the result where the kustomization has no `sortOptions`.
    pub reorder: Reorder,
    /// Whether the label `app.kubernetes.io/managed-by` is set.
    pub managed_by_label: bool,
    /// What stands before paths of the tree in messages: `/` where the tree is the machine's file system.
    pub base: &'p str,
    /// Where remote bases and files come from; without it they are refused.
    pub remote: Option<&'p dyn Remote>,
    /// What inflates charts; without it they are refused, as without `--enable-helm`.
    pub helm: Option<HelmOptions<'p>>,
    /// What an Application says over the kustomization.
    pub overrides: Option<&'p Overrides>,
}

/// `--enable-helm` and what belongs to it.
#[derive(Clone, Copy)]
pub struct HelmOptions<'p> {
    /// The Helm renderer.
    pub inflator: &'p dyn HelmInflator,
    /// `--helm-kube-version`; empty for the renderer's own.
    pub kube_version: &'p str,
    /// `--helm-api-versions`.
    pub api_versions: &'p [String],
}

/// `--load-restrictor`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadRestrictor {
    /// Files must be in or below the directory of the kustomization.
    #[default]
    RootOnly,
    /// Files can be anywhere in the source.
    None,
}

/// `--reorder`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reorder {
    /// What the kustomization says, else the legacy order.
    #[default]
    Unspecified,
    /// Namespaces and the like first, webhooks last.
    Legacy,
    /// The order in which resources were named.
    None,
}

/// What a build gave.
#[derive(Clone, Debug)]
pub struct Build {
    /// The objects in order.
    pub resources: Vec<Value>,
    /// What `kustomize` prints beside its result, a line each.
    pub warnings: Vec<String>,
    /// The namespace of each object; none for those that have none for certain.
    pub(crate) namespaces: Vec<Option<String>>,
}

/// The state of one build.
pub(crate) struct Session<'b> {
    pub(crate) engine: &'b Kustomize,
    pub(crate) options: Options<'b>,
    pub(crate) schema: Schema,
    pub(crate) warnings: Vec<String>,
    pub(crate) work: Work,
}

// === impl Kustomize ===

impl Default for Kustomize {
    fn default() -> Kustomize {
        Kustomize::new()
    }
}

impl Kustomize {
    /// A renderer that knows nothing yet.
    pub fn new() -> Kustomize {
        Kustomize {
            config: Arc::new(TransformerConfig::builtin()),
            kubernetes: Arc::new(Graph::kubernetes()),
            manifests: Memo::new(KEPT_MANIFESTS),
            kustomizations: Memo::new(KEPT_KUSTOMIZATIONS),
        }
    }

    /// Builds the kustomization in the directory `path` of a tree; the path may also be a Git URL that `options.remote`
    /// resolves.
    pub fn build(&self, tree: &Tree, path: &str, options: Options<'_>) -> Result<Build> {
        self.build_within(tree, path, options, Work::default())
    }

    fn build_within(&self, tree: &Tree, path: &str, options: Options<'_>, work: Work) -> Result<Build> {
        let mut session =
            Session { engine: self, options, schema: Schema::new(self.kubernetes.clone()), warnings: Vec::new(), work };
        let loader = Loader::new(tree, path, &options)?;
        session.run(loader)
    }
}

// === impl Build ===

impl Build {
    /// The text that `kustomize build` prints.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        for (i, resource) in self.resources.iter().enumerate() {
            if i > 0 {
                text.push_str("---\n");
            }
            text.push_str(&to_yaml(resource));
        }
        text
    }

    /// The images of all containers, sorted: what the status of an Application shows.
    pub fn images(&self) -> Vec<String> {
        let mut images = Vec::new();
        self.resources.iter().for_each(|resource| collect_images(resource, &mut images));
        images.sort();
        images
    }
}

fn collect_images(value: &Value, images: &mut Vec<String>) {
    for (key, field) in value.as_object().into_iter().flat_map(|map| map.iter()) {
        let containers = matches!(key.as_ref(), "containers" | "initContainers");
        match field {
            Value::Array(items) if containers => {
                images.extend(items.iter().filter_map(|item| item.str_at(&["image"])).map(String::from));
            }
            Value::Array(items) => items.iter().for_each(|item| collect_images(item, images)),
            other => collect_images(other, images),
        }
    }
}

// === impl Session ===

impl Session<'_> {
    fn run(&mut self, loader: Loader<'_>) -> Result<Build> {
        let edited = self.options.overrides.is_some_and(|overrides| !overrides.is_empty());
        let mut level = Level::load(self, loader, edited)?;
        if let Some(overrides) = self.options.overrides {
            overrides.apply(&mut level)?;
        }
        level.set_schema(self)?;
        if !level.kustomization.build_metadata.is_empty() {
            level.origin = Some(Default::default());
        }
        let mut accumulator = Accumulator::default();
        level.accumulate(self, &mut accumulator)?;
        let config = accumulator.config.clone().unwrap_or_else(|| self.engine.config.clone());
        let resources = &mut accumulator.resources;
        transform::hash::run(resources, &self.schema)?;
        transform::name_reference::run(resources, &config, &self.schema)?;
        transform::vars::run(resources, &config, &accumulator.vars, &mut self.warnings, &self.work)?;
        resources.drop_empty();
        for resource in &resources.list {
            crate::factory::check(&resource.node).map_err(Error::Object)?;
            resource.weigh(&self.work)?;
        }
        resources.list.retain(|resource| {
            resource.annotation("config.kubernetes.io/local-config").is_none_or(|value| value == "false")
        });
        self.sort(resources, level.kustomization.sort_options.as_ref())?;
        let says = |option: &str| level.kustomization.build_metadata.iter().any(|o| o == option);
        if self.options.managed_by_label || says("managedByLabel") {
            transform::labels::managed_by(resources)?;
        }
        let keep = KeepMetadata { origin: says("originAnnotations"), transformations: says("transformerAnnotations") };
        let list = std::mem::take(&mut resources.list);
        let namespace = |resource: &Resource| {
            let id = resource.id(&self.schema);
            (!id.cluster_scoped).then(|| id.effective_namespace().to_string())
        };
        let namespaces = list.iter().map(namespace).collect();
        let resources = list.into_iter().map(|resource| resource.into_value(keep)).collect::<Result<_>>()?;
        Ok(Build { resources, warnings: std::mem::take(&mut self.warnings), namespaces })
    }

    fn sort(&self, resources: &mut crate::resmap::ResMap, options: Option<&SortOptions>) -> Result<()> {
        let legacy = SortOptions { order: "legacy".to_string(), legacy: None };
        match options {
            Some(options) => {
                transform::sort::run(resources, options, &self.schema).within(|| "sortOptions".to_string())
            }
            None if self.options.reorder == Reorder::None => Ok(()),
            None => transform::sort::run(resources, &legacy, &self.schema),
        }
    }
}

#[cfg(test)]
mod tests;
