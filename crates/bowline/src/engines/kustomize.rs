//! Kustomize.

use bowline_base_tree::Tree;
use bowline_core_crd::ApplicationSource;
use bowline_core_types::Object;
use bowline_desired_kustomize::{Kustomize, LoadRestrictor, Options, Overrides};
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
        environment: &Environment,
    ) -> Result<Made, String> {
        let substitute = |text: &str| environment.substitute(text);
        let own = source.kustomize.as_deref().map(|own| Overrides::new(own, &substitute)).transpose();
        let own = own.map_err(|e| e.to_string())?;
        let options = Options {
            overrides: own.as_ref(),
            load_restrictor: load_restrictor(&features.kustomize_build_options)?,
            ..Options::default()
        };
        let built = self.kustomize.build(tree, &source.path, options).map_err(|e| e.to_string())?;
        let objects =
            built.resources.into_iter().map(Object::new).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
        Ok(Made { objects, warnings: built.warnings, ..Made::default() })
    }
}

/// What `kustomize.buildOptions` asks for; what is not honoured is refused by name.
fn load_restrictor(build_options: &str) -> Result<LoadRestrictor, String> {
    let mut restrictor = LoadRestrictor::default();
    let mut flags = build_options.split_whitespace().flat_map(|flag| flag.splitn(2, '='));
    while let Some(flag) = flags.next() {
        match flag {
            "--load-restrictor" => {
                restrictor = match flags.next().unwrap_or_default() {
                    "LoadRestrictionsNone" => LoadRestrictor::None,
                    "LoadRestrictionsRootOnly" => LoadRestrictor::RootOnly,
                    other => return Err(format!("kustomize.buildOptions: --load-restrictor {other}")),
                };
            }
            other => return Err(format!("kustomize.buildOptions: {other} is not supported yet")),
        }
    }
    Ok(restrictor)
}
