//! `helmCharts`: charts, inflated by the caller's Helm renderer.

use bowline_base_tree::normalize;
use bowline_base_value::yaml::to_yaml;
use bowline_base_value::{Map, Value};

use crate::build::Session;
use crate::error::{Context, Error, Result};
use crate::factory;
use crate::kustomization::{HelmChart, HelmGlobals};
use crate::loader::Loader;
use crate::node::{read_one, to_value};
use crate::ports::{HelmRequest, RemoteError};
use crate::resource::Resource;

/// The objects of one chart.
pub(super) fn inflate(
    mut chart: HelmChart,
    globals: &HelmGlobals,
    loader: &Loader<'_>,
    session: &Session<'_>,
) -> Result<Vec<Resource>> {
    let Some(helm) = session.options.helm else {
        return Err(Error::Refused("must specify --enable-helm".to_string()));
    };
    let field = |name: &str, reason: String| Error::Field { field: name.to_string(), reason };
    if chart.name.is_empty() {
        return Err(field("name", "chart name cannot be empty".to_string()));
    }
    // What the chart says itself wins over the flags.
    if chart.kube_version.is_empty() {
        chart.kube_version = helm.kube_version.to_string();
    }
    if chart.api_versions.is_empty() {
        chart.api_versions = helm.api_versions.to_vec();
    }
    let home = if globals.chart_home.is_empty() { "charts" } else { &globals.chart_home };
    let home = if chart.version.is_empty() || chart.repo.is_empty() {
        home.to_string()
    } else {
        format!("{home}/{}-{}", chart.name, chart.version)
    };
    let path = format!("{home}/{}", chart.name);
    let directory = loader.subdirectory(&path).map(|(directory, _)| directory);
    if directory.is_none() && chart.repo.is_empty() {
        return Err(Error::Load {
            path,
            reason: format!("no repo specified for pull, no chart found for {:?}", chart.name),
        });
    }
    let mut request = HelmRequest { chart: &chart, tree: loader.tree(), directory, values: Vec::new() };
    let merge = chart.values_merge.as_str();
    if !matches!(merge, "" | "override" | "merge" | "replace") {
        let reason = format!("valuesMerge must be one of [merge override replace], not {merge:?}");
        return Err(field("valuesMerge", reason));
    }
    let inline = chart.values_inline.clone();
    let no_inline = inline.as_object().is_none_or(Map::is_empty);
    request.values.push(if merge == "replace" && !no_inline {
        to_yaml(&inline).into_bytes()
    } else {
        let values = match chart.values_file.as_str() {
            "" => format!("{path}/values.yaml"),
            file => file.to_string(),
        };
        // What is fetched lies in the chart home, as far as the kustomization knows.
        let inside = normalize(&values)
            .ok()
            .zip(normalize(&path).ok())
            .and_then(|(values, home)| values.strip_prefix(&home)?.strip_prefix('/').map(String::from));
        let path = values;
        let file = match inside.filter(|_| request.directory.is_none()) {
            Some(name) => {
                let found = helm.inflator.file(&request, &name).map_err(|e| failed(&chart, e))?;
                found.ok_or_else(|| Error::Load {
                    path: path.clone(),
                    reason: "no such file in the chart".to_string(),
                })?
            }
            None => loader.load(&path)?.bytes().to_vec(),
        };
        if no_inline {
            file
        } else {
            // What is merged was read by kyaml, to which `yes` is a text.
            let base = read_one(&String::from_utf8_lossy(&file)).map_err(Error::from).and_then(|node| match node {
                None => Ok(Value::Null),
                Some(node) => Ok(to_value(&node)?),
            });
            let base = base.within(|| path)?;
            let merged = if merge == "merge" { overlay(inline, &base) } else { overlay(base, &inline) };
            to_yaml(&merged).into_bytes()
        }
    });
    for file in &chart.additional_values_files {
        let content = loader.load(file).within(|| "could not load additionalValuesFile".to_string())?;
        request.values.push(content.bytes().to_vec());
    }
    let text =
        helm.inflator.inflate(&request).map_err(|e| failed(&chart, e)).within(|| format!("chart {}", chart.name))?;
    let nodes = factory::nodes_from_bytes(&format!("chart {}", chart.name), text.as_bytes())?;
    let mut resources: Vec<Resource> = nodes.into_iter().map(Resource::new).collect();
    for resource in &mut resources {
        resource.build.from_helm = true;
    }
    Ok(resources)
}

fn failed(chart: &HelmChart, error: RemoteError) -> Error {
    match error {
        RemoteError::Pending => Error::Pending(format!("chart {}", chart.name)),
        other => Error::Object(other.to_string()),
    }
}

/// One mapping over the other: null removes, lists are replaced.
fn overlay(base: Value, over: &Value) -> Value {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            let mut merged = Map::clone(&base);
            for (key, value) in over.iter() {
                if value.is_null() {
                    merged.remove(key);
                } else {
                    let old = merged.remove(key).unwrap_or_default();
                    merged.insert(key.clone(), overlay(old, value));
                }
            }
            Value::from(merged)
        }
        (base, Value::Null) => base,
        (_, over) => over.clone(),
    }
}
