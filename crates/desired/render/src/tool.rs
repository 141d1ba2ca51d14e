//! Which renderer a source is for.

use bowline_base_tree::{Tree, TreeError};
use bowline_core_crd::{ApplicationSource, ApplicationSourceType};

use crate::{Features, RenderError};

/// A renderer.
pub type Tool = ApplicationSourceType;

const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The renderer: the one that the source names (several are an error), else what the directory looks like. One that looks like a
/// chart and a kustomization is a kustomization: Argo CD goes through the names in order and the last one counts.
pub fn detect(source: &ApplicationSource, tree: &Tree, features: &Features) -> Result<Tool, RenderError> {
    if let Some(tool) = explicit(source)? {
        return Ok(enabled(tool, features));
    }
    if source.is_helm_chart() && !source.is_oci() {
        return Ok(Tool::Helm);
    }
    let here = |name: &str| -> Result<bool, TreeError> {
        let found = tree.find(&format!("{}/{name}", source.path))?;
        Ok(found.is_some_and(|found| found.kind.is_file()))
    };
    if features.kustomize {
        for name in KUSTOMIZATIONS {
            if here(name)? {
                return Ok(Tool::Kustomize);
            }
        }
    }
    if features.helm && here("Chart.yaml")? {
        return Ok(Tool::Helm);
    }
    Ok(Tool::Directory)
}

fn explicit(source: &ApplicationSource) -> Result<Option<Tool>, RenderError> {
    let named = [
        (source.kustomize.is_some(), Tool::Kustomize),
        (source.helm.is_some(), Tool::Helm),
        (source.directory.is_some(), Tool::Directory),
        (source.plugin.is_some(), Tool::Plugin),
    ];
    let mut named: Vec<Tool> = named.into_iter().filter(|(is_named, _)| *is_named).map(|(_, tool)| tool).collect();
    if named.len() > 1 {
        let names: Vec<&str> = named.iter().map(Tool::as_str).collect();
        return Err(RenderError::SeveralTools { names: names.join(",") });
    }
    Ok(named.pop())
}

/// A tool that is switched off is a plain directory.
fn enabled(tool: Tool, features: &Features) -> Tool {
    match tool {
        Tool::Helm if !features.helm => Tool::Directory,
        Tool::Kustomize if !features.kustomize => Tool::Directory,
        tool => tool,
    }
}
