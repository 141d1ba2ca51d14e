//! Argo Rollouts, Argo Workflows, promotions, and Applications that are objects of others.

use bowline_base_value::{Map, Value};
use bowline_core_types::Object;

use crate::jobs::{made, owner};
use crate::kinds::{Draft, Ran, holds, length, unknown};
use crate::{ActionError, Offer, Order};

const STEPS: &[&str] = &["spec", "strategy", "canary", "steps"];

pub(crate) fn rollout(object: &Value) -> Vec<Offer> {
    let at = |path: &[&str]| object.get_path(path).filter(|value| !value.is_null());
    let paused = match at(&["status", "pauseConditions"]) {
        Some(_) => length(object, &["status", "pauseConditions"]) > 0,
        None => holds(object, &["spec", "paused"]),
    };
    let promoted = at(&["status", "currentPodHash"]) == at(&["status", "stableRS"]);
    let aborted = holds(object, &["status", "abort"]);
    let old = is_of_old_controller(object);
    let promotable =
        at(&["status"]).is_some() && !promoted && !(old && at(&["spec", "strategy", "blueGreen"]).is_some());
    let step = at(&["status", "currentStepIndex"]).and_then(Value::as_i64);
    let steps = at(STEPS).is_some().then(|| i64::try_from(length(object, STEPS)).unwrap_or(i64::MAX));
    vec![
        Offer::new("restart").shown("Restart Pods"),
        Offer::new("resume").disabled(!paused),
        Offer::new("abort").disabled(promoted || aborted),
        Offer::new("retry").disabled(promoted || !aborted),
        Offer::new("pause").disabled(promoted || aborted || holds(object, &["spec", "paused"])),
        Offer::new("promote-full").disabled(!promotable),
        Offer::new("skip-current-step").disabled(steps.is_none() || step == steps),
    ]
}

/// Whether a controller before 0.10 looks after the Rollout: it does not say which generation it has seen, but a hash.
fn is_of_old_controller(object: &Value) -> bool {
    let observed = object.get_path(&["status", "observedGeneration"]);
    let observed = observed.and_then(|seen| seen.as_str().map_or_else(|| seen.as_f64(), |text| text.parse().ok()));
    let generation = object.get_path(&["metadata", "generation"]).and_then(Value::as_f64);
    observed.is_none_or(|observed| generation.is_some_and(|generation| observed > generation))
}

pub(crate) fn run_rollout(object: &Object, order: &Order<'_>) -> Ran {
    let value = object.value();
    let mut draft = Draft::of(object);
    let has_status = value.get("status").is_some_and(|status| !status.is_null());
    match order.action {
        "restart" => draft.set(&["spec", "restartAt"], order.stamp()),
        "pause" => draft.set(&["spec", "paused"], true),
        "resume" => {
            if length(value, &["status", "pauseConditions"]) > 0 {
                draft.unset(&["status", "pauseConditions"]);
            }
            if holds(value, &["spec", "paused"]) {
                draft.set(&["spec", "paused"], false);
            }
        }
        "abort" => draft.set(&["status", "abort"], true),
        "retry" => draft.unset(&["status", "abort"]),
        "promote-full" if has_status && is_of_old_controller(value) => {
            draft.unset(&["status", "abort"]);
            if value.get_path(STEPS).is_some() {
                let steps = i64::try_from(length(value, STEPS)).unwrap_or(i64::MAX);
                draft.set(&["status", "currentStepIndex"], steps);
            }
        }
        "promote-full" if has_status => draft.set(&["status", "promoteFull"], true),
        "skip-current-step" => {
            let step = value.get_path(&["status", "currentStepIndex"]).and_then(Value::as_i64);
            let steps = i64::try_from(length(value, STEPS)).unwrap_or(i64::MAX);
            if let Some(step) = step.filter(|step| *step < steps) {
                if length(value, &["status", "pauseConditions"]) > 0 {
                    draft.unset(&["status", "pauseConditions"]);
                }
                draft.set(&["status", "currentStepIndex"], step + 1);
            }
        }
        "promote-full" => {}
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

pub(crate) fn analysis_run(object: &Value) -> Vec<Offer> {
    const ENDS: [&str; 4] = ["Successful", "Failed", "Error", "Inconclusive"];
    let ended = object.str_at(&["status", "phase"]).is_some_and(|phase| ENDS.contains(&phase));
    vec![Offer::new("terminate").disabled(ended || holds(object, &["spec", "terminate"]))]
}

pub(crate) fn run_analysis_run(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match order.action {
        "terminate" => draft.set(&["spec", "terminate"], true),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

/// Of CronWorkflows and WorkflowTemplates.
pub(crate) fn workflow_maker(_: &Value) -> Vec<Offer> {
    vec![Offer::new("create-workflow").icon("plus").shown("Create Workflow")]
}

/// Metadata of a Workflow that is made of an object, with labels and annotations.
fn workflow(object: &Object, order: &Order<'_>, labels: Map, annotations: Map) -> Map {
    let mut metadata = Map::new();
    metadata.insert("name", format!("{}-{}", object.name(), order.now.strftime("%Y%m%d%H%M")));
    metadata.insert("namespace", object.namespace());
    metadata.insert("labels", labels);
    if !annotations.is_empty() {
        metadata.insert("annotations", annotations);
    }
    metadata.insert("ownerReferences", [Value::from(owner(object))].into_iter().collect::<Value>());
    metadata
}

/// What `argo submit --from cronwf/NAME` makes.
pub(crate) fn run_cron_workflow(object: &Object, order: &Order<'_>) -> Ran {
    const INSTANCE: &str = "workflows.argoproj.io/controller-instanceid";
    if order.action != "create-workflow" {
        return Err(unknown(object, order));
    }
    let given = |field: &str| object.value().get_path(&["spec", "workflowMetadata", field]);
    let map = |field: &str| given(field).and_then(Value::as_object).cloned().unwrap_or_default();
    let (mut labels, mut annotations) = (map("labels"), map("annotations"));
    labels.insert("workflows.argoproj.io/cron-workflow", object.name());
    if let Some(instance) = object.label(INSTANCE) {
        labels.insert(INSTANCE, instance);
    }
    annotations.insert("workflows.argoproj.io/scheduled-time", order.stamp());
    let mut metadata = workflow(object, order, labels, annotations);
    if let Some(finalizers) = given("finalizers").filter(|list| list.as_array().is_some_and(|list| !list.is_empty())) {
        metadata.insert("finalizers", finalizers.clone());
    }
    let spec = object.value().get_path(&["spec", "workflowSpec"]).cloned();
    let spec = spec.ok_or_else(|| ActionError::Object("the CronWorkflow has no spec.workflowSpec".to_string()))?;
    made("argoproj.io/v1alpha1", "Workflow", metadata, spec)
}

/// What `argo submit --from workflowtemplate/NAME` makes.
pub(crate) fn run_workflow_template(object: &Object, order: &Order<'_>) -> Ran {
    if order.action != "create-workflow" {
        return Err(unknown(object, order));
    }
    let mut labels = Map::new();
    labels.insert("workflows.argoproj.io/workflow-template", object.name());
    let mut spec = Value::object();
    if let Some(name) = spec.ensure_path(&["workflowTemplateRef", "name"]) {
        *name = object.name().into();
    }
    made("argoproj.io/v1alpha1", "Workflow", workflow(object, order, labels, Map::new()), spec)
}

pub(crate) fn pull_request(object: &Value) -> Vec<Offer> {
    let open = object.str_at(&["spec", "state"]) == Some("open");
    vec![Offer::new("merge").icon("code-merge").shown("Merge PR").disabled(!open)]
}

pub(crate) fn run_pull_request(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match order.action {
        "merge" => draft.set(&["spec", "state"], "merged"),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

/// Whether automated sync is in force: it is where it is configured and not switched off.
fn is_automated(object: &Value) -> bool {
    let automated = object.get_path(&["spec", "syncPolicy", "automated"]).filter(|value| !value.is_null());
    automated.is_some_and(|automated| automated.get("enabled").and_then(Value::as_bool).unwrap_or(true))
}

pub(crate) fn application(object: &Value) -> Vec<Offer> {
    let shown = if is_automated(object) { "Disable Auto-Sync" } else { "Enable Auto-Sync" };
    vec![Offer::new("toggle-auto-sync").shown(shown)]
}

pub(crate) fn run_application(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match order.action {
        "toggle-auto-sync" => {
            draft.set(&["spec", "syncPolicy", "automated", "enabled"], !is_automated(object.value()));
        }
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}
