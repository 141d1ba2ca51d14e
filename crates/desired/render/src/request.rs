//! [`render`].

use std::collections::BTreeMap;

use bowline_base_tree::{EntryKind, Tree, TreeError, normalize};
use bowline_base_value::Value;
use bowline_core_crd::{ApplicationSource, ApplicationSourceDirectory, ApplicationSourceJsonnet};
use bowline_core_types::Object;
use bowline_desired_plain::{Directory, File, PlainError};

use crate::overrides::overridden;
use crate::{Environment, Outside, Tool, detect};

/// What is to be rendered.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The source, as the application has it.
    pub source: &'a ApplicationSource,
    /// The application's instance name: which overrides are its own.
    pub app: &'a str,
    /// Namespace of the destination.
    pub namespace: &'a str,
    /// Project of the application.
    pub project: &'a str,
    /// The commit (or chart version) that the tree is of.
    pub revision: &'a str,
    /// Version of the destination cluster, such as `v1.36.1`; empty where it is not known.
    pub kube_version: &'a str,
    /// API versions that the destination serves.
    pub api_versions: &'a [String],
    /// Trees that other sources of the application gave a name (`ref`).
    pub refs: &'a BTreeMap<String, Tree>,
    /// What was fetched from elsewhere. Where something is missing the render fails, and [`Outside::needs`] names it.
    pub outside: &'a Outside,
}

/// What the installation has switched on, and its limits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Features {
    /// Helm charts are rendered as such.
    pub helm: bool,
    /// Kustomizations are rendered as such.
    pub kustomize: bool,
    /// Jsonnet files are evaluated; else they are passed over.
    pub jsonnet: bool,
    /// Bytes that the files of one directory may have together.
    pub max_directory_bytes: u64,
    /// Look into directories whose name starts with a dot.
    pub hidden_directories: bool,
    /// Options for every kustomization.
    pub kustomize_build_options: String,
    /// Schemes of URLs that value files may have.
    pub value_file_schemes: Vec<String>,
    /// Versions of Kustomize that sources may name, with their own build options.
    pub kustomize_versions: BTreeMap<String, String>,
}

/// A renderer for charts or kustomizations: the seam where `desired/helm` and `desired/kustomize` are plugged in.
pub trait Engine: Send + Sync {
    /// Renders the source's path of `tree`.
    fn render(
        &self,
        tree: &Tree,
        source: &ApplicationSource,
        request: &Request<'_>,
        features: &Features,
        environment: &Environment,
    ) -> Result<Made, String>;
}

/// What an engine made.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// The objects in order.
    pub objects: Vec<Object>,
    /// What people should know.
    pub warnings: Vec<String>,
}

/// Evaluates Jsonnet.
pub trait Jsonnet: Send + Sync {
    /// The value of one file: an object, or a list of objects.
    fn evaluate(
        &self,
        tree: &Tree,
        path: &str,
        options: &ApplicationSourceJsonnet,
        environment: &Environment,
    ) -> Result<Value, String>;
}

/// The renderers that there are.
#[derive(Clone, Copy, Default)]
pub struct Engines<'a> {
    /// Helm.
    pub helm: Option<&'a dyn Engine>,
    /// Kustomize.
    pub kustomize: Option<&'a dyn Engine>,
    /// Jsonnet.
    pub jsonnet: Option<&'a dyn Jsonnet>,
}

/// What came of a render.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The objects, as the renderer made them.
    pub objects: Vec<Object>,
    /// The renderer.
    pub tool: Tool,
    /// What people should know.
    pub warnings: Vec<String>,
    /// Whether the commit's own name is in it.
    pub used_revision: bool,
}

/// Why a source cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The source names more than one renderer.
    #[error("multiple application sources defined: {names}")]
    SeveralTools {
        /// Their names.
        names: String,
    },
    /// The source's path leads to no directory of the tree. In Argo CD's words.
    #[error("{path}: app path {what}")]
    Path {
        /// The path, as the source has it.
        path: String,
        /// `does not exist`, `is not a directory`, `is absolute`, `outside root`.
        what: &'static str,
    },
    /// An override file cannot be used.
    #[error("{path}: {reason}")]
    Override {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The renderer is not there.
    #[error("{tool} sources are not supported yet: {what}")]
    NotBuilt {
        /// The renderer.
        tool: &'static str,
        /// The source.
        what: String,
    },
    /// The renderer failed.
    #[error("{reason}")]
    Engine {
        /// What it said.
        reason: String,
    },
    /// Plain manifests are not what they should be.
    #[error(transparent)]
    Plain(#[from] PlainError),
    /// The tree cannot be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// Renders a source.
pub fn render(
    request: &Request<'_>,
    tree: &Tree,
    features: &Features,
    engines: Engines<'_>,
) -> Result<Rendered, RenderError> {
    check_path(request.source, tree)?;
    let mut source = request.source.clone();
    if is_registry_chart(&source) {
        // The tree is the chart, whatever path stands there.
        source.path.clear();
    }
    let source = &overridden(&source, tree, request.app)?;
    let environment = Environment::new(
        request.app,
        request.namespace,
        request.project,
        request.revision,
        [&source.repo_url, &source.path, &source.target_revision],
    );
    let tool = detect(source, tree, features)?;
    let what = || if source.is_helm_chart() { source.chart.clone() } else { source.path.clone() };
    let with = |engine: Option<&dyn Engine>, tool: &'static str| match engine {
        None => Err(RenderError::NotBuilt { tool, what: what() }),
        Some(engine) => engine
            .render(tree, source, request, features, &environment)
            .map_err(|reason| RenderError::Engine { reason }),
    };
    let made = match tool {
        Tool::Helm => with(engines.helm, "Helm")?,
        Tool::Kustomize => with(engines.kustomize, "Kustomize")?,
        Tool::Plugin | Tool::Other(_) => return Err(RenderError::NotBuilt { tool: "plugin", what: what() }),
        Tool::Directory => directory(source, tree, features, engines.jsonnet, &environment)?,
    };
    let Made { objects, warnings } = made;
    Ok(Rendered { objects, tool, warnings, used_revision: environment.used_revision() })
}

/// Whether the tree of a source is a chart from a repository; an artifact has paths, whether a chart is named or not.
fn is_registry_chart(source: &ApplicationSource) -> bool {
    source.is_helm_chart() && !source.is_oci()
}

/// Whether the source's path is a directory of the tree. A chart from a Helm repository has none.
fn check_path(source: &ApplicationSource, tree: &Tree) -> Result<(), RenderError> {
    let path = &source.path;
    let error = |what| Err(RenderError::Path { path: path.clone(), what });
    if is_registry_chart(source) {
        return Ok(());
    }
    if path.starts_with('/') {
        return error("is absolute");
    }
    if normalize(path).is_err() {
        return error("outside root");
    }
    match tree.find(path)? {
        None => match submodule(path, tree)? {
            Some(path) => Err(PlainError::Submodule { path }.into()),
            None => error("does not exist"),
        },
        Some(found) if found.kind == EntryKind::Submodule => Err(PlainError::Submodule { path: path.clone() }.into()),
        Some(found) if found.kind != EntryKind::Directory => error("is not a directory"),
        Some(_) => Ok(()),
    }
}

/// The submodule that a path leads into, where it leads into one.
fn submodule(path: &str, tree: &Tree) -> Result<Option<String>, TreeError> {
    let path = normalize(path)?;
    for (end, _) in path.match_indices('/') {
        match tree.find(&path[..end])? {
            Some(found) if found.kind == EntryKind::Submodule => return Ok(Some(found.path)),
            Some(_) => {}
            None => break,
        }
    }
    Ok(None)
}

fn directory(
    source: &ApplicationSource,
    tree: &Tree,
    features: &Features,
    jsonnet: Option<&dyn Jsonnet>,
    environment: &Environment,
) -> Result<Made, RenderError> {
    let none = ApplicationSourceDirectory::default();
    let options = source.directory.as_deref().unwrap_or(&none);
    let directory = Directory {
        recurse: options.recurse,
        include: options.include.clone(),
        exclude: options.exclude.clone(),
        any_extension: options.disable_extension_filter,
        max_bytes: features.max_directory_bytes,
    };
    let (mut files, warnings) = bowline_desired_plain::files(tree, &source.path, &directory)?;
    if !features.jsonnet {
        files.retain(|file| !file.path.ends_with(".jsonnet"));
    }
    let mut evaluate = |file: &File| match jsonnet {
        None => Err("Jsonnet sources are not supported yet".to_string()),
        Some(jsonnet) => jsonnet.evaluate(tree, &file.path, &options.jsonnet, environment),
    };
    let manifests = bowline_desired_plain::manifests(&files, &mut evaluate)?;
    let objects = manifests.into_iter().map(|manifest| manifest.object).collect();
    Ok(Made { objects, warnings })
}

// === impl Features ===

impl Default for Features {
    fn default() -> Features {
        Features {
            helm: true,
            kustomize: true,
            jsonnet: true,
            max_directory_bytes: 10_000_000,
            hidden_directories: false,
            kustomize_build_options: String::new(),
            value_file_schemes: ["https", "http"].map(String::from).to_vec(),
            kustomize_versions: BTreeMap::new(),
        }
    }
}
