//! Overrides that stand in the repository: `.argocd-source.yaml` and `.argocd-source-<app>.yaml`.

use bowline_base_tree::Tree;
use bowline_base_value::yaml;
use bowline_core_crd::ApplicationSource;
use bowline_core_crd::apply_merge_patch;

use crate::RenderError;

/// The source with both files merged over it, the application's own last. They may say how to render, not what and from where.
pub fn overridden(source: &ApplicationSource, tree: &Tree, app: &str) -> Result<ApplicationSource, RenderError> {
    let mut merged: Option<serde_json::Value> = None;
    for name in [".argocd-source.yaml".to_string(), format!(".argocd-source-{app}.yaml")] {
        let path = if source.path.is_empty() { name } else { format!("{}/{name}", source.path) };
        if !tree.find(&path)?.is_some_and(|found| found.kind.is_file()) {
            continue;
        }
        let fail = |reason: String| RenderError::Override { path: path.clone(), reason };
        let patch = yaml::from_yaml(&tree.read_text(&path)?).map_err(|e| fail(e.to_string()))?;
        let target = match merged.take() {
            Some(target) => target,
            None => serde_json::to_value(source).map_err(|e| fail(e.to_string()))?,
        };
        let mut target = target;
        let mut patch = serde_json::Value::from(&patch);
        match patch {
            // An empty file says nothing.
            serde_json::Value::Null => {}
            serde_json::Value::Object(_) => {
                drop_nulls(&mut patch);
                apply_merge_patch(&mut target, &patch);
            }
            _ => return Err(fail("must be an object".to_string())),
        }
        merged = Some(target);
    }
    let Some(merged) = merged else { return Ok(source.clone()) };
    let fail = |e: serde_json::Error| RenderError::Override {
        path: format!("{}/.argocd-source.yaml", source.path),
        reason: e.to_string(),
    };
    let merged: ApplicationSource = serde_json::from_value(merged).map_err(fail)?;
    Ok(ApplicationSource {
        repo_url: source.repo_url.clone(),
        path: source.path.clone(),
        chart: source.chart.clone(),
        target_revision: source.target_revision.clone(),
        ..merged
    })
}

/// A null takes nothing away: Argo CD reads the merged source over the one that it had.
fn drop_nulls(value: &mut serde_json::Value) {
    if let serde_json::Value::Object(fields) = value {
        fields.retain(|_, value| !value.is_null());
        fields.values_mut().for_each(drop_nulls);
    }
}
