//! Helm.

use bowline_base_tree::Tree;
use bowline_base_value::Value;
use bowline_core_crd::ApplicationSource;
use bowline_core_types::Object;
use bowline_desired_helm::argo::{Options, Parameter, Surroundings, render};
use bowline_desired_helm::{Helm, Limits, load};
use bowline_desired_render::{Engine, Environment, Features, Made, Request};

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
        _: &Features,
        environment: &Environment,
    ) -> Result<Made, String> {
        let chart = load(tree, &source.path).map_err(|e| e.to_string())?;
        let substitute = |text: &str| environment.substitute(text);
        let fetch =
            |url: &str| Err(format!("{url}: value files from other places than the repository are not supported yet"));
        let around =
            Surroundings { tree, path: &source.path, refs: request.refs, substitute: &substitute, fetch: &fetch };
        let options = options(source, request);
        let values =
            render(&self.helm, &chart, &options, &around, &mut Machine::default()).map_err(|e| e.to_string())?;
        let objects = values.into_iter().map(Object::new).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
        Ok(Made { objects, ..Made::default() })
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
