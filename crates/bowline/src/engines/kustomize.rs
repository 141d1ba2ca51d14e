//! Kustomize.

use bowline_base_tree::Tree;
use bowline_core_crd::{ApplicationSource, ApplicationSourceKustomize};
use bowline_core_types::Object;
use bowline_desired_helm::Helm;
use bowline_desired_kustomize::{BuildFlags, Kustomize, Options, Overrides};
use bowline_desired_render::{Engine, Environment, Features, Made, Request};

use super::elsewhere::{Charts, Remotes};

/// Kustomizations in a tree.
#[derive(Default)]
pub struct KustomizeEngine {
    kustomize: Kustomize,
    helm: Helm,
}

impl Engine for KustomizeEngine {
    fn render(
        &self,
        tree: &Tree,
        source: &ApplicationSource,
        request: &Request<'_>,
        features: &Features,
        environment: &Environment,
    ) -> Result<Made, String> {
        let substitute = |text: &str| environment.substitute(text);
        let none = ApplicationSourceKustomize::default();
        let own = source.kustomize.as_deref().unwrap_or(&none);
        let overrides = Overrides::new(own, &substitute).map_err(|e| e.chain())?;
        let mut warnings = Vec::new();
        let mut flags = flags(&own.version, features, &mut warnings)?;
        let or = |own: &str, cluster: &str| if own.is_empty() { cluster.to_string() } else { own.to_string() };
        if flags.helm_kube_version.is_empty() {
            flags.helm_kube_version = or(&own.kube_version, request.kube_version);
        }
        let cluster = if own.api_versions.is_empty() { request.api_versions } else { &own.api_versions };
        flags.helm_api_versions.extend_from_slice(cluster);
        let remotes = Remotes(request.outside);
        let charts = Charts { helm: &self.helm, outside: request.outside };
        let options = Options { overrides: Some(&overrides), ..flags.options(Some(&remotes), Some(&charts)) };
        let built = self.kustomize.build(tree, &source.path, options).map_err(|e| e.chain())?;
        let objects =
            built.resources.into_iter().map(Object::new).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
        Ok(Made { objects, warnings: [warnings, built.warnings].concat() })
    }
}

/// What the settings say of every build, or of those of one version. All versions are rendered alike: an installation names them for
/// their options.
fn flags(version: &str, features: &Features, warnings: &mut Vec<String>) -> Result<BuildFlags, String> {
    let (key, options) = match version {
        "" => ("kustomize.buildOptions".to_string(), &features.kustomize_build_options),
        version => match features.kustomize_versions.get(version) {
            Some(options) => (format!("kustomize.buildOptions.{version}"), options),
            None => {
                return Err(format!(
                    "kustomize version {version} is not registered: add kustomize.path.{version} to argocd-cm"
                ));
            }
        },
    };
    let words: Vec<&str> = options.split_whitespace().collect();
    let flags = BuildFlags::parse(&words, warnings).map_err(|e| format!("{key}: {e}"))?;
    if flags.output.is_some() || !flags.path.is_empty() {
        return Err(format!("{key}: only options are allowed there, no path and no --output"));
    }
    Ok(flags)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn options_are_those_of_the_version() {
        let features = Features {
            kustomize_build_options: "--enable-helm  --load-restrictor LoadRestrictionsNone".to_string(),
            kustomize_versions: BTreeMap::from([("v4".to_string(), String::new())]),
            ..Features::default()
        };
        let flags = |version: &str, features: &Features| flags(version, features, &mut Vec::new());
        assert!(flags("", &features).unwrap().enable_helm);
        assert!(!flags("v4", &features).unwrap().enable_helm, "a version has options of its own");
        assert!(flags("v5", &features).unwrap_err().starts_with("kustomize version v5 is not registered"));
        for (wrong, want) in [("--nosuch", "unknown flag: --nosuch"), ("-o x", "no --output"), ("dir", "no path")] {
            let features = Features { kustomize_build_options: wrong.to_string(), ..Features::default() };
            let error = flags("", &features).unwrap_err();
            assert!(error.starts_with("kustomize.buildOptions: ") && error.contains(want), "{error}");
        }
    }
}
