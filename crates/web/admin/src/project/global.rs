//! The projects that a project takes rules from: `globalProjects` of `argocd-cm`.

use bowline_base_value::Value;
use bowline_core_crd::{AppProject, LabelSelector};
use bowline_web_wire::tonic::Status;
use serde_json::Value as Json;

use crate::failure::unreadable;
use crate::project::Projects;

// === impl Projects ===

impl Projects {
    /// The projects that this one takes rules from, in the order of the setting.
    pub(crate) fn globals(&self, project: &AppProject) -> Result<Vec<AppProject>, Status> {
        let settings = self.0.world.settings();
        let mut globals = Vec::new();
        for entry in settings.global_projects.as_array().unwrap_or_default() {
            let name = entry.str_at(&["projectName"]).unwrap_or_default();
            let selector = entry.get("labelSelector").unwrap_or(&Value::Null);
            let selector: LabelSelector = match selector {
                Value::Null => LabelSelector::default(),
                some => serde_json::from_value(Json::from(some)).map_err(|e| unreadable("globalProjects", e))?,
            };
            if is_selected(&selector, project)
                && name != project.metadata.name
                && let Some(global) = self.0.world.project(name)
            {
                globals.push(AppProject::clone(&global));
            }
        }
        Ok(globals)
    }
}

fn is_selected(selector: &LabelSelector, project: &AppProject) -> bool {
    let labels = &project.metadata.labels;
    selector.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
        && selector.match_expressions.iter().all(|condition| {
            let value = labels.get(&condition.key);
            let among = value.is_some_and(|value| condition.values.contains(value));
            match condition.operator.as_str() {
                "In" => among,
                "NotIn" => !among,
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => false,
            }
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_are_kubernetes() {
        let project = json!({"metadata": {"name": "p", "labels": {"team": "a"}}, "spec": {}});
        let project: AppProject = serde_json::from_value(project).unwrap();
        for (selector, want) in [
            (json!({}), true),
            (json!({"matchLabels": {"team": "a"}}), true),
            (json!({"matchLabels": {"team": "b"}}), false),
            (json!({"matchExpressions": [{"key": "team", "operator": "In", "values": ["a", "b"]}]}), true),
            (json!({"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["a"]}]}), false),
            (json!({"matchExpressions": [{"key": "opt", "operator": "Exists"}]}), false),
            (json!({"matchExpressions": [{"key": "opt", "operator": "DoesNotExist"}]}), true),
            (json!({"matchExpressions": [{"key": "opt", "operator": "Near"}]}), false),
        ] {
            let read = serde_json::from_value(selector.clone()).unwrap();
            assert_eq!(is_selected(&read, &project), want, "{selector}");
        }
    }
}
