//! Helm.

use std::cell::RefCell;

use bowline_base_tree::Tree;
use bowline_base_value::Value;
use bowline_core_crd::ApplicationSource;
use bowline_core_types::Object;
use bowline_desired_helm::argo::{Options, Parameter, Surroundings, render};
use bowline_desired_helm::{Chart, Helm, Limits, load, load_unpacked};
use bowline_desired_render::{Engine, Environment, Features, Made, Need, Request, Supplies};

use super::Machine;

/// Charts in a tree.
#[derive(Default)]
pub struct HelmEngine {
    helm: Helm,
}

impl Engine for HelmEngine {
    fn render(
        &self,
        tree: &Tree,
        source: &ApplicationSource,
        request: &Request<'_>,
        features: &Features,
        environment: &Environment,
    ) -> Result<Made, String> {
        let mut chart = load(tree, &source.path).map_err(|e| e.to_string())?;
        let substitute = |text: &str| environment.substitute(text);
        let needs = RefCell::new(Vec::new());
        let fetch = |url: &str| {
            check_scheme(url, &features.value_file_schemes)?;
            if let Some(file) = request.supplies.file(url) {
                return Ok(file.to_vec());
            }
            needs.borrow_mut().push(Need::File { url: url.to_string() });
            // It is fetched, and then rendered again; until then it is as if it were empty.
            Ok(Vec::new())
        };
        let around =
            Surroundings { tree, path: &source.path, refs: request.refs, substitute: &substitute, fetch: &fetch };
        let options = options(source, request);
        let mut result = render(&self.helm, &chart, &options, &around, &mut Machine::default());
        if let Err(error) = &result
            && error.missing_dependencies().is_some()
        {
            let missing = dependencies(&chart);
            if missing.is_empty() {
                return Err(error.to_string());
            }
            needs.borrow_mut().extend(missing.iter().filter(|need| !request.supplies.has(need)).cloned());
            if needs.borrow().is_empty() {
                add(&mut chart, &missing, request.supplies)?;
                result = render(&self.helm, &chart, &options, &around, &mut Machine::default());
            }
        }
        let needs = needs.take();
        if !needs.is_empty() {
            return Ok(Made { needs, ..Made::default() });
        }
        let values = result.map_err(|e| e.to_string())?;
        let objects = values.into_iter().map(Object::new).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
        Ok(Made { objects, ..Made::default() })
    }
}

/// In Argo CD's words.
fn check_scheme(url: &str, allowed: &[String]) -> Result<(), String> {
    let scheme = url.split("://").next().unwrap_or_default();
    match allowed.iter().any(|a| a.eq_ignore_ascii_case(scheme)) {
        true => Ok(()),
        false => Err(format!(
            "the URL scheme '{scheme}' is not allowed: helm.valuesFileSchemes of argocd-cm lists those that are"
        )),
    }
}

/// The charts that a chart needs from elsewhere: those that its lock file names, else those that it declares. Others lie beside it.
fn dependencies(chart: &Chart) -> Vec<Need> {
    let elsewhere = |repository: &str| !repository.is_empty() && !repository.starts_with("file://");
    let need = |name: &str, version: &str, repository: &str| {
        elsewhere(repository).then(|| Need::Chart {
            repository: repository.to_string(),
            name: name.to_string(),
            version: version.to_string(),
        })
    };
    let locked = chart.lock.as_ref().and_then(|lock| lock.get("dependencies")).and_then(Value::as_array);
    match locked {
        Some(locked) => {
            let text = |entry: &Value, key: &str| entry.str_at(&[key]).unwrap_or_default().to_string();
            let read = |entry: &Value| need(&text(entry, "name"), &text(entry, "version"), &text(entry, "repository"));
            locked.iter().filter_map(read).collect()
        }
        None => {
            let declared = chart.metadata.dependencies.iter().flatten();
            declared.filter_map(|d| need(&d.name, &d.version, &d.repository)).collect()
        }
    }
}

/// Puts charts that were fetched in the place of what is in `charts/` under their names.
fn add(chart: &mut Chart, fetched: &[Need], supplies: &Supplies) -> Result<(), String> {
    let name_of = |need: &Need| match need {
        Need::Chart { name, .. } => name.clone(),
        Need::File { url } => url.clone(),
    };
    chart.dependencies.retain(|child| !fetched.iter().any(|need| name_of(need) == child.metadata.name));
    for need in fetched {
        let Some(tree) = supplies.chart(need) else { continue };
        let child = load_unpacked(tree);
        chart.dependencies.push(child.map_err(|e| format!("dependency {:?}: {e}", name_of(need)))?);
    }
    Ok(())
}

fn options(source: &ApplicationSource, request: &Request<'_>) -> Options {
    let helm = source.helm.as_deref().cloned().unwrap_or_default();
    let or = |own: &str, other: &str| if own.is_empty() { other.to_string() } else { own.to_string() };
    Options {
        app_name: request.app.to_string(),
        release_name: helm.release_name,
        value_files: helm.value_files,
        ignore_missing_value_files: helm.ignore_missing_value_files,
        values: helm.values,
        values_object: helm.values_object.map(|values| Value::from(values.0)),
        parameters: helm
            .parameters
            .into_iter()
            .map(|p| Parameter { name: p.name, value: p.value, force_string: p.force_string })
            .collect(),
        file_parameters: helm.file_parameters.into_iter().map(|p| (p.name, p.path)).collect(),
        namespace: or(&helm.namespace, request.namespace),
        kube_version: or(&helm.kube_version, request.kube_version),
        api_versions: if helm.api_versions.is_empty() { request.api_versions.to_vec() } else { helm.api_versions },
        skip_crds: helm.skip_crds,
        skip_tests: helm.skip_tests,
        skip_schema_validation: helm.skip_schema_validation,
        limits: Limits::default(),
    }
}
