//! Deployments, StatefulSets, DaemonSets.

use bowline_base_value::Value;
use bowline_core_types::Object;

use crate::kinds::{Draft, Ran, holds, unknown};
use crate::{Offer, Order};

/// What restarts the pods of a workload: `kubectl rollout restart` gives its template this annotation.
pub(crate) const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

pub(crate) fn deployment(object: &Value) -> Vec<Offer> {
    let paused = holds(object, &["spec", "paused"]);
    vec![
        restart(),
        Offer::new("pause").icon("pause-circle").disabled(paused),
        Offer::new("resume").icon("play-circle").disabled(!paused),
        scale(),
    ]
}

pub(crate) fn stateful_set(_: &Value) -> Vec<Offer> {
    vec![restart(), scale()]
}

pub(crate) fn daemon_set(_: &Value) -> Vec<Offer> {
    vec![restart()]
}

fn restart() -> Offer {
    Offer::new("restart").icon("redo")
}

fn scale() -> Offer {
    Offer::new("scale").icon("plus-circle").told("replicas")
}

pub(crate) fn run(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match (object.kind(), order.action) {
        (_, "restart") => draft.set(&["spec", "template", "metadata", "annotations", RESTARTED_AT], order.stamp()),
        ("Deployment", "pause") => draft.set(&["spec", "paused"], true),
        ("Deployment", "resume") => draft.unset(&["spec", "paused"]),
        ("Deployment" | "StatefulSet", "scale") => draft.set(&["spec", "replicas"], order.count("replicas")?),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}
