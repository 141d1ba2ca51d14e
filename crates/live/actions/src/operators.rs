//! Operators of secrets, scaling and databases.

use bowline_base_value::Value;
use bowline_core_types::Object;

use crate::kinds::{Draft, Ran, holds, unknown};
use crate::workloads::RESTARTED_AT;
use crate::{ActionError, Offer, Order};

fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.str_at(&["metadata", "annotations", key])
}

// === Strimzi ===

const ROLLING: &str = "strimzi.io/manual-rolling-update";

pub(crate) fn strimzi(object: &Value) -> Vec<Offer> {
    vec![Offer::new("rolling-update").disabled(annotation(object, ROLLING) == Some("true"))]
}

pub(crate) fn run_strimzi(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match order.action {
        "rolling-update" => draft.annotate(ROLLING, "true"),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

// === External Secrets ===

/// Whether nothing is refreshed by itself: then a request for it is not heard either.
fn never_refreshes(object: &Value) -> bool {
    const UNITS: [&str; 8] = ["", "ns", "us", "µs", "ms", "s", "m", "h"];
    let interval = object.get_path(&["spec", "refreshInterval"]);
    let text =
        interval.and_then(|value| value.as_str().map(String::from).or_else(|| Some(value.as_i64()?.to_string())));
    text.and_then(|text| text.strip_prefix('0').map(|unit| UNITS.contains(&unit))).unwrap_or_default()
}

pub(crate) fn external_secret(object: &Value) -> Vec<Offer> {
    let on_change = object.str_at(&["spec", "refreshPolicy"]) == Some("OnChange");
    vec![Offer::new("refresh").disabled(never_refreshes(object) && !on_change)]
}

pub(crate) fn push_secret(object: &Value) -> Vec<Offer> {
    vec![Offer::new("push").disabled(never_refreshes(object))]
}

pub(crate) fn run_secret(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match (object.kind(), order.action) {
        ("ExternalSecret", "refresh") | ("PushSecret", "push") => draft.annotate("force-sync", &order.stamp()),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

// === MariaDB ===

pub(crate) fn mariadb(object: &Value) -> Vec<Offer> {
    match holds(object, &["spec", "suspend"]) {
        true => vec![Offer::new("resume").icon("play").shown("Resume")],
        false => vec![Offer::new("suspend").icon("pause").shown("Suspend")],
    }
}

pub(crate) fn run_mariadb(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match order.action {
        "suspend" | "resume" => draft.set(&["spec", "suspend"], order.action == "suspend"),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

// === KEDA ===

const PAUSED: &str = "autoscaling.keda.sh/paused";
const PAUSED_REPLICAS: &str = "autoscaling.keda.sh/paused-replicas";

pub(crate) fn scaled_job(object: &Value) -> Vec<Offer> {
    let paused = annotation(object, PAUSED) == Some("true");
    vec![
        Offer::new("pause").icon("pause-circle").disabled(paused),
        Offer::new("resume").icon("play-circle").disabled(!paused),
    ]
}

pub(crate) fn scaled_object(object: &Value) -> Vec<Offer> {
    let paused = annotation(object, PAUSED) == Some("true");
    let at_a_number = annotation(object, PAUSED_REPLICAS).is_some();
    vec![
        Offer::new("pause").icon("pause-circle").disabled(paused || at_a_number),
        Offer::new("paused-replicas").icon("pause-circle").disabled(paused).told("replicas"),
        Offer::new("resume").icon("play-circle").disabled(!paused && !at_a_number),
    ]
}

pub(crate) fn run_scaled(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match (object.kind(), order.action) {
        (_, "pause") => draft.annotate(PAUSED, "true"),
        (_, "resume") => {
            draft.unannotate(PAUSED);
            draft.unannotate(PAUSED_REPLICAS);
        }
        ("ScaledObject", "paused-replicas") => draft.annotate(PAUSED_REPLICAS, &order.count("replicas")?.to_string()),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

// === CloudNativePG ===

const LOOP: &str = "cnpg.io/reconciliationLoop";

/// The instances that could be the primary.
fn healthy(object: &Value) -> Vec<&str> {
    let list = object.get_path(&["status", "instancesStatus", "healthy"]).and_then(Value::as_array);
    list.unwrap_or_default().iter().filter_map(Value::as_str).collect()
}

pub(crate) fn postgres(object: &Value) -> Vec<Offer> {
    let suspended = annotation(object, LOOP) == Some("disabled");
    vec![
        Offer::new("restart").icon("recycle").shown("Rollout restart Cluster"),
        Offer::new("reload").icon("rotate-right").shown("Reload all Configuration"),
        Offer::new("promote")
            .icon("angles-up")
            .shown("Promote Replica to Primary")
            .disabled(healthy(object).len() < 2)
            .told("instance"),
        match suspended {
            true => Offer::new("resume").icon("play").shown("Resume Reconciliation"),
            false => Offer::new("suspend").icon("pause").shown("Suspend Reconciliation"),
        },
    ]
}

pub(crate) fn run_postgres(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match order.action {
        "restart" => draft.annotate(RESTARTED_AT, &order.stamp()),
        "reload" => draft.annotate("cnpg.io/reloadedAt", &order.stamp()),
        "suspend" => draft.annotate(LOOP, "disabled"),
        "resume" => draft.unannotate(LOOP),
        "promote" => {
            let instance = order.parameter("instance")?;
            let chosen = chosen(object, instance).ok_or_else(|| ActionError::Parameter {
                action: order.action.to_string(),
                parameter: "instance",
                value: instance.to_string(),
                wrong: "no healthy instance of the cluster".to_string(),
            })?;
            draft.set(&["status", "targetPrimary"], chosen.as_str());
            draft.set(&["status", "targetPrimaryTimestamp"], order.stamp());
            draft.set(&["status", "phase"], "Switchover in progress");
            draft.set(&["status", "phaseReason"], format!("Switching over to {chosen}"));
        }
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

/// The instance that is meant: `any` is the healthy one after the primary, a number the instance of that number.
fn chosen(object: &Object, instance: &str) -> Option<String> {
    let healthy = healthy(object.value());
    let named = |name: &str| healthy.iter().find(|known| **known == name).map(|name| name.to_string());
    if instance == "any" {
        let primary = object.value().str_at(&["status", "currentPrimary"]);
        let place = healthy.iter().position(|known| Some(*known) == primary);
        let next = place.map_or(0, |place| (place + 1) % healthy.len());
        return healthy.get(next).map(|name| name.to_string());
    }
    match instance.parse::<u32>() {
        Ok(_) => named(&format!("{}-{instance}", object.name())),
        Err(_) => named(instance),
    }
}

// === Percona ===

pub(crate) fn mongo(object: &Value) -> Vec<Offer> {
    let paused = holds(object, &["spec", "pause"]);
    vec![
        Offer::new("pause").icon("pause-circle").disabled(paused),
        Offer::new("unpause").icon("play-circle").disabled(!paused),
    ]
}

pub(crate) fn run_mongo(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match order.action {
        "pause" | "unpause" => draft.set(&["spec", "pause"], order.action == "pause"),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}
