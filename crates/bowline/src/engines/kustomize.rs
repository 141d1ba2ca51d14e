//! Kustomize.

use bowline_base_tree::Tree;
use bowline_core_crd::{ApplicationSource, ApplicationSourceKustomize};
use bowline_core_types::Object;
use bowline_desired_kustomize::{Kustomize, LoadRestrictor, Options};
use bowline_desired_render::{Engine, Environment, Features, Made, Request};

/// Kustomizations in a tree.
#[derive(Default)]
pub struct KustomizeEngine {
    kustomize: Kustomize,
}

impl Engine for KustomizeEngine {
    fn render(
        &self,
        tree: &Tree,
        source: &ApplicationSource,
        _: &Request<'_>,
        features: &Features,
        _: &Environment,
    ) -> Result<Made, String> {
        if let Some(options) =
            source.kustomize.as_deref().filter(|options| **options != ApplicationSourceKustomize::default())
        {
            return Err(format!(
                "spec.source.kustomize: {} not supported yet; say it in the kustomization",
                named(options)
            ));
        }
        let mut options = Options::default();
        let mut flags = features.kustomize_build_options.split_whitespace().flat_map(|flag| flag.splitn(2, '='));
        while let Some(flag) = flags.next() {
            match flag {
                "--load-restrictor" => {
                    options.load_restrictor = match flags.next() {
                        Some("LoadRestrictionsNone") => LoadRestrictor::None,
                        Some("LoadRestrictionsRootOnly") => LoadRestrictor::RootOnly,
                        other => {
                            return Err(format!(
                                "kustomize.buildOptions: --load-restrictor {}",
                                other.unwrap_or_default()
                            ));
                        }
                    };
                }
                other => return Err(format!("kustomize.buildOptions: {other} is not supported yet")),
            }
        }
        let built = self.kustomize.build(tree, &source.path, options).map_err(|e| e.to_string())?;
        let objects =
            built.resources.into_iter().map(Object::new).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
        Ok(Made { objects, warnings: built.warnings, ..Made::default() })
    }
}

/// The options that are set, by the contract's names.
fn named(options: &ApplicationSourceKustomize) -> String {
    let value = serde_json::to_value(options).unwrap_or_default();
    let names: Vec<String> = value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    match &names[..] {
        [one] => format!("{one} is"),
        several => format!("{} are", several.join(", ")),
    }
}
