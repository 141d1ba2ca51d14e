//! An Application's spec held against its project.

use bowline_core_crd::ApplicationSource;
use bowline_core_crd::{AppProjectSpec, ApplicationSpec};

use crate::{Destination, is_destination_permitted, is_source_permitted};

/// Every reason, as a sentence, why the project does not permit this spec; empty where it does. `destination` is the cluster that
/// the spec names.
pub fn validate_spec(
    project: &AppProjectSpec,
    project_name: &str,
    spec: &ApplicationSpec,
    destination: Destination<'_>,
) -> Vec<String> {
    let several = spec.has_multiple_sources();
    let sources = spec.sources();
    if sources.is_empty() {
        return incomplete(&ApplicationSource::default(), several).into_iter().collect();
    }
    let mut reasons = Vec::new();
    for source in &sources {
        if let Some(reason) = incomplete(source, several) {
            return vec![reason];
        }
        if !is_source_permitted(project, &source.repo_url) {
            reasons.push(format!("application repo {} is not permitted in project '{project_name}'", source.repo_url));
        }
    }
    if !is_destination_permitted(project, destination) {
        let server = if spec.destination.name.is_empty() { destination.server } else { destination.name };
        reasons.push(format!(
            "application destination server '{server}' and namespace '{}' do not match any of the allowed destinations in project '{project_name}'",
            spec.destination.namespace
        ));
    }
    reasons
}

fn incomplete(source: &ApplicationSource, several: bool) -> Option<String> {
    let nowhere = source.path.is_empty() && source.chart.is_empty();
    let only_a_ref = several && source.is_ref();
    if source.repo_url.is_empty() || (nowhere && !only_a_ref) {
        return Some(if several {
            format!(
                "spec.source.repoURL and either source.path, source.chart, or source.ref are required for source {}",
                source.repo_url
            )
        } else {
            "spec.source.repoURL and either spec.source.path or spec.source.chart are required".to_string()
        });
    }
    if !source.chart.is_empty() && source.target_revision.is_empty() {
        return Some("spec.source.targetRevision is required if the manifest source is a helm chart".to_string());
    }
    None
}
