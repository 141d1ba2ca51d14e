//! Rendering a chart.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use bowline_base_gotmpl::{
    Functions, Host, Limits, Map, MapKind, MissingKey, Numbers, Runtime, Templates, Text, Value, from_base,
    without_no_value,
};
use bowline_base_value::Value as BaseValue;

use crate::capabilities::Capabilities;
use crate::chart::{Chart, File, Template};
use crate::family::{Family, Id, ROOT};
use crate::functions::{VALUES, functions, values_methods};
use crate::manifests::{Sorted, sort};
use crate::values::Table;
use crate::values::coalesce::coalesce;
use crate::{dependencies, objects, schema, trace, versions};

/// The renderer: what all renders share. Make one and keep it.
#[derive(Clone, Debug)]
pub struct Helm {
    functions: Arc<Functions>,
    values_methods: Arc<Functions>,
}

/// What a release is rendered with.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether it is an upgrade and not an install.
    pub is_upgrade: bool,
    /// What the cluster can do.
    pub capabilities: Capabilities,
    /// Whether schemas are passed over.
    pub skip_schema_validation: bool,
    /// What a render may use.
    pub limits: Limits,
}

/// A rendered chart.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Files under `crds/`, with the path that Helm shows.
    pub crds: Vec<(String, File)>,
    /// Manifests and hooks.
    pub sorted: Sorted,
    /// The text of the chart's own `NOTES.txt`.
    pub notes: String,
}

/// Why a chart does not render. Each displays as Helm's text.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Charts that `Chart.yaml` names are not under `charts/`.
    #[error(
        "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch \
         missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}", .0.join(", ")
    )]
    MissingDependencies(Vec<String>),
    /// Values and dependencies do not go together.
    #[error("chart dependencies processing failed: {0}")]
    Dependencies(String),
    /// The values cannot be put together.
    #[error("{0}")]
    Values(String),
    /// The values are not what a schema wants.
    #[error("values don't meet the specifications of the schema(s) in the following chart(s):\n{0}")]
    Schema(String),
    /// The chart does not fit the cluster, or is none that can be installed.
    #[error("{0}")]
    Chart(String),
    /// The cluster's version is not one that the chart supports.
    #[error("{0}")]
    KubeVersion(String),
    /// A template does not parse or failed.
    #[error("{0}")]
    Template(String),
    /// What came out is not YAML of objects. The rendered files are given, for who wants to see them.
    #[error("{reason}")]
    Manifests {
        /// What is wrong, and in which file.
        reason: String,
        /// All rendered files, `(path, text)`.
        files: Vec<(String, String)>,
    },
}

// === impl Release ===

impl Release {
    /// An install with the default capabilities.
    pub fn new(name: impl Into<String>, namespace: impl Into<String>) -> Release {
        Release {
            name: name.into(),
            namespace: namespace.into(),
            is_upgrade: false,
            capabilities: Capabilities::default(),
            skip_schema_validation: false,
            limits: Limits::default(),
        }
    }
}

impl Default for Helm {
    fn default() -> Helm {
        Helm { functions: functions(), values_methods: values_methods() }
    }
}

/// A template that is to be executed, in its chart's context.
struct Executable {
    path: String,
    base_path: String,
    context: Rc<Map>,
}

// === impl Helm ===

impl Helm {
    /// The renderer with Helm 4.2.4's functions.
    pub fn new() -> Helm {
        Helm::default()
    }

    /// Names of all functions that charts can call.
    pub fn function_names(&self) -> Vec<&str> {
        self.functions.names()
    }

    /// Whether a chart can be installed, and has the charts that it declares.
    pub fn check(&self, chart: &Chart) -> Result<(), RenderError> {
        if chart.is_library() {
            return Err(RenderError::Chart("library charts are not installable".to_string()));
        }
        let missing = dependencies::missing(chart);
        if !missing.is_empty() {
            return Err(RenderError::MissingDependencies(missing.into_iter().map(String::from).collect()));
        }
        Ok(())
    }

    /// Renders a chart with the user's values.
    pub fn render(
        &self,
        chart: &Chart,
        values: &BaseValue,
        release: &Release,
        host: &mut dyn Host,
    ) -> Result<Rendered, RenderError> {
        self.check(chart)?;
        let values = match from_base(values, Numbers::Exact) {
            Value::Map(map) => map,
            _ => Map::new(MapKind::Any, std::iter::empty::<(Text, Value)>()),
        };
        let family = dependencies::process(chart, &values).map_err(RenderError::Dependencies)?;
        let values = coalesce(&family, ROOT, &values, false).map_err(RenderError::Values)?;
        if !release.skip_schema_validation {
            schema::validate(&family, ROOT, &values).map_err(RenderError::Schema)?;
        }
        let wanted = &chart.metadata.kube_version;
        let kube = &release.capabilities.kube_version;
        if !wanted.is_empty() && !versions::is_compatible(wanted, &kube.normalized) {
            let text =
                format!("chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {}", kube.version);
            return Err(RenderError::KubeVersion(text));
        }
        let mut files = self.execute(&family, &values, release, host)?;
        let notes = format!("{}/templates/NOTES.txt", chart.name());
        let notes = files
            .iter()
            .find(|(path, _)| *path == notes)
            .map(|(_, text)| text.to_str().into_owned())
            .unwrap_or_default();
        files.retain(|(path, _)| !path.ends_with("NOTES.txt"));
        let sorted = sort(&files).map_err(|reason| RenderError::Manifests { reason, files: shown(files) })?;
        Ok(Rendered { crds: family.crds(ROOT), sorted, notes })
    }

    /// Executes all templates; `(path, text)` in the order of execution.
    fn execute(
        &self,
        family: &Family<'_>,
        values: &Table,
        release: &Release,
        host: &mut dyn Host,
    ) -> Result<Vec<(String, Text)>, RenderError> {
        let mut assembly = Assembly {
            family,
            release: Value::map([
                ("Name", release.name.as_str().into()),
                ("Namespace", release.namespace.as_str().into()),
                ("IsUpgrade", Value::Bool(release.is_upgrade)),
                ("IsInstall", Value::Bool(!release.is_upgrade)),
                ("Revision", Value::int(1)),
                ("Service", "Helm".into()),
            ]),
            capabilities: objects::capabilities(&release.capabilities),
            templates: BTreeMap::new(),
        };
        assembly.add(ROOT, values);
        let sources = assembly.templates.into_values().map(|(executable, text)| (executable, Source::File(text)));
        self.run(sources.collect(), MissingKey::Zero, release.limits, host)
    }

    /// Executes templates that belong to no chart, as Helm's engine executes those of one: `(path, text, context)`.
    /// With `strict`, a missing key is an error.
    pub fn execute_texts(
        &self,
        texts: Vec<(String, Text, Rc<Map>)>,
        strict: bool,
        limits: Limits,
        host: &mut dyn Host,
    ) -> Result<Vec<(String, String)>, RenderError> {
        let sources = texts.into_iter().map(|(path, text, context)| {
            let base_path = format!("{}/templates", path.split("/templates/").next().unwrap_or(&path));
            (Executable { path, base_path, context }, Source::Text(text))
        });
        let missing_key = if strict { MissingKey::Error } else { MissingKey::Zero };
        self.run(sources.collect(), missing_key, limits, host).map(shown)
    }

    fn run(
        &self,
        mut all: Vec<(Executable, Source<'_>)>,
        missing_key: MissingKey,
        limits: Limits,
        host: &mut dyn Host,
    ) -> Result<Vec<(String, Text)>, RenderError> {
        // The deepest first, and among equals the last by name: what is parsed later replaces what was before.
        all.sort_by(|(a, _), (b, _)| {
            let slashes = |path: &str| path.bytes().filter(|b| *b == b'/').count();
            slashes(&b.path).cmp(&slashes(&a.path)).then_with(|| b.path.cmp(&a.path))
        });
        let mut templates = Templates::new();
        for (executable, source) in &all {
            let added = match source {
                Source::File(template) => template
                    .parsed(&executable.path, &self.functions)
                    .map(|trees| trees.iter().for_each(|tree| templates.insert(tree.clone()))),
                Source::Text(text) => templates.add(&executable.path, text, &self.functions),
            };
            added.map_err(|error| RenderError::Template(trace::parse_error(&executable.path, &error)))?;
        }
        let mut rt = Runtime::new("gotpl", Arc::new(templates), self.functions.clone(), missing_key, limits, host)
            .with_map_methods(self.values_methods.clone());
        let mut files = Vec::with_capacity(all.len());
        for (executable, _) in all {
            let path = executable.path;
            if path.rsplit('/').next().unwrap_or(&path).starts_with('_') {
                continue;
            }
            let template = [("Name", Value::from(path.as_str())), ("BasePath", executable.base_path.as_str().into())];
            executable.context.insert("Template", Map::new(VALUES, template).into());
            rt.changed(&executable.context);
            let dot = executable.context.as_kind(VALUES).into();
            let out = rt
                .execute(&Text::from(path.as_str()), &dot)
                .map_err(|error| RenderError::Template(trace::exec_error(&path, &error)))?;
            files.push((path, without_no_value(Text::from_vec(out))));
        }
        Ok(files)
    }
}

/// Files as text to look at.
fn shown(files: Vec<(String, Text)>) -> Vec<(String, String)> {
    files.into_iter().map(|(path, text)| (path, text.to_str().into_owned())).collect()
}

/// What a template is parsed from.
enum Source<'c> {
    File(&'c Template),
    Text(Text),
}

struct Assembly<'f, 'c> {
    family: &'f Family<'c>,
    release: Value,
    capabilities: Value,
    /// By path: of two that Helm puts at one path only the last is executed.
    templates: BTreeMap<String, (Executable, &'c Template)>,
}

// === impl Assembly ===

impl Assembly<'_, '_> {
    /// Makes the context of a chart, with those of its dependencies in it, and notes its templates.
    fn add(&mut self, id: Id, values: &Table) -> Rc<Map> {
        let family = self.family;
        let chart = family.chart(id);
        let subcharts = Map::new(MapKind::Any, std::iter::empty::<(Text, Value)>());
        let context = Map::new(
            MapKind::Any,
            [
                ("Chart", objects::chart(family.head(id), family.is_root(id))),
                ("Files", objects::Files::value(chart.files.clone())),
                ("Release", self.release.clone()),
                ("Capabilities", self.capabilities.clone()),
                // A child's values are the same map as its parent's table of its name.
                ("Values", values.as_kind(VALUES).into()),
                ("Subcharts", subcharts.clone().into()),
            ],
        );
        for child in family.children(id) {
            let name = family.name(*child);
            let below = match values.get(name.as_bytes()) {
                Some(Value::Map(below)) => below,
                _ => Map::new(VALUES, std::iter::empty::<(Text, Value)>()),
            };
            let inner = self.add(*child, &below);
            subcharts.insert(name, inner.into());
        }
        let path = family.path(id);
        for template in chart.templates.iter() {
            let name = &template.file.name;
            if chart.is_library() && !name.rsplit('/').next().unwrap_or(name).starts_with('_') {
                continue;
            }
            let executable = Executable {
                path: bowline_base_sprig::path_clean(&format!("{path}/{name}")),
                base_path: format!("{path}/templates"),
                context: context.clone(),
            };
            self.templates.insert(executable.path.clone(), (executable, template));
        }
        context
    }
}

// === impl Rendered ===

impl Rendered {
    /// What `helm template` prints: manifests in order, then hooks; CRDs first if they are asked for.
    pub fn text(&self, include_crds: bool) -> String {
        let mut out = String::new();
        if include_crds {
            for (path, file) in &self.crds {
                out.push_str(&format!("---\n# Source: {path}\n{}\n", String::from_utf8_lossy(&file.data)));
            }
        }
        for manifest in &self.sorted.manifests {
            out.push_str(&format!("---\n# Source: {}\n{}\n", manifest.path, manifest.content));
        }
        let mut out = format!("{}\n", out.trim());
        for hook in &self.sorted.hooks {
            out.push_str(&format!("---\n# Source: {}\n{}\n", hook.manifest.path, hook.manifest.content));
        }
        out
    }
}
