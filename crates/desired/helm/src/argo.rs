//! Charts as Argo CD drives Helm: an application's `spec.source.helm` becomes flags and values, and the output objects.

use std::collections::BTreeMap;

use bowline_base_gotmpl::{Host, Limits};
use bowline_base_tree::{Tree, TreeError, join};
use bowline_base_value::{Value, yaml};

use crate::capabilities::{Capabilities, KubeVersion};
use crate::chart::Chart;
use crate::render::{Helm, Release, RenderError, Rendered};
use crate::template::{name_of_template, valid_release_name};
use crate::values::{self, set};

mod files;

/// One value of `spec.source.helm.parameters`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Path of the value, in the grammar of `--set`.
    pub name: String,
    /// The value.
    pub value: String,
    /// Whether it is text even where it looks like a number.
    pub force_string: bool,
}

/// The options of a source, in the shape of `ApplicationSourceHelm`, with what the application and its cluster add.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Name of the application; the release's name where none is given.
    pub app_name: String,
    /// `releaseName`: may be a template.
    pub release_name: String,
    /// `valueFiles`, the variables of the build environment not yet replaced.
    pub value_files: Vec<String>,
    /// `ignoreMissingValueFiles`.
    pub ignore_missing_value_files: bool,
    /// `values`: YAML text.
    pub values: String,
    /// `valuesObject`: goes before `values`.
    pub values_object: Option<Value>,
    /// `parameters`.
    pub parameters: Vec<Parameter>,
    /// `fileParameters`: (name, path).
    pub file_parameters: Vec<(String, String)>,
    /// `namespace`, or that of the destination.
    pub namespace: String,
    /// `kubeVersion`, or that of the cluster; empty for Helm's default.
    pub kube_version: String,
    /// `apiVersions`, or those of the cluster.
    pub api_versions: Vec<String>,
    /// `skipCrds`.
    pub skip_crds: bool,
    /// `skipTests`.
    pub skip_tests: bool,
    /// `skipSchemaValidation`.
    pub skip_schema_validation: bool,
    /// What a render may use.
    pub limits: Limits,
}

/// What surrounds a source.
pub struct Surroundings<'a> {
    /// The tree that the chart is in.
    pub tree: &'a Tree,
    /// The chart's directory in it.
    pub path: &'a str,
    /// Trees of the application's other sources, by their `ref`.
    pub refs: &'a BTreeMap<String, Tree>,
    /// Replaces `$ARGOCD_APP_NAME` and the like.
    pub substitute: &'a dyn Fn(&str) -> String,
    /// Fetches a value file from a URL whose scheme is allowed; refuses others.
    pub fetch: &'a dyn Fn(&str) -> Result<Vec<u8>, String>,
}

/// Why a source does not render.
#[derive(Debug, thiserror::Error)]
pub enum ArgoError {
    /// A value or parameter file cannot be used.
    #[error("{file}: {reason}")]
    File {
        /// The file, as the source names it.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A file outside of the tree was named.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A parameter, the release's name or the versions cannot be read.
    #[error("{0}")]
    Options(String),
    /// The chart does not render.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A CRD file is not YAML.
    #[error("failed to unmarshal manifest {path}: {reason}")]
    Crd {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

// === impl ArgoError ===

impl ArgoError {
    /// Charts that have to be fetched into `charts/` before it can render.
    pub fn missing_dependencies(&self) -> Option<&[String]> {
        match self {
            ArgoError::Render(RenderError::MissingDependencies(names)) => Some(names),
            _ => None,
        }
    }
}

/// Renders a source: the objects of its chart in Helm's order, CRDs first, hooks last; lists are taken apart.
pub fn render(
    helm: &Helm,
    chart: &Chart,
    options: &Options,
    around: &Surroundings<'_>,
    host: &mut dyn Host,
) -> Result<Vec<Value>, ArgoError> {
    let values = user_values(options, around)?;
    let name = if options.release_name.is_empty() { &options.app_name } else { &options.release_name };
    let name = name_of_template(name, host).map_err(ArgoError::Options)?;
    valid_release_name(&name)
        .map_err(|why| ArgoError::Options(format!("release name check failed: release name {name:?}: {why}")))?;
    let mut release = Release::new(name, options.namespace.as_str());
    release.capabilities = capabilities(options)?;
    release.skip_schema_validation = options.skip_schema_validation;
    release.limits = options.limits;
    let rendered = helm.render(chart, &values, &release, host)?;
    objects(&rendered, !options.skip_crds, !options.skip_tests)
}

fn capabilities(options: &Options) -> Result<Capabilities, ArgoError> {
    let mut capabilities = Capabilities::default();
    if !options.kube_version.is_empty() {
        let parsed = KubeVersion::parse(&options.kube_version).map_err(|error| {
            ArgoError::Options(format!("could not parse {} as a kubernetes version: {error}", options.kube_version))
        })?;
        // Suffixes of vendors are dropped: charts' constraints would take them for pre-releases.
        capabilities.kube_version = KubeVersion { version: parsed.normalized.clone(), ..parsed };
    }
    capabilities.api_versions.extend(options.api_versions.iter().cloned());
    Ok(capabilities)
}

/// The values: files in order, then the inline ones, then parameters, text parameters and file parameters.
pub fn user_values(options: &Options, around: &Surroundings<'_>) -> Result<Value, ArgoError> {
    let mut merged = Value::object();
    for file in files::resolve(options, around)? {
        let text = file.read(around)?;
        let read = values::from_yaml(&text);
        let read = read.map_err(|error| ArgoError::File {
            file: file.name.clone(),
            reason: format!("failed to parse: {error}"),
        })?;
        values::merge(&mut merged, &read);
    }
    match &options.values_object {
        Some(object) => values::merge(&mut merged, &values::floats(object)),
        None if options.values.trim().is_empty() => {}
        None => {
            let read = values::from_yaml(&options.values);
            let read = read.map_err(|reason| ArgoError::File { file: "spec.source.helm.values".into(), reason })?;
            values::merge(&mut merged, &read);
        }
    }
    let Some(map) = merged.as_object_mut() else { return Ok(merged) };
    for force_string in [false, true] {
        let style = if force_string { set::Style::Strings } else { set::Style::Typed };
        for parameter in options.parameters.iter().filter(|parameter| parameter.force_string == force_string) {
            let value = escape_commas(&(around.substitute)(&parameter.value));
            set::set(map, &format!("{}={value}", parameter.name), style)
                .map_err(|error| ArgoError::Options(format!("parameter {}: {error}", parameter.name)))?;
        }
    }
    for (name, path) in &options.file_parameters {
        let path = (around.substitute)(path);
        let file = files::File::at(&path, around)?;
        let text = file.read(around)?;
        let read = |_: &str| Ok(Value::from(String::from_utf8_lossy(&text).into_owned()));
        set::set_files(map, &format!("{name}=file"), &read)
            .map_err(|error| ArgoError::Options(format!("file parameter {name}: {error}")))?;
    }
    Ok(merged)
}

/// Commas of a value belong to it, unless they are escaped already or the value is a list, `{a,b}`.
fn escape_commas(value: &str) -> String {
    if value.starts_with('{') && value.ends_with('}') {
        return value.to_string();
    }
    let mut out = String::with_capacity(value.len());
    let mut before = '\0';
    for c in value.chars() {
        if c == ',' && before != '\\' {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// The objects of a rendered chart. Documents of nothing are left out, and lists are taken apart.
pub fn objects(rendered: &Rendered, crds: bool, tests: bool) -> Result<Vec<Value>, ArgoError> {
    let mut objects = Vec::new();
    if crds {
        for (path, file) in &rendered.crds {
            let documents = yaml::documents(&file.data);
            let documents =
                documents.map_err(|error| ArgoError::Crd { path: path.clone(), reason: error.to_string() })?;
            documents.into_iter().for_each(|document| push(&mut objects, &document));
        }
    }
    for manifest in &rendered.sorted.manifests {
        push(&mut objects, &manifest.object);
    }
    for hook in &rendered.sorted.hooks {
        if tests || !hook.events.iter().any(|event| event == "test") {
            push(&mut objects, &hook.manifest.object);
        }
    }
    Ok(objects)
}

fn push(objects: &mut Vec<Value>, object: &Value) {
    match object {
        Value::Null => {}
        Value::Object(map) if map.is_empty() => {}
        Value::Object(map) => match map.get("items").and_then(Value::as_array) {
            Some(items) => objects.extend(items.iter().filter(|item| !item.is_null()).cloned()),
            None => objects.push(object.clone()),
        },
        other => objects.push(other.clone()),
    }
}

/// A path of a source as the tree knows it: `/` counts from the root, all else from the chart.
fn in_tree(path: &str, around: &Surroundings<'_>) -> Result<String, TreeError> {
    Ok(join(around.path, path)?)
}

#[cfg(test)]
mod tests;
