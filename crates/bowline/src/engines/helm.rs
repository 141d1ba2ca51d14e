//! Helm.

use bowline_base_tree::Tree;
use bowline_base_value::Value;
use bowline_core_crd::ApplicationSource;
use bowline_core_types::Object;
use bowline_desired_helm::argo::{Options, Parameter, Surroundings, render};
use bowline_desired_helm::build::{Wanted, build};
use bowline_desired_helm::{Chart, Helm, Limits, load, load_unpacked};
use bowline_desired_render::{Engine, Environment, Features, Made, Need, Request};

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
        let chart = load(tree, &source.path).map_err(|e| e.to_string())?;
        let substitute = |text: &str| environment.substitute(text);
        let fetch = |url: &str| {
            check_scheme(url, &features.value_file_schemes)?;
            let found = request.outside.file(&Need::Values { url: url.to_string() });
            // What is not there yet is as if it were empty, until it is fetched and all is rendered again.
            found.map_or(Ok(Vec::new()), |file| file.map(|file| file.to_vec()))
        };
        let around =
            Surroundings { tree, path: &source.path, refs: request.refs, substitute: &substitute, fetch: &fetch };
        let options = options(source, request);
        let mut result = render(&self.helm, &chart, &options, &around, &mut Machine::default());
        if let Err(error) = &result
            && error.missing_dependencies().is_some()
        {
            // As `helm dependency build` does: what lies beside the chart is taken from there, the rest is asked for.
            let mut failed = None;
            let mut supplied = |wanted: &Wanted| {
                let Wanted { name, version, repository } = wanted.clone();
                let found = request.outside.tree(&Need::Dependency { repository, name, version })?;
                let child: Result<Chart, String> = found
                    .and_then(|tree| load_unpacked(&tree).map_err(|e| format!("dependency {:?}: {e}", wanted.name)));
                child.map_err(|reason| failed = Some(reason)).ok()
            };
            let built = build(&chart, tree, &source.path, &mut supplied).map_err(|e| e.to_string())?;
            if let Some(failed) = failed {
                return Err(failed);
            }
            if let Some(built) = built {
                result = render(&self.helm, &built, &options, &around, &mut Machine::default());
            }
        }
        if !request.outside.needs().is_empty() {
            return Err("what it needs from elsewhere is being fetched".to_string());
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
