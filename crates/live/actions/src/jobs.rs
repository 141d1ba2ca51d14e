//! Jobs and CronJobs.

use bowline_base_value::{Map, Value};
use bowline_core_types::Object;

use crate::kinds::{Draft, Ran, holds, unknown};
use crate::{ActionError, Change, Offer, Order};

/// What a Job that someone made of a CronJob is marked with, as `kubectl create job --from` does.
const INSTANTIATE: &str = "cronjob.kubernetes.io/instantiate";

pub(crate) fn cron_job(object: &Value) -> Vec<Offer> {
    let create = Offer::new("create-job").icon("plus").shown("Create Job");
    let other = match holds(object, &["spec", "suspend"]) {
        true => Offer::new("resume").icon("play"),
        false => Offer::new("suspend").icon("pause"),
    };
    vec![create, other]
}

pub(crate) fn run_cron_job(object: &Object, order: &Order<'_>) -> Ran {
    match order.action {
        "create-job" => create_job(object, order),
        "suspend" | "resume" => suspend(object, order.action == "suspend"),
        _ => Err(unknown(object, order)),
    }
}

fn suspend(object: &Object, suspend: bool) -> Ran {
    let mut draft = Draft::of(object);
    draft.set(&["spec", "suspend"], suspend);
    draft.done()
}

/// The Job that the CronJob would make now.
fn create_job(object: &Object, order: &Order<'_>) -> Ran {
    let template = object.value().get_path(&["spec", "jobTemplate"]);
    let field = |name: &str| template.and_then(|template| template.get(name)).cloned();
    let spec = field("spec").ok_or_else(|| ActionError::Object("the CronJob has no spec.jobTemplate.spec".into()))?;
    let mut owner = owner(object);
    owner.insert("blockOwnerDeletion", true);
    owner.insert("controller", true);
    let mut metadata = field("metadata").and_then(|metadata| metadata.as_object().cloned()).unwrap_or_default();
    metadata.insert("name", format!("{}-{}", object.name(), order.now.strftime("%y%m%d%H%M")));
    metadata.insert("namespace", object.namespace());
    let annotations = metadata.entry("annotations");
    if annotations.as_object().is_none() {
        *annotations = Value::object();
    }
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.insert(INSTANTIATE, "manual");
    }
    metadata.insert("ownerReferences", [Value::from(owner)].into_iter().collect::<Value>());
    made("batch/v1", "Job", metadata, spec)
}

/// A new object.
pub(crate) fn made(api_version: &str, kind: &str, metadata: Map, spec: Value) -> Ran {
    let fields: [(&str, Value); 4] =
        [("apiVersion", api_version.into()), ("kind", kind.into()), ("metadata", metadata.into()), ("spec", spec)];
    let object = Object::new(fields.into_iter().collect::<Map>().into());
    Ok(vec![Change::Create(object.map_err(|error| ActionError::Object(error.to_string()))?)])
}

/// A reference to an object as the owner of another.
pub(crate) fn owner(object: &Object) -> Map {
    let fields =
        [("apiVersion", object.api_version()), ("kind", object.kind()), ("name", object.name()), ("uid", object.uid())];
    fields.into_iter().map(|(name, text)| (name, Value::from(text))).collect()
}

pub(crate) fn job(object: &Value) -> Vec<Offer> {
    if has_ended(object) {
        return Vec::new();
    }
    let first = match holds(object, &["spec", "suspend"]) {
        true => Offer::new("resume").icon("play"),
        false => Offer::new("suspend").icon("pause"),
    };
    let begun = object.get("status").is_some_and(|status| !status.is_null());
    [Some(first), begun.then(|| Offer::new("terminate").icon("stop"))].into_iter().flatten().collect()
}

/// Whether the Job has ended, or is about to.
fn has_ended(object: &Value) -> bool {
    const ENDS: [&str; 4] = ["Complete", "Failed", "FailureTarget", "SuccessCriteriaMet"];
    let conditions = object.get_path(&["status", "conditions"]).and_then(Value::as_array).unwrap_or_default();
    let ends = |condition: &Value| condition.str_at(&["type"]).is_some_and(|name| ENDS.contains(&name));
    conditions.iter().any(|condition| ends(condition) && condition.str_at(&["status"]) == Some("True"))
}

pub(crate) fn run_job(object: &Object, order: &Order<'_>) -> Ran {
    match order.action {
        "suspend" | "resume" => suspend(object, order.action == "suspend"),
        "terminate" => terminate(object, order),
        _ => Err(unknown(object, order)),
    }
}

/// Tells the Job's controller to end it: the condition with which a Job begins to fail.
fn terminate(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    if !has_ended(object.value()) {
        let known = object.value().get_path(&["status", "conditions"]).and_then(Value::as_array).unwrap_or_default();
        let condition: [(&str, Value); 5] = [
            ("type", "FailureTarget".into()),
            ("status", "True".into()),
            ("reason", "ManuallyTerminated".into()),
            ("message", "the Job was ended by the action \"terminate\"".into()),
            ("lastTransitionTime", order.stamp().into()),
        ];
        let condition = Value::from(condition.into_iter().collect::<Map>());
        draft.set(&["status", "conditions"], known.iter().cloned().chain([condition]).collect::<Value>());
    }
    draft.done()
}
